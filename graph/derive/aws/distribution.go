package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
)

// origin is where a distribution gets what it serves to anyone.
type origin struct{ id, domain, access string }

// distributions derives the CloudFront distributions that serve anyone, and what they serve: a bucket that lets CloudFront alone read is
// not public, and all the same served to everyone ("Restrict access to an Amazon S3 origin",
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html). Behaviours that want
// signed addresses serve nobody in particular ("Serve private content with signed URLs and signed cookies",
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html).
func (authorizer *Authorizer) distributions(balancers *balancers) []graph.Edge {
	var edges []graph.Edge
	for _, distribution := range authorizer.estate.all(kinds.AWSDistribution) {
		if !distribution.Props.Flag("enabled") {
			continue
		}
		front := exposure{
			open: packet.Open{packet.TCP(80, 80), packet.TCP(443, 443)}, cause: setting(distribution.ID, "enabled"),
			evidence: []graph.Evidence{granted(distribution.ID, "enabled", "%s serves %s", distribution.ID, distribution.Props.Text("domain"))},
		}
		if list := distribution.Props.Text("web_acl"); list != "" {
			front.evidence = append(front.evidence, guarded(graph.ID(list), "web_acl", "a web ACL stands before it; what its rules block was not judged"))
		}
		edges = append(edges, front.edges(distribution.ID, false)...)
		for _, origin := range origins(distribution) {
			edges = append(edges, authorizer.served(distribution, origin, front, balancers)...)
		}
	}
	return edges
}

// origins gives the origins of the behaviours that anyone may use.
func origins(distribution *node) []origin {
	open := map[string]bool{}
	for _, text := range distribution.Props.List("behaviors") {
		if parts := strings.Split(text, "|"); len(parts) == 3 && parts[2] == "anyone" {
			open[parts[1]] = true
		}
	}
	var found []origin
	for _, text := range distribution.Props.List("origins") {
		if parts := strings.Split(text, "|"); len(parts) == 3 && open[parts[0]] {
			found = append(found, origin{parts[0], parts[1], parts[2]})
		}
	}
	return found
}

// served derives what one origin gives. Those that CloudFront does not show who it is are reached by anyone as well, and said where they
// stand.
func (authorizer *Authorizer) served(distribution *node, origin origin, front exposure, balancers *balancers) []graph.Edge {
	kind, id, _ := strings.Cut(origin.access, " ")
	switch kind {
	case "control":
		return authorizer.signedFor(distribution, origin, id, front)
	case "identity":
		bucket, known := authorizer.bucketOf(distribution, origin.domain)
		if !known {
			return nil
		}
		principals, _ := authorizer.target(string(bucket.ID)).letIn("s3:getobject")
		// "A special CloudFront user": the identity as bucket policies name it (private-content-restricting-access-to-s3.html).
		if slices.ContainsFunc(principals, func(name string) bool { return strings.HasSuffix(name, " "+id) }) {
			front.evidence = append(front.evidence, granted(bucket.ID, "policy", "its policy lets the origin access identity %s read", id))
			return []graph.Edge{authorizer.servedBucket(bucket, front)}
		}
	case "vpc":
		var edges []graph.Edge
		for _, balancer := range authorizer.estate.seen(kinds.AWSLoadBalancer) {
			if !strings.EqualFold(balancer.Props.Text("dns"), origin.domain) {
				continue
			}
			front.verdict = front.verdict.And(graph.Possible)
			front.evidence = append(front.evidence, missing(balancer.ID, "security_groups",
				"it is a VPC origin; whether its security groups let CloudFront's interfaces in was not judged"))
			for _, door := range balancers.doors[balancer.ID] {
				edges = append(edges, balancers.behind(graph.Internet, balancer, door, front)...)
			}
		}
		return edges
	case "":
		return authorizer.relayedTo(origin.domain, front, balancers)
	}
	return nil
}

