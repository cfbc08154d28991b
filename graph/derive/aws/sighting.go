package aws

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// sighting is the work of finding what the edges of each account can hang on: what it holds, what it names, what lets it in, and what stands
// above all of these.
type sighting struct {
	facts    *graph.Snapshot
	accounts []string       // digits, as they were met; the first is "", for whatever is in no account
	place    map[string]int // of an account
	owner    []int          // of each node: its account's place
	// By the place of an account:
	own       [][]graph.Index
	named     [][]graph.Index // nodes of others whose names its scopes hold
	mentioned [][]int         // others whose numbers they hold
	invited   [][]graph.Index // resources of others whose policies speak of it
	keys      [][]graph.Index
	open      []graph.Index // resources whose policies may let anyone in
	pooled    map[int]bool  // accounts with policies that speak of Cognito's identity pools
	above     map[int][]graph.Index
	scanned   map[graph.ID][]graph.Index // vulnerabilities, by the asset that they are on
}

func newSighting(facts *graph.Snapshot) *sighting {
	sighting := &sighting{facts: facts, place: map[string]int{}, owner: make([]int, facts.Len()), above: map[int][]graph.Index{}, pooled: map[int]bool{}}
	sighting.account("")
	for i := range graph.Index(facts.Len()) {
		id := string(facts.ID(i))
		digits := accountIn(id)
		if digits == "" {
			for _, text := range said(facts, i, "account") {
				if isAccount(text) {
					digits = text
				}
			}
		}
		at := sighting.account(digits)
		sighting.owner[i] = at
		sighting.own[at] = append(sighting.own[at], i)
		if facts.Kind(i) == kinds.AWSKey {
			sighting.keys[at] = append(sighting.keys[at], i)
		}
	}
	for _, status := range facts.Scopes() {
		sighting.account(accountOf(status.Scope))
	}
	sighting.read()
	sighting.invitations()
	sighting.aliases()
	return sighting
}

// account gives the place of an account.
func (sighting *sighting) account(digits string) int {
	at, known := sighting.place[digits]
	if !known {
		at = len(sighting.accounts)
		sighting.place[digits] = at
		sighting.accounts = append(sighting.accounts, digits)
		sighting.own = append(sighting.own, nil)
		sighting.named = append(sighting.named, nil)
		sighting.mentioned = append(sighting.mentioned, nil)
		sighting.invited = append(sighting.invited, nil)
		sighting.keys = append(sighting.keys, nil)
	}
	return at
}

// accountOf gives the account of a scope; empty where it has none.
func accountOf(scope graph.Scope) string {
	if parts := strings.SplitN(string(scope), "/", 3); len(parts) == 3 && parts[0] == "aws" && isAccount(parts[1]) {
		return parts[1]
	}
	return ""
}

// mention is another account's number, or a name of what is not of an own account.
type mention struct {
	text   string
	number bool
}

// mentionsIn gives all that some texts mention of others, each once.
func mentionsIn(texts iter.Seq[string], own string) []mention {
	seen := map[mention]bool{}
	var found []mention
	add := func(text string, number bool) {
		if one := (mention{text, number}); !seen[one] {
			seen[one] = true
			found = append(found, one)
		}
	}
	named, numbered := func(name string) { add(name, false) }, func(digits string) { add(digits, true) }
	for text := range texts {
		if strings.HasPrefix(text, "arn:") && accountIn(text) != own {
			named(text) // whole, whatever it holds
		}
		mentions(text, own, named, numbered)
	}
	return found
}

// read reads every text for what it says of others. What a scope says belongs to its account, and besides to the accounts whose resources it
// speaks of: a subnet that is shared is told by those that it is shared with.
func (sighting *sighting) read() {
	facts := sighting.facts
	seen := map[noted]bool{}
	teller := map[graph.Scope]int{}
	for _, part := range facts.Parts() {
		scope := part.Status().Scope
		own := accountOf(scope)
		at := sighting.account(own)
		teller[scope] = at
		found := part.Once("mentions", func() any { return mentionsIn(part.Texts(), own) })
		sighting.note(at, found.([]mention), seen)
	}
	for i := range graph.Index(facts.Len()) {
		at := sighting.owner[i]
		if scope, told := facts.Teller(i); told && teller[scope] == at {
			continue
		}
		sighting.note(at, mentionsIn(sighting.told(i), sighting.accounts[at]), seen)
	}
}

// told gives what a node says, and the ids of those that its edges lead to and, unless it is of no account, come from.
func (sighting *sighting) told(i graph.Index) iter.Seq[string] {
	facts := sighting.facts
	return func(yield func(string) bool) {
		for text := range textsOf(facts.Props(i)) {
			if !yield(text) {
				return
			}
		}
		for e := range facts.Out(i) {
			if _, to := facts.Ends(e); !yield(string(facts.ID(to))) {
				return
			}
		}
		if sighting.owner[i] == 0 {
			return
		}
		for e := range facts.In(i) {
			if from, _ := facts.Ends(e); !yield(string(facts.ID(from))) {
				return
			}
		}
	}
}

// textsOf gives what properties say that are texts or lists of them.
func textsOf(props graph.Props) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, name := range slices.Sorted(maps.Keys(props)) {
			switch value := props[name].(type) {
			case string:
				if !yield(value) {
					return
				}
			case []string:
				for _, text := range value {
					if !yield(text) {
						return
					}
				}
			}
		}
	}
}

// noted is what an account mentions.
type noted struct {
	account int
	mention
}

