package aws

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// Authorizer answers what AWS lets a principal of one snapshot do, by the policies found in it. It is safe for use by
// several goroutines at once.
//
// What cannot be known is never silently no, except in one way: where the document of a policy that is attached to
// a principal was not collected, a request that nothing else allows is answered no, with the gap as evidence, for else
// every principal with such a policy could do everything. Derive says it once for the principal, by an Unknown edge
// to its account.
type Authorizer struct {
	asOf   time.Time
	mutex  sync.Mutex // guards everything that is filled on first use
	estate *estate

	library      *library
	documents    map[graph.Index]reading
	subjects     map[graph.ID]*subject
	targets      map[string]*target
	hierarchies  map[string]hierarchy
	controlTypes map[string]bool
	namings      map[string]*naming
	aliases      map[string]*node // keys by account, region and alias
	opened       map[graph.ID]bool
	timed        atomic.Bool // an answer hung on asOf
}

var (
	_ technique.Authorizer = (*Authorizer)(nil)
	_ technique.Narrower   = (*Authorizer)(nil)
	_ technique.Supposer   = (*Authorizer)(nil)
)

// NewAuthorizer makes an Authorizer for a snapshot. asOf is the earliest time at which a request can be made, as conditions
// on the time see it; Newest gives it. The zero time means that nothing is known.
func NewAuthorizer(snapshot *graph.Snapshot, asOf time.Time) *Authorizer {
	return newAuthorizer(newEstate(snapshot, nil), newLibrary(), asOf)
}

func newAuthorizer(estate *estate, library *library, asOf time.Time) *Authorizer {
	return &Authorizer{
		asOf: asOf, estate: estate, library: library, documents: map[graph.Index]reading{}, subjects: map[graph.ID]*subject{},
		targets: map[string]*target{}, hierarchies: map[string]hierarchy{}, namings: map[string]*naming{}, opened: map[graph.ID]bool{},
	}
}

// May implements technique.Authorizer.
func (authorizer *Authorizer) May(principal graph.ID, action string) bool {
	authorizer.mutex.Lock()
	defer authorizer.mutex.Unlock()
	return authorizer.may(authorizer.subject(principal), strings.ToLower(action))
}

// may tells whether where would give anything. Most of what is asked of a principal is this alone, and no list is kept for it.
func (authorizer *Authorizer) may(subject *subject, action string) bool {
	byName, anyone := authorizer.lettingIn(subject, action)
	return len(byName)+len(anyone) > 0 || len(subject.policies.ResourcePatterns(action)) > 0
}

// Where implements technique.Narrower: what the principal's own policies allow the action on, and the resources whose
// policies speak of it.
func (authorizer *Authorizer) Where(principal graph.ID, action string) (patterns []string, bounded bool) {
	authorizer.mutex.Lock()
	defer authorizer.mutex.Unlock()
	return authorizer.where(authorizer.subject(principal), strings.ToLower(action)), true
}

func (authorizer *Authorizer) where(subject *subject, action string) []string {
	known, ok := subject.patterns[action]
	if !ok {
		byName, anyone := authorizer.lettingIn(subject, action)
		known = graph.Sorted(slices.Concat(subject.policies.ResourcePatterns(action), byName, anyone))
		subject.patterns[action] = known
	}
	return known
}

// Can implements technique.Authorizer.
func (authorizer *Authorizer) Can(principal graph.ID, action, resource string, context map[string]string) technique.Decision {
	authorizer.mutex.Lock()
	subject, target := authorizer.subject(principal), authorizer.target(resource)
	authorizer.mutex.Unlock()
	return authorizer.judge(subject, target, action, resource, context)
}

