package cli

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
)

// fixed is a store that holds one graph.
type fixed struct{ snapshot *graph.Snapshot }

func (fixed) Apply(context.Context, ...graph.Batch) (graph.Revision, error) { return 0, nil }

func (store fixed) Snapshot(context.Context, graph.Revision) (*graph.Snapshot, error) {
	return store.snapshot, nil
}

func (fixed) Close() error { return nil }

// stored gives the sample organization as a store, and as the bundle that it was read from.
func stored(t *testing.T) (Stores, string) {
	t.Helper()
	folder := sample(t)
	batches, err := read(t.Context(), []string{folder}, &strings.Builder{})
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := analysis.Read(t.Context(), batches...)
	if err != nil {
		t.Fatal(err)
	}
	return func(context.Context, string, bool) (graph.Store, error) { return fixed{snapshot}, nil }, folder
}

func TestTheEnginesCommandsOnTheSample(t *testing.T) {
	stores, bundle := stored(t)
	const (
		open  = "arn:aws:s3:::northwind-customer-exports"
		admin = "arn:aws:iam::200000000002:root"
		ssh   = "rule:arn:aws:ec2:eu-west-1:300000000003:security-group/sg-c0ssh00001#inbound tcp/22 0.0.0.0/0"
	)
	for _, test := range []struct {
		args        []string
		want, never string
	}{
		{[]string{"entries"}, "anyone on the internet", "northwind"},
		{[]string{"jewels"}, open, "internet"},
		{[]string{"fix"}, "nothing cheaper does", "still reached"},
		// Whoever is in the account reads a bucket whose policy names everyone, public access blocked or not: the rehearsal finds the ways from the function and the machine.
		{[]string{"fix", "--to", open}, "derived anew: something else grants the same", "still reached"},
		{[]string{"fix", "--to", open}, "needless with these  Block public access", ""},
		{[]string{"fix", "--to", admin}, "derived anew: none of these targets is reached", "stands"},
		{[]string{"fix", "--rehearse=false"}, "Walked again without them", "derived anew"},
		{[]string{"fix", "--snippets"}, "aws s3api put-public-access-block --bucket northwind-customer-exports", ""},
		{[]string{"fix", "--budget", "1"}, "Block public access to " + open, "sg-c0ssh00001"},
		{[]string{"access", open}, "proven    internet by aws-public-bucket-policy", "user/nobody"},
		{[]string{"access", "arn:aws:s3:::northwind-orders"}, "versioning: what is deleted or written over stays", "internet"},
		{[]string{"posture"}, "of 100", ""},
		{[]string{"chokepoints"}, "role/ci-deployer", ""},
		{[]string{"blast", "arn:aws:iam::300000000003:role/ci-deployer"}, admin, "i-0c0ffee"},
		{[]string{"exposure", admin}, "internet -> ", "user/ops-admin"},
		{[]string{"exposure", admin, "--all"}, "user/ops-admin (200000000002) -> account 200000000002", ""},
		{[]string{"what-if", "--remove", ssh}, "gone", "new     "},
		{[]string{"diff", bundle, bundle}, "0 new, 0 gone, 0 changed", ""},
		{[]string{"paths", "--to", admin, "--k", "3"}, "account 200000000002", ""},
		{[]string{"paths", "--to", "tag:data-classification=PII"}, "northwind-customer-exports", "orders-api"},
	} {
		t.Run(strings.Join(test.args[:min(2, len(test.args))], " "), func(t *testing.T) {
			out, err := run(t, stores, "", test.args...)
			if err != nil || !strings.Contains(out, test.want) || test.never != "" && strings.Contains(out, test.never) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestDocumentsOfTheEngineAreJSONWithTheirRevisionAndGaps(t *testing.T) {
	stores, _ := stored(t)
	for _, command := range [][]string{{"fix"}, {"fix", "--budget", "2"}, {"posture"}, {"chokepoints"}, {"blast", "internet"}, {"entries"}, {"jewels"}, {"paths"}, {"escalations"}, {"findings"}, {"exposure", "arn:aws:s3:::northwind-customer-exports"}} {
		out, err := run(t, stores, "", append(command, "--format", "json")...)
		if err != nil {
			t.Fatal(err)
		}
		var document map[string]any
		if err := json.Unmarshal([]byte(out), &document); err != nil {
			t.Fatalf("%v: %v", command, err)
		}
		if _, ok := document["revision"]; !ok || document["incomplete"] == nil {
			t.Errorf("%v: %v", command, document)
		}
	}
}

func TestDocumentsListEveryPathUnlessFoldingIsAskedFor(t *testing.T) {
	stores, _ := stored(t)
	count := func(args ...string) int {
		out, err := run(t, stores, "", append([]string{"paths", "--format", "json"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		var document struct{ Paths []json.RawMessage }
		if err := json.Unmarshal([]byte(out), &document); err != nil {
			t.Fatal(err)
		}
		return len(document.Paths)
	}
	if plain, unfolded := count(), count("--fold", "no"); plain != 4 || unfolded != 8 {
		t.Errorf("%d paths, %d with what an account holds", plain, unfolded)
	}
}

func TestAssertEndsWithAnErrorWhenSomethingDoesNotHold(t *testing.T) {
	stores, bundle := stored(t)
	file := filepath.Join(t.TempDir(), "paths.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("assertions: [{name: no personal data, from: internet, to: 'tag:data-classification=PII'}]")
	out, err := run(t, stores, "", "assert", file, bundle)
	if !errors.Is(err, errAsserted) || !strings.Contains(out, "FAIL  no personal data: 3 paths") {
		t.Errorf("%v\n%s", err, out)
	}
	for format, want := range map[string]string{"junit": "<failure ", "sarif": `"level": "error"`, "json": `"failed": 1`} {
		if out, err := run(t, stores, "", "assert", file, "--format", format); !errors.Is(err, errAsserted) || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", format, err, out)
		}
	}
	write("assertions: [{name: the other account, to: 'arn:aws:iam::100000000001:root'}]")
	if out, err := run(t, stores, "", "assert", file); err != nil || !strings.Contains(out, "ok  ") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAThreatModelIsReadStrictly(t *testing.T) {
	stores, _ := stored(t)
	file := filepath.Join(t.TempDir(), "inroad.yaml")
	if err := os.WriteFile(file, []byte("jewels:\n  - {kind: AWSBucket, worth: 3}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := run(t, stores, "", "jewels", "--config", file)
	if err == nil || !strings.Contains(err.Error(), file+":2: jewels[0].worth: no such field") {
		t.Error(err)
	}
}

// A model whose one entry nobody gains from, and whose one jewel nobody reaches, leaves no path; whoever becomes administrator still does, if less likely.
func TestAThreatModelHoldsForEveryCommandThatWalks(t *testing.T) {
	stores, _ := stored(t)
	file := filepath.Join(t.TempDir(), "inroad.yaml")
	if err := os.WriteFile(file, []byte("jewels: [{id: 'arn:aws:s3:::northwind-orders', value: 3}]\nonly: true\ncontrols: [{name: approval, kinds: [CAN_ASSUME, CAN_ESCALATE_TO, CAN_ADMINISTER], strength: 0.5}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	document := func(into any, args ...string) {
		t.Helper()
		out, err := run(t, stores, "", append(args, "--format", "json")...)
		if err == nil {
			err = json.Unmarshal([]byte(out), into)
		}
		if err != nil {
			t.Fatal(args, err)
		}
	}
	var before, after struct {
		Findings []struct {
			OnPath bool `json:"on_path"`
		}
		Escalations []struct{ Likelihood float64 }
	}
	onPath := func(args ...string) (count int) {
		document(&before, args...)
		for _, each := range before.Findings {
			if each.OnPath {
				count++
			}
		}
		return count
	}
	if with, without := onPath("findings", "--config", file), onPath("findings"); with >= without {
		t.Errorf("%d findings lie on a path to the model's jewel, %d on one to the default ones", with, without)
	}
	document(&before, "escalations")
	document(&after, "escalations", "--config", file)
	if len(before.Escalations) == 0 || len(after.Escalations) == 0 || after.Escalations[0].Likelihood >= before.Escalations[0].Likelihood {
		t.Errorf("%v by the model, %v by default", after.Escalations, before.Escalations)
	}
}

func TestWhatCannotBeMeantIsRefusedWithWhatToDo(t *testing.T) {
	stores, bundle := stored(t)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"paths", "--top", "0"}, "want a whole number from 1"},
		{[]string{"blast", "internet", "--top", "-1"}, "want a whole number from 1"},
		{[]string{"paths", "--to", "administrator", "--k", "0"}, "--k 0: want a whole number from 1"},
		{[]string{"paths", "--to", "administrator", "--k", "2"}, "name one of each"},
		{[]string{"fix", "--budget", "-1"}, "--budget -1: want a whole number from 0"},
		{[]string{"fix", "--to", "class:Nope"}, "class:Nope: Nope is no class: docs/kinds.md lists them"},
		{[]string{"fix", "--to", "kind:Nope"}, "Nope is no kind of node"},
		{[]string{"fix", "--to", "name:["}, "[ is no pattern"},
		{[]string{"fix", "--to", "tag:"}, "it selects nothing"},
		{[]string{"fix", "--to", "tag:no=such"}, "tag:no=such: no node is chosen by it"},
		{[]string{"what-if"}, "give --remove or --add"},
		{[]string{"what-if", "--remove", "rule:none#1"}, "--remove rule:none#1: no cause, edge or node of this graph"},
		{[]string{"what-if", "--add", "internet -[CAN_FLY]-> internet"}, "with a kind of attack edge"},
		{[]string{"what-if", "--add", "internet -[CAN_READ]-> nobody"}, "no node is nobody"},
		{[]string{"diff", bundle, bundle, "--to", "nobody"}, "nobody: neither graph has what it names"},
		{[]string{"diff", bundle, bundle, "--from", "tag:no=such"}, "tag:no=such: neither graph has what it names"},
		{[]string{"blast", "nobody"}, "nobody: no node has this id"},
		{[]string{"exposure", "nobody"}, "nobody: no node has this id"},
		{[]string{"path", "nobody"}, "lists the paths that there are"},
	} {
		if out, err := run(t, stores, "", test.args...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s\n%s", test.args, err, test.want, out)
		}
	}
}
