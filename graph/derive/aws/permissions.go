package aws

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// Permissions are all that a principal may do, as sets.
type Permissions struct {
	Sets []Permission
	// Gaps are what was not collected and could change the answer; where there are any, no set is Proven.
	Gaps []graph.Evidence
	// Complete is false when something was left out because it takes too many patterns to write down.
	Complete bool
}

// Area is a set of requests: an action that matches one of Actions and none of NotActions, on a resource that matches one
// of Resources and none of NotResources. `*` and `?` are wildcards.
type Area struct {
	Actions, NotActions, Resources, NotResources []string
}

// Permission is one set of requests that a principal may make, but for the exceptions.
type Permission struct {
	Area
	Within     graph.ID // the account, by its root ARN, or the one resource that the set is confined to
	Verdict    graph.Verdict
	Conditions []string // that must hold; Possible unless the requester alone sees to them
	Except     []Exception
	Evidence   []graph.Evidence
}

// Exception is a set of requests that are not allowed, for certain or, with conditions, where they hold.
type Exception struct {
	Area
	Conditions []string
	Evidence   []graph.Evidence
}

// Permissions gives what a principal may do: in its own account by its own policies, and on each resource of the snapshot by
// what the resource's policy says of it. No action is tried: statements are intersected and subtracted as sets.
//
// A condition on a key that is not known of every request alike, such as a tag of the resource, counts as not known.
func (authorizer *Authorizer) Permissions(principal graph.ID) Permissions {
	authorizer.mutex.Lock()
	defer authorizer.mutex.Unlock()
	subject := authorizer.subject(principal)
	own := &target{account: subject.account}
	above := authorizer.levels(subject.account, resourceControl)
	own.policies.RCPs, own.keys = above.levels, above.keys
	found := Permissions{Gaps: slices.Clone(subject.gaps), Complete: true}
	for _, gap := range above.gaps {
		if !slices.ContainsFunc(found.Gaps, func(known graph.Evidence) bool { return known.Locator == gap.Locator && known.Source == gap.Source }) {
			found.Gaps = append(found.Gaps, gap)
		}
	}
	speaking, unread := authorizer.speakingOf(subject)
	for _, held := range speaking {
		if held.unread {
			found.Gaps = append(found.Gaps, held.gaps...)
		}
	}
	told := map[string]int{}
	for _, session := range subject.sessions {
		for _, set := range authorizer.permissionsOf(subject, session, own, speaking, &found) {
			key := set.spell()
			at, known := told[key]
			switch {
			case !known:
				told[key] = len(found.Sets)
				found.Sets = append(found.Sets, set)
			case set.better(&found.Sets[at]):
				found.Sets[at] = set
			}
		}
	}
	for i := range found.Sets {
		found.Sets[i].doubt(unread)
		if len(found.Gaps) > 0 {
			found.Sets[i].Verdict = found.Sets[i].Verdict.And(graph.Possible)
		}
	}
	return found
}

// spell is equal for sets of the same requests.
func (set *Permission) spell() string {
	return strings.Join([]string{
		string(set.Within), strings.Join(set.Actions, ","), strings.Join(set.NotActions, ","), strings.Join(set.Resources, ","), strings.Join(set.NotResources, ","),
	}, ";")
}

// doubt excepts, perhaps, what the set allows on resources whose own policies were not collected: those may deny.
func (set *Permission) doubt(unread []*target) {
	meets := func(patterns, parts []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			return slices.ContainsFunc(parts, func(part string) bool {
				_, ok := iam.CompilePattern(pattern).Intersects(iam.CompilePattern(part))
				return ok
			})
		})
	}
	for _, on := range unread {
		parts := withParts([]string{string(on.held.ID)})
		if set.Within == on.held.ID || !meets(set.Resources, parts) {
			continue
		}
		set.Except = append(set.Except, Exception{
			Area: Area{Actions: set.Actions, Resources: parts}, Conditions: []string{"its own policy, which was not collected, denies it"}, Evidence: on.gaps,
		})
	}
}

