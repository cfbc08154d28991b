package neo4jstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

const childVariable = "INROAD_NEO4JSTORE_TEST_CHILD"

// runChild turns the test's program into the process that a test kills, when it was started as one.
func runChild() {
	together, url, child := strings.Cut(os.Getenv(childVariable), "=")
	if !child {
		return
	}
	most, _ := strconv.Atoi(together)
	if err := applyForEver(url, most); err != nil {
		fmt.Println("error:", err)
		os.Exit(3)
	}
	os.Exit(0)
}

// applyForEver applies one state after the other and says so.
func applyForEver(url string, together int) error {
	store, err := neo4jstore.Open(context.Background(), url, credentials)
	if err != nil {
		return err
	}
	store.SetTogether(together)
	for {
		snapshot, err := store.Snapshot(context.Background(), 0)
		if err != nil {
			return err
		}
		number := int(snapshot.Revision()) // state n is revision n+1
		fmt.Println("applied", number)
		if _, err := store.Apply(context.Background(), states(number)...); err != nil {
			return err
		}
	}
}

func TestAKilledWriterLeavesAWholeRevision(t *testing.T) {
	server := server(t)
	random := rand.New(rand.NewPCG(3, 4))
	acknowledged := 0
	for round := range 8 {
		command := exec.Command(os.Args[0])
		together := []int{1 << 20, 20}[round%2] // in one transaction, or in several
		command.Env = append(os.Environ(), fmt.Sprintf("%s=%d=%s", childVariable, together, server.URL()))
		output, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for seen := 0; lines.Scan(); seen++ {
			number, found := strings.CutPrefix(lines.Text(), "applied ")
			if !found {
				t.Fatal(lines.Text())
			}
			if acknowledged, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			if seen == 1+round%3 {
				time.AfterFunc(time.Duration(random.IntN(80))*time.Millisecond, func() { _ = command.Process.Kill() })
			}
		}
		if err := command.Wait(); err == nil {
			t.Fatal("the writer ended before it was killed")
		}
		acknowledged = wantWhole(t, server, acknowledged-1) + 1
	}
	store := opened(t, server)
	apply(t, store, states(acknowledged)...) // mends what the last one left
	wantWhole(t, server, acknowledged)
	if left := ask(t, server, "MATCH (chunk:_InroadChunk) WHERE NOT EXISTS { MATCH (scope:_InroadScope) WHERE chunk._key STARTS WITH scope._key + ' ' } RETURN chunk._key", nil); len(left) > 0 {
		t.Fatalf("of no version: %v", left)
	}
}

func TestAServerThatIsKilledOrFullComesBackWhole(t *testing.T) {
	needs(t)
	server, err := neo4jserver.Start(context.Background(), t.TempDir(), "db.memory.transaction.max=24m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Kill() })
	store := opened(t, server)
	for number := range 3 {
		apply(t, store, states(number)...)
	}
	tooLarge(t, server, store)

	store.SetPause(10 * time.Millisecond)
	var applying sync.WaitGroup
	acknowledged := 2
	first := make(chan struct{})
	applying.Go(func() {
		defer func() {
			if acknowledged == 2 {
				close(first)
			}
		}()
		for {
			if _, err := store.Apply(context.Background(), states(acknowledged+1)...); err != nil {
				if !errors.Is(err, graph.ErrUnavailable) {
					t.Errorf("after the server was killed: %v", err)
				}
				return
			}
			if acknowledged++; acknowledged == 3 {
				close(first)
			}
		}
	})
	<-first
	time.Sleep(300 * time.Millisecond) // some way into one of those that follow
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	applying.Wait()
	if acknowledged < 3 {
		t.Fatal("nothing was applied before the server was killed")
	}
	if err := server.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	number := wantWhole(t, server, acknowledged)
	apply(t, store, states(number+1)...) // the store that lost its server goes on
	wantWhole(t, server, number+1)
}

// tooLarge applies a change that does not fit into the memory of one transaction.
func tooLarge(t *testing.T, server *neo4jserver.Server, store *neo4jstore.Store) {
	t.Helper()
	before := storetest.Dump(newest(t, store))
	large := graph.Batch{Scope: "aws/222222222222/global/s3"}
	for i := range 10_000 {
		large.Nodes = append(large.Nodes, graph.Node{ID: graph.ID("bucket/" + strconv.Itoa(i)), Kind: "AWSBucket", Props: graph.Props{"name": strings.Repeat("x", 2000)}})
	}
	_, err := store.Apply(context.Background(), large)
	if !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), "db.memory.transaction.max") || !strings.Contains(err.Error(), "heap") {
		t.Fatalf("a change that does not fit into memory: %v", err)
	}
	if after := storetest.Dump(newest(t, store)); after != before {
		t.Fatalf("the store became:\n%.2000s", after)
	}
	wantSeen(t, server, store)
	// In several transactions it fits.
	store.SetTogether(500)
	defer store.SetTogether(1 << 20)
	apply(t, store, large)
	wantSeen(t, server, store)
	apply(t, store, graph.Batch{Scope: large.Scope})
	// The numbers of states and revisions are to agree again.
	wipe(t, server)
	again := opened(t, server)
	for number := range 3 {
		apply(t, again, states(number)...)
	}
}

