package scoring_test

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

func TestControlsLowerTheStepsInWhoseWayTheyStand(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []scoring.Control
		want     float64 // of the path to the account, 0.5 × 0.9 without a control
	}{
		{"by kind", []scoring.Control{{Kinds: []graph.EdgeKind{kinds.CanExploit}, Strength: 0.8}}, 0.09},
		{"by technique, on the target", []scoring.Control{{Techniques: []string{"ssh-open"}, On: map[graph.ID]bool{web: true}, Strength: 0.5}}, 0.225},
		{"two of them", []scoring.Control{{Techniques: []string{"ssh-open"}, Strength: 0.5}, {Kinds: []graph.EdgeKind{kinds.RunsAs}, Strength: 0.5}}, 0.1125},
		{"not on another target", []scoring.Control{{Kinds: []graph.EdgeKind{kinds.CanExploit}, On: map[graph.ID]bool{bucket: true}, Strength: 0.8}}, 0.45},
		{"not for another technique", []scoring.Control{{Techniques: []string{"rdp-open"}, Strength: 0.8}}, 0.45},
	} {
		t.Run(test.name, func(t *testing.T) {
			analysis, err := scoring.New(world(t), scoring.Config{Controls: test.controls})
			if err != nil {
				t.Fatal(err)
			}
			paths, _, err := analysis.Paths(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				if path.Target == account && path.Likelihood != test.want {
					t.Errorf("likelihood %g, want %g", path.Likelihood, test.want)
				}
			}
		})
	}
}
