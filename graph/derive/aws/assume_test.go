package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestAssumeNeedsBothSides(t *testing.T) {
	target := role("target")
	for _, test := range []struct {
		name    string
		build   func(*world) graph.ID // who asks
		trust   string
		found   bool
		verdict graph.Verdict
	}{
		{"trust in the account and permission", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", string(target)))
		}, trust(ours), true, graph.Proven},
		{"trust in the account without permission", func(world *world) graph.ID {
			return world.user(user("ann"), allow("s3:*", "*"))
		}, trust(ours), false, 0},
		{"trust in everyone of the account without permission", func(world *world) graph.ID {
			return world.user(user("ann"))
		}, trustIf(`{"StringEquals":{"aws:PrincipalAccount":"`+ours+`"}}`, "*"), true, graph.Proven},
		{"trust in everyone without permission", func(world *world) graph.ID {
			return world.user(user("ann"))
		}, trust("*"), true, graph.Proven},
		{"trust in everyone without permission, from another account", func(world *world) graph.ID {
			return world.user(foreignUser("bob"))
		}, trust("*"), false, 0},
		{"trust in everyone and permission, from another account", func(world *world) graph.ID {
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", "*"))
		}, trust("*"), true, graph.Proven},
		{"trust in everyone, and an explicit deny", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:*", "*"), deny("sts:*", "*"))
		}, trust("*"), false, 0},
		{"trust in everyone and permission", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trust("*"), true, graph.Proven},
		{"a session called like the user", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringLike":{"sts:RoleSessionName":"${aws:username}"}}`, ours), true, graph.Proven},
		{"any address", func(world *world) graph.ID {
			return world.user(user("ann"), allowIf("sts:AssumeRole", "*", `{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`))
		}, trust(ours), true, graph.Proven},
		{"an address that cannot be known", func(world *world) graph.ID {
			return world.user(user("ann"), allowIf("sts:AssumeRole", "*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`))
		}, trust(ours), true, graph.Possible},
		{"an identity provider's session, of a user", func(world *world) graph.ID {
			return world.user(user("ann"), allowIf("sts:AssumeRole", "*", `{"Null":{"aws:FederatedProvider":"false"}}`))
		}, trust(ours), false, 0},
		{"permission for another role", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", string(role("other"))))
		}, trust(ours), false, 0},
		{"trust that names the user needs no permission in its account", func(world *world) graph.ID {
			return world.user(user("ann"))
		}, trust(string(user("ann"))), true, graph.Proven},
		{"permission without trust", func(world *world) graph.ID {
			return world.user(user("ann"), allow("*", "*"))
		}, trust("ec2.amazonaws.com"), false, 0},
		{"explicit deny", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:*", "*"), deny("sts:AssumeRole", string(target)))
		}, trust(ours), false, 0},
		{"boundary that does not allow it", func(world *world) graph.ID {
			id := world.user(user("ann"), allow("sts:AssumeRole", "*"))
			world.boundary(id, allow("s3:*", "*"))
			return id
		}, trust(ours), false, 0},
		{"boundary that allows it", func(world *world) graph.ID {
			id := world.user(user("ann"), allow("sts:AssumeRole", "*"))
			world.boundary(id, allow("sts:*", "*"))
			return id
		}, trust(ours), true, graph.Proven},
		{"permission from a group", func(world *world) graph.ID {
			id := world.user(user("ann"))
			group := world.add("arn:aws:iam::"+ours+":group/staff", kinds.AWSGroup, graph.Props{"name": "staff"})
			world.inline(group, allow("sts:AssumeRole", "*"))
			world.edge(id, kinds.MemberOf, group)
			return id
		}, trust(ours), true, graph.Proven},
		{"service control policy that denies it", func(world *world) graph.ID {
			world.organization(deny("sts:AssumeRole", "*"))
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trust(ours), false, 0},
		{"service control policies that let it be", func(world *world) graph.ID {
			world.organization(deny("ec2:*", "*"))
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trust(ours), true, graph.Proven},
		{"service control policies that were not collected", func(world *world) graph.ID {
			world.set(root(ours), "organizations", nil)
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trust(ours), true, graph.Possible},
		{"another account with trust and permission", func(world *world) graph.ID {
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", string(target)))
		}, trust(theirs), true, graph.Proven},
		{"another account named itself but without permission", func(world *world) graph.ID {
			return world.user(foreignUser("bob"))
		}, trust(string(foreignUser("bob"))), false, 0},
		{"another account with permission and no trust", func(world *world) graph.ID {
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", "*"))
		}, trust(ours), false, 0},
		{"external id is a secret of two parties", func(world *world) graph.ID {
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringEquals":{"sts:ExternalId":"x"}}`, theirs), true, graph.Possible},
		{"a session name is the requester's choice", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringLike":{"sts:RoleSessionName":"ann-*"}}`, ours), true, graph.Proven},
		{"a source address cannot be known", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`, ours), true, graph.Possible},
		{"a second factor that the user does not have", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, ours), false, 0},
		{"a second factor that an intruder may not have", func(world *world) graph.ID {
			id := world.user(user("ann"), allow("sts:AssumeRole", "*"))
			world.set(id, "mfa", true)
			return id
		}, trustIf(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`, ours), true, graph.Possible},
		{"a tag that the user has", func(world *world) graph.ID {
			id := world.user(user("ann"), allow("sts:AssumeRole", "*"))
			world.set(id, "tags", []string{"team=blue"})
			return id
		}, trustIf(`{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`, ours), true, graph.Proven},
		{"a tag that the user lacks", func(world *world) graph.ID {
			return world.user(user("ann"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringEquals":{"aws:PrincipalTag/team":"blue"}}`, ours), false, 0},
		{"a time that has come", func(world *world) graph.ID {
			return world.user(user("ann"), allowIf("sts:AssumeRole", "*", `{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`))
		}, trust(ours), true, graph.Proven},
		{"a time that is over", func(world *world) graph.ID {
			return world.user(user("ann"), allowIf("sts:AssumeRole", "*", `{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`))
		}, trust(ours), false, 0},
		{"the organization that both are in", func(world *world) graph.ID {
			world.organization(allow("*", "*"))
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, "*"), true, graph.Proven},
		{"an organization that it is not in", func(world *world) graph.ID {
			return world.user(foreignUser("bob"), allow("sts:AssumeRole", "*"))
		}, trustIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, "*"), false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.role(target, test.trust)
			asker := test.build(world)
			edges := world.derive()
			if test.found {
				must(t, edges, asker, kinds.CanAssume, target, test.verdict)
			} else {
				mustNot(t, edges, asker, kinds.CanAssume, target)
			}
		})
	}
}

func TestRolesThatWereNotCollected(t *testing.T) {
	const partner = "333333333333"
	abroad := graph.ID("arn:aws:iam::" + partner + ":role/ours")
	world := newWorld(t)
	world.user(user("ann"), allow("sts:AssumeRole", string(abroad)))
	world.user(user("bea"), allow("sts:AssumeRole", "*"))
	world.user(user("cid"), allow("sts:AssumeRole", string(abroad)), deny("sts:*", "*"))
	world.role(role("shared"), trust("arn:aws:iam::"+partner+":role/theirs", partner))
	edges := world.derive()
	must(t, edges, user("ann"), kinds.CanAssume, abroad, graph.Unknown)
	mustNot(t, edges, user("bea"), kinds.CanAssume, abroad)
	mustNot(t, edges, user("cid"), kinds.CanAssume, abroad)
	must(t, edges, "arn:aws:iam::"+partner+":role/theirs", kinds.CanAssume, role("shared"), graph.Unknown)
	must(t, edges, root(partner), kinds.CanAssume, role("shared"), graph.Possible)
}

func TestServiceLinkedRolesAreNobodys(t *testing.T) {
	world := newWorld(t)
	linked := graph.ID("arn:aws:iam::" + ours + ":role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
	world.role(linked, trust("*"), allow("*", "*"))
	world.user(user("ann"), allow("*", "*"))
	for _, edge := range world.derive() {
		if edge.To == linked || edge.From == linked {
			t.Errorf("%+v", edge)
		}
	}
}
