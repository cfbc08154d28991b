// Package rehearsal makes changes on facts: what a cloud's own description would be once a plan is carried out. Attack edges derived of that are what the rules say of
// the changed cloud, where walking without some edges trusts that each rests on the one cause that it names.
package rehearsal

import (
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// Edited is a graph's facts after changes.
type Edited struct {
	// Facts is the graph without its attack edges, with the changes made.
	Facts *graph.Snapshot
	// Left are the changes that are none of a fact that was collected, such as a way of access that names no cause.
	Left []scoring.Change
}

// Edit makes changes on the facts of a graph, which stays as it is. The scopes come along, so that what was not read stays said.
func Edit(snapshot *graph.Snapshot, changes []scoring.Change) (Edited, error) {
	draft := &draft{snapshot: snapshot, props: map[graph.ID]graph.Props{}, statements: map[place]map[string]bool{}, without: map[[2]graph.ID]bool{}, dropped: map[graph.ID]bool{}}
	var edited Edited
	for _, change := range changes {
		if edit, ok := edits[change.Kind]; !ok || !edit(draft, change) {
			edited.Left = append(edited.Left, change)
		}
	}
	draft.removeStatements()
	var err error
	edited.Facts, err = draft.packed()
	return edited, err
}

// edits make a change of each kind that is one of facts. false tells that this one is not, and then nothing was edited.
var edits = map[scoring.ChangeKind]func(*draft, scoring.Change) bool{
	scoring.RemoveRule:        removeRule,
	scoring.RemoveStatement:   removeStatement,
	scoring.DetachPolicy:      detachPolicy,
	scoring.SetBoundary:       setBoundary,
	scoring.BlockPublicAccess: blockPublicAccess,
	scoring.ChangeSetting:     changeSetting,
	scoring.RequireIMDSv2: func(draft *draft, change scoring.Change) bool {
		return draft.set(change.Subject, "metadata_tokens", "required")
	},
	scoring.DisableMetadata: func(draft *draft, change scoring.Change) bool {
		return draft.set(change.Subject, "metadata_disabled", true)
	},
	scoring.ReplaceRole: replaceRole,
	scoring.Patch:       patch,
}

// draft is a graph's facts while they are edited.
type draft struct {
	snapshot   *graph.Snapshot
	props      map[graph.ID]graph.Props // of nodes that were changed
	nodes      []graph.Node             // that were added
	edges      []graph.Edge
	without    map[[2]graph.ID]bool // HAS_POLICY edges that were taken away
	dropped    map[graph.ID]bool
	statements map[place]map[string]bool // to remove, by their locators: all of one policy at once, since some are numbers of places
}

// place is a property of a node.
type place struct {
	node     graph.ID
	property string
}

// of gives a node's properties, to be read.
func (draft *draft) of(id graph.ID) (graph.NodeKind, graph.Props, bool) {
	at, ok := draft.snapshot.Find(id)
	if !ok || draft.snapshot.Stub(at) {
		return "", nil, false
	}
	if props, changed := draft.props[id]; changed {
		return draft.snapshot.Kind(at), props, true
	}
	return draft.snapshot.Kind(at), draft.snapshot.Props(at), true
}

// set changes a property of a node that was collected.
func (draft *draft) set(id graph.ID, property string, value any) bool {
	_, props, ok := draft.of(id)
	if ok {
		props = maps.Clone(props)
		props[property] = value
		draft.props[id] = props
	}
	return ok
}

// packed gives the facts.
func (draft *draft) packed() (*graph.Snapshot, error) {
	batch := graph.Batch{Scope: "rehearsal/facts", Nodes: draft.nodes, Edges: draft.edges}
	nodes, edges := draft.snapshot.All()
	for node := range nodes {
		if draft.dropped[node.ID] || node.Kind == graph.Stub {
			continue // an edge that names a stub makes it again
		}
		if props, changed := draft.props[node.ID]; changed {
			node.Props = props
		}
		batch.Nodes = append(batch.Nodes, node)
	}
	for edge := range edges {
		if spec, _ := kinds.EdgeSpec(edge.Kind); spec.Attack || draft.dropped[edge.From] || draft.dropped[edge.To] ||
			edge.Kind == kinds.HasPolicy && draft.without[[2]graph.ID{edge.From, edge.To}] {
			continue
		}
		batch.Edges = append(batch.Edges, edge)
	}
	batches := []graph.Batch{batch}
	for _, status := range draft.snapshot.Scopes() {
		batches = append(batches, graph.Batch{Scope: status.Scope, Collected: status.Collected, Incomplete: status.Incomplete})
	}
	return graph.NewSnapshot(draft.snapshot.Revision(), batches...)
}

func detachPolicy(draft *draft, change scoring.Change) bool {
	holder, found := draft.snapshot.Find(change.Subject)
	if !found {
		return false
	}
	for policy := range draft.snapshot.Successors(holder, kinds.HasPolicy) {
		if draft.snapshot.ID(policy) == graph.ID(change.Detail) {
			draft.without[[2]graph.ID{change.Subject, graph.ID(change.Detail)}] = true
			return true
		}
	}
	return false
}

// setBoundary gives a principal a boundary that denies everything: the most that the change may come to, since what its steps need is not worked out. "An explicit deny in
// any of these policies overrides the allow",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func setBoundary(draft *draft, change scoring.Change) bool {
	kind, props, found := draft.of(change.Subject)
	if !found || kind != kinds.AWSRole && kind != kinds.AWSUser {
		return false
	}
	boundary := graph.ID("arn:aws:iam::" + props.Text("account") + ":policy/inroad-rehearsal")
	if !slices.ContainsFunc(draft.nodes, func(node graph.Node) bool { return node.ID == boundary }) {
		draft.nodes = append(draft.nodes, graph.Node{ID: boundary, Kind: kinds.AWSPolicy, Props: graph.Props{
			"name": "inroad-rehearsal", "account": props.Text("account"), "document": `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`,
		}})
	}
	draft.edges = append(draft.edges, graph.Edge{From: change.Subject, To: boundary, Kind: kinds.BoundedBy})
	return true
}

