// Package technique holds the catalogue of attack techniques, one YAML file each, and derives from a snapshot the
// attack edges by which whoever holds one node gains another. What a technique needs, what it binds and what it
// gains is said in its file alone: adding one needs no Go.
//
// The catalogue's ids iam-001, lambda-001 and so on are those of pathfinding.cloud, so that findings can be looked
// up there; ids that begin with the name of a cloud are Inroad's own.
//
// # The file
//
// Beside what every reader sees (id, title, summary, category, services, severity, likelihood, mitre, prerequisites,
// references, detection, remediation) a technique is one of three things: builtin: true, derived by code; composes, a
// list of techniques whose edges walked together are this one; or a rule of three parts.
//
//	bind:                              # what must exist, each by a name, in this order
//	  role: {kinds: [AWSRole], is: not-actor, trusts: [lambda.amazonaws.com]}
//	needs:                             # what must hold, all of it
//	  - {action: iam:PassRole, on: role, context: {iam:PassedToService: lambda.amazonaws.com}}
//	  - {action: lambda:CreateFunction, on: "arn:{partition}:lambda:{region}:{account}:function:*"}
//	  - {action: lambda:InvokeFunction, on: "arn:{partition}:lambda:{region}:{account}:function:*"}
//	gain: {edge: CAN_ESCALATE_TO, to: role}
//
// Two variables are always there: actor, the principal that uses the technique, and account, the actor's account, whose
// possession is full control of it. A bound variable is a node of one of its kinds in the actor's account (anywhere: true:
// or in another, where the node has a policy of its own), never a role that AWS keeps, and
//
//	is:     actor or not-actor
//	linked: "actor MEMBER_OF? HAS_POLICY" — found by walking structure edges from an earlier variable; ? may be left out, < walks backward
//	where:  comparisons such as access_keys < 2, state = running, id = $instance.instance_profile, roles has $role,
//	        count(CONTAINS) < 4, kms_key like *alias/aws/*, power = administrator (its policies would make the actor one)
//	trusts: services, any of which the role lets assume it
//
// A property that was not collected leaves a comparison with a literal Possible, with the gap as evidence.
//
// A need is one of
//
//	action, on, context, by:  by (the actor, or a bound principal) is allowed the action on a variable, on a template, or on *
//	                          for actions without resources, with these condition keys known
//	of, is:                   a comparison on a bound variable
//	exists:                   a variable that no other need speaks of, in an any
//	assume:                   a sentence that collected data cannot settle; it leaves the edge Possible
//	any, all:                 needs joined
//
// A template whose placeholders leave a wildcard, or {region}, is a resource of the actor's choice: needs with an equal
// template must hold on one and the same resource. A wildcard there never stands for a colon. Placeholders are {partition},
// {account}, {region}, and {variable} or {variable.property}; a property that is a list names each of its items, one of which
// suffices, and an empty one names nothing.
//
// A gain is an edge to a variable, or to the account with either as (the principal whose permissions become those of an
// administrator: its permissions boundary caps them and, unless it is the actor, it must be held too) or uncapped: true.
// requires names what else must be held.
//
// # The fixture
//
// Each technique with a rule, or composed of such, has testdata/<id>.txtar: a world, and cases laid over it that must
// match or must not.
package technique
