package azure_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
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

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/azure"
)

// standIn answers as Resource Manager and Microsoft Graph do, from a recording, over TLS: lists in pages of one row each, and
// whatever the test puts before.
type standIn struct {
	*httptest.Server
	files map[string]string

	lock  sync.Mutex
	calls map[string]int // by path
	// before answers in place of the recording where it gives true. count is how often the path was asked for.
	before func(answer http.ResponseWriter, request *http.Request, count int) bool
}

// managerPaths are Resource Manager's paths below the subscription, and graphPaths Microsoft Graph's below v1.0, each with the file of the recording
// that holds the answer; <x> stands for a name in the path.
//
// https://learn.microsoft.com/rest/api/azure/ and https://learn.microsoft.com/graph/api/overview
var managerPaths = map[string]string{
	"":                "account/show",
	"/resourcegroups": "group/list",
	"/providers/Microsoft.Authorization/denyAssignments":                                                               "role/deny-assignment-list",
	"/providers/Microsoft.Authorization/roleAssignments":                                                               "role/assignment-list",
	"/providers/Microsoft.Authorization/roleDefinitions":                                                               "role/definition-list",
	"/providers/Microsoft.Authorization/roleEligibilityScheduleInstances":                                              "role/eligibility-list",
	"/providers/Microsoft.Automation/automationAccounts":                                                               "automation/account-list",
	"/providers/Microsoft.Compute/virtualMachines":                                                                     "vm/list",
	"/providers/Microsoft.Compute/virtualMachineScaleSets":                                                             "vmss/list",
	"/providers/Microsoft.ContainerInstance/containerGroups":                                                           "container/list",
	"/providers/Microsoft.ContainerService/managedClusters":                                                            "aks/list",
	"/providers/Microsoft.KeyVault/vaults":                                                                             "keyvault/list",
	"/providers/Microsoft.Logic/workflows":                                                                             "logic/workflow-list",
	"/providers/Microsoft.ManagedIdentity/userAssignedIdentities":                                                      "identity/list",
	"/providers/Microsoft.Network/networkInterfaces":                                                                   "network/nic-list",
	"/providers/Microsoft.Network/networkSecurityGroups":                                                               "network/nsg-list",
	"/providers/Microsoft.Network/privateEndpoints":                                                                    "network/private-endpoint-list",
	"/providers/Microsoft.Network/publicIPAddresses":                                                                   "network/public-ip-list",
	"/providers/Microsoft.Network/virtualNetworks":                                                                     "network/vnet-list",
	"/providers/Microsoft.Sql/servers":                                                                                 "sql/server-list",
	"/providers/Microsoft.Storage/storageAccounts":                                                                     "storage/account-list",
	"/providers/Microsoft.Web/sites":                                                                                   "webapp/list+functionapp/list",
	"/resourceGroups/Shop/providers/Microsoft.KeyVault/vaults/<x>":                                                     "keyvault/show/<x>",
	"/resourceGroups/Shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/<x>/federatedIdentityCredentials": "identity/federated-credential-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Sql/servers/<x>/administrators":                                          "sql/server-ad-admin-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Sql/servers/<x>/databases":                                               "sql/db-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Sql/servers/<x>/firewallRules":                                           "sql/server-firewall-rule-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Sql/servers/<x>/virtualNetworkRules":                                     "sql/server-vnet-rule-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Storage/storageAccounts/<x>/blobServices/default/containers":             "storage/container-rm-list/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Web/sites/Hook/config/authsettingsV2":                                    "functionapp/auth-show/Hook",
	"/resourceGroups/Shop/providers/Microsoft.Web/sites/Hook/config/web":                                               "functionapp/config-show/Hook",
	"/resourceGroups/Shop/providers/Microsoft.Web/sites/<x>/config/authsettingsV2":                                     "webapp/auth-show/<x>",
	"/resourceGroups/Shop/providers/Microsoft.Web/sites/<x>/config/web":                                                "webapp/config-show/<x>",
}

