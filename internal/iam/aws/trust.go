package aws

import "strings"

// trustPolicy reports whether the request is about becoming a role, which the role's trust policy decides. Within an
// account either the trust policy names the user or role itself, or it names the account and an identity policy allows
// sts:AssumeRole; across accounts both sides must allow (AssumeRole, "Permissions",
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). Session tags, a source identity and context
// passed along are decided by the trust policy as well.
func (e *evaluation) trustPolicy() bool {
	if e.service != "sts" {
		return false
	}
	switch e.action {
	case "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext":
		return strings.Contains(e.target, ":role/")
	}
	return false
}

// unconditional reports whether the action needs no permission and cannot be denied. "No permissions are required to
// perform this operation. If an administrator attaches a policy to your identity that explicitly denies access to the
// sts:GetCallerIdentity action, you can still perform this operation"
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). "You can include the GetSessionToken
// action in your policies, but it has no effect on a user's ability to perform the GetSessionToken operation" (Permissions
// for GetSessionToken,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html); only users and
// root users have it.
func (e *evaluation) unconditional() bool {
	kind := e.request.Principal.Kind
	switch {
	case e.action == "sts:getcalleridentity" && kind != Anonymous:
	case e.action == "sts:getsessiontoken" && (kind == User || kind == Root) && e.principal.Session == nil:
	default:
		return false
	}
	e.check(Check{Layer: IdentityLayer, Outcome: NotApplicable, Reason: "the action needs no permission and cannot be denied"})
	return true
}
