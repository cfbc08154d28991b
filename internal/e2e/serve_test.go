package e2e

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"time"
)

func TestServeServesEachStoreAndEndsWhenTold(t *testing.T) {
	folder := sample(t)
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)
			run := command(t, store.env, "serve", "--store", store.name, "--listen", "127.0.0.1:0")
			notes, err := run.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := run.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(notes)
			if !lines.Scan() || !strings.Contains(lines.Text(), "serving "+store.name) {
				t.Errorf("it says %q", lines.Text())
			}
			store.inroad(t, "ingest", folder) // beside the server
			if err := run.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			hurry := time.AfterFunc(time.Minute, func() { _ = run.Process.Kill() })
			defer hurry.Stop()
			var said []string
			for lines.Scan() {
				said = append(said, lines.Text())
			}
			if err := run.Wait(); err != nil {
				t.Errorf("it ended with %v: %q", err, said)
			}
		})
	}
}

func TestBothStoresAnswerCypherAlike(t *testing.T) {
	folder := sample(t)
	store := newStore(t, "neo4j")
	store.inroad(t, "ingest", folder)
	embedded := embeddedWith(t, folder)
	for _, text := range []string{
		"MATCH (:Internet)-[r:CAN_REACH]->(w:Workload) RETURN w.id, r ORDER BY w.id",
		"MATCH p = (:Internet)-[*1..2]->(:Workload) WITH p, [n IN nodes(p) | n.id] AS walk, [r IN relationships(p) | type(r) + coalesce(r.technique, '')] AS steps RETURN p ORDER BY walk, steps",
		"MATCH (n:Entity) RETURN n ORDER BY n.id",
		"MATCH (a:Principal)-[r]->(b:Principal) RETURN type(r), count(*) AS times, collect(DISTINCT r.technique) ORDER BY times DESC, type(r)",
	} {
		got, want := store.inroad(t, "query", text, "--format", "json"), embedded.inroad(t, "query", text, "--format", "json")
		if string(got) != string(want) {
			t.Errorf("%s:\n%.2000s\n---\n%.2000s", text, got, want)
		}
	}
	for _, attack := range []string{"MATCH (n) DETACH DELETE n", "CALL db.awaitIndexes()", "MATCH (n) SET n.x = 1 RETURN n", "LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l"} {
		store.fails(t, "query", attack)
		embedded.fails(t, "query", attack)
	}
	store.answersAs(t, embedded)
}
