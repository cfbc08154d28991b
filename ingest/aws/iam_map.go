package aws

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws/managed"
)

// authorization is the answer of GetAccountAuthorizationDetails
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).
type authorization struct {
	UserDetailList, GroupDetailList, RoleDetailList []iamPrincipal
	Policies                                        []struct {
		PolicyName, ARN, DefaultVersionID string
		AttachmentCount                   *int64
		PolicyVersionList                 []struct {
			Document         policy
			VersionID        string
			IsDefaultVersion bool
		}
	}
}

// iamPrincipal is a user, a group or a role.
type iamPrincipal struct {
	ARN, Path, UserName, UserID, GroupName, RoleName, RoleID string
	CreateDate                                               moment
	UserPolicyList, GroupPolicyList, RolePolicyList          []inlinePolicy
	AttachedManagedPolicies                                  []struct{ PolicyARN string }
	PermissionsBoundary                                      struct{ PermissionsBoundaryARN string }
	GroupList                                                []string
	AssumeRolePolicyDocument                                 policy
	InstanceProfileList                                      []instanceProfile
	RoleLastUsed                                             *struct{ LastUsedDate moment }
	Tags                                                     tags
}

type inlinePolicy struct {
	PolicyName     string
	PolicyDocument policy
}

type instanceProfile struct {
	ARN, InstanceProfileName string
	Roles                    []struct{ ARN string }
	Tags                     tags
}

// lastUsed gives when a role was last used: "This includes information about the last 400 days", so an empty answer says that it
// was not in that time; none at all says nothing (https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html).
func (principal iamPrincipal) lastUsed() string {
	if principal.RoleLastUsed == nil {
		return ""
	}
	return cmp.Or(string(principal.RoleLastUsed.LastUsedDate), never)
}

// authorizationMapping collects the facts of one answer.
type authorizationMapping struct {
	*ingest.Facts
	site ingest.Site
	// attached holds the managed policies that something in the answer uses; AWS may list all those that it manages.
	attached map[string]bool
}

func mapAuthorization(site ingest.Site, _ string, body []byte) (ingest.Facts, error) {
	var answer authorization
	if err := json.Unmarshal(body, &answer); err != nil {
		return ingest.Facts{}, err
	}
	var facts ingest.Facts
	mapping := authorizationMapping{Facts: &facts, site: site, attached: map[string]bool{}}
	facts.Node(site.AccountID(), kinds.AWSAccount, graph.Props{"account": site.Account})
	groups := map[string]graph.ID{}
	for _, group := range answer.GroupDetailList {
		id := mapping.principal(group, kinds.AWSGroup, group.GroupName, graph.Props{})
		mapping.inline(id, group.GroupPolicyList)
		groups[group.GroupName] = id
	}
	for _, user := range answer.UserDetailList {
		id := mapping.principal(user, kinds.AWSUser, user.UserName, graph.Props{"user_id": user.UserID})
		mapping.inline(id, user.UserPolicyList)
		facts.Alias(userID(site, user.UserName), id)
		for _, name := range user.GroupList {
			if group, ok := groups[name]; ok {
				facts.Edge(id, kinds.MemberOf, group)
			} else {
				facts.Gap("the group %s of %s is not in the answer", name, id)
			}
		}
	}
	for _, role := range answer.RoleDetailList {
		id := mapping.principal(role, kinds.AWSRole, role.RoleName, graph.Props{
			"role_id": role.RoleID, "last_used": role.lastUsed(),
			"trust":          role.AssumeRolePolicyDocument.read(&facts, graph.ID(role.ARN)),
			"service_linked": strings.HasPrefix(role.Path, "/aws-service-role/"),
		})
		mapping.inline(id, role.RolePolicyList)
		for _, profile := range role.InstanceProfileList {
			addInstanceProfile(&facts, site, profile)
		}
	}
	mapping.policies(answer)
	return facts, nil
}

