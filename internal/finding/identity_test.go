package finding

import (
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	alice = graph.ID("arn:aws:iam::111111111111:user/alice")
	first = graph.ID("arn:aws:iam::111111111111:access-key/AKIAIOSFODNN7EXAMPLE")
	robot = graph.ID("arn:aws:iam::111111111111:role/robot")
)

// collected is when the worlds of these tests were collected.
var collected = time.Date(2026, time.March, 31, 12, 0, 0, 0, time.UTC)

// ago is a time before that.
func ago(days int) string { return collected.AddDate(0, 0, -days).Format(time.RFC3339) }

// faulty gives what a check finds in an account of some nodes, collected then, and of edges.
func faulty(t *testing.T, check string, nodes []graph.Node, edges ...graph.Edge) []graph.ID {
	t.Helper()
	for i := range nodes {
		if nodes[i].Props != nil && !nodes[i].Props.Has("account") {
			nodes[i].Props["account"] = "111111111111"
		}
	}
	snapshot := world(t, graph.Batch{Scope: "aws/111111111111/global/iam", Collected: collected, Nodes: nodes, Edges: edges})
	findings := Assess(snapshot, nil, Builtin())
	for _, each := range findings {
		if len(each.Evidence) == 0 || each.Remediation == "" {
			t.Errorf("%s says too little: %+v", each.Check, each)
		}
	}
	return found(findings, check)
}

// judged is one resource that a check looks at, and whether it is at fault.
type judged struct {
	check string
	kind  graph.NodeKind
	props graph.Props
	fault bool
}

