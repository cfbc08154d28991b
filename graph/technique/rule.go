package technique

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// The variables that every rule has.
const (
	actorName   = "actor"   // the principal that uses the technique
	accountName = "account" // the actor's account
)

// rule is what a technique's file says about when it works and what it gains.
type rule struct {
	variables []variable
	options   []option // any of them suffices
	gain      gain
}

// variable is a node that must exist for the technique to work.
type variable struct {
	name     string
	kinds    []graph.NodeKind
	identity identity
	link     *link
	where    []comparison
	trusts   []string // services, any of which may assume the role
	anywhere bool     // also other accounts' nodes, where they have a resource policy
	exists   bool     // no permission or gain speaks of it: that it exists is worth saying
}

// identity says whether a variable is, or must not be, the actor itself.
type identity int

const (
	anyone identity = iota
	isActor
	notActor
)

// link is a walk over structure edges from a variable bound before.
type link struct {
	from  int // index of the variable; actorIndex for the actor
	steps []linkStep
}

type linkStep struct {
	edge     graph.EdgeKind
	backward bool
	optional bool
}

// String spells the step as files do.
func (step linkStep) String() string {
	text := string(step.edge)
	if step.backward {
		text = "<" + text
	}
	if step.optional {
		text += "?"
	}
	return text
}

// actorIndex stands for the actor where a variable's index is wanted; accountIndex for its account.
const (
	actorIndex   = -1
	accountIndex = -2
)

// option is one conjunction that suffices: its leaves must all hold.
type option struct {
	permissions []permission
	conditions  []condition
	exists      []int    // variables that must merely be bound
	assumptions []string // what the collected data cannot settle

	// Derived when the rule is compiled.
	bind   []int    // the variables to bind, in order
	stages [][]test // stages[n] is tested once the first n variables of bind are bound
}

// permission is one action that the actor, or another bound principal, must be allowed.
type permission struct {
	subject  int // index of the variable that acts; actorIndex as a rule
	action   string
	resource template
	context  []contextKey
}

type contextKey struct {
	key   string
	value template
}

// condition is a comparison on a bound variable.
type condition struct {
	variable   int
	comparison comparison
}

// test is one thing to decide: a condition, or permissions that must hold on one and the same resource.
type test struct {
	condition   *condition
	permissions []permission
	place       int // of the permissions among the option's
}

// mentions gives the variables that a test depends on.
func (test test) mentions() []int {
	if test.condition != nil {
		return test.condition.mentions()
	}
	var indexes []int
	for _, permission := range test.permissions {
		indexes = append(indexes, permission.mentions()...)
	}
	return indexes
}

// gain is what the technique leads to.
type gain struct {
	edge graph.EdgeKind
	to   int
	// as is the principal whose permissions the target is gained with: its boundary caps the gain, and it must be held.
	// noVariable when the target itself is what is taken over.
	as       int
	requires []int
}

const noVariable = -3

// mentions gives the variables that a permission depends on.
func (permission permission) mentions() []int {
	indexes := append([]int{permission.subject}, permission.resource.mentions()...)
	for _, key := range permission.context {
		indexes = append(indexes, key.value.mentions()...)
	}
	return indexes
}

// direct gives the variable that is itself the permission's resource, or noVariable.
func (permission permission) direct() int {
	if len(permission.resource) == 1 && permission.resource[0].variable >= 0 && permission.resource[0].prop == "id" {
		return permission.resource[0].variable
	}
	return noVariable
}

// compile sorts an option's leaves into stages, so that each is tested as soon as its variables are bound.
func (rule *rule) compile() {
	used, spoken := map[int]bool{}, map[int]bool{} // by any option; by any of its permissions
	for _, option := range rule.options {
		for _, index := range option.mentions() {
			used[index] = true
		}
		for _, permission := range option.permissions {
			for _, index := range permission.mentions() {
				spoken[index] = true
			}
		}
	}
	rule.close(used)
	for index := range rule.variables {
		gain := rule.gain
		rule.variables[index].exists = !spoken[index] && index != gain.to && index != gain.as && !slices.Contains(gain.requires, index)
	}
	for at := range rule.options {
		option := &rule.options[at]
		wanted := map[int]bool{rule.gain.to: true, rule.gain.as: true}
		for _, index := range append(option.mentions(), rule.gain.requires...) {
			wanted[index] = true
		}
		for index := range rule.variables {
			if !used[index] { // it must merely exist
				wanted[index] = true
			}
		}
		rule.close(wanted)
		stage := map[int]int{}
		option.bind = nil
		for index := range rule.variables {
			if wanted[index] {
				option.bind = append(option.bind, index)
				stage[index] = len(option.bind)
			}
		}
		option.schedule(stage)
	}
}

// close adds to a set of variables those that its members are bound by.
func (rule *rule) close(set map[int]bool) {
	for index := len(rule.variables) - 1; index >= 0; index-- {
		if set[index] {
			for _, before := range rule.variables[index].mentions() {
				set[before] = true
			}
		}
	}
}

func (option *option) schedule(stage map[int]int) {
	latest := func(indexes []int) int {
		last := 0
		for _, index := range indexes {
			last = max(last, stage[index])
		}
		return last
	}
	option.stages = make([][]test, len(option.bind)+1)
	for at := range option.conditions {
		condition := &option.conditions[at]
		at := latest(condition.mentions())
		option.stages[at] = append(option.stages[at], test{condition: condition})
	}
	for place, group := range option.groups() {
		last := 0
		for _, permission := range group {
			last = max(last, latest(permission.mentions()))
		}
		option.stages[last] = append(option.stages[last], test{permissions: group, place: place})
	}
}

// groups puts the permissions that speak of one resource of the actor's choice together; others stay alone.
func (option option) groups() [][]permission {
	var groups [][]permission
	at := map[string]int{}
	for _, needed := range option.permissions {
		key := needed.resource.String()
		if index, known := at[key]; known && needed.resource.open() && groups[index][0].subject == needed.subject {
			groups[index] = append(groups[index], needed)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []permission{needed})
	}
	return groups
}

func (option option) mentions() []int {
	var indexes []int
	for _, permission := range option.permissions {
		indexes = append(indexes, permission.mentions()...)
	}
	for _, condition := range option.conditions {
		indexes = append(indexes, condition.mentions()...)
	}
	return append(indexes, option.exists...)
}

func (condition condition) mentions() []int {
	return []int{condition.variable, condition.comparison.variable}
}

func (variable variable) mentions() []int {
	var indexes []int
	if variable.link != nil {
		indexes = append(indexes, variable.link.from)
	}
	for _, comparison := range variable.where {
		indexes = append(indexes, comparison.variable)
	}
	return indexes
}
