package packet

import "slices"

// Rule allows or denies the packets of a box.
type Rule struct {
	Box
	Allow bool
}

// Decisions is an ordered list of rules in which the first that matches decides, compiled. What no rule matches
// has no decision and is denied. The zero value is the empty list.
type Decisions struct {
	rules []Rule
	set   Set // the terminals are indexes of rules
}

// FirstMatch compiles the rules in the order given.
func FirstMatch(rules ...Rule) Decisions {
	return Decisions{slices.Clone(rules), Set{decide(rules, false), decide(rules, true)}}
}

func decide(rules []Rule, v6 bool) *node {
	clauses := make([]clause, len(rules))
	for i, rule := range rules {
		clauses[i] = clause{rule.fields(v6), int32(i), true}
	}
	return newWeave(topsOf(v6)).compile(clauses)
}

// allowedBy is FirstMatch(rules...).Allowed() without the record of which rule decided.
func allowedBy(rules []Rule) Set {
	family := func(v6 bool) *node {
		clauses := make([]clause, len(rules))
		for i, rule := range rules {
			clauses[i] = clause{rule.fields(v6), 0, rule.Allow}
		}
		return newWeave(topsOf(v6)).compile(clauses)
	}
	return Set{family(false), family(true)}
}

// Decide is the index of the rule that decides the packet; false when none matches it.
func (decisions Decisions) Decide(packet Packet) (rule int, matched bool) {
	fields, v6, valid := packet.fields()
	if !valid {
		return 0, false
	}
	root := decisions.set.v4
	if v6 {
		root = decisions.set.v6
	}
	end := root.at(fields)
	if end == nil {
		return 0, false
	}
	return int(end.value), true
}

// Allowed is the set of packets that a rule allows before any denies them.
func (decisions Decisions) Allowed() Set {
	allows := func(value int32) (int32, bool) { return 0, decisions.rules[value].Allow }
	return Set{
		newWeave(topsV4).revalue(decisions.set.v4, allows),
		newWeave(topsV6).revalue(decisions.set.v6, allows),
	}
}

// Deciding are the indexes, ascending, of the rules that decide at least one packet of the set, and whether some packet
// of it is matched by no rule.
func (decisions Decisions) Deciding(set Set) (rules []int, unmatched bool) {
	found := make([]bool, len(decisions.rules))
	seen := map[[2]*node]bool{}
	for _, pair := range [][2]*node{{decisions.set.v4, set.v4}, {decisions.set.v6, set.v6}} {
		if meet(pair[0], pair[1], found, seen) {
			unmatched = true
		}
	}
	for rule, deciding := range found {
		if deciding {
			rules = append(rules, rule)
		}
	}
	return rules, unmatched
}

// meet marks the decisions within set and reports whether set reaches beyond them.
func meet(decisions, set *node, found []bool, seen map[[2]*node]bool) (beyond bool) {
	if set == nil {
		return false
	}
	if decisions == nil {
		return true
	}
	if len(decisions.edges) == 0 {
		found[decisions.value] = true
		return false
	}
	pair := [2]*node{decisions, set}
	if result, done := seen[pair]; done {
		return result
	}
	for i, j := 0, 0; i < len(decisions.edges) && j < len(set.edges); {
		a, b := decisions.edges[i], set.edges[j]
		if meet(a.to, b.to, found, seen) {
			beyond = true
		}
		order := a.last.compare(b.last)
		if order <= 0 {
			i++
		}
		if order >= 0 {
			j++
		}
	}
	seen[pair] = beyond
	return beyond
}
