package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// assets tell the kind of a resource by a part of its ARN, for findings name resources of every kind.
var assets = []struct {
	part string
	kind graph.NodeKind
}{
	{":instance/i-", kinds.AWSInstance},
	{":s3:::", kinds.AWSBucket},
	{":function:", kinds.AWSFunction},
	{":ecr:", kinds.AWSRepository},
	{":db:", kinds.AWSDatabase},
	{":sqs:", kinds.AWSQueue},
	{":sns:", kinds.AWSTopic},
	{":secretsmanager:", kinds.AWSSecret},
	{":kms:", kinds.AWSKey},
	{":dynamodb:", kinds.AWSTable},
	{":eks:", kinds.AWSEKSCluster},
	{":task/", kinds.AWSECSTask},
	{":security-group/", kinds.AWSSecurityGroup},
	{":elasticfilesystem:", kinds.AWSFileSystem},
	{":snapshot/", kinds.AWSVolumeSnapshot},
	{":volume/", kinds.AWSVolume},
	{":vpc/", kinds.AWSVPC},
	{":subnet/", kinds.AWSSubnet},
	{":transit-gateway/", kinds.AWSTransitGateway},
	{":prefix-list/", kinds.AWSPrefixList},
	{":ssm:", kinds.AWSParameter},
}

// asset gives the node that a finding's resource is, and its kind; none where the graph has no such kind.
func asset(name string) (string, graph.NodeKind) {
	switch {
	case !strings.HasPrefix(name, "arn:"):
		return "", ""
	case strings.Contains(name, ":iam::") && strings.Contains(name, ":role/"):
		return name, kinds.AWSRole
	case strings.Contains(name, ":iam::") && strings.Contains(name, ":user/"):
		return name, kinds.AWSUser
	case strings.Contains(name, ":iam::") && strings.HasSuffix(name, ":root"):
		return name, kinds.AWSAccount
	case strings.Contains(name, ":rds:") && strings.Contains(name, ":cluster:"):
		return name, kinds.AWSDatabase
	case strings.Contains(name, ":redshift:") && strings.Contains(name, ":cluster:"):
		return name, kinds.AWSWarehouse
	}
	for _, known := range assets {
		if !strings.Contains(name, known.part) {
			continue
		}
		switch known.kind {
		case kinds.AWSBucket: // not the object in it
			name, _, _ = strings.Cut(name, "/")
		case kinds.AWSFunction:
			name = unqualified(name)
		case kinds.AWSRepository:
			name, _, _ = strings.Cut(name, "/sha256:")
		}
		return name, known.kind
	}
	return "", ""
}

// issue adds what a detector says of a resource, and of others besides.
func issue(facts *ingest.Facts, site ingest.Site, id, source, title, about string, props graph.Props, besides ...string) {
	props["name"], props["source"], props["asset"], props["account"], props["region"] = title, source, about, site.Account, site.Region
	found := contribute(facts, kinds.DetectedIssue, id, props)
	for _, name := range graph.Sorted(append(besides, about)) {
		if at, kind := asset(name); kind != "" {
			found.to(kinds.AttachedTo, kind, at)
		}
	}
}

// graded gives the word for a severity from 0 to 10, as GuardDuty and the CVSS grade
// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html).
func graded(severity float64) string {
	switch {
	case severity >= 9:
		return "CRITICAL"
	case severity >= 7:
		return "HIGH"
	case severity >= 4:
		return "MEDIUM"
	case severity > 0:
		return "LOW"
	default:
		return ""
	}
}
