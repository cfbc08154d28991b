package finding

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// What detectors and scanners say is a finding of the asset that it is about, with its days, and gets its priority by the matrix.
func TestWhatOthersFoundIsTakenOver(t *testing.T) {
	issue := graph.ID("arn:aws:guardduty:eu-west-1:111111111111:detector/d/finding/f1")
	elsewhere := graph.ID("arn:aws:securityhub:eu-west-1:111111111111:finding/2")
	image, task := "sha256:abc", graph.ID("arn:aws:ecs:eu-west-1:111111111111:task/shop/1")
	snapshot := world(t,
		here("ec2", nil, node(host, kinds.AWSInstance, graph.Props{"state": "running"})),
		here("ecs", nil, node(task, kinds.AWSECSTask, graph.Props{"digests": []string{image}})),
		graph.Batch{
			Scope: "aws/111111111111/eu-west-1/guardduty",
			Nodes: []graph.Node{
				node(issue, kinds.DetectedIssue, graph.Props{
					"source": "guardduty", "name": "Talks to a mining pool", "type": "CryptoCurrency:EC2/Bitcoin", "severity": "HIGH", "asset": string(host),
					"first_seen": "2026-05-05T01:02:03Z", "last_seen": "2026-05-06T00:00:00Z", "status": "ACTIVE",
				}),
				node(elsewhere, kinds.DetectedIssue, graph.Props{"source": "securityhub", "name": "Odd process", "severity": "INFORMATIONAL", "asset": "host-7"}),
			},
			Edges: []graph.Edge{{From: issue, To: host, Kind: kinds.AttachedTo}},
		},
		graph.Batch{Scope: "scan/trivy/shop/vulnerabilities", Nodes: []graph.Node{
			node("vulnerability:a", kinds.Vulnerability, graph.Props{
				"source": "trivy", "name": "CVE-2026-1", "severity": "CRITICAL", "digests": []string{image}, "packages": []string{"openssl@3.0.1"}, "fixed_in": []string{"3.0.2"},
				"scanned": "2026-05-04T00:00:00Z", "epss": 0.02, "epss_date": "2026-05-03",
			}),
			node("vulnerability:b", kinds.Vulnerability, graph.Props{
				"source": "trivy", "name": "CVE-2026-2", "severity": "MEDIUM", "digests": []string{image}, "packages": []string{"zlib@1"}, "kev": true, "kev_date": "2026-05-02",
			}),
			node("vulnerability:c", kinds.Vulnerability, graph.Props{"source": "trivy", "name": "CVE-2026-3", "severity": "CRITICAL", "asset": "another:image"}),
		}},
		graph.Batch{Scope: "derived/all", Edges: []graph.Edge{
			{From: graph.Internet, To: host, Kind: kinds.CanReach, Props: graph.Props{"ports": "tcp/22"}},
		}},
	)
	type told struct {
		Check, Title       string
		Resource           graph.ID
		Severity, Priority scoring.Level
		Exposed            bool
		Details            []string
	}
	var got []told
	for _, each := range Assess(snapshot, nil, detectedChecks()) {
		one := told{each.Check, each.Title, each.Resource, each.Severity, each.Priority, each.Exposed, nil}
		for _, piece := range each.Evidence {
			one.Details = append(one.Details, piece.Detail)
		}
		got = append(got, one)
	}
	want := []told{
		{
			"known-vulnerabilities", "Known vulnerabilities: CVE-2026-2 (known exploited as of 2026-05-02) and 1 more", task, scoring.Critical,
			scoring.Priority(scoring.Critical, scoring.Context{}), false,
			[]string{
				"trivy finds CVE-2026-2 in zlib@1; on CISA's list of known exploited vulnerabilities as of 2026-05-02",
				"trivy finds CVE-2026-1 in openssl@3.0.1; EPSS 0.020 as of 2026-05-03; fixed in 3.0.2, scanned 2026-05-04",
			},
		},
		{
			"detected-guardduty", "GuardDuty: Talks to a mining pool (seen 2026-05-05 to 2026-05-06)", host, scoring.High,
			scoring.Priority(scoring.High, scoring.Context{Exposed: true}), true,
			[]string{"GuardDuty says CryptoCurrency:EC2/Bitcoin of arn:aws:ec2:eu-west-1:111111111111:instance/i-1 (seen 2026-05-05 to 2026-05-06); status ACTIVE"},
		},
		{
			"detected-securityhub", "Security Hub: Odd process", elsewhere, scoring.Low, scoring.Priority(scoring.Low, scoring.Context{}), false,
			[]string{"Security Hub says Odd process of host-7; status not told"},
		},
	}
	order := func(list []told) map[string]told {
		byCheck := map[string]told{}
		for _, one := range list {
			byCheck[one.Check] = one
		}
		return byCheck
	}
	if len(got) != len(want) {
		t.Errorf("%d findings, want %d", len(got), len(want))
	}
	if diff := cmp.Diff(order(want), order(got)); diff != "" {
		t.Error(diff)
	}
}
