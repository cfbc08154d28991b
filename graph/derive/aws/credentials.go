package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// credentials derives where credentials of users lie: access keys in the settings of what has settings, by the keys' ids, and
// secrets, parameters and files whose names say that they hold a user's access key. No value was read, so none is Proven.
func (authorizer *Authorizer) credentials() []graph.Edge {
	return append(authorizer.keysAtRest(), authorizer.keysByName()...)
}

// keeper is what hands the settings of a resource to the code that runs with them.
var keepers = map[graph.NodeKind][]graph.NodeKind{
	kinds.AWSECSTaskDefinition: {kinds.AWSECSTask, kinds.AWSECSService},
}

func (authorizer *Authorizer) keysAtRest() []graph.Edge {
	var edges []graph.Edge
	owners := authorizer.keyOwners()
	for _, kind := range []graph.NodeKind{
		kinds.AWSInstance, kinds.AWSLaunchTemplate, kinds.AWSFunction, kinds.AWSECSTaskDefinition, kinds.AWSBuildProject,
	} {
		for _, held := range authorizer.estate.all(kind) {
			for _, id := range held.Props.List("credentials") {
				owner, known := owners[id]
				if !known {
					continue // nobody's whose keys were collected
				}
				for _, holder := range authorizer.holdersOf(held) {
					edges = append(edges, graph.Edge{
						From: holder, To: owner.user, Kind: kinds.HoldsCredentialFor, Technique: keyAtRest, Verdict: graph.Possible,
						Cause: setting(held.ID, "credentials"),
						Evidence: []graph.Evidence{
							granted(held.ID, "credentials", "the access key %s stands in its settings beside what may be its secret", id),
							granted(owner.key, "status", "the key is active, and %s's", owner.user),
							missing(held.ID, "credentials", "whether that is the key's secret was not tried, and its value is not kept"),
						},
					})
				}
			}
		}
	}
	return edges
}

// holdersOf gives the resource itself and what runs with its settings.
func (authorizer *Authorizer) holdersOf(held *node) []graph.ID {
	holders := []graph.ID{held.ID}
	for _, runner := range authorizer.estate.seen(keepers[held.Kind]...) {
		if runner.Props.Text("task_definition") == string(held.ID) {
			holders = append(holders, runner.ID)
		}
	}
	return holders
}

// keyOwner is a user and the active access key that is its own.
type keyOwner struct{ user, key graph.ID }

// keyOwners gives the users of active access keys, by the keys' ids.
func (authorizer *Authorizer) keyOwners() map[string]keyOwner {
	owners := map[string]keyOwner{}
	snapshot := authorizer.estate.snapshot
	for _, key := range authorizer.estate.seen(kinds.AWSAccessKey) {
		if key.Props.Text("status") != "Active" {
			continue
		}
		for holder := range snapshot.Predecessors(key.index, kinds.Contains) {
			if snapshot.Kind(holder) == kinds.AWSUser {
				owners[key.Props.Text("name")] = keyOwner{snapshot.ID(holder), key.ID}
			}
		}
	}
	return owners
}

// keyName tells the names that speak of an access key of IAM, and of no other password: the console itself calls the file with
// a new key <user>_accessKeys.csv.
var keyName = regexp.MustCompile(`(?i)access[-_ ]?keys?|aws[-_ ]?(credential|key)s?|iam[-_ ]?(credential|key)s?`)

// shortest is how many letters a user's name must have for a name that holds it to speak of the user.
const shortest = 4

func (authorizer *Authorizer) keysByName() []graph.Edge {
	var edges []graph.Edge
	users := map[string][]*node{} // by account
	for _, user := range authorizer.estate.seen(kinds.AWSUser) {
		holder := authorizer.estate.holder(user)
		if holder != nil && len(last(string(user.ID))) >= shortest && !(user.Props.Has("active_keys") && user.Props.Whole("active_keys") == 0) {
			users[holder.digits] = append(users[holder.digits], user)
		}
	}
	for _, store := range authorizer.estate.all(kinds.AWSSecret, kinds.AWSParameter, kinds.AWSBucket) {
		holder := authorizer.estate.holder(store)
		if holder == nil {
			continue
		}
		names, property := []string{store.Props.Text("name")}, "name"
		if store.Kind == kinds.AWSBucket {
			names, property = store.Props.List("objects"), "objects"
		}
		for _, name := range names {
			if !keyName.MatchString(name) {
				continue
			}
			for _, user := range users[holder.digits] {
				if !speaksOfUser(name, last(string(user.ID))) || slices.ContainsFunc(edges, func(edge graph.Edge) bool {
					return edge.From == store.ID && edge.To == user.ID
				}) {
					continue
				}
				edges = append(edges, graph.Edge{
					From: store.ID, To: user.ID, Kind: kinds.HoldsCredentialFor, Technique: keyByName, Verdict: graph.Possible,
					Cause: setting(store.ID, property),
					Evidence: []graph.Evidence{
						granted(store.ID, property, "the name %s speaks of an access key of %s", name, user.ID),
						missing(store.ID, property, "what it holds is never read: look whether it is a key that still works"),
					},
				})
			}
		}
	}
	return edges
}

// speaksOfUser reports whether a name holds a user's name as a word of its own.
func speaksOfUser(name, user string) bool {
	name, user = strings.ToLower(name), strings.ToLower(user)
	for from := 0; ; {
		at := strings.Index(name[from:], user)
		if at < 0 {
			return false
		}
		start, end := from+at, from+at+len(user)
		if (start == 0 || !wordByte(name[start-1])) && (end == len(name) || !wordByte(name[end])) {
			return true
		}
		from = start + 1
	}
}

func wordByte(letter byte) bool {
	return letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9'
}
