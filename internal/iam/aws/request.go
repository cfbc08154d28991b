package aws

import (
	"strings"
	"time"
)

// Request is one question: may this principal take this action on this resource, in these circumstances?
type Request struct {
	Principal       Principal
	Action          string              // "s3:GetObject", or a pattern: allowed only if every action it covers is
	Resource        string              // an ARN, "*", or a pattern: allowed only if everything it covers is
	ResourceAccount string              // the account that owns the resource; "" = the account in the ARN, else the principal's
	Context         map[string][]string // condition keys in any case, with their values; a key with no value is not in the request
	Unknown         []string            // keys whose value, and whether they are there at all, is not known; a final "*" stands for any rest, "*" alone for every key that Context does not give
	Bare            bool                // the request has the keys of Context and Unknown only: none is derived from the principal or the resource
	NotBefore       time.Time           // unless zero, the time of the request and of its token is this instant or later, and otherwise unknown
}

// presence says what is known of a condition key.
type presence uint8

const (
	absent  presence = iota // not in the request
	present                 // in the request, values known
	bounded                 // in the request, at or after Request.NotBefore
	unknown                 // it may or may not be in the request
)

// lookup finds a condition key, given in lower case. What the request states comes first, then what follows from the
// principal and the resource by themselves, then what is unknown. Everything else is absent.
func (e *evaluation) lookup(key string) ([]string, presence) {
	if values, tried := e.assumed[key]; tried {
		if values == nil {
			return nil, absent
		}
		return values, present
	}
	values, ok := e.request.Context[key]
	if !ok {
		values, ok = foldedLookup(e.request.Context, key)
	}
	switch {
	case ok && len(values) == 0:
		return nil, absent
	case ok:
		return values, present
	}
	if state, ok := e.clock(key); ok {
		return nil, state
	}
	if e.namedUnknown(key) {
		return nil, unknown
	}
	if value, state, ok := e.derived(key); ok && !e.request.Bare {
		if state == absent {
			return nil, absent
		}
		return []string{value}, present
	}
	if e.anyUnknown {
		return nil, unknown
	}
	return nil, absent
}

// variable gives the value that a policy variable stands for. Only keys with a single value can be variables.
func (e *evaluation) variable(key string) (string, presence) {
	values, state := e.lookup(key)
	switch {
	case state == absent:
		return "", absent
	case state != present:
		return "", unknown
	case len(values) != 1:
		return "", absent
	}
	return values[0], present
}

// foldedLookup finds a key written in another case. Of several spellings the first in alphabetical order counts.
func foldedLookup(context map[string][]string, key string) (values []string, ok bool) {
	var chosen string
	for k, v := range context {
		if len(k) == len(key) && strings.EqualFold(k, key) && (!ok || k < chosen) {
			chosen, values, ok = k, v, true
		}
	}
	return values, ok
}

// clock tells what is known of the keys that hold a moment in time. A request signed with a user's own access key has
// no token (AWS global condition context keys, aws:TokenIssueTime).
func (e *evaluation) clock(key string) (presence, bool) {
	if e.request.NotBefore.IsZero() {
		return absent, false
	}
	switch key {
	case "aws:currenttime", "aws:epochtime":
		return bounded, true
	case "aws:tokenissuetime":
		if kind := e.request.Principal.Kind; kind == Role || kind == FederatedUser {
			return bounded, true
		}
	}
	return absent, false
}

func (e *evaluation) namedUnknown(key string) bool {
	for _, u := range e.request.Unknown {
		prefix, open := strings.CutSuffix(u, "*")
		switch {
		case u == "*":
		case open && len(key) >= len(prefix) && strings.EqualFold(key[:len(prefix)], prefix):
			return true
		case strings.EqualFold(u, key):
			return true
		}
	}
	return false
}

func (e *evaluation) isUnknown(key string) bool {
	return e.anyUnknown || e.namedUnknown(key)
}

// derived gives the keys whose value follows from who asks and what is asked for. Sources: AWS global condition context
// keys (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html), the table of principal
// key values in IAM policy elements: Variables and tags, and AWS KMS condition keys (kms:CallerAccount).
func (e *evaluation) derived(key string) (value string, state presence, ok bool) {
	p := &e.request.Principal
	signed := p.Kind == User || p.Kind == Role || p.Kind == Root || p.Kind == FederatedUser
	if tag, isTag := strings.CutPrefix(key, "aws:principaltag/"); isTag {
		return p.tag(tag, signed)
	}
	switch key {
	case "aws:principalarn":
		return given(p.ARN, signed)
	case "aws:principalaccount":
		if p.Kind == Anonymous {
			return "anonymous", present, true
		}
		return given(p.Account(), signed)
	case "kms:calleraccount":
		return given(p.Account(), signed)
	case "aws:principaltype":
		return p.typeValue()
	case "aws:userid":
		return p.userID()
	case "aws:username":
		return given(p.name(), p.Kind == User)
	case "aws:principalorgid", "aws:principalorgpaths":
		return "", absent, !signed
	case "aws:principalisawsservice":
		if p.Kind == Anonymous {
			return "", absent, true
		}
		return spelled(p.Kind == Service), present, true
	case "aws:principalservicename", "aws:principalservicenameslist":
		return given(p.ARN, p.Kind == Service)
	case "aws:viaawsservice":
		return spelled(e.calledVia()), present, true
	case "aws:calledvia", "aws:calledviafirst", "aws:calledvialast":
		return "", absent, true
	case "aws:resourceaccount":
		return e.account, present, e.account != ""
	case "aws:tokenissuetime", "aws:multifactorauthage", "aws:multifactorauthpresent":
		return "", absent, p.LongTerm || !signed
	}
	return "", absent, false
}

// calledVia reports whether the request states that a service makes it for the principal. Otherwise the principal makes it
// directly, and then the key aws:CalledVia is not there (AWS global condition context keys, aws:CalledVia).
func (e *evaluation) calledVia() bool {
	for _, key := range []string{"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"} {
		if values, ok := foldedLookup(e.request.Context, key); ok && len(values) > 0 {
			return true
		}
	}
	return false
}

func given(value string, applies bool) (string, presence, bool) {
	if !applies || value == "" {
		return "", absent, true
	}
	return value, present, true
}

func spelled(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// tag finds a principal tag. Tag keys in condition keys are matched without regard to case.
func (p *Principal) tag(name string, signed bool) (string, presence, bool) {
	if !signed {
		return "", absent, true
	}
	if p.Tags == nil {
		return "", absent, false
	}
	var chosen, value string
	found := absent
	for k, v := range p.Tags {
		if strings.EqualFold(k, name) && (found == absent || k < chosen) {
			chosen, value, found = k, v, present
		}
	}
	return value, found, true
}

func (p *Principal) typeValue() (string, presence, bool) {
	switch p.Kind {
	case Root:
		return "Account", present, true
	case User:
		return "User", present, true
	case Role:
		return "AssumedRole", present, true
	case FederatedUser:
		return "FederatedUser", present, true
	case Anonymous:
		return "Anonymous", present, true
	}
	return "", absent, false
}

func (p *Principal) userID() (string, presence, bool) {
	switch p.Kind {
	case Anonymous:
		return "anonymous", present, true
	case Root:
		return p.Account(), present, true
	case FederatedUser:
		return p.Account() + ":" + p.name(), present, true
	case User:
		return p.ID, present, p.ID != ""
	case Role:
		return p.ID + ":" + p.Session, present, p.ID != "" && p.Session != ""
	}
	return "", absent, false
}
