package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/inroad-security/inroad/ingest"
)

// provider is an AWS of which only some calls answer; all others are denied.
type provider struct {
	lock   sync.Mutex
	calls  map[string]int // by operation
	answer map[string]func(http.ResponseWriter, *http.Request)
}

const identityXML = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/audit</Arn><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

func newProvider(t *testing.T) (*provider, string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "eu-west-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	provider := &provider{calls: map[string]int{}, answer: map[string]func(http.ResponseWriter, *http.Request){
		"GetCallerIdentity": replies(identityXML),
		"DescribeRegions":   replies(`<DescribeRegionsResponse><regionInfo><item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>`),
	}}
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	return provider, server.URL
}

func replies(body string) func(http.ResponseWriter, *http.Request) {
	return func(to http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(to, body) }
}

// refuses answers an error in the words of each of AWS's protocols.
func refuses(status int, code string) func(http.ResponseWriter, *http.Request) {
	return func(to http.ResponseWriter, request *http.Request) {
		to.Header().Set("X-Amzn-Errortype", code)
		// S3 Control, CloudFront and Route 53 speak XML whatever the path.
		markup := strings.HasPrefix(request.URL.Path, "/v20180820") || strings.HasPrefix(request.URL.Path, "/2020-05-31") || strings.HasPrefix(request.URL.Path, "/2013-04-01")
		switch kind := request.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "application/x-amz-json"), request.URL.Path != "/" && !markup:
			to.Header().Set("Content-Type", "application/json")
			to.WriteHeader(status)
			_, _ = fmt.Fprintf(to, `{"__type": %q, "message": "refused"}`, code)
		case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
			to.Header().Set("Content-Type", "text/xml")
			to.WriteHeader(status)
			_, _ = fmt.Fprintf(to, `<Response><Errors><Error><Code>%[1]s</Code><Message>refused</Message></Error></Errors><Error><Code>%[1]s</Code><Message>refused</Message></Error></Response>`, code)
		case markup:
			to.WriteHeader(status)
			_, _ = fmt.Fprintf(to, `<ErrorResponse><Error><Code>%s</Code><Message>refused</Message></Error></ErrorResponse>`, code)
		default:
			to.WriteHeader(status)
			_, _ = fmt.Fprintf(to, `<Error><Code>%s</Code><Message>refused</Message></Error>`, code)
		}
	}
}

// ServeHTTP tells the operation by the form's action or the target's header, and else by the path.
func (provider *provider) ServeHTTP(to http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	form, _ := url.ParseQuery(string(body))
	operation := form.Get("Action")
	if _, target, ok := strings.Cut(request.Header.Get("X-Amz-Target"), "."); ok {
		operation = target
	}
	provider.lock.Lock()
	provider.calls[operation]++
	answer, ok := provider.answer[operation]
	provider.lock.Unlock()
	if !ok {
		answer = refuses(http.StatusForbidden, "AccessDenied")
	}
	answer(to, request)
}

func quietly(folder, endpoint string) Options {
	return Options{
		Folder: folder, Endpoint: endpoint, Regions: []string{"eu-west-1"}, Attempt: 10 * time.Second, Attempts: 2, Progress: func(int, int, string) {},
	}
}

func failures(manifest ingest.Manifest) map[string]string {
	codes := map[string]string{}
	for _, failed := range manifest.Errors {
		codes[failed.Service+"/"+failed.Operation] = failed.Code
	}
	return codes
}

func TestCollectGoesOnWhereItIsDenied(t *testing.T) {
	provider, endpoint := newProvider(t)
	provider.answer["DescribeOrganization"] = refuses(http.StatusBadRequest, notInUse)
	provider.answer["ListRoots"] = refuses(http.StatusBadRequest, notInUse)
	throttled := false
	provider.answer["ListUsers"] = func(to http.ResponseWriter, request *http.Request) {
		if !throttled {
			throttled = true
			refuses(http.StatusBadRequest, "Throttling")(to, request)
			return
		}
		replies(`<ListUsersResponse><ListUsersResult><Users><member><UserName>alice</UserName><Arn>arn:aws:iam::111122223333:user/alice</Arn></member></Users></ListUsersResult></ListUsersResponse>`)(to, request)
	}
	folder := t.TempDir()
	manifest, err := Collect(t.Context(), quietly(folder, endpoint))
	if err != nil {
		t.Fatal(err)
	}
	codes := failures(manifest)
	for call, want := range map[string]string{
		"iam/get-account-authorization-details": "AccessDenied", "ec2/describe-vpcs": "AccessDenied", "organizations/list-accounts": "AccessDenied",
		"iam/list-users": "", "sts/get-caller-identity": "", "organizations/describe-organization": "", "organizations/list-roots": "",
	} {
		if codes[call] != want {
			t.Errorf("%s: %q, want %q", call, codes[call], want)
		}
	}
	for _, code := range slices.Sorted(maps.Values(codes)) {
		if !strings.HasPrefix(code, "AccessDenied") {
			t.Errorf("a call that was denied is recorded as %s: %v", code, codes)
			break
		}
	}
	batches, report, err := ingest.Read(t.Context(), folder, Cloud())
	if err != nil || len(report.Broken)+len(report.Unknown) > 0 {
		t.Fatal(err, report)
	}
	none := false
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			none = none || node.Props.Text("organizations") == "none"
		}
		if batch.Scope == "aws/111122223333/eu-west-1/ec2" && !slices.Contains(batch.Incomplete, "not collected: ec2/describe-vpcs (AccessDenied)") {
			t.Errorf("%s: %q", batch.Scope, batch.Incomplete)
		}
	}
	if !none {
		t.Error("that there is no organization is lost")
	}
}

