package azure

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/azure"
)

// node is a node with its properties decoded.
type node struct {
	graph.Node
	index graph.Index
}

// estate is a snapshot as this package asks for it.
type estate struct {
	snapshot    *graph.Snapshot
	roles       map[string]*iam.Role
	assignments map[graph.ID][]*iam.Assignment // by principal
	denies      []*iam.Deny
	above       map[string]string // what holds a subscription or a management group
	unreadDeny  map[string]bool   // subscriptions whose deny assignments were not collected
	groups      map[graph.ID][]graph.ID
	problems    map[string]string // conditions that do not parse, by assignment
	directory   directory
}

// all gives the nodes of kinds, in the order of their ids.
func (estate *estate) all(of ...graph.NodeKind) []*node {
	var nodes []*node
	for i := range estate.snapshot.OfKind(of...) {
		nodes = append(nodes, &node{estate.snapshot.Node(i), i})
	}
	slices.SortFunc(nodes, func(a, b *node) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return nodes
}

func (estate *estate) find(id graph.ID) (*node, bool) {
	at, known := estate.snapshot.Find(id)
	if !known {
		return nil, false
	}
	return &node{estate.snapshot.Node(at), at}, true
}

func newEstate(snapshot *graph.Snapshot) *estate {
	estate := &estate{
		snapshot: snapshot, roles: map[string]*iam.Role{}, assignments: map[graph.ID][]*iam.Assignment{}, above: map[string]string{}, unreadDeny: map[string]bool{},
		groups: map[graph.ID][]graph.ID{}, problems: map[string]string{},
	}
	for _, role := range estate.all(kinds.AzureRole) {
		if text, collected := role.Props["permissions"].(string); collected {
			estate.roles[string(role.ID)] = &iam.Role{ID: string(role.ID), Name: role.Props.Text("name"), Permissions: permissions(text)}
		}
	}
	for _, held := range estate.all(kinds.AzureRoleAssignment) {
		condition, err := iam.ParseCondition(held.Props.Text("condition"))
		if err != nil {
			estate.problems[string(held.ID)] = err.Error()
		}
		principal := held.Props.Text("principal")
		estate.assignments[graph.ID(principal)] = append(estate.assignments[graph.ID(principal)], &iam.Assignment{
			ID: string(held.ID), Principal: principal, Scope: held.Props.Text("scope"), Role: estate.roles[held.Props.Text("role")], Condition: condition, Eligible: held.Props.Flag("eligible"),
		})
	}
	for _, deny := range estate.all(kinds.AzureDenyAssignment) {
		condition, err := iam.ParseCondition(deny.Props.Text("condition"))
		if err != nil {
			estate.problems[string(deny.ID)] = err.Error()
		}
		principals := deny.Props.List("principals")
		if slices.Contains(principals, "/directoryobjects/everyone") {
			principals = append(slices.Clone(principals), iam.Everyone)
		}
		estate.denies = append(estate.denies, &iam.Deny{
			ID: string(deny.ID), Scope: deny.Props.Text("scope"), Principals: principals, Excluded: deny.Props.List("excluded"),
			Permissions: permissions(deny.Props.Text("permissions")), Children: deny.Props.Flag("children"), Condition: condition,
		})
	}
	estate.directory = newDirectory(estate)
	for _, held := range estate.all(kinds.AzureSubscription, kinds.AzureManagementGroup) {
		for holder := range snapshot.Predecessors(held.index, kinds.Contains) {
			if snapshot.Kind(holder) == kinds.AzureManagementGroup {
				estate.above[string(held.ID)] = string(snapshot.ID(holder))
			}
		}
	}
	for _, status := range snapshot.Scopes() {
		parts := strings.Split(string(status.Scope), "/")
		if len(parts) == 4 && parts[0] == "azure" && parts[3] == "role" && slices.ContainsFunc(status.Incomplete, func(gap string) bool { return strings.Contains(gap, "role/deny-assignment-list") }) {
			estate.unreadDeny["/subscriptions/"+parts[1]] = true
		}
	}
	return estate
}

// permissions reads a role's, as the graph keeps them.
func permissions(text string) []iam.Permission {
	var written []struct {
		Actions, NotActions, DataActions, NotDataActions []string
		Condition                                        string
	}
	if json.Unmarshal([]byte(text), &written) != nil {
		return nil
	}
	found := make([]iam.Permission, len(written))
	for i, each := range written {
		condition, err := iam.ParseCondition(each.Condition)
		if err != nil && condition == nil {
			continue
		}
		found[i] = iam.Permission{Actions: each.Actions, NotActions: each.NotActions, DataActions: each.DataActions, NotDataActions: each.NotDataActions, Condition: condition}
	}
	return found
}

// holders gives a principal and every group that it is in, itself or through groups, the principal first: what any of them
// has it has (https://learn.microsoft.com/azure/role-based-access-control/overview#groups).
func (estate *estate) holders(principal graph.ID) []graph.ID {
	if known, ok := estate.groups[principal]; ok {
		return known
	}
	found := []graph.ID{principal}
	seen := map[graph.ID]bool{principal: true}
	for at := 0; at < len(found); at++ {
		index, known := estate.snapshot.Find(found[at])
		if !known {
			continue
		}
		var groups []graph.ID
		for group := range estate.snapshot.Successors(index, kinds.MemberOf) {
			if estate.snapshot.Kind(group) == kinds.AzureGroup {
				groups = append(groups, estate.snapshot.ID(group))
			}
		}
		slices.Sort(groups)
		for _, group := range groups {
			if !seen[group] {
				seen[group] = true
				found = append(found, group)
			}
		}
	}
	estate.groups[principal] = found
	return found
}

// subscriptionOf gives the subscription that a scope is in; empty for what is above all subscriptions.
func subscriptionOf(scope string) string {
	rest, found := strings.CutPrefix(scope, "/subscriptions/")
	if !found {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	return "/subscriptions/" + id
}
