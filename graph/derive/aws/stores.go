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
	{kinds.AWSSecret, kinds.CanRead, storeAccess, []string{"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"}},
	{kinds.AWSSecret, kinds.CanWrite, storeAccess, []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"}},
	{kinds.AWSParameter, kinds.CanRead, storeAccess, []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory"}},
	{kinds.AWSParameter, kinds.CanWrite, storeAccess, []string{"ssm:PutParameter", "ssm:DeleteParameter"}},
	{kinds.AWSKey, kinds.CanDecrypt, keyDecrypt, []string{"kms:Decrypt"}},
	{kinds.AWSVolumeSnapshot, kinds.CanRead, storeAccess, []string{"ebs:GetSnapshotBlock"}},
}

// storeAccesses derives which principals use which stores and keys. Administrators of a store's account are left
// out: they get there by the account. So are service-linked roles, whom nobody can be.
//
// A principal is only asked about stores that its own policies may cover or whose policies name it.
func (authorizer *Authorizer) storeAccesses(administers map[graph.ID]string) []graph.Edge {
	var edges []graph.Edge
	shelves := authorizer.estate.shelves()
	for _, account := range authorizer.estate.order {
		for _, principal := range account.principals {
			if serviceLinked(principal) || len(principal.Props) == 0 {
				continue
			}
			for _, way := range accesses {
				for _, store := range authorizer.within(principal, way, shelves[way.store]) {
					holder := authorizer.estate.holder(store)
					if holder != nil && administers[principal.ID] == holder.digits {
						continue
					}
					if edge, holds := authorizer.uses(principal, store, way); holds {
						edges = append(edges, edge)
					}
				}
			}
		}
	}
	return edges
}

// shelf is the stores of a kind, ordered by their names.
type shelf struct {
	names  []string
	stores []*node
}

func (estate *estate) shelves() map[graph.NodeKind]*shelf {
	shelves := map[graph.NodeKind]*shelf{}
	for _, way := range accesses {
		if shelves[way.store] != nil {
			continue
		}
		made := &shelf{}
		for _, store := range estate.all(way.store) {
			if len(store.Props) > 0 {
				made.names, made.stores = append(made.names, string(store.ID)), append(made.stores, store)
			}
		}
		shelves[way.store] = made
	}
	return shelves
}

// within gives the stores that the principal's permissions may be about, in the order of their ids.
func (authorizer *Authorizer) within(principal *node, way access, shelf *shelf) []*node {
	who := authorizer.subject(principal.ID)
	found := map[int]bool{}
	for _, action := range way.actions {
		for _, text := range authorizer.where(who, strings.ToLower(action)) {
			pattern := iam.CompilePattern(text)
			literal := text
			if at := strings.IndexAny(text, "*?"); at >= 0 {
				literal = text[:at]
			}
			if way.store == kinds.AWSBucket { // a pattern of objects is about the bucket before the slash
				literal, _, _ = strings.Cut(literal, "/")
			}
			start, _ := slices.BinarySearch(shelf.names, literal)
			for i := start; i < len(shelf.names) && strings.HasPrefix(shelf.names[i], literal); i++ {
				if !found[i] && concerns(pattern, way.store, shelf.names[i]) {
					found[i] = true
				}
			}
		}
	}
	var stores []*node
	for i, store := range shelf.stores {
		if found[i] && authorizer.possible(principal, store) {
			stores = append(stores, store)
		}
	}
	return stores
}

func concerns(pattern *iam.Pattern, kind graph.NodeKind, name string) bool {
	if kind != kinds.AWSBucket {
		return pattern.Match(name)
	}
	_, meets := pattern.Intersects(iam.CompilePattern(name + "/*"))
	return meets
}

// possible rules out what AWS never allows: a store of another account whose policy does not speak of the principal's.
func (authorizer *Authorizer) possible(principal, store *node) bool {
	holder := authorizer.estate.holder(store)
	account := parseARN(string(principal.ID)).account
	if holder == nil || holder.digits == account {
		return true
	}
	named, anyone := authorizer.target(string(store.ID)).named()
	return anyone || slices.ContainsFunc(named, func(name string) bool {
		return name == account || parseARN(name).account == account || !strings.Contains(name, ":")
	})
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
	return edge, true
}
