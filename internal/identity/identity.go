// Package identity answers who may do what on a snapshot, by the exact rules of its cloud. The command line and the server share it, so
// that both say the same of the same graph.
package identity

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
	"github.com/inroad-security/inroad/scoring"
)

// Policies are the policies of one snapshot, ready to be asked. They are safe for use by several goroutines at once.
type Policies struct {
	snapshot   *graph.Snapshot
	authorizer *derive.Authorizer
}

// New makes the policies of a snapshot ready. A request is taken to be made when the snapshot was collected, or later.
func New(snapshot *graph.Snapshot) *Policies {
	return &Policies{snapshot: snapshot, authorizer: derive.NewAuthorizer(snapshot, derive.Newest(snapshot))}
}

// Request is what a principal would do.
type Request struct {
	// Action is service:Action, or a pattern: then all that it covers must be allowed.
	Action string
	// Resource is an ARN, "*" where the action takes none, or a pattern: then all that it covers must be allowed.
	Resource string
	// Context are condition keys of the request. Those that are not given count as far as the graph knows them.
	Context map[string]string
}

// Check refuses, as graph.ErrInvalid or ErrNotFound, an action or resource that cannot be meant. Its notes tell what is not known
// of one that can.
func (policies *Policies) Check(request Request) (notes []string, err error) {
	service, name, ok := strings.Cut(request.Action, ":")
	if request.Action != "*" && (!ok || service == "" || name == "") {
		return nil, fmt.Errorf("%w: action %q: want service:Action, such as s3:GetObject", graph.ErrInvalid, request.Action)
	}
	if _, known := iam.LookupAction(request.Action); !known && !strings.ContainsAny(request.Action, "*?") {
		notes = append(notes, "AWS's published list has no action "+request.Action)
	}
	if request.Resource == "*" {
		return notes, nil
	}
	if strings.Count(request.Resource, ":") < 5 || !strings.HasPrefix(request.Resource, "arn:") {
		if _, err := scoring.Resolve(policies.snapshot, request.Resource); err != nil {
			return nil, fmt.Errorf("resource: %w", err)
		}
		return nil, fmt.Errorf(`%w: resource %q: want an ARN or "*"`, graph.ErrInvalid, request.Resource)
	}
	if holder := holderOf(request.Resource); !strings.ContainsAny(holder, "*?") {
		if _, err := scoring.Resolve(policies.snapshot, holder); err != nil {
			notes = append(notes, fmt.Sprintf("a policy of the resource itself would not be seen: %v", err))
		}
	}
	return notes, nil
}

// holderOf gives the bucket of an object, and any other resource itself.
func holderOf(resource string) string {
	if strings.Contains(resource, ":s3:::") {
		resource, _, _ = strings.Cut(resource, "/")
	}
	return resource
}

// Principal finds whom a name stands for; a role session stands for its role. The note tells where that is not the name itself.
func (policies *Policies) Principal(name string) (id graph.ID, note string, err error) {
	if name == "anonymous" || name == string(graph.Internet) {
		return graph.Internet, "", nil
	}
	who, malformed := iam.ParsePrincipal(name)
	switch {
	case malformed != nil:
		if _, err := scoring.Resolve(policies.snapshot, name); err != nil {
			return "", "", err
		}
		return "", "", fmt.Errorf("%w: %w", graph.ErrInvalid, malformed)
	case who.Kind == iam.Service || who.Kind == iam.Provider || who.Kind == iam.Root:
		return graph.ID(who.ARN), "", nil
	case who.Kind == iam.Role && who.Session != "":
		if id, ok := policies.roleOf(&who); ok {
			return id, fmt.Sprintf("asked of the role of the session, %s", id), nil
		}
	}
	id, err = scoring.Resolve(policies.snapshot, who.ARN)
	if err == nil && string(id) != name {
		note = fmt.Sprintf("asked of %s", id)
	}
	return id, note, err
}

// roleOf finds the role of a session, whose ARN lacks the role's path. Names of roles are unique in an account.
func (policies *Policies) roleOf(session *iam.Principal) (graph.ID, bool) {
	name := session.ARN[strings.LastIndexByte(session.ARN, '/'):]
	for i := range policies.snapshot.OfKind(kinds.AWSRole) {
		id := string(policies.snapshot.ID(i))
		if strings.HasSuffix(id, name) && strings.Contains(id, "::"+session.Account()+":") {
			return graph.ID(id), true
		}
	}
	return "", false
}
