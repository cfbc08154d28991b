package boltstore_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

// damages are the ways in which a file is spoiled. Each gets the file and the file as it was a revision earlier.
var damages = []struct {
	name  string
	spoil func(random *rand.Rand, file, older []byte) []byte
}{
	{"a bit flips", func(random *rand.Rand, file, _ []byte) []byte {
		file[random.IntN(len(file))] ^= 1 << random.IntN(8)
		return file
	}},
	{"a bit flips in the head of a page", func(random *rand.Rand, file, _ []byte) []byte {
		file[random.IntN(len(file)/4096)*4096+random.IntN(80)] ^= 1 << random.IntN(8)
		return file
	}},
	{"bytes change in the head of a page", func(random *rand.Rand, file, _ []byte) []byte {
		start := random.IntN(len(file)/4096) * 4096
		for range 1 + random.IntN(4) {
			file[start+random.IntN(48)] = byte(random.IntN(256))
		}
		return file
	}},
	{"a sector is zeroed", func(random *rand.Rand, file, _ []byte) []byte {
		start := random.IntN(len(file)/512) * 512
		clear(file[start : start+512])
		return file
	}},
	{"a page takes another's place", func(random *rand.Rand, file, _ []byte) []byte {
		from, to := random.IntN(len(file)/4096)*4096, random.IntN(len(file)/4096)*4096
		copy(file[to:to+4096], file[from:from+4096])
		return file
	}},
	{"a page is not written", func(random *rand.Rand, file, older []byte) []byte {
		// Not the newest header: without that, nothing tells the file from the one before the last revision.
		page := 2 + random.IntN(min(len(file), len(older))/4096-2)
		copy(file[page*4096:(page+1)*4096], older[page*4096:])
		return file
	}},
	{"the end is cut off", func(random *rand.Rand, file, _ []byte) []byte {
		return file[:random.IntN(len(file))]
	}},
}

func TestADamagedFileIsRefusedOrRight(t *testing.T) {
	directory := t.TempDir()
	path := filepath.Join(directory, "inroad.db")
	const last = 14
	store := mustOpen(t, path, boltstore.Options{})
	var file, older []byte
	for number := range last + 1 {
		mustApply(t, store, smallStates(number)...)
		older, file = file, readFile(t, path)
	}
	mustClose(t, store)
	want := map[graph.Revision]string{}
	for revision := graph.Revision(last); revision <= last+2; revision++ {
		want[revision] = smallDump(t, int(revision)-1)
	}
	random := rand.New(rand.NewPCG(5, 6))
	refused, right := 0, 0
	deadline := time.Now().Add(3 * time.Second)
	for round := 0; round < 10_000 && time.Now().Before(deadline); round++ {
		damage := damages[round%len(damages)]
		spoiled := damage.spoil(random, append([]byte(nil), file...), older)
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		readOnly := random.IntN(2) == 0
		if err := readDamaged(path, readOnly, want, last+1); err == nil {
			right++
		} else if refused++; len(spoiled) > 0 && !errors.Is(err, graph.ErrCorrupt) && !errors.Is(err, graph.ErrInvalid) {
			t.Fatalf("round %d: %s: read-only %t: %v", round, damage.name, readOnly, err)
		}
	}
	t.Logf("%d files were refused and %d held what they should", refused, right)
	if refused < 10 || right < 10 {
		t.Fatal("the damages are not of both kinds")
	}
}

// errWrong says that a damaged file gave what was never written.
var errWrong = errors.New("wrong content")

// readDamaged reads all that a file gives and, unless read-only, writes to it and reads it again.
func readDamaged(path string, readOnly bool, want map[graph.Revision]string, newest graph.Revision) error {
	store, err := boltstore.Open(path, boltstore.Options{ReadOnly: readOnly})
	if err != nil {
		return err
	}
	defer store.Close()
	read := func(asked, revision graph.Revision) error {
		snapshot, err := store.Snapshot(context.Background(), asked)
		if err == nil && (snapshot.Revision() != revision || storetest.Dump(snapshot) != want[revision]) {
			return errWrong
		}
		return err
	}
	if err := errors.Join(read(0, newest), read(newest-1, newest-1)); err != nil || readOnly {
		return err
	}
	if _, err := store.Apply(context.Background(), smallStates(int(newest))...); err != nil {
		return err
	}
	if err := errors.Join(read(0, newest+1), read(newest, newest), store.Close()); err != nil {
		return err
	}
	if store, err = boltstore.Open(path, boltstore.Options{}); err != nil {
		return err
	}
	return errors.Join(read(0, newest+1), read(newest, newest), store.Close())
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// smallStates gives batches that fill some twenty pages, so that damage seldom misses.
func smallStates(number int) []graph.Batch {
	batches := states(number)
	for i := range batches {
		batches[i].Nodes = batches[i].Nodes[:min(len(batches[i].Nodes), 30+number%7)]
		batches[i].Edges = nil
		for n := range batches[i].Nodes {
			delete(batches[i].Nodes[n].Props, "text")
		}
	}
	return batches
}

func smallDump(t *testing.T, number int) string {
	t.Helper()
	snapshot, err := graph.NewSnapshot(0, append(smallStates(number)[:2], smallStates(number - number%3)[2:]...)...)
	if err != nil {
		t.Fatal(err)
	}
	return storetest.Dump(snapshot)
}
