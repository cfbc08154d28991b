package server

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/finding"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

// unset names the fields of a message, and of those within it, that hold nothing.
func unset(message protoreflect.Message, within string) []string {
	var names []string
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		name := within + "." + string(field.Name())
		switch value := message.Get(field); {
		case !message.Has(field):
			names = append(names, name)
		case field.IsList() && field.Message() != nil:
			for i := range value.List().Len() {
				names = append(names, unset(value.List().Get(i).Message(), name)...)
			}
		case field.Message() != nil && !strings.HasPrefix(string(field.Message().FullName()), "google."):
			names = append(names, unset(value.Message(), name)...)
		}
	}
	return names
}

func TestTheWireLeavesNothingOut(t *testing.T) {
	steps := []scoring.Step{{
		From: "a", To: "b", Kind: "CAN_READ", Technique: "t", Verdict: "possible", Likelihood: 0.5, Requires: []graph.ID{"r"}, Cause: "c",
		Evidence: []scoring.Evidence{
			{Kind: graph.Grant, Source: "s", Locator: "l", Detail: "d"},
			{Kind: graph.Guardrail, Source: "s", Locator: "l", Detail: "d"},
			{Kind: graph.Gap, Source: "s", Locator: "l", Detail: "d"},
		},
	}}
	for name, message := range map[string]proto.Message{
		"path": wirePath(scoring.Path{
			ID: "i", Entry: "a", Target: "b", Risk: 1, Verdict: "unknown", Likelihood: 0.5, Priority: scoring.Low, Severity: scoring.Low, Exposed: true,
			Value: 2, Reason: "r", Why: "w", Steps: steps, Implies: 3, Fix: &scoring.Fix{Change: "c", Cause: "c", Step: 1, Edges: 2, Closes: true, Paths: 3},
		}),
		"escalation": wireEscalation(scoring.Escalation{Principal: "a", Target: "b", Admin: true, Verdict: "proven", Likelihood: 0.5, Steps: steps}),
		"finding": wireFinding(finding.Finding{
			ID: "i", Check: "c", Title: "t", Resource: "r", Severity: scoring.Low, Priority: scoring.Low, Exposed: true, OnPath: true, Paths: []string{"p"},
			Verdict: graph.Proven, Evidence: []graph.Evidence{{Kind: graph.Grant, Source: "s", Locator: "l", Detail: "d"}}, Remediation: "r",
		}),
		"scope":      wireScope(graph.Status{Scope: "s", Collected: time.Unix(1, 0), Nodes: 1, Edges: 1}),
		"truncation": wireTruncation(&scoring.Truncation{Limit: 1, Shown: 1, Total: 2, Note: "n"}),
	} {
		want := map[string][]string{"scope": {".reasons"}}[name] // a complete scope has none
		equal(t, name, unset(message.ProtoReflect(), ""), want)
	}
}

func TestLevelsAndVerdictsKeepTheirNamesOnTheWire(t *testing.T) {
	for level := scoring.Low; level <= scoring.Critical; level++ {
		if got := wirePriority(level).String(); got != "PRIORITY_"+level.String() {
			t.Errorf("priority %s: %s", level, got)
		}
		if got := wireSeverity(level).String(); got != "SEVERITY_"+level.String() {
			t.Errorf("severity %s: %s", level, got)
		}
	}
	for _, verdict := range []graph.Verdict{graph.Proven, graph.Possible, graph.Unknown} {
		if got := wireVerdict(verdict.String()).String(); got != "VERDICT_"+strings.ToUpper(verdict.String()) {
			t.Errorf("verdict %s: %s", verdict, got)
		}
	}
	for _, kind := range []graph.EvidenceKind{graph.Grant, graph.Guardrail, graph.Gap} {
		if got := wireEvidence(kind, "", "", "").GetKind().String(); got != "EVIDENCE_KIND_"+strings.ToUpper(string(kind)) {
			t.Errorf("evidence %s: %s", kind, got)
		}
	}
	if got := wireVerdict("certain"); got != inroadv1.Verdict_VERDICT_UNSPECIFIED {
		t.Errorf("a verdict that is none: %s", got)
	}
}
