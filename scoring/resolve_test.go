package scoring

import (
	"errors"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestANameStandsForOneNodeOrNone(t *testing.T) {
	var batch graph.Batch
	batch.Scope = "aws/1/global/s3"
	for _, id := range []graph.ID{"arn:aws:s3:::data-1a2b", "arn:aws:s3:::logs", "arn:aws:s3:::logs-a", "arn:aws:s3:::twin-a", "arn:aws:s3:::twin-b", "arn:aws:s3:::datum"} {
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kinds.AWSBucket})
	}
	snapshot, err := graph.NewSnapshot(0, batch)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ name, want string }{
		"an id stands for itself":                    {"arn:aws:s3:::data-1a2b", "arn:aws:s3:::data-1a2b"},
		"a name whose suffix was left out":           {"arn:aws:s3:::data", "arn:aws:s3:::data-1a2b"},
		"an id stands for itself, not for a longer":  {"arn:aws:s3:::logs", "arn:aws:s3:::logs"},
		"two that go on from it stand for none":      {"arn:aws:s3:::twin", ""},
		"what goes on without a hyphen is not meant": {"arn:aws:s3:::dat", ""},
		"half a suffix is not meant":                 {"arn:aws:s3:::data-1a", ""},
		"nothing goes on from it":                    {"arn:aws:s3:::zzz", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Resolve(snapshot, test.name)
			if string(got) != test.want || (err == nil) != (test.want != "") || err != nil && !errors.Is(err, graph.ErrNotFound) {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}
