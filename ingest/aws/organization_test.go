package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/internal/awsfake"
)

const (
	managing = "100000000000"
	healthy  = "200000000001"
	denying  = "200000000002"
	expiring = "200000000003"
	hanging  = "200000000004"
)

// fiveAccounts serves an organization with the management account and four others in three regions.
func fiveAccounts(t *testing.T, fault func(awsfake.Call) *awsfake.Fault) (*awsfake.Server, Options) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) }) // when the servers are closed
	server := &awsfake.Server{Accounts: []string{managing, healthy, denying, expiring, hanging}, Regions: []string{"eu-north-1", "eu-west-1", "us-east-1"}, Fault: fault}
	_, _ = newProvider(t) // its environment
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	options := quietly(filepath.Join(t.TempDir(), "bundle"), listening.URL)
	options.Regions, options.Attempt, options.Attempts = nil, 4*time.Second, 2
	return server, options
}

// told collects who has ended, and how.
type told struct {
	lock   sync.Mutex
	broken map[string]error
}

func (told *told) hear(account string, _, _ int, err error) {
	told.lock.Lock()
	defer told.lock.Unlock()
	if told.broken == nil {
		told.broken = map[string]error{}
	}
	told.broken[account] = err
}

// failedOf gives the failures without those of member accounts that ask for their organization, which is not theirs to see.
func failedOf(manifest ingest.Manifest) []ingest.CollectFailure {
	return slices.DeleteFunc(slices.Clone(manifest.Errors), func(failed ingest.CollectFailure) bool { return failed.Service == "organizations" })
}

// queuesOf gives the accounts and regions whose queue is in the bundle.
func queuesOf(t *testing.T, folder string) (found []string, batches []graph.Batch) {
	t.Helper()
	batches, report, err := ingest.Read(t.Context(), folder, Cloud())
	if err != nil || len(report.Broken) > 0 {
		t.Fatal(err, report.Broken)
	}
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			if node.Kind == kinds.AWSQueue && !node.Stub {
				found = append(found, strings.Join(strings.Split(string(batch.Scope), "/")[1:3], "/"))
			}
		}
	}
	slices.Sort(found)
	return found, batches
}

func TestAWholeOrganizationIsRead(t *testing.T) {
	server, options := fiveAccounts(t, nil)
	heard := &told{}
	manifest, err := CollectOrganization(t.Context(), options, Organization{Role: "inroad-read", Told: heard.hear})
	if failed := failedOf(manifest); err != nil || !manifest.Complete || len(manifest.Accounts) != 5 || len(failed) > 0 {
		t.Fatal(err, manifest.Complete, len(manifest.Accounts), failed)
	}
	if found, _ := queuesOf(t, options.Folder); len(found) != 15 {
		t.Errorf("queues were read in %q", found)
	}
	if len(heard.broken) != 5 || server.Sessions() != 4 {
		t.Errorf("heard %v; %d sessions", heard.broken, server.Sessions())
	}
	if _, err := CollectOrganization(t.Context(), options, Organization{Role: "inroad-read", Accounts: []string{"999999999999"}, Told: heard.hear}); err == nil {
		t.Error("an account of another organization is read")
	}
}

func TestWhatGoesWrongInOneAccountIsItsOwn(t *testing.T) {
	var server *awsfake.Server
	var lock sync.Mutex
	expired, throttled := 0, 0
	broken := true
	fault := func(call awsfake.Call) *awsfake.Fault {
		lock.Lock()
		defer lock.Unlock()
		switch {
		case call.Operation == "AssumeRole":
			return nil
		case broken && call.Account == denying:
			return &awsfake.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
		case broken && call.Account == expiring && server.Sessions() <= 4 && call.Operation == "ListTopics":
			expired++
			return &awsfake.Fault{Status: http.StatusForbidden, Code: "ExpiredTokenException"}
		case broken && call.Account == hanging && call.Region == "eu-north-1" && call.Service == "sqs":
			return &awsfake.Fault{}
		case call.Account == healthy && call.Operation == "ListTables" && server.Seen(call) == 1:
			throttled++
			return &awsfake.Fault{Status: http.StatusBadRequest, Code: "ThrottlingException"}
		}
		return nil
	}
	server, options := fiveAccounts(t, fault)
	heard := &told{}
	manifest, err := CollectOrganization(t.Context(), options, Organization{Role: "inroad-read", Told: heard.hear})
	if err != nil {
		t.Fatal(err)
	}
	if expired == 0 || throttled == 0 {
		t.Fatalf("the faults were not met: %d expired, %d throttled", expired, throttled)
	}
	want := []string{}
	for _, account := range []string{managing, healthy, expiring, hanging} {
		for _, region := range server.Regions {
			if account != hanging || region != "eu-north-1" {
				want = append(want, account+"/"+region)
			}
		}
	}
	found, batches := queuesOf(t, options.Folder)
	if !slices.Equal(found, want) {
		t.Errorf("queues were read in %q, want %q", found, want)
	}
	for _, scope := range []string{"aws/" + hanging + "/eu-north-1/sqs", "aws/" + denying + "/us-east-1/sqs", "aws/" + denying + "/global/iam"} {
		if !slices.ContainsFunc(batches, func(batch graph.Batch) bool { return string(batch.Scope) == scope && len(batch.Incomplete) > 0 }) {
			t.Errorf("%s does not say what it lacks", scope)
		}
	}
	for _, failed := range failedOf(manifest) {
		if failed.Account != denying && (failed.Account != hanging || failed.Service != "sqs" || failed.Region != "eu-north-1") {
			t.Errorf("%+v", failed)
		}
	}
	if complete := slices.ContainsFunc(batches, func(batch graph.Batch) bool {
		return string(batch.Scope) == "aws/"+hanging+"/eu-west-1/sqs" && len(batch.Incomplete) == 0
	}); !complete {
		t.Error("what answered elsewhere is not complete")
	}
	if len(heard.broken) != 5 {
		t.Errorf("heard %v", heard.broken)
	}
}

