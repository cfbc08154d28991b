package technique_test

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// stub authorizes by identity policies, groups, one boundary, control policies and trusts, with string conditions alone.
type stub struct{ snapshot *graph.Snapshot }

type stubStatement struct {
	Effect, Principal string
	Action, Resource  []string
	NotAction         []string
	Condition         map[string]map[string]any
	source            graph.ID
}

func (stub stub) read(policy graph.Index, prop string) []stubStatement {
	var outer struct{ Statement []map[string]any }
	_ = json.Unmarshal([]byte(stub.snapshot.Props(policy).Text(prop)), &outer)
	var statements []stubStatement
	for _, raw := range outer.Statement {
		text := func(key string) []string {
			switch value := raw[key].(type) {
			case string:
				return []string{value}
			case []any:
				var list []string
				for _, item := range value {
					list = append(list, item.(string))
				}
				return list
			}
			return nil
		}
		principal, _ := json.Marshal(raw["Principal"])
		one := stubStatement{Effect: raw["Effect"].(string), Principal: string(principal), Action: text("Action"), NotAction: text("NotAction"), Resource: text("Resource"), source: stub.snapshot.ID(policy)}
		if conditions, ok := raw["Condition"]; ok {
			data, _ := json.Marshal(conditions)
			_ = json.Unmarshal(data, &one.Condition)
		}
		statements = append(statements, one)
	}
	return statements
}

func like(pattern, text string) bool {
	pattern = strings.NewReplacer("*", "\x00", "?", "?").Replace(pattern)
	parts := strings.Split(pattern, "\x00")
	if len(parts) == 1 {
		ok, _ := path.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(text, "/", "\x01"))
		return ok
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

func (one stubStatement) matches(action, resource string, context map[string]string) (bool, graph.Verdict) {
	anyOf := func(patterns []string, text string, fold bool) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			if fold {
				pattern, text = strings.ToLower(pattern), strings.ToLower(text)
			}
			return like(pattern, text)
		})
	}
	if len(one.NotAction) > 0 && anyOf(one.NotAction, action, true) || len(one.Action) > 0 && !anyOf(one.Action, action, true) {
		return false, 0
	}
	if resource != "" && !anyOf(one.Resource, resource, false) {
		return false, 0
	}
	verdict := graph.Proven
	for _, keys := range one.Condition {
		for key, want := range keys {
			value, known := context[key]
			if !known {
				verdict = graph.Possible
				continue
			}
			wants, list := want.([]any)
			if !list {
				wants = []any{want}
			}
			if !slices.ContainsFunc(wants, func(want any) bool { return like(want.(string), value) }) {
				return false, 0
			}
		}
	}
	return true, verdict
}

func (stub stub) identity(principal graph.ID) []stubStatement {
	at, _ := stub.snapshot.Find(principal)
	holders := []graph.Index{at}
	holders = slices.AppendSeq(holders, stub.snapshot.Successors(at, kinds.MemberOf))
	var statements []stubStatement
	for _, holder := range holders {
		for policy := range stub.snapshot.Successors(holder, kinds.HasPolicy) {
			statements = append(statements, stub.read(policy, "document")...)
		}
	}
	return statements
}

func (stub stub) May(principal graph.ID, action string) bool {
	return slices.ContainsFunc(stub.identity(principal), func(one stubStatement) bool {
		one.Condition = nil
		matches, _ := one.matches(action, "", nil)
		return one.Effect == "Allow" && matches
	})
}

func (stub stub) Can(principal graph.ID, action, resource string, context map[string]string) technique.Decision {
	if action == "sts:AssumeRole" {
		role, ok := stub.snapshot.Find(graph.ID(resource))
		if !ok {
			return technique.Decision{}
		}
		for _, one := range stub.read(role, "trust") {
			matches, verdict := one.matches(action, "", context)
			if one.Effect == "Allow" && matches && strings.Contains(one.Principal, string(principal)) {
				return technique.Decision{Holds: true, Verdict: verdict, Evidence: []graph.Evidence{{Kind: graph.Grant, Source: graph.ID(resource), Detail: "trust"}}}
			}
		}
		return technique.Decision{}
	}
	layers := [][]stubStatement{stub.identity(principal)}
	at, _ := stub.snapshot.Find(principal)
	for boundary := range stub.snapshot.Successors(at, kinds.BoundedBy) {
		layers = append(layers, stub.read(boundary, "document"))
	}
	if account, ok := stub.snapshot.Find(named("account")); ok {
		var control []stubStatement
		for policy := range stub.snapshot.Predecessors(account, kinds.AttachedTo) {
			control = append(control, stub.read(policy, "document")...)
		}
		if len(control) > 0 {
			layers = append(layers, control)
		}
	}
	decision := technique.Decision{Holds: true}
	for _, layer := range layers {
		best, allowed := graph.Unknown, false
		for _, one := range layer {
			matches, verdict := one.matches(action, resource, context)
			switch {
			case !matches:
			case one.Effect == "Deny" && verdict == graph.Proven:
				return technique.Decision{}
			case one.Effect == "Allow":
				allowed, best = true, min(best, verdict)
				decision.Evidence = append(decision.Evidence, graph.Evidence{Kind: graph.Grant, Source: one.source, Detail: action})
			}
		}
		if !allowed {
			return technique.Decision{}
		}
		decision.Verdict = decision.Verdict.And(best)
	}
	return decision
}

func (stub stub) Some(principal graph.ID, pattern string, needs []technique.Need) (string, technique.Decision) {
	tries := []string{pattern}
	for _, one := range stub.identity(principal) {
		for _, resource := range one.Resource {
			if like(pattern, strings.ReplaceAll(resource, "*", "x")) {
				tries = append(tries, resource)
			}
		}
	}
	for _, try := range tries {
		concrete := strings.ReplaceAll(try, "*", "x")
		all := technique.Decision{Holds: true}
		for _, need := range needs {
			one := stub.Can(principal, need.Action, concrete, need.Context)
			all.Holds = all.Holds && one.Holds
			all.Verdict = all.Verdict.And(one.Verdict)
			all.Evidence = append(all.Evidence, one.Evidence...)
		}
		if all.Holds {
			return concrete, all
		}
	}
	return "", technique.Decision{}
}
