package scoring

import (
	"fmt"
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
	DisableMetadata   ChangeKind = "disable-metadata"    // an instance's metadata service: the credentials that code on it holds
	Patch             ChangeKind = "patch"               // a vulnerability: all that rests on it
	RemoveAccess      ChangeKind = "remove-access"       // whatever else lets one thing gain another
)

// DefaultCosts are what the changes commonly ask of people, in the table of docs/scoring.md.
func DefaultCosts() map[ChangeKind]int {
	return map[ChangeKind]int{
		RemoveRule: 1, BlockPublicAccess: 1, ChangeSetting: 1, RemoveStatement: 2, DetachPolicy: 2, Patch: 3, SetBoundary: 3, ReplaceRole: 4, DisableMetadata: 4, RemoveAccess: 5,
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
	if from == graph.Internet && toKind == kinds.AWSBucket && kind == kinds.CanRead {
		offer(BlockPublicAccess, to, "")
	}
	if len(actions) == 0 {
		offer(RemoveAccess, from, string(to))
	}
	return actions
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
