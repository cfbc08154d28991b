package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	poolName = "eu-west-1:11111111-2222-3333-4444-555555555555"
	poolID   = graph.ID("arn:aws:cognito-identity:eu-west-1:" + ours + ":identitypool/" + poolName)
	usersID  = graph.ID("arn:aws:cognito-idp:eu-west-1:" + ours + ":userpool/eu-west-1_abc")
)

// poolTrust lets in what Cognito gives tokens to, for the pool ("" asks for none) and the amr.
func poolTrust(pool, amr string) string {
	condition := `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"` + amr + `"}`
	if pool != "" {
		condition = `"StringEquals":{"cognito-identity.amazonaws.com:aud":"` + pool + `"},` + condition
	}
	return `{"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{` + condition + `}}`
}

func TestRolesOfIdentityPools(t *testing.T) {
	readsS3 := allow("s3:GetObject", "*")
	for _, test := range []struct {
		name    string
		trust   string
		allows  string
		change  func(*world)
		found   bool
		verdict graph.Verdict
	}{
		{"a pool with guests", poolTrust(poolName, guest), readsS3, func(*world) {}, true, graph.Proven},
		{"a pool without guests", poolTrust(poolName, guest), readsS3, func(world *world) { world.set(poolID, "guests", false) }, false, 0},
		{"guests get another role", poolTrust(poolName, guest), readsS3, func(world *world) { world.set(poolID, "guest_role", string(role("other"))) }, false, 0},
		{"guests name the role themselves", poolTrust(poolName, guest), allow("iam:*", "*"), func(world *world) {
			world.set(poolID, "guest_role", string(role("other")))
			world.set(poolID, "classic_flow", true)
		}, true, graph.Proven},
		{"permissions that a guest's session does not have", poolTrust(poolName, guest), allow("iam:*", "*"), func(*world) {}, true, graph.Possible},
		{"a trust for another pool", poolTrust("eu-west-1:other", guest), readsS3, func(world *world) {
			world.add(poolID[:len(poolID)-len(poolName)]+"eu-west-1:other", kinds.AWSIdentityPool, graph.Props{"account": ours, "guests": false, "rule_roles": []string{}})
		}, false, 0},
		{"a pool that was not collected", poolTrust("eu-west-1:elsewhere", guest), readsS3, func(*world) {}, true, graph.Possible},
		{"a pool whose guests were not collected", poolTrust(poolName, guest), readsS3, func(world *world) { world.set(poolID, "guests", nil) }, true, graph.Possible},
		{"a trust that asks for no pool", poolTrust("", signedIn), readsS3, func(world *world) { world.set(poolID, "guests", false) }, true, graph.Proven},
		{"users whom an administrator makes", poolTrust(poolName, signedIn), readsS3, func(world *world) {
			world.set(poolID, "user_role", string(role("app")))
			world.set(usersID, "self_sign_up", false)
		}, false, 0},
		{"users who sign up themselves", poolTrust(poolName, signedIn), readsS3, func(world *world) { world.set(poolID, "user_role", string(role("app"))) }, true, graph.Possible},
		{"a role that users get by a rule", poolTrust(poolName, signedIn), readsS3, func(world *world) { world.set(poolID, "rule_roles", []string{string(role("app"))}) }, true, graph.Possible},
		{"users get another role", poolTrust(poolName, signedIn), readsS3, func(world *world) { world.set(poolID, "user_role", string(role("other"))) }, false, 0},
		{"a user pool that was not collected", poolTrust(poolName, signedIn), readsS3, func(world *world) {
			world.set(poolID, "user_role", string(role("app")))
			world.set(usersID, "self_sign_up", nil)
		}, true, graph.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.role(role("app"), test.trust, test.allows)
			world.add(usersID, kinds.AWSUserPool, graph.Props{"account": ours, "self_sign_up": true})
			world.add(poolID, kinds.AWSIdentityPool, graph.Props{
				"account": ours, "guests": true, "classic_flow": false, "guest_role": string(role("app")), "rule_roles": []string{}, "providers": []string{"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"},
			})
			test.change(world)
			edges := world.derive()
			if test.found {
				must(t, edges, graph.Internet, kinds.CanAssume, role("app"), test.verdict)
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanAssume, role("app"))
			}
		})
	}
}
