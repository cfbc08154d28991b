package scoring_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

func TestClassify(t *testing.T) {
	node := func(id graph.ID, kind graph.NodeKind, props graph.Props) graph.Node {
		return graph.Node{ID: id, Kind: kind, Props: props}
	}
	tags := func(tags ...string) graph.Props { return graph.Props{"tags": tags} }
	public := graph.Edge{From: graph.Internet, Kind: kinds.CanRead}
	for _, example := range []struct {
		name   string
		node   graph.Node
		public bool
		value  int
		reason string
	}{
		{"an account is worth 10", node(account, kinds.AWSAccount, nil), false, 10, "full control"},
		{"a bucket tagged data-classification=pii", node("arn:aws:s3:::a", kinds.AWSBucket, tags("data-classification=PII")), false, 9, "data-classification=PII"},
		{"a key in another spelling", node("arn:aws:s3:::a", kinds.AWSBucket, tags("DataClassification=Confidential")), false, 8, "Confidential"},
		{"one word of several in a value", node("arn:aws:s3:::a", kinds.AWSBucket, tags("sensitivity=internal,phi")), false, 9, "phi"},
		{"a flag that is true", node("arn:aws:s3:::a", kinds.AWSBucket, tags("contains-pii=true")), false, 9, "contains-pii"},
		{"a flag that is false", node("arn:aws:s3:::a", kinds.AWSBucket, tags("contains-pii=false")), false, 0, ""},
		{"data that is tagged public", node("arn:aws:s3:::a", kinds.AWSBucket, tags("data-classification=public")), false, 0, ""},
		{"a tag that has nothing to do with data", node("arn:aws:s3:::a", kinds.AWSBucket, tags("team=pii")), false, 0, ""},
		{"a secret", node("arn:aws:secretsmanager:r:1:secret:x", kinds.AWSSecret, nil), false, 6, "a secret"},
		{"a secret whose tag raises it", node("arn:aws:secretsmanager:r:1:secret:x", kinds.AWSSecret, tags("classification=restricted")), false, 9, "tag"},
		{"a SecureString parameter", node("arn:aws:ssm:r:1:parameter/x", kinds.AWSParameter, graph.Props{"type": "SecureString"}), false, 6, "parameter"},
		{"a plain parameter", node("arn:aws:ssm:r:1:parameter/x", kinds.AWSParameter, graph.Props{"type": "String"}), false, 0, ""},
		{"a database", node("arn:aws:rds:r:1:db:x", kinds.AWSDatabase, nil), false, 6, "a database"},
		{"a database of Azure SQL", node("/subscriptions/s/resourcegroups/g/providers/microsoft.sql/servers/x/databases/y", kinds.AzureSQLDatabase, nil), false, 6, "a database"},
		{"a key vault", node("/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/x", kinds.AzureKeyVault, nil), false, 6, "a vault"},
		{"a storage account of Terraform state", node("/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/x", kinds.AzureStorageAccount, graph.Props{"name": "tfstate"}), false, 7, "Terraform"},
		{"a subscription is worth 10", node("/subscriptions/s", kinds.AzureSubscription, nil), false, 10, "full control"},
		{"a bucket with a telling name", node("arn:aws:s3:::acme-customer-exports", kinds.AWSBucket, nil), false, 5, "its name"},
		{"a name that only contains the letters", node("arn:aws:s3:::epiphany", kinds.AWSBucket, nil), false, 0, ""},
		{"Terraform state by name", node("arn:aws:s3:::acme-tfstate", kinds.AWSBucket, nil), false, 7, "Terraform"},
		{"Terraform state by content", node("arn:aws:s3:::acme", kinds.AWSBucket, graph.Props{"objects": []string{"env/prod.tfstate"}}), false, 7, "env/prod.tfstate"},
		{"a backup bucket", node("arn:aws:s3:::acme-backups", kinds.AWSBucket, nil), false, 7, "backups"},
		{"a plain public bucket", node("arn:aws:s3:::a", kinds.AWSBucket, nil), true, 3, "public"},
		{"a public website is meant to be read", node("arn:aws:s3:::a", kinds.AWSBucket, graph.Props{"website": true}), true, 0, ""},
		{"a plain private bucket", node("arn:aws:s3:::a", kinds.AWSBucket, nil), false, 0, ""},
		{"a KMS key is none by itself", node("arn:aws:kms:r:1:key/x", kinds.AWSKey, graph.Props{"manager": "CUSTOMER"}), false, 0, ""},
		{"a role is none", node(admin, kinds.AWSRole, nil), false, 0, ""},
	} {
		batch := graph.Batch{Scope: "test/jewels", Nodes: []graph.Node{example.node}}
		if example.public {
			public.To = example.node.ID
			batch.Edges = []graph.Edge{public}
		}
		jewel := scoring.Classify(snapshotOf(t, batch), scoring.DefaultTaxonomy())[example.node.ID]
		if jewel.Value != example.value || !strings.Contains(jewel.Reason, example.reason) {
			t.Errorf("%s: %+v, want %d %q", example.name, jewel, example.value, example.reason)
		}
	}
}

