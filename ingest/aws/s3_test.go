package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/google/go-cmp/cmp"
)

// asked starts a server in S3's place and gives the configuration that leads to it and the requests that it was asked, each
// as region and path.
func asked(t *testing.T, answer http.HandlerFunc) (aws.Config, *[]string) {
	t.Helper()
	requests := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		scope := strings.Split(request.Header.Get("Authorization"), "/")
		if len(scope) > 2 {
			*requests = append(*requests, scope[2]+" "+request.URL.Path)
		}
		answer(writer, request)
	}))
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
	}, requests
}

func TestBucketsAreAskedForInTheirRegion(t *testing.T) {
	config, requests := asked(t, func(writer http.ResponseWriter, request *http.Request) {
		if !strings.Contains(request.Header.Get("Authorization"), "/eu-west-1/") {
			writer.Header().Set("x-amz-bucket-region", "eu-west-1")
			writer.WriteHeader(http.StatusMovedPermanently)
			fmt.Fprint(writer, `<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>`)
			return
		}
		fmt.Fprint(writer, `<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>`)
	})
	table := tableOf(t, "s3", "get-bucket-versioning")
	answer, err := table.Call(t.Context(), config, "shop-ledger")
	if err != nil {
		t.Fatal(err)
	}
	body, err := encode("s3", answer)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := table.Map(recordedAt, "shop-ledger", body)
	if err != nil || len(facts.Nodes) != 1 || !facts.Nodes[0].Props.Flag("versioning") {
		t.Errorf("%s maps to %v, %v", body, facts, err)
	}
	if diff := cmp.Diff([]string{"us-east-1 /shop-ledger", "eu-west-1 /shop-ledger"}, *requests); diff != "" {
		t.Error(diff)
	}
}

func TestABucketThatIsDeniedIsAskedForOnce(t *testing.T) {
	config, requests := asked(t, func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("x-amz-bucket-region", "us-east-1")
		writer.WriteHeader(http.StatusForbidden)
		fmt.Fprint(writer, `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`)
	})
	if _, err := tableOf(t, "s3", "get-bucket-policy").Call(t.Context(), config, "shop-ledger"); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("%v", err)
	}
	if len(*requests) != 1 {
		t.Errorf("asked %v", *requests)
	}
}

func TestTheAccountsAccessBlockIsAskedForAtTheUsersEndpoint(t *testing.T) {
	config, requests := asked(t, func(writer http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, "/v20180820/") {
			if account := request.Header.Get("x-amz-account-id"); account != "111122223333" {
				t.Errorf("asked for account %q", account)
			}
			fmt.Fprint(writer, `<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>`)
			return
		}
		fmt.Fprint(writer, `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	})
	table := tableOf(t, "s3control", "get-public-access-block")
	answer, err := table.Call(t.Context(), config, "")
	if err != nil {
		t.Fatal(err)
	}
	body, err := encode("s3control", answer)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := table.Map(recordedAt, "", body)
	if err != nil || len(facts.Nodes) != 1 || !facts.Nodes[0].Props.Flag("s3_block_public_acls") || facts.Nodes[0].Props.Flag("s3_block_public_policy") {
		t.Errorf("%s maps to %v, %v", body, facts, err)
	}
	if diff := cmp.Diff([]string{"us-east-1 /", "us-east-1 /v20180820/configuration/publicAccessBlock"}, *requests); diff != "" {
		t.Error(diff)
	}
}
