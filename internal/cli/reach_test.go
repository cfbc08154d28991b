package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/reach"
)

func TestReachSaysTheSameAsTextAndAsJSON(t *testing.T) {
	folder := t.TempDir()
	if err := estate.WriteSample(folder); err != nil {
		t.Fatal(err)
	}
	const public = "arn:aws:ec2:eu-west-1:300000000003:instance/i-0c0ffee0000000001" // of the sample, open for SSH
	text, err := run(t, noStores, "", "reach", "--bundle", folder, "--from", "internet", "--to", public)
	if err != nil {
		t.Fatal(err)
	}
	document, err := run(t, noStores, "", "reach", "--bundle", folder, "--from", "internet", "--to", public, "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var answer reach.Answer
	if err := json.Unmarshal([]byte(document), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Verdict != "reached" || len(answer.Ways) == 0 || !strings.HasPrefix(text, "reached: ") {
		t.Fatalf("%s\n%s", text, document)
	}
	for _, way := range answer.Ways {
		for _, hop := range way.Hops {
			if !strings.Contains(text, hop.Kind+" "+string(hop.ID)) {
				t.Errorf("the text lacks %s %s:\n%s", hop.Kind, hop.ID, text)
			}
		}
	}
	blocked, err := run(t, noStores, "", "reach", "--bundle", folder, "--from", "internet", "--to", public, "--port", "6/udp")
	if err != nil || !strings.HasPrefix(blocked, "blocked: ") || !strings.Contains(blocked, "to change: ") {
		t.Errorf("%v\n%s", err, blocked)
	}
}
