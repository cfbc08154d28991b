package technique

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// world is a snapshot indexed by what rules ask of it. Everything is filled on first use and kept.
type world struct {
	snapshot   *graph.Snapshot
	authorizer Authorizer
	narrower   Narrower // nil where the authorizer is none
	cloud      *cloud

	props      map[graph.Index]graph.Props
	candidates map[candidateKey][]graph.Index
	joins      map[joinKey]map[string][]graph.Index
	trusted    map[trustKey]Decision
	powers     map[powerKey]power
	boundaries map[graph.Index]finding
	regions    map[string][]string // by account
	unread     map[graph.NodeKind][]kinds.Unread
}

type candidateKey struct {
	account string
	kinds   string
}

type joinKey struct {
	candidateKey
	prop string
}

type trustKey struct {
	service string
	role    graph.Index
}

// finding is what the collected data says about one fact.
type finding struct {
	holds    bool
	verdict  graph.Verdict
	evidence []graph.Evidence
}

func newWorld(snapshot *graph.Snapshot, authorizer Authorizer, cloud *cloud) *world {
	narrower, _ := authorizer.(Narrower)
	return &world{
		snapshot: snapshot, authorizer: authorizer, cloud: cloud, narrower: narrower,
		props: map[graph.Index]graph.Props{}, candidates: map[candidateKey][]graph.Index{}, joins: map[joinKey]map[string][]graph.Index{},
		trusted: map[trustKey]Decision{}, powers: map[powerKey]power{}, boundaries: map[graph.Index]finding{},
		unread: kinds.UnreadIn(snapshot.Scopes()),
	}
}

// propsOf gives a node's properties, decoded once.
func (world *world) propsOf(node graph.Index) graph.Props {
	props, known := world.props[node]
	if !known {
		props = world.snapshot.Props(node)
		world.props[node] = props
	}
	return props
}

// accountOf gives the account that holds a node: what its id says or, where that says nothing, its properties.
func (world *world) accountOf(node graph.Index) string {
	return world.cloud.home(world.snapshot.ID(node), world.propsOf(node))
}

// of gives the nodes of a variable's kinds in an account, in the order of their ids.
func (world *world) of(account string, of []graph.NodeKind) []graph.Index {
	key := keyOf(account, of)
	if nodes, known := world.candidates[key]; known {
		return nodes
	}
	byAccount := map[string][]graph.Index{}
	for node := range world.snapshot.OfKind(of...) {
		if !world.cloud.kept(world.snapshot.ID(node)) {
			byAccount[world.accountOf(node)] = append(byAccount[world.accountOf(node)], node)
		}
	}
	for account, nodes := range byAccount {
		slices.Sort(nodes)
		world.candidates[keyOf(account, of)] = nodes
	}
	if _, known := world.candidates[key]; !known {
		world.candidates[key] = nil
	}
	return world.candidates[key]
}

func keyOf(account string, of []graph.NodeKind) candidateKey {
	names := make([]string, len(of))
	for i, kind := range of {
		names[i] = string(kind)
	}
	return candidateKey{account: account, kinds: strings.Join(names, "|")}
}

// abroad gives the nodes in other accounts whose own policy may let outsiders in.
func (world *world) abroad(account string, of []graph.NodeKind) []graph.Index {
	key := keyOf("", of)
	key.kinds += " with a policy"
	if _, known := world.candidates[key]; !known {
		nodes := []graph.Index{}
		for node := range world.snapshot.OfKind(of...) {
			if world.propsOf(node).Text("policy") != "" {
				nodes = append(nodes, node)
			}
		}
		slices.Sort(nodes)
		world.candidates[key] = nodes
	}
	var others []graph.Index
	for _, node := range world.candidates[key] {
		if world.accountOf(node) != account {
			others = append(others, node)
		}
	}
	return others
}

// having gives the nodes whose property is, or lists, a value.
func (world *world) having(account string, of []graph.NodeKind, prop, value string) []graph.Index {
	key := joinKey{keyOf(account, of), prop}
	index, known := world.joins[key]
	if !known {
		index = map[string][]graph.Index{}
		for _, node := range world.of(account, of) {
			props := world.propsOf(node)
			if text := props.Text(prop); text != "" {
				index[text] = append(index[text], node)
			}
			for _, text := range props.List(prop) {
				index[text] = append(index[text], node)
			}
		}
		world.joins[key] = index
	}
	return index[value]
}

