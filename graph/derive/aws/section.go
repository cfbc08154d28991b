package aws

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/affected"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Section is a part of an estate whose edges hang on nothing but what the section sees. There are two sorts: access, what one account's
// identities and resources lead to by permission and by what is set up; and network, where packets get to in the accounts whose networks are joined.
//
// Derive over all sections of a snapshot finds what it finds over the whole. A section sees whatever another account's resource can change about
// its edges, and more: that it sees too much costs time, when what it sees changes for nothing.
type Section struct {
	// Name is <account>/access or <account>/network, by the first of its accounts; none stands for whatever is in no account.
	Name  string
	facts *graph.Snapshot
	// nodes are what the section sees, in order; scopes how completely that was collected.
	nodes    []graph.Index
	scopes   []graph.Status
	own      map[string]bool
	networks bool
}

// Sections cuts a snapshot of facts, which was joined from parts, into sections, ordered by name.
func Sections(facts *graph.Snapshot) []Section {
	sighting := newSighting(facts)
	joined := map[int][]int{}
	for account, first := range sighting.neighbours() {
		joined[first] = append(joined[first], account)
	}
	var sections []Section
	for account := range sighting.accounts {
		if section := sighting.access(account); len(section.nodes) > 0 {
			sections = append(sections, section)
		}
		if len(joined[account]) > 0 {
			if section := sighting.network(sighting.byAccount(joined[account])); len(section.nodes) > 0 {
				sections = append(sections, section)
			}
		}
	}
	slices.SortFunc(sections, func(a, b Section) int { return cmp.Compare(a.Name, b.Name) })
	return sections
}

// access is the section of what one account's identities and resources lead to.
func (sighting *sighting) access(account int) Section {
	seen := slices.Concat(sighting.own[account], sighting.named[account], sighting.invited[account], sighting.unnamed(account))
	if len(seen) == 0 {
		return Section{}
	}
	for _, i := range slices.Concat(seen[len(sighting.own[account]):], sighting.open) {
		seen = append(seen, i)
		seen = sighting.beside(seen, i)
	}
	return sighting.section("access", []int{account}, seen)
}

// beside adds what bears on who may use another account's resource: the keys of its account, where it names one, and its boundary.
func (sighting *sighting) beside(seen []graph.Index, i graph.Index) []graph.Index {
	facts := sighting.facts
	seen = slices.AppendSeq(seen, facts.Successors(i, kinds.BoundedBy))
	for _, key := range said(facts, i, "kms_key") {
		if named, known := facts.Find(graph.ID(key)); known {
			seen = append(seen, named)
		}
		seen = append(seen, sighting.keys[sighting.owner[i]]...)
	}
	return seen
}

// unreached are the kinds that packets have nothing to do with: a change of them alone leaves the network as it is.
var unreached = []graph.NodeKind{
	kinds.AWSUser, kinds.AWSGroup, kinds.AWSRole, kinds.AWSPolicy, kinds.AWSPolicyVersion, kinds.AWSInlinePolicy, kinds.AWSAccessKey, kinds.AWSIdentityProvider,
}

// network is the section of where packets get to in some accounts.
func (sighting *sighting) network(accounts []int) Section {
	facts := sighting.facts
	var seen []graph.Index
	mine := map[int]bool{}
	for _, account := range accounts {
		mine[account] = true
		seen = append(seen, sighting.own[account]...)
		for _, i := range sighting.named[account] {
			seen = sighting.beside(append(seen, i), i)
		}
	}
	seen = slices.DeleteFunc(seen, func(i graph.Index) bool { return slices.Contains(unreached, facts.Kind(i)) })
	if len(seen) == 0 {
		return Section{}
	}
	seen = slices.AppendSeq(seen, facts.OfKind(kinds.AWSPrefixList))
	seen = append(seen, sighting.vulnerabilities(seen)...)
	return sighting.section("network", accounts, sighting.served(seen, mine))
}

// vulnerabilities gives those that a scanner found, wherever it is from, on what is seen.
func (sighting *sighting) vulnerabilities(seen []graph.Index) []graph.Index {
	if sighting.scanned == nil {
		sighting.scanned = affected.Assets(sighting.facts)
	}
	var found []graph.Index
	for _, i := range seen {
		found = append(found, sighting.scanned[sighting.facts.ID(i)]...)
	}
	return found
}

