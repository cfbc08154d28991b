// Package access answers who may use a store, way by way, what keeps it from being lost, and where its copies are. It asks the policies
// of a snapshot by the exact rules of its cloud, and names no store.
package access

import (
	"cmp"
	"slices"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// Answer is how a store is used and kept.
type Answer struct {
	Store   graph.ID       `json:"store"`
	Kind    graph.NodeKind `json:"kind"`
	Account string         `json:"account"` // the 12 digits of the account that holds it
	// Worth is what classification makes of it; absent when it is no crown jewel.
	Worth *Worth `json:"worth,omitempty"`
	// AtRest and InTransit tell whether its data is encrypted where it lies, and has to be on the way.
	AtRest    *Setting `json:"atRest,omitempty"` // absent for a key
	InTransit Setting  `json:"inTransit"`
	// Ways are read, decrypt, write, administer, snapshot, replicate and destroy, as far as they are known of its kind.
	Ways []Way `json:"ways"`
	// Protections are the settings that keep its data although somebody may delete it.
	Protections []Protection `json:"protections"`
	// Copies are where else its data is kept.
	Copies []Copy `json:"copies"`
	// Hostage are those who may destroy it and every copy of it: who holds one of them can ask for a ransom.
	Hostage []Hostage `json:"hostage"`
	// Incomplete are the parts of its account that were not collected in full.
	Incomplete []scoring.Gap `json:"incomplete"`
}

// Worth is a store's value from 1 to 10, with the reason: what a detector found in it, a tag, its kind, or, weakest, its name.
type Worth struct {
	Value  int    `json:"value"`
	Reason string `json:"reason"`
}

// Setting is on, off or unknown, and why.
type Setting struct {
	State    string             `json:"state"`
	Key      string             `json:"key,omitempty"` // of encryption at rest, as the store names it
	Evidence []scoring.Evidence `json:"evidence"`
}

// Way is one way of using the store, and who may.
type Way struct {
	Name    string   `json:"name"`
	Holders []Holder `json:"holders"`
}

// Holder is who may, by permission or otherwise.
type Holder struct {
	ID graph.ID `json:"id"`
	// Requires is what it needs as well and does not have by its own permissions: a key, a credential.
	Requires []graph.ID `json:"requires,omitempty"`
	// Objects names some of what is in the store, where it may not use all.
	Objects   string             `json:"objects,omitempty"`
	Technique string             `json:"technique,omitempty"` // by which an attack edge leads there
	Verdict   string             `json:"verdict"`             // proven, possible or unknown
	Evidence  []scoring.Evidence `json:"evidence"`
}

// Protection is a setting, how it stands, and whom it alone keeps from losing the data.
type Protection struct {
	Name    string     `json:"name"`
	Says    string     `json:"says"`
	State   string     `json:"state"` // on, off or unknown
	HeldOff []graph.ID `json:"heldOff"`
}

// Copy is a place where the store's data is kept besides.
type Copy struct {
	ID      graph.ID       `json:"id"`
	Kind    graph.NodeKind `json:"kind"`
	Account string         `json:"account"` // empty where it is not known
	// Elsewhere is set when another account holds it.
	Elsewhere bool `json:"elsewhere"`
	// Known is unset of a copy that was not collected: who may destroy it is not known.
	Known bool `json:"known"`
}

// Hostage is who may destroy a store and all its copies.
type Hostage struct {
	ID      graph.ID `json:"id"`
	Verdict string   `json:"verdict"`
}

// Ask answers for a store of a snapshot that holds its attack edges. Name is its id, or the end of one; the note tells what else than an id
// was taken for. It fails as graph.ErrNotFound or graph.ErrInvalid.
func Ask(snapshot *graph.Snapshot, name string, jewels map[graph.ID]scoring.Jewel) (answer Answer, note string, err error) {
	id, err := scoring.Resolve(snapshot, name)
	if err != nil {
		return Answer{}, "", err
	}
	if string(id) != name {
		note = name + " is taken for " + string(id)
	}
	authorizer := derive.NewAuthorizer(snapshot, derive.Newest(snapshot))
	uses, err := authorizer.UsesOf(id)
	if err != nil {
		return Answer{}, "", err
	}
	at, _ := snapshot.Find(id)
	answer = Answer{
		Store: id, Kind: snapshot.Kind(at), Account: snapshot.Props(at).Text("account"),
		InTransit: Setting{State: uses.Transit.Required, Evidence: told(uses.Transit.Evidence)},
		Ways:      []Way{}, Protections: []Protection{}, Copies: copies(snapshot, at), Hostage: []Hostage{}, Incomplete: []scoring.Gap{},
	}
	if jewel, found := jewels[id]; found {
		answer.Worth = &Worth{jewel.Value, jewel.Reason}
	}
	if !kinds.Is(answer.Kind, kinds.Key) {
		cipher := authorizer.AtRest(id)
		answer.AtRest = &Setting{cipher.State, cipher.Key, told(cipher.Evidence)}
	}
	for _, use := range uses.Ways {
		answer.Ways = append(answer.Ways, Way{use.Name, holders(use.Holders)})
	}
	for _, protection := range uses.Protections {
		answer.Protections = append(answer.Protections, Protection{protection.Name, protection.Says, protection.State, append([]graph.ID{}, protection.HeldOff...)})
	}
	answer.addEdges(snapshot, at)
	answer.Hostage = append(answer.Hostage, hostage(authorizer, uses, answer.Copies)...)
	for _, status := range snapshot.Scopes() {
		for _, reason := range status.Incomplete {
			if account(status.Scope) == answer.Account {
				answer.Incomplete = append(answer.Incomplete, scoring.Gap{Scope: status.Scope, Reason: reason})
			}
		}
	}
	return answer, note, nil
}

func holders(found []derive.Holder) []Holder {
	list := make([]Holder, len(found))
	for i, one := range found {
		list[i] = Holder{ID: one.Principal, Requires: one.Requires, Objects: one.Objects, Verdict: one.Verdict.String(), Evidence: told(one.Evidence)}
	}
	return list
}

// addEdges adds who uses the store otherwise than by a principal's permissions: by the network, a credential, or because it is public or
// shared; and who administers its account.
func (answer *Answer) addEdges(snapshot *graph.Snapshot, store graph.Index) {
	names := map[graph.EdgeKind]string{kinds.CanRead: "read", kinds.CanWrite: "write", kinds.CanDecrypt: "decrypt", kinds.CanAdminister: "administer", kinds.CanEscalateTo: "administer"}
	for e := range snapshot.In(store) {
		if name, leads := names[snapshot.EdgeKind(e)]; leads {
			answer.add(snapshot, name, snapshot.Edge(e))
		}
	}
	for i := range snapshot.OfKind(kinds.AWSAccount) {
		if answer.Account == "" || snapshot.Props(i).Text("account") != answer.Account {
			continue
		}
		for e := range snapshot.In(i) {
			if snapshot.EdgeKind(e) == kinds.CanAdminister {
				answer.add(snapshot, "administer", snapshot.Edge(e))
			}
		}
	}
	order := []string{"read", "decrypt", "write", "administer", "snapshot", "replicate", "destroy"}
	slices.SortStableFunc(answer.Ways, func(a, b Way) int {
		return cmp.Compare(slices.Index(order, a.Name), slices.Index(order, b.Name))
	})
	for _, way := range answer.Ways {
		slices.SortStableFunc(way.Holders, func(a, b Holder) int {
			return cmp.Or(cmp.Compare(surety(a.Verdict), surety(b.Verdict)), cmp.Compare(a.ID, b.ID))
		})
	}
}

// add adds whoever an attack edge comes from to a way, once. Of a group its members are told.
func (answer *Answer) add(snapshot *graph.Snapshot, name string, edge graph.Edge) {
	if i, found := snapshot.Find(edge.From); found && snapshot.Kind(i) == kinds.AWSGroup {
		return
	}
	at := slices.IndexFunc(answer.Ways, func(way Way) bool { return way.Name == name })
	if at < 0 {
		at = len(answer.Ways)
		answer.Ways = append(answer.Ways, Way{Name: name, Holders: []Holder{}})
	}
	way := &answer.Ways[at]
	if slices.ContainsFunc(way.Holders, func(known Holder) bool { return known.ID == edge.From }) {
		return
	}
	way.Holders = append(way.Holders, Holder{
		ID: edge.From, Requires: edge.Requires, Objects: edge.Props.Text("objects"), Technique: edge.Technique, Verdict: edge.Verdict.String(), Evidence: told(edge.Evidence),
	})
}

func surety(verdict string) int {
	return slices.Index([]string{graph.Proven.String(), graph.Possible.String(), graph.Unknown.String()}, verdict)
}

// told is never nil, so that a document has an empty list and not null.
func told(pieces []graph.Evidence) []scoring.Evidence {
	list := make([]scoring.Evidence, len(pieces))
	for i, piece := range pieces {
		list[i] = scoring.Evidence(piece)
	}
	return list
}