func TestTwoWritersTakeTurns(t *testing.T) {
	server := server(t)
	scopes := []graph.Scope{"aws/1/global/iam", "aws/1/global/s3"}
	numbered := func(number int64) []graph.Batch {
		var batches []graph.Batch
		for _, scope := range scopes {
			batches = append(batches, graph.Batch{
				Scope: scope, Nodes: []graph.Node{{ID: graph.ID(scope), Kind: "Thing", Props: graph.Props{"number": number}}},
				Edges: []graph.Edge{{From: graph.ID(scope), To: "hub", Kind: "KNOWS", Cause: graph.Cause(strconv.FormatInt(number, 10))}},
			})
		}
		return batches
	}
	const writers, rounds = 3, 8
	var writing sync.WaitGroup
	for writer := range writers {
		store := opened(t, server) // each as another process has it
		if writer == 2 {
			store.SetTogether(1)
		}
		writing.Go(func() {
			for round := range rounds {
				if _, err := store.Apply(context.Background(), numbered(int64(writer*rounds+round+1))...); err != nil {
					t.Errorf("writer %d: %v", writer, err)
				}
			}
		})
	}
	reader := opened(t, server)
	done := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
			}
			snapshot, err := reader.Snapshot(context.Background(), 0)
			if err != nil {
				t.Errorf("reader: %v", err)
				return
			}
			if snapshot.Len() == 0 {
				continue
			}
			first, _ := snapshot.Find(graph.ID(scopes[0]))
			second, _ := snapshot.Find(graph.ID(scopes[1]))
			if snapshot.Len() != 3 || snapshot.Props(first).Whole("number") != snapshot.Props(second).Whole("number") {
				t.Errorf("a reader sees half a revision:\n%s", storetest.Dump(snapshot))
				return
			}
		}
	})
	writing.Wait()
	close(done)
	reading.Wait()
	if revision := newest(t, reader).Revision(); revision != writers*rounds {
		t.Fatalf("%d changes made revision %d", writers*rounds, revision)
	}
	wantSeen(t, server, reader)
}

func TestAWriterThatWaitsTooLongSaysSo(t *testing.T) {
	server := server(t)
	first := opened(t, server)
	apply(t, first, states(0)...)
	proxy := through(t, server.Address())
	slow, err := neo4jstore.Open(context.Background(), proxy.url(), credentials)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	reached, leave := make(chan struct{}), make(chan struct{})
	var once sync.Once
	proxy.does(func(tag byte) meddling {
		if tag == tagCommit {
			once.Do(func() { close(reached) })
			<-leave
		}
		return meddling{}
	})
	var applying sync.WaitGroup
	applying.Go(func() {
		if _, err := slow.Apply(context.Background(), states(1)...); err != nil {
			t.Error(err)
		}
	})
	<-reached
	impatient, err := neo4jstore.Open(context.Background(), server.URL(), neo4jstore.Options{User: neo4jserver.User, Password: neo4jserver.Password, Wait: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer impatient.Close()
	if _, err := impatient.Apply(context.Background(), states(2)...); !errors.Is(err, graph.ErrBusy) || !strings.Contains(err.Error(), "another ingest") {
		t.Errorf("got %v, want %v", err, graph.ErrBusy)
	}
	if storetest.Dump(newest(t, impatient)) != stateDump(t, 0) {
		t.Error("a reader waits for a writer, or sees what was not committed")
	}
	close(leave)
	applying.Wait()
	wantWhole(t, server, 1)
}
