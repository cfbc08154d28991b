package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"
	"golang.org/x/time/rate"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// Organization says how the accounts of an organization are read.
type Organization struct {
	// Role is the name, with its path if it has one, of the role that is taken in every account.
	Role string
	// ExternalID is what the role's trust policy asks for (sts:ExternalId); empty where it asks for none.
	ExternalID string
	// Tags are the session's tags (aws:PrincipalTag and aws:RequestTag in the role's policies), each key=value.
	Tags []string
	// Accounts are those to read; none means all that are active.
	Accounts []string
	// Told hears of each account that has ended: how many have, of how many in all, and why the account is not complete, nil
	// where it is.
	Told func(account string, done, total int, err error)
}

// CollectOrganization reads every account of the organization that the credentials' account manages, or administers as a delegate.
// The credentials' own account is read with them, and every other one with the role, which is taken anew when AWS refuses
// what it gave before. It gives an error where nothing can be read; an account that cannot be is in the manifest.
func CollectOrganization(ctx context.Context, options Options, organization Organization) (ingest.Manifest, error) {
	tags, err := organization.sessionTags()
	if err != nil {
		return ingest.Manifest{}, err
	}
	shared, transport, err := configuration(ctx, options)
	if err != nil {
		return ingest.Manifest{}, fmt.Errorf("aws: read the configuration: %w", err)
	}
	defer transport.CloseIdleConnections()
	own, err := caller(ctx, shared)
	if err != nil {
		return ingest.Manifest{}, err
	}
	regions, err := chosenRegions(ctx, shared, options.Regions)
	if err != nil {
		return ingest.Manifest{}, err
	}
	listed, err := listAccounts(ctx, shared, own.Partition)
	if err != nil {
		return ingest.Manifest{}, err
	}
	wanted, err := organization.chosen(listed)
	if err != nil {
		return ingest.Manifest{}, err
	}
	budget := rate.NewLimiter(requestsPerOrganizationSecond, requestsPerOrganizationSecond)
	members := make([]ingest.Member[aws.Config], 0, len(wanted))
	for _, digits := range wanted {
		account := ingest.Site{Partition: own.Partition, Account: digits}
		members = append(members, ingest.Member[aws.Config]{Account: account, Open: func(ctx context.Context) (ingest.Opening[aws.Config], error) {
			config := shared.Copy()
			limited(&config, options, budget)
			var renew func()
			if account.Account != own.Account {
				cache := organization.assumed(shared, account, tags)
				config.Credentials, renew = cache, cache.Invalidate
			}
			return options.open(ctx, config, account, regions, renew)
		}})
	}
	collector := options.collector()
	collector.Progress = func(int, int, string) {}
	done := make(chan struct{}, 1) // held while an account is told
	ended := 0
	return collector.CollectAll(ctx, options.Folder, members, func(account ingest.Site, err error) {
		done <- struct{}{}
		ended++
		organization.Told(account.Account, ended, len(members), err)
		<-done
	})
}

// assumed gives the credentials of the role in an account.
func (organization Organization) assumed(shared aws.Config, account ingest.Site, tags []ststypes.Tag) *aws.CredentialsCache {
	role := string(account.GlobalARN("iam", "role/"+strings.TrimPrefix(organization.Role, "/")))
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(shared), role, func(asked *stscreds.AssumeRoleOptions) {
		asked.RoleSessionName, asked.Tags = "inroad", tags
		if organization.ExternalID != "" {
			asked.ExternalID = &organization.ExternalID
		}
	})
	return aws.NewCredentialsCache(namedCredentials{provider})
}

// open finds the account's regions: of those that are usual, where it does not tell. One that was asked for and is not
// enabled there is recorded, and not read.
func (options Options) open(ctx context.Context, config aws.Config, account ingest.Site, usual []string, renew func()) (ingest.Opening[aws.Config], error) {
	if _, err := config.Credentials.Retrieve(ctx); err != nil {
		return ingest.Opening[aws.Config]{}, err
	}
	opening := ingest.Opening[aws.Config]{Clients: options.clients(config), Renew: renew}
	enabled, err := chosenRegions(ctx, config, nil)
	if err != nil {
		code, message, _ := failure(err)
		opening.Failures = append(opening.Failures, unread(account, config.Region, code, message))
		opening.Regions = usual
		return opening, nil
	}
	opening.Regions = enabled
	if len(options.Regions) > 0 {
		opening.Regions = []string{}
		for _, region := range graph.Sorted(options.Regions) {
			if slices.Contains(enabled, region) {
				opening.Regions = append(opening.Regions, region)
			} else {
				opening.Failures = append(opening.Failures, unread(account, region, "NotEnabled", "the region is not enabled in the account"))
			}
		}
	}
	return opening, nil
}

func unread(account ingest.Site, region, code, message string) ingest.CollectFailure {
	return ingest.CollectFailure{Cloud: "aws", Account: account.Account, Region: region, Service: "ec2", Operation: "describe-regions", Code: code, Message: message}
}

// listAccounts gives the active accounts of the organization. Only the management account and delegated administrators may
// ask (https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html).
func listAccounts(ctx context.Context, shared aws.Config, partition string) ([]string, error) {
	config := at(shared, homeRegion(partition, shared.Region), DefaultAttempts)
	answer, err := pages(ctx, organizations.NewListAccountsPaginator(organizations.NewFromConfig(config), &organizations.ListAccountsInput{}))
	if err != nil {
		return nil, fmt.Errorf("aws: list the organization's accounts (organizations:ListAccounts); use credentials of the management account or of a delegated administrator: %w", err)
	}
	var accounts []string
	for _, account := range answer.Accounts {
		if account.State == types.AccountStateActive || account.State == "" && account.Status == types.AccountStatusActive {
			accounts = append(accounts, aws.ToString(account.Id))
		}
	}
	return graph.Sorted(accounts), nil
}

// chosen gives the accounts to read.
func (organization Organization) chosen(listed []string) ([]string, error) {
	for _, account := range organization.Accounts {
		if !slices.Contains(listed, account) {
			return nil, fmt.Errorf("aws: %w: %s is no active account of the organization", graph.ErrInvalid, account)
		}
	}
	if len(organization.Accounts) > 0 {
		return graph.Sorted(organization.Accounts), nil
	}
	return listed, nil
}

func (organization Organization) sessionTags() ([]ststypes.Tag, error) {
	var tags []ststypes.Tag
	for _, text := range organization.Tags {
		key, value, found := strings.Cut(text, "=")
		if !found || key == "" {
			return nil, fmt.Errorf("aws: %w: session tag %q: want key=value", graph.ErrInvalid, text)
		}
		tags = append(tags, ststypes.Tag{Key: &key, Value: &value})
	}
	return tags, nil
}
