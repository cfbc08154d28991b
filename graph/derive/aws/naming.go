package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// naming tells, of one action, the resources whose own policies let somebody in, by the names that the policies write.
type naming struct {
	resources map[string][]string
	sessions  map[string][]string // of role sessions, by account and role
	anyone    []string            // ids
	patterns  []string            // of anyone, with their parts
}

// namingOf reads the resource policies that can speak of an action once.
func (authorizer *Authorizer) namingOf(action string) *naming {
	index, known := authorizer.namings[action]
	if known {
		return index
	}
	index = &naming{resources: map[string][]string{}, sessions: map[string][]string{}}
	authorizer.namings[action] = index
	service, _, _ := strings.Cut(action, ":")
	if len(holding[service]) == 0 {
		return index
	}
	for i := range authorizer.estate.snapshot.OfKind(holding[service]...) {
		id := string(authorizer.estate.snapshot.ID(i))
		principals, anyone := authorizer.target(id).letIn(action)
		for _, principal := range principals {
			index.resources[principal] = append(index.resources[principal], id)
			if name := parseARN(principal); name.service == "sts" {
				_, rest, _ := strings.Cut(name.resource, "/") // assumed-role/<role>/<session>
				role, _, _ := strings.Cut(rest, "/")
				index.sessions[name.account+"/"+role] = append(index.sessions[name.account+"/"+role], id)
			}
		}
		if anyone {
			index.anyone = append(index.anyone, id)
		}
	}
	index.patterns = withParts(index.anyone)
	return index
}

// lettingIn gives patterns of the resources whose policies let the subject in by name for an action, and of those that
// let anyone in.
func (authorizer *Authorizer) lettingIn(subject *subject, action string) (byName, anyone []string) {
	index := authorizer.namingOf(action)
	for _, session := range subject.sessions[:min(1, len(subject.sessions))] {
		principal := session.principal
		for _, name := range []string{principal.ARN, principal.ID} {
			if name != "" {
				byName = append(byName, index.resources[name]...)
			}
		}
		switch principal.Kind {
		case iam.Role:
			byName = append(byName, index.sessions[principal.Account()+"/"+last(principal.ARN)]...)
		case iam.Root:
			byName = append(byName, index.resources[principal.Account()]...)
		}
	}
	return withParts(byName), index.patterns
}

// invitations gives, by action, patterns of the stores whose policies let anyone in for the accesses, without those that are
// public: every principal is held against them, and the public ones would be ever more of the same.
func (authorizer *Authorizer) invitations() map[string][]string {
	patterns := map[string][]string{}
	for _, way := range accesses {
		for _, action := range way.actions {
			action = strings.ToLower(action)
			patterns[action] = withParts(slices.DeleteFunc(slices.Clone(authorizer.namingOf(action).anyone), func(id string) bool {
				store, found := authorizer.estate.find(graph.ID(id))
				return found && authorizer.public(store)
			}))
		}
	}
	return patterns
}

// withParts adds patterns of what policies name beneath a resource: a bucket's objects, a function's versions.
func withParts(resources []string) []string {
	patterns := slices.Clone(resources)
	for _, resource := range resources {
		service := parseARN(resource).service
		if _, beneath := containers[service]; beneath {
			patterns = append(patterns, resource+"/*")
		} else if service == "lambda" {
			patterns = append(patterns, resource+":*")
		}
	}
	return patterns
}
