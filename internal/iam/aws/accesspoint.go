package aws

import (
	"maps"
	"strings"
)

// AccessPoint is an S3 access point: another name of a bucket, with a policy and a block of public access of its own.
type AccessPoint struct {
	ARN      string // arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME
	VPC      bool   // its network origin is a VPC and not the internet
	Policies ResourcePolicies
}

// EvaluateThrough answers a request for a bucket, or an object in it, that goes through an access point: "For an
// application or user to be able to access objects through an access point, both the access point and the underlying
// bucket must permit the request" (Configuring IAM policies for using access points,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html). Both see the keys that tell by which
// access point the request came, so that a bucket's policy can leave the decision to the access points of an account. The
// worse of the two answers is the answer.
func EvaluateThrough(request *Request, principal *PrincipalPolicies, point *AccessPoint, bucket *ResourcePolicies) Result {
	through := *request
	if through.Context = maps.Clone(request.Context); through.Context == nil {
		through.Context = map[string][]string{}
	}
	through.Context["s3:DataAccessPointArn"] = []string{point.ARN}
	through.Context["s3:DataAccessPointAccount"] = []string{arnAccount(point.ARN)}
	through.Context["s3:AccessPointNetworkOrigin"] = []string{"Internet"}
	if point.VPC {
		through.Context["s3:AccessPointNetworkOrigin"] = []string{"VPC"}
	}
	atBucket := Evaluate(&through, principal, bucket)
	if _, key, isObject := strings.Cut(request.Resource, "/"); isObject {
		through.Resource = point.ARN + "/object/" + key
	} else {
		through.Resource = point.ARN
	}
	through.ResourceAccount = ""
	atPoint := Evaluate(&through, principal, &point.Policies)
	worse, other := atPoint, atBucket
	if severity(atBucket.Decision) > severity(atPoint.Decision) {
		worse, other = atBucket, atPoint
	}
	if worse.Decision >= Possible {
		worse.merge(&other)
		worse.Guardrails = append(worse.Guardrails, other.Guardrails...)
	}
	return worse
}
