package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

type identityCenters struct {
	Instances []struct{ InstanceARN, IdentityStoreID, Name, OwnerAccountID string }
}

func mapIdentityCenters(facts *ingest.Facts, site ingest.Site, _ string, body identityCenters) {
	for _, instance := range body.Instances {
		describe(facts, heldBy(site, instance.OwnerAccountID), kinds.AWSIdentityCenter, instance.InstanceARN, instance.Name, nil, graph.Props{
			"identity_store": instance.IdentityStoreID, "owner": instance.OwnerAccountID,
		})
	}
}

// permissionSet gives the set that an item names.
func permissionSet(item string) string {
	_, rest := ingest.Halves(item)
	set, _, _ := strings.Cut(rest, ",")
	return set
}

type permissionSetDescription struct {
	PermissionSet *struct{ Name, SessionDuration string }
}

func mapPermissionSet(facts *ingest.Facts, site ingest.Site, item string, body permissionSetDescription) {
	if body.PermissionSet == nil {
		return
	}
	instance, _ := ingest.Halves(item)
	describe(facts, site, kinds.AWSPermissionSet, permissionSet(item), body.PermissionSet.Name, nil, graph.Props{"session_duration": body.PermissionSet.SessionDuration}).
		from(kinds.Contains, kinds.AWSIdentityCenter, instance)
}

type permissionSetPolicies struct{ AttachedManagedPolicies []attachedPolicy }

type attachedPolicy struct{ ARN string }

func mapPermissionSetPolicies(facts *ingest.Facts, _ ingest.Site, item string, body permissionSetPolicies) {
	found := contribute(facts, kinds.AWSPermissionSet, permissionSet(item), graph.Props{
		"managed_policies": each(body.AttachedManagedPolicies, func(policy attachedPolicy) string { return policy.ARN }),
	})
	for _, policy := range body.AttachedManagedPolicies {
		found.to(kinds.HasPolicy, kinds.AWSPolicy, policy.ARN)
	}
}

type permissionSetReferences struct{ CustomerManagedPolicyReferences []policyReference }

type policyReference struct{ Name, Path string }

func mapPermissionSetReferences(facts *ingest.Facts, _ ingest.Site, item string, body permissionSetReferences) {
	contribute(facts, kinds.AWSPermissionSet, permissionSet(item), graph.Props{
		"customer_policies": each(body.CustomerManagedPolicyReferences, func(policy policyReference) string { return policy.Path + policy.Name }),
	})
}

type permissionSetInline struct{ InlinePolicy policy }

func mapPermissionSetInline(facts *ingest.Facts, _ ingest.Site, item string, body permissionSetInline) {
	set := permissionSet(item)
	contribute(facts, kinds.AWSPermissionSet, set, graph.Props{"document": body.InlinePolicy.orNone(facts, set)})
}

type permissionSetAccounts struct{ AccountIDs []string }

func mapPermissionSetAccounts(facts *ingest.Facts, _ ingest.Site, item string, body permissionSetAccounts) {
	contribute(facts, kinds.AWSPermissionSet, permissionSet(item), graph.Props{"accounts": graph.Sorted(body.AccountIDs)})
}

type assignments struct {
	AccountAssignments []struct{ AccountID, PrincipalType, PrincipalID string }
}

// mapAssignments reads who has a permission set in one account. Each assignment is a node of its own, since the answers of
// several accounts tell of one set.
func mapAssignments(facts *ingest.Facts, site ingest.Site, item string, body assignments) {
	set := permissionSet(item)
	if set == "" && len(body.AccountAssignments) > 0 {
		facts.Gap("account assignments are in a file that does not tell their permission set")
		return
	}
	for _, assignment := range body.AccountAssignments {
		id := set + "/" + assignment.AccountID + "/" + strings.ToLower(assignment.PrincipalType) + "/" + assignment.PrincipalID
		found := describe(facts, site, kinds.AWSAssignment, id, assignment.PrincipalID, nil, graph.Props{
			"principal_type": assignment.PrincipalType, "principal": assignment.PrincipalID, "target": assignment.AccountID,
		})
		found.to(kinds.HasPolicy, kinds.AWSPermissionSet, set)
		found.to(kinds.AttachedTo, kinds.AWSAccount, string(ingest.Site{Partition: site.Partition, Account: assignment.AccountID}.AccountID()))
	}
}
