package threatmodel_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/scoring"
)

const (
	account = graph.ID("arn:aws:iam::111111111111:root")
	payroll = graph.ID("arn:aws:s3:::payroll-2026")
	website = graph.ID("arn:aws:s3:::website")
	records = graph.ID("arn:aws:s3:::records")
	partner = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-partner")
	inner   = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-inner")
)

func world(t testing.TB) *graph.Snapshot {
	t.Helper()
	props := func(tags ...string) graph.Props { return graph.Props{"account": "111111111111", "tags": tags} }
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/111111111111/global/test", Nodes: []graph.Node{
		{ID: account, Kind: kinds.AWSAccount, Props: props()},
		{ID: payroll, Kind: kinds.AWSBucket, Props: props()},
		{ID: website, Kind: kinds.AWSBucket, Props: props()},
		{ID: records, Kind: kinds.AWSBucket, Props: props("data-classification=pii")},
		{ID: partner, Kind: kinds.AWSInstance, Props: props("exposure=partner")},
		{ID: inner, Kind: kinds.AWSInstance, Props: props("exposure=none")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func resolve(t testing.TB, text string) *threatmodel.Resolved {
	t.Helper()
	model, err := threatmodel.Parse("inroad.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := model.Resolve(world(t))
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func TestTheDefaultModelIsTheInternetAndWhatClassificationFinds(t *testing.T) {
	resolved, err := (&threatmodel.Model{}).Resolve(world(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(resolved.Entries) != 1 || resolved.Entries[0].ID != graph.Internet || resolved.Entries[0].By != "default" {
		t.Errorf("entries %+v", resolved.Entries)
	}
	values := map[graph.ID]int{}
	for _, jewel := range resolved.Jewels {
		values[jewel.ID] = jewel.Value
	}
	if want := map[graph.ID]int{account: 10, payroll: 5, records: 9}; !cmp.Equal(values, want) {
		t.Error(cmp.Diff(want, values))
	}
}

func TestRulesAddChangeAndTakeAway(t *testing.T) {
	resolved := resolve(t, `
entries:
  - tag: exposure=partner
    class: Workload
    why: the partner's network
jewels:
  - kind: AWSBucket
    value: 2
  - name: payroll-*
    value: 10
    why: salaries
  - id: arn:aws:s3:::website
    value: 0
`)
	entries := []threatmodel.Choice{{ID: partner, Kind: kinds.AWSInstance, Why: "the partner's network", By: "inroad.yaml:3: entries[0]"}}
	if diff := cmp.Diff(entries, resolved.Entries); diff != "" {
		t.Error(diff)
	}
	jewels := []threatmodel.Choice{
		{ID: account, Kind: kinds.AWSAccount, Value: 10, Why: "full control of the account", By: "default"},
		{ID: payroll, Kind: kinds.AWSBucket, Value: 10, Why: "salaries", By: "inroad.yaml:9: jewels[1]"},
		{ID: records, Kind: kinds.AWSBucket, Value: 2, Why: "named by kind AWSBucket", By: "inroad.yaml:7: jewels[0]"},
	}
	if diff := cmp.Diff(jewels, resolved.Jewels); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyLeavesClassificationOut(t *testing.T) {
	resolved := resolve(t, "only: true\njewels: [{tag: data-classification, value: 9}]\nentries: [{id: internet}, {name: none-*}]\n")
	if len(resolved.Jewels) != 1 || resolved.Jewels[0].ID != records {
		t.Errorf("%+v", resolved.Jewels)
	}
	if want := []string{"inroad.yaml:3: entries[1] selects nothing: name none-*"}; !cmp.Equal(resolved.Notes, want) {
		t.Error(resolved.Notes)
	}
}

func TestControlsAreResolved(t *testing.T) {
	resolved := resolve(t, "controls: [{name: firewall, techniques: exposed-service, on: [{tag: exposure=partner}], strength: 0.8}]")
	want := []scoring.Control{{Name: "firewall", Techniques: []string{"exposed-service"}, On: map[graph.ID]bool{partner: true}, Strength: 0.8}}
	if diff := cmp.Diff(want, resolved.Controls); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsNameFileLineAndField(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"an unknown field", "entrys: []", "inroad.yaml:1: entrys: no such field: want classification, controls, costs, entries, jewels, only"},
		{"a value out of bounds", "jewels:\n  - {kind: AWSBucket, value: 11}", `inroad.yaml:2: jewels[0].value: "11": want a whole number from 0 to 10`},
		{"a value that is no number", "jewels:\n  - {kind: AWSBucket, value: high}", `inroad.yaml:2: jewels[0].value: "high": want a whole number from 0 to 10`},
		{"a jewel without a value", "jewels:\n  - kind: AWSBucket", "inroad.yaml:2: jewels[0]: value is missing"},
		{"a rule that selects nothing", "entries:\n  - why: everything", "inroad.yaml:2: entries[0]: the rule selects nothing"},
		{"an unknown kind", "entries:\n  - kind: Bucket", "inroad.yaml:2: entries[0].kind: Bucket is no kind of node"},
		{"an unknown class", "entries:\n  - class: Store", "inroad.yaml:2: entries[0].class: Store is no class"},
		{"a field twice", "only: true\nonly: false", "inroad.yaml:2: only: the field stands here twice"},
		{"no list", "entries: internet", "inroad.yaml:1: entries: want a list"},
		{"a control without strength", "controls:\n  - {name: waf, kinds: CAN_EXPLOIT}", "inroad.yaml:2: controls[0]: strength is missing"},
		{"a control of a kind that is not walked", "controls:\n  - {name: waf, kinds: CAN_REACH, strength: 1}", "inroad.yaml:2: controls[0].kinds: CAN_REACH is no kind of edge that is walked"},
		{"a cost of nothing known", "costs:\n  burn: 1", "inroad.yaml:2: costs.burn: no such field: want block-public-access"},
		{"a cost of nothing", "costs:\n  patch: 0", `inroad.yaml:2: costs.patch: "0": want a whole number from 1 to 1000`},
		{"nothing", "", "inroad.yaml:1: the file is empty"},
		{"no YAML", "a: [", "inroad.yaml: line 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := threatmodel.Parse("inroad.yaml", []byte(test.text))
			if err == nil || !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestAnIDThatIsNotHeldIsAnErrorWithItsNeighbours(t *testing.T) {
	model, err := threatmodel.Parse("inroad.yaml", []byte("entries:\n  - id: arn:aws:s3:::websit"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = model.Resolve(world(t))
	if !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "inroad.yaml:2: entries[0]") || !strings.Contains(err.Error(), string(website)) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("entries: [{id: internet}]\njewels: [{class: DataStore, tag: a=b, value: 9}]\ncontrols: [{name: w, kinds: [CAN_EXPLOIT], strength: 0.5}]\nonly: true"))
	f.Add([]byte("jewels:\n- &a {kind: AWSBucket, value: 1}\n- *a"))
	f.Fuzz(func(t *testing.T, data []byte) {
		model, err := threatmodel.Parse("f", data)
		if (model == nil) == (err == nil) {
			t.Fatal("neither a model nor an error, or both")
		}
		if err != nil && !errors.Is(err, graph.ErrInvalid) {
			t.Fatal(err)
		}
		if model != nil {
			for _, jewel := range model.Jewels {
				if jewel.Value < 0 || jewel.Value > 10 || jewel.Selector == (threatmodel.Selector{}) {
					t.Fatalf("%+v", jewel)
				}
			}
		}
	})
}