// matching gives those of the nodes, which are in order, whose ids match any of the patterns.
func (world *world) matching(nodes []graph.Index, patterns []string) []graph.Index {
	var found []graph.Index
	for _, pattern := range patterns {
		literal := pattern
		if at := strings.IndexAny(pattern, "*?"); at >= 0 {
			literal = pattern[:at]
		}
		start := sort.Search(len(nodes), func(i int) bool { return cmp.Compare(string(world.snapshot.ID(nodes[i])), literal) >= 0 })
		for _, node := range nodes[start:] {
			id := string(world.snapshot.ID(node))
			if !strings.HasPrefix(id, literal) {
				break
			}
			if glob(pattern, id) {
				found = append(found, node)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// walk gives the nodes at the end of a link, in order.
func (world *world) walk(from graph.Index, steps []linkStep) []graph.Index {
	at := []graph.Index{from}
	for _, step := range steps {
		var next []graph.Index
		if step.optional {
			next = append(next, at...)
		}
		for _, node := range at {
			if step.backward {
				next = slices.AppendSeq(next, world.snapshot.Predecessors(node, step.edge))
			} else {
				next = slices.AppendSeq(next, world.snapshot.Successors(node, step.edge))
			}
		}
		slices.Sort(next)
		at = slices.Compact(next)
	}
	return at
}

// trusts decides whether one of the services may assume a role.
func (world *world) trusts(role graph.Index, services []string) Decision {
	best := Decision{}
	for _, service := range services {
		decision := world.trustsOne(role, service)
		if decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
	}
	return best
}

func (world *world) trustsOne(role graph.Index, service string) Decision {
	key := trustKey{service, role}
	decision, known := world.trusted[key]
	if !known {
		// A policy that never spells the service cannot name it, unless by a wildcard or an escape.
		if text, collected := world.propsOf(role)["trust"].(string); !collected || strings.Contains(text, service) || strings.ContainsAny(text, `*\`) {
			id := world.snapshot.ID(role)
			decision = world.authorizer.Can(graph.ID(service), "sts:AssumeRole", string(id), map[string]string{"aws:SourceAccount": arnField(id, 4)})
		}
		world.trusted[key] = decision
	}
	return decision
}

// holds decides a comparison on a node with the value of its right side, and the node that this is a property of.
func (world *world) holds(node graph.Index, comparison comparison, right any, of graph.ID) finding {
	var left any
	collected := true
	switch {
	case comparison.count != "":
		count := int64(0)
		for range world.snapshot.Successors(node, comparison.count) {
			count++
		}
		left = count
	case comparison.prop == "id":
		left = string(world.snapshot.ID(node))
	default:
		left, collected = world.propsOf(node)[comparison.prop]
	}
	piece := graph.Evidence{Kind: graph.Grant, Source: world.snapshot.ID(node), Locator: comparison.prop, Detail: comparison.sentence(left, of)}
	switch {
	case collected && compare(left, comparison.operator, right):
		return finding{holds: true, evidence: []graph.Evidence{piece}}
	case collected || comparison.variable != noVariable:
		return finding{}
	default:
		piece.Kind = graph.Gap
		piece.Detail = comparison.prop + " was not collected; the technique works if " + comparison.text
		return finding{holds: true, verdict: graph.Possible, evidence: []graph.Evidence{piece}}
	}
}

// value gives a property of a node as comparisons and templates see it.
func (world *world) value(node graph.Index, prop string) any {
	if prop == "id" {
		return string(world.snapshot.ID(node))
	}
	return world.propsOf(node)[prop]
}

// uncapped decides whether a principal that is given every permission becomes an administrator of its account, or is held
// back by its permissions boundary.
//
// "Permissions boundaries for IAM entities": the effective permissions are those that both the identity-based
// policies and the boundary allow.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func (world *world) uncapped(principal graph.Index) finding {
	if known, ok := world.boundaries[principal]; ok {
		return known
	}
	result := finding{holds: true}
	for boundary := range world.snapshot.Successors(principal, kinds.BoundedBy) {
		piece := graph.Evidence{Kind: graph.Guardrail, Source: world.snapshot.ID(boundary), Locator: string(kinds.BoundedBy)}
		document, collected := world.propsOf(boundary)["document"].(string)
		switch {
		case !collected:
			piece.Kind, piece.Detail = graph.Gap, "the permissions boundary's document was not collected; it may cap what is gained"
			result.verdict = result.verdict.And(graph.Unknown)
		case unbounding(document):
			piece.Detail = "the permissions boundary lets the principal make another without one"
			result.verdict = result.verdict.And(graph.Possible)
		default:
			result.holds = false
		}
		result.evidence = append(result.evidence, piece)
	}
	world.boundaries[principal] = result
	return result
}

// arnField gives a colon-separated field of an ARN (0 is "arn"), empty when the id has none.
func arnField(id graph.ID, field int) string {
	parts := strings.SplitN(string(id), ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[field]
}

// protected reports a role that AWS keeps: only the service that it is for, or IAM Identity Center, changes it, and nobody passes it.
//
// "Create a service-linked role": https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
// "Referencing permission sets in resource policies": https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
func protected(id graph.ID) bool {
	return strings.Contains(string(id), ":role/aws-service-role/") || strings.Contains(string(id), ":role/aws-reserved/")
}

// glob matches a text against a pattern in which * stands for any run and ? for any one byte.
func glob(pattern, text string) bool {
	star, mark, p, t := -1, 0, 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
