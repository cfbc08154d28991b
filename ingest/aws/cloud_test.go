package aws

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// export writes files, by path, and reads them as a bundle.
func export(t *testing.T, files map[string]string) ([]graph.Batch, ingest.Report) {
	t.Helper()
	folder := t.TempDir()
	for name, body := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	batches, report, err := ingest.Read(t.Context(), folder, Cloud())
	if err != nil {
		t.Fatal(err)
	}
	return batches, report
}

func TestAFoldersPlaceIsReadFromItsFiles(t *testing.T) {
	const caller = `{"Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/audit/x"}`
	for _, test := range []struct {
		name  string
		files map[string]string
		scope graph.Scope
		id    graph.ID // of some node
		notes int
	}{
		{
			"account by the caller, region by a zone",
			map[string]string{"sts/get-caller-identity.json": caller, "ec2/describe-subnets.json": `{"Subnets": [{"AvailabilityZone": "eu-west-1a", "SubnetId": "s"}]}`},
			"aws/111122223333/eu-west-1/ec2", "arn:aws:iam::111122223333:root", 0,
		},
		{
			"a local zone hangs on its region",
			map[string]string{"sts/get-caller-identity.json": caller, "ec2/describe-subnets.json": `{"Subnets": [{"AvailabilityZone": "us-west-2-lax-1a"}]}`},
			"aws/111122223333/us-west-2/ec2", "arn:aws:iam::111122223333:root", 0,
		},
		{
			"region by the ARNs of another service, the most frequent one",
			map[string]string{
				"sts/get-caller-identity.json": caller,
				"lambda/list-functions.json":   `{"Functions": [{"FunctionArn": "arn:aws:lambda:ap-south-1:111122223333:function:a"}, {"FunctionArn": "arn:aws:lambda:ap-south-1:111122223333:function:b", "Layers": [{"Arn": "arn:aws:lambda:eu-west-1:999999999999:layer:x:1"}]}]}`,
			},
			"aws/111122223333/ap-south-1/lambda", "arn:aws:iam::111122223333:root", 0,
		},
		{
			"no region is named",
			map[string]string{"sts/get-caller-identity.json": caller},
			"aws/111122223333/us-east-1/ec2", "arn:aws:iam::111122223333:root", 1,
		},
		{
			"no caller: the account of the first principal, not of one that is trusted",
			map[string]string{"iam/get-account-authorization-details.json": `{"RoleDetailList": [{
				"AssumeRolePolicyDocument": {"Statement": [{"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}]}, "Arn": "arn:aws:iam::111122223333:role/r"}]}`},
			"aws/111122223333/global/iam", "arn:aws:iam::111122223333:role/r", 1,
		},
		{
			"another partition",
			map[string]string{"sts/get-caller-identity.json": strings.ReplaceAll(caller, "arn:aws:", "arn:aws-cn:"), "ec2/describe-subnets.json": `{"Subnets": [{"AvailabilityZone": "cn-north-1a"}]}`},
			"aws/111122223333/cn-north-1/ec2", "arn:aws-cn:iam::111122223333:root", 0,
		},
		{
			"folders that name account and region, in another partition",
			map[string]string{"aws/111122223333/us-gov-west-1/ec2/describe-vpcs.json": `{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111122223333"}]}`},
			"aws/111122223333/us-gov-west-1/ec2", "arn:aws-us-gov:ec2:us-gov-west-1:111122223333:vpc/vpc-1", 0,
		},
		{
			"a folder that names the account",
			map[string]string{"export/111122223333/sts/get-caller-identity.json": caller, "export/111122223333/ec2/describe-subnets.json": `{"Subnets": [{"AvailabilityZone": "eu-west-1a"}]}`},
			"aws/111122223333/eu-west-1/ec2", "arn:aws:iam::111122223333:root", 0,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			batches, report := export(t, test.files)
			if !slices.ContainsFunc(batches, func(batch graph.Batch) bool { return batch.Scope == test.scope }) {
				t.Errorf("no scope %s", test.scope)
			}
			if !slices.ContainsFunc(batches, func(batch graph.Batch) bool {
				return slices.ContainsFunc(batch.Nodes, func(node graph.Node) bool { return node.ID == test.id })
			}) {
				t.Errorf("no node %s", test.id)
			}
			if len(report.Notes) != test.notes || len(report.Broken) > 0 {
				t.Error(report)
			}
		})
	}
}

func TestAMembershipIsToldOnlyWithAllThatDecidesThePolicies(t *testing.T) {
	files := map[string]string{}
	for _, recorded := range recordings(t, "organizations") {
		files[strings.TrimPrefix(recorded.path, "testdata/")] = string(recorded.body)
	}
	files["sts/get-caller-identity.json"] = `{"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/audit"}`
	told := func(files map[string]string) (member int, policies int) {
		batches, _ := export(t, files)
		for _, batch := range batches {
			for _, node := range batch.Nodes {
				if node.Props.Text("organizations") == "member" {
					member++
				}
				if node.Kind == kinds.AWSControlPolicy && node.Props.Has("document") {
					policies++
				}
			}
		}
		return member, policies
	}
	if member, policies := told(files); member != 2 || policies != 3 {
		t.Errorf("%d members and %d policies, want 2 and 3", member, policies)
	}
	delete(files, "organizations/list-targets-for-policy/p-fence.json")
	if member, _ := told(files); member != 0 {
		t.Errorf("%d members of which a policy's targets are not known", member)
	}
}

func TestAnAccountInNoOrganization(t *testing.T) {
	batches, _ := export(t, map[string]string{
		"aws/111122223333/global/organizations/describe-organization.json": "{}",
	})
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			if node.Props.Text("organizations") == "none" {
				return
			}
		}
	}
	t.Error("it is not told")
}

func TestKeysOfUsersOfWhomAnExportTellsTheNamesAlone(t *testing.T) {
	batches, _ := export(t, map[string]string{
		"aws/111122223333/global/iam/get-account-authorization-details.json": `{"UserDetailList": [
			{"UserName": "alice", "Path": "/dev/", "Arn": "arn:aws:iam::111122223333:user/dev/alice"}, {"UserName": "bob", "Path": "/", "Arn": "arn:aws:iam::111122223333:user/bob"}]}`,
		"aws/111122223333/global/iam/access-keys.json":    `{"AccessKeyMetadata": [{"UserName": "alice", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z"}]}`,
		"aws/111122223333/global/iam/login-profiles.json": `{"LoginProfiles": [{"UserName": "bob"}]}`,
		"aws/111122223333/global/iam/mfa-devices.json":    `{"MFADevices": []}`,
	})
	got := map[graph.ID]graph.Props{}
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			if node.Kind == kinds.AWSUser {
				got[node.ID] = node.Props
			}
		}
	}
	want := map[graph.ID]graph.Props{
		"arn:aws:iam::111122223333:user/dev/alice": {
			"name": "alice", "account": "111122223333", "path": "/dev/", "access_keys": int64(1), "active_keys": int64(1),
			"oldest_key_created": "2026-01-01T00:00:00Z", "console": false, "mfa": false,
		},
		"arn:aws:iam::111122223333:user/bob": {
			"name": "bob", "account": "111122223333", "path": "/", "access_keys": int64(0), "active_keys": int64(0), "console": true, "mfa": false,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
