package scoring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// ChangeKind is a sort of change that a person can make. Its name is stable: programs and configurations use it.
type ChangeKind string

// The sorts of changes, with what each takes away.
const (
	RemoveRule        ChangeKind = "remove-rule"         // a rule of a security group or network ACL: all that rests on it
	RemoveStatement   ChangeKind = "remove-statement"    // a statement of a policy: all that rests on it
	DetachPolicy      ChangeKind = "detach-policy"       // a managed policy from one holder: what the holder, or a group's members, gain by it
	SetBoundary       ChangeKind = "set-boundary"        // a boundary that denies what one principal's statements allow: all that it gains by statements
	BlockPublicAccess ChangeKind = "block-public-access" // a bucket to outsiders: all that the internet gains of it
	ChangeSetting     ChangeKind = "change-setting"      // a setting: all that rests on it
	ReplaceRole       ChangeKind = "replace-role"        // the role that a workload runs as: all that rests on the setting
	RequireIMDSv2     ChangeKind = "require-imdsv2"      // of an instance: what a request that is forged from outside gains by version 1 of its metadata service
	DisableMetadata   ChangeKind = "disable-metadata"    // an instance's metadata service: the credentials that code on it holds
	Patch             ChangeKind = "patch"               // a vulnerability: all that rests on it
	RemoveAccess      ChangeKind = "remove-access"       // whatever else lets one thing gain another
)

// DefaultCosts are what the changes commonly ask of people, in the table of docs/scoring.md.
func DefaultCosts() map[ChangeKind]int {
	return map[ChangeKind]int{
		RemoveRule: 1, BlockPublicAccess: 1, RequireIMDSv2: 1, ChangeSetting: 1, RemoveStatement: 2, DetachPolicy: 2, Patch: 3, SetBoundary: 3, ReplaceRole: 4, DisableMetadata: 4, RemoveAccess: 5,
	}
}

// action names one change: equal actions are one change.
type action struct {
	kind    ChangeKind
	subject graph.ID // what is changed
	detail  string   // which part of it: a rule, a statement, a property, a policy
}

// String tells an action in a sentence.
func (action action) String() string {
	switch action.kind {
	case RemoveRule:
		return fmt.Sprintf("Remove or narrow rule %s of %s.", action.detail, action.subject)
	case RemoveStatement:
		return fmt.Sprintf("Remove or narrow statement %s of %s.", action.detail, action.subject)
	case DetachPolicy:
		return fmt.Sprintf("Detach %s from %s.", action.detail, action.subject)
	case SetBoundary:
		return fmt.Sprintf("Give %s a permissions boundary that denies what its steps here need.", action.subject)
	case BlockPublicAccess:
		return fmt.Sprintf("Block public access to %s.", action.subject)
	case ChangeSetting:
		return fmt.Sprintf("Change the setting %s of %s.", action.detail, action.subject)
	case ReplaceRole:
		return fmt.Sprintf("Give %s a role that may do less, in place of %s.", action.subject, action.detail)
	case RequireIMDSv2:
		return fmt.Sprintf("Require version 2 of the metadata service of %s.", action.subject)
	case DisableMetadata:
		return fmt.Sprintf("Turn off the metadata service of %s.", action.subject)
	case Patch:
		return fmt.Sprintf("Patch %s on %s.", action.detail, action.subject)
	default:
		return fmt.Sprintf("Take away what lets %s gain %s.", action.subject, action.detail)
	}
}

// changes tells which actions take an edge away. It remembers who holds which policy.
type changes struct {
	snapshot *graph.Snapshot
	holders  map[[2]graph.ID][]graph.ID
}

func newChanges(snapshot *graph.Snapshot) *changes {
	return &changes{snapshot: snapshot, holders: map[[2]graph.ID][]graph.ID{}}
}

