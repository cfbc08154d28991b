package aws

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "s3", Operation: "list-buckets", Global: true,
			Actions: []string{"s3:ListAllMyBuckets"},
			Command: "aws s3api list-buckets",
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				// Asked with a page size, S3 tells each bucket's region too.
				return pages(ctx, s3.NewListBucketsPaginator(s3Client(config), &s3.ListBucketsInput{MaxBuckets: aws.Int32(1000)}))
			},
			Map: ingest.Mapping(mapBuckets),
		},
		perBucket("get-bucket-location", "s3:GetBucketLocation", nil, ingest.Mapping(mapBucketLocation),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: bucket})
			}),
		perBucket("get-bucket-policy", "s3:GetBucketPolicy", []string{"NoSuchBucketPolicy"}, ingest.Mapping(mapBucketPolicy),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
			}),
		perBucket("get-bucket-acl", "s3:GetBucketAcl", nil, ingest.Mapping(mapBucketACL),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
			}),
		perBucket("get-bucket-ownership-controls", "s3:GetBucketOwnershipControls", []string{"OwnershipControlsNotFoundError"}, ingest.Mapping(mapBucketOwnership),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
			}),
		perBucket("get-public-access-block", "s3:GetBucketPublicAccessBlock", []string{"NoSuchPublicAccessBlockConfiguration"}, ingest.Mapping(mapBucketAccessBlock),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			}),
		perBucket("get-bucket-encryption", "s3:GetEncryptionConfiguration", []string{"ServerSideEncryptionConfigurationNotFoundError"}, ingest.Mapping(mapBucketEncryption),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
			}),
		perBucket("get-bucket-versioning", "s3:GetBucketVersioning", nil, ingest.Mapping(mapBucketVersioning),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
			}),
		perBucket("get-object-lock-configuration", "s3:GetBucketObjectLockConfiguration", []string{"ObjectLockConfigurationNotFoundError"}, ingest.Mapping(mapObjectLock),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: bucket})
			}),
		perBucket("get-bucket-replication", "s3:GetReplicationConfiguration", []string{"ReplicationConfigurationNotFoundError"}, ingest.Mapping(mapBucketReplication),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: bucket})
			}),
		perBucket("get-bucket-logging", "s3:GetBucketLogging", nil, ingest.Mapping(mapBucketLogging),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: bucket})
			}),
		perBucket("get-bucket-website", "s3:GetBucketWebsite", []string{"NoSuchWebsiteConfiguration"}, ingest.Mapping(mapBucketWebsite),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: bucket})
			}),
		perBucket("get-bucket-tagging", "s3:GetBucketTagging", []string{"NoSuchTagSet"}, ingest.Mapping(mapBucketTagging),
			func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
				return client.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
			}),
		listObjects(),
	)
}

// perBucket makes the table of an operation that is called for every bucket.
func perBucket(operation, action string, absent []string, mapping func(ingest.Site, string, []byte) (ingest.Facts, error),
	call func(context.Context, *s3.Client, *string) (any, error),
) Table {
	return Table{
		Service: "s3", Operation: operation, Global: true,
		Actions: []string{action},
		Parent:  "list-buckets", Items: "Buckets[].Name",
		Command: "aws s3api " + operation + ` --bucket "$item"`,
		Call: func(ctx context.Context, config aws.Config, bucket string) (any, error) {
			return whereBucketIs(config, func(client *s3.Client) (any, error) { return call(ctx, client, &bucket) })
		},
		Absent: absent,
		Map:    mapping,
	}
}

// listObjects reads the first page of names alone: they are evidence of what a bucket holds, not an inventory.
func listObjects() Table {
	table := perBucket("list-objects-v2", "s3:ListBucket", nil, ingest.Mapping(mapObjects),
		func(ctx context.Context, client *s3.Client, bucket *string) (any, error) {
			return client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(1000)})
		})
	table.Command = `aws s3api list-objects-v2 --bucket "$item" --no-paginate --max-keys 1000 --query '{Contents: Contents[].{Key: Key}}'`
	return table
}

// s3Client gives a client that names the bucket in the path where the endpoint is the user's own, which need not
// have a host name for every bucket.
func s3Client(config aws.Config) *s3.Client {
	return s3.NewFromConfig(config, func(options *s3.Options) { options.UsePathStyle = options.BaseEndpoint != nil })
}

// whereBucketIs makes a call and, when S3 answers that the bucket is in another region, makes it again there. The answer
// names the region in a header
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html, x-amz-bucket-region).
func whereBucketIs(config aws.Config, call func(*s3.Client) (any, error)) (any, error) {
	answer, err := call(s3Client(config))
	var failure *smithyhttp.ResponseError
	if err == nil || !errors.As(err, &failure) || failure.Response == nil || failure.Response.Response == nil {
		return answer, err
	}
	if region := failure.Response.Header.Get("x-amz-bucket-region"); region != "" && region != config.Region {
		config = config.Copy()
		config.Region = region
		return call(s3Client(config))
	}
	return answer, err
}
