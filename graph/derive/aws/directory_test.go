package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	permissions = graph.ID("arn:aws:sso:::permissionSet/ssoins-1/ps-1")
	ssoRole     = graph.ID("arn:aws:iam::" + ours + ":role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admins_0123456789abcdef")
	samlTrust   = `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + ours + `:saml-provider/AWSSSO_1_DO_NOT_DELETE"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}`
)

func directoryID(kind, id string) graph.ID {
	return graph.ID("arn:aws:identitystore:::" + kind + "/" + id)
}

// assign gives a permission set to a user or a group of the directory in an account.
func (world *world) assign(kind, principal, account string) {
	id := permissions + graph.ID("/"+account+"/"+kind+"/"+principal)
	world.add(id, kinds.AWSAssignment, graph.Props{"principal_type": kind, "principal": principal, "target": account})
	world.edge(id, kinds.HasPolicy, permissions)
}

func TestIdentityCenterGivesTheRolesOfItsAssignments(t *testing.T) {
	ann, admins := directoryID("user", "ann"), directoryID("group", "admins")
	for _, test := range []struct {
		name   string
		change func(*world)
		from   graph.ID
		found  bool
	}{
		{"a user", func(world *world) { world.assign("USER", "ann", ours) }, ann, true},
		{"a group", func(world *world) { world.assign("GROUP", "admins", ours) }, admins, true},
		{"a user who is disabled", func(world *world) { world.assign("USER", "ann", ours); world.set(ann, "status", "DISABLED") }, ann, false},
		{"another account", func(world *world) { world.assign("USER", "ann", theirs) }, ann, false},
		{"another permission set", func(world *world) { world.assign("USER", "ann", ours); world.set(permissions, "name", "Admin") }, ann, false},
		{"nobody", func(*world) {}, ann, false},
		{"a role that no longer trusts Identity Center", func(world *world) {
			world.assign("USER", "ann", ours)
			world.set(ssoRole, "trust", policy(trust("ec2.amazonaws.com")))
		}, ann, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.add(permissions, kinds.AWSPermissionSet, graph.Props{"account": ours, "name": "Admins"})
			world.add(ann, kinds.AWSDirectoryUser, graph.Props{"account": ours, "name": "ann", "status": "ENABLED"})
			world.add(admins, kinds.AWSDirectoryGroup, graph.Props{"account": ours, "name": "admins"})
			world.edge(ann, kinds.MemberOf, admins)
			world.role(ssoRole, samlTrust)
			test.change(world)
			edges := world.derive()
			if test.found {
				must(t, edges, test.from, kinds.CanAssume, ssoRole, graph.Proven)
			} else {
				mustNot(t, edges, test.from, kinds.CanAssume, ssoRole)
			}
			if test.from == admins {
				must(t, edges, ann, kinds.CanAssume, admins, graph.Proven)
			} else {
				mustNot(t, edges, ann, kinds.CanAssume, admins)
			}
		})
	}
}

func TestAnAssignmentInAnAccountThatWasNotCollectedIsAGap(t *testing.T) {
	world := newWorld(t)
	world.add(permissions, kinds.AWSPermissionSet, graph.Props{"account": ours, "name": "Admins"})
	world.add(root("999999999999"), kinds.AWSAccount, graph.Props{"account": "999999999999", "name": "far"})
	world.assign("USER", "ann", "999999999999")
	edge, found := find(world.derive(), directoryID("user", "ann"), kinds.NotAssessed, root("999999999999"))
	if !found || edge.Verdict != graph.Unknown || len(edge.Evidence) != 2 {
		t.Errorf("%v %+v", found, edge)
	}
}
