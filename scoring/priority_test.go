package scoring_test

import (
	"encoding/json"
	"testing"

	"github.com/inroad-security/inroad/scoring"
)

func TestPriorityMatrix(t *testing.T) {
	for _, row := range []struct {
		finding  string
		severity scoring.Level
		context  scoring.Context
		want     scoring.Level
	}{
		{"S3 bucket public read", scoring.High, scoring.Context{Exposed: true, OnPath: true}, scoring.Critical},
		{"security group allows 0.0.0.0/0:22", scoring.High, scoring.Context{Exposed: true, OnPath: true}, scoring.Critical},
		{"RDS not encrypted at rest", scoring.High, scoring.Context{}, scoring.Medium},
		{"CloudTrail not enabled, which blinds detection", scoring.Medium, scoring.Context{BlindsDetection: true}, scoring.High},
		{"EBS volume not encrypted", scoring.Medium, scoring.Context{}, scoring.Low},
		{"high and exposed, on no path", scoring.High, scoring.Context{Exposed: true}, scoring.High},
		{"high, on a path from inside", scoring.High, scoring.Context{OnPath: true}, scoring.High},
		{"medium, exposed and on a path", scoring.Medium, scoring.Context{Exposed: true, OnPath: true}, scoring.High},
		{"low, exposed and on a path", scoring.Low, scoring.Context{Exposed: true, OnPath: true}, scoring.Medium},
		{"low and neither stays low", scoring.Low, scoring.Context{}, scoring.Low},
		{"critical and neither", scoring.Critical, scoring.Context{}, scoring.High},
		{"critical stays critical at most", scoring.Critical, scoring.Context{Exposed: true, OnPath: true}, scoring.Critical},
		{"high that blinds detection", scoring.High, scoring.Context{BlindsDetection: true}, scoring.Critical},
	} {
		if got := scoring.Priority(row.severity, row.context); got != row.want {
			t.Errorf("%s: %s, want %s", row.finding, got, row.want)
		}
	}
}

func TestPriorityNeverFallsAsSeverityOrContextGrows(t *testing.T) {
	contexts := []scoring.Context{{}, {Exposed: true}, {Exposed: true, OnPath: true}}
	for severity := scoring.Low; severity <= scoring.Critical; severity++ {
		for c, context := range contexts {
			here := scoring.Priority(severity, context)
			if severity < scoring.Critical && scoring.Priority(severity+1, context) < here {
				t.Errorf("%s to %s in %+v falls", severity, severity+1, context)
			}
			if c+1 < len(contexts) && scoring.Priority(severity, contexts[c+1]) < here {
				t.Errorf("%s in %+v to %+v falls", severity, context, contexts[c+1])
			}
		}
	}
}

func TestLevelsKeepTheirNamesInJSON(t *testing.T) {
	text, err := json.Marshal([]scoring.Level{scoring.Critical, scoring.Low})
	if err != nil || string(text) != `["CRITICAL","LOW"]` {
		t.Fatalf("%s, %v", text, err)
	}
	var back []scoring.Level
	if err := json.Unmarshal(text, &back); err != nil || back[0] != scoring.Critical || back[1] != scoring.Low {
		t.Errorf("%v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`["SEVERE"]`), &back); err == nil {
		t.Error("SEVERE was read as a level")
	}
}