var graphPaths = map[string]string{
	"applications": "ad/app-list",
	"applications/<x>/federatedIdentityCredentials": "ad/app-federated-credential-list/<x>",
	"applications/<x>/owners":                       "ad/app-owner-list/<x>",
	"directory/administrativeUnits":                 "ad/unit-list",
	"directory/administrativeUnits/<x>/members":     "ad/unit-member-list/<x>",
	"groups":             "ad/group-list",
	"groups/<x>/members": "ad/group-member-list/<x>",
	"groups/<x>/owners":  "ad/group-owner-list/<x>",
	"roleManagement/directory/roleAssignments":                  "ad/role-assignment-list",
	"roleManagement/directory/roleDefinitions":                  "ad/role-definition-list",
	"roleManagement/directory/roleEligibilityScheduleInstances": "ad/role-eligibility-list",
	"servicePrincipals":                        "ad/sp-list",
	"servicePrincipals/<x>/appRoleAssignments": "ad/sp-app-role-assignment-list/<x>",
	"servicePrincipals/<x>/owners":             "ad/sp-owner-list/<x>",
	"users":                                    "ad/user-list",
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "contoso.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	made := &standIn{files: map[string]string{}, calls: map[string]int{}}
	for _, file := range archive.Files {
		made.files[strings.TrimSuffix(file.Name, ".json")] = string(file.Data)
	}
	made.Server = httptest.NewTLSServer(made)
	t.Cleanup(made.Close)
	return made
}

// Do sends a request to the stand-in in place of the host that it is for.
func (made *standIn) Do(request *http.Request) (*http.Response, error) {
	host, err := url.Parse(made.URL)
	if err != nil {
		return nil, err
	}
	sent := request.Clone(request.Context())
	sent.Host, sent.URL.Host = request.URL.Host, host.Host
	return made.Client().Do(sent)
}

func (made *standIn) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	made.lock.Lock()
	count := made.calls[request.URL.Path]
	made.calls[request.URL.Path]++
	made.lock.Unlock()
	answer.Header().Set("Content-Type", "application/json")
	switch {
	case !strings.HasPrefix(request.Header.Get("Authorization"), "Bearer good-"):
		http.Error(answer, `{"error": {"code": "InvalidAuthenticationToken"}}`, http.StatusUnauthorized)
	case made.before != nil && made.before(answer, request, count):
	case request.Host == "graph.microsoft.com":
		made.page(answer, request, file(graphPaths, strings.TrimPrefix(request.URL.Path, "/v1.0/")), "@odata.nextLink")
	case request.URL.Query().Get("api-version") == "":
		http.Error(answer, `{"error": {"code": "MissingApiVersionParameter"}}`, http.StatusBadRequest)
	case request.URL.Path == "/tenants":
		fmt.Fprintf(answer, `{"value": [{"id": "/tenants/%s", "tenantId": "%s"}]}`, tenant, tenant)
	case request.URL.Path == "/subscriptions":
		fmt.Fprintf(answer, `{"value": [{"id": "/subscriptions/%s", "subscriptionId": "%s", "tenantId": "%s"}, {"id": "x", "subscriptionId": "%s", "tenantId": "%s"}]}`, subscription, subscription, tenant, closed, tenant)
	case strings.HasPrefix(request.URL.Path, "/subscriptions/"+closed):
		http.Error(answer, `{"error": {"code": "AuthorizationFailed"}}`, http.StatusForbidden)
	case request.URL.Path == "/providers/Microsoft.Management/getEntities" && request.Method == http.MethodPost:
		made.page(answer, request, "account/management-group-entities-list", "nextLink")
	default:
		made.page(answer, request, file(managerPaths, strings.TrimPrefix(request.URL.Path, "/subscriptions/"+subscription)), "nextLink")
	}
}

// closed is a subscription in which everything is denied.
const closed = "33333333-cccc-4ccc-8ccc-333333333333"

// file finds the recorded file of a path.
func file(paths map[string]string, path string) string {
	if found, known := paths[path]; known {
		return found
	}
	for pattern, found := range paths {
		before, after, named := strings.Cut(pattern, "<x>")
		if middle := strings.TrimSuffix(strings.TrimPrefix(path, before), after); named && strings.HasPrefix(path, before) && strings.HasSuffix(path, after) && !strings.Contains(middle, "/") && middle != "" {
			return strings.Replace(found, "<x>", middle, 1)
		}
	}
	return path
}

// page writes one row of a recorded list, and where the next is; an object it writes whole.
func (made *standIn) page(answer http.ResponseWriter, request *http.Request, names, link string) {
	var rows []json.RawMessage
	for name := range strings.SplitSeq(names, "+") {
		body, known := made.files[name]
		if !known {
			http.Error(answer, `{"error": {"code": "NotFound"}}`, http.StatusNotFound)
			return
		}
		var list []json.RawMessage
		var wrapped struct{ Value []json.RawMessage }
		if json.Unmarshal([]byte(body), &list) != nil {
			if err := json.Unmarshal([]byte(body), &wrapped); err != nil || wrapped.Value == nil {
				_, _ = answer.Write([]byte(body))
				return
			}
			list = wrapped.Value
		}
		rows = append(rows, list...)
	}
	at := 0
	_, _ = fmt.Sscan(request.URL.Query().Get("page"), &at)
	page := map[string]any{"value": rows[min(at, len(rows)):min(at+1, len(rows))]}
	if at+1 < len(rows) {
		next := *request.URL
		query := next.Query()
		query.Set("page", fmt.Sprint(at+1))
		next.Scheme, next.Host, next.RawQuery = "https", request.Host, query.Encode()
		page[link] = next.String()
	}
	_ = json.NewEncoder(answer).Encode(page)
}