func TestCredentials(t *testing.T) {
	for name, test := range map[string]judged{
		"a root user without a second factor":     {"aws-root-no-mfa", kinds.AWSAccount, graph.Props{"root_mfa": false}, true},
		"a root user with one":                    {"aws-root-no-mfa", kinds.AWSAccount, graph.Props{"root_mfa": true}, false},
		"a root user that was not looked at":      {"aws-root-no-mfa", kinds.AWSAccount, graph.Props{}, false},
		"a root user with a key":                  {"aws-root-access-key", kinds.AWSAccount, graph.Props{"root_access_keys": true}, true},
		"a root user without a key":               {"aws-root-access-key", kinds.AWSAccount, graph.Props{"root_access_keys": false}, false},
		"a root user whose keys are not known":    {"aws-root-access-key", kinds.AWSAccount, graph.Props{}, false},
		"a password without a second factor":      {"aws-user-no-mfa", kinds.AWSUser, graph.Props{"console": true, "mfa": false}, true},
		"a password with one":                     {"aws-user-no-mfa", kinds.AWSUser, graph.Props{"console": true, "mfa": true}, false},
		"no password":                             {"aws-user-no-mfa", kinds.AWSUser, graph.Props{"console": false, "mfa": false}, false},
		"a password, the factor not known":        {"aws-user-no-mfa", kinds.AWSUser, graph.Props{"console": true}, false},
		"a key of 91 days":                        {"aws-access-key-old", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(91)}, true},
		"a key of 90 days":                        {"aws-access-key-old", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(90)}, false},
		"an old key that is inactive":             {"aws-access-key-old", kinds.AWSAccessKey, graph.Props{"status": "Inactive", "created": ago(400)}, false},
		"a key of unknown age":                    {"aws-access-key-old", kinds.AWSAccessKey, graph.Props{"status": "Active"}, false},
		"a key last used 46 days ago":             {"aws-access-key-unused", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(300), "last_used": ago(46)}, true},
		"a key last used yesterday":               {"aws-access-key-unused", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(300), "last_used": ago(1)}, false},
		"a key made 46 days ago and never used":   {"aws-access-key-unused", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(46), "last_used": "never"}, true},
		"a new key that was not used yet":         {"aws-access-key-unused", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(3), "last_used": "never"}, false},
		"a key whose use was not collected":       {"aws-access-key-unused", kinds.AWSAccessKey, graph.Props{"status": "Active", "created": ago(300)}, false},
		"a password last used 46 days ago":        {"aws-password-unused", kinds.AWSUser, graph.Props{"console": true, "created": ago(300), "password_last_used": ago(46)}, true},
		"a password used today":                   {"aws-password-unused", kinds.AWSUser, graph.Props{"console": true, "created": ago(300), "password_last_used": ago(0)}, false},
		"a password that was taken away":          {"aws-password-unused", kinds.AWSUser, graph.Props{"console": false, "created": ago(300), "password_last_used": ago(200)}, false},
		"a role last used 46 days ago":            {"aws-role-unused", kinds.AWSRole, graph.Props{"created": ago(300), "last_used": ago(46)}, true},
		"a role that was never used":              {"aws-role-unused", kinds.AWSRole, graph.Props{"created": ago(300), "last_used": "never"}, true},
		"a role used last week":                   {"aws-role-unused", kinds.AWSRole, graph.Props{"created": ago(300), "last_used": ago(7)}, false},
		"a service's own role":                    {"aws-role-unused", kinds.AWSRole, graph.Props{"created": ago(300), "last_used": "never", "service_linked": true}, false},
		"a role whose use was not collected":      {"aws-role-unused", kinds.AWSRole, graph.Props{"created": ago(300)}, false},
		"a service that was not used for 46 days": {"aws-permissions-unused", kinds.AWSRole, graph.Props{"created": ago(300), "services": []string{"ec2=" + ago(46), "s3=" + ago(1)}}, true},
		"a service that was never used":           {"aws-permissions-unused", kinds.AWSUser, graph.Props{"created": ago(46), "services": []string{"ec2=never", "s3=" + ago(1)}}, true},
		"services that were all used":             {"aws-permissions-unused", kinds.AWSUser, graph.Props{"created": ago(300), "services": []string{"ec2=" + ago(45), "s3=" + ago(1)}}, false},
		"services of which none was used":         {"aws-permissions-unused", kinds.AWSRole, graph.Props{"created": ago(300), "services": []string{"ec2=never", "s3=" + ago(80)}}, false},
		"a role that is too young to tell":        {"aws-permissions-unused", kinds.AWSRole, graph.Props{"created": ago(45), "services": []string{"ec2=never", "s3=" + ago(1)}}, false},
		"a service's own role, of many services":  {"aws-permissions-unused", kinds.AWSRole, graph.Props{"created": ago(300), "service_linked": true, "services": []string{"ec2=never", "s3=" + ago(1)}}, false},
		"a role whose services are not known":     {"aws-permissions-unused", kinds.AWSRole, graph.Props{"created": ago(300)}, false},
		"metadata without a token":                {"aws-instance-metadata-v1", kinds.AWSInstance, graph.Props{"metadata_tokens": "optional", "state": "running"}, true},
		"metadata with a token":                   {"aws-instance-metadata-v1", kinds.AWSInstance, graph.Props{"metadata_tokens": "required", "state": "running"}, false},
		"no metadata service":                     {"aws-instance-metadata-v1", kinds.AWSInstance, graph.Props{"metadata_tokens": "optional", "metadata_disabled": true}, false},
		"an instance that is gone":                {"aws-instance-metadata-v1", kinds.AWSInstance, graph.Props{"metadata_tokens": "optional", "state": "terminated"}, false},
		"an instance whose options are not known": {"aws-instance-metadata-v1", kinds.AWSInstance, graph.Props{"state": "running"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			id := map[graph.NodeKind]graph.ID{
				kinds.AWSAccount: account, kinds.AWSUser: alice, kinds.AWSAccessKey: first, kinds.AWSRole: robot, kinds.AWSInstance: host,
			}[test.kind]
			if got := faulty(t, test.check, []graph.Node{node(id, test.kind, test.props)}); len(got) > 0 != test.fault {
				t.Errorf("found %v, want at fault: %v", got, test.fault)
			}
		})
	}
}