func TestCollectWaitsForNoAnswerForEver(t *testing.T) {
	provider, endpoint := newProvider(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	provider.answer["DescribeVpcs"] = func(_ http.ResponseWriter, request *http.Request) {
		select {
		case <-over:
		case <-request.Context().Done():
		}
	}
	options := quietly(t.TempDir(), endpoint)
	options.Attempt, options.Attempts = 500*time.Millisecond, 1
	manifest, err := Collect(t.Context(), options)
	if err != nil || failures(manifest)["ec2/describe-vpcs"] != "Timeout" {
		t.Error(err, failures(manifest)["ec2/describe-vpcs"])
	}
}

func TestCollectStopsAndGoesOn(t *testing.T) {
	ignored := goleak.IgnoreCurrent()
	provider, endpoint := newProvider(t)
	ctx, cancel := context.WithCancel(t.Context())
	provider.answer["ListUsers"] = func(to http.ResponseWriter, request *http.Request) {
		cancel()
		<-request.Context().Done()
	}
	folder := t.TempDir()
	if _, err := Collect(ctx, quietly(folder, endpoint)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var manifest ingest.Manifest
	body, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil || json.Unmarshal(body, &manifest) != nil || manifest.Complete {
		t.Fatal(err, manifest)
	}
	delete(provider.answer, "ListUsers")
	if manifest, err = Collect(t.Context(), quietly(folder, endpoint)); err != nil || !manifest.Complete {
		t.Error(err)
	}
	goleak.VerifyNone(t, ignored, goleak.IgnoreAnyFunction("net/http/httptest.(*Server).goServe.func1"), goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
}

func TestCollectStopsWhenCredentialsDo(t *testing.T) {
	provider, endpoint := newProvider(t)
	provider.answer["ListUsers"] = refuses(http.StatusForbidden, "ExpiredToken")
	if _, err := Collect(t.Context(), quietly(t.TempDir(), endpoint)); err == nil || !strings.Contains(err.Error(), "ExpiredToken") {
		t.Error(err)
	}
	provider.answer["GetCallerIdentity"] = refuses(http.StatusForbidden, "InvalidClientTokenId")
	if _, err := Collect(t.Context(), quietly(t.TempDir(), endpoint)); err == nil || !strings.Contains(err.Error(), "whose credentials these are") {
		t.Error(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	_, err := Collect(t.Context(), quietly(t.TempDir(), endpoint))
	if code, _, hopeless := failure(err); err == nil || code != "NoCredentials" || !hopeless {
		t.Error(code, err)
	}
}

func TestRegions(t *testing.T) {
	provider, endpoint := newProvider(t)
	options := quietly(t.TempDir(), endpoint)
	options.Regions = nil
	manifest, err := Collect(t.Context(), options)
	if err != nil || !slices.Equal(manifest.Accounts[0].Regions, []string{"eu-west-1"}) {
		t.Error(err, manifest.Accounts)
	}
	options = quietly(t.TempDir(), endpoint)
	options.Regions = []string{"eu-west-1", "Ireland"}
	if _, err := Collect(t.Context(), options); err == nil || !strings.Contains(err.Error(), `"Ireland" is not the name of a region`) {
		t.Error(err)
	}
	delete(provider.answer, "DescribeRegions")
	options.Regions = nil
	if _, err := Collect(t.Context(), options); err == nil || !strings.Contains(err.Error(), "name the regions instead") {
		t.Error(err)
	}
}
