package aws

import (
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// estate is a snapshot as AWS orders it: accounts, what each holds, and the organizations above them.
type estate struct {
	snapshot *graph.Snapshot
	accounts map[string]*account // by their 12 digits
	order    []*account          // by digits, without those of which nothing is known
	nodes    map[graph.Index]*node
	// own are the accounts, by their digits, whose edges are derived; nil for all. "" is whatever is in no account.
	own map[string]bool
	// incomplete are the scopes that lack something.
	incomplete []graph.Status
}

// account is an AWS account that the snapshot names.
type account struct {
	digits    string
	id        graph.ID // its root ARN
	partition string
	props     graph.Props
	// collected tells an account that was read from one that others only speak of.
	collected bool
	// units are its root and organizational units, root first; nil where its organization was not collected.
	units        []graph.Index
	organization string
	principals   []*node // roles and users, and groups, which stand for whoever makes itself a member
}

// node is a decoded node. Its properties are shared: nobody changes them.
type node struct {
	graph.Node
	index graph.Index
}

// known tells a node that was collected from one that others only name.
func (held *node) known() bool { return len(held.Props) > 0 }

func newEstate(snapshot *graph.Snapshot, own map[string]bool) *estate {
	estate := &estate{snapshot: snapshot, accounts: map[string]*account{}, nodes: map[graph.Index]*node{}, own: own}
	for i := range snapshot.OfKind(kinds.AWSAccount) {
		found := parseARN(string(snapshot.ID(i)))
		if found.account == "" {
			continue
		}
		estate.accounts[found.account] = &account{
			digits: found.account, id: snapshot.ID(i), partition: found.partition, props: snapshot.Props(i), units: estate.above(i),
		}
	}
	for _, status := range snapshot.Scopes() {
		if !status.Complete() {
			estate.incomplete = append(estate.incomplete, status)
		}
		if parts := strings.Split(string(status.Scope), "/"); len(parts) > 1 && parts[0] == "aws" {
			if digits := parts[1]; isAccount(digits) {
				estate.account("aws", digits).collected = true
			}
		}
	}
	for i := range snapshot.OfKind(kinds.AWSRole, kinds.AWSUser, kinds.AWSGroup) {
		found := parseARN(string(snapshot.ID(i)))
		if found.account == "" {
			continue
		}
		holder := estate.account(found.partition, found.account)
		holder.principals = append(holder.principals, estate.node(i))
	}
	for _, account := range estate.accounts {
		account.organization = estate.organizationOf(account)
		if account.collected || len(account.props) > 0 || slices.ContainsFunc(account.principals, (*node).known) {
			estate.order = append(estate.order, account)
		}
	}
	slices.SortFunc(estate.order, func(a, b *account) int { return strings.Compare(a.digits, b.digits) })
	return estate
}

// account gives the account of the digits, made on the spot where no node stands for it.
func (estate *estate) account(partition, digits string) *account {
	known, ok := estate.accounts[digits]
	if !ok {
		known = &account{digits: digits, id: graph.ID("arn:" + partition + ":iam::" + digits + ":root"), partition: partition}
		estate.accounts[digits] = known
	}
	return known
}

// node decodes a node once.
func (estate *estate) node(i graph.Index) *node {
	known, ok := estate.nodes[i]
	if !ok {
		known = &node{Node: estate.snapshot.Node(i), index: i}
		estate.nodes[i] = known
	}
	return known
}

// find gives the node of an id.
func (estate *estate) find(id graph.ID) (*node, bool) {
	i, ok := estate.snapshot.Find(id)
	if !ok {
		return nil, false
	}
	return estate.node(i), true
}

// all gives the nodes of the kinds whose edges are derived, kind by kind, in the order of ids.
func (estate *estate) all(wanted ...graph.NodeKind) []*node {
	return slices.DeleteFunc(estate.seen(wanted...), func(held *node) bool { return !estate.owns(held) })
}

// seen gives the nodes of the kinds that bear on the edges, others' among them, kind by kind, in the order of ids.
func (estate *estate) seen(wanted ...graph.NodeKind) []*node {
	var found []*node
	for i := range estate.snapshot.OfKind(wanted...) {
		found = append(found, estate.node(i))
	}
	return found
}

// owns reports whether a node's edges are derived.
func (estate *estate) owns(held *node) bool { return estate.own == nil || estate.own[ownerOf(held)] }

// mine gives the accounts whose edges are derived, by their digits, without those of which nothing is known.
func (estate *estate) mine() []*account {
	return slices.DeleteFunc(slices.Clone(estate.order), func(account *account) bool { return estate.own != nil && !estate.own[account.digits] })
}

// ownerOf gives the digits of the account in which a node is, as its ARN says or else its property account; empty when neither does.
func ownerOf(held *node) string {
	if digits := parseARN(string(held.ID)).account; isAccount(digits) {
		return digits
	}
	if digits := held.Props.Text("account"); isAccount(digits) {
		return digits
	}
	return ""
}

// holder gives the account that holds a node: as its ARN says, else as its property account does; nil when neither says.
func (estate *estate) holder(of *node) *account {
	name := parseARN(string(of.ID))
	if digits := of.Props.Text("account"); isAccount(digits) {
		return estate.accounts[digits]
	}
	return estate.accounts[name.account]
}

// above gives the root and the units that contain a node, the root first.
func (estate *estate) above(i graph.Index) []graph.Index {
	var units []graph.Index
	for {
		parent, found := estate.parent(i)
		if !found || slices.Contains(units, parent) {
			slices.Reverse(units)
			return units
		}
		units = append(units, parent)
		i = parent
	}
}

func (estate *estate) parent(i graph.Index) (graph.Index, bool) {
	for holder := range estate.snapshot.Predecessors(i, kinds.Contains) {
		if estate.snapshot.Kind(holder) == kinds.AWSOrganizationalUnit {
			return holder, true
		}
	}
	return 0, false
}

// organizationOf gives the id (o-…) of the organization that the account is in, as far as it was collected.
func (estate *estate) organizationOf(account *account) string {
	if id := account.props.Text("organization"); id != "" {
		return id[strings.LastIndexByte(id, '/')+1:]
	}
	return ""
}

// Newest gives the newest time found in a snapshot, the instant as of which an Authorizer should judge it: when a scope was
// read, and when an identity or an instance was made or used. A request is made no earlier than that; the wall clock is
// never asked.
func Newest(snapshot *graph.Snapshot) time.Time {
	var latest time.Time
	for _, status := range snapshot.Scopes() {
		if status.Collected.After(latest) {
			latest = status.Collected
		}
	}
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole, kinds.AWSInstance) {
		props := snapshot.Props(i)
		for _, name := range []string{"created", "last_used", "password_last_used", "oldest_key_created", "launched"} {
			if moment, err := time.Parse(time.RFC3339, props.Text(name)); err == nil && moment.After(latest) {
				latest = moment
			}
		}
	}
	return latest.UTC()
}
