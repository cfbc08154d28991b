package kinds

import "github.com/inroad-security/inroad/graph"

// InternetKind is the kind of the one node graph.Internet.
var InternetKind = node(graph.NodeSpec{Label: "Internet", Doc: "Any unauthenticated outsider.", Classes: []graph.Class{Entry}})

// CanonicalUser begins the id of an account that is known by its canonical id alone.
const CanonicalUser = "canonical-user:"

// Organizations and accounts.
var (
	AWSAccount = node(graph.NodeSpec{Label: "AWSAccount", Doc: "An AWS account, named by its root ARN. Holding it is full control of the account.", Classes: []graph.Class{Account, Container}, Props: []graph.PropSpec{
		text("name", "the account's name in its organization"), text("account", "the 12 digits"), text("email", "the root user's address"),
		text("status", "ACTIVE, SUSPENDED …"), flag("management", "it is its organization's management account, exempt from control policies"),
		text("organization", "the organization's id"), list("tags", "each key=value, sorted"),
		flag("s3_block_public_acls", "account-wide public access block"), flag("s3_ignore_public_acls", "account-wide public access block"),
		flag("s3_block_public_policy", "account-wide public access block"), flag("s3_restrict_public_buckets", "account-wide public access block"),
		text("canonical_id", "by which S3's access control lists name it"), flag("root_mfa", "the root user has a second factor"), flag("root_access_keys", "the root user has access keys"),
		text("organizations", "member: in an organization whose policies were collected; none: in no organization; absent: not collected"),
	}})
	AWSOrganization       = node(graph.NodeSpec{Label: "AWSOrganization", Doc: "An AWS organization.", Classes: []graph.Class{Container}, Props: aws(text("management", "the management account's 12 digits"))})
	AWSOrganizationalUnit = node(graph.NodeSpec{Label: "AWSOrganizationalUnit", Doc: "A root or organizational unit; CONTAINS units and accounts.", Classes: []graph.Class{Container}, Props: aws(flag("root", "it is the organization's root"))})
	AWSControlPolicy      = node(graph.NodeSpec{Label: "AWSControlPolicy", Doc: "A service or resource control policy; ATTACHED_TO roots, units and accounts.", Classes: []graph.Class{Policy}, Props: aws(
		text("type", "SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY"), text("document", "the policy as JSON"), flag("aws_managed", "kept by AWS"))})
)

// Principals and their policies.
var (
	AWSUser = node(graph.NodeSpec{Label: "AWSUser", Doc: "An IAM user.", Classes: []graph.Class{Principal}, Props: aws(
		text("path", "IAM path"), text("user_id", "AIDA…"), text("created", "RFC 3339"),
		whole("active_keys", "active access keys"), whole("access_keys", "access keys, active or not"), text("oldest_key_created", "RFC 3339, of the oldest active key"),
		flag("console", "it has a password for the console"), flag("mfa", "it has a second factor"), text("password_last_used", "RFC 3339"), list("services", "each service that its policies allow, =, and when it last used it: RFC 3339, or never, in the 400 days or more that AWS keeps record of"))})
	AWSGroup = node(graph.NodeSpec{Label: "AWSGroup", Doc: "An IAM group: hands its policies to its members.", Classes: []graph.Class{Container}, Props: aws(text("path", "IAM path"))})
	AWSRole  = node(graph.NodeSpec{Label: "AWSRole", Doc: "An IAM role.", Classes: []graph.Class{Principal}, Props: aws(
		text("path", "IAM path"), text("role_id", "AROA…"), text("trust", "the trust policy as JSON"), text("created", "RFC 3339"), text("last_used", "RFC 3339, or never: not in the days that AWS keeps record of"),
		flag("service_linked", "a service-linked role, exempt from control policies"), list("services", "each service that its policies allow, =, and when it last used it: RFC 3339, or never, in the 400 days or more that AWS keeps record of"))})
	AWSPolicy = node(graph.NodeSpec{Label: "AWSPolicy", Doc: "A managed policy; its document is its default version's.", Classes: []graph.Class{Policy}, Props: aws(
		text("document", "the default version as JSON"), text("version", "the default version's id"), flag("aws_managed", "kept by AWS"), whole("attachments", "principals that it is attached to"),
		text("document_source", "where the document is from, where the account's own answer lacks it: Inroad's copy of AWS's managed policies"))})
	AWSPolicyVersion = node(graph.NodeSpec{Label: "AWSPolicyVersion", Doc: "A version of a managed policy that is not its default; id <policy ARN>/versions/<v>. CONTAINS leads to it.", Classes: []graph.Class{Policy}, Props: aws(
		text("document", "as JSON"), text("version", "its id"))})
	AWSInlinePolicy = node(graph.NodeSpec{Label: "AWSInlinePolicy", Doc: "A policy that lives inside its user, group or role; id <owner ARN>/inline-policy/<name>.", Classes: []graph.Class{Policy}, Props: aws(text("document", "as JSON"))})
	AWSAccessKey    = node(graph.NodeSpec{Label: "AWSAccessKey", Doc: "An access key of a user, named by its id; its secret is never read. CONTAINS leads to it from its user.", Props: aws(
		text("status", "Active or Inactive"), text("created", "RFC 3339"), text("last_used", "RFC 3339, or never"), text("last_used_service", "the service that it was last used for"))})
	AWSInstanceProfile  = node(graph.NodeSpec{Label: "AWSInstanceProfile", Doc: "Hands its role to instances.", Props: aws(list("roles", "the ARNs of its roles (one at most)"))})
	AWSIdentityProvider = node(graph.NodeSpec{Label: "AWSIdentityProvider", Doc: "An OIDC or SAML provider that roles may trust.", Classes: []graph.Class{Principal}, Props: aws(
		text("type", "oidc or saml"), text("url", "the issuer"), list("audiences", "client ids"))})
	AWSService = node(graph.NodeSpec{Label: "AWSService", Doc: "An AWS service as a principal, such as lambda.amazonaws.com.", Classes: []graph.Class{Principal}})
)
