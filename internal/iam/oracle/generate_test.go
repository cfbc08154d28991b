package oracle

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// maker draws one question.
type maker struct {
	*rand.Rand
	target target
	keys   []key
}

// draw gives the question of a number. Each number has its own sequence, so that one question can be drawn alone.
func draw(seed uint64, id int) *question {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, uint64(id)))} //nolint:gosec // the same questions every time
	m.target = pick(m, targets)
	m.keys = m.someKeys()
	q := &question{ID: id, Principal: pick(m, requesters), Action: m.target.action, Resource: m.target.resource, ResourceAccount: home, Context: m.context()}
	if m.one(12) && !strings.Contains(q.Resource, home) {
		q.ResourceAccount = abroad
	}
	anonymous, service := q.Principal == "anonymous", strings.HasSuffix(q.Principal, ".amazonaws.com")
	if !anonymous && !service {
		q.IdentityPolicies = m.list(m.IntN(3), m.permissions)
		if m.one(4) {
			q.PermissionBoundaries = m.list(1, m.permissions)
		}
	}
	if !anonymous && m.one(3) {
		for range 1 + m.IntN(3) {
			q.ServiceControlPolicies = append(q.ServiceControlPolicies, m.list(m.IntN(3), m.permissions))
		}
	}
	if sessions := strings.Contains(q.Principal, ":assumed-role/") || strings.Contains(q.Principal, ":federated-user/"); sessions && m.one(3) {
		q.SessionPolicy = m.permissions()
	}
	if m.target.resource != "*" && (m.one(2) || (q.service() == "kms" || q.service() == "sts") && !m.one(8)) {
		q.ResourcePolicy = m.policy(m.resourceStatement)
	}
	if m.one(5) {
		for range 1 + m.IntN(2) {
			q.ResourceControlPolicies = append(q.ResourceControlPolicies, m.list(m.IntN(2), m.rcp))
		}
	}
	if m.one(8) {
		q.VPCEndpointPolicies = m.list(1, func() *policy { return m.policy(m.endpointStatement) })
	}
	return q
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// one is true once in so many times.
func (m *maker) one(in int) bool { return m.IntN(in) == 0 }

// someKeys keeps few keys, so that policies and the request often speak of the same.
func (m *maker) someKeys() []key {
	keys := slices.Clone(m.target.keys)
	for range 3 {
		keys = append(keys, pick(m, globalKeys))
	}
	return keys
}

func (m *maker) context() map[string]any {
	context := map[string]any{}
	for _, k := range m.keys {
		switch {
		case m.one(3):
		case k.many:
			values := []any{}
			for range 1 + m.IntN(3) {
				values = append(values, pick(m, k.values))
			}
			context[k.name] = values
		default:
			context[k.name] = pick(m, k.values)
		}
	}
	if m.one(2) {
		context["aws:username"] = "ann"
	}
	return context
}

func (m *maker) list(count int, each func() *policy) []*policy {
	var out []*policy
	for range count {
		out = append(out, each())
	}
	return out
}

func (m *maker) policy(each func() *statement) *policy {
	p := &policy{Version: "2012-10-17"}
	if m.one(20) {
		p.Version = ""
	}
	for range 1 + m.IntN(3) {
		p.Statement = append(p.Statement, each())
	}
	return p
}

func (m *maker) permissions() *policy {
	return m.policy(func() *statement {
		st := m.statement()
		m.resources(st)
		return st
	})
}

// statement draws all but principals and resources.
func (m *maker) statement() *statement {
	st := &statement{Effect: "Allow"}
	if m.one(4) {
		st.Effect = "Deny"
	}
	service, name, _ := strings.Cut(m.target.action, ":")
	actions := []string{m.target.action, service + ":*", "*", service + ":" + name[:3] + "*", strings.ToUpper(service) + ":" + name[:len(name)-1] + "?", "iam:List*", service + ":Nothing"}
	chosen := []string{pick(m, actions)}
	if m.one(4) {
		chosen = append(chosen, pick(m, actions))
	}
	if m.one(8) {
		st.NotAction = chosen
	} else {
		st.Action = chosen
	}
	for m.one(3) {
		m.condition(st)
	}
	return st
}

