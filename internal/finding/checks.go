package finding

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// Builtin gives the checks that ship with Inroad, with the usual limits.
func Builtin() []Check { return Checks(Usual) }

// Checks gives the checks that ship with Inroad, in the order of their ids.
func Checks(limits Limits) []Check {
	limits.KeyAge, limits.Unused = cmp.Or(limits.KeyAge, Usual.KeyAge), cmp.Or(limits.Unused, Usual.Unused)
	checks := slices.Concat(configurationChecks(), limits.identityChecks(), limits.privilegeChecks(), trustChecks(), detectedChecks())
	slices.SortFunc(checks, func(a, b Check) int { return strings.Compare(a.ID, b.ID) })
	return checks
}

// configurationChecks are about how resources are set up.
func configurationChecks() []Check {
	return []Check{
		{
			ID: "aws-cloudtrail-off", Title: "CloudTrail is not enabled", Severity: scoring.Medium, BlindsDetection: true,
			Remediation: "Create a multi-region trail (aws cloudtrail create-trail --is-multi-region-trail) and start it, or cover the account by an organization trail.",
			Find:        cloudTrailOff,
		},
		{
			ID: "aws-ebs-unencrypted", Title: "EBS volume is not encrypted at rest", Severity: scoring.Medium,
			Remediation: "Copy a snapshot of the volume with encryption and attach a volume made of it; turn on encryption by default for the region.",
			Find:        unencrypted(kinds.AWSVolume),
		},
		{
			ID: "aws-rds-unencrypted", Title: "RDS storage is not encrypted at rest", Severity: scoring.High,
			Remediation: "Restore an encrypted copy of a snapshot and move to it; encryption cannot be turned on in place.",
			Find:        unencrypted(kinds.AWSDatabase),
		},
		{
			ID: "aws-s3-public-read", Title: "S3 bucket can be read by anyone", Severity: scoring.High,
			Remediation: "Turn on the bucket's public access block (aws s3api put-public-access-block), then remove the statement or grant that is public.",
			Find:        publicBuckets,
		},
		{
			ID: "aws-s3-unencrypted", Title: "S3 bucket has no default encryption", Severity: scoring.Medium,
			Remediation: "Set default encryption (aws s3api put-bucket-encryption) and re-encrypt the objects that are older than January 2023.",
			Find:        unencryptedBuckets,
		},
		{
			ID: "aws-sg-open-admin", Title: "Security group lets anyone reach a remote administration port", Severity: scoring.High,
			Remediation: "Remove the rule; use Session Manager or EC2 Instance Connect Endpoint, or limit the rule to known addresses.",
			Find:        openAdminPorts,
		},
	}
}

// cloudTrailOff finds accounts of which all trails are known and none that logs covers them.
func cloudTrailOff(snapshot *graph.Snapshot) []Match {
	covered, collected, everywhere := map[string]bool{}, map[string]bool{}, false
	for i := range snapshot.OfKind(kinds.AWSTrail) {
		props := snapshot.Props(i)
		if props.Flag("logging") {
			covered[props.Text("account")] = true
			everywhere = everywhere || props.Flag("organization_trail")
		}
	}
	incomplete := map[string]bool{}
	for _, status := range snapshot.Scopes() {
		if parts := strings.Split(string(status.Scope), "/"); len(parts) == 4 && parts[3] == "cloudtrail" {
			collected[parts[1]] = true
			incomplete[parts[1]] = incomplete[parts[1]] || !status.Complete()
		}
	}
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSAccount) {
		account := snapshot.Props(i).Text("account")
		if collected[account] && !incomplete[account] && !covered[account] && !everywhere {
			matches = append(matches, Match{Resource: snapshot.ID(i), Evidence: []graph.Evidence{{
				Kind: graph.Grant, Source: snapshot.ID(i), Locator: "cloudtrail describe-trails", Detail: "no trail that is logging covers the account",
			}}})
		}
	}
	return matches
}