// signedFor derives an origin to which CloudFront signs its requests, by an origin access control: the origin's policy has to let
// cloudfront.amazonaws.com in for this distribution.
func (authorizer *Authorizer) signedFor(distribution *node, origin origin, control string, front exposure) []graph.Edge {
	name := parseARN(string(distribution.ID))
	signing, known := authorizer.estate.find(graph.ID("arn:" + name.partition + ":cloudfront::" + name.account + ":origin-access-control/" + control))
	switch {
	case !known || !signing.Props.Has("signing"):
		front.verdict = front.verdict.And(graph.Unknown)
		front.evidence = append(front.evidence, missing(distribution.ID, "origins", "the origin access control %s was not collected", control))
	case signing.Props.Text("signing") == "never":
		return nil
	default:
		front.evidence = append(front.evidence, granted(signing.ID, "signing", "CloudFront signs requests to %s (%s)", origin.domain, signing.Props.Text("signing")))
	}
	given := map[string]string{"aws:SourceArn": string(distribution.ID), "aws:SourceAccount": name.account}
	if bucket, known := authorizer.bucketOf(distribution, origin.domain); known {
		if !bucket.Props.Has("policy") {
			front.verdict = graph.Unknown
			front.evidence = append(front.evidence, missing(bucket.ID, "policy", "the bucket's policy was not collected"))
			return []graph.Edge{authorizer.servedBucket(bucket, front)}
		}
		asked := append([]asking{{"s3:GetObject", string(bucket.ID) + "/*"}}, authorizer.decrypting(bucket)...)
		if way, holds := authorizer.asCloudFront(asked, given, front); holds {
			return []graph.Edge{authorizer.servedBucket(bucket, way)}
		}
		return nil
	}
	for _, function := range authorizer.estate.seen(kinds.AWSFunction) {
		if !strings.Contains(function.Props.Text("url"), "//"+origin.domain) {
			continue
		}
		if way, holds := authorizer.asCloudFront([]asking{{"lambda:InvokeFunctionUrl", string(function.ID)}}, given, front); holds {
			return way.edges(function.ID, true)
		}
	}
	return nil
}

// asking is a permission that CloudFront needs.
type asking struct{ action, resource string }

// decrypting is what reading a bucket's objects needs besides, where they are encrypted with a key of KMS that is known.
func (authorizer *Authorizer) decrypting(bucket *node) []asking {
	var asked []asking
	for _, key := range authorizer.encryptedWith(bucket, kinds.CanRead) {
		asked = append(asked, asking{"kms:Decrypt", string(key)})
	}
	return asked
}

// asCloudFront adds to the way that CloudFront may do all that is asked.
func (authorizer *Authorizer) asCloudFront(all []asking, given map[string]string, way exposure) (exposure, bool) {
	for _, one := range all {
		decision := authorizer.Can("cloudfront.amazonaws.com", one.action, one.resource, given)
		if !decision.Holds {
			return exposure{}, false
		}
		if beyondDoubt(decision) {
			decision.Verdict = graph.Proven
		}
		if decision.Cause != "" && one.action != "kms:Decrypt" {
			way.cause = decision.Cause
		}
		way.verdict = way.verdict.And(decision.Verdict)
		way.evidence = append(slices.Clone(way.evidence), decision.Evidence...)
	}
	return way, true
}

func (authorizer *Authorizer) servedBucket(bucket *node, way exposure) graph.Edge {
	return graph.Edge{From: graph.Internet, To: bucket.ID, Kind: kinds.CanRead, Technique: servedOrigin, Verdict: way.verdict, Cause: way.cause, Evidence: way.evidence}
}

// bucketOf finds the bucket of an S3 origin, which is named <bucket>.s3.<region>.amazonaws.com or <bucket>.s3.amazonaws.com
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html). A website's endpoint
// is no such origin: the bucket has to be public for it.
func (authorizer *Authorizer) bucketOf(distribution *node, domain string) (*node, bool) {
	id, named := bucketAt(distribution, domain)
	if !named {
		return nil, false
	}
	return authorizer.estate.find(id)
}

// bucketAt reads the bucket out of the domain of an origin.
func bucketAt(distribution *node, domain string) (graph.ID, bool) {
	name, rest, found := strings.Cut(domain, ".s3")
	if !found || rest == "" || rest[0] != '.' && rest[0] != '-' || strings.HasPrefix(rest, "-website") {
		return "", false
	}
	return graph.ID("arn:" + parseARN(string(distribution.ID)).partition + ":s3:::" + name), true
}
