// Package azure derives the attack edges of Microsoft Azure and Entra ID: which scopes whom controls, which identities
// workloads have, what the network lets in, and who opens which store. Each edge carries the assignment, rule or setting that
// makes it, what was looked at and did not stop it, and what is not known.
//
// One file holds one idea. Roles are judged by internal/iam/azure; this package tells it what the graph knows.
package azure

import (
	"context"

	"github.com/inroad-security/inroad/graph"
)

// Derive gives the attack edges that code of this package knows, deriver by deriver. It stops early, with the context's
// error, when the context ends.
func Derive(ctx context.Context, authorizer *Authorizer) ([]graph.Edge, error) {
	return authorizer.each(ctx, append(authorizer.identities(), authorizer.webApps, authorizer.machines, authorizer.sqlServers))
}

// Identities gives the part of Derive that is about who becomes whom, and who controls what.
func Identities(ctx context.Context, authorizer *Authorizer) ([]graph.Edge, error) {
	return authorizer.each(ctx, authorizer.identities())
}

func (authorizer *Authorizer) identities() []func() []graph.Edge {
	return []func() []graph.Edge{authorizer.contained, authorizer.assigners, authorizer.administrators, authorizer.passwords, authorizer.runsAs, authorizer.nodes, authorizer.applications}
}

func (authorizer *Authorizer) each(ctx context.Context, derivers []func() []graph.Edge) ([]graph.Edge, error) {
	var edges []graph.Edge
	for _, derive := range derivers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		edges = append(edges, derive()...)
	}
	return edges, ctx.Err()
}
