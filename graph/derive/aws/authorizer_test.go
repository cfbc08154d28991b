package aws

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

func (world *world) authorizer() *Authorizer { return NewAuthorizer(world.snapshot(), asOf) }

func TestServicesMayHaveRolesThatTrustThem(t *testing.T) {
	world := newWorld(t)
	world.role(role("app"), trust("lambda.amazonaws.com"))
	world.role(role("guarded"), trustIf(`{"ArnLike":{"aws:SourceArn":"arn:aws:lambda:eu-west-1:`+ours+`:function:app"},"StringEquals":{"aws:SourceAccount":"`+ours+`"}}`, "lambda.amazonaws.com"))
	world.role(role("elsewhere"), trustIf(`{"StringEquals":{"aws:SourceAccount":"`+theirs+`"}}`, "lambda.amazonaws.com"))
	authorizer := world.authorizer()
	for _, test := range []struct {
		service, role string
		holds         bool
	}{
		{"lambda.amazonaws.com", "app", true},
		{"ec2.amazonaws.com", "app", false},
		{"lambda.amazonaws.com", "guarded", true},
		{"lambda.amazonaws.com", "elsewhere", false},
	} {
		got := authorizer.Can(graph.ID(test.service), "sts:AssumeRole", string(role(test.role)), nil)
		if got.Holds != test.holds || got.Holds && got.Verdict != graph.Proven {
			t.Errorf("%s on %s: %+v", test.service, test.role, got)
		}
	}
}

func TestPassingRoles(t *testing.T) {
	pass := func(service string) map[string]string { return map[string]string{"iam:PassedToService": service} }
	world := newWorld(t)
	world.role(role("app"), trust("lambda.amazonaws.com"))
	world.user(user("any"), allow("iam:PassRole", "*"))
	world.user(user("one"), allowIf("iam:PassRole", string(role("app")), `{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}`))
	associated := func(resource string) string { return `{"ArnLike":{"iam:AssociatedResourceArn":"` + resource + `"}}` }
	world.user(user("functions"), allowIf("iam:PassRole", "*", associated("arn:aws:lambda:*:"+ours+":function:*")))
	world.user(user("instances"), allowIf("iam:PassRole", "*", associated("arn:aws:ec2:*:"+ours+":instance/*")))
	world.user(user("tasks"), allowIf("iam:PassRole", "*", associated("arn:*:ecs:*:*:task-definition/*")))
	authorizer := world.authorizer()
	for _, test := range []struct {
		who     graph.ID
		context map[string]string
		holds   bool
	}{
		{user("any"), pass("ec2.amazonaws.com"), true},
		{user("one"), pass("lambda.amazonaws.com"), true},
		{user("one"), pass("ec2.amazonaws.com"), false},
		{user("functions"), pass("lambda.amazonaws.com"), true},
		{user("instances"), pass("lambda.amazonaws.com"), false},
		{user("instances"), pass("ec2.amazonaws.com"), true},
		{user("tasks"), pass("ecs-tasks.amazonaws.com"), true},
		{user("one"), nil, true}, // the requester chooses the service
	} {
		if got := authorizer.Can(test.who, "iam:PassRole", string(role("app")), test.context); got.Holds != test.holds {
			t.Errorf("%s with %v: %+v", test.who, test.context, got)
		}
	}
}

func TestChosenValuesAreTold(t *testing.T) {
	world := newWorld(t)
	world.user(user("ann"), statement("Allow", "ec2:RunInstances", "*", `{"StringLike":{"ec2:InstanceType":["t3.*","m5.large"]},"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`))
	got := world.authorizer().Can(user("ann"), "ec2:RunInstances", "arn:aws:ec2:eu-west-1:"+ours+":instance/i-1", nil)
	if !got.Holds || got.Verdict != graph.Proven {
		t.Fatalf("%+v", got)
	}
	for _, want := range []string{"aws:requesttag/team", "ec2:instancetype"} {
		if !slices.ContainsFunc(got.Evidence, func(piece graph.Evidence) bool { return piece.Locator == want }) {
			t.Errorf("no word of %s in %+v", want, got.Evidence)
		}
	}
}

