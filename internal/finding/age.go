package finding

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Limits are the whole days after which a credential is old, and after which something is unused. One that is zero is the usual one.
type Limits struct {
	KeyAge, Unused int
}

// Usual are the limits of AWS Security Hub's controls IAM.3 ("access keys should be rotated every 90 days or less") and IAM.22
// ("credentials unused for 45 days should be removed"), https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html.
var Usual = Limits{KeyAge: 90, Unused: 45}

// never is how the graph says that something was not used.
const never = "never"

// ages tells how long ago something was, as of when its account was collected. The wall clock is never asked: where the
// collection does not tell its time, the newest thing that it saw stands for it, and ages come out too low rather than too high.
type ages struct {
	Limits
	now map[string]time.Time // by account
}

// ages reads the times of collection.
func (limits Limits) ages(snapshot *graph.Snapshot) ages {
	found := ages{limits, map[string]time.Time{}}
	later := func(account string, at time.Time) {
		if at.After(found.now[account]) {
			found.now[account] = at
		}
	}
	for _, status := range snapshot.Scopes() {
		if parts := strings.Split(string(status.Scope), "/"); len(parts) > 1 {
			later(parts[1], status.Collected)
		}
	}
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole, kinds.AWSAccessKey) {
		props := snapshot.Props(i)
		for _, name := range []string{"created", "last_used", "password_last_used"} {
			if at, err := time.Parse(time.RFC3339, props.Text(name)); err == nil {
				later(props.Text("account"), at)
			}
		}
	}
	return found
}

// days gives the whole days since a time, false where either is not known.
func (ages ages) days(account, since string) (int, bool) {
	at, err := time.Parse(time.RFC3339, since)
	now := ages.now[account]
	if err != nil || now.IsZero() {
		return 0, false
	}
	return int(now.Sub(at).Hours() / 24), true
}

// idle reports whether something that was made at one time was last used too long ago, and says since when. What was never
// used is idle once it is old enough.
func (ages ages) idle(account, created, used string) (string, bool) {
	since, word := used, "last used"
	if used == never {
		since, word = created, "never used; made"
	}
	days, known := ages.days(account, since)
	return fmt.Sprintf("%s %d days before the collection", word, days), known && days > ages.Unused
}

// unusedUser reports whether a user has signed in by none of its credentials for too long. It is known only where the use of
// each was collected.
func (ages ages) unusedUser(snapshot *graph.Snapshot, user graph.Index) (string, bool) {
	props := snapshot.Props(user)
	account, detail := props.Text("account"), ""
	if props.Flag("console") {
		said, idle := ages.idle(account, props.Text("created"), props.Text("password_last_used"))
		if !idle {
			return "", false
		}
		detail = "password " + said
	}
	keys := 0
	for child := range snapshot.Successors(user, kinds.Contains) {
		key := snapshot.Props(child)
		if snapshot.Kind(child) != kinds.AWSAccessKey || key.Text("status") != "Active" {
			continue
		}
		keys++
		said, idle := ages.idle(account, key.Text("created"), key.Text("last_used"))
		if !idle {
			return "", false
		}
		detail = strings.TrimPrefix(fmt.Sprintf("%s; access key %s %s", detail, key.Text("name"), said), "; ")
	}
	if !props.Has("active_keys") || int64(keys) < props.Whole("active_keys") {
		return "", false
	}
	return cmp.Or(detail, "no credential"), true
}
