package kinds

import "github.com/inroad-security/inroad/graph"

// Names on the internet and their certificates.
var (
	AWSHostedZone  = node(graph.NodeSpec{Label: "AWSHostedZone", Doc: "A Route 53 hosted zone.", Classes: []graph.Class{Network}, Props: aws(flag("private", "it answers in its VPCs alone"), whole("records", "record sets in it"), list("records_to", "each name type value, of record sets that point somewhere"))})
	AWSCertificate = node(graph.NodeSpec{Label: "AWSCertificate", Doc: "An ACM certificate.", Props: aws(list("names", "host names"), text("status", "ISSUED, EXPIRED …"), text("not_after", "RFC 3339"), list("used_by", "ARNs"), text("type", "AMAZON_ISSUED, IMPORTED or PRIVATE"))})
)