// note adds what an account mentions: other accounts, and the nodes of others that a name stands for.
func (sighting *sighting) note(at int, found []mention, seen map[noted]bool) {
	for _, one := range found {
		if seen[noted{at, one}] {
			continue
		}
		seen[noted{at, one}] = true
		if one.number {
			sighting.mentioned[at] = append(sighting.mentioned[at], sighting.account(one.text))
			continue
		}
		// What is named may be a part of a resource, or something beneath it: an object, a version, an invocation.
		for _, id := range append(holders(one.text), baseOf(one.text)) {
			if i, found := sighting.facts.Find(graph.ID(id)); found && sighting.owner[i] != at {
				sighting.named[at] = append(sighting.named[at], i)
			}
		}
	}
}

// holders gives a name and all that it begins with up to a slash.
func holders(name string) []string {
	found := []string{name}
	for at := strings.LastIndexByte(name, '/'); at >= 0; at = strings.LastIndexByte(name, '/') {
		name = name[:at]
		found = append(found, name)
	}
	return found
}

// policies are the properties by which a resource lets others in.
var policies = []string{"policy", "trust", "grants"}

// invitations finds the resources whose own policies speak of other accounts, or of everyone.
func (sighting *sighting) invitations() {
	for i := range sighting.facts.OfKind(having(policies...)...) {
		at, open := sighting.owner[i], false
		told := map[string]bool{}
		tell := func(digits string) {
			if !told[digits] {
				told[digits] = true
				to := sighting.account(digits)
				sighting.invited[to] = append(sighting.invited[to], i)
			}
		}
		for _, name := range policies {
			for _, text := range said(sighting.facts, i, name) {
				text = plain(text)
				mentions(text, sighting.accounts[at], func(string) {}, tell)
				open = open || letsAnyone(text)
				if strings.Contains(text, poolIssuer) {
					sighting.pooled[at] = true
				}
			}
		}
		if open {
			sighting.open = append(sighting.open, i)
		}
	}
}

// aliases finds what settings name by neither an ARN nor an account's number: users' access keys by their ids, and accounts by the canonical ids
// that access control lists write.
func (sighting *sighting) aliases() {
	facts := sighting.facts
	bearers := map[string][]graph.Index{}
	for i := range facts.OfKind(kinds.AWSAccessKey) {
		for _, name := range said(facts, i, "name") {
			bearers[name] = slices.AppendSeq([]graph.Index{i}, facts.Predecessors(i, kinds.Contains))
		}
	}
	for i := range facts.OfKind(kinds.AWSAccount) {
		for _, id := range said(facts, i, "canonical_id") {
			bearers[id] = []graph.Index{i}
		}
	}
	for _, property := range []string{"credentials", "acl"} {
		for i := range facts.OfKind(having(property)...) {
			for _, text := range said(facts, i, property) {
				name, _, _ := strings.Cut(text, "=")
				if found, at := bearers[name], sighting.owner[i]; len(found) > 0 && sighting.owner[found[0]] != at {
					sighting.named[at] = append(sighting.named[at], found...)
				}
			}
		}
	}
}

// unnamed gives what an account's edges hang on although it mentions neither an ARN of it nor a number: if it tells of Identity Center's directory, all that
// anyone is assigned there, with the roles that were made for it, which it finds by their names; and the identity pools to which its roles leave it who has them.
func (sighting *sighting) unnamed(account int) []graph.Index {
	facts := sighting.facts
	ours := func(i graph.Index) bool { return sighting.owner[i] == account }
	var seen []graph.Index
	if among(facts.OfKind(kinds.AWSAssignment, kinds.AWSDirectoryUser), ours) {
		seen = slices.AppendSeq(seen, facts.OfKind(kinds.AWSAssignment, kinds.AWSPermissionSet, kinds.AWSDirectoryUser, kinds.AWSDirectoryGroup))
		for i := range facts.OfKind(kinds.AWSAssignment) {
			for _, digits := range said(facts, i, "target") {
				sighting.mentioned[account] = append(sighting.mentioned[account], sighting.account(digits))
			}
		}
		for i := range facts.OfKind(kinds.AWSRole) {
			if strings.Contains(string(facts.ID(i)), ":role/"+reservedPath) {
				seen = append(seen, i)
			}
		}
	}
	if sighting.pooled[account] {
		seen = slices.AppendSeq(seen, facts.OfKind(kinds.AWSIdentityPool, kinds.AWSUserPool))
	}
	return seen
}

func among(nodes iter.Seq[graph.Index], is func(graph.Index) bool) bool {
	for i := range nodes {
		if is(i) {
			return true
		}
	}
	return false
}

// having gives the kinds with any of the properties.
func having(properties ...string) []graph.NodeKind {
	var found []graph.NodeKind
	for _, spec := range kinds.Nodes() {
		if slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return slices.Contains(properties, prop.Name) }) {
			found = append(found, spec.Label)
		}
	}
	return found
}

// abovePlace gives an account's node, the units that hold it, and the control policies of all of them.
func (sighting *sighting) abovePlace(account int) []graph.Index {
	known, ok := sighting.above[account]
	if ok {
		return known
	}
	facts := sighting.facts
	for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
		root, found := facts.Find(graph.ID("arn:" + partition + ":iam::" + sighting.accounts[account] + ":root"))
		if !found {
			continue
		}
		places := []graph.Index{root}
		for at := 0; at < len(places); at++ {
			for parent := range facts.Predecessors(places[at], kinds.Contains) {
				if facts.Kind(parent) == kinds.AWSOrganizationalUnit && !slices.Contains(places, parent) {
					places = append(places, parent)
				}
			}
		}
		for _, place := range places {
			known = append(known, place)
			for policy := range facts.Predecessors(place, kinds.AttachedTo) {
				if facts.Kind(policy) == kinds.AWSControlPolicy {
					known = append(known, policy)
				}
			}
		}
	}
	sighting.above[account] = known
	return known
}
