package finding

import (
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

const (
	account = graph.ID("arn:aws:iam::111111111111:root")
	bucket  = graph.ID("arn:aws:s3:::exports")
	group   = graph.ID("arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1")
	host    = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-1")
)

const openSSH = `{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`

func world(t *testing.T, batches ...graph.Batch) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func here(service string, incomplete []string, nodes ...graph.Node) graph.Batch {
	return graph.Batch{Scope: graph.Scope("aws/111111111111/eu-west-1/" + service), Nodes: nodes, Incomplete: incomplete}
}

func node(id graph.ID, kind graph.NodeKind, props graph.Props) graph.Node {
	return graph.Node{ID: id, Kind: kind, Props: props}
}

func found(findings []Finding, check string) []graph.ID {
	var resources []graph.ID
	for _, each := range findings {
		if each.Check == check {
			resources = append(resources, each.Resource)
		}
	}
	return resources
}

func TestTheClientsMatrixHoldsForItsOwnFindings(t *testing.T) {
	grant := []graph.Evidence{{Kind: graph.Grant, Source: group, Locator: "ingress[0]", Detail: "tcp/22 from anywhere"}}
	snapshot := world(t,
		here("ec2", nil,
			node(group, kinds.AWSSecurityGroup, graph.Props{"ingress": []string{openSSH}}),
			node(host, kinds.AWSInstance, nil),
			node("arn:aws:ec2:eu-west-1:111111111111:volume/vol-1", kinds.AWSVolume, graph.Props{"encrypted": false})),
		here("rds", nil, node("arn:aws:rds:eu-west-1:111111111111:db:orders", kinds.AWSDatabase, graph.Props{"encrypted": false})),
		here("s3", nil, node(bucket, kinds.AWSBucket, graph.Props{"tags": []string{"data-classification=PII"}})),
		here("cloudtrail", nil),
		here("iam", nil, node(account, kinds.AWSAccount, graph.Props{"account": "111111111111"})),
		graph.Batch{Scope: "derived/all", Edges: []graph.Edge{
			{From: graph.Internet, To: bucket, Kind: kinds.CanRead, Technique: "aws-public-bucket-policy", Cause: "statement:" + graph.Cause(bucket) + "#0"},
			{From: graph.Internet, To: host, Kind: kinds.CanReach, Evidence: grant},
			{From: graph.Internet, To: host, Kind: kinds.CanExploit, Technique: "exposed-remote-admin", Evidence: grant},
			{From: host, To: account, Kind: kinds.CanEscalateTo},
		}},
	)
	paths := pathsOf(t, snapshot)
	findings := Assess(snapshot, paths, Builtin())
	for check, want := range map[string]scoring.Level{
		"aws-s3-public-read":  scoring.Critical,
		"aws-sg-open-admin":   scoring.Critical,
		"aws-rds-unencrypted": scoring.Medium,
		"aws-cloudtrail-off":  scoring.High,
		"aws-ebs-unencrypted": scoring.Low,
	} {
		at := slices.IndexFunc(findings, func(each Finding) bool { return each.Check == check })
		if at < 0 {
			t.Errorf("%s was not found", check)
			continue
		}
		if got := findings[at].Priority; got != want {
			t.Errorf("%s: priority %s, want %s (exposed %v, on path %v)", check, got, want, findings[at].Exposed, findings[at].OnPath)
		}
	}
	if !slices.IsSortedFunc(findings, func(a, b Finding) int { return int(b.Priority) - int(a.Priority) }) {
		t.Error("findings do not come highest priority first")
	}
}

func pathsOf(t *testing.T, snapshot *graph.Snapshot) []scoring.Path {
	t.Helper()
	document, err := scoring.Analyze(t.Context(), snapshot, scoring.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return document.Paths
}

func TestCloudTrailIsOffOnlyWhereThatIsKnown(t *testing.T) {
	holder := here("iam", nil, node(account, kinds.AWSAccount, graph.Props{"account": "111111111111"}))
	trail := func(props graph.Props) graph.Node {
		return node("arn:aws:cloudtrail:eu-west-1:111111111111:trail/main", kinds.AWSTrail, props)
	}
	for name, test := range map[string]struct {
		batches []graph.Batch
		off     bool
	}{
		"no trail":                          {[]graph.Batch{holder, here("cloudtrail", nil)}, true},
		"a trail that does not log":         {[]graph.Batch{holder, here("cloudtrail", nil, trail(graph.Props{"account": "111111111111", "logging": false}))}, true},
		"a trail that logs":                 {[]graph.Batch{holder, here("cloudtrail", nil, trail(graph.Props{"account": "111111111111", "logging": true}))}, false},
		"another account's own trail":       {[]graph.Batch{holder, here("cloudtrail", nil, trail(graph.Props{"account": "222222222222", "logging": true}))}, true},
		"an organization's trail elsewhere": {[]graph.Batch{holder, here("cloudtrail", nil, trail(graph.Props{"account": "222222222222", "logging": true, "organization_trail": true}))}, false},
		"trails were not collected":         {[]graph.Batch{holder}, false},
		"trails were read incompletely":     {[]graph.Batch{holder, here("cloudtrail", []string{"describe-trails: AccessDenied"})}, false},
	} {
		t.Run(name, func(t *testing.T) {
			off := len(found(Assess(world(t, test.batches...), nil, Builtin()), "aws-cloudtrail-off")) > 0
			if off != test.off {
				t.Errorf("off = %v, want %v", off, test.off)
			}
		})
	}
}

func TestWhatIsEncryptedOrNotCollectedIsNoFinding(t *testing.T) {
	snapshot := world(t, here("ec2", nil,
		node("vol-encrypted", kinds.AWSVolume, graph.Props{"encrypted": true}),
		node("vol-unknown", kinds.AWSVolume, nil),
		node("db-encrypted", kinds.AWSDatabase, graph.Props{"encrypted": true}),
		node("bucket-encrypted", kinds.AWSBucket, graph.Props{"encryption": "AES256"}),
		node("bucket-unknown", kinds.AWSBucket, nil)))
	if findings := Assess(snapshot, nil, Builtin()); len(findings) > 0 {
		t.Errorf("found %v", findings)
	}
}

func TestOpenAdministrationPorts(t *testing.T) {
	for name, test := range map[string]struct {
		rule string
		open bool
	}{
		"SSH from anywhere":              {openSSH, true},
		"SSH from anywhere over IPv6":    {`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"Ipv6Ranges":[{"CidrIpv6":"::/0"}]}`, true},
		"everything from anywhere":       {`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`, true},
		"a range that covers RDP":        {`{"IpProtocol":"tcp","FromPort":3000,"ToPort":4000,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`, true},
		"SSH from one network":           {`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"198.51.100.0/24"}]}`, false},
		"HTTPS from anywhere":            {`{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`, false},
		"UDP 22 from anywhere":           {`{"IpProtocol":"udp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`, false},
		"a rule that is not an object":   {`"0.0.0.0/0"`, false},
		"SSH from another group's hosts": {`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"UserIdGroupPairs":[{"GroupId":"sg-2"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := world(t, here("ec2", nil, node(group, kinds.AWSSecurityGroup, graph.Props{"ingress": []string{test.rule}})))
			if open := len(found(Assess(snapshot, nil, Builtin()), "aws-sg-open-admin")) > 0; open != test.open {
				t.Errorf("open = %v, want %v", open, test.open)
			}
		})
	}
}

func TestAnIdStaysWithItsCheckAndResource(t *testing.T) {
	first, again := identify("check", "a", ""), identify("check", "a", "")
	if first != again || first == identify("check", "b", "") || first == identify("other", "a", "") || first == identify("check", "a", "issue") {
		t.Errorf("ids %s, %s do not follow check and resource", first, again)
	}
}
