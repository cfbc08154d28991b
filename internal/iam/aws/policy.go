package aws

import (
	"fmt"
	"strings"
)

// Policy is one parsed and compiled policy document. It is immutable.
type Policy struct {
	Source     string // where it was found: a policy's ARN and version, or the name of an inline policy and its owner
	ID         string // the document's own Id, if it has one
	Version    string // "2012-10-17" or "2008-10-17"
	Statements []Statement

	byService map[string][]int32 // statements whose actions all begin with one of the services named
	anywhere  []int32            // statements that may match an action of any service
}

// Effect of a statement.
type Effect uint8

// The two effects.
const (
	Allow Effect = iota
	Deny
)

func (f Effect) String() string {
	if f == Deny {
		return "Deny"
	}
	return "Allow"
}

// Statement is one element of a policy's Statement list. Of each pair (Action, NotAction), (Resource, NotResource),
// (Principal, NotPrincipal) at most one is present; trust policies have no resource, identity policies no principal.
type Statement struct {
	Sid          string
	Index        int // position in the document, from 0
	Effect       Effect
	Actions      []*Pattern // lower case: action names are matched without regard to case
	NotActions   []*Pattern
	Resources    []*Template
	NotResources []*Template
	Principal    *PrincipalSet
	NotPrincipal *PrincipalSet
	Conditions   []Condition // all must hold; in the order of operator, then key
}

// Name gives the statement's Sid, or its position when it has none.
func (st *Statement) Name() string {
	if st.Sid != "" {
		return fmt.Sprintf("statement %q", st.Sid)
	}
	return fmt.Sprintf("statement %d", st.Index+1)
}

// index sorts the statements by the services they speak of, so that a question about one service meets no others.
func (p *Policy) index() {
	p.byService = map[string][]int32{}
	for i := range p.Statements {
		services := p.Statements[i].services()
		if services == nil {
			p.anywhere = append(p.anywhere, int32(i))
			continue
		}
		for _, service := range services {
			list := p.byService[service]
			if n := len(list); n == 0 || list[n-1] != int32(i) {
				p.byService[service] = append(list, int32(i))
			}
		}
	}
}

// services lists the service prefixes of the statement's actions; nil means any.
func (st *Statement) services() []string {
	if st.NotActions != nil {
		return nil
	}
	services := []string{}
	for _, action := range st.Actions {
		service, _, found := strings.Cut(action.text, ":")
		if !found || strings.ContainsAny(service, "*?") {
			return nil
		}
		services = append(services, service)
	}
	return services
}

// candidates calls visit, in document order, for each statement that may speak of the service ("" = all of them).
func (p *Policy) candidates(service string, visit func(*Statement)) {
	if service == "" {
		for i := range p.Statements {
			visit(&p.Statements[i])
		}
		return
	}
	named, anywhere := p.byService[service], p.anywhere
	for len(named) > 0 || len(anywhere) > 0 {
		if len(anywhere) == 0 || len(named) > 0 && named[0] < anywhere[0] {
			visit(&p.Statements[named[0]])
			named = named[1:]
		} else {
			visit(&p.Statements[anywhere[0]])
			anywhere = anywhere[1:]
		}
	}
}