// better reports whether a principal that signs in several ways may do more of the same set in this one.
func (set *Permission) better(other *Permission) bool {
	return set.Verdict < other.Verdict || set.Verdict == other.Verdict && len(set.Except) < len(other.Except)
}

func (authorizer *Authorizer) permissionsOf(subject *subject, session session, own *target, speaking []*target, found *Permissions) []Permission {
	requestOf := func(on *target) *iam.Request {
		return authorizer.anyRequest(&question{subject: subject, session: session, target: on})
	}
	held := make([]iam.Held, len(speaking))
	for i, on := range speaking {
		id := string(on.held.ID)
		held[i] = iam.Held{Request: requestOf(on), Policies: &on.policies}
		for _, part := range withParts([]string{id}) {
			held[i].Within = append(held[i].Within, iam.CompilePattern(part))
		}
	}
	extent := iam.ExtentOf(requestOf(own), &subject.policies, &own.policies, held)
	found.Complete = found.Complete && extent.Complete
	asked := &question{subject: subject, target: own}
	var sets []Permission
	for i := range extent.Own {
		sets = append(sets, asked.permission(subject.account.id, &extent.Own[i]))
	}
	for i, on := range speaking {
		asked.target = on
		for j := range extent.Held[i] {
			sets = append(sets, asked.permission(on.held.ID, &extent.Held[i][j]))
		}
	}
	return sets
}

// anyRequest is a request of which neither action nor resource are told: it has the keys that are the same whatever they are.
func (authorizer *Authorizer) anyRequest(asked *question) *iam.Request {
	request, free := authorizer.request(asked, "", "", nil)
	request.Unknown = append(request.Unknown, free...)
	for _, key := range graph.Sorted(slices.Concat(asked.subject.keys, asked.target.keys)) {
		_, tag := resourceTag(key)
		state, _ := authorizer.key(asked, key)
		if state == absent && !tag && !strings.HasPrefix(key, "aws:") {
			request.Unknown = append(request.Unknown, key) // some action may have it
		}
	}
	return &request
}

// speakingOf gives the resources whose own policies may speak of a subject, or alone decide, and those in reach of its own
// policies whose policies were not collected.
func (authorizer *Authorizer) speakingOf(subject *subject) (speaking, unread []*target) {
	kindsHeld := slices.Concat(slices.Collect(maps.Values(holding))...)
	slices.Sort(kindsHeld)
	kindsHeld = slices.Compact(kindsHeld)
	for _, kind := range kindsHeld {
		for i := range authorizer.estate.snapshot.OfKind(kind) {
			on := authorizer.target(string(authorizer.estate.snapshot.ID(i)))
			near := subject.account != nil && (on.account == nil || on.account == subject.account)
			switch {
			case on.held.ID == subject.id:
			case on.unread && near || on.speaksOf(subject):
				speaking = append(speaking, on)
			case near && slices.ContainsFunc(on.gaps, func(gap graph.Evidence) bool { return gap.Source == on.held.ID }):
				unread = append(unread, on)
			}
		}
	}
	return speaking, unread
}

// speaksOf is a cheap upper bound of whether some statement of the target's own policies names the subject.
func (made *target) speaksOf(subject *subject) bool {
	names := func(set *iam.PrincipalSet) bool {
		if set == nil {
			return false
		}
		mine := func(name string) bool {
			return name == "*" || name == string(subject.id) || subject.account != nil && (name == subject.account.digits || parseARN(name).account == subject.account.digits) ||
				len(subject.sessions) > 0 && name == subject.sessions[0].principal.ID && name != ""
		}
		return set.Any || slices.ContainsFunc(slices.Concat(set.AWS, set.Service, set.Federated), mine)
	}
	for _, policy := range made.policies.Resource {
		for i := range policy.Statements {
			if names(policy.Statements[i].Principal) || policy.Statements[i].NotPrincipal != nil {
				return true
			}
		}
	}
	return false
}