// Whoever sets other limits is answered by them.
func TestLimits(t *testing.T) {
	snapshot := world(t, graph.Batch{Scope: "aws/111111111111/global/iam", Collected: collected, Nodes: []graph.Node{
		node(first, kinds.AWSAccessKey, graph.Props{"account": "111111111111", "status": "Active", "created": ago(60), "last_used": ago(20)}),
		node(robot, kinds.AWSRole, graph.Props{"account": "111111111111", "created": ago(300), "last_used": ago(1), "services": []string{"ec2=" + ago(20), "s3=" + ago(1)}}),
	}})
	for check, test := range map[string]struct {
		limits Limits
		fault  bool
	}{
		"aws-access-key-old":     {Limits{KeyAge: 59, Unused: 45}, true},
		"aws-access-key-unused":  {Limits{KeyAge: 90, Unused: 19}, true},
		"aws-permissions-unused": {Limits{KeyAge: 90, Unused: 19}, true},
		"aws-role-unused":        {Limits{KeyAge: 90, Unused: 19}, false},
	} {
		if got := len(found(Assess(snapshot, nil, Checks(test.limits)), check)) > 0; got != test.fault {
			t.Errorf("%s with %+v: found %v, want %v", check, test.limits, got, test.fault)
		}
		if got := found(Assess(snapshot, nil, Builtin()), check); len(got) > 0 {
			t.Errorf("%s with the usual limits: found %v", check, got)
		}
	}
}

// A bundle without a manifest does not tell when it was collected. The newest thing in it is no newer than that.
func TestAgesWithoutATimeOfCollection(t *testing.T) {
	key := func(created string) graph.Node {
		return node(first, kinds.AWSAccessKey, graph.Props{"account": "111111111111", "status": "Active", "created": created})
	}
	used := node(robot, kinds.AWSRole, graph.Props{"account": "111111111111", "created": ago(500), "last_used": ago(10)})
	for name, test := range map[string]struct {
		nodes []graph.Node
		old   bool
	}{
		"old beside what is newest":   {[]graph.Node{key(ago(101)), used}, true},
		"young beside what is newest": {[]graph.Node{key(ago(100)), used}, false},
		"nothing newer":               {[]graph.Node{key(ago(900))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := world(t, graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: test.nodes})
			if old := len(found(Assess(snapshot, nil, Builtin()), "aws-access-key-old")) > 0; old != test.old {
				t.Errorf("old = %v, want %v", old, test.old)
			}
		})
	}
}

func TestWhatWasNotCollectedIsSaid(t *testing.T) {
	snapshot := world(t, here("iam", nil,
		node(alice, kinds.AWSUser, graph.Props{"console": true}), // its second factor was not looked at
		node("arn:aws:iam::111111111111:user/bob", kinds.AWSUser, graph.Props{"console": true, "mfa": true, "active_keys": int64(0), "password_last_used": ago(1)}),
		node("arn:aws:iam::111111111111:user/stub", kinds.AWSUser, nil)))
	said := map[string]int{}
	for _, gap := range NotAssessed(snapshot, Builtin()) {
		if gap.Reason == "" {
			t.Errorf("%s has no reason", gap.Check)
		}
		said[gap.Check] += gap.Resources
	}
	for check, want := range map[string]int{"aws-user-no-mfa": 1, "aws-password-unused": 1, "aws-access-key-old": 1, "aws-root-no-mfa": 0, "aws-role-unused": 0} {
		if said[check] != want {
			t.Errorf("%s was not assessed for %d resources, want %d", check, said[check], want)
		}
	}
}

func TestChecksAreInOrderAndEachIsThereOnce(t *testing.T) {
	checks := Builtin()
	for i := 1; i < len(checks); i++ {
		if checks[i-1].ID >= checks[i].ID {
			t.Errorf("%s comes before %s", checks[i-1].ID, checks[i].ID)
		}
	}
	for _, check := range checks {
		for _, read := range check.Reads {
			if spec, known := kinds.NodeSpec(read.Kind); !known || !declares(spec, read.Property) {
				t.Errorf("%s reads %s.%s, which no kind declares", check.ID, read.Kind, read.Property)
			}
		}
	}
}

func declares(spec graph.NodeSpec, property string) bool {
	for _, prop := range spec.Props {
		if prop.Name == property {
			return true
		}
	}
	return false
}
