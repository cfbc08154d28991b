// Package derive turns a snapshot's structure into attack edges. It is pure: equal snapshots give equal batches, byte
// for byte, whatever the time, the machine or the number of processors.
package derive

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/derive/azure"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// Scope is where derivation keeps its own state; the derived edges live in scopes beneath it, one for each section of the estate.
const Scope graph.Scope = "derived/aws"

// Derived reports whether a scope holds what was derived.
func Derived(scope graph.Scope) bool { return strings.HasPrefix(string(scope), "derived/") }

// Options say what to derive with.
type Options struct {
	// AWS is the catalogue of techniques to look for; technique.AWS() is the built-in one.
	AWS technique.Catalogue
	// Azure is as AWS; technique.Azure() is the built-in one.
	Azure technique.Catalogue
	// Program names the program that derives, so that no other one's edges are taken for its own. Where it is empty nothing that was
	// derived before is kept.
	Program string
}

// Derive gives every attack edge of the snapshot, as the batches by which a store comes to hold them in place of those that it holds. What it holds
// already, by the same program from the same facts, is not among them; otherwise attack edges that the snapshot holds change nothing. It fails when the
// context ends.
func Derive(ctx context.Context, snapshot *graph.Snapshot, options Options) ([]graph.Batch, error) {
	facts, err := snapshot.Of(func(scope graph.Scope) bool { return !Derived(scope) })
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	asOf := aws.Newest(facts)
	batches := []graph.Batch{{Scope: Scope, Nodes: []graph.Node{{ID: graph.Internet, Kind: kinds.InternetKind}}}}
	sections := map[graph.Scope]bool{Scope: true}
	all := options.sections(facts)
	for _, section := range all {
		sections[section.scope()] = true
	}
	made, err := inParallel(ctx, all, func(ctx context.Context, deriver *aws.Deriver, section section) (*graph.Batch, error) {
		return options.renewed(ctx, snapshot, deriver, section, asOf)
	}, func() *aws.Deriver { return aws.NewDeriver(asOf) })
	if err != nil {
		return nil, err
	}
	for _, batch := range made {
		if batch != nil {
			batches = append(batches, *batch)
		}
	}
	for _, status := range snapshot.Scopes() {
		if Derived(status.Scope) && !sections[status.Scope] && status.Nodes+status.Edges > 0 {
			batches = append(batches, graph.Batch{Scope: status.Scope})
		}
	}
	return batches, nil
}

// renewed derives a section; nil where the snapshot holds already what would be derived, or where there is nothing to hold.
func (options Options) renewed(ctx context.Context, snapshot *graph.Snapshot, deriver *aws.Deriver, section section, asOf time.Time) (*graph.Batch, error) {
	held, known := snapshot.Scope(section.scope())
	made := basis{program: options.Program}
	if options.Program != "" {
		made.facts = section.basis()
		if known && made.holds(held, asOf) {
			return nil, nil
		}
	}
	batch, timed, err := section.derive(ctx, deriver)
	if err != nil {
		return nil, fmt.Errorf("derive: %s: %w", section.name, err)
	}
	if timed {
		made.asOf = asOf
	}
	batch.Scope, batch.Basis = section.scope(), made.String()
	if !known && len(batch.Edges) == 0 {
		return nil, nil
	}
	return &batch, nil
}

// section is a part of an estate that is derived by itself: its edges hang on what its basis tells alone, and on the time if it says so.
type section struct {
	name   string
	basis  func() string
	derive func(context.Context, *aws.Deriver) (batch graph.Batch, timed bool, err error)
}

func (section section) scope() graph.Scope { return Scope + "/" + graph.Scope(section.name) }

// sections gives those of Amazon Web Services, ordered by name, and Azure as one.
func (options Options) sections(facts *graph.Snapshot) []section {
	var found []section
	for _, part := range aws.Sections(facts) {
		found = append(found, section{part.Name, part.Basis, func(ctx context.Context, deriver *aws.Deriver) (graph.Batch, bool, error) {
			return options.amazon(ctx, deriver, &part)
		}})
	}
	return append(found, section{"azure", func() string { return besidesAmazon(facts) }, func(ctx context.Context, _ *aws.Deriver) (graph.Batch, bool, error) {
		edges, err := options.azure(ctx, facts, azure.Derive)
		return batchOf(facts, edges), false, err
	}})
}

// besidesAmazon tells what the scopes of all clouds but Amazon's say.
func besidesAmazon(facts *graph.Snapshot) string {
	digest := sha256.New()
	for _, part := range facts.Parts() {
		if of := part.Digest(); !strings.HasPrefix(string(part.Status().Scope), "aws/") {
			_, _ = digest.Write(of[:]) // a digest takes all
		}
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// amazon derives the edges of one section of Amazon Web Services.
func (options Options) amazon(ctx context.Context, deriver *aws.Deriver, section *aws.Section) (batch graph.Batch, timed bool, err error) {
	found, err := deriver.Derive(ctx, section)
	if err != nil {
		return graph.Batch{}, false, err
	}
	techniques, err := options.techniques(ctx, found.Snapshot, found.Authorizer, found.Actors)
	return batchOf(found.Snapshot, slices.Concat(found.Edges, techniques)), found.Authorizer.Timed(), err
}

// batchOf orders edges, and adds the nodes that the snapshot does not know.
func batchOf(snapshot *graph.Snapshot, edges []graph.Edge) graph.Batch {
	for i := range edges {
		slices.Sort(edges[i].Requires)
	}
	slices.SortStableFunc(edges, order)
	return graph.Batch{Nodes: nodes(snapshot, edges), Edges: edges}
}

// basis is what a section's edges were derived from.
type basis struct {
	program, facts string
	asOf           time.Time // where the answers hung on it
}

// String is how a scope keeps it.
func (made basis) String() string {
	if made.program == "" {
		return ""
	}
	text := made.program + " " + made.facts
	if !made.asOf.IsZero() {
		text += " " + made.asOf.Format(time.RFC3339Nano)
	}
	return text
}

// holds reports whether a scope holds what would be derived as of a time: the time, as far as it bears on the edges, is told by the basis.
func (made basis) holds(held graph.Status, asOf time.Time) bool {
	timed := made
	timed.asOf = asOf
	return held.Complete() && (held.Basis == made.String() || held.Basis == timed.String())
}

// Escalations gives the attack edges by which principals become other principals or come to control accounts, in no order that is
// promised: a part of Derive, at a part of its cost.
func Escalations(ctx context.Context, snapshot *graph.Snapshot, options Options) ([]graph.Edge, error) {
	authorizer := aws.NewAuthorizer(snapshot, aws.Newest(snapshot))
	edges, administers, err := aws.Identities(ctx, authorizer)
	if err != nil {
		return nil, fmt.Errorf("derive: aws: %w", err)
	}
	techniques, err := options.techniques(ctx, snapshot, authorizer, func(id graph.ID) bool { return administers[id] == "" })
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
		edges = append(edges, authorizer.Behind(edge))
	}
	return edges, nil
}

// techniques looks for the catalogue's techniques of some actors; who administers an account has no need of them.
func (options Options) techniques(ctx context.Context, snapshot *graph.Snapshot, authorizer *aws.Authorizer, actors func(graph.ID) bool) ([]graph.Edge, error) {
	var edges []graph.Edge
	for edge := range options.AWS.Derive(snapshot, authorizer, func(id graph.ID) bool { return !actors(id) }) {
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

// nodes gives a stub of the right kind for each node that only a policy names.
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
	var found []graph.Node
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
