package aws

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// standing tells what sets say of one request: certainly allowed, perhaps, or neither.
func standing(permissions []Permission, action, resource string) (certain, perhaps bool) {
	action = strings.ToLower(action)
	for i := range permissions {
		p := &permissions[i]
		if !p.Covers(action, resource) {
			continue
		}
		stopped, doubted := false, false
		for j := range p.Except {
			if p.Except[j].Covers(action, resource) {
				stopped, doubted = stopped || len(p.Except[j].Doubts) == 0, true
			}
		}
		perhaps = perhaps || !stopped
		certain = certain || p.Decision == Allowed && !doubted
	}
	return certain, perhaps
}

// Every request is in a set that the extent gives exactly if the evaluator, asked of that request alone, allows it.
func TestTheExtentAgreesWithEachRequest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := drawWorld(r)
		if rapid.Bool().Draw(r, "k is unknown") {
			delete(w.context, "k")
			w.unknown = []string{"k"}
		}
		principal, err := ParsePrincipal(w.principal)
		if err != nil {
			t.Fatal(err)
		}
		of := &PrincipalPolicies{Identity: policies(t, w.identity), Boundary: policies(t, w.boundary), Session: policies(t, w.session), SCPs: levels(t, w.scps)}
		request := &Request{Principal: principal, Context: w.context, Unknown: w.unknown, ResourceAccount: principal.Account()}
		onIt := *request
		onIt.ResourceAccount = one1
		x := ExtentOf(request, of, nil, []Held{{Request: &onIt, Within: compiled(w.resource), Policies: &ResourcePolicies{Resource: policies(t, w.resourcePolicy)}}})
		if !x.Complete {
			r.Fatal("too many patterns")
		}
		permissions := x.Held[0]
		if principal.Account() == one1 {
			permissions = slices.Concat(x.Own, x.Held[0])
		}
		certain, perhaps := standing(permissions, w.action, w.resource)
		switch said := w.ask(t); {
		case certain && said != Allowed, said >= Possible && !perhaps, w.unknown == nil && perhaps && said != Allowed:
			r.Fatalf("%s, but the sets say certainly %v, perhaps %v\n%+v", said, certain, perhaps, w)
		}
	})
}

func TestExtentOf(t *testing.T) {
	for _, c := range []struct {
		name                     string
		identity, boundary, scps []string
		unknown                  []string
		want                     []string
	}{
		{
			name: "a narrower statement is told once, by the wider", identity: []string{`Allow s3:GetObject on arn:aws:s3:::b/*`, `Allow s3:* on *`},
			want: []string{"Allowed s3:* on *"},
		},
		{
			name: "what a boundary shares with a policy", identity: []string{adminAll}, boundary: []string{`Allow s3:Get*, ec2:* on arn:aws:s3:::a*`},
			want: []string{"Allowed ec2:*, s3:get* on arn:aws:s3:::a*"},
		},
		{
			name: "two patterns share a third", identity: []string{`Allow s3:*Object on arn:aws:s3:::*/logs/*`}, boundary: []string{`Allow s3:Get* on arn:aws:s3:::prod-*`},
			want: []string{"Allowed s3:get*object on arn:aws:s3:::prod-*/logs/*"},
		},
		{
			name: "a denial is an exception", identity: []string{`Allow s3:* on *`, `Deny s3:Delete* on arn:aws:s3:::keep/*`},
			want: []string{"Allowed s3:* on * except s3:delete* on arn:aws:s3:::keep/*"},
		},
		{
			name: "a denial of all leaves nothing", identity: []string{`Allow s3:Get* on *`, `Deny s3:* on *`},
		},
		{
			name: "an SCP that allows a part", identity: []string{adminAll}, scps: []string{`Allow not iam:* on *`},
			want: []string{"Allowed * but not iam:* on *"},
		},
		{
			name: "a condition that is not known", identity: []string{`Allow s3:* on * if {"Bool":{"aws:SecureTransport":"true"}}`}, unknown: []string{"*"},
			want: []string{"Possible s3:* on *"},
		},
		{
			name: "a condition that does not hold", identity: []string{`Allow s3:* on * if {"Bool":{"aws:SecureTransport":"true"}}`},
		},
		{
			name: "a denial on a condition that is not known", identity: []string{`Allow s3:* on *`, `Deny s3:* on * if {"Bool":{"aws:SecureTransport":"false"}}`}, unknown: []string{"*"},
			want: []string{"Allowed s3:* on * except perhaps s3:* on *"},
		},
		{
			name: "a variable has the request's value", identity: []string{`Allow s3:* on arn:aws:s3:::home/${aws:username}/*`},
			want: []string{"Allowed s3:* on arn:aws:s3:::home/ann/*"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, _ := ParsePrincipal(ann)
			of := &PrincipalPolicies{Identity: policies(t, c.identity), Boundary: policies(t, c.boundary)}
			if c.scps != nil {
				of.SCPs = [][]*Policy{policies(t, c.scps)}
			}
			var got []string
			for _, p := range ExtentOf(&Request{Principal: who, Unknown: c.unknown}, of, nil, nil).Own {
				text := p.Decision.String() + " " + spelledArea(&p.Area)
				for _, x := range p.Except {
					if x.By.Statement == nil {
						continue
					}
					text += " except "
					if len(x.Doubts) > 0 {
						text += "perhaps "
					}
					text += spelledArea(&x.Area)
				}
				got = append(got, text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func spelledArea(a *Area) string {
	list := func(patterns, but []*Pattern) string {
		var texts []string
		for _, p := range patterns {
			texts = append(texts, p.String())
		}
		text := strings.Join(texts, ", ")
		for _, p := range but {
			text += " but not " + p.String()
		}
		return text
	}
	return list(a.Actions, a.NotActions) + " on " + list(a.Resources, a.NotResources)
}
