// Package derive turns a snapshot's structure into attack edges. It is pure: equal snapshots give equal batches, byte
// for byte, whatever the time, the machine or the number of processors.
package derive

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/derive/azure"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// Scope is where the derived edges of all clouds live. It has its name from when there was one.
const Scope graph.Scope = "derived/aws"

// Options say what to derive with.
type Options struct {
	// AWS is the catalogue of techniques to look for; technique.AWS() is the built-in one.
	AWS technique.Catalogue
	// Azure is as AWS; technique.Azure() is the built-in one.
	Azure technique.Catalogue
}

// Derive gives every attack edge of the snapshot, ordered, as a batch that replaces the last derivation. Attack edges that
// the snapshot holds already change nothing. It fails when the context ends.
func Derive(ctx context.Context, snapshot *graph.Snapshot, options Options) (graph.Batch, error) {
	authorizer := aws.NewAuthorizer(snapshot, aws.Newest(snapshot))
	edges, administers, err := aws.Derive(ctx, authorizer)
	if err != nil {
		return graph.Batch{}, fmt.Errorf("derive: aws: %w", err)
	}
	techniques, err := options.techniques(ctx, snapshot, authorizer, administers)
	if err != nil {
		return graph.Batch{}, err
	}
	microsoft, err := options.azure(ctx, snapshot, azure.Derive)
	if err != nil {
		return graph.Batch{}, err
	}
	edges = slices.Concat(edges, techniques, microsoft)
	for i := range edges {
		slices.Sort(edges[i].Requires)
	}
	slices.SortStableFunc(edges, order)
	return graph.Batch{Scope: Scope, Nodes: nodes(snapshot, edges), Edges: edges}, nil
}

// Escalations gives the attack edges by which principals become other principals or come to control accounts, in no order that is
// promised: a part of Derive, at a part of its cost.
func Escalations(ctx context.Context, snapshot *graph.Snapshot, options Options) ([]graph.Edge, error) {
	authorizer := aws.NewAuthorizer(snapshot, aws.Newest(snapshot))
	edges, administers, err := aws.Identities(ctx, authorizer)
	if err != nil {
		return nil, fmt.Errorf("derive: aws: %w", err)
	}
	techniques, err := options.techniques(ctx, snapshot, authorizer, administers)
	if err != nil {
		return nil, err
	}
	microsoft, err := options.azure(ctx, snapshot, azure.Identities)
	return slices.Concat(edges, techniques, microsoft), err
}

// azure derives the edges of Azure and looks for its techniques, where the snapshot holds any of it.
func (options Options) azure(ctx context.Context, snapshot *graph.Snapshot, derive func(context.Context, *azure.Authorizer) ([]graph.Edge, error)) ([]graph.Edge, error) {
	authorizer := azure.NewAuthorizer(snapshot)
	edges, err := derive(ctx, authorizer)
	if err != nil {
		return nil, fmt.Errorf("derive: azure: %w", err)
	}
	administers := authorizer.Administers()
	for edge := range options.Azure.Derive(snapshot, authorizer, func(principal graph.ID) bool { return administers[principal] }) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("derive: techniques: %w", err)
		}
		edges = append(edges, edge)
	}
	return edges, nil
}

// techniques looks for the catalogue's techniques; who administers an account has no need of them.
func (options Options) techniques(ctx context.Context, snapshot *graph.Snapshot, authorizer *aws.Authorizer, administers map[graph.ID]string) ([]graph.Edge, error) {
	var edges []graph.Edge
	administrator := func(id graph.ID) bool { return administers[id] != "" }
	for edge := range options.AWS.Derive(snapshot, authorizer, administrator) {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("derive: techniques: %w", err)
		}
		edges = append(edges, edge)
	}
	return edges, nil
}

func order(a, b graph.Edge) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Technique, b.Technique), slices.Compare(a.Requires, b.Requires))
}

// nodes gives the internet, and a stub of the right kind for each node that only a policy names.
func nodes(snapshot *graph.Snapshot, edges []graph.Edge) []graph.Node {
	named := map[graph.ID]graph.NodeKind{}
	seen := map[graph.ID]bool{graph.Internet: true}
	for _, edge := range edges {
		for _, id := range append([]graph.ID{edge.From, edge.To}, edge.Requires...) {
			if seen[id] {
				continue
			}
			seen[id] = true
			if i, known := snapshot.Find(id); !known || snapshot.Kind(i) == graph.Stub || len(snapshot.Props(i)) == 0 {
				named[id] = kindOf(id)
			}
		}
	}
	found := []graph.Node{{ID: graph.Internet, Kind: kinds.InternetKind}}
	for id, kind := range named {
		if kind != graph.Stub {
			found = append(found, graph.Node{ID: id, Kind: kind, Stub: true})
		}
	}
	slices.SortFunc(found, func(a, b graph.Node) int { return cmp.Compare(a.ID, b.ID) })
	return found
}

// kindOf reads the kind out of an id that no scope holds. An object of Entra ID does not tell what it is.
func kindOf(id graph.ID) graph.NodeKind {
	for _, known := range []struct {
		part string
		kind graph.NodeKind
	}{
		{":root", kinds.AWSAccount},
		{kinds.CanonicalUser, kinds.AWSAccount},
		{":role/", kinds.AWSRole},
		{":identitystore:::user/", kinds.AWSDirectoryUser},
		{":identitystore:::group/", kinds.AWSDirectoryGroup},
		{":user/", kinds.AWSUser},
		{":oidc-provider/", kinds.AWSIdentityProvider},
		{":saml-provider/", kinds.AWSIdentityProvider},
		{":key/", kinds.AWSKey},
		{"/segment", kinds.AWSSegment},
		{"/entrance", kinds.AWSSegment},
		{":organization/", kinds.AWSOrganization},
		{":ou/", kinds.AWSOrganizationalUnit},
	} {
		if strings.Contains(string(id), known.part) {
			return known.kind
		}
	}
	return graph.Stub
}
