package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// access is one way of using a kind of store. Any of its actions suffices.
type access struct {
	store     graph.NodeKind
	edge      graph.EdgeKind
	technique string
	actions   []string
}

// accesses are the data-plane permissions that are followed, by the actions' descriptions in the Service Authorization
// Reference. What a database hands out by its own logins is not among them.
var accesses = []access{
	{kinds.AWSBucket, kinds.CanRead, storeAccess, []string{"s3:GetObject"}},
	{kinds.AWSBucket, kinds.CanWrite, storeAccess, []string{"s3:PutObject", "s3:DeleteObject"}},
	{kinds.AWSSecret, kinds.CanRead, storeAccess, []string{"secretsmanager:GetSecretValue"}},
	{kinds.AWSSecret, kinds.CanWrite, storeAccess, []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"}},
	{kinds.AWSParameter, kinds.CanRead, storeAccess, []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"}},
	{kinds.AWSParameter, kinds.CanWrite, storeAccess, []string{"ssm:PutParameter", "ssm:DeleteParameter"}},
	{kinds.AWSKey, kinds.CanDecrypt, keyDecrypt, []string{"kms:Decrypt"}},
	{kinds.AWSVolumeSnapshot, kinds.CanRead, storeAccess, []string{"ebs:GetSnapshotBlock"}},
}

// storeAccesses derives which principals use which stores and keys. Administrators of a store's account are left
// out: they get there by the account. So are service-linked roles, whom nobody can be.
//
// A principal is only asked about stores that its own policies may cover or whose policies let it in. That a store is open
// to anyone is not said again of each principal.
//
// Their edges are most of all edges, so each principal's evidence is shared before the next one's is made.
func (authorizer *Authorizer) storeAccesses(administers map[graph.ID]string, public map[graph.ID]bool, sharer sharer) []graph.Edge {
	var edges []graph.Edge
	shelves, invitations := authorizer.shelves(public), authorizer.invitations(public)
	for _, account := range authorizer.estate.order {
		for _, principal := range account.principals {
			if serviceLinked(principal) || !principal.known() {
				continue
			}
			own := len(edges)
			for _, way := range accesses {
				for _, store := range authorizer.within(principal, way, shelves.of(account.digits, way.store), invitations) {
					holder := authorizer.estate.holder(store)
					if holder != nil && administers[principal.ID] == holder.digits {
						continue
					}
					if edge, holds := authorizer.uses(principal, store, way); holds {
						edges = append(edges, edge)
					}
				}
			}
			sharer.share(edges[own:])
		}
	}
	return edges
}

// shelf is stores of one kind, ordered by their names.
type shelf struct {
	names  []string
	stores []*node
}

func (shelf *shelf) put(store *node) {
	shelf.names, shelf.stores = append(shelf.names, string(store.ID)), append(shelf.stores, store)
}

// shelves holds, for each account and kind of store, the stores that its principals can have anything to do with: its own,
// and those of other accounts whose policies speak of it. AWS allows nothing else across accounts.
type shelves map[shelfKey]*shelf

type shelfKey struct {
	account string
	kind    graph.NodeKind
}

func (shelves shelves) of(account string, kind graph.NodeKind) *shelf {
	key := shelfKey{account, kind}
	if shelves[key] == nil {
		shelves[key] = &shelf{}
	}
	return shelves[key]
}

func (authorizer *Authorizer) shelves(public map[graph.ID]bool) shelves {
	shelves := shelves{}
	seen := map[graph.NodeKind]bool{}
	for _, way := range accesses {
		if seen[way.store] {
			continue
		}
		seen[way.store] = true
		for _, store := range authorizer.estate.all(way.store) {
			if store.known() {
				for _, digits := range authorizer.concerned(store, public[store.ID]) {
					shelves.of(digits, way.store).put(store)
				}
			}
		}
	}
	return shelves
}

// concerned gives the accounts whose principals a store may let in, sorted.
func (authorizer *Authorizer) concerned(store *node, public bool) []string {
	var accounts []string
	if holder := authorizer.estate.holder(store); holder != nil {
		accounts = append(accounts, holder.digits)
	}
	named, anyone := authorizer.target(string(store.ID)).named()
	for _, name := range named {
		if digits := parseARN(name).account; digits != "" {
			accounts = append(accounts, digits)
		} else if isAccount(name) {
			accounts = append(accounts, name)
		}
	}
	if anyone && !public {
		for _, account := range authorizer.estate.order {
			accounts = append(accounts, account.digits)
		}
	}
	return graph.Sorted(accounts)
}

// within gives the stores of a shelf that the principal's permissions may be about, in the order of their ids.
func (authorizer *Authorizer) within(principal *node, way access, shelf *shelf, invitations map[string][]string) []*node {
	who := authorizer.subject(principal.ID)
	found := map[int]bool{}
	look := func(patterns []string) {
		for _, text := range patterns {
			reach := newReach(text, way.store)
			start, _ := slices.BinarySearch(shelf.names, reach.literal)
			for i := start; i < len(shelf.names) && strings.HasPrefix(shelf.names[i], reach.literal); i++ {
				if !found[i] && reach.concerns(shelf.names[i]) {
					found[i] = true
				}
			}
		}
	}
	for _, action := range way.actions {
		action = strings.ToLower(action)
		byName, _ := authorizer.lettingIn(who, action)
		look(who.policies.ResourcePatterns(action))
		look(byName)
		look(invitations[action])
	}
	var stores []*node
	for i, store := range shelf.stores {
		if found[i] {
			stores = append(stores, store)
		}
	}
	return stores
}

// reach is a resource pattern as far as it is about stores of a kind.
type reach struct {
	pattern *iam.Pattern
	literal string // what the names of all the stores that it is about begin with
	bucket  bool   // it is about objects; the stores are buckets
	exact   bool   // it is about the one bucket that literal names
}

func newReach(text string, kind graph.NodeKind) reach {
	made := reach{pattern: iam.CompilePattern(text), literal: text, bucket: kind == kinds.AWSBucket}
	if at := strings.IndexAny(text, "*?"); at >= 0 {
		made.literal = text[:at]
	}
	if made.bucket {
		made.literal, _, made.exact = strings.Cut(made.literal, "/")
	}
	return made
}

func (reach reach) concerns(name string) bool {
	switch {
	case reach.pattern.All():
		return true
	case reach.exact:
		return name == reach.literal
	case reach.bucket:
		_, meets := reach.pattern.Intersects(iam.CompilePattern(name + "/*"))
		return meets
	}
	return reach.pattern.Match(name)
}

// uses decides one principal's access to one store.
func (authorizer *Authorizer) uses(principal, store *node, way access) (graph.Edge, bool) {
	var best technique.Decision
	var objects string
	if store.Kind == kinds.AWSBucket {
		objects, best = authorizer.objects(principal.ID, store, way.actions)
	} else {
		for _, action := range way.actions {
			decision := authorizer.Can(principal.ID, action, string(store.ID), nil)
			if decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
				best = decision
			}
			if best.Holds && best.Verdict == graph.Proven {
				break
			}
		}
	}
	if !best.Holds {
		return graph.Edge{}, false
	}
	edge := graph.Edge{
		From: principal.ID, To: store.ID, Kind: way.edge, Technique: way.technique, Requires: authorizer.encryptedWith(store, way.edge),
		Verdict: best.Verdict, Cause: best.Cause, Evidence: best.Evidence,
	}
	if objects != "" {
		edge.Props = graph.Props{"objects": objects}
	}
	authorizer.unlocked(principal.ID, &edge)
	return edge, authorizer.readable(store, authorizer.estate.accounts[parseARN(string(principal.ID)).account], &edge)
}
