package aws

import (
	"cmp"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// bucketARN names a bucket, whose ARN has neither account nor region; empty for no name.
func bucketARN(site ingest.Site, name string) string {
	if name == "" {
		return ""
	}
	return "arn:" + site.Partition + ":s3:::" + name
}

// objectARN gives the ARN of the object at an S3 URI, s3://bucket/key; empty for anything else.
func objectARN(site ingest.Site, uri string) string {
	place, found := strings.CutPrefix(uri, "s3://")
	if bucket, key, _ := strings.Cut(place, "/"); !found || bucket == "" || key == "" {
		return ""
	}
	return bucketARN(site, place)
}

type buckets struct {
	Buckets []struct {
		Name, BucketRegion string
		CreationDate       moment
	}
	Owner struct{ ID string }
}

func mapBuckets(facts *ingest.Facts, site ingest.Site, _ string, body buckets) {
	for _, bucket := range body.Buckets {
		contribute(facts, kinds.AWSBucket, bucketARN(site, bucket.Name), graph.Props{
			"name": bucket.Name, "account": site.Account, "region": bucket.BucketRegion, "created": string(bucket.CreationDate),
		})
	}
	if body.Owner.ID != "" {
		contribute(facts, kinds.AWSAccount, string(site.AccountID()), graph.Props{"canonical_id": body.Owner.ID})
	}
}

type bucketLocation struct{ LocationConstraint *string }

// mapBucketLocation reads the region; the oldest regions have names of their own
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html).
func mapBucketLocation(facts *ingest.Facts, site ingest.Site, bucket string, body bucketLocation) {
	region := "us-east-1"
	if body.LocationConstraint != nil {
		region = cmp.Or(*body.LocationConstraint, region)
	}
	if region == "EU" {
		region = "eu-west-1"
	}
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"region": region})
}

type bucketPolicy struct{ Policy policy }

func mapBucketPolicy(facts *ingest.Facts, site ingest.Site, bucket string, body bucketPolicy) {
	id := bucketARN(site, bucket)
	contribute(facts, kinds.AWSBucket, id, graph.Props{"policy": body.Policy.orNone(facts, id)})
}

type bucketACL struct {
	Owner  struct{ ID string }
	Grants []bucketGrant
}

type bucketGrant struct {
	Grantee    struct{ ID, URI, EmailAddress string }
	Permission string
}

func (grant bucketGrant) text() string {
	grantee := cmp.Or(grant.Grantee.URI, grant.Grantee.ID, grant.Grantee.EmailAddress)
	if grantee == "" {
		return ""
	}
	return grantee + "=" + grant.Permission
}

func mapBucketACL(facts *ingest.Facts, site ingest.Site, bucket string, body bucketACL) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"acl": each(body.Grants, bucketGrant.text), "owner": body.Owner.ID})
}

type bucketOwnership struct {
	OwnershipControls struct {
		Rules []struct{ ObjectOwnership string }
	}
}

// mapBucketOwnership reads who owns objects. A bucket without the setting is older than the setting that turns ACLs off: they
// count, and the uploader owns what it uploads
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html).
func mapBucketOwnership(facts *ingest.Facts, site ingest.Site, bucket string, body bucketOwnership) {
	ownership := "ObjectWriter"
	for _, rule := range body.OwnershipControls.Rules {
		ownership = cmp.Or(rule.ObjectOwnership, ownership)
	}
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"ownership": ownership})
}

// accessBlock is a public access block, of a bucket or of an account. One that is absent blocks nothing
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
type accessBlock struct {
	PublicAccessBlockConfiguration struct {
		BlockPublicACLs, IgnorePublicACLs, BlockPublicPolicy, RestrictPublicBuckets bool
	}
}

// props gives the four settings under names that begin with the prefix.
func (block accessBlock) props(prefix string) graph.Props {
	settings := block.PublicAccessBlockConfiguration
	return graph.Props{
		prefix + "block_public_acls": settings.BlockPublicACLs, prefix + "ignore_public_acls": settings.IgnorePublicACLs,
		prefix + "block_public_policy": settings.BlockPublicPolicy, prefix + "restrict_public_buckets": settings.RestrictPublicBuckets,
	}
}

func mapBucketAccessBlock(facts *ingest.Facts, site ingest.Site, bucket string, body accessBlock) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), body.props(""))
}