func TestNoValueFitsContradictions(t *testing.T) {
	world := newWorld(t)
	world.user(user("ann"),
		allowIf("ec2:RunInstances", "*", `{"StringEquals":{"aws:RequestTag/team":"blue"}}`),
		statement("Deny", "ec2:RunInstances", "*", `{"StringLike":{"aws:RequestTag/team":"b*"}}`))
	if got := world.authorizer().Can(user("ann"), "ec2:RunInstances", "arn:aws:ec2:eu-west-1:"+ours+":instance/i-1", nil); got.Holds {
		t.Errorf("%+v", got)
	}
}

func TestSomeFindsOneResourceForAllNeeds(t *testing.T) {
	world := newWorld(t)
	prefix := "arn:aws:lambda:eu-west-1:" + ours + ":function:"
	world.user(user("ann"), allow("lambda:CreateFunction", prefix+"dev-*"), allow("lambda:InvokeFunction", prefix+"*-x"))
	world.user(user("bea"), allow("lambda:CreateFunction", prefix+"dev"), allow("lambda:InvokeFunction", prefix+"prod"))
	authorizer := world.authorizer()
	needs := []technique.Need{{Action: "lambda:CreateFunction"}, {Action: "lambda:InvokeFunction"}}
	resource, got := authorizer.Some(user("ann"), prefix+"*", needs)
	if !got.Holds || got.Verdict != graph.Proven || resource == "" || len(got.Evidence) < 2 {
		t.Errorf("%s %+v", resource, got)
	}
	if resource, got := authorizer.Some(user("bea"), prefix+"*", needs); got.Holds {
		t.Errorf("%s %+v", resource, got)
	}
}

func TestWhatAPrincipalMayAtMost(t *testing.T) {
	world := withBucket(t, share(string(user("bea")), "s3:GetObject", "arn:aws:s3:::data/*", ""))
	world.user(user("ann"), allow("s3:GetObject", "arn:aws:s3:::data/*"))
	world.user(user("bea"))
	world.user(user("cid"))
	authorizer := world.authorizer()
	for _, test := range []struct {
		who    string
		action string
		may    bool
	}{
		{"ann", "s3:GetObject", true},
		{"ann", "S3:getobject", true},
		{"bea", "s3:GetObject", true},
		{"cid", "s3:GetObject", false},
		{"cid", "iam:PassRole", false},
	} {
		if got := authorizer.May(user(test.who), test.action); got != test.may {
			t.Errorf("%s may %s: %v", test.who, test.action, got)
		}
	}
	patterns, bounded := authorizer.Where(user("ann"), "s3:GetObject")
	if !bounded || !slices.Equal(patterns, []string{"arn:aws:s3:::data/*"}) {
		t.Errorf("%v %v", patterns, bounded)
	}
}

func TestGroupsStandForAMember(t *testing.T) {
	world := newWorld(t)
	group := world.add("arn:aws:iam::"+ours+":group/staff", kinds.AWSGroup, graph.Props{"name": "staff"})
	world.inline(group, allow("iam:PutGroupPolicy", string(group)))
	authorizer := world.authorizer()
	if got := authorizer.Can(group, "iam:PutGroupPolicy", string(group), nil); !got.Holds || got.Verdict != graph.Proven {
		t.Errorf("%+v", got)
	}
	if got := authorizer.Can(group, "iam:CreateUser", string(user("x")), nil); got.Holds {
		t.Errorf("%+v", got)
	}
}

