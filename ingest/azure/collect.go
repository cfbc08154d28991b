package azure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// Options say what to collect and where to put it.
type Options struct {
	// Folder is where the bundle is written.
	Folder string
	// Tenants and Subscriptions are those to read; none means all that the credentials see.
	Tenants, Subscriptions []string
	// Cloud is public, government or china; empty means public.
	Cloud string
	// Credential gives tokens; nil is the default chain: environment, workload identity, managed identity, Azure CLI …
	Credential azcore.TokenCredential
	// Transport sends requests; nil is one of the SDK's.
	Transport policy.Transporter
	// Retry says how often, and after how long, a request is made anew; its zero value leaves it to the SDK.
	Retry policy.RetryOptions
	// Progress is told how many services have been read at how many places, of how many in all.
	Progress func(done, total int, service string)
	// Told hears of each tenant and subscription that has ended.
	Told func(account string, done, total int, err error)
}

// clouds are the clouds by the names that a user gives, each with the address of Microsoft Graph
// (https://learn.microsoft.com/graph/deployments).
var clouds = map[string]struct {
	configuration cloud.Configuration
	graph         string
}{
	"public":     {cloud.AzurePublic, "https://graph.microsoft.com"},
	"government": {cloud.AzureGovernment, "https://graph.microsoft.us"},
	"china":      {cloud.AzureChina, "https://microsoftgraph.chinacloudapi.cn"},
}

func (options Options) cloud() cloud.Configuration { return clouds[options.Cloud].configuration }

func (options Options) graph() string { return clouds[options.Cloud].graph }

// Collect reads all tenants and subscriptions that the credentials see into a bundle, several at once. Only what the tables declare
// is asked for, all of it reads. What is denied is in the manifest; a subscription in which nothing can be read is recorded, and the
// others go on. It gives an error where the credentials do not work at all.
func Collect(ctx context.Context, options Options) (ingest.Manifest, error) {
	if options.Cloud == "" {
		options.Cloud = "public"
	}
	if _, known := clouds[options.Cloud]; !known {
		return ingest.Manifest{}, fmt.Errorf("%w: cloud %q: want public, government or china", graph.ErrInvalid, options.Cloud)
	}
	credential := options.Credential
	if credential == nil {
		chain, err := azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
			ClientOptions: policy.ClientOptions{Cloud: options.cloud()}, AdditionallyAllowedTenants: []string{"*"},
		})
		if err != nil {
			return ingest.Manifest{}, fmt.Errorf("azure: read the credentials: %w", err)
		}
		credential = chain
	}
	members, err := options.members(ctx, credential)
	if err != nil {
		return ingest.Manifest{}, err
	}
	var lock sync.Mutex
	done := 0
	collector := ingest.Collector[*Client]{Cloud: "azure", Tables: Tables(), Encode: encode, Failure: failure, Now: time.Now, Progress: options.Progress}
	return collector.CollectAll(ctx, options.Folder, members, func(account ingest.Site, err error) {
		lock.Lock()
		defer lock.Unlock()
		done++
		options.Told(account.Account, done, len(members), err)
	})
}

// members gives the tenants and their subscriptions, each with how it is read.
func (options Options) members(ctx context.Context, credential azcore.TokenCredential) ([]ingest.Member[*Client], error) {
	access, err := newAccess(credential, options)
	if err != nil {
		return nil, fmt.Errorf("azure: %w", err)
	}
	tenants, err := access.accounts(ctx, "/tenants", "tenantId", options.Tenants)
	if err != nil {
		return nil, fmt.Errorf("azure: list the tenants: %w", err)
	}
	subscriptions, err := access.accounts(ctx, "/subscriptions", "subscriptionId", options.Subscriptions)
	if err != nil {
		return nil, fmt.Errorf("azure: list the subscriptions: %w", err)
	}
	var members []ingest.Member[*Client]
	for _, tenant := range tenants {
		own, err := newAccess(ofTenant{credential, tenant.TenantID}, options)
		if err != nil {
			return nil, fmt.Errorf("azure: %w", err)
		}
		add := func(account string) {
			members = append(members, ingest.Member[*Client]{
				Account: ingest.Site{Account: account, Tenant: tenant.TenantID},
				Open: func(context.Context) (ingest.Opening[*Client], error) {
					return ingest.Opening[*Client]{Regions: []string{}, Clients: func(site ingest.Site) *Client { return own.at(site.Account) }}, nil
				},
			})
		}
		add(tenant.TenantID)
		for _, subscription := range subscriptions {
			if subscription.TenantID == tenant.TenantID {
				add(subscription.SubscriptionID)
			}
		}
	}
	return members, nil
}

// account is a tenant or a subscription.
type account struct{ TenantID, SubscriptionID string }

// accounts lists those that the credentials see, or of them those that were chosen. One that was chosen and is not seen is an error.
func (access *access) accounts(ctx context.Context, path, field string, chosen []string) ([]account, error) {
	rows, err := access.list(ctx, access.manager, http.MethodGet, access.managerURL+path+"?api-version=2022-12-01")
	if err != nil {
		return nil, err
	}
	var found []account
	seen := map[string]bool{}
	for _, row := range rows {
		var read map[string]any
		if err := json.Unmarshal(row, &read); err != nil {
			return nil, err
		}
		text := func(name string) string { value, _ := read[name].(string); return strings.ToLower(value) }
		id := text(field)
		if id == "" || len(chosen) > 0 && !slices.ContainsFunc(chosen, func(name string) bool { return strings.EqualFold(name, id) }) {
			continue
		}
		seen[id] = true
		found = append(found, account{text("tenantId"), text("subscriptionId")})
	}
	for _, name := range chosen {
		if !seen[strings.ToLower(name)] {
			return nil, fmt.Errorf("%w: the credentials do not see %s", graph.ErrNotFound, name)
		}
	}
	return found, nil
}

// ofTenant asks for tokens of one tenant.
type ofTenant struct {
	inner  azcore.TokenCredential
	tenant string
}

func (credential ofTenant) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	options.TenantID = credential.tenant
	return credential.inner.GetToken(ctx, options)
}

// failure tells what a call failed for. Tokens that are not taken, or not given, will not be for the next call either.
func failure(err error) (code, message string, hopeless bool) {
	var response *azcore.ResponseError
	var unauthenticated *azidentity.AuthenticationFailedError
	switch {
	case errors.As(err, &response):
		code = response.ErrorCode
		if code == "" {
			code = http.StatusText(response.StatusCode)
		}
		return code, fmt.Sprintf("HTTP status %d", response.StatusCode), response.StatusCode == http.StatusUnauthorized
	case errors.As(err, &unauthenticated):
		return "AuthenticationFailed", "the credentials give no token", true
	case errors.Is(err, context.DeadlineExceeded):
		return "Timeout", "no answer in time", false
	default:
		return "Failed", err.Error(), false
	}
}

// secret are the members of answers that may hold one; none is kept, whatever it holds.
var secret = []string{
	"accesskey", "adminpassword", "appsettings", "azurestorageaccounts", "connectionstring", "connectionstrings", "customdata", "definition", "environmentvariables",
	"hint", "parameters", "protectedsettings", "publishingpassword", "publishingusername", "secrettext", "secretvalue", "userdata",
}

// encode writes an answer without what may be a secret.
func encode(_ string, answer any) ([]byte, error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err = encoder.Encode(without(value))
	return out.Bytes(), err
}

func without(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if slices.Contains(secret, strings.ToLower(name)) {
				delete(value, name)
				continue
			}
			value[name] = without(member)
		}
	case []any:
		for i := range value {
			value[i] = without(value[i])
		}
	}
	return value
}
