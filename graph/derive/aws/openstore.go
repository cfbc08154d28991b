package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// openStores derives the stores that anyone uses because their own policy lets everyone in, other than buckets, which have
// public-access blocks. Most services take no unsigned request, but anyone can open an account to sign with: a policy
// whose principal is * lets that in ("AWS JSON policy elements: Principal",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func (authorizer *Authorizer) openStores() []graph.Edge {
	var edges []graph.Edge
	for _, way := range accesses {
		if way.policy == "" || way.kind == kinds.AWSBucket {
			continue
		}
		for _, store := range authorizer.estate.all(way.kind) {
			if _, anyone := authorizer.target(string(store.ID)).named(); !anyone {
				continue
			}
			if edge, holds := authorizer.openTo(store, way); holds {
				edges = append(edges, edge)
			}
		}
	}
	return edges
}

// public reports whether anyone reads a store, if only perhaps, with nothing else in hand, because its own policy or access control
// list says so.
func (authorizer *Authorizer) public(store *node) bool {
	known, ok := authorizer.opened[store.ID]
	if !ok {
		known = slices.ContainsFunc(authorizer.toAnyone(store), func(edge graph.Edge) bool {
			return edge.From == graph.Internet && edge.Kind == kinds.CanRead && len(edge.Requires) == 0
		})
		authorizer.opened[store.ID] = known
	}
	return known
}

func (authorizer *Authorizer) toAnyone(store *node) []graph.Edge {
	if store.Kind == kinds.AWSBucket {
		return append(authorizer.publicByPolicy(store), authorizer.byACL(store)...)
	}
	if _, anyone := authorizer.target(string(store.ID)).named(); !anyone {
		return nil
	}
	var edges []graph.Edge
	for _, way := range accesses {
		if way.kind != store.Kind || way.edge != kinds.CanRead || way.policy == "" {
			continue
		}
		if edge, holds := authorizer.openTo(store, way); holds {
			edges = append(edges, edge)
		}
	}
	return edges
}

// openTo asks for whoever is nobody in particular: without an account, and else with one of their own.
func (authorizer *Authorizer) openTo(store *node, way access) (graph.Edge, bool) {
	var best technique.Decision
	var part string
	for _, who := range []*subject{authorizer.subject(graph.Internet), authorizer.outsider()} {
		if decision, some := authorizer.mayUse(who, store, way); decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best, part = decision, some
		}
	}
	if !best.Holds {
		return graph.Edge{}, false
	}
	edge := graph.Edge{
		From: graph.Internet, To: store.ID, Kind: way.edge, Technique: openPolicy, Requires: authorizer.encryptedWith(store, way.edge),
		Verdict: best.Verdict, Cause: best.Cause, Evidence: append(best.Evidence, granted(store.ID, way.policy, "its policy lets in everyone: anyone with an AWS account")),
	}
	if part != "" {
		edge.Props = graph.Props{"objects": part}
	}
	way.weaken(store, &edge)
	return edge, authorizer.readable(store, nil, &edge)
}
