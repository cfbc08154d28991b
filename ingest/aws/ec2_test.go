package aws

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"
)

func TestUserData(t *testing.T) {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	fmt.Fprintln(writer, "#!/bin/sh\nAPI_TOKEN=0123456789abcdef")
	writer.Close()
	for _, test := range []struct {
		name, script, cluster string
		secret                bool
	}{
		{name: "none", script: ""},
		{name: "a script without secrets", script: "#!/bin/sh\nyum install -y nginx\n"},
		{name: "a password", script: "export DB_PASSWORD=correct-horse", secret: true},
		{name: "a password read from elsewhere", script: "export DB_PASSWORD=$(aws ssm get-parameter --name db)"},
		{name: "an access key id", script: "aws configure set aws_access_key_id AKIAQWERTYUIOPASDFGH", secret: true},
		{name: "a packed token", script: packed.String(), secret: true},
		{name: "an agent's cluster", script: "echo ECS_CLUSTER=batch >> /etc/ecs/ecs.config", cluster: "batch"},
		{name: "an agent's quoted cluster", script: `ECS_CLUSTER="batch-2"`, cluster: "batch-2"},
		{name: "a cluster left open", script: `ECS_CLUSTER=$CLUSTER`},
	} {
		t.Run(test.name, func(t *testing.T) {
			encoded := base64.StdEncoding.EncodeToString([]byte(test.script))
			for _, value := range []*string{&encoded, withheld(&encoded)} {
				script, err := readUserData(*value)
				if err != nil {
					t.Fatal(err)
				}
				if holdsSecret(script) != test.secret || joinedCluster(script) != test.cluster {
					t.Errorf("%q: secret %v, cluster %q; want %v, %q", script, holdsSecret(script), joinedCluster(script), test.secret, test.cluster)
				}
			}
		})
	}
}

func TestWithheldUserDataHoldsNothingOfTheScript(t *testing.T) {
	script := base64.StdEncoding.EncodeToString([]byte("export DB_PASSWORD=correct-horse\nrm -rf /tmp/x"))
	kept, err := readUserData(*withheld(&script))
	if err != nil || kept != "SECRET=withheld\n" {
		t.Errorf("kept %q, %v", kept, err)
	}
	if kept := withheld(aws.String("not base64!")); *kept != "" {
		t.Errorf("kept %q of what does not decode", *kept)
	}
}

func TestUserDataThatDoesNotDecodeIsAGap(t *testing.T) {
	facts, err := tableOf(t, "ec2", "describe-instance-attribute-userData").Map(recordedAt, "i-01", []byte(`{"UserData": {"Value": "%%%"}}`))
	if err != nil || len(facts.Nodes) != 0 {
		t.Fatalf("%v, %v", facts, err)
	}
	if diff := cmp.Diff([]string{"user data of arn:aws:ec2:eu-west-1:111122223333:instance/i-01: not base64"}, facts.Gaps); diff != "" {
		t.Error(diff)
	}
}

func tableOf(t testing.TB, service, operation string) Table {
	t.Helper()
	for _, table := range registry {
		if table.Service == service && table.Operation == operation {
			return table
		}
	}
	t.Fatalf("no table %s/%s", service, operation)
	return Table{}
}
