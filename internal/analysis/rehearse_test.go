package analysis_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/rehearsal"
	"github.com/inroad-security/inroad/scoring"
)

const allowsReading = `{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::payroll","arn:aws:s3:::payroll/*"]}`

// staff is an account in which dev reads a store by an inline policy, and by what else the test gives him.
func staff(t *testing.T, documents ...string) *graph.Snapshot {
	t.Helper()
	const account, dev = graph.ID("arn:aws:iam::111111111111:root"), graph.ID("arn:aws:iam::111111111111:user/dev")
	batch := graph.Batch{Scope: "aws/111111111111/global/test", Nodes: []graph.Node{
		{ID: account, Kind: kinds.AWSAccount, Props: graph.Props{"account": "111111111111", "organizations": "none"}},
		{ID: dev, Kind: kinds.AWSUser, Props: graph.Props{"name": "dev", "account": "111111111111", "tags": []string{}}},
		{ID: "arn:aws:s3:::payroll", Kind: kinds.AWSBucket, Props: graph.Props{"name": "payroll", "account": "111111111111", "policy": "", "encryption": "AES256", "tags": []string{"pii=true"}}},
	}}
	for i, statements := range documents {
		policy := graph.ID(string(dev) + "/inline-policy/p" + string(rune('0'+i)))
		batch.Nodes = append(batch.Nodes, graph.Node{ID: policy, Kind: kinds.AWSInlinePolicy, Props: graph.Props{
			"name": "p", "account": "111111111111", "document": `{"Version":"2012-10-17","Statement":[` + statements + `]}`,
		}})
		batch.Edges = append(batch.Edges, graph.Edge{From: dev, To: policy, Kind: kinds.HasPolicy})
	}
	snapshot, err := analysis.Read(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func rehearsed(t *testing.T, snapshot *graph.Snapshot, question analysis.Question) (*scoring.Plan, *analysis.Rehearsal) {
	t.Helper()
	plan, err := analysis.Fix(t.Context(), snapshot, question)
	if err != nil {
		t.Fatal(err)
	}
	told, err := analysis.Rehearse(t.Context(), snapshot, question, plan)
	if err != nil {
		t.Fatal(err)
	}
	return plan, told
}

// named is changes by their kinds and what they change.
func named(changes []scoring.Change) string {
	var words []string
	for _, change := range changes {
		words = append(words, string(change.Kind)+" "+string(change.Subject[strings.LastIndexAny(string(change.Subject), "/:")+1:])+" "+change.Detail)
	}
	return strings.Join(words, ", ")
}

func TestAPlanIsRehearsedOnTheFacts(t *testing.T) {
	question := analysis.Question{From: []string{"arn:aws:iam::111111111111:user/dev"}, To: []string{"arn:aws:s3:::payroll"}}
	const escalates = `{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}`
	for _, test := range []struct {
		name          string
		documents     []string
		plan, further string
		stands        bool
	}{
		{"one statement grants, and it is removed", []string{allowsReading}, "remove-statement p0 0", "", false},
		{
			"two policies grant the same, of which an edge names one: the other stands, and is removed too",
			[]string{allowsReading, allowsReading},
			"remove-statement p0 0", "remove-statement p1 0", true,
		},
		{
			"without full control the same user escalates, which nobody looked for before",
			[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`, escalates},
			"remove-statement p0 0", "remove-statement p1 0", false,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			snapshot := staff(t, test.documents...)
			plan, told := rehearsed(t, snapshot, question)
			if named(plan.Changes) != test.plan || named(told.Further) != test.further || len(told.Reached) > 0 || len(told.Taken) > 0 || (told.StandsTotal > 0) != test.stands {
				t.Fatalf("planned %s, further %s: %+v", named(plan.Changes), named(told.Further), told)
			}
			// The changed facts, derived anew and walked by the question itself, hold no path.
			edited, err := rehearsal.Edit(snapshot, slices.Concat(plan.Changes, told.Further))
			if err != nil {
				t.Fatal(err)
			}
			derived, err := analysis.Derive(t.Context(), edited.Facts, "")
			if err != nil {
				t.Fatal(err)
			}
			after, err := edited.Facts.With(derived...)
			if err != nil {
				t.Fatal(err)
			}
			if paths, _, err := analysis.Paths(t.Context(), after, question); err != nil || len(paths) > 0 {
				t.Errorf("%v, %v", paths, err)
			}
		})
	}
}

// Nothing changed gives the same edges: what a rehearsal finds comes of the changes.
func TestFactsThatNobodyChangedGiveTheSameEdges(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "sample")
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	sample, _, err := ingest.Read(t.Context(), folder, aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	for name, batches := range map[string][]graph.Batch{"the sample": sample, "a synthetic estate": estate.Synthetic{Accounts: 2, Nodes: 150, Seed: 3}.Batches()} {
		snapshot, err := analysis.Read(t.Context(), batches...)
		if err != nil {
			t.Fatal(err)
		}
		edited, err := rehearsal.Edit(snapshot, nil)
		if err != nil {
			t.Fatal(err)
		}
		derived, err := analysis.Derive(t.Context(), edited.Facts, "")
		if err != nil {
			t.Fatal(err)
		}
		after, err := edited.Facts.With(derived...)
		if err != nil {
			t.Fatal(err)
		}
		told := scoring.Compare(snapshot, after, everyPath(t, snapshot), everyPath(t, after))
		if len(told.New)+len(told.Gone)+len(told.Changed) > 0 || told.Same == 0 || after.Edges() != snapshot.Edges() {
			t.Errorf("%s: %d new, %d gone, %d changed, %d the same; %d edges, before %d", name, len(told.New), len(told.Gone), len(told.Changed), told.Same, after.Edges(), snapshot.Edges())
		}
	}
}

func everyPath(t *testing.T, snapshot *graph.Snapshot) []scoring.Path {
	t.Helper()
	paths, _, err := analysis.Paths(t.Context(), snapshot, analysis.Question{Unfold: true})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// A plan for a whole estate leaves no target within reach once it is completed by what deriving anew found.
func TestACompletedPlanLeavesNoPath(t *testing.T) {
	for seed := range uint64(4) {
		snapshot, err := analysis.Read(t.Context(), estate.Synthetic{Accounts: 2, Nodes: 150, Seed: seed + 1}.Batches()...)
		if err != nil {
			t.Fatal(err)
		}
		plan, told := rehearsed(t, snapshot, analysis.Question{})
		if len(plan.Closed) == 0 || told.Made == 0 {
			t.Errorf("seed %d: %d targets are closed by %d changes of facts", seed+1, len(plan.Closed), told.Made)
		}
		if len(told.Reached) > 0 {
			t.Errorf("seed %d: %v are reached after %s and %s", seed+1, told.Reached, named(plan.Changes), named(told.Further))
		}
	}
}
