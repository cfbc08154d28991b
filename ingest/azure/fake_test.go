package azure_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	azfake "github.com/Azure/azure-sdk-for-go/sdk/azcore/fake"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/keyvault/armkeyvault/fake"
	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/azure"
)

// vaults sends what is asked of key vaults to the SDK's own fake server, which parses the addresses and writes the answers as the
// service does, and the rest to the stand-in. The fake tells operations apart by a name that the SDK's client leaves in the context.
type vaults struct {
	*standIn
	server *fake.VaultsServerTransport
}

func (made vaults) Do(request *http.Request) (*http.Response, error) {
	_, name, ofVault := strings.Cut(request.URL.Path, "/providers/Microsoft.KeyVault/vaults")
	if !ofVault {
		return made.standIn.Do(request)
	}
	operation := "VaultsClient.NewListBySubscriptionPager"
	if name != "" && !strings.HasPrefix(name, "/fake_page") { // how the fake writes its next links
		operation = "VaultsClient.Get"
	}
	return made.server.Do(request.WithContext(context.WithValue(request.Context(), runtime.CtxAPINameKey{}, operation)))
}

func vault(name string, properties armkeyvault.VaultProperties) *armkeyvault.Vault {
	properties.TenantID, properties.VaultURI = to.Ptr(tenant), to.Ptr("https://"+name+".vault.azure.net/")
	return &armkeyvault.Vault{
		ID: to.Ptr("/subscriptions/" + subscription + "/resourceGroups/Shop/providers/Microsoft.KeyVault/vaults/" + name), Name: to.Ptr(name), Location: to.Ptr("westeurope"), Properties: &properties,
	}
}

// The collector asks for what the SDK's fake server takes, and reads what it writes, page by page.
func TestTheSDKsFakeServerIsRead(t *testing.T) {
	all := map[string]*armkeyvault.Vault{
		"by-roles":    vault("by-roles", armkeyvault.VaultProperties{EnableRbacAuthorization: to.Ptr(true), PublicNetworkAccess: to.Ptr("Disabled")}),
		"by-policies": vault("by-policies", armkeyvault.VaultProperties{EnableRbacAuthorization: to.Ptr(false), NetworkACLs: &armkeyvault.NetworkRuleSet{DefaultAction: to.Ptr(armkeyvault.NetworkRuleActionDeny)}}),
	}
	server := fake.VaultsServer{
		NewListBySubscriptionPager: func(*armkeyvault.VaultsClientListBySubscriptionOptions) (pages azfake.PagerResponder[armkeyvault.VaultsClientListBySubscriptionResponse]) {
			for _, name := range []string{"by-roles", "by-policies"} {
				pages.AddPage(http.StatusOK, armkeyvault.VaultsClientListBySubscriptionResponse{VaultListResult: armkeyvault.VaultListResult{Value: []*armkeyvault.Vault{all[name]}}}, nil)
			}
			return pages
		},
		Get: func(_ context.Context, _, name string, _ *armkeyvault.VaultsClientGetOptions) (found azfake.Responder[armkeyvault.VaultsClientGetResponse], failed azfake.ErrorResponder) {
			if name == "by-policies" {
				failed.SetResponseError(http.StatusForbidden, "AuthorizationFailed")
				return found, failed
			}
			found.SetResponse(http.StatusOK, armkeyvault.VaultsClientGetResponse{Vault: *all[name]}, nil)
			return found, failed
		},
	}
	made := newStandIn(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	options := made.options(folder)
	options.Subscriptions, options.Transport = []string{subscription}, vaults{made, fake.NewVaultsServerTransport(&server)}
	manifest, err := azure.Collect(t.Context(), options)
	if err != nil || len(manifest.Errors) != 1 || manifest.Errors[0].Item != "by-policies" || manifest.Errors[0].Code != "AuthorizationFailed" {
		t.Fatalf("%v, %+v", err, manifest.Errors)
	}
	batches, _, err := ingest.Read(t.Context(), folder, azure.Cloud())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			if node.Kind == "AzureKeyVault" && !node.Stub {
				found[node.Props.Text("name")] = node.Props.Text("public_access") + node.Props.Text("default_action")
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"by-roles": "DisabledAllow", "by-policies": "Deny"}, found); diff != "" {
		t.Error(diff)
	}
}
