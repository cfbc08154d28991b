package rehearsal_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/rehearsal"
	"github.com/inroad-security/inroad/scoring"
)

const (
	group    = graph.ID("arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1")
	instance = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-1")
	function = graph.ID("arn:aws:lambda:eu-west-1:111111111111:function:f")
	bucket   = graph.ID("arn:aws:s3:::records")
	role     = graph.ID("arn:aws:iam::111111111111:role/app")
	inline   = graph.ID("arn:aws:iam::111111111111:role/app/inline-policy/p")
	managed  = graph.ID("arn:aws:iam::aws:policy/AdministratorAccess")
	flaw     = graph.ID("finding/1")
	shared   = graph.ID("finding/2")
)

func facts(t *testing.T) *graph.Snapshot {
	t.Helper()
	mine := func(props graph.Props) graph.Props {
		props["account"] = "111111111111"
		return props
	}
	const allow = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	snapshot, err := graph.NewSnapshot(4, graph.Batch{Scope: "aws/111111111111/global/test", Incomplete: []string{"kms: denied"}, Nodes: []graph.Node{
		{ID: group, Kind: kinds.AWSSecurityGroup, Props: mine(graph.Props{
			"ingress": []string{
				`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"},{"CidrIp":"10.0.0.0/8"}]}`,
				`{"IpProtocol":"tcp","FromPort":80,"ToPort":90,"Ipv6Ranges":[{"CidrIpv6":"::/0","SecurityGroupRuleId":"sgr-7"}]}`,
				`{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`,
			},
			"egress": []string{`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`},
		})},
		{ID: instance, Kind: kinds.AWSInstance, Props: mine(graph.Props{"metadata_tokens": "optional", "metadata_disabled": false, "instance_profile": "arn:aws:iam::111111111111:instance-profile/app"})},
		{ID: function, Kind: kinds.AWSFunction, Props: mine(graph.Props{"role": string(role), "url_auth": "NONE", "policy": `{"Version":"2012-10-17","Statement":{"Sid":"Public","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"*"}}`})},
		{ID: bucket, Kind: kinds.AWSBucket, Props: mine(graph.Props{"ownership": "ObjectWriter", "acl": []string{"http://acs.amazonaws.com/groups/global/AllUsers=READ"}, "block_public_acls": false})},
		{ID: role, Kind: kinds.AWSRole, Props: mine(graph.Props{"trust": `{"Version":"2012-10-17","Statement":[` + allow + `]}`})},
		{ID: inline, Kind: kinds.AWSInlinePolicy, Props: mine(graph.Props{"document": `{"Version":"2012-10-17","Statement":[` + allow + `,{"Sid":"Two","Effect":"Allow","Action":"ec2:*","Resource":"*"},` + allow + `]}`})},
		{ID: managed, Kind: kinds.AWSPolicy, Props: graph.Props{"document": `{"Version":"2012-10-17","Statement":[` + allow + `]}`}},
		{ID: flaw, Kind: kinds.Vulnerability, Props: graph.Props{"name": "CVE-1", "asset": "i-1"}},
		{ID: shared, Kind: kinds.Vulnerability, Props: graph.Props{"name": "CVE-2", "digests": []string{"sha256:1"}}},
	}, Edges: []graph.Edge{
		{From: role, To: inline, Kind: kinds.HasPolicy},
		{From: role, To: managed, Kind: kinds.HasPolicy},
		{From: graph.Internet, To: instance, Kind: kinds.CanExploit, Technique: "exposed-remote-admin"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func TestEachChangeIsMadeOnItsFactAndOnNothingElse(t *testing.T) {
	const two = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	for _, test := range []struct {
		name    string
		changes []scoring.Change
		want    map[graph.ID]graph.Props // that are not as before
	}{
		{"a rule by its source", []scoring.Change{{Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/22 0.0.0.0/0"}}, map[graph.ID]graph.Props{group: {"ingress": []string{
			`{"FromPort":22,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.0.0.0/8"}],"ToPort":22}`,
			`{"IpProtocol":"tcp","FromPort":80,"ToPort":90,"Ipv6Ranges":[{"CidrIpv6":"::/0","SecurityGroupRuleId":"sgr-7"}]}`,
			`{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`,
		}}}},
		{"a rule by its id", []scoring.Change{{Kind: scoring.RemoveRule, Subject: group, Detail: "inbound sgr-7 tcp/80-90 ::/0"}}, map[graph.ID]graph.Props{group: {"ingress": []string{
			`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"},{"CidrIp":"10.0.0.0/8"}]}`,
			`{"FromPort":80,"IpProtocol":"tcp","Ipv6Ranges":[],"ToPort":90}`,
			`{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`,
		}}}},
		{"a rule of everything", []scoring.Change{{Kind: scoring.RemoveRule, Subject: group, Detail: "outbound any 0.0.0.0/0"}}, map[graph.ID]graph.Props{group: {"egress": []string{`{"IpProtocol":"-1","IpRanges":[]}`}}}},
		{
			"two statements of one policy by their places, counted before either goes",
			[]scoring.Change{{Kind: scoring.RemoveStatement, Subject: inline, Detail: "0"}, {Kind: scoring.RemoveStatement, Subject: inline, Detail: "2"}},
			map[graph.ID]graph.Props{inline: {"document": `{"Statement":[{"Sid":"Two","Effect":"Allow","Action":"ec2:*","Resource":"*"}],"Version":"2012-10-17"}`}},
		},
		{"a statement by its Sid", []scoring.Change{{Kind: scoring.RemoveStatement, Subject: inline, Detail: "Two"}}, map[graph.ID]graph.Props{inline: {"document": `{"Statement":[` + two + `,` + two + `],"Version":"2012-10-17"}`}}},
		{"the one statement of a trust", []scoring.Change{{Kind: scoring.RemoveStatement, Subject: role, Detail: "0"}}, map[graph.ID]graph.Props{role: {"trust": `{"Statement":[],"Version":"2012-10-17"}`}}},
		{"a statement that is no list", []scoring.Change{{Kind: scoring.RemoveStatement, Subject: function, Detail: "Public"}}, map[graph.ID]graph.Props{function: {"policy": `{"Statement":[],"Version":"2012-10-17"}`}}},
		{"public access", []scoring.Change{{Kind: scoring.BlockPublicAccess, Subject: bucket}}, map[graph.ID]graph.Props{bucket: {
			"block_public_acls": true, "ignore_public_acls": true, "block_public_policy": true, "restrict_public_buckets": true,
		}}},
		{"an access control list", []scoring.Change{{Kind: scoring.ChangeSetting, Subject: bucket, Detail: "acl"}}, map[graph.ID]graph.Props{bucket: {"ownership": "BucketOwnerEnforced"}}},
		{"a function's URL", []scoring.Change{{Kind: scoring.ChangeSetting, Subject: function, Detail: "url_auth"}}, map[graph.ID]graph.Props{function: {"url_auth": "AWS_IAM"}}},
		{"tokens", []scoring.Change{{Kind: scoring.RequireIMDSv2, Subject: instance}}, map[graph.ID]graph.Props{instance: {"metadata_tokens": "required"}}},
		{"the metadata service", []scoring.Change{{Kind: scoring.DisableMetadata, Subject: instance}}, map[graph.ID]graph.Props{instance: {"metadata_disabled": true}}},
		{"a vulnerability", []scoring.Change{{Kind: scoring.Patch, Subject: instance, Detail: "CVE-1"}}, map[graph.ID]graph.Props{flaw: nil}},
		{"a function's role", []scoring.Change{{Kind: scoring.ReplaceRole, Subject: function, Detail: string(role)}}, map[graph.ID]graph.Props{function: {"role": "arn:aws:iam::111111111111:role/inroad-rehearsal"}}},
		{"an instance's role", []scoring.Change{{Kind: scoring.ReplaceRole, Subject: instance, Detail: string(role)}}, map[graph.ID]graph.Props{instance: {"instance_profile": "arn:aws:iam::111111111111:instance-profile/inroad-rehearsal"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := facts(t)
			edited, err := rehearsal.Edit(before, test.changes)
			if err != nil || len(edited.Left) > 0 {
				t.Fatalf("%v, left %v", err, edited.Left)
			}
			for i := range graph.Index(before.Len()) {
				node := before.Node(i)
				if node.Kind == graph.Stub {
					continue
				}
				want := node.Props
				changed, named := test.want[node.ID]
				for property, value := range changed {
					want[property] = value
				}
				at, found := edited.Facts.Find(node.ID)
				if found != (!named || changed != nil) {
					t.Fatalf("%s is there: %v", node.ID, found)
				}
				if found && !reflect.DeepEqual(edited.Facts.Props(at), want) {
					t.Errorf("%s has\n%v, want\n%v", node.ID, edited.Facts.Props(at), want)
				}
			}
			if !reflect.DeepEqual(reasons(edited.Facts), reasons(before)) || edited.Facts.Revision() != 4 {
				t.Errorf("what was not read is %v", reasons(edited.Facts))
			}
			_, edges := edited.Facts.All()
			if kept := slices.Collect(edges); len(kept) != 2 {
				t.Errorf("edges %v: want the two of policies, and no attack edge", kept)
			}
		})
	}
}

func reasons(snapshot *graph.Snapshot) (all []string) {
	for _, status := range snapshot.Scopes() {
		all = append(all, status.Incomplete...)
	}
	return all
}

func TestPoliciesAreDetachedAndBoundariesSet(t *testing.T) {
	edited, err := rehearsal.Edit(facts(t), []scoring.Change{{Kind: scoring.DetachPolicy, Subject: role, Detail: string(managed)}, {Kind: scoring.SetBoundary, Subject: role}})
	if err != nil || len(edited.Left) > 0 {
		t.Fatalf("%v, left %v", err, edited.Left)
	}
	at, _ := edited.Facts.Find(role)
	policies := slices.Collect(edited.Facts.Successors(at, kinds.HasPolicy))
	boundaries := slices.Collect(edited.Facts.Successors(at, kinds.BoundedBy))
	if len(policies) != 1 || edited.Facts.ID(policies[0]) != inline || len(boundaries) != 1 || edited.Facts.Kind(boundaries[0]) != kinds.AWSPolicy {
		t.Errorf("%d policies, %d boundaries", len(policies), len(boundaries))
	}
}

func TestWhatIsNoneOfAFactIsLeft(t *testing.T) {
	for name, change := range map[string]scoring.Change{
		"access without a cause":                {Kind: scoring.RemoveAccess, Subject: role, Detail: string(bucket)},
		"a rule that is not there":              {Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/23 0.0.0.0/0"},
		"a rule of another source":              {Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/22 192.0.2.0/24"},
		"a rule of another range":               {Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/80-89 ::/0"},
		"a rule with another id":                {Kind: scoring.RemoveRule, Subject: group, Detail: "inbound sgr-8 tcp/80-90 ::/0"},
		"a rule of a protocol that is not read": {Kind: scoring.RemoveRule, Subject: group, Detail: "inbound icmp 0.0.0.0/0"},
		"words that are no rule":                {Kind: scoring.RemoveRule, Subject: group, Detail: "22"},
		"a statement that is not there":         {Kind: scoring.RemoveStatement, Subject: inline, Detail: "3"},
		"a policy that was not collected":       {Kind: scoring.RemoveStatement, Subject: "arn:aws:iam::111111111111:policy/gone", Detail: "0"},
		"a resource without a policy":           {Kind: scoring.RemoveStatement, Subject: bucket, Detail: "0"},
		"a policy that another holds":           {Kind: scoring.DetachPolicy, Subject: bucket, Detail: string(managed)},
		"a boundary of what is no principal":    {Kind: scoring.SetBoundary, Subject: bucket},
		"a setting that is not known":           {Kind: scoring.ChangeSetting, Subject: bucket, Detail: "network"},
		"a role that is another's":              {Kind: scoring.ReplaceRole, Subject: function, Detail: "arn:aws:iam::111111111111:role/other"},
		"a vulnerability of an image":           {Kind: scoring.Patch, Subject: instance, Detail: "CVE-2"},
		"a vulnerability that nobody found":     {Kind: scoring.Patch, Subject: instance, Detail: "CVE-3"},
	} {
		edited, err := rehearsal.Edit(facts(t), []scoring.Change{change})
		if err != nil || len(edited.Left) != 1 {
			t.Errorf("%s: %v, left %v", name, err, edited.Left)
		}
	}
}

func FuzzRule(f *testing.F) {
	f.Add("inbound sgr-1 tcp/80-90 ::/0", `{"IpProtocol":"tcp","FromPort":80,"ToPort":90,"Ipv6Ranges":[{"CidrIpv6":"::/0"}]}`)
	f.Add("outbound any pl-1", `{"IpProtocol":"-1","PrefixListIds":[{"PrefixListId":"pl-1"}]}`)
	f.Fuzz(func(t *testing.T, words, entry string) {
		snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/fuzz", Nodes: []graph.Node{{ID: group, Kind: kinds.AWSSecurityGroup, Props: graph.Props{"ingress": []string{entry}, "egress": []string{entry}}}}})
		if err != nil {
			return // no text that a graph holds
		}
		edited, err := rehearsal.Edit(snapshot, []scoring.Change{{Kind: scoring.RemoveRule, Subject: group, Detail: words}})
		if err != nil {
			t.Fatal(err)
		}
		before, after := snapshot.Props(0), edited.Facts.Props(0)
		if same := reflect.DeepEqual(before, after); same != (len(edited.Left) == 1) {
			t.Fatalf("the facts are the same: %v, left %v", same, edited.Left)
		}
	})
}
