package technique

import (
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// candidatesFor gives the nodes that a variable may be bound to, by the cheapest of what is known of it.
func (search *search) candidatesFor(index int, variable *variable) []graph.Index {
	world := search.world
	if variable.identity == isActor {
		return search.ofKinds([]graph.Index{search.node}, variable)
	}
	if variable.link != nil {
		from, known := search.nodeOf(variable.link.from)
		if !known {
			return nil
		}
		return search.ofKinds(world.walk(from, variable.link.steps), variable)
	}
	for _, comparison := range variable.where {
		if comparison.variable == noVariable || comparison.count != "" {
			continue
		}
		text, _ := search.right(comparison).(string)
		switch {
		case comparison.prop == "id":
			return search.ofKinds(search.named(search.right(comparison)), variable)
		case comparison.operator == "=" || comparison.operator == "has":
			return world.having(search.account, variable.kinds, comparison.prop, text)
		case comparison.operator == "in":
			var nodes []graph.Index
			list, _ := search.right(comparison).([]string)
			for _, text := range list {
				nodes = append(nodes, world.having(search.account, variable.kinds, comparison.prop, text)...)
			}
			slices.Sort(nodes)
			return slices.Compact(nodes)
		}
	}
	nodes := world.of(search.account, variable.kinds)
	if patterns, bounded := search.bounds(index); bounded {
		nodes = world.matching(nodes, patterns)
	}
	if variable.anywhere {
		nodes = slices.Concat(nodes, world.abroad(search.account, variable.kinds))
	}
	return nodes
}

// named gives the nodes that a text or list names.
func (search *search) named(ids any) []graph.Index {
	var names []string
	switch ids := ids.(type) {
	case string:
		names = []string{ids}
	case []string:
		names = ids
	}
	var nodes []graph.Index
	for _, name := range names {
		if node, known := search.world.snapshot.Find(graph.ID(name)); known {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// ofKinds keeps the nodes whose kind the variable wants.
func (search *search) ofKinds(nodes []graph.Index, variable *variable) []graph.Index {
	return slices.DeleteFunc(nodes, func(node graph.Index) bool {
		return !slices.Contains(variable.kinds, search.world.snapshot.Kind(node)) || search.world.cloud.kept(search.world.snapshot.ID(node))
	})
}

// bounds gives patterns that cover every node on which an action that the option needs on the variable may be
// performed, by the actor or by a principal that was bound before.
func (search *search) bounds(index int) ([]string, bool) {
	for _, permission := range search.option.permissions {
		if permission.direct() != index || permission.subject >= index {
			continue
		}
		if patterns, bounded := search.wherePatterns(permission.subject, permission.action); bounded {
			return patterns, true
		}
	}
	return nil, false
}

// wherePatterns asks the authorizer, once, for patterns that cover all on which a principal may perform an action.
func (search *search) wherePatterns(subject int, action string) ([]string, bool) {
	if search.world.narrower == nil {
		return nil, false
	}
	question := fmt.Sprint(search.subjectKey(subject), action)
	known, asked := search.where[question]
	if !asked {
		known.patterns, known.bounded = search.world.narrower.Where(search.idOf(subject), action)
		search.where[question] = known
	}
	return known.patterns, known.bounded
}

// extent is where a principal may perform an action.
type extent struct {
	patterns []string
	bounded  bool
}
