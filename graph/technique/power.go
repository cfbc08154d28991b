package technique

import (
	"encoding/json"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

type powerKey struct {
	node  graph.Index
	actor graph.NodeKind
}

// power is what a set of policies is worth to a principal that would come to have it.
type power struct {
	administers bool
	verdict     graph.Verdict
	source      graph.ID // the policy that says so
	action      string   // by this permission
}

// selfSufficient are the permissions each of which, on every resource, makes a principal an administrator: with it the
// principal gives itself, or the group it is in, all the others.
//
// "Actions, resources, and condition keys for AWS Identity and Access Management",
// access level "Permissions management":
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
var selfSufficient = map[graph.NodeKind][]string{
	kinds.AWSUser:  {"iam:PutUserPolicy", "iam:AttachUserPolicy"},
	kinds.AWSGroup: {"iam:PutGroupPolicy", "iam:AttachGroupPolicy"},
	kinds.AWSRole:  {"iam:PutRolePolicy", "iam:AttachRolePolicy"},
}

// unbounded are the sets of permissions each of which makes a principal without a boundary, all under an administrator's hand.
var unbounded = [][]string{
	{"iam:CreateRole", "iam:PutRolePolicy", "sts:AssumeRole"},
	{"iam:CreateRole", "iam:AttachRolePolicy", "sts:AssumeRole"},
	{"iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"},
	{"iam:CreateUser", "iam:AttachUserPolicy", "iam:CreateAccessKey"},
}

// powerOf decides whether the policies of a node (its own document or, of a principal or group, those it has) would make
// a principal of the given kind an administrator, as far as no boundary caps them.
func (world *world) powerOf(node graph.Index, actor graph.NodeKind) power {
	key := powerKey{node, actor}
	if known, ok := world.powers[key]; ok {
		return known
	}
	sources := []graph.Index{node}
	if kind := world.snapshot.Kind(node); !kinds.Is(kind, kinds.Policy) {
		sources = world.walk(node, []linkStep{{edge: kinds.MemberOf, optional: true}, {edge: kinds.HasPolicy}})
	}
	var statements []statement
	for _, source := range sources {
		statements = append(statements, parseStatements(world.snapshot.ID(source), world.propsOf(source).Text("document"))...)
	}
	actions := selfSufficient[actor]
	if world.snapshot.Kind(node) == kinds.AWSGroup {
		actions = append(actions[:len(actions):len(actions)], selfSufficient[kinds.AWSGroup]...)
	}
	best := power{}
	for _, action := range actions {
		source, verdict, allowed := everywhere(statements, action)
		if allowed && (!best.administers || verdict < best.verdict) {
			best = power{administers: true, verdict: verdict, source: source, action: action}
		}
	}
	world.powers[key] = best
	return best
}

// finding gives the power as what the collected data says about a fact.
func (power power) finding() finding {
	return finding{holds: power.administers, verdict: power.verdict, evidence: []graph.Evidence{{
		Kind: graph.Grant, Source: power.source, Locator: "document", Detail: "it allows " + power.action + " on every resource, enough to become administrator",
	}}}
}

// unbounding reports whether a boundary's document leaves a way to a principal without that boundary.
func unbounding(document string) bool {
	statements := parseStatements("", document)
	for _, actions := range unbounded {
		all := true
		for _, action := range actions {
			_, _, allowed := everywhere(statements, action)
			all = all && allowed
		}
		if all {
			return true
		}
	}
	return false
}

// statement is what this file needs to know of a policy's statement.
type statement struct {
	source              graph.ID
	allow               bool
	actions, notActions []string
	everywhere          bool     // on every resource
	conditions          []string // keys, in small letters
}

// everywhere decides whether statements allow an action on every resource. A conditional allow does not count; a deny
// that need not be met leaves the answer Possible.
func everywhere(statements []statement, action string) (graph.ID, graph.Verdict, bool) {
	verdict, found := graph.Verdict(0), false
	var source graph.ID
	for _, statement := range statements {
		switch {
		case !statement.speaksOf(action):
		case !statement.allow && statement.decisive():
			return "", 0, false
		case !statement.allow:
			verdict = verdict.And(graph.Possible)
		case statement.everywhere && len(statement.conditions) == 0:
			found, source = true, statement.source
		}
	}
	return source, verdict, found
}

func (statement statement) speaksOf(action string) bool {
	if len(statement.notActions) > 0 {
		return !matchesAny(statement.notActions, action)
	}
	return matchesAny(statement.actions, action)
}

// decisive reports whether a deny is met by whoever tries: on every resource, and with no condition but on
// what is being granted.
func (statement statement) decisive() bool {
	if !statement.everywhere {
		return false
	}
	for _, key := range statement.conditions {
		if key != "iam:permissionsboundary" && key != "iam:policyarn" {
			return false
		}
	}
	return true
}

func matchesAny(patterns []string, action string) bool {
	for _, pattern := range patterns {
		if glob(strings.ToLower(pattern), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

func coversAll(resources []string) bool {
	for _, resource := range resources {
		if strings.Trim(resource, "*") == "" && resource != "" {
			return true
		}
	}
	return false
}

// parseStatements reads a policy document, leaving out what does not parse: no power is ever read into it.
func parseStatements(source graph.ID, document string) []statement {
	var outer struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(document), &outer) != nil {
		return nil
	}
	type inner struct {
		Effect                      string
		Action, NotAction, Resource texts
		Condition                   map[string]map[string]any
	}
	var several []inner
	if json.Unmarshal(outer.Statement, &several) != nil {
		several = make([]inner, 1)
		if json.Unmarshal(outer.Statement, &several[0]) != nil {
			return nil
		}
	}
	var statements []statement
	for _, one := range several {
		parsed := statement{source: source, allow: one.Effect == "Allow", actions: one.Action, notActions: one.NotAction, everywhere: coversAll(one.Resource)}
		for _, keys := range one.Condition {
			for key := range keys {
				parsed.conditions = append(parsed.conditions, strings.ToLower(key))
			}
		}
		statements = append(statements, parsed)
	}
	return statements
}

// texts is a JSON string or list of strings.
type texts []string

// UnmarshalJSON reads either form.
func (texts *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*texts = []string{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(texts))
}