func TestAnAccountWithoutTheRoleIsTriedAgain(t *testing.T) {
	refused := true
	fault := func(call awsfake.Call) *awsfake.Fault {
		if refused && call.Operation == "AssumeRole" {
			return &awsfake.Fault{Status: http.StatusForbidden, Code: "AccessDenied"}
		}
		return nil
	}
	server, options := fiveAccounts(t, fault)
	heard := &told{}
	wanted := Organization{Role: "inroad-read", ExternalID: "northwind", Tags: []string{"team=audit"}, Accounts: []string{managing, healthy}, Told: heard.hear}
	manifest, err := CollectOrganization(t.Context(), options, wanted)
	if err != nil || manifest.Complete || heard.broken[healthy] == nil || heard.broken[managing] != nil {
		t.Fatal(err, manifest.Complete, heard.broken)
	}
	if failed := failedOf(manifest); len(failed) != 1 || failed[0].Operation != "assume-role" {
		t.Errorf("%+v", failed)
	}
	if found, _ := queuesOf(t, options.Folder); len(found) != 3 {
		t.Errorf("the management account's queues are %q", found)
	}
	refused = false
	before := server.Calls()
	manifest, err = CollectOrganization(t.Context(), options, wanted)
	if err != nil || !manifest.Complete || len(failedOf(manifest)) > 0 {
		t.Fatal(err, failedOf(manifest))
	}
	if found, _ := queuesOf(t, options.Folder); len(found) != 6 {
		t.Errorf("queues are %q", found)
	}
	if again := server.Calls() - before; again == 0 || heard.broken[healthy] != nil {
		t.Error(again, heard.broken)
	}
	if _, err := CollectOrganization(t.Context(), options, Organization{Tags: []string{"team"}, Told: heard.hear}); err == nil {
		t.Error("a tag without a value is taken")
	}
}

func TestARegionThatIsNotEnabledIsShown(t *testing.T) {
	_, options := fiveAccounts(t, nil)
	options.Regions = []string{"us-east-1", "me-south-1"}
	manifest, err := CollectOrganization(t.Context(), options, Organization{Role: "inroad-read", Accounts: []string{healthy}, Told: (&told{}).hear})
	if err != nil || !manifest.Complete {
		t.Fatal(err)
	}
	if failed := failedOf(manifest); len(failed) != 1 || failed[0].Region != "me-south-1" || failed[0].Code != "NotEnabled" {
		t.Errorf("%+v", failed)
	}
	if found, _ := queuesOf(t, options.Folder); !slices.Equal(found, []string{healthy + "/us-east-1"}) {
		t.Errorf("%q", found)
	}
}

func TestARoleThatReadsAnAccountMayNoMoreThanThePolicy(t *testing.T) {
	for name, text := range map[string]string{"CloudFormation": string(CloudFormation()), "Terraform": string(Terraform())} {
		for _, action := range actions() {
			if !strings.Contains(text, action) {
				t.Errorf("%s lacks %s", name, action)
			}
		}
		for _, want := range []string{"sts:ExternalId", "sts:TagSession", DefaultRole} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
			t.Errorf("%s is not filled in", name)
		}
	}
	split := parts()
	if len(split) > mostAttached || !slices.Equal(slices.Concat(split...), actions()) {
		t.Errorf("%d policies hold %d of %d actions", len(split), len(slices.Concat(split...)), len(actions()))
	}
	for i, list := range split {
		document := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"InroadReads","Effect":"Allow","Action":["%s"],"Resource":"*"}]}`, strings.Join(list, `","`))
		if len(document) > mostManaged {
			t.Errorf("part %d has %d characters", i+1, len(document))
		}
	}
	for name, made := range map[string][]byte{"../../docs/inroad-read.yaml": CloudFormation(), "../../docs/inroad-read.tf": Terraform()} {
		if *updateScript {
			if err := os.WriteFile(name, made, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if shipped, err := os.ReadFile(name); err != nil || string(shipped) != string(made) {
			t.Errorf("%s is not what the tables give (%v): make generate", name, err)
		}
	}
}