// permission words one set of the extent, with its evidence.
func (asked *question) permission(within graph.ID, set *iam.Permission) Permission {
	told := Permission{Area: areaOf(&set.Area), Within: within, Conditions: conditions(set.Doubts)}
	if set.Decision == iam.Possible && !requesterSees(set.Doubts) {
		told.Verdict = graph.Possible
	}
	if set.Root {
		told.Evidence = append(told.Evidence, granted(asked.subject.id, "root", "the root user has full access to its account"))
	}
	for _, match := range set.By {
		if match.Layer == iam.IdentityLayer || match.Layer == iam.ResourceLayer {
			told.Evidence = append(told.Evidence, granted(source(match), locator(match.Statement), "%s: %s allows%s", asked.layer(match), match.Statement.Name(), extent(match.Statement)))
		} else {
			told.Evidence = append(told.Evidence, guarded(source(match), locator(match.Statement), "%s: %s lets it through", at(match), match.Statement.Name()))
		}
	}
	for _, doubt := range set.Doubts {
		if freelyChosen(strings.ToLower(doubt.Key)) && told.Verdict == graph.Proven {
			told.Evidence = append(told.Evidence, granted(asked.subject.id, doubt.Key, "the requester chooses %s", doubt.Key))
		} else {
			told.Evidence = append(told.Evidence, missing(source(doubt.Match), locator(doubt.Statement), "%s", describe(doubt)))
		}
	}
	for i := range set.Except {
		told.Except = append(told.Except, asked.exception(&set.Except[i]))
	}
	return told
}

// at names a guardrail's layer, with its level where there are several.
func at(match iam.Match) string {
	if match.Layer == iam.SCPLayer || match.Layer == iam.RCPLayer {
		return fmt.Sprintf("%s level %d", match.Layer, match.Level+1)
	}
	return match.Layer.String()
}

func (asked *question) exception(except *iam.Exception) Exception {
	told := Exception{Area: areaOf(&except.Area), Conditions: conditions(except.Doubts)}
	if except.By.Statement == nil {
		told.Evidence = []graph.Evidence{guarded(asked.subject.id, "", "%s: it is told where it lets the principal in", except.Reason)}
		return told
	}
	word := "denies"
	if len(except.Doubts) > 0 {
		word = "denies, on conditions that are not known,"
	}
	told.Evidence = []graph.Evidence{guarded(source(except.By), locator(except.By.Statement), "%s: %s %s%s", asked.layer(except.By), except.By.Statement.Name(), word, extent(except.By.Statement))}
	return told
}

// requesterSees reports whether the requester can make each condition hold by itself: each is on a key that it chooses, and no
// two on the same.
func requesterSees(doubts []iam.Doubt) bool {
	seen := map[string]bool{}
	for _, doubt := range doubts {
		key := strings.ToLower(doubt.Key)
		variable := func(value *iam.Template) bool { return strings.Contains(value.String(), "${") }
		if !freelyChosen(key) || seen[key] || doubt.Condition == nil || slices.ContainsFunc(doubt.Condition.Values, variable) {
			return false
		}
		seen[key] = true
	}
	return true
}

func conditions(doubts []iam.Doubt) []string {
	var texts []string
	for _, doubt := range doubts {
		text := doubt.Key
		if doubt.Condition != nil {
			text = doubt.Condition.String()
		}
		texts = append(texts, text)
	}
	return graph.Sorted(texts)
}

func areaOf(area *iam.Area) Area {
	texts := func(patterns []*iam.Pattern, spell func(*iam.Pattern) string) []string {
		var out []string
		for _, pattern := range patterns {
			out = append(out, spell(pattern))
		}
		return out
	}
	return Area{
		Actions: texts(area.Actions, iam.SpellAction), NotActions: texts(area.NotActions, iam.SpellAction),
		Resources: texts(area.Resources, (*iam.Pattern).String), NotResources: texts(area.NotResources, (*iam.Pattern).String),
	}
}
