package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

func init() {
	register(
		Table{
			Service: "iam", Operation: "get-account-authorization-details", Global: true,
			Actions: []string{"iam:GetAccountAuthorizationDetails"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, iam.NewGetAccountAuthorizationDetailsPaginator(iam.NewFromConfig(config), &iam.GetAccountAuthorizationDetailsInput{}))
			},
			Map: mapAuthorization,
		},
		Table{
			Service: "iam", Operation: "list-users", Global: true,
			Actions: []string{"iam:ListUsers"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, iam.NewListUsersPaginator(iam.NewFromConfig(config), &iam.ListUsersInput{}))
			},
			Map: mapUsers,
		},
		Table{
			Service: "iam", Operation: "list-access-keys", Global: true,
			Actions: []string{"iam:ListAccessKeys"},
			Parent:  "get-account-authorization-details", Items: "UserDetailList[].UserName", Combined: "access-keys",
			Command: `aws iam list-access-keys --user-name "$item"`,
			Absent:  []string{"NoSuchEntity"},
			Call: func(ctx context.Context, config aws.Config, user string) (any, error) {
				return pages(ctx, iam.NewListAccessKeysPaginator(iam.NewFromConfig(config), &iam.ListAccessKeysInput{UserName: &user}))
			},
			Map: mapAccessKeys,
		},
		Table{
			Service: "iam", Operation: "get-access-key-last-used", Global: true,
			Actions: []string{"iam:GetAccessKeyLastUsed"},
			Parent:  "list-access-keys", Items: "AccessKeyMetadata[].AccessKeyId",
			Command: `aws iam get-access-key-last-used --access-key-id "$item"`,
			Absent:  []string{"NoSuchEntity"},
			Call: func(ctx context.Context, config aws.Config, key string) (any, error) {
				return iam.NewFromConfig(config).GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &key})
			},
			Map: mapAccessKeyUse,
		},
		Table{
			Service: "iam", Operation: "list-mfa-devices", Global: true,
			Actions: []string{"iam:ListMFADevices"},
			Parent:  "get-account-authorization-details", Items: "UserDetailList[].UserName", Combined: "mfa-devices",
			Command: `aws iam list-mfa-devices --user-name "$item"`,
			Absent:  []string{"NoSuchEntity"},
			Call: func(ctx context.Context, config aws.Config, user string) (any, error) {
				return pages(ctx, iam.NewListMFADevicesPaginator(iam.NewFromConfig(config), &iam.ListMFADevicesInput{UserName: &user}))
			},
			Map: mapMFADevices,
		},
		Table{
			Service: "iam", Operation: "get-login-profile", Global: true,
			Actions: []string{"iam:GetLoginProfile"},
			Parent:  "get-account-authorization-details", Items: "UserDetailList[].UserName", Combined: "login-profiles",
			Command: `aws iam get-login-profile --user-name "$item"`,
			Absent:  []string{"NoSuchEntity"},
			Call: func(ctx context.Context, config aws.Config, user string) (any, error) {
				return iam.NewFromConfig(config).GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: &user})
			},
			Map: mapLoginProfile,
		},
		Table{
			Service: "iam", Operation: "list-instance-profiles", Global: true,
			Actions: []string{"iam:ListInstanceProfiles"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, iam.NewListInstanceProfilesPaginator(iam.NewFromConfig(config), &iam.ListInstanceProfilesInput{}))
			},
			Map: mapInstanceProfiles,
		},
		Table{
			Service: "iam", Operation: "list-open-id-connect-providers", Global: true,
			Actions: []string{"iam:ListOpenIDConnectProviders"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return iam.NewFromConfig(config).ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
			},
			Map: mapOIDCProviders,
		},
		Table{
			Service: "iam", Operation: "get-open-id-connect-provider", Global: true,
			Actions: []string{"iam:GetOpenIDConnectProvider"},
			Parent:  "list-open-id-connect-providers", Items: "OpenIDConnectProviderList[].Arn",
			Command: `aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$item"`,
			Absent:  []string{"NoSuchEntity"},
			Call: func(ctx context.Context, config aws.Config, arn string) (any, error) {
				return iam.NewFromConfig(config).GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: &arn})
			},
			Map: mapOIDCProvider,
		},
		Table{
			Service: "iam", Operation: "list-saml-providers", Global: true,
			Actions: []string{"iam:ListSAMLProviders"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return iam.NewFromConfig(config).ListSAMLProviders(ctx, &iam.ListSAMLProvidersInput{})
			},
			Map: mapSAMLProviders,
		},
		Table{
			Service: "iam", Operation: "get-account-summary", Global: true,
			Actions: []string{"iam:GetAccountSummary"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return iam.NewFromConfig(config).GetAccountSummary(ctx, &iam.GetAccountSummaryInput{})
			},
			Map: mapAccountSummary,
		},
	)
}
