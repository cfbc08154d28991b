package aws

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// target is what is asked for: a resource, or a pattern of resources, with every policy that speaks of it.
type target struct {
	held     *node    // nil where the resource is no node of the snapshot
	account  *account // nil where it is not known
	region   string
	policies iam.ResourcePolicies
	keys     []string
	gaps     []graph.Evidence
	// unread tells that the missing policy is what would have to grant: a role's trust, a key's policy.
	unread bool
	tags   map[string]string // nil when not known
}

// target finds the node that a resource's name speaks of, and its policies. Equal bases are read once.
func (authorizer *Authorizer) target(resource string) *target {
	base := baseOf(resource)
	if known, ok := authorizer.targets[base]; ok {
		return known
	}
	made := authorizer.makeTarget(base)
	authorizer.targets[base] = made
	return made
}

// baseOf gives the id of the node that holds what a resource's name speaks of: the bucket of an object, the function
// of a version.
func baseOf(resource string) string {
	name := parseARN(resource)
	if slashes, beneath := containers[name.service]; beneath {
		base, _ := upTo(resource, slashes)
		return base
	}
	if name.service == "lambda" {
		if parts := strings.Split(name.resource, ":"); parts[0] == "function" && len(parts) > 2 {
			return strings.TrimSuffix(resource, ":"+strings.Join(parts[2:], ":"))
		}
	}
	return resource
}

func (authorizer *Authorizer) makeTarget(base string) *target {
	name := parseARN(base)
	made := &target{region: name.region}
	if isAccount(name.account) {
		made.account = authorizer.estate.account(name.partition, name.account)
	}
	held, found := authorizer.estate.find(graph.ID(base))
	if !found {
		return made
	}
	made.held = held
	made.tags = tagMap(held)
	if holder := authorizer.estate.holder(held); holder != nil {
		made.account = holder
	}
	if region := held.Props.Text("region"); region != "" && held.Kind != kinds.AWSBucket {
		made.region = region
	}
	switch held.Kind {
	case kinds.AWSRole:
		authorizer.attach(made, "trust", true)
	case kinds.AWSFunction:
		if held.Props.Has("policy") {
			authorizer.attach(made, "policy", false)
		}
	case kinds.AWSKey:
		authorizer.attach(made, "policy", true)
		authorizer.attachGrants(made)
	default:
		if property := storageOf(held.Kind).policy; property != "" {
			authorizer.attach(made, property, false)
		}
	}
	if held.Kind == kinds.AWSBucket {
		made.policies.RestrictPublic = held.Props.Flag("restrict_public_buckets") || made.account != nil && made.account.props.Flag("s3_restrict_public_buckets")
	}
	// Resource control policies do not apply to AWS managed keys (Resource control policies in AWS KMS,
	// https://docs.aws.amazon.com/kms/latest/developerguide/resource-control-policies.html).
	if held.Kind != kinds.AWSKey || held.Props.Text("manager") != "AWS" {
		above := authorizer.levels(made.account, resourceControl)
		made.policies.RCPs = above.levels
		made.keys = append(made.keys, above.keys...)
		made.gaps = append(made.gaps, above.gaps...)
	}
	made.keys = graph.Sorted(made.keys)
	return made
}

// attach reads the policy that lives in a property of the resource. decides tells that without it nobody is let in.
func (authorizer *Authorizer) attach(made *target, property string, decides bool) {
	text, collected := made.held.Props[property].(string)
	switch {
	case !collected:
		made.gaps = append(made.gaps, missing(made.held.ID, property, "the %s policy of %s was not collected", propertyWord(property), made.held.ID))
		made.unread = decides
		return
	case text == "":
		return
	}
	policy, keys, err := authorizer.library.read(made.held.ID, text)
	if err != nil {
		made.gaps = append(made.gaps, missing(made.held.ID, property, "the %s policy of %s cannot be read: %v", propertyWord(property), made.held.ID, err))
		made.unread = decides
		return
	}
	made.policies.Resource = append(made.policies.Resource, policy)
	made.keys = append(made.keys, keys...)
}

func propertyWord(property string) string {
	if property == "trust" {
		return "trust"
	}
	return "resource"
}

// named lists the principals that the target's own policies allow something, as the policies write them.
func (made *target) named() (principals []string, anyone bool) {
	return made.letIn("")
}

// letIn is named for one action, in lower case; "" is any.
func (made *target) letIn(action string) (principals []string, anyone bool) {
	for _, policy := range made.policies.Resource {
		for i := range policy.Statements {
			statement := &policy.Statements[i]
			switch {
			case statement.Effect != iam.Allow || action != "" && !speaksOf(statement, action):
			case statement.Principal == nil:
				anyone = anyone || statement.NotPrincipal != nil
			case statement.Principal.Any:
				anyone = true
			default:
				principals = slices.Concat(principals, statement.Principal.AWS, statement.Principal.Service, statement.Principal.Federated)
				anyone = anyone || slices.Contains(statement.Principal.AWS, "*")
			}
		}
	}
	return graph.Sorted(principals), anyone
}

func speaksOf(statement *iam.Statement, action string) bool {
	matches := func(pattern *iam.Pattern) bool { return pattern.Match(action) }
	if statement.NotActions != nil {
		return !slices.ContainsFunc(statement.NotActions, matches)
	}
	return slices.ContainsFunc(statement.Actions, matches)
}

// federated lists the identity providers that a role's trust policy allows.
func (made *target) federated() []string {
	var providers []string
	for _, policy := range made.policies.Resource {
		for i := range policy.Statements {
			if statement := &policy.Statements[i]; statement.Effect == iam.Allow && statement.Principal != nil {
				providers = append(providers, statement.Principal.Federated...)
			}
		}
	}
	return graph.Sorted(providers)
}

// attachGrants reads a key's grants, each written grantee|operation,operation|constraints.
func (authorizer *Authorizer) attachGrants(made *target) {
	for _, text := range made.held.Props.List("grants") {
		parts := strings.SplitN(text, "|", 3)
		if len(parts) < 2 {
			continue
		}
		grant := iam.Grant{Grantee: parts[0], Operations: strings.Split(parts[1], ",")}
		if len(parts) == 3 && parts[2] != "" {
			var constraints struct{ EncryptionContextEquals, EncryptionContextSubset map[string]string }
			if json.Unmarshal([]byte(parts[2]), &constraints) != nil {
				continue
			}
			grant.Equals, grant.Subset = constraints.EncryptionContextEquals, constraints.EncryptionContextSubset
		}
		if policy, err := iam.GrantPolicy(string(made.held.ID), grant); err == nil {
			made.policies.Resource = append(made.policies.Resource, policy)
			made.keys = append(made.keys, keysOf(policy)...)
		}
	}
}