func TestEntriesAndTargetsByName(t *testing.T) {
	snapshot := world(t)
	entries, err := scoring.Entries(snapshot, []string{string(alice), "internet", string(alice)})
	if err != nil || !slices.Equal(entries, []graph.ID{alice, graph.Internet}) {
		t.Errorf("entries %v, %v", entries, err)
	}
	targets, err := scoring.Targets(snapshot, []string{"administrator", string(bucket), string(web)})
	if err != nil || targets[account].Value != 10 || targets[bucket].Value != 9 || targets[web].Reason != "named as a target" || len(targets) != 3 {
		t.Errorf("targets %v, %v", targets, err)
	}
	_, err = scoring.Entries(snapshot, []string{"arn:aws:iam::111111111111:user/alicia"})
	if !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "user/alicia") || !strings.Contains(err.Error(), "near it: "+string(alice)) {
		t.Errorf("an id with a slip: %v", err)
	}
	if _, err = scoring.Targets(snapshot, []string{"arn:aws:iam::999999999999:role/zzzzzzzz"}); !errors.Is(err, graph.ErrNotFound) || !strings.Contains(err.Error(), "none is like it") {
		t.Errorf("an id like none: %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := scoring.New(world(t), scoring.Config{Jewels: map[graph.ID]scoring.Jewel{bucket: {Value: 11}}}); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("a value of 11: %v", err)
	}
	if _, err := scoring.New(world(t), scoring.Config{Principals: []graph.ID{"nobody"}}); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("an unknown principal: %v", err)
	}
	empty := snapshotOf(t)
	if analysis, err := scoring.New(empty, scoring.Config{}); err != nil {
		t.Errorf("an empty graph: %v", err)
	} else if paths, _, err := analysis.Paths(t.Context()); err != nil || len(paths) != 0 {
		t.Errorf("an empty graph: %v, %v", paths, err)
	}
}

func TestWhatADetectorFoundOutweighsTheTag(t *testing.T) {
	found, other := graph.ID("arn:aws:s3:::exports"), graph.ID("arn:aws:s3:::pages")
	issue := func(id graph.ID, about graph.ID, props graph.Props) graph.Batch {
		return graph.Batch{
			Scope: graph.Scope("test/" + string(id)), Nodes: []graph.Node{{ID: id, Kind: kinds.DetectedIssue, Props: props}, {ID: about, Kind: kinds.AWSBucket, Stub: true}},
			Edges: []graph.Edge{{From: id, To: about, Kind: kinds.AttachedTo}},
		}
	}
	snapshot, err := graph.NewSnapshot(0,
		graph.Batch{Scope: "test/buckets", Nodes: []graph.Node{
			{ID: found, Kind: kinds.AWSBucket, Props: graph.Props{"name": "exports", "tags": []string{"data-classification=confidential"}}},
			{ID: other, Kind: kinds.AWSBucket, Props: graph.Props{"name": "pages"}},
		}},
		issue("macie", found, graph.Props{"source": "macie", "classes": []string{"PERSONAL_INFORMATION"}}),
		issue("hub", other, graph.Props{"source": "securityhub"}))
	if err != nil {
		t.Fatal(err)
	}
	jewels := scoring.Classify(snapshot, scoring.DefaultTaxonomy())
	if jewel := jewels[found]; jewel.Value != 9 || !strings.Contains(jewel.Reason, "PERSONAL_INFORMATION") {
		t.Errorf("%+v", jewel)
	}
	if jewel, known := jewels[other]; known {
		t.Errorf("a finding about something else makes a jewel: %+v", jewel)
	}
}
