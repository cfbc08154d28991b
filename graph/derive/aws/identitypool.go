package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	poolIssuer = "cognito-identity.amazonaws.com"
	guest      = "unauthenticated"
	signedIn   = "authenticated"
	// strangersPool is an identity pool that an outsider makes in an account of their own.
	strangersPool = "us-east-1:00000000-0000-0000-0000-000000000000"
)

// publicLogins are the login providers at which anyone has or makes an account ("Identity pools third-party identity providers",
// https://docs.aws.amazon.com/cognito/latest/developerguide/external-identity-providers.html).
var publicLogins = []string{"accounts.google.com", "api.twitter.com", "appleid.apple.com", "graph.facebook.com", "www.amazon.com"}

// guestServices are those that the session of a guest reaches, unless the pool has the classic flow ("IAM roles", access policies,
// https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html#access-policies).
var guestServices = []string{
	"appsync", "cloudwatch", "cognito-identity", "cognito-idp", "cognito-sync", "comprehend", "dynamodb", "execute-api", "firehose", "gamelift", "iot", "kinesis",
	"lambda", "lex", "logs", "machinelearning", "mobileanalytics", "mobiletargeting", "personalize", "polly", "rekognition", "rum", "s3", "sdb", "ses", "sns", "sqs",
	"transcribe", "translate",
}

// entrance is a way to a role through an identity pool: the token's amr claim, how sure it is, and why.
type entrance struct {
	amr      string
	verdict  graph.Verdict
	evidence []graph.Evidence
}

// guests derives that anyone has a role that trusts Cognito: as a guest of the pool, or as a user that anyone may become. A pool gives
// the roles that it is set up with; with the classic flow the caller names any role that trusts the pool ("Identity pools authentication
// flow", https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html). A trust policy that asks for no pool lets in
// the guests of anyone's ("Role trust and permissions",
// https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html). The surest way is told.
func (authorizer *Authorizer) guests(role *node, trust *target, provider string) []graph.Edge {
	var best []graph.Edge
	try := func(pool string, way entrance) {
		decision := authorizer.judge(authorizer.stranger(provider), trust, "sts:AssumeRoleWithWebIdentity", string(role.ID), map[string]string{poolIssuer + ":aud": pool, poolIssuer + ":amr": way.amr})
		verdict := decision.Verdict.And(way.verdict)
		if !decision.Holds || len(best) > 0 && best[0].Verdict <= verdict {
			return
		}
		best = []graph.Edge{{
			From: graph.Internet, To: role.ID, Kind: kinds.CanAssume, Technique: webIdentity,
			Verdict: verdict, Cause: authorizer.trustCause(decision, role), Evidence: slices.Concat(decision.Evidence, way.evidence),
		}}
	}
	for _, amr := range []string{guest, signedIn} {
		try(strangersPool, entrance{amr: amr, evidence: []graph.Evidence{granted(role.ID, "trust", "the trust policy asks for no identity pool: a pool in anyone's account would do")}})
	}
	known := map[string]bool{}
	for _, pool := range authorizer.estate.seen(kinds.AWSIdentityPool) {
		_, name, _ := strings.Cut(string(pool.ID), ":identitypool/")
		known[name] = pool.known()
		for _, way := range authorizer.entrances(pool, role) {
			try(name, way)
		}
	}
	for _, name := range trust.asked(poolIssuer + ":aud") {
		if !known[name] {
			gap := missing(role.ID, "trust", "the identity pool %s was not collected: whether it gives identities to guests is not known", name)
			try(name, entrance{amr: guest, verdict: graph.Possible, evidence: []graph.Evidence{gap}})
		}
	}
	return best
}

// entrances tells how anyone gets the role from a pool.
func (authorizer *Authorizer) entrances(pool, role *node) []entrance {
	gives := func(properties ...string) bool {
		return slices.ContainsFunc(properties, func(name string) bool {
			return pool.Props.Text(name) == string(role.ID) || slices.Contains(pool.Props.List(name), string(role.ID))
		})
	}
	classic, read := pool.Props.Flag("classic_flow"), pool.Props.Has("rule_roles")
	var ways []entrance
	switch {
	case !pool.Props.Has("guests"):
		gap := missing(pool.ID, "guests", "whether the identity pool gives identities to guests was not collected")
		ways = append(ways, entrance{guest, graph.Possible, []graph.Evidence{gap}})
	case !pool.Props.Flag("guests"):
	case classic:
		ways = append(ways, entrance{guest, graph.Proven, []graph.Evidence{granted(pool.ID, "guests", "the pool gives identities to guests, who name the role themselves: its classic flow is on")}})
	case !read:
		gap := missing(pool.ID, "guest_role", "the roles of the identity pool were not collected")
		ways = append(ways, entrance{guest, graph.Possible, []graph.Evidence{gap}})
	case gives("guest_role"):
		ways = append(ways, authorizer.held(pool, role))
	}
	if gives("user_role", "rule_roles") || classic {
		ways = append(ways, authorizer.signUps(pool)...)
	}
	return ways
}

// held is the way of a guest whose session Cognito holds to some services. What else the role may is out of reach, so that a role with
// other permissions is not had whole.
func (authorizer *Authorizer) held(pool, role *node) entrance {
	way := entrance{amr: guest, evidence: []graph.Evidence{granted(pool.ID, "guest_role", "the pool gives the role to guests")}}
	for _, policy := range authorizer.subject(role.ID).policies.Identity {
		for i := range policy.Statements {
			for _, action := range policy.Statements[i].Actions {
				service, _, _ := strings.Cut(action.String(), ":")
				if !slices.Contains(guestServices, strings.ToLower(service)) {
					way.verdict = graph.Possible
					way.evidence = append(way.evidence, missing(role.ID, "policies", "a guest's session is held to the services that Cognito lets guests use, and the role allows %s besides", action))
					return way
				}
			}
		}
	}
	return way
}

// signUps are the ways of somebody who makes a user for themselves. Whether an application lets them is not read.
func (authorizer *Authorizer) signUps(pool *node) []entrance {
	var ways []entrance
	for _, provider := range pool.Props.List("providers") {
		if slices.Contains(publicLogins, provider) {
			gap := missing(pool.ID, "providers", "whether the application at %s takes any account is not collected", provider)
			ways = append(ways, entrance{signedIn, graph.Possible, []graph.Evidence{granted(pool.ID, "providers", "users of %s sign in", provider), gap}})
			continue
		}
		if !strings.HasPrefix(provider, "cognito-idp.") {
			continue
		}
		directory := authorizer.estate.userPool(last(provider))
		switch {
		case directory == nil || !directory.Props.Has("self_sign_up"):
			gap := missing(pool.ID, "providers", "whether anyone may sign up at %s was not collected", provider)
			ways = append(ways, entrance{signedIn, graph.Unknown, []graph.Evidence{gap}})
		case directory.Props.Flag("self_sign_up"):
			gap := missing(directory.ID, "triggers", "whether an app client is public, and what the pool's triggers refuse, is not collected")
			ways = append(ways, entrance{signedIn, graph.Possible, []graph.Evidence{granted(directory.ID, "self_sign_up", "anyone makes a user for themselves"), gap}})
		}
	}
	return ways
}

// userPool finds a user pool by its id.
func (estate *estate) userPool(id string) *node {
	for _, pool := range estate.seen(kinds.AWSUserPool) {
		if last(string(pool.ID)) == id {
			return pool
		}
	}
	return nil
}
