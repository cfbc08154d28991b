package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// naming tells, of one action, the resources whose own policies let somebody in, by the names that the policies write.
type naming struct {
	resources map[string][]string
	sessions  map[string][]string // of role sessions, by account and role
	anyone    []string
}

// holding are the kinds of resource with policies of their own that are collected, by the service of the actions that
// they let in.
var holding = map[string]graph.NodeKind{
	"s3": kinds.AWSBucket, "lambda": kinds.AWSFunction, "kms": kinds.AWSKey, "sts": kinds.AWSRole, "secretsmanager": kinds.AWSSecret,
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
	kind, held := holding[service]
	if !held {
		return index
	}
	for i := range authorizer.estate.snapshot.OfKind(kind) {
		id := string(authorizer.estate.snapshot.ID(i))
		principals, anyone := authorizer.target(id).letIn(action)
		for _, principal := range principals {
			index.resources[principal] = append(index.resources[principal], id)
			if name := parseARN(principal); name.service == "sts" {
				parts := strings.Split(name.resource, "/") // assumed-role/<role>/<session>
				index.sessions[name.account+"/"+parts[min(1, len(parts)-1)]] = append(index.sessions[name.account+"/"+parts[min(1, len(parts)-1)]], id)
			}
		}
		if anyone {
			index.anyone = append(index.anyone, id)
		}
	}
	return index
}

// lettingIn gives patterns of the resources whose policies let the subject in by name for an action, or let anyone in.
func (authorizer *Authorizer) lettingIn(subject *subject, action string) []string {
	index := authorizer.namingOf(action)
	resources := index.anyone[:len(index.anyone):len(index.anyone)]
	for _, session := range subject.sessions[:min(1, len(subject.sessions))] {
		principal := session.principal
		for _, name := range []string{principal.ARN, principal.ID} {
			if name != "" {
				resources = append(resources, index.resources[name]...)
			}
		}
		switch principal.Kind {
		case iam.Role:
			resources = append(resources, index.sessions[principal.Account()+"/"+last(principal.ARN)]...)
		case iam.Root:
			resources = append(resources, index.resources[principal.Account()]...)
		}
	}
	patterns := resources
	for _, resource := range resources {
		switch parseARN(resource).service {
		case "s3":
			patterns = append(patterns, resource+"/*")
		case "lambda":
			patterns = append(patterns, resource+":*")
		}
	}
	return patterns
}