// served adds the buckets and functions of others that the accounts' distributions serve.
func (sighting *sighting) served(seen []graph.Index, accounts map[int]bool) []graph.Index {
	facts := sighting.facts
	for i := range facts.OfKind(kinds.AWSDistribution) {
		if !accounts[sighting.owner[i]] {
			continue
		}
		distribution := &node{Node: facts.Node(i), index: i}
		from := origins(distribution)
		for _, origin := range from {
			if id, named := bucketAt(distribution, origin.domain); named {
				if bucket, known := facts.Find(id); known {
					seen = sighting.beside(append(seen, bucket), bucket)
				}
			}
		}
		for function := range facts.OfKind(kinds.AWSFunction) {
			for _, url := range said(facts, function, "url") {
				if slices.ContainsFunc(from, func(origin origin) bool { return strings.Contains(url, "//"+origin.domain) }) {
					seen = append(seen, function)
				}
			}
		}
	}
	return seen
}

// section adds what stands above all that is seen.
func (sighting *sighting) section(sort string, accounts []int, seen []graph.Index) Section {
	name := sighting.accounts[accounts[0]]
	made := Section{Name: cmp.Or(name, "none") + "/" + sort, facts: sighting.facts, own: map[string]bool{}, networks: sort == "network"}
	sighted := map[int]bool{}
	for _, account := range accounts {
		made.own[sighting.accounts[account]] = true
		sighted[account] = true
		for _, other := range sighting.mentioned[account] {
			sighted[other] = true
		}
	}
	for _, i := range seen {
		sighted[sighting.owner[i]] = true
	}
	for account := range sighted {
		seen = append(seen, sighting.abovePlace(account)...)
	}
	slices.Sort(seen)
	made.nodes = slices.Compact(seen)
	others := map[string]bool{}
	for _, status := range sighting.facts.Scopes() {
		digits := accountOf(status.Scope)
		at, known := sighting.place[digits]
		switch {
		case digits == "" || !known || !sighted[at]:
		case made.own[digits]:
			made.scopes = append(made.scopes, graph.Status{Scope: status.Scope, Incomplete: status.Incomplete})
		case !others[digits]: // that it was collected is all that bears on others
			others[digits] = true
			made.scopes = append(made.scopes, graph.Status{Scope: graph.Scope("aws/" + digits + "/")})
		}
	}
	slices.SortFunc(made.scopes, func(a, b graph.Status) int { return cmp.Compare(a.Scope, b.Scope) })
	return made
}

// Basis tells what the section sees: sections of one name with equal bases have equal edges, as far as no condition asks for the time.
func (section *Section) Basis() string {
	fingerprint := section.facts.Fingerprint(section.nodes)
	digest := sha256.New()
	_, _ = digest.Write(fingerprint[:]) // a digest takes all
	for _, status := range section.scopes {
		for _, text := range append([]string{string(status.Scope)}, status.Incomplete...) {
			_, _ = digest.Write(append([]byte(text), 0))
		}
		_, _ = digest.Write([]byte{1})
	}
	for _, digits := range slices.Sorted(maps.Keys(section.own)) {
		_, _ = digest.Write([]byte(digits + "\x00"))
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// Deriver derives the sections of one snapshot. It keeps the policies that it read.
type Deriver struct {
	library *library
	asOf    time.Time
}

// NewDeriver makes a deriver of what holds as of a time, as NewAuthorizer takes it.
func NewDeriver(asOf time.Time) *Deriver { return &Deriver{newLibrary(), asOf} }

// Found is what was derived of a section.
type Found struct {
	Edges []graph.Edge
	// Snapshot is what the section sees, and Authorizer answers for it.
	Snapshot   *graph.Snapshot
	Authorizer *Authorizer
	// Actors reports who may have techniques to look for: the section's own principals, if it is about principals, but those that
	// administer their account, who gain nothing by any.
	Actors func(graph.ID) bool
}

// Derive gives the attack edges that code of this package knows of a section. It stops early, with the context's error, when the context ends.
func (deriver *Deriver) Derive(ctx context.Context, section *Section) (found Found, err error) {
	found.Snapshot = section.facts.Cut(section.nodes, section.scopes)
	found.Authorizer = newAuthorizer(newEstate(found.Snapshot, section.own), deriver.library, deriver.asOf)
	if section.networks {
		found.Actors = func(graph.ID) bool { return false }
		found.Edges, err = found.Authorizer.reached(ctx)
		return found, err
	}
	var administers map[graph.ID]string
	found.Edges, administers, err = found.Authorizer.access(ctx)
	found.Actors = func(id graph.ID) bool { return administers[id] == "" && section.own[parseARN(string(id)).account] }
	return found, err
}

// Timed reports whether an answer that was given hung on the time as of which it was asked.
func (authorizer *Authorizer) Timed() bool { return authorizer.timed.Load() }
