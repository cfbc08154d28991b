package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// world builds a small estate, a line a resource.
type world struct {
	t     *testing.T
	nodes []graph.Node
	edges []graph.Edge
}

const (
	ours   = "111111111111"
	theirs = "222222222222"
)

// asOf is when the tests' requests are made.
var asOf = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// newWorld has two accounts that are in no organization.
func newWorld(t *testing.T) *world {
	t.Helper()
	world := &world{t: t}
	for _, digits := range []string{ours, theirs} {
		world.add(root(digits), kinds.AWSAccount, graph.Props{"account": digits, "name": digits, "organizations": "none"})
	}
	return world
}

func root(digits string) graph.ID { return graph.ID("arn:aws:iam::" + digits + ":root") }
func user(name string) graph.ID   { return graph.ID("arn:aws:iam::" + ours + ":user/" + name) }
func role(name string) graph.ID   { return graph.ID("arn:aws:iam::" + ours + ":role/" + name) }
func foreignUser(name string) graph.ID {
	return graph.ID("arn:aws:iam::" + theirs + ":user/" + name)
}

func ec2(kind, id string) graph.ID {
	return graph.ID("arn:aws:ec2:eu-west-1:" + ours + ":" + kind + "/" + id)
}

func (world *world) add(id graph.ID, kind graph.NodeKind, props graph.Props) graph.ID {
	world.nodes = append(world.nodes, graph.Node{ID: id, Kind: kind, Props: props})
	return id
}

func (world *world) edge(from graph.ID, kind graph.EdgeKind, to graph.ID) {
	world.edges = append(world.edges, graph.Edge{From: from, To: to, Kind: kind})
}

// set changes a property of a node.
func (world *world) set(id graph.ID, name string, value any) {
	for i := range world.nodes {
		if world.nodes[i].ID == id {
			if value == nil {
				delete(world.nodes[i].Props, name)
			} else {
				world.nodes[i].Props[name] = value
			}
			return
		}
	}
	world.t.Fatalf("no node %s", id)
}

// user adds a user with inline policies, each a list of statements.
func (world *world) user(id graph.ID, policies ...string) graph.ID {
	name := parseARN(string(id))
	world.add(id, kinds.AWSUser, graph.Props{"name": last(string(id)), "account": name.account, "tags": []string{}, "mfa": false, "active_keys": int64(1)})
	world.inline(id, policies...)
	return id
}

// role adds a role with its trust statements and inline policies.
func (world *world) role(id graph.ID, trust string, policies ...string) graph.ID {
	name := parseARN(string(id))
	world.add(id, kinds.AWSRole, graph.Props{"name": last(string(id)), "account": name.account, "tags": []string{}, "trust": policy(trust)})
	world.inline(id, policies...)
	return id
}

func (world *world) inline(owner graph.ID, policies ...string) {
	for i, statements := range policies {
		id := graph.ID(fmt.Sprintf("%s/inline-policy/p%d", owner, i+1))
		world.add(id, kinds.AWSInlinePolicy, graph.Props{"document": policy(statements)})
		world.edge(owner, kinds.HasPolicy, id)
	}
}

// boundary adds a permissions boundary to a principal.
func (world *world) boundary(owner graph.ID, statements string) {
	id := graph.ID("arn:aws:iam::" + ours + ":policy/boundary")
	world.add(id, kinds.AWSPolicy, graph.Props{"document": policy(statements)})
	world.edge(owner, kinds.BoundedBy, id)
}

// organization puts both accounts into one organization, ours in a unit that has the service control policy.
func (world *world) organization(statements string) {
	org := graph.ID("arn:aws:organizations::" + theirs + ":organization/o-1")
	top := graph.ID("arn:aws:organizations::" + theirs + ":root/o-1/r-1")
	unit := graph.ID("arn:aws:organizations::" + theirs + ":ou/o-1/ou-1")
	full := graph.ID("arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess")
	scp := graph.ID("arn:aws:organizations::" + theirs + ":policy/o-1/service_control_policy/p-1")
	world.add(org, kinds.AWSOrganization, graph.Props{"name": "o-1"})
	world.add(top, kinds.AWSOrganizationalUnit, graph.Props{"root": true})
	world.add(unit, kinds.AWSOrganizationalUnit, graph.Props{"name": "unit"})
	world.add(full, kinds.AWSControlPolicy, graph.Props{"type": "SERVICE_CONTROL_POLICY", "document": policy(allow("*", "*"))})
	world.add(scp, kinds.AWSControlPolicy, graph.Props{"type": "SERVICE_CONTROL_POLICY", "document": policy(statements)})
	world.edge(org, kinds.Contains, top)
	world.edge(top, kinds.Contains, unit)
	world.edge(unit, kinds.Contains, root(ours))
	world.edge(top, kinds.Contains, root(theirs))
	for _, place := range []graph.ID{top, unit, root(ours), root(theirs)} {
		world.edge(full, kinds.AttachedTo, place)
	}
	world.edge(scp, kinds.AttachedTo, unit)
	for _, digits := range []string{ours, theirs} {
		world.set(root(digits), "organizations", "member")
		world.set(root(digits), "organization", "o-1")
	}
	world.set(root(theirs), "management", true)
}

func (world *world) snapshot() *graph.Snapshot {
	world.t.Helper()
	own := graph.Batch{Scope: graph.Scope("aws/" + ours + "/global/test")}
	other := graph.Batch{Scope: graph.Scope("aws/" + theirs + "/global/test")}
	batches := map[bool]*graph.Batch{false: &own, true: &other}
	for _, held := range world.nodes {
		batch := batches[ownerOf(&node{Node: held}) == theirs]
		batch.Nodes = append(batch.Nodes, held)
	}
	for _, edge := range world.edges {
		batch := batches[accountIn(string(edge.From)) == theirs]
		batch.Edges = append(batch.Edges, edge)
	}
	snapshot, err := graph.NewSnapshot(1, own, other)
	if err != nil {
		world.t.Fatal(err)
	}
	return snapshot
}

