package aws

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
