package aws

import "strings"

// publicAccessBlocked applies S3's RestrictPublicBuckets: while the bucket's policy is public, "only AWS service
// principals and authorized users within the bucket owner's account" can use it (Blocking public access to your Amazon
// S3 storage, https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
func (e *evaluation) publicAccessBlocked() bool {
	if !e.resource.RestrictPublic || e.sameAccount() || e.request.Principal.Kind == Service {
		return false
	}
	for _, p := range e.resource.Resource {
		if p.Public() {
			e.check(Check{Layer: PublicAccessLayer, Outcome: Stopped, Reason: "the policy is public and RestrictPublicBuckets admits only the owner's account and services"})
			return true
		}
	}
	return false
}

// ownerMendsPolicy reports whether the root user of a bucket's own account sees to the bucket's policy: "the root
// principal in a bucket owner's AWS account can perform the GetBucketPolicy, PutBucketPolicy, and DeleteBucketPolicy API
// actions, even if their bucket policy explicitly denies the root principal's access" (PutBucketPolicy,
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html). Organizations and endpoint policies can
// still stop it.
func (e *evaluation) ownerMendsPolicy() bool {
	switch e.action {
	case "s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy":
		return e.request.Principal.Kind == Root && e.sameAccount()
	}
	return false
}

// everyBucket is what s3:ListAllMyBuckets acts on, beside "*": the guide's example for Carlos allows it so ("The
// AllowS3ListRead statement in this policy allows Carlos to view a list of all of the buckets in the account", Policy
// evaluation for requests within a single account,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html).
func everyBucket(action string) (target string, ok bool) {
	return "arn:aws:s3:::*", action == "s3:listallmybuckets"
}

// bucketARN is the published form of a bucket's ARN. A bucket's name has no slash; what has one is an object.
const bucketARN = "arn:${Partition}:s3:::${BucketName}"

var anyObject = CompilePattern("arn:*:s3:::*/*")

func (t *ResourceType) covers(arn string) bool {
	return t.Pattern.Match(arn) && (t.ARN != bucketARN || !strings.Contains(arn, "/"))
}