// of gives the actions of which each alone takes the edge away, none twice. An account's control of what is in it is nothing to change.
func (changes *changes) of(e graph.EdgeIndex) []action {
	snapshot := changes.snapshot
	fromIndex, toIndex := snapshot.Ends(e)
	from, to, kind := snapshot.ID(fromIndex), snapshot.ID(toIndex), snapshot.EdgeKind(e)
	fromKind, toKind := snapshot.Kind(fromIndex), snapshot.Kind(toIndex)
	if kind == kinds.CanAdminister && kinds.Is(fromKind, kinds.Account) {
		return nil
	}
	cause := string(snapshot.Cause(e))
	sort, rest, _ := strings.Cut(cause, ":")
	if sort == "contains" { // what is in a scope is controlled from it
		return nil
	}
	subject, detail := rest, ""
	if at := strings.LastIndexByte(rest, '#'); at >= 0 {
		subject, detail = rest[:at], rest[at+1:]
	}
	var actions []action
	offer := func(kind ChangeKind, subject graph.ID, detail string) {
		actions = append(actions, action{kind, subject, detail})
	}
	switch sort {
	case "rule":
		offer(RemoveRule, graph.ID(subject), detail)
	case "statement":
		if !providers(subject) {
			offer(RemoveStatement, graph.ID(subject), detail)
		}
		for _, holder := range changes.holding(fromIndex, graph.ID(subject)) {
			offer(DetachPolicy, holder, subject)
		}
		if fromKind == kinds.AWSRole || fromKind == kinds.AWSUser {
			offer(SetBoundary, from, "")
		}
	case "config":
		if kind == kinds.RunsAs {
			offer(ReplaceRole, from, string(to))
			if fromKind == kinds.AWSInstance {
				offer(DisableMetadata, from, "")
			}
		} else {
			offer(ChangeSetting, graph.ID(subject), detail)
		}
	case "cve":
		offer(Patch, to, rest)
	}
	if snapshot.Technique(e) == forgedRequest {
		if instance, ok := changes.answering(e); ok {
			offer(RequireIMDSv2, instance, "")
		}
	}
	if from == graph.Internet && toKind == kinds.AWSBucket && kind == kinds.CanRead {
		offer(BlockPublicAccess, to, "")
	}
	if len(actions) == 0 {
		offer(RemoveAccess, from, string(to))
	}
	return actions
}

// forgedRequest is the technique of who gains an instance's role by making a service there ask version 1 of the metadata service, which answers without a token.
const forgedRequest = "aws-metadata-v1"

// answering gives the instance whose metadata service a forged request reaches, where the edge's evidence names one alone: where several share a role, the others go on answering.
func (changes *changes) answering(e graph.EdgeIndex) (graph.ID, bool) {
	var found []graph.ID
	for _, piece := range changes.snapshot.Edge(e).Evidence {
		if piece.Kind == graph.Grant && piece.Locator == "metadata_tokens" && !slices.Contains(found, piece.Source) {
			found = append(found, piece.Source)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return found[0], true
}

// providers tells a policy that the provider keeps, and that nobody else can edit.
func providers(policy string) bool {
	_, rest, _ := strings.Cut(policy, ":iam::")
	return strings.HasPrefix(rest, "aws:")
}

// holding gives the holders of a managed policy by which a principal has it: itself, or its groups. Should one of several be detached, the other still
// grants, so that only a single holder is an action.
func (changes *changes) holding(principal graph.Index, policy graph.ID) []graph.ID {
	snapshot := changes.snapshot
	key := [2]graph.ID{snapshot.ID(principal), policy}
	if known, ok := changes.holders[key]; ok {
		return known
	}
	var holders []graph.ID
	at, found := snapshot.Find(policy)
	if found && strings.Contains(string(policy), ":policy/") {
		has := func(holder graph.Index) bool {
			for held := range snapshot.Successors(holder, kinds.HasPolicy) {
				if held == at {
					return true
				}
			}
			return false
		}
		if has(principal) {
			holders = append(holders, snapshot.ID(principal))
		}
		for group := range snapshot.Successors(principal, kinds.MemberOf) {
			if has(group) {
				holders = append(holders, snapshot.ID(group))
			}
		}
	}
	if len(holders) > 1 {
		holders = nil
	}
	changes.holders[key] = holders
	return holders
}

// Without gives the graph as it would be without the attack edges that changes take away.
func Without(snapshot *graph.Snapshot, made []Change) (*graph.Snapshot, error) {
	if len(made) == 0 {
		return snapshot, nil
	}
	changes := newChanges(snapshot)
	wanted := map[action]bool{}
	for _, change := range made {
		wanted[action{change.Kind, change.Subject, change.Detail}] = true
	}
	batch := graph.Batch{Scope: "without/edited"}
	nodes, _ := snapshot.All()
	batch.Nodes = slices.Collect(nodes)
	for e := range graph.EdgeIndex(snapshot.Edges()) {
		spec, _ := kinds.EdgeSpec(snapshot.EdgeKind(e))
		if !spec.Attack || !slices.ContainsFunc(changes.of(e), func(action action) bool { return wanted[action] }) {
			batch.Edges = append(batch.Edges, snapshot.Edge(e))
		}
	}
	batches := []graph.Batch{batch}
	for _, status := range snapshot.Scopes() {
		batches = append(batches, graph.Batch{Scope: status.Scope, Collected: status.Collected, Incomplete: status.Incomplete})
	}
	return graph.NewSnapshot(snapshot.Revision(), batches...)
}