func (m *maker) resources(st *statement) {
	resource := m.target.resource
	patterns := []string{"*", "*", resource}
	if m.target.action == "s3:ListAllMyBuckets" {
		patterns = append(patterns, "arn:aws:s3:::*")
	}
	if resource != "*" {
		patterns = append(patterns, resource[:len(resource)-2]+"*", resource[:len(resource)-1]+"?", "arn:aws:*:*:*:*", resource+"-other",
			"arn:aws:s3:::bucket/home/${aws:username}/*", "arn:aws:s3:::bucket/team/${aws:PrincipalTag/team, 'red'}/*", "arn:aws:s3:::bucket/${aws:PrincipalTag/team}*",
			"arn:aws:*:*:${aws:PrincipalAccount}:*", "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'team'}/*", "arn:aws:s3:::*/${*}*")
	}
	chosen := []string{pick(m, patterns)}
	if m.one(3) {
		chosen = append(chosen, pick(m, patterns))
	}
	if m.one(8) {
		st.NotResource = chosen
	} else {
		st.Resource = chosen
	}
}

func (m *maker) condition(st *statement) {
	k := pick(m, m.keys)
	operator := pick(m, operators[k.kind])
	values := []string{pick(m, k.asked)}
	for m.one(3) {
		values = append(values, pick(m, k.asked))
	}
	if m.one(10) {
		operator, values = "Null", []string{pick(m, []string{"true", "false"})}
	} else {
		if m.one(4) {
			operator += "IfExists"
		}
		if k.many && !m.one(8) || m.one(20) {
			operator = pick(m, []string{"ForAllValues:", "ForAnyValue:"}) + operator
		}
	}
	if st.Condition == nil {
		st.Condition = map[string]map[string][]string{}
	}
	if st.Condition[operator] == nil {
		st.Condition[operator] = map[string][]string{}
	}
	st.Condition[operator][k.name] = values
}

// trusts reports whether the target's own policy is a trust policy.
func (m *maker) trusts() bool {
	return m.target.action == "sts:AssumeRole" || m.target.action == "sts:TagSession"
}

// resourceStatement draws a statement of a resource's policy. Trust policies name no resource.
func (m *maker) resourceStatement() *statement {
	st := m.statement()
	if !m.trusts() {
		m.resources(st)
	} else if st.NotAction != nil || slices.Contains(st.Action, "*") {
		st.NotAction, st.Action = nil, []string{m.target.action}
	}
	switch {
	case m.one(4):
		st.Principal = "*"
	case m.one(8):
		st.Principal = map[string][]string{"AWS": {"*"}}
	case m.one(6):
		st.Principal = map[string][]string{"Service": {pick(m, namedServices)}, "AWS": {pick(m, namedAWS)}}
	case st.Effect == "Deny" && m.one(2) && !m.trusts():
		st.NotPrincipal = map[string][]string{"AWS": m.some(namedAWS)}
	default:
		st.Principal = map[string][]string{"AWS": m.some(namedAWS)}
	}
	return st
}

func (m *maker) some(from []string) []string {
	chosen := []string{pick(m, from)}
	for m.one(2) {
		chosen = append(chosen, pick(m, from))
	}
	return chosen
}

func (m *maker) rcp() *policy {
	p := m.policy(m.rcpStatement)
	p.Version = "2012-10-17"
	return p
}

// rcpStatement draws a statement of a resource control policy: it denies, for everyone, actions of one service.
func (m *maker) rcpStatement() *statement {
	st := m.statement()
	service, _, _ := strings.Cut(m.target.action, ":")
	st.Effect, st.Principal, st.NotAction = "Deny", "*", nil
	st.Action = []string{pick(m, []string{service + ":*", m.target.action, "kms:*"})}
	m.resources(st)
	return st
}

// endpointStatement draws a statement of an endpoint's policy.
func (m *maker) endpointStatement() *statement {
	st := m.statement()
	st.Principal = "*" // the other evaluator takes nothing else
	m.resources(st)
	return st
}
