// Package aws derives the attack edges of Amazon Web Services: what the network lets in, which identities workloads have,
// who becomes which role, who administers which account, and who reads which store. Each edge carries the statement, rule
// or setting that makes it, every guardrail that was looked at, and what is not known.
//
// One file holds one idea. Permissions are judged by internal/iam/aws, packets by internal/packet/awsnet; this package
// tells them what the graph knows.
package aws

import (
	"context"

	"github.com/inroad-security/inroad/graph"
)

// Derive gives the attack edges that code of this package knows, deriver by deriver, and who administers what: the
// digits of the account by principal. It stops early, with the context's error, when the context ends.
func Derive(ctx context.Context, authorizer *Authorizer) (edges []graph.Edge, administers map[graph.ID]string, err error) {
	edges, administers = authorizer.administrators()
	for _, derive := range []func() []graph.Edge{
		authorizer.accountControl,
		authorizer.assumptions,
		authorizer.runAs,
		authorizer.publicBuckets,
		authorizer.shared,
		authorizer.functionURLs,
		authorizer.estate.exposed,
		func() []graph.Edge { return authorizer.storeAccesses(administers) },
	} {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		edges = append(edges, derive()...)
	}
	return edges, administers, ctx.Err()
}