func unencrypted(kind graph.NodeKind) func(*graph.Snapshot) []Match {
	return func(snapshot *graph.Snapshot) []Match {
		var matches []Match
		for i := range snapshot.OfKind(kind) {
			if props := snapshot.Props(i); props.Has("encrypted") && !props.Flag("encrypted") {
				matches = append(matches, at(snapshot.ID(i), "encrypted", "storage encryption is off"))
			}
		}
		return matches
	}
}

func unencryptedBuckets(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSBucket) {
		if snapshot.Props(i).Text("encryption") == "none" {
			matches = append(matches, at(snapshot.ID(i), "encryption", "the bucket has no default encryption"))
		}
	}
	return matches
}

func at(resource graph.ID, property, detail string) Match {
	return Match{Resource: resource, Evidence: []graph.Evidence{{Kind: graph.Grant, Source: resource, Locator: property, Detail: detail}}}
}

// publicBuckets finds what the derivation proved or could not rule out, so that blocks and conditions count.
func publicBuckets(snapshot *graph.Snapshot) []Match {
	internet, ok := snapshot.Find(graph.Internet)
	if !ok {
		return nil
	}
	byBucket := map[graph.Index]int{}
	var matches []Match
	for e := range snapshot.Out(internet) {
		_, to := snapshot.Ends(e)
		if snapshot.EdgeKind(e) != kinds.CanRead || snapshot.Kind(to) != kinds.AWSBucket {
			continue
		}
		edge := snapshot.Edge(e)
		if at, ok := byBucket[to]; ok {
			matches[at].Verdict = min(matches[at].Verdict, edge.Verdict)
			matches[at].Evidence = append(matches[at].Evidence, edge.Evidence...)
			continue
		}
		byBucket[to] = len(matches)
		matches = append(matches, Match{Resource: edge.To, Verdict: edge.Verdict, Evidence: edge.Evidence})
	}
	return matches
}

// adminPorts are the ports of remote administration that the check looks at.
var adminPorts = map[int]string{22: "SSH", 3389: "RDP"}

// permission is IpPermissions of DescribeSecurityGroups, as the node keeps it.
type permission struct {
	IPProtocol string `json:"IpProtocol"`
	FromPort   *int
	ToPort     *int
	IPRanges   []struct {
		CIDR string `json:"CidrIp"`
	} `json:"IpRanges"`
	IPv6Ranges []struct {
		CIDR string `json:"CidrIpv6"`
	} `json:"Ipv6Ranges"`
}

func (rule permission) opens(port int) bool {
	switch rule.IPProtocol {
	case "-1":
		return true
	case "tcp", "6":
		return rule.FromPort == nil || rule.ToPort == nil || *rule.FromPort <= port && port <= *rule.ToPort
	default:
		return false
	}
}

func (rule permission) anyone() string {
	for _, each := range rule.IPRanges {
		if each.CIDR == "0.0.0.0/0" {
			return each.CIDR
		}
	}
	for _, each := range rule.IPv6Ranges {
		if each.CIDR == "::/0" {
			return each.CIDR
		}
	}
	return ""
}

func openAdminPorts(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSSecurityGroup) {
		match := Match{Resource: snapshot.ID(i)}
		for n, raw := range snapshot.Props(i).List("ingress") {
			var rule permission
			if json.Unmarshal([]byte(raw), &rule) != nil || rule.anyone() == "" {
				continue
			}
			for _, port := range []int{22, 3389} {
				if rule.opens(port) {
					match.Evidence = append(match.Evidence, graph.Evidence{
						Kind: graph.Grant, Source: snapshot.ID(i), Locator: fmt.Sprintf("ingress[%d]", n),
						Detail: fmt.Sprintf("%s (tcp/%d) is open to %s", adminPorts[port], port, rule.anyone()),
					})
				}
			}
		}
		if len(match.Evidence) > 0 {
			matches = append(matches, match)
		}
	}
	return matches
}
