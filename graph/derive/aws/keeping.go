package aws

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// Whether a setting is on.
const (
	On      = "on"
	Off     = "off"
	Unknown = "unknown"
)

// setup tells how a setting of a store stands: On, Off or Unknown.
type setup func(authorizer *Authorizer, store *node) string

func always(*Authorizer, *node) string { return On }

func onIf(on bool) string {
	if on {
		return On
	}
	return Off
}

// flagged reads a flag.
func flagged(property string) setup {
	return func(_ *Authorizer, store *node) string {
		if !store.Props.Has(property) {
			return Unknown
		}
		return onIf(store.Props.Flag(property))
	}
}

// worded reads a word: those that mean on, and one that leaves it open.
func worded(property, open string, on ...string) setup {
	return func(_ *Authorizer, store *node) string {
		word := store.Props.Text(property)
		if word == "" || word == open {
			return Unknown
		}
		return onIf(slices.Contains(on, word))
	}
}

// listed reads a word that only an operation of EC2 tells, by a list: what a list leaves out has none.
func listed(property, operation string, on ...string) setup {
	return func(authorizer *Authorizer, store *node) string {
		if word := store.Props.Text(property); word != "" || authorizer.estate.answeredBy(store, "ec2", operation) {
			return onIf(slices.Contains(on, word))
		}
		return Unknown
	}
}

// lockedFor reads a vault's lock: from its date on nobody takes it away
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupVaultListMember.html, LockDate).
func lockedFor(property string) setup {
	return func(authorizer *Authorizer, store *node) string {
		from, err := time.Parse(time.RFC3339, store.Props.Text(property))
		switch {
		case !store.Props.Has("locked"):
			return Unknown
		case !store.Props.Flag("locked") || !store.Props.Has(property):
			return Off
		case err != nil || authorizer.asOf.IsZero():
			return Unknown
		}
		return onIf(!authorizer.asOf.Before(from))
	}
}

// answeredBy reports whether an operation of a service was answered in full where the store is.
func (estate *estate) answeredBy(store *node, service, operation string) bool {
	scope := graph.Scope(fmt.Sprintf("aws/%s/%s/%s", store.Props.Text("account"), store.Props.Text("region"), service))
	for _, status := range estate.snapshot.Scopes() {
		if status.Scope == scope {
			return !slices.ContainsFunc(status.Incomplete, func(reason string) bool { return strings.Contains(reason, operation) })
		}
	}
	return false
}

// mayRequest decides whether a principal may make a request about a store.
func (authorizer *Authorizer) mayRequest(who *subject, store *node, asked request) technique.Decision {
	joined := technique.Decision{Holds: true}
	places := asked.on
	if len(places) == 0 {
		places = []string{""}
	}
	for _, place := range places {
		if joined = both(joined, authorizer.requestOn(who, store, asked.action, place)); !joined.Holds {
			return joined
		}
	}
	if asked.roleTo == "" || who.account == nil {
		return joined
	}
	roles := "arn:" + who.account.partition + ":iam::" + who.account.digits + ":role/*"
	_, passes := authorizer.some(who, authorizer.target(roles), roles, []technique.Need{{Action: "iam:PassRole", Context: map[string]string{"iam:PassedToService": asked.roleTo}}})
	return both(joined, passes)
}

// requestOn decides one place of a request.
func (authorizer *Authorizer) requestOn(who *subject, store *node, action, place string) technique.Decision {
	if place == "" {
		return authorizer.judge(who, authorizer.target(string(store.ID)), action, string(store.ID), nil)
	}
	if strings.HasPrefix(place, "/") {
		_, decision := authorizer.objects(who, store, []string{action})
		return decision
	}
	beside := *authorizer.target(string(store.ID)) // the store's own policy speaks of what belongs to it
	beside.held, beside.tags = nil, nil
	if known, _ := iam.LookupAction(action); len(known.Resources) == 0 {
		return authorizer.judge(who, &beside, action, "*", nil)
	}
	pattern := place
	if place != "*" {
		pattern = authorizer.placed(store, place)
	}
	_, decision := authorizer.some(who, &beside, pattern, []technique.Need{{Action: action}})
	return decision
}

// placed writes a place of a request out in full.
func (authorizer *Authorizer) placed(store *node, place string) string {
	name := parseARN(string(store.ID))
	account := name.account
	if holder := authorizer.estate.holder(store); holder != nil {
		account = holder.digits
	}
	if !strings.HasPrefix(place, "arn:") {
		place = siblings(store, place)
	}
	return strings.NewReplacer("{name}", last(string(store.ID)), "{partition}", name.partition, "{region}", name.region, "{account}", account).Replace(place)
}

// mayAny takes the best of several requests.
func (authorizer *Authorizer) mayAny(who *subject, store *node, requests []request) technique.Decision {
	var best technique.Decision
	for _, asked := range requests {
		if len(who.policies.Identity) > 0 && !authorizer.may(who, strings.ToLower(asked.action)) {
			continue
		}
		if decision := authorizer.mayRequest(who, store, asked); decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
	}
	return best
}

// mayLose decides whether a principal loses what is in a store for good: it may make a request that does, and may first take away every
// setting that would make the request harmless. heldOff names the settings that are all that stops it.
func (authorizer *Authorizer) mayLose(who *subject, store *node) (best technique.Decision, heldOff []string) {
	kept := handlingOf(store.Kind)
	for _, loss := range kept.losses {
		decision := authorizer.mayAny(who, store, []request{loss})
		if !decision.Holds {
			continue
		}
		stopped := ""
		for i := range kept.keeps {
			if decision, stopped = authorizer.past(who, store, loss, &kept.keeps[i], decision); stopped != "" {
				heldOff = append(heldOff, stopped)
				break
			}
		}
		if stopped == "" && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
	}
	if best.Holds {
		return best, nil
	}
	return best, graph.Sorted(heldOff)
}

// past weighs one setting against a request that loses data; stopped is its name where it stops that.
func (authorizer *Authorizer) past(who *subject, store *node, loss request, keep *protection, decision technique.Decision) (weighed technique.Decision, stopped string) {
	lifts, stops := keep.stops[loss.action]
	if !stops {
		return decision, ""
	}
	state := keep.setting(authorizer, store)
	if state == Off {
		decision.Evidence = append(slices.Clone(decision.Evidence), guarded(store.ID, keep.name, "%s is off", keep.name))
		return decision, ""
	}
	lift := authorizer.mayAny(who, store, lifts)
	switch {
	case lift.Holds:
		decision = both(decision, lift)
		decision.Evidence = append(decision.Evidence, guarded(store.ID, keep.name, "%s (%s) is %s, and the principal may take it away", keep.name, keep.says, state))
	case state == On:
		return decision, keep.name
	default:
		decision.Verdict = decision.Verdict.And(graph.Possible)
		decision.Evidence = append(slices.Clone(decision.Evidence), missing(store.ID, keep.name, "whether %s is on was not collected: with it %s", keep.name, keep.says))
	}
	return decision, ""
}
