package remedy_test

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/remedy"
	"github.com/inroad-security/inroad/scoring"
)

func TestEveryChangeHasAGuide(t *testing.T) {
	for _, kind := range slices.Sorted(maps.Keys(scoring.DefaultCosts())) {
		guide := remedy.For(scoring.Change{Kind: kind, Subject: "arn:aws:iam::111111111111:role/r", Detail: "d"})
		if len(guide.Steps) < 2 || !strings.Contains(guide.Steps[len(guide.Steps)-1], "Collect again") {
			t.Errorf("%s: %v", kind, guide.Steps)
		}
	}
}

func TestSnippetsNameWhatTheGraphKnows(t *testing.T) {
	const group = "arn:aws:ec2:eu-west-1:111111111111:security-group/sg-1"
	for _, test := range []struct {
		name           string
		change         scoring.Change
		cli, terraform string
	}{
		{
			"a rule of a group",
			scoring.Change{Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/22 0.0.0.0/0"},
			"aws ec2 revoke-security-group-ingress --region eu-west-1 --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]'", `security_group_id = "sg-1"`,
		},
		{
			"a range, by IPv6",
			scoring.Change{Kind: scoring.RemoveRule, Subject: group, Detail: "inbound tcp/80-90 ::/0"},
			"FromPort=80,ToPort=90,Ipv6Ranges=[{CidrIpv6=::/0}]", "cidr_ipv6",
		},
		{"a bucket's policy", scoring.Change{Kind: scoring.RemoveStatement, Subject: "arn:aws:s3:::records", Detail: "Open"}, "put-bucket-policy --bucket records", ""},
		{"a trust policy", scoring.Change{Kind: scoring.RemoveStatement, Subject: "arn:aws:iam::111111111111:role/path/admin", Detail: "0"}, "update-assume-role-policy --role-name admin ", ""},
		{"an inline policy", scoring.Change{Kind: scoring.RemoveStatement, Subject: "arn:aws:iam::111111111111:user/bot/inline-policy/release", Detail: "0"}, "put-user-policy --user-name bot --policy-name release", ""},
		{"a function's policy", scoring.Change{Kind: scoring.RemoveStatement, Subject: "arn:aws:lambda:eu-west-1:111111111111:function:f", Detail: "Public"}, "remove-permission --region eu-west-1 --function-name f --statement-id Public", ""},
		{"a group's policy", scoring.Change{Kind: scoring.DetachPolicy, Subject: "arn:aws:iam::111111111111:group/ops", Detail: "arn:aws:iam::aws:policy/AdministratorAccess"}, "detach-group-policy --group-name ops --policy-arn arn:aws:iam::aws:policy/AdministratorAccess", "aws_iam_group_policy_attachment"},
		{"public access", scoring.Change{Kind: scoring.BlockPublicAccess, Subject: "arn:aws:s3:::records"}, "put-public-access-block --bucket records", "restrict_public_buckets = true"},
		{"metadata", scoring.Change{Kind: scoring.DisableMetadata, Subject: "arn:aws:ec2:eu-west-1:111111111111:instance/i-1"}, "--instance-id i-1 --http-endpoint disabled", `http_endpoint = "disabled"`},
		{"a boundary", scoring.Change{Kind: scoring.SetBoundary, Subject: "arn:aws:iam::111111111111:role/r"}, "put-role-permissions-boundary --role-name r", "permissions_boundary"},
	} {
		t.Run(test.name, func(t *testing.T) {
			guide := remedy.For(test.change)
			if !strings.Contains(guide.CLI, test.cli) || !strings.Contains(guide.Terraform, test.terraform) {
				t.Errorf("%s\n%s", guide.CLI, guide.Terraform)
			}
		})
	}
}

func TestWhatElseGoesComesFirst(t *testing.T) {
	guide := remedy.For(scoring.Change{Kind: scoring.Patch, Subject: "i", Detail: "cve", BreaksTotal: 3, Breaks: []scoring.Access{{From: "a", To: "b"}}})
	if !strings.Contains(guide.Steps[0], "3 more ways of access rest on it, such as a to b") {
		t.Error(guide.Steps)
	}
}

// A name from a cloud must stay one word of a shell, whatever it holds.
func FuzzNamesStayOneWord(f *testing.F) {
	f.Add("plain")
	f.Add("it's; rm -rf $HOME `id`")
	f.Fuzz(func(t *testing.T, name string) {
		if strings.ContainsAny(name, "\x00/:") || name == "" {
			return
		}
		guide := remedy.For(scoring.Change{Kind: scoring.BlockPublicAccess, Subject: graph.ID("arn:aws:s3:::" + name)})
		shell, err := exec.LookPath("sh")
		if err != nil {
			t.Skip("no shell to ask")
		}
		script := "aws() { printf '%s' \"$4\"; }\n" + guide.CLI
		out, err := exec.CommandContext(t.Context(), shell, "-c", script).Output()
		if err != nil || string(out) != name {
			t.Fatalf("%q became %q: %v", name, out, err)
		}
	})
}
