package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestAdministratorsByEffect(t *testing.T) {
	for _, test := range []struct {
		name    string
		build   func(*world)
		found   bool
		verdict graph.Verdict
	}{
		{"everything on everything", func(world *world) { world.user(user("ann"), allow("*", "*")) }, true, graph.Proven},
		{"all of IAM", func(world *world) { world.user(user("ann"), allow("iam:*", "*")) }, true, graph.Proven},
		{"everything but what is not IAM", func(world *world) {
			world.user(user("ann"), `{"Effect":"Allow","NotAction":["ec2:*"],"Resource":"*"}`)
		}, true, graph.Proven},
		{"everything but IAM", func(world *world) {
			world.user(user("ann"), `{"Effect":"Allow","NotAction":["iam:*"],"Resource":"*"}`)
		}, false, 0},
		{"a name that promises it", func(world *world) { world.user(user("administrator"), allow("s3:*", "*")) }, false, 0},
		{"one of the permissions is denied", func(world *world) {
			world.user(user("ann"), allow("*", "*"), deny("iam:PassRole", "*"))
		}, false, 0},
		{"a few protected roles do not hide the rest", func(world *world) {
			world.user(user("ann"), allow("*", "*"), deny("iam:*", "arn:aws:iam::*:role/protected-*"))
		}, true, graph.Proven},
		{"all of IAM on some names", func(world *world) {
			world.user(user("ann"), allow("iam:*", "arn:aws:iam::*:*/app-*"))
		}, false, 0},
		{"a boundary without IAM", func(world *world) {
			world.user(user("ann"), allow("*", "*"))
			world.boundary(user("ann"), allow("s3:*", "*"))
		}, false, 0},
		{"a boundary that allows it all", func(world *world) {
			world.user(user("ann"), allow("*", "*"))
			world.boundary(user("ann"), allow("*", "*"))
		}, true, graph.Proven},
		{"a boundary on all that it makes", func(world *world) {
			world.user(user("ann"), allowIf("iam:*", "*", `{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111111111111:policy/boundary"}}`))
		}, false, 0},
		{"a control policy against IAM", func(world *world) {
			world.organization(deny("iam:*", "*"))
			world.user(user("ann"), allow("*", "*"))
		}, false, 0},
		{"a second factor that may be there", func(world *world) {
			world.user(user("ann"), allowIf("*", "*", `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))
			world.set(user("ann"), "mfa", true)
		}, true, graph.Possible},
		{"a policy whose document was not collected", func(world *world) {
			world.user(user("ann"))
			world.add("arn:aws:iam::aws:policy/Job", kinds.AWSPolicy, graph.Props{"name": "Job"})
			world.edge(user("ann"), kinds.HasPolicy, "arn:aws:iam::aws:policy/Job")
		}, true, graph.Unknown},
		{"a policy that is not JSON", func(world *world) {
			world.user(user("ann"))
			world.add("arn:aws:iam::aws:policy/Job", kinds.AWSPolicy, graph.Props{"document": "{"})
			world.edge(user("ann"), kinds.HasPolicy, "arn:aws:iam::aws:policy/Job")
		}, true, graph.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			test.build(world)
			edges := world.derive()
			found := false
			for _, edge := range edges {
				if edge.Technique == administrator {
					found = true
					must(t, edges, edge.From, kinds.CanAdminister, root(ours), test.verdict)
				}
			}
			if found != test.found {
				t.Errorf("found %v, want %v", found, test.found)
			}
		})
	}
}

func TestAccountsControlWhatTheyHold(t *testing.T) {
	world := withBucket(t, "")
	world.user(user("ann"))
	world.role(role("app"), trust(ours))
	linked := graph.ID("arn:aws:iam::" + ours + ":role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
	world.role(linked, trust("x.amazonaws.com"))
	world.user(foreignUser("bob"))
	world.key(delegates)
	private := graph.ID("arn:aws:kms:eu-west-1:" + ours + ":key/22222222-2222-3333-4444-555555555555")
	world.add(private, kinds.AWSKey, graph.Props{"account": ours, "manager": "CUSTOMER", "policy": policy(share(string(role("app")), "kms:*", "*", ""))})
	edges := world.derive()
	for _, held := range []graph.ID{bucket, user("ann"), role("app"), key} {
		must(t, edges, root(ours), kinds.CanAdminister, held, graph.Proven)
	}
	mustNot(t, edges, root(ours), kinds.CanAdminister, linked)
	mustNot(t, edges, root(ours), kinds.CanAdminister, foreignUser("bob"))
	mustNot(t, edges, root(ours), kinds.CanAdminister, private)
	mustNot(t, edges, root(theirs), kinds.CanAdminister, bucket)
	must(t, edges, role("app"), kinds.CanDecrypt, private, graph.Proven)
}

func TestManagementAccountsComeInByTheirRole(t *testing.T) {
	world := newWorld(t)
	world.organization(allow("*", "*"))
	world.user(foreignUser("admin"), allow("*", "*"))
	edges := world.derive()
	for _, edge := range edges {
		if edge.From == root(theirs) && edge.To == root(ours) {
			t.Errorf("the management account needs a role: %+v", edge)
		}
	}
	access := world.role(role("OrganizationAccountAccessRole"), trust("arn:aws:iam::"+theirs+":root"), allow("*", "*"))
	edges = world.derive()
	must(t, edges, foreignUser("admin"), kinds.CanAssume, access, graph.Proven)
	must(t, edges, root(theirs), kinds.CanAssume, access, graph.Proven)
	must(t, edges, access, kinds.CanAdminister, root(ours), graph.Proven)
}
