package aws

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// Uses are how a store is used by permission: who may, way by way, and what keeps it.
type Uses struct {
	Ways        []Use
	Protections []Protection
	// Keys are the customer's keys that reading needs as well.
	Keys []graph.ID
	// Transit tells whether what goes in and out has to be encrypted.
	Transit Transit
}

// Use is one way of using a store. Name is one of read, decrypt, write, administer, snapshot (a copy that stays in the account),
// replicate (a copy, or a share of one, elsewhere) and destroy (so that nothing brings it back).
type Use struct {
	Name    string
	Holders []Holder // surest first, then by id
}

// Holder is who may.
type Holder struct {
	Principal graph.ID
	// Requires are keys that it needs as well and may not use by its own permissions.
	Requires []graph.ID
	// Objects names some of what is in the store, where it may not use all.
	Objects  string
	Verdict  graph.Verdict
	Evidence []graph.Evidence
}

// Protection is a setting that keeps data although somebody may delete it.
type Protection struct {
	Name, Says string
	State      string     // On, Off or Unknown
	HeldOff    []graph.ID // who would else lose the data for good
}

// UsesOf tells who uses a store by permission: the users and roles of its account and of those that its policy names, the root user, and
// other accounts. Who reaches it otherwise, by the network or a credential, is for the attack edges to say. It is not safe for use by
// several goroutines at once, and fails as graph.ErrInvalid for what is no store.
func (authorizer *Authorizer) UsesOf(id graph.ID) (Uses, error) {
	store, found := authorizer.estate.find(id)
	if !found {
		return Uses{}, fmt.Errorf("%w: %s", graph.ErrNotFound, id)
	}
	if !kinds.Is(store.Kind, kinds.DataStore) && !kinds.Is(store.Kind, kinds.Key) {
		return Uses{}, fmt.Errorf("%w: %s is %s, neither a store nor a key", graph.ErrInvalid, id, store.Kind)
	}
	askers := authorizer.askers(store)
	uses := Uses{Keys: authorizer.encryptedWith(store, kinds.CanRead), Transit: authorizer.transit(store)}
	for _, way := range accesses {
		if way.kind == store.Kind {
			uses.Ways = append(uses.Ways, Use{names[way.edge], authorizer.holders(askers, store, way)})
		}
	}
	if len(uses.Keys) > 0 {
		uses.Ways = append(uses.Ways, Use{names[kinds.CanDecrypt], authorizer.decrypters(askers, uses.Keys)})
	}
	kept := handlingOf(store.Kind)
	outsiders := []*subject{authorizer.subject(graph.Internet), authorizer.outsider()}
	for _, copied := range []struct {
		name     string
		requests []request
	}{{"snapshot", kept.snapshots}, {"replicate", kept.replicates}} {
		if len(copied.requests) > 0 {
			may := func(who *subject) technique.Decision { return authorizer.mayAny(who, store, copied.requests) }
			uses.Ways = append(uses.Ways, Use{copied.name, deciding(slices.Concat(askers, outsiders), may)})
		}
	}
	if len(kept.losses) > 0 {
		destroy, protections := authorizer.destroyers(slices.Concat(askers, outsiders), store)
		uses.Ways, uses.Protections = append(uses.Ways, destroy), protections
	}
	return uses, nil
}

// names are what the uses of edges are called.
var names = map[graph.EdgeKind]string{kinds.CanRead: "read", kinds.CanDecrypt: "decrypt", kinds.CanWrite: "write", kinds.CanAdminister: "administer"}

// askers are everyone whom permissions may let use a store.
func (authorizer *Authorizer) askers(store *node) []*subject {
	var askers []*subject
	if holder := authorizer.estate.holder(store); holder != nil {
		askers = append(askers, authorizer.subject(holder.id))
	}
	for _, digits := range authorizer.concerned(store, false) {
		account, known := authorizer.estate.accounts[digits]
		if !known {
			continue
		}
		for _, principal := range account.principals {
			if principal.known() && principal.Kind != kinds.AWSGroup && !serviceLinked(principal) {
				askers = append(askers, authorizer.subject(principal.ID))
			}
		}
	}
	return append(askers, authorizer.foreigners(store)...)
}

