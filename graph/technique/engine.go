package technique

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Derive gives the attack edges of every technique that has a rule: at most one for each principal, target, technique and
// set of requirements, in the order of principals (users, roles, groups; each by id), techniques and targets. Principals for which
// skip is true, such as administrators, who gain nothing, have no edges. Where what a technique would be used on was not listed, it
// is a gap: one NOT_ASSESSED edge for each principal and technique, to the principal's account. Equal snapshots give equal sequences.
func (catalogue Catalogue) Derive(snapshot *graph.Snapshot, authorizer Authorizer, skip func(graph.ID) bool) iter.Seq[graph.Edge] {
	return func(yield func(graph.Edge) bool) {
		world := newWorld(snapshot, authorizer, catalogue.provider())
		for node := range snapshot.OfKind(world.cloud.actors...) {
			id := snapshot.ID(node)
			if strings.Contains(string(id), ":role/aws-service-role/") || skip != nil && skip(id) {
				continue
			}
			actor := newActor(world, node)
			for _, technique := range catalogue.techniques {
				if technique.rule == nil {
					continue
				}
				for _, edge := range slices.Concat(actor.edges(technique), actor.assess(technique)) {
					if !yield(edge) {
						return
					}
				}
			}
		}
	}
}

// actor is one principal whose techniques are sought, with what was already asked about it.
type actor struct {
	world     *world
	node      graph.Index
	id        graph.ID
	partition string
	account   string
	root      graph.ID
	may       map[string]bool
	decisions map[string]Decision
	where     map[string]extent
}

func newActor(world *world, node graph.Index) *actor {
	id := world.snapshot.ID(node)
	account := world.accountOf(node)
	return &actor{
		world: world, node: node, id: id, partition: arnField(id, 1), account: account,
		root: world.cloud.root(id, account),
		may:  map[string]bool{}, decisions: map[string]Decision{}, where: map[string]extent{},
	}
}

func (actor *actor) mayEver(action string) bool {
	may, known := actor.may[action]
	if !known {
		may = actor.world.authorizer.May(actor.id, action)
		actor.may[action] = may
	}
	return may
}

// edges gives what the actor gains by a technique, ordered by target and requirements.
func (actor *actor) edges(technique Technique) []graph.Edge {
	search := search{actor: actor, technique: technique, rule: technique.rule, found: map[string]graph.Edge{}}
	for at := range technique.rule.options {
		option := &technique.rule.options[at]
		if actor.mayAll(option) {
			search.begin(option)
		}
	}
	edges := make([]graph.Edge, 0, len(search.found))
	for _, edge := range search.found {
		edges = append(edges, edge)
	}
	slices.SortFunc(edges, func(a, b graph.Edge) int {
		if order := strings.Compare(string(a.To), string(b.To)); order != 0 {
			return order
		}
		return slices.Compare(a.Requires, b.Requires)
	})
	return edges
}

// mayAll reports whether no permission of an option is beyond the actor whatever it applies to.
func (actor *actor) mayAll(option *option) bool {
	return !slices.ContainsFunc(option.permissions, func(permission permission) bool {
		return permission.subject == actorIndex && !actor.mayEver(permission.action)
	})
}

// search tries to bind one option's variables, one after the other.
type search struct {
	*actor
	technique Technique
	rule      *rule
	option    *option
	bound     []graph.Index
	proof     []proof
	found     map[string]graph.Edge

	assessing bool        // variables may be bound to what was not listed, and must be once
	missed    *graph.Edge // what came of it
}

func (search *search) begin(option *option) {
	search.option = option
	search.bound = make([]graph.Index, len(search.rule.variables))
	search.proof = search.proof[:0]
	search.step(0)
}

// proof is one thing that was decided on the way.
type proof struct {
	verdict  graph.Verdict
	evidence []graph.Evidence
	cause    graph.Cause // of permissions
	place    int         // of the permissions, in the order of the file
}

// step binds the variable of the given stage, after testing what is decided by those before it.
func (search *search) step(stage int) {
	depth := len(search.proof)
	defer func() { search.proof = search.proof[:depth] }()
	for _, test := range search.option.stages[stage] {
		if !search.passes(test) {
			return
		}
	}
	if stage == len(search.option.bind) {
		search.conclude()
		return
	}
	index := search.option.bind[stage]
	variable := &search.rule.variables[index]
	inner := len(search.proof)
	if places, holds := search.unlistedFor(index, variable); holds {
		search.bound[index] = unread
		search.suppose(places)
		search.step(stage + 1)
	}
	search.proof = search.proof[:inner]
	if search.missed != nil || search.touchesUnread(variable.mentions()) {
		return
	}
	settledBefore, settledNow := search.settledAt(stage-1), search.settledAt(stage)
	for _, node := range search.candidatesFor(index, variable) {
		if settledBefore && search.alreadyProven() {
			return
		}
		search.bound[index] = node
		if settledNow && search.alreadyProven() {
			continue
		}
		inner := len(search.proof)
		if search.admits(variable, node) {
			search.step(stage + 1)
		}
		search.proof = search.proof[:inner]
	}
}

