// Package remedy tells how to make a change: guided steps for a person, and snippets for the AWS CLI and for Terraform to start from. Snippets
// hold what the graph knows and name, in angle brackets, what it does not; nothing here runs anything.
package remedy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/scoring"
)

// Guide is how to make a change.
type Guide struct {
	Steps []string `json:"steps"`
	// CLI are commands for the AWS CLI, one a line; Terraform is a resource or a part of one. Empty where neither would help.
	CLI       string `json:"cli,omitempty"`
	Terraform string `json:"terraform,omitempty"`
}

// last is every change's last step: the edges that it removes were proven gone in the graph, which is not the cloud.
const last = "Collect again and run \"inroad assert\" or \"inroad paths\": another statement or rule may grant the same."

// For gives a change's guide.
func For(change scoring.Change) Guide {
	guide := guides[change.Kind](change)
	if change.BreaksTotal > 0 {
		guide.Steps = append([]string{fmt.Sprintf("Look at what else goes with it: %d more ways of access rest on it, such as %s to %s.",
			change.BreaksTotal, change.Breaks[0].From, change.Breaks[0].To)}, guide.Steps...)
	}
	guide.Steps = append(guide.Steps, last)
	return guide
}

var guides = map[scoring.ChangeKind]func(scoring.Change) Guide{
	scoring.RemoveRule:        removeRule,
	scoring.RemoveStatement:   removeStatement,
	scoring.DetachPolicy:      detachPolicy,
	scoring.SetBoundary:       setBoundary,
	scoring.BlockPublicAccess: blockPublicAccess,
	scoring.ChangeSetting:     changeSetting,
	scoring.ReplaceRole:       replaceRole,
	scoring.RequireIMDSv2:     requireIMDSv2,
	scoring.DisableMetadata:   disableMetadata,
	scoring.Patch:             patch,
	scoring.RemoveAccess: func(change scoring.Change) Guide {
		return Guide{Steps: []string{fmt.Sprintf("\"inroad path\" shows what lets %s gain %s; take that away.", change.Subject, change.Detail)}}
	},
}

// group is a security group's rule as the graph names it: inbound tcp/22 0.0.0.0/0.
var group = regexp.MustCompile(`^(inbound|outbound) (tcp|udp)/(\d+)(?:-(\d+))? ([0-9a-fA-F.:]+/\d+)$`)

// removeRule: https://docs.aws.amazon.com/cli/latest/reference/ec2/revoke-security-group-ingress.html
func removeRule(change scoring.Change) Guide {
	guide := Guide{Steps: []string{
		fmt.Sprintf("Find out who needs rule %s of %s.", change.Detail, change.Subject),
		"Allow those sources alone, or reach the machine through Session Manager or a VPN, and remove the rule.",
	}}
	parts := group.FindStringSubmatch(change.Detail)
	if parts == nil || !strings.Contains(string(change.Subject), ":security-group/") {
		return guide
	}
	to := parts[4]
	if to == "" {
		to = parts[3]
	}
	way := map[string]string{"inbound": "ingress", "outbound": "egress"}[parts[1]]
	guide.CLI = fmt.Sprintf("aws ec2 revoke-security-group-%s --region %s --group-id %s --ip-permissions %s", way, region(change.Subject), quoted(name(change.Subject)),
		quoted(fmt.Sprintf("IpProtocol=%s,FromPort=%s,ToPort=%s,%s", parts[2], parts[3], to, ranges(parts[5]))))
	list := "cidr_ipv4"
	if strings.Contains(parts[5], ":") {
		list = "cidr_ipv6"
	}
	guide.Terraform = fmt.Sprintf(`# In place of the rule for %s:
resource "aws_vpc_security_group_%s_rule" "narrowed" {
  security_group_id = %s
  ip_protocol       = %s
  from_port         = %s
  to_port           = %s
  %s         = "<the addresses that need it>"
}
`, parts[5], way, text(name(change.Subject)), text(parts[2]), parts[3], to, list)
	return guide
}

func ranges(cidr string) string {
	if strings.Contains(cidr, ":") {
		return "Ipv6Ranges=[{CidrIpv6=" + cidr + "}]"
	}
	return "IpRanges=[{CidrIp=" + cidr + "}]"
}