// token is a credential that gives one token, or an error.
type token struct {
	text string
	err  error
}

func (token token) GetToken(_ context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: token.text + options.TenantID, ExpiresOn: time.Now().Add(time.Hour)}, token.err
}

func (made *standIn) options(folder string) azure.Options {
	return azure.Options{
		Folder: folder, Credential: token{text: "good-"}, Transport: made, Retry: policy.RetryOptions{MaxRetries: 3, RetryDelay: time.Millisecond},
		Progress: func(int, int, string) {}, Told: func(string, int, int, error) {},
	}
}

// What is read live is, fact for fact, what the command line's files of the same estate are read as.
func TestLiveAndOfflineGiveOneGraph(t *testing.T) {
	made := newStandIn(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	options := made.options(folder)
	options.Subscriptions = []string{strings.ToUpper(subscription)}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || !manifest.Complete || len(manifest.Errors) > 0 {
		t.Fatal(err, manifest)
	}
	live, report, err := ingest.Read(t.Context(), folder, azure.Cloud())
	if err != nil || len(report.Broken)+len(report.Unknown)+len(report.Notes) > 0 {
		t.Fatal(err, report)
	}
	offline, _ := read(t, "contoso.txtar", nil)
	if diff := cmp.Diff(told(offline), told(live)); diff != "" {
		t.Errorf("facts differ (-offline +live):\n%s", diff)
	}
}

func TestASubscriptionThatIsDeniedIsToldAndTheOthersGoOn(t *testing.T) {
	made := newStandIn(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	manifest, err := azure.Collect(t.Context(), made.options(folder))
	if err != nil {
		t.Fatal(err)
	}
	denied := 0
	for _, failed := range manifest.Errors {
		if failed.Account != closed || failed.Code != "AuthorizationFailed" {
			t.Errorf("%+v", failed)
		}
		denied++
	}
	if denied == 0 || len(manifest.Accounts) != 3 {
		t.Errorf("%d calls were denied, in %+v", denied, manifest.Accounts)
	}
	batches, _, err := ingest.Read(t.Context(), folder, azure.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range batches {
		whole := !strings.Contains(string(batch.Scope), closed)
		if whole != (len(batch.Incomplete) == 0) && !strings.HasSuffix(string(batch.Scope), "/ad") {
			t.Errorf("%s lacks %v", batch.Scope, batch.Incomplete)
		}
	}
}

func TestThrottledCallsWaitAsLongAsTheyAreTold(t *testing.T) {
	made := newStandIn(t)
	var asked []time.Time
	made.before = func(answer http.ResponseWriter, request *http.Request, count int) bool {
		graphThrottled := request.URL.Path == "/v1.0/users" && count == 0
		managerThrottled := strings.HasSuffix(request.URL.Path, "/virtualMachines")
		if managerThrottled {
			made.lock.Lock()
			asked = append(asked, time.Now())
			made.lock.Unlock()
		}
		if !graphThrottled && (!managerThrottled || count > 0) {
			return false
		}
		answer.Header().Set("Retry-After", "1")
		http.Error(answer, `{"error": {"code": "TooManyRequests"}}`, http.StatusTooManyRequests)
		return true
	}
	options := made.options(filepath.Join(t.TempDir(), "bundle"))
	options.Subscriptions = []string{subscription}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || len(manifest.Errors) > 0 {
		t.Fatal(err, manifest.Errors)
	}
	if len(asked) < 2 || asked[1].Sub(asked[0]) < time.Second {
		t.Errorf("asked again after %v", asked)
	}
}

func TestWhatIsThrottledForeverIsAGap(t *testing.T) {
	made := newStandIn(t)
	made.before = func(answer http.ResponseWriter, request *http.Request, _ int) bool {
		if !strings.HasSuffix(request.URL.Path, "/virtualMachines") {
			return false
		}
		answer.Header().Set("X-Ms-Retry-After-Ms", "1")
		http.Error(answer, `{"error": {"code": "TooManyRequests"}}`, http.StatusTooManyRequests)
		return true
	}
	options := made.options(filepath.Join(t.TempDir(), "bundle"))
	options.Subscriptions = []string{subscription}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || len(manifest.Errors) != 1 || manifest.Errors[0].Code != "TooManyRequests" || manifest.Errors[0].Operation != "list" {
		t.Errorf("%v, %+v", err, manifest.Errors)
	}
}

func TestATokenThatExpiresEndsTheAccountAndTheSameCommandGoesOn(t *testing.T) {
	made := newStandIn(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	expired := true
	made.before = func(answer http.ResponseWriter, request *http.Request, _ int) bool {
		made.lock.Lock()
		defer made.lock.Unlock()
		if !expired || !strings.HasSuffix(request.URL.Path, "/firewallRules") {
			return false
		}
		http.Error(answer, `{"error": {"code": "ExpiredAuthenticationToken"}}`, http.StatusUnauthorized)
		return true
	}
	options := made.options(folder)
	options.Subscriptions = []string{subscription}
	var ended []string
	options.Told = func(account string, _, _ int, err error) {
		if err != nil && strings.Contains(err.Error(), "ExpiredAuthenticationToken") {
			ended = append(ended, account)
		}
	}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || manifest.Complete || !slices.Equal(ended, []string{subscription}) {
		t.Fatal(err, manifest, ended)
	}
	made.lock.Lock()
	expired = false
	before := made.calls["/v1.0/users"]
	made.lock.Unlock()
	manifest, err = azure.Collect(t.Context(), options)
	if err != nil || !manifest.Complete {
		t.Fatal(err, manifest)
	}
	if made.calls["/v1.0/users"] != before {
		t.Error("the tenant was complete and was read again")
	}
}

func TestCredentialsThatDoNotWorkAreAnError(t *testing.T) {
	made := newStandIn(t)
	for name, test := range map[string]struct {
		change func(*azure.Options)
		want   string
	}{
		"no token":                      {func(options *azure.Options) { options.Credential = token{err: errors.New("no login")} }, "no login"},
		"a token that is not taken":     {func(options *azure.Options) { options.Credential = token{text: "bad-"} }, "InvalidAuthenticationToken"},
		"a subscription that is unseen": {func(options *azure.Options) { options.Subscriptions = []string{"44444444-dddd-4ddd-8ddd-444444444444"} }, "do not see 44444444"},
		"a cloud that there is not":     {func(options *azure.Options) { options.Cloud = "mars" }, "want public, government or china"},
	} {
		options := made.options(filepath.Join(t.TempDir(), "bundle"))
		test.change(&options)
		if _, err := azure.Collect(t.Context(), options); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A page on another host would be asked for with our token.
func TestATokenGoesToNoOtherHost(t *testing.T) {
	made := newStandIn(t)
	made.before = func(answer http.ResponseWriter, request *http.Request, _ int) bool {
		if request.Host == "evil.example" {
			t.Error("a token was sent to another host")
		}
		if request.URL.Path != "/v1.0/groups" {
			return false
		}
		_, _ = answer.Write([]byte(`{"value": [], "@odata.nextLink": "https://evil.example/v1.0/groups?page=1"}`))
		return true
	}
	options := made.options(filepath.Join(t.TempDir(), "bundle"))
	options.Subscriptions = []string{subscription}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || !slices.ContainsFunc(manifest.Errors, func(failed ingest.CollectFailure) bool { return failed.Operation == "group-list" }) {
		t.Errorf("%v, %+v", err, manifest.Errors)
	}
}

// Nothing that may be a secret is written, wherever an answer holds it.
func TestNoSecretIsWritten(t *testing.T) {
	made := newStandIn(t)
	const value = "hunter2hunter2"
	for _, name := range []string{"container/list", "logic/workflow-list", "ad/app-list", "webapp/config-show/Shop"} {
		made.files[name] = strings.NewReplacer(`"ipAddress": {`, `"containers": [{"environmentVariables": [{"name": "PASSWORD", "value": "`+value+`"}]}], "ipAddress": {`,
			`"state": "Enabled"`, `"state": "Enabled", "definition": {"parameters": {"key": "`+value+`"}}`, `"keyId": "s"`, `"keyId": "s", "hint": "`+value+`"`,
			`"ipSecurityRestrictions"`, `"publishingPassword": "`+value+`", "ipSecurityRestrictions"`).Replace(made.files[name])
		if !strings.Contains(made.files[name], value) {
			t.Fatalf("%s holds no secret to leave out", name)
		}
	}
	folder := filepath.Join(t.TempDir(), "bundle")
	options := made.options(folder)
	options.Subscriptions = []string{subscription}
	if _, err := azure.Collect(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	for name, body := range filesBelow(t, folder) {
		if strings.Contains(body, value) {
			t.Errorf("%s holds it", name)
		}
	}
}

// filesBelow reads all files of a folder.
func filesBelow(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		found[name] = string(body)
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatal(err, len(found))
	}
	return found
}
