package scoring

import (
	"fmt"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// fleet is a group of three machines with one role, which reads 3,000 buckets by one statement, one of which is worth more; each bucket's own policy opens a
// fourth one to the internet.
func fleet(t *testing.T) (*graph.Snapshot, Config) {
	t.Helper()
	batch := graph.Batch{Scope: "test/fleet", Nodes: []graph.Node{{ID: "role", Kind: kinds.AWSRole}}}
	config := Config{Jewels: map[graph.ID]Jewel{}, Limit: 10}
	for i := range 3 {
		id := graph.ID(fmt.Sprintf("i-%d", i))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kinds.AWSInstance})
		batch.Edges = append(batch.Edges, graph.Edge{From: graph.Internet, To: id, Kind: kinds.CanExploit, Technique: "ssh", Cause: "rule:group#22"},
			graph.Edge{From: id, To: "role", Kind: kinds.RunsAs, Cause: graph.Cause("config:" + string(id) + "#role")})
	}
	for i := range 3000 {
		id := graph.ID(fmt.Sprintf("bucket-%04d", i))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kinds.AWSBucket})
		batch.Edges = append(batch.Edges, graph.Edge{From: "role", To: id, Kind: kinds.CanRead, Cause: "statement:p#0"})
		config.Jewels[id] = Jewel{5, "a bucket"}
	}
	config.Jewels["bucket-0007"] = Jewel{9, "personal data"}
	for i := range 4 {
		id := graph.ID(fmt.Sprintf("open-%d", i))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kinds.AWSBucket})
		batch.Edges = append(batch.Edges, graph.Edge{From: graph.Internet, To: id, Kind: kinds.CanRead, Cause: graph.Cause("statement:" + string(id) + "#public")})
		config.Jewels[id] = Jewel{3, "public"}
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot, config
}

func TestTargetsThatAreAlikeFoldIntoOnePath(t *testing.T) {
	snapshot, config := fleet(t)
	config.Fold = true
	document := analyzed(t, snapshot, config)
	counts := map[graph.ID]int{}
	for _, path := range document.Paths {
		counts[path.Target] = len(path.Alike)
	}
	if want := map[graph.ID]int{"bucket-0000": 2998, "bucket-0007": 0, "open-0": 3}; len(counts) != 3 || counts["bucket-0000"] != want["bucket-0000"] || counts["bucket-0007"] != 0 || counts["open-0"] != 3 {
		t.Errorf("%v, want %v", counts, want)
	}
	if document.Truncated != nil {
		t.Errorf("three paths are cut: %+v", document.Truncated)
	}
	for _, path := range document.Paths {
		if path.Target == "bucket-0007" && path.Steps[0].Instead != 2 {
			t.Errorf("%d others in place of %s", path.Steps[0].Instead, path.Steps[0].To)
		}
	}
	config.Fold = false
	if unfolded := analyzed(t, snapshot, config); unfolded.Truncated == nil || unfolded.Truncated.Total != 3004 || slices.ContainsFunc(unfolded.Paths, func(path Path) bool { return path.Alike != nil }) {
		t.Errorf("unfolded: %+v", unfolded.Truncated)
	}
}
