package aws

import (
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// standing is what is known of a condition key in a request.
type standing uint8

const (
	absent  standing = iota // the request does not have it
	derived                 // the evaluator knows it from the principal, the resource or the time
	known                   // its value follows from the graph
	chosen                  // whoever asks sets it as they like
	open                    // it cannot be known
)

// question is one request in the making.
type question struct {
	subject *subject
	session session
	target  *target
	action  string // in lower case
	given   map[string]string
	// roams tells that the request may come from any public address: so an outsider's does, and of a principal it is tried.
	roams bool
	// untouched tells that the tags are as they were collected: nobody sets one first.
	untouched bool
}

// key tells what is known of a condition key, given in lower case. Sources: "AWS global condition context keys",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, under each key's
// "Availability", and the condition key tables of the Service Authorization Reference.
func (authorizer *Authorizer) key(asked *question, key string) (standing, []string) {
	kind := asked.session.principal.Kind
	if values, ok := asked.session.context[key]; ok {
		return known, values
	}
	if tag, found := resourceTag(key); found {
		if authorizer.retags(asked, key) {
			return chosen, nil
		}
		return asked.target.tag(tag)
	}
	switch key {
	case "aws:principalarn", "aws:principalaccount", "kms:calleraccount", "aws:principaltype", "aws:username",
		"aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist", "aws:viaawsservice", "aws:resourceaccount":
		return derived, nil
	case "aws:userid":
		if kind == iam.User && asked.session.principal.ID == "" || kind == iam.Role {
			return open, nil
		}
		return derived, nil
	case "aws:currenttime", "aws:epochtime":
		authorizer.timed.Store(true)
		if authorizer.asOf.IsZero() {
			return open, nil
		}
		return derived, nil
	case "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage":
		return authorizer.token(asked, key)
	case "aws:principalorgid":
		return organizationKey(asked.subject.account, kind)
	case "aws:resourceorgid":
		return organizationKey(asked.target.account, iam.User)
	case "aws:principalorgpaths":
		return authorizer.pathKey(asked.subject.account, kind)
	case "aws:resourceorgpaths":
		return authorizer.pathKey(asked.target.account, iam.User)
	case "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "kms:grantisforawsresource":
		return absent, nil
	case "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner":
		return sourceKey(asked, key)
	case "aws:securetransport":
		return known, []string{"true"}
	case "aws:requestedregion":
		return regionKey(asked)
	case "iam:permissionsboundary":
		return authorizer.boundaryKey(asked)
	case "sts:externalid":
		return open, nil
	case "aws:sourceip":
		if asked.roams {
			return chosen, nil
		}
		return open, nil
	case "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths":
		if asked.subject.outside() {
			return absent, nil // nobody's own network is one that a policy names
		}
		return open, nil
	case "aws:federatedprovider":
		if kind != iam.Role {
			return absent, nil // only the session of a role that was had by a token has it
		}
		return open, nil
	}
	switch {
	case strings.HasPrefix(key, principalTagPrefix):
		if authorizer.retags(asked, key) {
			return chosen, nil
		}
		if asked.session.principal.Tags == nil && kind != iam.Anonymous && kind != iam.Service && kind != iam.Provider {
			return open, nil
		}
		return derived, nil
	case kind == iam.Provider && asked.subject.stranger && !strings.HasSuffix(key, ":aud") && !freelyChosen(key):
		return open, nil
	case kind == iam.Provider && !strings.HasPrefix(key, "aws:"):
		return chosen, nil // whoever holds the provider writes the token
	case freelyChosen(key):
		return chosen, nil
	}
	return open, nil
}

// resourceTag reads the tag's name out of aws:ResourceTag/<name> and the services' own keys of that form.
func resourceTag(key string) (string, bool) {
	service, tag, found := strings.Cut(key, ":resourcetag/")
	return tag, found && !strings.Contains(service, "/")
}

func (made *target) tag(name string) (standing, []string) {
	if made.tags == nil {
		return open, nil
	}
	for _, key := range slices.Sorted(keysIn(made.tags)) {
		if strings.EqualFold(key, name) {
			return known, []string{made.tags[key]}
		}
	}
	return absent, nil
}

// token tells what is known of the keys that a session token brings.
func (authorizer *Authorizer) token(asked *question, key string) (standing, []string) {
	principal := &asked.session.principal
	if key == "aws:tokenissuetime" {
		authorizer.timed.Store(true)
	}
	switch {
	case principal.LongTerm, principal.Kind != iam.User && principal.Kind != iam.Role && principal.Kind != iam.Root:
		return derived, nil
	case key == "aws:tokenissuetime" && principal.Kind == iam.Role && !authorizer.asOf.IsZero():
		return derived, nil
	case key == "aws:tokenissuetime" && principal.Kind == iam.User && !authorizer.asOf.IsZero():
		return known, []string{authorizer.asOf.Format(time.RFC3339)} // the user asks for its session now
	case key == "aws:multifactorauthage" && asked.session.context["aws:multifactorauthpresent"] != nil:
		return absent, nil
	}
	return open, nil
}

func organizationKey(of *account, kind iam.PrincipalKind) (standing, []string) {
	switch {
	case kind == iam.Anonymous || kind == iam.Service || kind == iam.Provider:
		return derived, nil
	case of == nil:
		return open, nil
	case of.organization != "":
		return known, []string{of.organization}
	case of.props.Text("organizations") == "none":
		return absent, nil
	}
	return open, nil
}

// pathKey gives o-…/r-…/ou-…/, as aws:PrincipalOrgPaths writes it.
func (authorizer *Authorizer) pathKey(of *account, kind iam.PrincipalKind) (standing, []string) {
	state, organization := organizationKey(of, kind)
	if state == known && of.id == graph.Internet {
		return known, []string{organization[0] + "/r-0000/"}
	}
	if state != known || len(of.units) == 0 {
		if state == known {
			return open, nil
		}
		return state, nil
	}
	path := organization[0] + "/"
	for _, unit := range of.units {
		path += last(string(authorizer.estate.snapshot.ID(unit))) + "/"
	}
	return known, []string{path}
}

// sourceKey tells the keys by which a service says for whom it calls. Only services send them. The account is that of
// the resource asked for, unless the caller says otherwise; the rest names a resource that whoever set the service up named.
func sourceKey(asked *question, key string) (standing, []string) {
	if asked.session.principal.Kind != iam.Service {
		return absent, nil
	}
	switch key {
	case "aws:sourceaccount", "aws:sourceowner":
		if asked.target.account != nil {
			return known, []string{asked.target.account.digits}
		}
	case "aws:sourceorgid":
		return organizationKey(asked.target.account, iam.User)
	case "aws:sourcearn":
		return chosen, nil
	}
	return open, nil
}

// regionKey gives the region that is asked: the resource's own; for the global services the one that AWS documents for
// them (aws:RequestedRegion); else any.
func regionKey(asked *question) (standing, []string) {
	if asked.target.region != "" {
		return known, []string{asked.target.region}
	}
	switch service, _, _ := strings.Cut(asked.action, ":"); service {
	case "iam", "organizations", "account", "route53", "cloudfront":
		return known, []string{"us-east-1"}
	}
	return chosen, nil
}

// boundaryKey gives the boundary that the user or role asked for has, or, where the request makes it or sets its boundary,
// the one that the requester chooses ("IAM and AWS STS condition context keys", iam:PermissionsBoundary).
func (authorizer *Authorizer) boundaryKey(asked *question) (standing, []string) {
	switch asked.action {
	case "iam:createuser", "iam:createrole", "iam:putuserpermissionsboundary", "iam:putrolepermissionsboundary":
		return chosen, nil
	}
	if asked.target.held == nil {
		return absent, nil
	}
	for boundary := range authorizer.estate.snapshot.Successors(asked.target.held.index, kinds.BoundedBy) {
		return known, []string{string(authorizer.estate.snapshot.ID(boundary))}
	}
	return absent, nil
}

// request makes the evaluator's request: what is known as context, what is open or not yet chosen as unknown.
func (authorizer *Authorizer) request(asked *question, action, resource string, picked map[string][]string) (request iam.Request, free []string) {
	request = iam.Request{
		Principal: asked.session.principal, Action: action, Resource: resource, NotBefore: authorizer.asOf,
		Context: map[string][]string{}, Unknown: []string{"sts:rolesessionname"},
	}
	if asked.target.account != nil {
		request.ResourceAccount = asked.target.account.digits
	}
	given := map[string]bool{}
	for key, value := range asked.given {
		given[strings.ToLower(key)] = true
		request.Context[key] = []string{value}
	}
	for _, key := range graph.Sorted(slices.Concat(asked.subject.keys, asked.target.keys)) {
		if given[key] {
			continue
		}
		if values, ok := picked[key]; ok {
			if values != nil {
				request.Context[key] = values
			}
			continue
		}
		switch state, values := authorizer.key(asked, key); state {
		case known:
			request.Context[key] = values
		case open:
			request.Unknown = append(request.Unknown, key)
		case chosen:
			request.Unknown = append(request.Unknown, key)
			free = append(free, key)
		}
	}
	return request, free
}
