package identity

import (
	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/scoring"
)

// WhatCan is all that a principal may do, as sets of requests.
type WhatCan struct {
	Principal   graph.ID     `json:"principal"`
	Permissions []Permission `json:"permissions"`
	// Gaps are what was not collected and could change the answer.
	Gaps []scoring.Evidence `json:"gaps"`
	// Complete is false when something was left out because it takes too many patterns to write down.
	Complete bool `json:"complete"`
}

// Area is a set of requests: an action that matches one of Actions and none of NotActions, on a resource that matches one of
// Resources and none of NotResources.
type Area struct {
	Actions      []string `json:"actions"`
	NotActions   []string `json:"notActions,omitempty"`
	Resources    []string `json:"resources"`
	NotResources []string `json:"notResources,omitempty"`
}

// Permission is one set of requests that a principal may make, but for the exceptions.
type Permission struct {
	Area
	Within     graph.ID           `json:"within"`               // the account, by its root ARN, or the one resource that the set is confined to
	Verdict    string             `json:"verdict"`              // Allowed, Possible or Unknown
	Conditions []string           `json:"conditions,omitempty"` // that must hold; when Allowed, the requester itself sees to them
	Except     []Exception        `json:"except,omitempty"`
	Evidence   []scoring.Evidence `json:"evidence"`
}

// Exception is a set of requests that are denied, for certain or, with conditions, where those hold.
type Exception struct {
	Area
	Conditions []string           `json:"conditions,omitempty"`
	Evidence   []scoring.Evidence `json:"evidence"`
}

// WhatCan says what a principal may do: in its own account by its own policies, and on each resource by what its policy says. No
// action is tried: policies are intersected and subtracted as sets.
func (policies *Policies) WhatCan(principal graph.ID) WhatCan {
	found := policies.authorizer.Permissions(principal)
	told := WhatCan{Principal: principal, Permissions: make([]Permission, len(found.Sets)), Gaps: evidence(found.Gaps), Complete: found.Complete}
	for i, set := range found.Sets {
		permission := Permission{Area: areaOf(set.Area), Within: set.Within, Verdict: verdicts[set.Verdict], Conditions: set.Conditions, Evidence: evidence(set.Evidence)}
		for _, except := range set.Except {
			permission.Except = append(permission.Except, Exception{Area: areaOf(except.Area), Conditions: except.Conditions, Evidence: evidence(except.Evidence)})
		}
		told.Permissions[i] = permission
	}
	return told
}

func areaOf(area derive.Area) Area {
	return Area{Actions: area.Actions, NotActions: area.NotActions, Resources: area.Resources, NotResources: area.NotResources}
}
