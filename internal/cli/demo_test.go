package cli

import (
	"context"
	"strings"
	"testing"
)

// A table that is added needs its answer in the sample too, or the first thing that a newcomer reads is what is missing.
func TestTheSampleHoldsAnAnswerToEveryCall(t *testing.T) {
	answer, err := sampleAnswer(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range answer.Snapshot.Scopes() {
		// AWS tells member accounts nothing of their organization; the management account's answers serve all.
		if !status.Complete() && !strings.HasSuffix(string(status.Scope), "/global/organizations") {
			t.Errorf("%s lacks %s", status.Scope, strings.Join(status.Incomplete, "; "))
		}
	}
}