// holders decides who uses a store in one way that attack edges know.
func (authorizer *Authorizer) holders(askers []*subject, store *node, way access) []Holder {
	var found []Holder
	holder := authorizer.estate.holder(store)
	for _, who := range askers {
		decide := authorizer.uses
		if who.account != holder && !authorizer.known(who) {
			decide = authorizer.usesFromAbroad
		}
		edge, holds := decide(who, store, way)
		if !holds {
			continue
		}
		one := Holder{who.id, edge.Requires, edge.Props.Text("objects"), edge.Verdict, edge.Evidence}
		for _, key := range edge.Requires {
			one.unlock(key, authorizer.decrypts(who, key))
		}
		found = append(found, one)
	}
	return surestFirst(found)
}

// known reports whether the policies of a principal itself were collected: of an account that only stands for whoever it may make, and of
// a principal by name alone, they were not.
func (authorizer *Authorizer) known(who *subject) bool {
	held, found := authorizer.estate.find(who.id)
	return found && held.known() && kinds.Is(held.Kind, kinds.Principal)
}

// unlock takes a key that the holder may use itself from what it requires.
func (holder *Holder) unlock(key graph.ID, decision technique.Decision) {
	if !decision.Holds {
		return
	}
	holder.Requires = slices.DeleteFunc(slices.Clone(holder.Requires), func(id graph.ID) bool { return id == key })
	joined := both(technique.Decision{Holds: true, Verdict: holder.Verdict, Evidence: holder.Evidence}, decision)
	holder.Verdict, holder.Evidence = joined.Verdict, joined.Evidence
}

// decrypts decides whether somebody may decrypt with a key.
func (authorizer *Authorizer) decrypts(who *subject, key graph.ID) technique.Decision {
	return authorizer.judge(who, authorizer.target(string(key)), "kms:Decrypt", string(key), nil)
}

func (authorizer *Authorizer) decrypters(askers []*subject, keys []graph.ID) []Holder {
	return deciding(askers, func(who *subject) technique.Decision {
		joined := technique.Decision{Holds: true}
		for _, key := range keys {
			joined = both(joined, authorizer.decrypts(who, key))
		}
		return joined
	})
}

// deciding lists those for whom a decision holds, each once by its best.
func deciding(askers []*subject, decide func(*subject) technique.Decision) []Holder {
	var found []Holder
	for _, who := range askers {
		decision := decide(who)
		if !decision.Holds {
			continue
		}
		if len(who.holes) > 0 && who.policies.Identity != nil {
			decision.Verdict = graph.Unknown
		}
		one := Holder{Principal: who.id, Verdict: decision.Verdict, Evidence: decision.Evidence}
		at := slices.IndexFunc(found, func(known Holder) bool { return known.Principal == who.id })
		switch {
		case at < 0:
			found = append(found, one)
		case one.Verdict < found[at].Verdict:
			found[at] = one
		}
	}
	return surestFirst(found)
}

func surestFirst(holders []Holder) []Holder {
	slices.SortStableFunc(holders, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(a.Verdict, b.Verdict), cmp.Compare(a.Principal, b.Principal))
	})
	return holders
}

// destroyers tells who loses a store for good, how its protections stand, and whom they hold off.
func (authorizer *Authorizer) destroyers(askers []*subject, store *node) (Use, []Protection) {
	held := map[string][]graph.ID{}
	may := func(who *subject) technique.Decision {
		decision, heldOff := authorizer.mayLose(who, store)
		for _, name := range heldOff {
			if !slices.Contains(held[name], who.id) {
				held[name] = append(held[name], who.id)
			}
		}
		return decision
	}
	use := Use{"destroy", deciding(askers, may)}
	var protections []Protection
	for _, keep := range handlingOf(store.Kind).keeps {
		slices.Sort(held[keep.name])
		protections = append(protections, Protection{keep.name, keep.says, keep.setting(authorizer, store), held[keep.name]})
	}
	return use, protections
}
