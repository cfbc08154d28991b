// Package aws derives the attack edges of Amazon Web Services: what the network lets in, which identities workloads have,
// who becomes which role, who administers which account, and who reads which store. Each edge carries the statement, rule
// or setting that makes it, every guardrail that was looked at, and what is not known.
//
// One file holds one idea. Permissions are judged by internal/iam/aws, packets by internal/packet/awsnet; this package
// tells them what the graph knows.
package aws

import (
	"context"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Derive gives the attack edges that code of this package knows, deriver by deriver, and who administers what: the
// digits of the account by principal. It stops early, with the context's error, when the context ends.
func Derive(ctx context.Context, authorizer *Authorizer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	sharer := newSharer()
	found, administers, err := authorizer.identities(ctx, sharer)
	if err != nil {
		return nil, nil, err
	}
	for _, derive := range []func() []graph.Edge{
		authorizer.runAs,
		authorizer.publicBuckets,
		authorizer.openStores,
		authorizer.kubernetes,
		authorizer.shared,
		authorizer.resourceShares,
		authorizer.functionURLs,
		authorizer.openFunctions,
		authorizer.credentials,
		authorizer.exposed,
		func() []graph.Edge { return authorizer.exploits(found) },
		func() []graph.Edge { return authorizer.foreignAccesses(public(found)) },
		func() []graph.Edge { return authorizer.storeAccesses(administers, public(found), sharer) },
		func() []graph.Edge { return authorizer.unlistedStores(administers) },
	} {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found = append(found, sharer.share(derive()))
	}
	return slices.Concat(found...), administers, ctx.Err()
}

// Identities gives the part of Derive that is about who becomes whom: who administers which account, what an account holds, and who
// assumes which role.
func Identities(ctx context.Context, authorizer *Authorizer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	found, administers, err := authorizer.identities(ctx, newSharer())
	return slices.Concat(found...), administers, err
}

func (authorizer *Authorizer) identities(ctx context.Context, sharer sharer) (found [][]graph.Edge, administers map[graph.ID]string, err error) {
	first, administers := authorizer.administrators()
	found = append(found, sharer.share(first))
	for _, derive := range []func() []graph.Edge{authorizer.accountControl, authorizer.assumptions, authorizer.directory} {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		found = append(found, sharer.share(derive()))
	}
	return found, administers, ctx.Err()
}

// public gives the stores that anyone reads, if only perhaps, with nothing else in hand.
func public(found [][]graph.Edge) map[graph.ID]bool {
	stores := map[graph.ID]bool{}
	for _, edges := range found {
		for _, edge := range edges {
			if edge.From == graph.Internet && edge.Kind == kinds.CanRead && len(edge.Requires) == 0 {
				stores[edge.To] = true
			}
		}
	}
	return stores
}
