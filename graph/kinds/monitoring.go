package kinds

import "github.com/inroad-security/inroad/graph"

// What watches an account, and what it has found.
var (
	AWSConfigRecorder = node(graph.NodeSpec{Label: "AWSConfigRecorder", Doc: "An AWS Config recorder.", Props: aws(flag("recording", ""), flag("all_resources", "every supported kind"), flag("global_resources", "IAM too"), text("role", "ARN"))})
	AWSDetector       = node(graph.NodeSpec{Label: "AWSDetector", Doc: "A GuardDuty detector.", Props: aws(flag("enabled", ""), list("features", "each feature that is on"))})
	AWSMacieSession   = node(graph.NodeSpec{Label: "AWSMacieSession", Doc: "Macie in one account and region.", Props: aws(flag("enabled", ""))})
	AWSInspector      = node(graph.NodeSpec{Label: "AWSInspector", Doc: "Inspector in one account and region.", Props: aws(list("scans", "kinds of resource that are scanned"))})
	AWSSecurityHub    = node(graph.NodeSpec{Label: "AWSSecurityHub", Doc: "Security Hub in one account and region.", Props: aws(flag("enabled", ""))})
	AWSAnalyzer       = node(graph.NodeSpec{Label: "AWSAnalyzer", Doc: "An IAM Access Analyzer.", Props: aws(text("type", "ACCOUNT, ORGANIZATION …"), text("status", "ACTIVE …"))})

	// DetectedIssue is what another tool says of an asset.
	DetectedIssue = node(graph.NodeSpec{Label: "DetectedIssue", Doc: "What a detector says of an asset, which it is ATTACHED_TO.", Classes: []graph.Class{Finding}, Props: []graph.PropSpec{
		text("name", "its title"), text("source", "guardduty, securityhub, macie or access-analyzer"), text("type", "as the detector calls it"), text("severity", "CRITICAL, HIGH, MEDIUM, LOW or INFORMATIONAL"),
		text("account", "the 12-digit account"), text("region", ""), text("asset", "what it is about, as the detector names it"), text("first_seen", "RFC 3339"), text("last_seen", "RFC 3339"), text("status", "as the detector calls it"),
		list("classes", "kinds of sensitive data found, where that is what it is about"),
	}})
	Vulnerability = node(graph.NodeSpec{Label: "Vulnerability", Doc: "A known vulnerability in what runs on an asset, which it is ATTACHED_TO.", Classes: []graph.Class{Finding}, Props: []graph.PropSpec{
		text("name", "CVE-… or the advisory's id"), text("source", "inspector2, trivy or grype"), text("severity", "CRITICAL, HIGH, MEDIUM, LOW or UNKNOWN"), text("asset", "what was scanned, as the scanner names it"),
		list("digests", "sha256:… of the image that was scanned"), list("packages", "each name@version"), list("fixed_in", "versions with the fix; empty where there is none"), text("vector", "CVSS vector, the newest version that was given"), flag("network", "the vector says that it is attacked over the network"), flag("no_privileges", "the vector says that the attacker needs no account there"), flag("no_interaction", "the vector says that no user has to help"), flag("exploit_known", "the scanner knows of an exploit"),
		text("scanned", "RFC 3339"), number("epss", "probability of exploitation in the wild within 30 days, by EPSS; as of epss_date"), text("epss_date", "day of the EPSS scores"), flag("kev", "on CISA's list of known exploited vulnerabilities as of kev_date"), text("kev_date", "day of that list"),
	}})
)