// admits tests what a variable's own definition says of a node.
func (search *search) admits(variable *variable, node graph.Index) bool {
	world := search.world
	switch {
	case variable.identity == isActor && node != search.node, variable.identity == notActor && node == search.node:
		return false
	case !variable.anywhere && world.accountOf(node) != search.account:
		return false
	}
	for _, comparison := range variable.where {
		if !search.accept(search.holds(node, comparison)) {
			return false
		}
	}
	if len(variable.trusts) > 0 {
		decision := world.trusts(node, variable.trusts)
		if !decision.Holds {
			return false
		}
		search.proof = append(search.proof, proof{verdict: decision.Verdict, evidence: decision.Evidence})
	}
	switch {
	case variable.link != nil:
		search.proof = append(search.proof, proof{evidence: []graph.Evidence{search.linkEvidence(variable, node)}})
	case variable.exists && len(variable.where)+len(variable.trusts) == 0:
		search.proof = append(search.proof, proof{evidence: []graph.Evidence{{
			Kind: graph.Grant, Source: world.snapshot.ID(node), Locator: string(world.snapshot.Kind(node)), Detail: "it exists, as the technique needs",
		}}})
	}
	return true
}

// holds decides a comparison on a node.
func (search *search) holds(node graph.Index, comparison comparison) finding {
	if comparison.prop == powerProp {
		return search.world.powerOf(node, search.world.snapshot.Kind(search.node)).finding()
	}
	var of graph.ID
	if comparison.variable != noVariable {
		of = search.idOf(comparison.variable)
	}
	return search.world.holds(node, comparison, search.right(comparison), of)
}

func (search *search) accept(finding finding) bool {
	if finding.holds {
		search.proof = append(search.proof, proof{verdict: finding.verdict, evidence: finding.evidence})
	}
	return finding.holds
}

func (search *search) linkEvidence(variable *variable, node graph.Index) graph.Evidence {
	names := make([]string, len(variable.link.steps))
	for i, step := range variable.link.steps {
		names[i] = step.String()
	}
	from, _ := search.nodeOf(variable.link.from)
	way := strings.Join(names, " ")
	return graph.Evidence{
		Kind: graph.Grant, Source: search.world.snapshot.ID(node), Locator: way,
		Detail: fmt.Sprintf("%s leads to it by %s", search.world.snapshot.ID(from), way),
	}
}

// nodeOf gives the node that a variable is bound to; false for an account that the snapshot does not hold.
func (search *search) nodeOf(index int) (graph.Index, bool) {
	switch index {
	case actorIndex:
		return search.node, true
	case accountIndex:
		return search.world.snapshot.Find(search.root)
	default:
		return search.bound[index], true
	}
}

// idOf gives the id of what a variable is bound to.
func (search *search) idOf(index int) graph.ID {
	if index == accountIndex {
		return search.root
	}
	node, _ := search.nodeOf(index)
	return search.world.snapshot.ID(node)
}

// right gives the right side of a comparison.
func (search *search) right(comparison comparison) any {
	if comparison.variable == noVariable {
		return comparison.literal
	}
	node, known := search.nodeOf(comparison.variable)
	if !known {
		return nil
	}
	return search.world.value(node, comparison.of)
}

// settledAt reports whether the edge that would be concluded is known once the variable of this stage is bound; before
// the first stage, whether it depends on no variable.
func (search *search) settledAt(stage int) bool {
	gain := search.rule.gain
	for _, index := range append([]int{gain.to, gain.as}, gain.requires...) {
		if index >= 0 && slices.Index(search.option.bind, index) > stage {
			return false
		}
	}
	return true
}

func (search *search) alreadyProven() bool {
	if search.assessing {
		return search.missed != nil
	}
	to, requires := search.target()
	edge, known := search.found[edgeKey(to, requires)]
	return known && edge.Verdict == graph.Proven
}

// target gives the edge's end and what must be held besides the actor.
func (search *search) target() (graph.ID, []graph.ID) {
	gain := search.rule.gain
	var requires []graph.ID
	for _, index := range append([]int{gain.as}, gain.requires...) {
		if index >= 0 && search.bound[index] != search.node {
			requires = append(requires, search.idOf(index))
		}
	}
	slices.Sort(requires)
	return search.idOf(gain.to), slices.Compact(requires)
}

func edgeKey(to graph.ID, requires []graph.ID) string { return fmt.Sprint(to, requires) }

// conclude records the edge, unless as good a one is known.
func (search *search) conclude() {
	if search.assessing {
		search.miss()
		return
	}
	to, requires := search.target()
	if to == search.id || slices.Contains(requires, to) {
		return
	}
	proofs := slices.Clone(search.proof)
	if index := search.rule.gain.as; index != noVariable {
		node, _ := search.nodeOf(index)
		boundary := search.world.uncapped(node)
		if !boundary.holds {
			return
		}
		proofs = append(proofs, proof{verdict: boundary.verdict, evidence: boundary.evidence})
	}
	for _, assumption := range search.option.assumptions {
		proofs = append(proofs, proof{verdict: graph.Possible, evidence: []graph.Evidence{{
			Kind: graph.Gap, Source: to, Locator: search.technique.ID, Detail: assumption,
		}}})
	}
	edge := graph.Edge{From: search.id, To: to, Kind: search.rule.gain.edge, Technique: search.technique.ID, Requires: requires}
	first := -1
	for _, proof := range proofs {
		edge.Verdict = edge.Verdict.And(proof.verdict)
		if proof.cause != "" && (first < 0 || proof.place < first) {
			edge.Cause, first = proof.cause, proof.place
		}
		for _, piece := range proof.evidence {
			if !slices.Contains(edge.Evidence, piece) {
				edge.Evidence = append(edge.Evidence, piece)
			}
		}
	}
	key := edgeKey(to, requires)
	if known, ok := search.found[key]; !ok || edge.Verdict < known.Verdict {
		search.found[key] = edge
	}
}