// removeStatement tells where the statement lives: a trust policy, a bucket's, an inline or a managed one.
func removeStatement(change scoring.Change) Guide {
	policy := string(change.Subject)
	guide := Guide{Steps: []string{fmt.Sprintf("Remove statement %s of %s, or narrow its principals, actions, resources or conditions to what is used.", change.Detail, policy)}}
	switch {
	case strings.Contains(policy, "/inline-policy/"):
		owner, inline, _ := strings.Cut(policy, "/inline-policy/")
		sort := sortOf(owner)
		guide.CLI = fmt.Sprintf("aws iam get-%s-policy --%s-name %s --policy-name %s > policy.json   # edit PolicyDocument\naws iam put-%s-policy --%s-name %s --policy-name %s --policy-document file://document.json",
			sort, sort, quoted(name(graph.ID(owner))), quoted(inline), sort, sort, quoted(name(graph.ID(owner))), quoted(inline))
	case strings.Contains(policy, ":policy/"):
		guide.CLI = fmt.Sprintf("aws iam create-policy-version --policy-arn %s --policy-document file://document.json --set-as-default", quoted(policy))
	case strings.Contains(policy, ":role/"):
		guide.CLI = fmt.Sprintf("aws iam update-assume-role-policy --role-name %s --policy-document file://trust.json", quoted(name(change.Subject)))
	case strings.HasPrefix(policy, "arn:aws:s3:::"):
		guide.CLI = fmt.Sprintf("aws s3api get-bucket-policy --bucket %s --query Policy --output text > policy.json   # edit it\naws s3api put-bucket-policy --bucket %s --policy file://policy.json",
			quoted(name(change.Subject)), quoted(name(change.Subject)))
	case strings.Contains(policy, ":lambda:"):
		guide.CLI = fmt.Sprintf("aws lambda remove-permission --region %s --function-name %s --statement-id %s", region(change.Subject), quoted(name(change.Subject)), quoted(change.Detail))
	}
	return guide
}

func detachPolicy(change scoring.Change) Guide {
	sort := sortOf(string(change.Subject))
	return Guide{
		Steps: []string{
			fmt.Sprintf("See what %s used of it: IAM's last accessed information, service by service.", change.Subject),
			fmt.Sprintf("Attach a policy of what was used, then detach %s.", change.Detail),
		},
		CLI: fmt.Sprintf("aws iam generate-service-last-accessed-details --arn %s\naws iam detach-%s-policy --%s-name %s --policy-arn %s",
			quoted(string(change.Subject)), sort, sort, quoted(name(change.Subject)), quoted(change.Detail)),
		Terraform: fmt.Sprintf("# Remove the attachment of %s:\n# resource \"aws_iam_%s_policy_attachment\" with %s = %s\n", change.Detail, sort, sort, text(name(change.Subject))),
	}
}

// setBoundary: "An explicit deny in any of these policies overrides the allow",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func setBoundary(change scoring.Change) Guide {
	sort := sortOf(string(change.Subject))
	return Guide{
		Steps: []string{
			"Write a managed policy that allows what the principal uses and denies what the steps need; \"inroad path\" names the statements that grant them.",
			fmt.Sprintf("Set it as the permissions boundary of %s.", change.Subject),
		},
		CLI:       fmt.Sprintf("aws iam put-%s-permissions-boundary --%s-name %s --permissions-boundary <ARN of the boundary>", sort, sort, quoted(name(change.Subject))),
		Terraform: fmt.Sprintf("# In resource \"aws_iam_%s\" %s:\n  permissions_boundary = \"<ARN of the boundary>\"\n", sort, text(name(change.Subject))),
	}
}

// blockPublicAccess: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func blockPublicAccess(change scoring.Change) Guide {
	bucket := name(change.Subject)
	return Guide{
		Steps: []string{
			"See in the access logs whether anyone reads it without credentials; serve what is meant for the public through CloudFront with origin access control.",
			fmt.Sprintf("Turn on all four settings of Block Public Access on %s.", bucket),
		},
		CLI: fmt.Sprintf("aws s3api put-public-access-block --bucket %s --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true", quoted(bucket)),
		Terraform: fmt.Sprintf(`resource "aws_s3_bucket_public_access_block" "closed" {
  bucket                  = %s
  block_public_acls       = true
  ignore_public_acls      = true
  block_public_policy     = true
  restrict_public_buckets = true
}
`, text(bucket)),
	}
}