func TestResourceControlPoliciesBindStrangers(t *testing.T) {
	world := withBucket(t, share("*", "s3:GetObject", "arn:aws:s3:::data/*", ""))
	world.organization(allow("*", "*"))
	if got := world.authorizer().Can(graph.Internet, "s3:GetObject", "arn:aws:s3:::data/x", nil); !got.Holds {
		t.Fatalf("%+v", got)
	}
	rcp := graph.ID("arn:aws:organizations::" + theirs + ":policy/o-1/resource_control_policy/p-2")
	world.add(rcp, kinds.AWSControlPolicy, graph.Props{"type": "RESOURCE_CONTROL_POLICY", "document": policy(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}}`)})
	world.edge(rcp, kinds.AttachedTo, root(ours))
	world.user(user("ann"), allow("s3:GetObject", "*"))
	authorizer := world.authorizer()
	if got := authorizer.Can(graph.Internet, "s3:GetObject", "arn:aws:s3:::data/x", nil); got.Holds {
		t.Errorf("a stranger: %+v", got)
	}
	if got := authorizer.Can(user("ann"), "s3:GetObject", "arn:aws:s3:::data/x", nil); !got.Holds {
		t.Errorf("one of ours: %+v", got)
	}
}

func TestResourceControlPoliciesSpareTheKeysThatAWSManages(t *testing.T) {
	world := newWorld(t)
	world.organization(allow("*", "*"))
	rcp := graph.ID("arn:aws:organizations::" + theirs + ":policy/o-1/resource_control_policy/p-2")
	world.add(rcp, kinds.AWSControlPolicy, graph.Props{"type": "RESOURCE_CONTROL_POLICY", "document": policy(`{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}`)})
	world.edge(rcp, kinds.AttachedTo, root(ours))
	world.user(user("ann"), "")
	key := func(name string) graph.ID {
		return graph.ID("arn:aws:kms:eu-west-1:" + ours + ":key/" + name)
	}
	for _, manager := range []string{"AWS", "CUSTOMER"} {
		world.add(key(manager), kinds.AWSKey, graph.Props{"account": ours, "manager": manager, "policy": policy(share(string(user("ann")), "kms:*", "*", ""))})
	}
	authorizer := world.authorizer()
	if got := authorizer.Can(user("ann"), "kms:Decrypt", string(key("AWS")), nil); !got.Holds {
		t.Errorf("the key that AWS manages: %+v", got)
	}
	if got := authorizer.Can(user("ann"), "kms:Decrypt", string(key("CUSTOMER")), nil); got.Holds {
		t.Errorf("the customer's key: %+v", got)
	}
}

func TestTheGapOfControlPoliciesIsTold(t *testing.T) {
	world := newWorld(t)
	world.set(root(ours), "organizations", nil)
	world.user(user("ann"), allow("s3:ListAllMyBuckets", "*"))
	got := world.authorizer().Can(user("ann"), "s3:ListAllMyBuckets", "*", nil)
	want := graph.Evidence{Kind: graph.Gap, Source: root(ours), Locator: Organizations, Detail: "service control policies were not collected"}
	if !got.Holds || got.Verdict != graph.Possible || !slices.Contains(got.Evidence, want) {
		t.Errorf("%+v", got)
	}
	world.set(root(ours), "management", true)
	if got := world.authorizer().Can(user("ann"), "s3:ListAllMyBuckets", "*", nil); got.Verdict != graph.Proven {
		t.Errorf("the management account: %+v", got)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	world := newWorld(t)
	for i := range 20 {
		world.role(role(fmt.Sprintf("r-%d", i)), trust(ours), allow("sts:AssumeRole iam:PassRole", "*"))
	}
	authorizer := world.authorizer()
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			for j := range 20 {
				if i != j && !authorizer.Can(role(fmt.Sprintf("r-%d", i)), "sts:AssumeRole", string(role(fmt.Sprintf("r-%d", j))), nil).Holds {
					t.Errorf("r-%d to r-%d", i, j)
				}
			}
		})
	}
	wait.Wait()
}

func TestOddInputDoesNoHarm(t *testing.T) {
	world := site(t)
	world.set(ec2("security-group", "sg-1"), "ingress", []string{"", "null", "[]", `{"IpProtocol":7}`, `{"IpProtocol":"tcp","IpRanges":[{"CidrIp":"nonsense"}]}`})
	world.set(ec2("route-table", "rtb-1"), "routes", []string{"{", `{"DestinationCidrBlock":"300.0.0.0/0","GatewayId":"igw-1"}`})
	world.set(ec2("network-acl", "acl-1"), "entries", []string{"x", `{"Protocol":"many","CidrBlock":"::/0"}`})
	world.add("arn:aws:iam::"+ours+":user/", kinds.AWSUser, graph.Props{"name": ""})
	world.add("not an arn", kinds.AWSRole, graph.Props{"trust": policy(trust("*"))})
	world.add(role("broken"), kinds.AWSRole, graph.Props{"trust": "{"})
	world.add("arn:aws:s3:::", kinds.AWSBucket, graph.Props{"policy": "[]", "acl": []string{"", "=", everyone}})
	world.add("bucket", kinds.AWSBucket, graph.Props{"policy": policy(share("*", "s3:*", "*", ""))})
	world.add(key, kinds.AWSKey, graph.Props{"policy": "", "grants": []string{"", "|", "a|b|c", "||{"}})
	world.derive()
}
