package aws

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	pool := of{"list-identity-pools", "IdentityPools[].IdentityPoolId", "--identity-pool-id"}
	identityPools := once("cognito-identity", "list-identity-pools", "cognito-identity:ListIdentityPools", ingest.Mapping(mapIdentityPools), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, cognitoidentity.NewListIdentityPoolsPaginator(cognitoidentity.NewFromConfig(config), &cognitoidentity.ListIdentityPoolsInput{MaxResults: aws.Int32(60)}))
	})
	identityPools.Command = "aws cognito-identity list-identity-pools --max-results 60"
	userPools := once("cognito-idp", "list-user-pools", "cognito-idp:ListUserPools", ingest.Mapping(mapUserPools), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, cognitoidentityprovider.NewListUserPoolsPaginator(cognitoidentityprovider.NewFromConfig(config), &cognitoidentityprovider.ListUserPoolsInput{MaxResults: aws.Int32(60)}))
	})
	userPools.Command = "aws cognito-idp list-user-pools --max-results 60"
	register(
		identityPools,
		perItem("cognito-identity", "describe-identity-pool", "cognito-identity:DescribeIdentityPool", pool, ingest.Mapping(mapIdentityPool), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return cognitoidentity.NewFromConfig(config).DescribeIdentityPool(ctx, &cognitoidentity.DescribeIdentityPoolInput{IdentityPoolId: &id})
		}, "ResourceNotFoundException"),
		perItem("cognito-identity", "get-identity-pool-roles", "cognito-identity:GetIdentityPoolRoles", pool, ingest.Mapping(mapIdentityPoolRoles), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return cognitoidentity.NewFromConfig(config).GetIdentityPoolRoles(ctx, &cognitoidentity.GetIdentityPoolRolesInput{IdentityPoolId: &id})
		}, "ResourceNotFoundException"),
		userPools,
		perItem("cognito-idp", "describe-user-pool", "cognito-idp:DescribeUserPool", of{"list-user-pools", "UserPools[].Id", "--user-pool-id"}, ingest.Mapping(mapUserPool), func(ctx context.Context, config aws.Config, id string) (any, error) {
			return cognitoidentityprovider.NewFromConfig(config).DescribeUserPool(ctx, &cognitoidentityprovider.DescribeUserPoolInput{UserPoolId: &id})
		}, "ResourceNotFoundException"),
	)
}

func identityPoolID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "cognito-identity", "identitypool/", id)
}

type identityPools struct {
	IdentityPools []struct{ IdentityPoolID, IdentityPoolName string }
}

func mapIdentityPools(facts *ingest.Facts, site ingest.Site, _ string, body identityPools) {
	for _, pool := range body.IdentityPools {
		describe(facts, site, kinds.AWSIdentityPool, identityPoolID(site, pool.IdentityPoolID), pool.IdentityPoolName, nil, nil)
	}
}

type identityPool struct {
	IdentityPoolID                                   string
	AllowUnauthenticatedIdentities, AllowClassicFlow *bool
	SupportedLoginProviders                          names
	CognitoIdentityProviders                         []struct{ ProviderName string }
	IdentityPoolTags                                 tags
}

func mapIdentityPool(facts *ingest.Facts, site ingest.Site, item string, body identityPool) {
	if body.IdentityPoolID == "" {
		return
	}
	providers := []string(append(names{}, body.SupportedLoginProviders...))
	for _, provider := range body.CognitoIdentityProviders {
		providers = append(providers, provider.ProviderName)
	}
	classic := body.AllowClassicFlow != nil && *body.AllowClassicFlow
	contribute(facts, kinds.AWSIdentityPool, identityPoolID(site, cmp.Or(body.IdentityPoolID, item)), graph.Props{
		"guests": body.AllowUnauthenticatedIdentities, "classic_flow": classic, "providers": graph.Sorted(providers), "tags": []string(append(tags{}, body.IdentityPoolTags...)),
	})
}

type identityPoolRoles struct {
	Roles        struct{ Authenticated, Unauthenticated string }
	RoleMappings poolRules
}

// poolRules decodes the roles that the rules of an identity pool give, whatever provider they are for, sorted.
type poolRules []string

// UnmarshalJSON reads the rules of every provider.
func (roles *poolRules) UnmarshalJSON(body []byte) error {
	var providers map[string]json.RawMessage
	if err := json.Unmarshal(body, &providers); err != nil {
		return unplaced(err)
	}
	found := poolRules{}
	for _, provider := range slices.Sorted(maps.Keys(providers)) {
		var mapping struct {
			RulesConfiguration struct{ Rules []poolRule }
		}
		if err := json.Unmarshal(providers[provider], &mapping); err != nil {
			if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
				kind.Field = "" // what is above adds its own name
			}
			return unplaced(err)
		}
		found = append(found, each(mapping.RulesConfiguration.Rules, func(rule poolRule) string { return rule.RoleARN })...)
	}
	*roles = graph.Sorted(found)
	return nil
}

type poolRule struct{ RoleARN string }

func mapIdentityPoolRoles(facts *ingest.Facts, site ingest.Site, item string, body identityPoolRoles) {
	rules := []string(append(poolRules{}, body.RoleMappings...))
	found := contribute(facts, kinds.AWSIdentityPool, identityPoolID(site, item), graph.Props{"guest_role": body.Roles.Unauthenticated, "user_role": body.Roles.Authenticated, "rule_roles": rules})
	for _, role := range append(rules, body.Roles.Authenticated, body.Roles.Unauthenticated) {
		found.to(kinds.Uses, kinds.AWSRole, role)
	}
}

func userPoolID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "cognito-idp", "userpool/", id)
}

type userPools struct{ UserPools []struct{ ID, Name string } }

func mapUserPools(facts *ingest.Facts, site ingest.Site, _ string, body userPools) {
	for _, pool := range body.UserPools {
		describe(facts, site, kinds.AWSUserPool, userPoolID(site, pool.ID), pool.Name, nil, nil)
	}
}

type userPool struct {
	UserPool *struct {
		ARN, MFAConfiguration string
		DeletionProtection    string
		AdminCreateUserConfig struct{ AllowAdminCreateUserOnly bool }
		LambdaConfig          map[string]any
		UserPoolTags          tags
	}
}

// mapUserPool reads a pool. Anyone signs up where not only administrators may
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUserConfigType.html).
func mapUserPool(facts *ingest.Facts, site ingest.Site, item string, body userPool) {
	if body.UserPool == nil {
		return
	}
	pool := body.UserPool
	triggers := []string{}
	for _, value := range pool.LambdaConfig {
		if arn, ok := value.(string); ok && strings.Contains(arn, ":lambda:") {
			triggers = append(triggers, unqualified(arn))
		}
	}
	triggers = graph.Sorted(triggers)
	var protected any
	if pool.DeletionProtection != "" {
		protected = pool.DeletionProtection == "ACTIVE"
	}
	found := contribute(facts, kinds.AWSUserPool, cmp.Or(pool.ARN, userPoolID(site, item)), graph.Props{
		"self_sign_up": !pool.AdminCreateUserConfig.AllowAdminCreateUserOnly, "mfa": pool.MFAConfiguration, "deletion_protection": protected, "triggers": triggers, "tags": []string(append(tags{}, pool.UserPoolTags...)),
	})
	for _, trigger := range triggers {
		found.to(kinds.RoutesTo, kinds.AWSFunction, trigger)
	}
}
