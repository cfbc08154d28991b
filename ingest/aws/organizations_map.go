package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// The answers of AWS Organizations name units and policies now by ARN, now by an id that is not in the ARN's last part
// alone; each mapping adds the id as an alias of the ARN.

// unitID and controlPolicyID name a root or unit, and a policy, by what the answers call them. accountID names an
// account by its 12 digits as the graph does.
func unitID(site ingest.Site, id string) graph.ID {
	return site.GlobalARN("organizations", "parent/"+id)
}

func controlPolicyID(site ingest.Site, id string) graph.ID {
	return site.GlobalARN("organizations", "control-policy/"+id)
}

func accountID(site ingest.Site, account string) graph.ID {
	return ingest.Site{Partition: site.Partition, Account: account}.AccountID()
}

// mapOrganization tells whether the account is in an organization. An answer without one is that of an account
// in none.
var mapOrganization = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Organization *struct{ ID, ARN, MasterAccountID string }
},
) {
	organization := answer.Organization
	if organization == nil {
		facts.Node(site.AccountID(), kinds.AWSAccount, graph.Props{"account": site.Account, "organizations": "none"})
		return
	}
	facts.Node(graph.ID(organization.ARN), kinds.AWSOrganization, graph.Props{
		"name": organization.ID, "account": organization.MasterAccountID, "management": organization.MasterAccountID,
	})
	facts.Node(site.AccountID(), kinds.AWSAccount, graph.Props{
		"account": site.Account, "organization": organization.ID, "management": organization.MasterAccountID == site.Account,
	})
})

var mapRoots = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Roots []struct{ ID, ARN, Name string }
},
) {
	for _, root := range answer.Roots {
		facts.Node(graph.ID(root.ARN), kinds.AWSOrganizationalUnit, graph.Props{"name": root.Name, "account": site.Account, "root": true})
		facts.Alias(unitID(site, root.ID), graph.ID(root.ARN))
		facts.Edge(organizationOf(root.ARN, "root"), kinds.Contains, graph.ID(root.ARN))
	}
})

// organizationOf gives the organization's ARN from that of a thing in it: both have its id, as in
// arn:aws:organizations::111111111111:root/o-a1b2c3d4e5/r-ab12
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html).
func organizationOf(arn, kind string) graph.ID {
	prefix, rest, found := strings.Cut(arn, ":"+kind+"/")
	id, _, _ := strings.Cut(rest, "/")
	if !found {
		return ""
	}
	return graph.ID(prefix + ":organization/" + id)
}

var mapUnits = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, parent string, answer struct {
	OrganizationalUnits []struct{ ID, ARN, Name string }
},
) {
	for _, unit := range answer.OrganizationalUnits {
		facts.Node(graph.ID(unit.ARN), kinds.AWSOrganizationalUnit, graph.Props{"name": unit.Name, "account": site.Account, "root": false})
		facts.Alias(unitID(site, unit.ID), graph.ID(unit.ARN))
		facts.Edge(unitID(site, parent), kinds.Contains, graph.ID(unit.ARN))
	}
})

var mapAccounts = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Accounts []struct{ ID, ARN, Name, Email, Status string }
},
) {
	for _, account := range answer.Accounts {
		organization := organizationOf(account.ARN, "account")
		facts.Node(accountID(site, account.ID), kinds.AWSAccount, graph.Props{
			"account": account.ID, "name": account.Name, "email": account.Email, "status": account.Status,
			"organization": lastOf(string(organization)), "organizations": "member",
			"management": strings.Contains(account.ARN, "::"+account.ID+":"),
		})
		facts.Edge(organization, kinds.Contains, accountID(site, account.ID))
	}
})

var mapParents = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, child string, answer struct {
	Parents []struct{ ID string }
},
) {
	for _, parent := range answer.Parents {
		facts.Edge(unitID(site, parent.ID), kinds.Contains, accountID(site, child))
	}
})

// controlPolicyTypes are the types of policy that limit permissions.
var controlPolicyTypes = []string{"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}

type controlPolicySummary struct {
	ID, ARN, Name, Type string
	AWSManaged          bool
}

var mapControlPolicies = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Policies []controlPolicySummary
},
) {
	for _, summary := range answer.Policies {
		addControlPolicy(facts, site, summary, policy{})
	}
})

var mapControlPolicy = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Policy struct {
		PolicySummary controlPolicySummary
		Content       policy
	}
},
) {
	addControlPolicy(facts, site, answer.Policy.PolicySummary, answer.Policy.Content)
})

func addControlPolicy(facts *ingest.Facts, site ingest.Site, summary controlPolicySummary, document policy) {
	if !slices.Contains(controlPolicyTypes, summary.Type) {
		facts.Alias(controlPolicyID(site, summary.ID), "")
		return
	}
	id := graph.ID(summary.ARN)
	facts.Node(id, kinds.AWSControlPolicy, graph.Props{
		"name": summary.Name, "account": site.Account, "type": summary.Type, "aws_managed": summary.AWSManaged, "document": document.read(facts, id),
	})
	facts.Alias(controlPolicyID(site, summary.ID), id)
}

var mapTargets = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, policyID string, answer struct {
	Targets []struct{ TargetID, Type string }
},
) {
	for _, target := range answer.Targets {
		if target.Type == "ACCOUNT" {
			facts.Edge(controlPolicyID(site, policyID), kinds.AttachedTo, accountID(site, target.TargetID))
		} else {
			facts.Edge(controlPolicyID(site, policyID), kinds.AttachedTo, unitID(site, target.TargetID))
		}
	}
})

// settleOrganizations takes back that accounts are in an organization whose policies were collected, where not all of
// what decides which policies apply to them was read.
func settleOrganizations(batch *graph.Batch) {
	if !strings.HasSuffix(string(batch.Scope), "/organizations") || len(batch.Incomplete) == 0 {
		return
	}
	for _, node := range batch.Nodes {
		if node.Props.Text("organizations") == "member" {
			delete(node.Props, "organizations")
		}
	}
}
