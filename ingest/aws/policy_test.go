package aws

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// scriptFile is the script as it is shipped.
const scriptFile = "../../docs/collect-aws.sh"

var updateScript = flag.Bool("update-script", false, "write "+scriptFile)

// mostPolicy is the most characters that the policies of a role's own may have, white space aside
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length).
const mostPolicy = 10240

func TestPolicyReadsAndNoMore(t *testing.T) {
	var document struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	if err := json.Unmarshal(Policy(), &document); err != nil {
		t.Fatal(err)
	}
	if document.Version != "2012-10-17" || len(document.Statement) != 1 || document.Statement[0].Effect != "Allow" || document.Statement[0].Resource != "*" {
		t.Fatalf("not one statement that allows: %+v", document)
	}
	reads := regexp.MustCompile(`^([a-z0-9-]+:(Get|List|Describe|BatchGet|Search)[A-Za-z0-9]+|apigateway:GET)$`)
	secrets := regexp.MustCompile(`^(secretsmanager:(Batch)?GetSecretValue|ssm:GetParameter.*|s3:GetObject.*|lambda:GetFunction|ec2:GetPasswordData|ec2:GetConsole.*|codecommit:.*)$`)
	actions := document.Statement[0].Action
	for i, action := range actions {
		// IAM prepares a report of what was used when asked to, which changes nothing: a Read in the Service Authorization Reference
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
		if action == "iam:GenerateServiceLastAccessedDetails" {
			continue
		}
		if !reads.MatchString(action) || secrets.MatchString(action) {
			t.Errorf("%s is not a read that leaves secrets alone", action)
		}
		if i > 0 && actions[i-1] >= action {
			t.Errorf("%s comes after %s", action, actions[i-1])
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, Policy()); err != nil || compact.Len() > mostPolicy {
		t.Errorf("%d characters, more than a role's own policies may have; %v", compact.Len(), err)
	}
}

func TestEveryTableSaysWhatItNeeds(t *testing.T) {
	parents := map[string]Table{}
	for _, table := range Tables() {
		parents[table.Service+"/"+table.Operation] = table
	}
	for _, table := range Tables() {
		name := table.Service + "/" + table.Operation
		if len(table.Actions) == 0 || table.Call == nil || table.Map == nil {
			t.Errorf("%s lacks its actions, its call or its mapping", name)
		}
		if (table.Parent == "") != (table.Items == "") {
			t.Errorf("%s has a parent or a path to its items, not both", name)
		}
		if parent, ok := parents[table.Service+"/"+table.Parent]; table.Parent != "" && (!ok || parent.Global != table.Global) {
			t.Errorf("%s: no table of the same place is its parent %s", name, table.Parent)
		}
		if table.Parent != "" && !strings.Contains(table.Command, "$item") && !strings.Contains(table.Command, "${item") {
			t.Errorf("%s: its command does not name the item", name)
		}
		if strings.Contains(table.Command, "|") {
			t.Errorf("%s: a query cannot be added to a pipe: %s", name, table.Command)
		}
	}
}

func TestScriptMakesEveryCall(t *testing.T) {
	for _, table := range Tables() {
		call := "once "
		if table.Parent != "" {
			call = "each "
		}
		if !strings.Contains(string(Script()), call+table.Service+" "+table.Operation+" ") {
			t.Errorf("%s/%s is not in the script", table.Service, table.Operation)
		}
	}
	if shell, err := exec.LookPath("sh"); err == nil {
		check := exec.Command(shell, "-n")
		check.Stdin = bytes.NewReader(Script())
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("the shell does not read it: %v: %s", err, out)
		}
	}
}

func TestShippedScriptIsUpToDate(t *testing.T) {
	if *updateScript {
		if err := os.WriteFile(scriptFile, Script(), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	shipped, err := os.ReadFile(scriptFile)
	if err != nil || !bytes.Equal(shipped, Script()) {
		t.Errorf("%s is not what the tables give (%v): go test ./ingest/aws -run Shipped -update-script", scriptFile, err)
	}
}
