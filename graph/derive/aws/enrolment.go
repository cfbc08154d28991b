package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// enrol gives a user without a second factor that may register one itself the session that it has with it: whoever has
// the user's access key makes a virtual device, keeps its seed, and asks for a session with its codes ("Assign MFA devices
// in the AWS CLI or AWS API", https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html).
func (authorizer *Authorizer) enrol(user *subject, held *node) {
	if held.Kind != kinds.AWSUser || !held.Props.Has("mfa") || held.Props.Flag("mfa") ||
		!authorizer.may(user, "iam:enablemfadevice") || !authorizer.may(user, "iam:createvirtualmfadevice") {
		return
	}
	allowed := func(action, resource string) bool {
		return slices.ContainsFunc(user.sessions, func(session session) bool {
			asked := &question{subject: user, session: session, target: authorizer.target(resource), action: action, untouched: true}
			result, _ := authorizer.decide(asked, action, resource)
			return result.Decision == iam.Allowed
		})
	}
	devices := "arn:" + user.account.partition + ":iam::" + user.account.digits + ":mfa/"
	if !allowed("iam:enablemfadevice", string(user.id)) ||
		!allowed("iam:createvirtualmfadevice", devices+fresh) && !allowed("iam:createvirtualmfadevice", devices+last(string(user.id))) {
		return
	}
	principal := user.sessions[0].principal
	principal.LongTerm = false
	user.sessions = append(user.sessions, session{
		principal: principal,
		context:   map[string][]string{"aws:multifactorauthpresent": {"true"}, "aws:multifactorauthage": {"0"}},
		evidence:  []graph.Evidence{granted(user.id, "mfa", "the user has no second factor and may register one of its own")},
	})
}