// settings are the properties of which the graph says that they let someone in, and what to set.
var settings = map[string]struct{ step, cli, terraform string }{
	"acl":         {"Turn the bucket's ACLs off (object ownership: bucket owner enforced).", "aws s3api put-bucket-ownership-controls --bucket %s --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'", "# aws_s3_bucket_ownership_controls\n  rule {\n    object_ownership = \"BucketOwnerEnforced\"\n  }\n"},
	"url_auth":    {"Ask for IAM credentials at the function's URL.", "aws lambda update-function-url-config --function-name %s --auth-type AWS_IAM", "# aws_lambda_function_url\n  authorization_type = \"AWS_IAM\"\n"},
	"public_ip":   {"Give the machine no public address; reach it through a load balancer or Session Manager.", "", "# aws_instance\n  associate_public_ip_address = false\n"},
	"public":      {"Make the service private to its VPC.", "", ""},
	"shared_with": {"Share the copy with the accounts that need it, by name, and with nobody else.", "", ""},
}

func changeSetting(change scoring.Change) Guide {
	known, ok := settings[change.Detail]
	if !ok {
		return Guide{Steps: []string{fmt.Sprintf("Change %s of %s; \"inroad path\" shows what it lets in.", change.Detail, change.Subject)}}
	}
	guide := Guide{Steps: []string{known.step}, Terraform: known.terraform}
	if known.cli != "" {
		guide.CLI = fmt.Sprintf(known.cli, quoted(name(change.Subject)))
	}
	return guide
}

func replaceRole(change scoring.Change) Guide {
	return Guide{Steps: []string{
		fmt.Sprintf("See what %s used: IAM's last accessed information.", change.Detail),
		fmt.Sprintf("Make a role that may do that and no more, and give it to %s.", change.Subject),
	}, CLI: fmt.Sprintf("aws iam generate-service-last-accessed-details --arn %s", quoted(change.Detail))}
}

// requireIMDSv2: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
func requireIMDSv2(change scoring.Change) Guide {
	return Guide{
		Steps: []string{
			"See whether anything on the machine still asks version 1: the metric MetadataNoToken of CloudWatch counts those calls. Bring its SDKs and agents up to date.",
			"Require tokens of its metadata service. That stops requests that are forged from outside; code that runs on the machine can ask for a token.",
		},
		CLI:       fmt.Sprintf("aws ec2 modify-instance-metadata-options --region %s --instance-id %s --http-tokens required", region(change.Subject), quoted(name(change.Subject))),
		Terraform: "# aws_instance\n  metadata_options {\n    http_tokens = \"required\"\n  }\n",
	}
}

// disableMetadata: requiring IMDSv2 alone would not do, since the steps here are taken by code on the machine, which can ask for a token.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-existing-instances.html
func disableMetadata(change scoring.Change) Guide {
	return Guide{
		Steps: []string{
			"Make sure that nothing on the machine uses its role's credentials.",
			"Turn its metadata service off. Requiring IMDSv2 stops requests that are forged from outside, not code that runs on the machine.",
		},
		CLI:       fmt.Sprintf("aws ec2 modify-instance-metadata-options --region %s --instance-id %s --http-endpoint disabled", region(change.Subject), quoted(name(change.Subject))),
		Terraform: "# aws_instance\n  metadata_options {\n    http_endpoint = \"disabled\"\n  }\n",
	}
}

func patch(change scoring.Change) Guide {
	return Guide{Steps: []string{fmt.Sprintf("Install the release that mends %s on %s, or build its image anew from one that does.", change.Detail, change.Subject)}}
}

// sortOf is the word by which IAM's commands name a principal's sort.
func sortOf(arn string) string {
	switch {
	case strings.Contains(arn, ":user/"):
		return "user"
	case strings.Contains(arn, ":group/"):
		return "group"
	default:
		return "role"
	}
}

// name is the last part of an ARN.
func name(id graph.ID) string { return string(id[strings.LastIndexAny(string(id), ":/")+1:]) }

func region(id graph.ID) string {
	if parts := strings.SplitN(string(id), ":", 5); len(parts) == 5 && parts[3] != "" {
		return quoted(parts[3])
	}
	return "<region>"
}

// quoted makes a word of a POSIX shell of anything.
func quoted(text string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_./:@=,+-]+$`).MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// text makes a Terraform string, in which ${ and %{ would begin a template.
func text(plain string) string {
	encoded, _ := json.Marshal(plain) // a string always encodes
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(string(encoded))
}