// principal adds a user, a group or a role with the policies that are attached to it.
func (mapping authorizationMapping) principal(principal iamPrincipal, kind graph.NodeKind, name string, own graph.Props) graph.ID {
	id := graph.ID(principal.ARN)
	own["name"], own["account"], own["path"], own["tags"] = name, mapping.site.Account, principal.Path, principal.Tags.list()
	if kind != kinds.AWSGroup {
		own["created"] = string(principal.CreateDate)
	}
	mapping.Node(id, kind, own)
	mapping.Edge(mapping.site.AccountID(), kinds.Contains, id)
	for _, attached := range principal.AttachedManagedPolicies {
		mapping.attached[attached.PolicyARN] = true
		mapping.Edge(id, kinds.HasPolicy, graph.ID(attached.PolicyARN))
	}
	if boundary := principal.PermissionsBoundary.PermissionsBoundaryARN; boundary != "" {
		mapping.attached[boundary] = true
		mapping.Edge(id, kinds.BoundedBy, graph.ID(boundary))
	}
	return id
}

func (mapping authorizationMapping) inline(owner graph.ID, policies []inlinePolicy) {
	for _, inline := range policies {
		id := owner + "/inline-policy/" + graph.ID(inline.PolicyName)
		mapping.Node(id, kinds.AWSInlinePolicy, graph.Props{
			"name": inline.PolicyName, "account": mapping.site.Account, "document": inline.PolicyDocument.read(mapping.Facts, id),
		})
		mapping.Edge(owner, kinds.HasPolicy, id)
	}
}

// policies adds the managed policies with their versions, and those that are attached and not in the answer.
func (mapping authorizationMapping) policies(answer authorization) {
	there := map[string]bool{}
	for _, managedPolicy := range answer.Policies {
		arn, byAWS := managedPolicy.ARN, keptByAWS(managedPolicy.ARN)
		if byAWS && !mapping.attached[arn] {
			continue
		}
		props := graph.Props{"name": lastOf(arn), "aws_managed": byAWS, "version": managedPolicy.DefaultVersionID}
		if !byAWS {
			props["account"], props["attachments"] = mapping.site.Account, managedPolicy.AttachmentCount
			mapping.Edge(mapping.site.AccountID(), kinds.Contains, graph.ID(arn))
		}
		for _, version := range managedPolicy.PolicyVersionList {
			if version.IsDefaultVersion || version.VersionID == managedPolicy.DefaultVersionID && version.VersionID != "" {
				props["document"], props["version"] = version.Document.read(mapping.Facts, graph.ID(arn)), version.VersionID
				there[arn] = there[arn] || version.Document.known()
				continue
			}
			id := graph.ID(arn + "/versions/" + version.VersionID)
			mapping.Node(id, kinds.AWSPolicyVersion, graph.Props{
				"name": lastOf(arn) + " " + version.VersionID, "account": props["account"], "version": version.VersionID,
				"document": version.Document.read(mapping.Facts, id),
			})
			mapping.Edge(graph.ID(arn), kinds.Contains, id)
		}
		mapping.Node(graph.ID(arn), kinds.AWSPolicy, props)
	}
	var absent []string
	for arn := range mapping.attached {
		if !there[arn] && arn != "" {
			absent = append(absent, arn)
		}
	}
	slices.Sort(absent)
	for _, arn := range absent {
		mapping.absent(arn)
	}
}

// absent adds a policy of which the answer holds no document.
func (mapping authorizationMapping) absent(arn string) {
	known, ok := managed.Find(arn)
	if !ok {
		mapping.Stub(graph.ID(arn), kinds.AWSPolicy)
		mapping.Gap("policy document of %s: not in the answer", arn)
		return
	}
	mapping.Node(graph.ID(arn), kinds.AWSPolicy, graph.Props{
		"name": lastOf(arn), "aws_managed": true, "version": known.Version, "document": string(known.Document), "document_source": known.Source,
	})
}

// keptByAWS tells a policy that AWS manages: its ARN has "aws" in place of an account
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html).
func keptByAWS(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[4] == "aws"
}

// userID names a user by its name alone. Names are unique within an account whatever the path
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names).
func userID(site ingest.Site, name string) graph.ID { return site.GlobalARN("iam", "user/"+name) }

func lastOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func addInstanceProfile(facts *ingest.Facts, site ingest.Site, profile instanceProfile) {
	roles := []string{}
	for _, role := range profile.Roles {
		roles = append(roles, role.ARN)
		facts.Edge(graph.ID(profile.ARN), kinds.Uses, graph.ID(role.ARN))
	}
	facts.Node(graph.ID(profile.ARN), kinds.AWSInstanceProfile, graph.Props{
		"name": profile.InstanceProfileName, "account": site.Account, "roles": graph.Sorted(roles), "tags": profile.Tags.list(),
	})
	facts.Edge(site.AccountID(), kinds.Contains, graph.ID(profile.ARN))
}
