package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"golang.org/x/time/rate"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// Options say what to collect and where to put it.
type Options struct {
	// Folder is where the bundle is written.
	Folder string
	// Profile names a profile of the shared configuration; empty leaves it to the default credential chain.
	Profile string
	// Regions are those to read; none means all that are enabled in the account.
	Regions []string
	// Endpoint, where it is not empty, is a URL to which all calls go instead of AWS.
	Endpoint string
	// Attempt is the most that one HTTP request may take.
	Attempt time.Duration
	// Attempts is how often one request is made before it counts as failed.
	Attempts int
	// Progress is told how many services have been read at how many places, of how many in all.
	Progress func(done, total int, service string)
}

// What leaves a slow list time to arrive, and a throttled one time to be let through.
const (
	DefaultAttempt  = time.Minute
	DefaultAttempts = 6
)

// Collect reads the account that the credentials belong to into a bundle. Only the calls that the tables declare are
// made, all of them reads. It gives an error where the credentials do not work, or stop working; what else fails is
// in the manifest.
func Collect(ctx context.Context, options Options) (ingest.Manifest, error) {
	shared, transport, err := configuration(ctx, options)
	if err != nil {
		return ingest.Manifest{}, fmt.Errorf("aws: read the configuration: %w", err)
	}
	defer transport.CloseIdleConnections()
	account, err := caller(ctx, shared)
	if err != nil {
		return ingest.Manifest{}, err
	}
	regions, err := chosenRegions(ctx, shared, options.Regions)
	if err != nil {
		return ingest.Manifest{}, err
	}
	limited(&shared, options, nil)
	collector := options.collector()
	collector.Clients = options.clients(shared)
	return collector.Collect(ctx, options.Folder, account, regions)
}

func (options Options) collector() ingest.Collector[aws.Config] {
	return ingest.Collector[aws.Config]{Cloud: "aws", Tables: Tables(), Encode: encode, Failure: failure, Now: time.Now, Progress: options.Progress}
}

// clients gives what the tables are called with, by site.
func (options Options) clients(shared aws.Config) func(ingest.Site) aws.Config {
	return func(site ingest.Site) aws.Config { return at(shared, endpointRegion(site, shared), options.Attempts) }
}

// limited holds an account's requests back, but those that go elsewhere than to AWS, which has no limits of AWS's to keep.
func limited(account *aws.Config, options Options, shared *rate.Limiter) {
	if options.Endpoint == "" {
		account.APIOptions = append(slices.Clone(account.APIOptions), newLimits(shared).limit)
	}
}

func endpointRegion(site ingest.Site, shared aws.Config) string {
	if site.Region != "" {
		return site.Region
	}
	return homeRegion(site.Partition, shared.Region)
}

// homeRegion is where a partition's global services are asked: their endpoints answer there whatever region is set up
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html).
func homeRegion(partition, configured string) string {
	switch partition {
	case "aws":
		return defaultRegion
	case "aws-cn":
		return "cn-northwest-1"
	case "aws-us-gov":
		return "us-gov-west-1"
	default:
		return configured
	}
}

func configuration(ctx context.Context, options Options) (aws.Config, *http.Transport, error) {
	client := awshttp.NewBuildableClient().WithTimeout(options.Attempt)
	settings := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client), config.WithSharedConfigProfile(options.Profile), config.WithAppID("inroad"), config.WithDefaultRegion(defaultRegion),
	}
	if len(options.Regions) > 0 {
		settings = append(settings, config.WithRegion(options.Regions[0]))
	}
	if options.Endpoint != "" {
		settings = append(settings, config.WithBaseEndpoint(options.Endpoint))
	}
	shared, err := config.LoadDefaultConfig(ctx, settings...)
	if err != nil {
		return aws.Config{}, nil, err
	}
	if configured, ok := shared.HTTPClient.(*awshttp.BuildableClient); ok { // with the certificates that the user has set
		client = configured
	}
	transport := client.GetTransport()
	shared.HTTPClient = &http.Client{Transport: transport, Timeout: options.Attempt, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the SDK signs a request anew for where it is to go
	}}
	shared.Credentials = aws.NewCredentialsCache(namedCredentials{shared.Credentials})
	return at(shared, shared.Region, options.Attempts), transport, nil
}

// at gives a configuration for one region with a retryer of its own, which learns how fast the calls made with
// it may follow one another.
func at(shared aws.Config, region string, attempts int) aws.Config {
	own := shared.Copy()
	own.Region = region
	retryer := retry.NewAdaptiveMode(func(adaptive *retry.AdaptiveModeOptions) {
		adaptive.StandardOptions = append(adaptive.StandardOptions, func(standard *retry.StandardOptions) { standard.MaxAttempts = attempts })
	})
	own.Retryer = func() aws.Retryer { return retryer }
	return own
}

// caller gives the account whose credentials these are.
func caller(ctx context.Context, shared aws.Config) (ingest.Site, error) {
	identity, err := sts.NewFromConfig(shared).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return ingest.Site{}, fmt.Errorf("aws: ask whose credentials these are (sts:GetCallerIdentity): %w", err)
	}
	account := aws.ToString(identity.Account)
	parts := strings.Split(aws.ToString(identity.Arn), ":")
	if len(parts) < 2 || !accountName.MatchString(account) {
		return ingest.Site{}, fmt.Errorf("aws: sts:GetCallerIdentity answers account %q and ARN %q, which is no identity", account, aws.ToString(identity.Arn))
	}
	return ingest.Site{Partition: parts[1], Account: account}, nil
}

// chosenRegions gives the regions to read in order: those asked for, or all that are enabled in the account.
func chosenRegions(ctx context.Context, shared aws.Config, asked []string) ([]string, error) {
	if len(asked) == 0 {
		answer, err := ec2.NewFromConfig(shared).DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
		if err != nil {
			return nil, fmt.Errorf("aws: list the enabled regions (ec2:DescribeRegions); name the regions instead if that is denied: %w", err)
		}
		for _, region := range answer.Regions {
			asked = append(asked, aws.ToString(region.RegionName))
		}
	}
	for _, region := range asked {
		if !regionName.MatchString(region) {
			return nil, fmt.Errorf("aws: %w: %q is not the name of a region", graph.ErrInvalid, region)
		}
	}
	return graph.Sorted(asked), nil
}

// expired are the codes with which AWS refuses credentials that were good before.
var expired = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}

func failure(err error) (code, message string, hopeless bool) {
	var answered smithy.APIError
	var credentials credentialsError
	var unresolved *net.DNSError
	var timed net.Error
	switch {
	case errors.As(err, &credentials):
		return "NoCredentials", credentials.Error(), true
	case errors.As(err, &answered):
		return answered.ErrorCode(), answered.ErrorMessage(), slices.Contains(expired, answered.ErrorCode())
	case errors.As(err, &unresolved) && unresolved.IsNotFound:
		return "NoEndpoint", "the service has no endpoint in the region: " + unresolved.Name, false
	case errors.As(err, &timed) && timed.Timeout():
		return "Timeout", "no answer in time", false
	default:
		return "RequestFailed", err.Error(), false
	}
}

// namedCredentials marks the errors of a provider of credentials, which the SDK mixes with those of calls.
type namedCredentials struct{ aws.CredentialsProvider }

// Retrieve gets credentials from the provider.
func (named namedCredentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	found, err := named.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return found, credentialsError{err}
	}
	return found, nil
}

type credentialsError struct{ error }

// Unwrap gives the provider's error.
func (failed credentialsError) Unwrap() error { return failed.error }
