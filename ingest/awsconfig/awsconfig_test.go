package awsconfig

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
)

// assembled reads files of AWS Config to batches by their scopes.
func assembled(t *testing.T, paths ...string) (map[graph.Scope]graph.Batch, Inventory) {
	t.Helper()
	inventory, err := Read(paths)
	if err != nil {
		t.Fatal(err)
	}
	batches, report, err := ingest.Assemble(context.Background(), aws.Cloud(), inventory.Accounts, inventory.Parts)
	if err != nil || len(report.Broken) > 0 {
		t.Fatalf("%v %q", err, report.Broken)
	}
	return byScope(batches), inventory
}

func byScope(batches []graph.Batch) map[graph.Scope]graph.Batch {
	found := map[graph.Scope]graph.Batch{}
	for _, batch := range batches {
		found[batch.Scope] = batch
	}
	return found
}

// TestOneWorldInBothForms holds what AWS Config keeps of a world to what the API's answers tell of it.
func TestOneWorldInBothForms(t *testing.T) {
	live, _, err := ingest.Read(context.Background(), "testdata/live", aws.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	recorded, inventory := assembled(t, "testdata/snapshot.json")
	nodes := 0
	for _, want := range live {
		got, found := recorded[want.Scope]
		if !found {
			t.Errorf("%s is missing", want.Scope)
			continue
		}
		if different := cmp.Diff(want.Nodes, got.Nodes); different != "" {
			t.Errorf("%s: nodes (-live +config):\n%s", want.Scope, different)
		}
		if different := cmp.Diff(want.Edges, got.Edges); different != "" {
			t.Errorf("%s: edges (-live +config):\n%s", want.Scope, different)
		}
		if different := cmp.Diff(want.Incomplete, got.Incomplete); different != "" {
			t.Errorf("%s: what is missing (-live +config):\n%s", want.Scope, different)
		}
		nodes += len(got.Nodes)
	}
	if len(recorded) != len(live) || nodes < 20 {
		t.Errorf("%d scopes and %d nodes, the live world has %d scopes", len(recorded), nodes, len(live))
	}
	if want := []string{"1 items of AWS::CloudFormation::Stack are not read"}; !slices.Equal(inventory.Notes, want) {
		t.Errorf("notes %q, want %q", inventory.Notes, want)
	}
}

func TestWhatConfigDoesNotHoldIsNotCollected(t *testing.T) {
	recorded, _ := assembled(t, "testdata/snapshot.json")
	for scope, want := range map[graph.Scope]string{
		"aws/111122223333/eu-west-1/kms":      "not collected: kms/list-grants of k-1",
		"aws/111122223333/global/s3":          "not collected: s3/get-bucket-ownership-controls of payroll",
		"aws/111122223333/eu-west-1/sqs":      "not collected: sqs/list-queues",
		"aws/111122223333/eu-west-1/ec2":      "not collected: ec2/describe-nat-gateways",
		"aws/111122223333/global/cloudfront":  "not collected: cloudfront/list-distributions",
		"aws/111122223333/global/iam":         "not collected: iam/list-access-keys of ann",
		"aws/111122223333/eu-west-1/dynamodb": "not collected: dynamodb/list-tables",
	} {
		if !slices.Contains(recorded[scope].Incomplete, want) {
			t.Errorf("%s: %q is not said, but %q", scope, want, recorded[scope].Incomplete)
		}
	}
	for scope, batch := range recorded {
		if slices.ContainsFunc(batch.Incomplete, func(reason string) bool { return strings.HasSuffix(reason, changesOnly) }) {
			t.Errorf("%s: a snapshot is whole: %q", scope, batch.Incomplete)
		}
	}
}

// write puts a file of items into a new folder; a name that ends in .gz is packed.
func write(t *testing.T, name, body string) string {
	t.Helper()
	content := []byte(body)
	if strings.HasSuffix(name, ".gz") {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		if _, err := writer.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		content = packed.Bytes()
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func subnet(captured, status, cidr string) string {
	return `{"accountId": "111122223333", "awsRegion": "eu-west-1", "resourceType": "AWS::EC2::Subnet", "resourceId": "subnet-1", "configurationItemStatus": "` + status +
		`", "configurationItemCaptureTime": "` + captured + `", "configuration": {"subnetId": "subnet-1", "cidrBlock": "` + cidr + `"}}`
}

const ec2 = graph.Scope("aws/111122223333/eu-west-1/ec2")

func TestTheNewestItemCounts(t *testing.T) {
	older, newer := subnet("2026-01-01T00:00:00.000Z", "OK", "10.0.0.0/24"), subnet("2026-01-02T00:00:00.000Z", "OK", "10.0.1.0/24")
	for _, test := range []struct {
		name  string
		items string
		want  string
	}{
		{"in order", older + "," + newer, "10.0.1.0/24"},
		{"in the other order", newer + "," + older, "10.0.1.0/24"},
		{"deleted since", older + "," + subnet("2026-01-03T00:00:00.000Z", "ResourceDeleted", ""), ""},
		{"made again since", subnet("2026-01-01T00:00:00.000Z", "ResourceDeleted", "") + "," + newer, "10.0.1.0/24"},
	} {
		t.Run(test.name, func(t *testing.T) {
			recorded, _ := assembled(t, write(t, "history.json.gz", `{"fileVersion": "1.0", "configurationItems": [`+test.items+`]}`))
			nodes := recorded[ec2].Nodes
			switch {
			case test.want == "":
				if len(nodes) > 0 {
					t.Errorf("found %v", nodes)
				}
			case len(nodes) != 1 || nodes[0].Props.Text("cidr") != test.want:
				t.Errorf("got %v, want the block %s", nodes, test.want)
			case !slices.ContainsFunc(recorded[ec2].Incomplete, func(reason string) bool { return strings.HasSuffix(reason, changesOnly) }):
				t.Errorf("a history does not say that it is one: %q", recorded[ec2].Incomplete)
			}
		})
	}
}

func TestAnAggregatorsQuery(t *testing.T) {
	body := `{"Results": ["{\"accountId\":\"111122223333\",\"awsRegion\":\"eu-west-1\",\"resourceType\":\"AWS::EC2::Subnet\",\"resourceId\":\"subnet-1\",\"configuration\":{\"subnetId\":\"subnet-1\",\"cidrBlock\":\"10.0.0.0/24\"}}",` +
		`"{\"accountId\":\"444455556666\",\"awsRegion\":\"us-east-1\",\"resourceType\":\"AWS::EC2::Subnet\",\"resourceId\":\"subnet-2\",\"configuration\":\"{\\\"subnetId\\\":\\\"subnet-2\\\"}\"}"]}`
	recorded, inventory := assembled(t, write(t, "query.json", body))
	if len(inventory.Accounts) != 2 || len(recorded[ec2].Nodes) != 1 || len(recorded["aws/444455556666/us-east-1/ec2"].Nodes) != 1 {
		t.Errorf("accounts %v, nodes %v and %v", inventory.Accounts, recorded[ec2].Nodes, recorded["aws/444455556666/us-east-1/ec2"].Nodes)
	}
}

func TestWhatIsNoDeliveryOfConfig(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"not.json":     {"{", "not.json: invalid: not JSON"},
		"other.json":   {`{"Vpcs": []}`, "it has no list configurationItems"},
		"account.json": {`{"configurationItems": [{"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1"}]}`, "configurationItems[0]: accountId"},
		"region.json":  {`{"configurationItems": [{"accountId": "111122223333", "awsRegion": "../x", "resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1"}]}`, "configurationItems[0]: awsRegion"},
		"type.json":    {`{"configurationItems": [{"accountId": "111122223333", "awsRegion": "eu-west-1"}]}`, "configurationItems[0]: it lacks resourceType"},
		"wrong.json":   {`{"configurationItems": [{"accountId": 7}]}`, "configurationItems[0]"},
		"packed.gz":    {"", "it has no list"},
	} {
		if name == "packed.gz" {
			test.body = `{}`
		}
		_, err := Read([]string{write(t, name, test.body)})
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if _, err := Read([]string{t.TempDir()}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("an empty folder: %v", err)
	}
}

// FuzzDecode holds that whatever a file says, its items become answers that the tables read, or an error.
func FuzzDecode(f *testing.F) {
	snapshot, err := os.ReadFile("testdata/snapshot.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(snapshot)
	f.Add([]byte(`{"configurationItems": [` + subnet("2026-01-01T00:00:00.000Z", "OK", "x") + `]}`))
	f.Add([]byte(`{"configurationItems": [{"accountId": "111122223333", "resourceType": "AWS::S3::Bucket", "resourceId": "b", "configuration": {"name": 1}, "supplementaryConfiguration": {"AccessControlList": "[]", "BucketPolicy": "x"}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := decode(body, "file.json")
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("%v is no graph.ErrInvalid", err)
			}
			return
		}
		made := inventory(items)
		if _, _, err := ingest.Assemble(context.Background(), aws.Cloud(), made.Accounts, made.Parts); err != nil {
			t.Error(err)
		}
	})
}
