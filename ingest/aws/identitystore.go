package aws

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	store := of{"list-identity-stores", "IdentityStores[].IdentityStoreId", "--identity-store-id"}
	// Of people no more is read than what tells them apart: no addresses, no telephone numbers.
	users := perItem("identitystore", "list-users", "identitystore:ListUsers", store, ingest.Mapping(mapDirectoryUsers), func(ctx context.Context, config aws.Config, id string) (any, error) {
		answer, err := pages(ctx, identitystore.NewListUsersPaginator(identitystore.NewFromConfig(config), &identitystore.ListUsersInput{IdentityStoreId: &id}))
		if err != nil {
			return nil, err
		}
		for i, user := range answer.Users {
			answer.Users[i] = types.User{UserId: user.UserId, UserName: user.UserName, UserStatus: user.UserStatus, IdentityStoreId: user.IdentityStoreId}
		}
		return answer, nil
	}, "ResourceNotFoundException")
	users.Command += ` --query '{Users: Users[].{UserId: UserId, UserName: UserName, UserStatus: UserStatus}}'`
	memberships := perItem("identitystore", "list-group-memberships", "identitystore:ListGroupMemberships", of{"list-groups", "Groups[].GroupId", ""}, ingest.Mapping(mapMemberships), func(ctx context.Context, config aws.Config, item string) (any, error) {
		store, group := ingest.Halves(item)
		return pages(ctx, identitystore.NewListGroupMembershipsPaginator(identitystore.NewFromConfig(config), &identitystore.ListGroupMembershipsInput{IdentityStoreId: &store, GroupId: &group}))
	}, "ResourceNotFoundException")
	memberships.Joined, memberships.Command = true, `aws identitystore list-group-memberships --identity-store-id "${item%%,*}" --group-id "${item#*,}"`
	register(
		once("identitystore", "list-identity-stores", "identitystore:ListIdentityStores", ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, identitystore.NewListIdentityStoresPaginator(identitystore.NewFromConfig(config), &identitystore.ListIdentityStoresInput{}))
		}),
		users,
		perItem("identitystore", "list-groups", "identitystore:ListGroups", store, ingest.Mapping(mapDirectoryGroups), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return pages(ctx, identitystore.NewListGroupsPaginator(identitystore.NewFromConfig(config), &identitystore.ListGroupsInput{IdentityStoreId: &id}))
		}, "ResourceNotFoundException"),
		memberships,
	)
}

// directoryARN names a user or a group of an identity store, whose ARN has neither region nor account
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html, resource types).
func directoryARN(site ingest.Site, kind, id string) string {
	if id == "" {
		return ""
	}
	return "arn:" + site.Partition + ":identitystore:::" + strings.ToLower(kind) + "/" + id
}

type directoryUsers struct {
	Users []struct{ UserID, UserName, UserStatus string }
}

func mapDirectoryUsers(facts *ingest.Facts, site ingest.Site, store string, body directoryUsers) {
	for _, user := range body.Users {
		describe(facts, site, kinds.AWSDirectoryUser, directoryARN(site, "user", user.UserID), user.UserName, nil, graph.Props{"identity_store": store, "status": user.UserStatus})
	}
}

type directoryGroups struct {
	Groups []struct{ GroupID, DisplayName string }
}

func mapDirectoryGroups(facts *ingest.Facts, site ingest.Site, store string, body directoryGroups) {
	for _, group := range body.Groups {
		describe(facts, site, kinds.AWSDirectoryGroup, directoryARN(site, "group", group.GroupID), group.DisplayName, nil, graph.Props{"identity_store": store})
	}
}

type memberships struct {
	GroupMemberships []struct {
		GroupID  string
		MemberID struct{ UserID string }
	}
}

func mapMemberships(facts *ingest.Facts, site ingest.Site, _ string, body memberships) {
	for _, membership := range body.GroupMemberships {
		user, group := graph.ID(directoryARN(site, "user", membership.MemberID.UserID)), graph.ID(directoryARN(site, "group", membership.GroupID))
		if user == "" || group == "" {
			continue
		}
		facts.Stub(user, kinds.AWSDirectoryUser)
		facts.Stub(group, kinds.AWSDirectoryGroup)
		facts.Edge(user, kinds.MemberOf, group)
	}
}