// blockPublicAccess turns all four settings on: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func blockPublicAccess(draft *draft, change scoring.Change) bool {
	if kind, _, found := draft.of(change.Subject); !found || kind != kinds.AWSBucket {
		return false
	}
	for _, property := range []string{"block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"} {
		draft.set(change.Subject, property, true)
	}
	return true
}

// settings are the values by which a property lets nobody in.
var settings = map[string]struct {
	property string
	value    any
}{
	"acl":          {"ownership", "BucketOwnerEnforced"},
	"url_auth":     {"url_auth", "AWS_IAM"},
	"public":       {"public", false},
	"public_cidrs": {"public_cidrs", []string{}},
	"shared_with":  {"shared_with", []string{}},
}

func changeSetting(draft *draft, change scoring.Change) bool {
	known, ok := settings[change.Detail]
	if !ok {
		return false
	}
	_, props, found := draft.of(change.Subject)
	return found && props.Has(change.Detail) && draft.set(change.Subject, known.property, known.value)
}

// replaceRole gives a workload a role of its account that nobody but the service may have, and that may do nothing.
func replaceRole(draft *draft, change scoring.Change) bool {
	kind, props, found := draft.of(change.Subject)
	if !found {
		return false
	}
	account := props.Text("account")
	role := graph.ID("arn:aws:iam::" + account + ":role/inroad-rehearsal")
	switch {
	case kind == kinds.AWSInstance && props.Text("instance_profile") != "":
		through := graph.ID("arn:aws:iam::" + account + ":instance-profile/inroad-rehearsal")
		draft.add(graph.Node{ID: through, Kind: kinds.AWSInstanceProfile, Props: graph.Props{"name": "inroad-rehearsal", "account": account, "roles": []string{string(role)}}})
		draft.set(change.Subject, "instance_profile", string(through))
	case props.Text("role") == change.Detail:
		draft.set(change.Subject, "role", string(role))
	default:
		return false
	}
	draft.add(graph.Node{ID: role, Kind: kinds.AWSRole, Props: graph.Props{
		"name": "inroad-rehearsal", "account": account, "tags": []string{}, "trust": `{"Version":"2012-10-17","Statement":[]}`,
	}})
	return true
}

func (draft *draft) add(fresh graph.Node) {
	if !slices.ContainsFunc(draft.nodes, func(node graph.Node) bool { return node.ID == fresh.ID }) {
		draft.nodes = append(draft.nodes, fresh)
	}
}

// patch takes a vulnerability away where it was found on the patched thing alone: what an image's digest names may be on others.
func patch(draft *draft, change scoring.Change) bool {
	var gone []graph.ID
	for i := range draft.snapshot.OfKind(kinds.Vulnerability) {
		props := draft.snapshot.Props(i)
		if props.Text("name") != change.Detail {
			continue
		}
		if len(props.List("digests")) > 0 {
			return false
		}
		on := []string{props.Text("asset")}
		for held := range draft.snapshot.Successors(i, kinds.AttachedTo) {
			on = append(on, string(draft.snapshot.ID(held)))
		}
		subject := string(change.Subject)
		own := func(name string) bool {
			return name == "" || name == subject || name == subject[strings.LastIndexAny(subject, ":/")+1:]
		}
		switch others := slices.DeleteFunc(slices.Clone(on), own); {
		case len(others) == 0:
			gone = append(gone, draft.snapshot.ID(i))
		case len(others) < len(on):
			return false
		}
	}
	for _, id := range gone {
		draft.dropped[id] = true
	}
	return len(gone) > 0
}
