package aws

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	codebuildtypes "github.com/aws/aws-sdk-go-v2/service/codebuild/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
)

func TestEncodePrintsAsTheCLIDoes(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 30, 0, 0, time.FixedZone("", 3600))
	for _, test := range []struct {
		name, service string
		answer        any
		want          string
	}{
		{
			"members of the API, absent ones and pages left out", "iam",
			&iam.ListUsersOutput{
				IsTruncated: true, Marker: aws.String("more"), ResultMetadata: middleware.Metadata{},
				Users: []iamtypes.User{{UserName: aws.String("alice"), CreateDate: &at}},
			},
			`{"Users":[{"CreateDate":"2026-11-02T07:30:00Z","UserName":"alice"}]}`,
		},
		{"an empty list is there, a missing one is not", "iam", &iam.ListSAMLProvidersOutput{SAMLProviderList: []iamtypes.SAMLProviderListEntry{}}, `{"SAMLProviderList":[]}`},
		{"nothing at all", "iam", struct{}{}, `{}`},
		{
			"a document decoded", "iam",
			&iam.GetAccountAuthorizationDetailsOutput{RoleDetailList: []iamtypes.RoleDetail{{
				RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(url.PathEscape(`{"Statement": [{"Sid": "a+b c"}]}`)),
			}}},
			`{"RoleDetailList":[{"AssumeRolePolicyDocument":{"Statement":[{"Sid":"a+b c"}]},"RoleName":"r"}]}`,
		},
		{
			"a document that is none stays", "iam",
			&iam.GetAccountAuthorizationDetailsOutput{RoleDetailList: []iamtypes.RoleDetail{{AssumeRolePolicyDocument: aws.String("100%")}}},
			`{"RoleDetailList":[{"AssumeRolePolicyDocument":"100%"}]}`,
		},
		{
			"small first letters, not of a map's keys", "ecs",
			&ecs.DescribeTaskDefinitionOutput{TaskDefinition: &ecstypes.TaskDefinition{
				TaskRoleArn: aws.String("arn"), ContainerDefinitions: []ecstypes.ContainerDefinition{{
					DockerLabels: map[string]string{"Upper": "x", "Another": "y"}, Privileged: aws.Bool(true),
				}},
			}},
			`{"taskDefinition":{"containerDefinitions":[{"cpu":0,"dockerLabels":{"Another":"y","Upper":"x"},"privileged":true}],"revision":0,"taskRoleArn":"arn"}}`,
		},
		{"bytes", "lambda", struct{ Blob []byte }{[]byte("hi")}, `{"Blob":"aGk="}`},
		{"a union", "lambda", struct{ Choice any }{&iamtypesMemberName{Value: "x"}}, `{"Choice":{"Name":"x"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := compactly(t, test.service, test.answer); got != test.want {
				t.Error(cmp.Diff(test.want, got))
			}
		})
	}
}

// iamtypesMemberName has the form that the SDK gives a member Name of a union.
type iamtypesMemberName struct{ Value string }

func compactly(t *testing.T, service string, answer any) string {
	t.Helper()
	body, err := encode(service, answer)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(body, &decoded); err != nil {
		t.Fatal(err)
	}
	compact, err := json.Marshal(decoded) // members in order
	if err != nil {
		t.Fatal(err)
	}
	return string(compact)
}

func TestNoSecretIsWritten(t *testing.T) {
	const secret = "hunter2hunter2"
	for name, test := range map[string]struct {
		service string
		answer  any
		keeps   []string
	}{
		"a function's variables": {"lambda", &lambda.ListFunctionsOutput{Functions: []lambdatypes.FunctionConfiguration{{
			Environment: &lambdatypes.EnvironmentResponse{Variables: map[string]string{"DB_PASSWORD": secret}},
		}}}, []string{"DB_PASSWORD"}},
		"a container's variables": {"ecs", &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &ecstypes.TaskDefinition{ContainerDefinitions: []ecstypes.ContainerDefinition{{
			Environment: []ecstypes.KeyValuePair{{Name: aws.String("DB_PASSWORD"), Value: aws.String(secret)}},
			Secrets:     []ecstypes.Secret{{Name: aws.String("KEY"), ValueFrom: aws.String("arn:secret")}},
			Command:     []string{"serve", "--password", secret},
		}}}}, []string{"DB_PASSWORD", "arn:secret"}},
		"an attachment's details are no secret": {"ecs", &ecs.DescribeTasksOutput{Tasks: []ecstypes.Task{{Attachments: []ecstypes.Attachment{{
			Details: []ecstypes.KeyValuePair{{Name: aws.String("networkInterfaceId"), Value: aws.String("eni-1")}},
		}}}}}, []string{"eni-1"}},
		"a build's variables": {"codebuild", struct {
			Environment *codebuildtypes.ProjectEnvironment
		}{&codebuildtypes.ProjectEnvironment{
			EnvironmentVariables: []codebuildtypes.EnvironmentVariable{
				{Name: aws.String("TOKEN"), Value: aws.String(secret)},
				{Name: aws.String("PLAIN"), Value: aws.String(secret), Type: codebuildtypes.EnvironmentVariableTypePlaintext},
				{Name: aws.String("KEPT"), Value: aws.String("/path/of/parameter"), Type: codebuildtypes.EnvironmentVariableTypeParameterStore},
			},
		}}, []string{"TOKEN", "PLAIN", "/path/of/parameter"}},
		"user data": {"ec2", &ec2.DescribeInstanceAttributeOutput{
			InstanceId: aws.String("i-1"), UserData: &ec2types.AttributeValue{Value: aws.String("ZXhwb3J0IERCX1BBU1NXT1JEPWh1bnRlcjJodW50ZXIyCg==")},
		}, []string{"i-1"}},
		"a template's user data": {"ec2", &ec2types.ResponseLaunchTemplateData{UserData: aws.String("ZXhwb3J0IERCX1BBU1NXT1JEPWh1bnRlcjJodW50ZXIyCg==")}, nil},
		"a job's arguments":      {"glue", struct{ DefaultArguments map[string]string }{map[string]string{"--db_password": secret, "--job": "x"}}, []string{"--db_password", `"--job":"x"`}},
		"a stack's parameters":   {"cloudformation", struct{ ParameterKey, ParameterValue string }{"DbPassword", secret}, []string{"DbPassword"}},
		"a build's commands":     {"codebuild", codebuildtypes.ProjectSource{Buildspec: aws.String("export TOKEN=" + secret), Type: "S3"}, []string{"S3"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := compactly(t, test.service, test.answer)
			if strings.Contains(got, secret) || strings.Contains(got, "aHVudGVyMmh1bnRlcjI") || strings.Contains(got, "BBU1NXT1JE") {
				t.Error("a secret is written: ", got)
			}
			for _, kept := range test.keeps {
				if !strings.Contains(got, kept) {
					t.Errorf("%s is lost: %s", kept, got)
				}
			}
		})
	}
}

// What the SDK returns, printed, gives the facts of the AWS CLI's recording of the same account.
func TestEncodedAnswersMapAsRecordedOnes(t *testing.T) {
	alice := "arn:aws:iam::111122223333:user/dev/alice"
	table := Tables()[indexOf(t, "iam", "get-account-authorization-details")]
	recorded := `{"UserDetailList": [{"UserName": "alice", "Path": "/dev/", "Arn": "` + alice + `", "CreateDate": "2026-11-02T07:30:00+00:00",
		"UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": []}}], "GroupList": [], "AttachedManagedPolicies": [],
		"Tags": [{"Key": "team", "Value": "web"}]}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}`
	created := time.Date(2026, 11, 2, 7, 30, 0, 0, time.UTC)
	printed, err := encode("iam", &iam.GetAccountAuthorizationDetailsOutput{UserDetailList: []iamtypes.UserDetail{{
		UserName: aws.String("alice"), Path: aws.String("/dev/"), Arn: &alice, CreateDate: &created,
		UserPolicyList: []iamtypes.PolicyDetail{{PolicyName: aws.String("p"), PolicyDocument: aws.String("%7B%22Statement%22%3A%20%5B%5D%7D")}},
		Tags:           []iamtypes.Tag{{Key: aws.String("team"), Value: aws.String("web")}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	want, err := table.Map(recordedAt, "", []byte(recorded))
	if err != nil {
		t.Fatal(err)
	}
	got, err := table.Map(recordedAt, "", printed)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func indexOf(t *testing.T, service, operation string) int {
	t.Helper()
	for i, table := range Tables() {
		if table.Service == service && table.Operation == operation {
			return i
		}
	}
	t.Fatalf("no table %s/%s", service, operation)
	return 0
}
