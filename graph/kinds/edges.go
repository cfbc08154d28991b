package kinds

import "github.com/inroad-security/inroad/graph"

// Structure: what the provider says. Never walked by an attacker.
var (
	Contains   = edge(graph.EdgeSpec{Label: "CONTAINS", Doc: "The source holds the target: an organization its accounts, an account its resources, a policy its versions, a user its access keys."})
	MemberOf   = edge(graph.EdgeSpec{Label: "MEMBER_OF", Doc: "The user is in the group, of IAM or of Identity Center's directory; the interface is in the security group."})
	HasPolicy  = edge(graph.EdgeSpec{Label: "HAS_POLICY", Doc: "The policy grants to the principal: attached, inline, or through no other than this principal."})
	BoundedBy  = edge(graph.EdgeSpec{Label: "BOUNDED_BY", Doc: "The policy is the principal's permissions boundary."})
	AttachedTo = edge(graph.EdgeSpec{Label: "ATTACHED_TO", Doc: "The source applies to the target: a control policy to an account, an interface to an instance, a gateway to a VPC."})
	RoutesTo   = edge(graph.EdgeSpec{Label: "ROUTES_TO", Doc: "The route table, listener or target group sends traffic to the target."})
	CopiedTo   = edge(graph.EdgeSpec{Label: "COPIED_TO", Doc: "Copies of the source are kept in the target: a bucket's replica, the vault of a resource's backups."})
	Owns       = edge(graph.EdgeSpec{Label: "OWNS", Doc: "The principal is an owner of the group, application or service principal."})
	Uses       = edge(graph.EdgeSpec{Label: "USES", Doc: "The source is set up with the target: a function with its role, a bucket with its key."})
)

// Attack edges: each is a net gain for whoever holds the source (and all that the edge requires).
var (
	CanReach = edge(graph.EdgeSpec{Label: "CAN_REACH", Attack: true, Doc: "Packets from the source arrive at the target and are answered; properties tell protocol and ports. " +
		"A fact, not a foothold: what reach leads to is said by CAN_EXPLOIT and the CAN_READ of open stores."})
	SendsFrom     = edge(graph.EdgeSpec{Label: "SENDS_FROM", Attack: true, Traversable: true, Doc: "Code on the workload sends packets from the segment, which stands for all workloads that no rule or route tells apart; or what the segment sends arrives at the entrance of another, from which all workloads of that one are reached."})
	CanExploit    = edge(graph.EdgeSpec{Label: "CAN_EXPLOIT", Attack: true, Traversable: true, Doc: "Code runs on the reachable target through a vulnerability or a weak service."})
	RunsAs        = edge(graph.EdgeSpec{Label: "RUNS_AS", Attack: true, Traversable: true, Doc: "Code on the workload holds the credentials of the identity."})
	CanAssume     = edge(graph.EdgeSpec{Label: "CAN_ASSUME", Attack: true, Traversable: true, Doc: "Trust and permission both hold: the source can become the target."})
	CanEscalateTo = edge(graph.EdgeSpec{
		Label: "CAN_ESCALATE_TO", Attack: true, Traversable: true,
		Doc: "A technique of the catalogue gives the source control of the target: a principal, a workload, or a whole account.",
	})
	NotAssessed = edge(graph.EdgeSpec{
		Label: "NOT_ASSESSED", Attack: true,
		Doc: "The source has the permissions of a technique, but what it would be used on was not listed: whether there is any in the target, an account, is not known. A gap, never walked.",
	})
	CanRead            = edge(graph.EdgeSpec{Label: "CAN_READ", Attack: true, Traversable: true, Doc: "The source reads the data or the secret."})
	CanWrite           = edge(graph.EdgeSpec{Label: "CAN_WRITE", Attack: true, Doc: "The source changes or destroys the data."})
	CanAdminister      = edge(graph.EdgeSpec{Label: "CAN_ADMINISTER", Attack: true, Traversable: true, Doc: "The source has full control of the target: an account, or a resource of an account that it controls."})
	CanDecrypt         = edge(graph.EdgeSpec{Label: "CAN_DECRYPT", Attack: true, Traversable: true, Doc: "The source decrypts with the key."})
	HoldsCredentialFor = edge(graph.EdgeSpec{Label: "HOLDS_CREDENTIAL_FOR", Attack: true, Traversable: true, Doc: "The secret, variable or file holds a credential of the target."})
)
