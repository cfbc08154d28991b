package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
)

// run runs a command line as a user would, with a text as standard input.
func run(t *testing.T, stores Stores, input string, args ...string) (out string, err error) {
	t.Helper()
	root := New(stores, "test")
	var stdout bytes.Buffer
	root.SetIn(strings.NewReader(input))
	root.SetOut(&stdout)
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(args)
	err = root.ExecuteContext(context.Background())
	return stdout.String(), err
}

func noStores(context.Context, string, bool) (graph.Store, error) {
	return nil, graph.ErrNotFound
}

func policyCase(id, principal string, padding int) string {
	return fmt.Sprintf(`{"id":%s,"principal":%q,"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","padding":%q,`+
		`"identityPolicies":[{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}]}`, id, principal, strings.Repeat("x", padding))
}

func TestSimulateAnswersEachLineInOrder(t *testing.T) {
	user := "arn:aws:iam::111111111111:user/ann"
	batch := strings.Join([]string{
		policyCase(`1`, user, 0), `{"id":2`, ``, policyCase(`"three"`, user, 17<<20), policyCase(`4`, "nobody", 0), `{"context":[],"id":5}`,
		policyCase(`6`, "anonymous", 0),
	}, "\n")
	out, err := run(t, noStores, batch, "iam", "simulate", "--batch", "-")
	if err != nil {
		t.Fatal(err)
	}
	want := []struct{ id, result, fault string }{
		{"1", "Allowed", ""},
		{"", "", "unexpected end"},
		{`"three"`, "Allowed", ""},
		{"4", "", "not an ARN"},
		{"5", "", "context: a JSON array does not belong there"},
		{"6", "ImplicitlyDenied", ""},
	}
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d answers, want %d", len(lines), len(want))
	}
	for i, line := range lines {
		var answer struct {
			ID            json.RawMessage
			Result, Error string
			Evidence      []string
		}
		if err := json.Unmarshal([]byte(line), &answer); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if string(answer.ID) != want[i].id || answer.Result != want[i].result || !strings.Contains(answer.Error, want[i].fault) {
			t.Errorf("line %d: %s", i+1, line)
		}
		if (answer.Error == "") == (answer.Evidence == nil) {
			t.Errorf("line %d: evidence %q with error %q", i+1, answer.Evidence, answer.Error)
		}
	}
}

func TestALineThatIsTooLongIsAnsweredAndTheRestGoesOn(t *testing.T) {
	for _, end := range []string{"\n" + policyCase(`2`, "anonymous", 0), ""} {
		var out bytes.Buffer
		if err := simulate(strings.NewReader(policyCase(`1`, "anonymous", 100_000)+end), &out, 90_000); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasPrefix(got, `{"error":"a line of more than 90000 bytes"}`) || strings.Count(got, "\n") != 1+strings.Count(end, "\n") {
			t.Errorf("got %s", got)
		}
	}
}

func TestSimulateNeedsABatchThatThereIs(t *testing.T) {
	if _, err := run(t, noStores, "", "iam", "simulate"); err == nil || !strings.Contains(err.Error(), "batch") {
		t.Errorf("without --batch: %v", err)
	}
	if _, err := run(t, noStores, "", "iam", "simulate", "--batch", "no-such-file"); err == nil || !strings.Contains(err.Error(), "no-such-file") {
		t.Errorf("with a file that is not there: %v", err)
	}
}
