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
)

// Derive gives the attack edges that code of this package knows, deriver by deriver, and who administers what: the
// digits of the account by principal. It stops early, with the context's error, when the context ends.
func Derive(ctx context.Context, authorizer *Authorizer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	access, administers, err := authorizer.access(ctx)
	if err != nil {
		return nil, nil, err
	}
	reached, err := authorizer.reached(ctx)
	return slices.Concat(access, reached), administers, err
}

// Identities gives the part of Derive that is about who becomes whom: who administers which account, what an account holds, and who
// assumes which role.
func Identities(ctx context.Context, authorizer *Authorizer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	return authorizer.identities(ctx, newSharer())
}

// access derives what is gained by permission or by what is set up, wherever packets get to.
func (authorizer *Authorizer) access(ctx context.Context) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	sharer := newSharer()
	edges, administers, err = authorizer.identities(ctx, sharer)
	if err != nil {
		return nil, nil, err
	}
	more, err := inTurn(ctx, sharer,
		authorizer.runAs,
		authorizer.publicBuckets,
		authorizer.openStores,
		authorizer.kubernetes,
		authorizer.shared,
		authorizer.resourceShares,
		authorizer.openFunctions,
		authorizer.credentials,
		authorizer.foreignAccesses,
		func() []graph.Edge { return authorizer.storeAccesses(administers, sharer) },
		func() []graph.Edge { return authorizer.unlistedStores(administers) },
	)
	return append(edges, more...), administers, err
}

// reached derives where packets get to, and what answering them leads to.
func (authorizer *Authorizer) reached(ctx context.Context) ([]graph.Edge, error) {
	sharer := newSharer()
	edges, err := inTurn(ctx, sharer, authorizer.functionURLs, authorizer.exposed)
	if err != nil {
		return nil, err
	}
	return append(edges, sharer.share(authorizer.exploits(edges))...), ctx.Err()
}

func (authorizer *Authorizer) identities(ctx context.Context, sharer sharer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	first, administers := authorizer.administrators()
	more, err := inTurn(ctx, sharer, authorizer.accountControl, authorizer.assumptions, authorizer.directory)
	return append(sharer.share(first), more...), administers, err
}

// inTurn joins what several derivers find, as long as the context does not end.
func inTurn(ctx context.Context, sharer sharer, derivers ...func() []graph.Edge) ([]graph.Edge, error) {
	var found [][]graph.Edge
	for _, derive := range derivers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		found = append(found, sharer.share(derive()))
	}
	return slices.Concat(found...), ctx.Err()
}
