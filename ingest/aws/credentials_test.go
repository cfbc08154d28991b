package aws

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codebuild"
	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/inroad-security/inroad/graph"
)

// The key of AWS's own examples (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html).
const (
	exampleID     = "AKIAIOSFODNN7EXAMPLE"
	exampleSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

func TestAnAccessKeyIsACredentialOnlyBesideItsSecret(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		keys []string
	}{
		"an id and its secret":      {"export AWS_ACCESS_KEY_ID=" + exampleID + "\nexport AWS_SECRET_ACCESS_KEY=" + exampleSecret, []string{exampleID}},
		"as JSON":                   {`{"ID":"` + exampleID + `","SECRET":"` + exampleSecret + `"}`, []string{exampleID}},
		"an id alone":               {"the key " + exampleID + " was revoked", nil},
		"a secret alone":            {"AWS_SECRET_ACCESS_KEY=" + exampleSecret, nil},
		"an id and a commit's hash": {exampleID + " da39a3ee5e6b4b0d3255bfef95601890afd80709", nil},
		"an id and a longer text":   {exampleID + " " + exampleSecret + exampleSecret, nil},
		"a session's key":           {"ASIAIOSFODNN7EXAMPLE " + exampleSecret, nil},
		"two ids":                   {exampleID + " AKIAI44QH8DHBEXAMPLE " + exampleSecret, []string{"AKIAI44QH8DHBEXAMPLE", exampleID}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := accessKeys(test.text); !reflect.DeepEqual(got, test.keys) {
				t.Errorf("%v, want %v", got, test.keys)
			}
			script := base64.StdEncoding.EncodeToString([]byte(test.text))
			kept, err := readUserData(*withheld(&script))
			if err != nil || !reflect.DeepEqual(accessKeys(kept), test.keys) {
				t.Errorf("what is kept of the script tells %v (%v), want %v", accessKeys(kept), err, test.keys)
			}
		})
	}
}

// What the collector writes of variables holds no secret, and maps to the same credentials as the whole answer.
func TestVariablesTellTheirAccessKeysWithoutTheirSecrets(t *testing.T) {
	key, secret := aws.String(exampleID), aws.String(exampleSecret)
	for name, test := range map[string]struct {
		service string
		table   string
		output  any
	}{
		"a function": {"lambda", "list-functions", &lambda.ListFunctionsOutput{Functions: []lambdatypes.FunctionConfiguration{{
			FunctionName: aws.String("f"), Environment: &lambdatypes.EnvironmentResponse{Variables: map[string]string{"ID": exampleID, "SECRET": exampleSecret}},
		}}}},
		"a build project": {"codebuild", "batch-get-projects", &codebuild.BatchGetProjectsOutput{Projects: []codebuildtypes.Project{{
			Name: aws.String("p"), Environment: &codebuildtypes.ProjectEnvironment{EnvironmentVariables: []codebuildtypes.EnvironmentVariable{
				{Name: aws.String("ID"), Value: key}, {Name: aws.String("SECRET"), Value: secret},
			}},
		}}}},
		"a task definition": {"ecs", "describe-task-definition", &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &ecstypes.TaskDefinition{
			TaskDefinitionArn: aws.String("arn:aws:ecs:eu-west-1:111122223333:task-definition/t:1"),
			ContainerDefinitions: []ecstypes.ContainerDefinition{{Environment: []ecstypes.KeyValuePair{
				{Name: aws.String("ID"), Value: key}, {Name: aws.String("SECRET"), Value: secret},
			}}},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := encode(test.service, test.output)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(file), exampleSecret) {
				t.Fatalf("the secret is kept:\n%s", file)
			}
			whole, err := json.Marshal(test.output)
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range registry {
				if table.Service != test.service || table.Operation != test.table {
					continue
				}
				for _, body := range [][]byte{file, whole} {
					facts, err := table.Map(recordedAt, "", body)
					if err != nil {
						t.Fatal(err)
					}
					if got := credentialsIn(facts.Nodes); !reflect.DeepEqual(got, []string{exampleID}) {
						t.Errorf("credentials %v in\n%s", got, body)
					}
				}
			}
		})
	}
}

func credentialsIn(nodes []graph.Node) []string {
	var found []string
	for _, node := range nodes {
		found = append(found, node.Props.List("credentials")...)
	}
	return found
}