// judge takes the best that the principal may do by any of its ways of signing.
func (authorizer *Authorizer) judge(subject *subject, target *target, action, resource string, context map[string]string) technique.Decision {
	var best technique.Decision
	for i, session := range subject.sessions {
		asked := &question{subject: subject, session: session, target: target, action: strings.ToLower(action), given: context}
		result, picked := authorizer.decide(asked, action, resource)
		decision := authorizer.conclude(asked, result, picked)
		if i == 0 || decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
		if result.Decision == iam.Allowed {
			break
		}
	}
	if len(subject.sessions) == 0 {
		best.Evidence = subject.gaps
	}
	return best
}

// Some implements technique.Authorizer.
func (authorizer *Authorizer) Some(principal graph.ID, pattern string, needs []technique.Need) (string, technique.Decision) {
	authorizer.mutex.Lock()
	subject, target := authorizer.subject(principal), authorizer.target(pattern)
	authorizer.mutex.Unlock()
	return authorizer.some(subject, target, pattern, needs)
}

func (authorizer *Authorizer) some(subject *subject, target *target, pattern string, needs []technique.Need) (string, technique.Decision) {
	var nearest technique.Decision
	for _, session := range subject.sessions {
		asked := &question{subject: subject, session: session, target: target}
		if len(needs) > 0 {
			asked.action = strings.ToLower(needs[0].Action)
		}
		request, _ := authorizer.request(asked, asked.action, pattern, nil)
		steps := make([]iam.Step, len(needs))
		for i, need := range needs {
			steps[i] = iam.Step{Action: need.Action, Context: lists(need.Context)}
		}
		witness := iam.Some(&request, steps, &subject.policies, &target.policies)
		if witness.Decision < iam.Possible {
			if nearest.Evidence == nil && len(witness.Results) > 0 {
				nearest = authorizer.conclude(asked, witness.Results[0], nil)
				nearest.Holds = false
			}
			continue
		}
		joined := technique.Decision{Holds: true}
		for _, need := range needs {
			decision := authorizer.judge(subject, target, need.Action, witness.Resource, need.Context)
			joined = both(joined, decision)
		}
		if joined.Holds {
			return witness.Resource, joined
		}
		nearest = joined
	}
	return "", nearest
}

// both is the conjunction of two decisions.
func both(one, other technique.Decision) technique.Decision {
	joined := technique.Decision{Holds: one.Holds && other.Holds, Verdict: one.Verdict.And(other.Verdict), Cause: one.Cause}
	if joined.Cause == "" {
		joined.Cause = other.Cause
	}
	joined.Evidence = slices.Clone(one.Evidence)
	for _, piece := range other.Evidence {
		if !slices.Contains(joined.Evidence, piece) {
			joined.Evidence = append(joined.Evidence, piece)
		}
	}
	return joined
}