type bucketEncryption struct {
	ServerSideEncryptionConfiguration struct {
		Rules []struct {
			ApplyServerSideEncryptionByDefault struct{ SSEAlgorithm, KMSMasterKeyID string }
		}
	}
}

// mapBucketEncryption reads the default encryption. KMS without a key means the key that AWS manages for S3
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html).
func mapBucketEncryption(facts *ingest.Facts, site ingest.Site, bucket string, body bucketEncryption) {
	algorithm, encryption := "none", ""
	for _, rule := range body.ServerSideEncryptionConfiguration.Rules {
		if set := rule.ApplyServerSideEncryptionByDefault; set.SSEAlgorithm != "" {
			algorithm, encryption = set.SSEAlgorithm, set.KMSMasterKeyID
		}
	}
	if encryption == "" && (algorithm == "aws:kms" || algorithm == "aws:kms:dsse") {
		encryption = "alias/aws/s3"
	}
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"encryption": algorithm, "kms_key": encryption}).usesKey(encryption)
}

type bucketVersioning struct{ Status, MFADelete string }

func mapBucketVersioning(facts *ingest.Facts, site ingest.Site, bucket string, body bucketVersioning) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{
		"versioning": body.Status == "Enabled", "mfa_delete": body.MFADelete == "Enabled",
	})
}

type objectLock struct {
	ObjectLockConfiguration struct {
		ObjectLockEnabled string
		Rule              struct {
			DefaultRetention struct {
				Mode        string
				Days, Years int64
			}
		}
	}
}

// mapObjectLock reads the retention that new objects get. A bucket may have Object Lock on and none: then each object has its
// own, or has none (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html).
func mapObjectLock(facts *ingest.Facts, site ingest.Site, bucket string, body objectLock) {
	lock, retention := body.ObjectLockConfiguration, body.ObjectLockConfiguration.Rule.DefaultRetention
	props := graph.Props{"object_lock": "none"}
	if lock.ObjectLockEnabled == "Enabled" {
		props["object_lock"] = cmp.Or(retention.Mode, "object by object")
	}
	if days := retention.Days + 365*retention.Years; days > 0 {
		props["object_lock_days"] = days
	}
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), props)
}

type bucketReplication struct {
	ReplicationConfiguration struct{ Rules []replicationRule }
}

type replicationRule struct {
	Status      string
	Destination struct{ Bucket, Account string }
}

func mapBucketReplication(facts *ingest.Facts, site ingest.Site, bucket string, body bucketReplication) {
	targets := []string{}
	for _, rule := range body.ReplicationConfiguration.Rules {
		if rule.Status == "Enabled" {
			targets = append(targets, rule.Destination.Bucket)
		}
	}
	found := contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"replicates_to": graph.Sorted(targets)})
	for _, target := range targets {
		found.to(kinds.CopiedTo, kinds.AWSBucket, target)
	}
}

type bucketLogging struct {
	LoggingEnabled *struct{ TargetBucket string }
}

func mapBucketLogging(facts *ingest.Facts, site ingest.Site, bucket string, body bucketLogging) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"logging": body.LoggingEnabled != nil})
}

type bucketWebsite struct {
	IndexDocument         *struct{ Suffix string }
	RedirectAllRequestsTo *struct{ HostName string }
}

func mapBucketWebsite(facts *ingest.Facts, site ingest.Site, bucket string, body bucketWebsite) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{
		"website": body.IndexDocument != nil || body.RedirectAllRequestsTo != nil,
	})
}

type bucketTagging struct{ TagSet tags }

func mapBucketTagging(facts *ingest.Facts, site ingest.Site, bucket string, body bucketTagging) {
	tagged := body.TagSet
	if tagged == nil {
		tagged = tags{}
	}
	contribute(facts, kinds.AWSBucket, bucketARN(site, bucket), graph.Props{"tags": tagged.list()})
}

type objectNames struct {
	Name     string
	Contents []objectName
}

type objectName struct{ Key string }

func mapObjects(facts *ingest.Facts, site ingest.Site, bucket string, body objectNames) {
	contribute(facts, kinds.AWSBucket, bucketARN(site, cmp.Or(bucket, body.Name)), graph.Props{
		"objects": each(append([]objectName{}, body.Contents...), func(object objectName) string { return object.Key }),
	})
}
