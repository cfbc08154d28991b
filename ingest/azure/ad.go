package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ad", Operation: "user-list", Tenant: true, Actions: []string{"User.Read.All"},
			Call: directoryList("users", "id", "displayName", "userPrincipalName", "accountEnabled", "userType", "onPremisesSyncEnabled"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row user) {
				var guest any
				if row.UserType != "" {
					guest = strings.EqualFold(row.UserType, "Guest")
				}
				contribute(facts, site, kinds.AzureUser, directoryObject(row.ID), graph.Props{
					"name": row.named(), "principal_name": row.UserPrincipalName, "enabled": row.AccountEnabled, "guest": guest, "synced": row.OnPremisesSyncEnabled,
				})
			}),
		},
		Table{
			Service: "ad", Operation: "group-list", Tenant: true, Actions: []string{"Group.Read.All"},
			Call: directoryList("groups", "id", "displayName", "isAssignableToRole", "groupTypes", "membershipRule", "onPremisesSyncEnabled", "securityEnabled"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row group) {
				props := graph.Props{
					"name": row.DisplayName, "role_assignable": row.IsAssignableToRole, "membership_rule": row.MembershipRule,
					"synced": row.OnPremisesSyncEnabled,
				}
				if row.GroupTypes != nil {
					props["dynamic"] = contains(row.GroupTypes, "DynamicMembership")
				}
				contribute(facts, site, kinds.AzureGroup, directoryObject(row.ID), props)
			}),
		},
		Table{
			Service: "ad", Operation: "group-member-list", Tenant: true, Actions: []string{"GroupMember.Read.All"},
			Parent: "group-list", Items: "[].id", Command: `az ad group member list --group "$item"`,
			Call: directoryBelow("groups", "members", "id", "displayName", "userPrincipalName"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, item string, rows []object) {
				for _, member := range rows {
					member.add(facts, site).to(kinds.MemberOf, kinds.AzureGroup, directoryObject(name(item)))
				}
			}),
		},
		Table{
			Service: "ad", Operation: "group-owner-list", Tenant: true, Actions: []string{"GroupMember.Read.All"},
			Parent: "group-list", Items: "[].id", Command: `az ad group owner list --group "$item"`,
			Call: directoryBelow("groups", "owners", "id", "displayName", "userPrincipalName"),
			Map:  answerOf(owners(kinds.AzureGroup)),
		},
	)
}

func contains(list []string, word string) bool {
	for _, each := range list {
		if strings.EqualFold(each, word) {
			return true
		}
	}
	return false
}

// object is any object of Entra ID, as lists of members and owners give it.
type object struct {
	ID                             name
	Type                           string `json:"@odata.type"`
	ODataType                      string // az prints it so, too
	DisplayName, UserPrincipalName string
}

func (object object) named() string {
	if object.UserPrincipalName != "" {
		return object.UserPrincipalName
	}
	return object.DisplayName
}

// kind tells what an object is (https://learn.microsoft.com/graph/api/resources/directoryobject#relationships).
func (object object) kind() graph.NodeKind {
	switch strings.ToLower(strings.TrimPrefix(object.Type+object.ODataType, "#microsoft.graph.")) {
	case "group":
		return kinds.AzureGroup
	case "serviceprincipal":
		return kinds.AzureServicePrincipal
	case "application":
		return kinds.AzureApplication
	case "user", "":
		return kinds.AzureUser
	default: // devices and contacts
		return graph.Stub
	}
}

// add adds what a list says of an object.
func (object object) add(facts *ingest.Facts, site ingest.Site) subject {
	if object.kind() == graph.Stub {
		return subject{facts, graph.ID(directoryObject(object.ID))}
	}
	return contribute(facts, site, object.kind(), directoryObject(object.ID), graph.Props{"name": object.named()})
}

type user struct {
	object
	UserType                              string
	AccountEnabled, OnPremisesSyncEnabled *bool
}

type group struct {
	ID                                        name
	DisplayName, MembershipRule               string
	IsAssignableToRole, OnPremisesSyncEnabled *bool
	GroupTypes                                []string
}

// owners maps the owners of the object that the command was called for.
func owners(of graph.NodeKind) func(*ingest.Facts, ingest.Site, string, []object) {
	return func(facts *ingest.Facts, site ingest.Site, item string, rows []object) {
		for _, owner := range rows {
			owner.add(facts, site).to(kinds.Owns, of, directoryObject(name(item)))
		}
	}
}