// derive gives the attack edges of the world. Its sections, each of which sees a part of the world alone, must have the same.
func (world *world) derive() []graph.Edge {
	world.t.Helper()
	whole, sections := world.derived(NewDeriver(asOf))
	sameEdges(world.t, whole, sections)
	return whole
}

func (world *world) derived(deriver *Deriver) (whole, sections []graph.Edge) {
	world.t.Helper()
	snapshot := world.snapshot()
	whole, _, err := Derive(context.Background(), NewAuthorizer(snapshot, deriver.asOf))
	if err != nil {
		world.t.Fatal(err)
	}
	for _, section := range Sections(snapshot) {
		found, err := deriver.Derive(context.Background(), &section)
		if err != nil {
			world.t.Fatal(err)
		}
		sections = append(sections, found.Edges...)
	}
	return whole, sections
}

// sameEdges holds two lists of edges to be the same, in whatever order.
func sameEdges(t *testing.T, want, got []graph.Edge) {
	t.Helper()
	told := func(edges []graph.Edge) []string {
		var lines []string
		for _, edge := range edges {
			lines = append(lines, fmt.Sprintf("%s -[%s %s %v]-> %s %s %s %v\n%s", edge.From, edge.Kind, edge.Technique, edge.Requires, edge.To, edge.Verdict, edge.Cause, edge.Props, tell(edge)))
		}
		return graph.Sorted(lines)
	}
	if differs := cmp.Diff(told(want), told(got)); differs != "" {
		t.Fatalf("the sections differ from the whole (-whole +sections):\n%s", differs)
	}
}

// find gives the first edge of a kind between two nodes.
func find(edges []graph.Edge, from graph.ID, kind graph.EdgeKind, to graph.ID) (graph.Edge, bool) {
	at := slices.IndexFunc(edges, func(edge graph.Edge) bool { return edge.From == from && edge.Kind == kind && edge.To == to })
	if at < 0 {
		return graph.Edge{}, false
	}
	return edges[at], true
}

// must fails unless the edge is there with the verdict, a cause and evidence.
func must(t *testing.T, edges []graph.Edge, from graph.ID, kind graph.EdgeKind, to graph.ID, verdict graph.Verdict) graph.Edge {
	t.Helper()
	edge, found := find(edges, from, kind, to)
	if !found {
		t.Fatalf("missing: %s -[%s]-> %s", from, kind, to)
	}
	if edge.Verdict != verdict {
		t.Errorf("%s -[%s]-> %s is %s, want %s\n%s", from, kind, to, edge.Verdict, verdict, tell(edge))
	}
	if edge.Cause == "" || len(edge.Evidence) == 0 {
		t.Errorf("%s -[%s]-> %s does not explain itself: %+v", from, kind, to, edge)
	}
	if gap := slices.ContainsFunc(edge.Evidence, isGap); edge.Verdict != graph.Proven && !gap {
		t.Errorf("%s -[%s]-> %s is %s and names no gap", from, kind, to, edge.Verdict)
	}
	return edge
}

func mustNot(t *testing.T, edges []graph.Edge, from graph.ID, kind graph.EdgeKind, to graph.ID) {
	t.Helper()
	if edge, found := find(edges, from, kind, to); found {
		t.Errorf("must not be: %s -[%s]-> %s\n%s", from, kind, to, tell(edge))
	}
}

func isGap(piece graph.Evidence) bool { return piece.Kind == graph.Gap }

func tell(edge graph.Edge) string {
	var lines []string
	for _, piece := range edge.Evidence {
		lines = append(lines, fmt.Sprintf("\t%s %s %s: %s", piece.Kind, piece.Source, piece.Locator, piece.Detail))
	}
	return strings.Join(lines, "\n")
}

// policy wraps statements into a document.
func policy(statements string) string {
	return `{"Version":"2012-10-17","Statement":[` + statements + `]}`
}

func allow(action, resource string) string { return statement("Allow", action, resource, "") }
func deny(action, resource string) string  { return statement("Deny", action, resource, "") }

// allowIf adds a condition block, as JSON.
func allowIf(action, resource, condition string) string {
	return statement("Allow", action, resource, condition)
}

func statement(effect, action, resource, condition string) string {
	made := map[string]any{"Effect": effect, "Action": strings.Split(action, " "), "Resource": strings.Split(resource, " ")}
	if condition != "" {
		made["Condition"] = json.RawMessage(condition)
	}
	return encode(made)
}

// trust lets principals in: account numbers and ARNs, services, or "*".
func trust(principals ...string) string { return trustIf("", principals...) }

func trustIf(condition string, principals ...string) string {
	made := map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole"}
	if strings.HasSuffix(principals[0], ".amazonaws.com") {
		made["Principal"] = map[string]any{"Service": principals}
	} else {
		made["Principal"] = map[string]any{"AWS": principals}
	}
	if condition != "" {
		made["Condition"] = json.RawMessage(condition)
	}
	return encode(made)
}

// share is a statement of a resource's policy.
func share(principal, action, resource, condition string) string {
	made := map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": principal}, "Action": strings.Split(action, " "), "Resource": strings.Split(resource, " ")}
	if condition != "" {
		made["Condition"] = json.RawMessage(condition)
	}
	return encode(made)
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