// conclude turns the evaluator's result into a decision with its evidence.
func (authorizer *Authorizer) conclude(asked *question, result iam.Result, picked map[string][]string) technique.Decision {
	decision := technique.Decision{Holds: result.Decision >= iam.Possible}
	if result.Decision == iam.Possible {
		decision.Verdict = graph.Possible
	}
	for _, match := range result.Allows {
		decision.Evidence = append(decision.Evidence, granted(source(match), locator(match.Statement), "%s: %s allows %s%s",
			asked.layer(match), match.Statement.Name(), result.Action, extent(match.Statement)))
		if decision.Cause == "" {
			decision.Cause = graph.Cause("statement:" + match.Policy.Source + "#" + locator(match.Statement))
		}
	}
	for _, check := range result.Guardrails {
		if decision.Holds && (check.Layer == iam.IdentityLayer && len(result.Allows) > 0 || check.Outcome == iam.Stopped) {
			continue // what grants is told above, and what does not did not matter
		}
		from, place := asked.subject.id, ""
		if check.By.Statement != nil {
			from, place = source(check.By), locator(check.By.Statement)
		}
		decision.Evidence = append(decision.Evidence, guarded(from, place, "%s", check))
	}
	for _, doubt := range result.Unknown {
		if doubt.Statement.Effect == iam.Allow {
			piece := granted(source(doubt.Match), locator(doubt.Statement), "%s: %s allows %s%s, on a condition",
				asked.layer(doubt.Match), doubt.Statement.Name(), result.Action, extent(doubt.Statement))
			if !slices.Contains(decision.Evidence, piece) {
				decision.Evidence = append(decision.Evidence, piece)
			}
		}
		decision.Evidence = append(decision.Evidence, missing(source(doubt.Match), locator(doubt.Statement), "%s", describe(doubt)))
		if decision.Cause == "" {
			decision.Cause = graph.Cause("statement:" + doubt.Policy.Source + "#" + locator(doubt.Statement))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(picked)) {
		word := strings.Join(picked[key], ", ")
		if picked[key] == nil {
			word = "left out"
		}
		how := "chooses"
		if isTag(key) {
			how = "has, or first sets,"
		}
		decision.Evidence = append(decision.Evidence, granted(asked.subject.id, key, "the requester %s %s: %s", how, key, word))
	}
	if decision.Holds {
		decision.Evidence = append(decision.Evidence, asked.session.evidence...)
	}
	if gaps := gapsOf(asked); len(gaps) > 0 && result.Decision != iam.ExplicitlyDenied {
		decision.Verdict = decision.Verdict.And(graph.Possible)
		decision.Evidence = append(decision.Evidence, gaps...)
	}
	return decision
}

// gapsOf joins what was not collected about either side. Within one account the missing control policies of the
// organization are said once.
func gapsOf(asked *question) []graph.Evidence {
	gaps := slices.Clone(asked.subject.gaps)
	for _, gap := range asked.target.gaps {
		same := gap.Locator == Organizations && slices.ContainsFunc(gaps, func(other graph.Evidence) bool {
			return other.Locator == Organizations && other.Source == gap.Source
		})
		if !same && !slices.Contains(gaps, gap) {
			gaps = append(gaps, gap)
		}
	}
	return gaps
}

func describe(doubt iam.Doubt) string {
	if doubt.Condition == nil {
		return fmt.Sprintf("depends on %s, which is not known", doubt.Key)
	}
	word := "holds only if"
	if doubt.Statement.Effect == iam.Deny {
		word = "is denied if"
	}
	return fmt.Sprintf("%s %s", word, doubt.Condition)
}

// layer names a policy's layer, and a resource's own policy as AWS calls it for that kind of resource.
func (asked *question) layer(match iam.Match) string {
	if match.Layer == iam.ResourceLayer && asked.target.held != nil {
		switch asked.target.held.Kind {
		case kinds.AWSRole:
			return "trust policy"
		case kinds.AWSBucket:
			return "bucket policy"
		case kinds.AWSKey:
			return "key policy"
		}
	}
	return match.Layer.String()
}

// extent tells on what a statement allows, in the policy's own words: so the same statement reads the same for every
// resource that it covers.
func extent(statement *iam.Statement) string {
	list, word := statement.Resources, " on "
	if statement.NotResources != nil {
		list, word = statement.NotResources, " on all but "
	}
	if len(list) == 0 {
		return ""
	}
	names := make([]string, 0, 3)
	for _, template := range list[:min(len(list), 3)] {
		names = append(names, template.String())
	}
	if more := len(list) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return word + strings.Join(names, ", ")
}

func source(match iam.Match) graph.ID {
	if match.Policy == nil {
		return ""
	}
	return graph.ID(match.Policy.Source)
}

// locator gives a statement's Sid, or its place in the policy counted from 0.
func locator(statement *iam.Statement) string {
	if statement == nil {
		return ""
	}
	if statement.Sid != "" {
		return statement.Sid
	}
	return fmt.Sprint(statement.Index)
}

func lists(context map[string]string) map[string][]string {
	several := make(map[string][]string, len(context))
	for key, value := range context {
		several[key] = []string{value}
	}
	return several
}

func keysIn(tags map[string]string) iter.Seq[string] { return maps.Keys(tags) }
