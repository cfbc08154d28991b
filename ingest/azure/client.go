package azure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	armruntime "github.com/Azure/azure-sdk-for-go/sdk/azcore/arm/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Client reads one subscription by Resource Manager, or one tenant by Microsoft Graph. It is what tables are called with. One
// service's tables share one, which asks for each list once.
type Client struct {
	*access
	subscription string

	lock sync.Mutex
	read map[string][]json.RawMessage // by the address of the list
}

// access is how a tenant is asked: two pipelines with its tokens.
type access struct {
	manager, graph       runtime.Pipeline
	managerURL, graphURL string
}

// newAccess makes the pipelines. They ask again, after the time that the answer names, what was throttled or failed on the way.
//
// "Throttling Resource Manager requests": https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
// "Microsoft Graph throttling guidance": https://learn.microsoft.com/graph/throttling
func newAccess(credential azcore.TokenCredential, options Options) (*access, error) {
	configured := policy.ClientOptions{Cloud: options.cloud(), Transport: options.Transport, Retry: options.Retry}
	manager, err := armruntime.NewPipeline("inroad", "", credential, runtime.PipelineOptions{}, &arm.ClientOptions{ClientOptions: configured, DisableRPRegistration: true})
	if err != nil {
		return nil, err
	}
	graphURL := options.graph()
	token := runtime.NewBearerTokenPolicy(credential, []string{graphURL + "/.default"}, nil)
	graph := runtime.NewPipeline("inroad", "", runtime.PipelineOptions{PerRetry: []policy.Policy{token}}, &configured)
	return &access{manager, graph, strings.TrimSuffix(configured.Cloud.Services[cloud.ResourceManager].Endpoint, "/"), graphURL}, nil
}

func (access *access) at(subscription string) *Client {
	return &Client{access: access, subscription: subscription, read: map[string][]json.RawMessage{}}
}

// list gives all pages of a list as one.
func (access *access) list(ctx context.Context, pipeline runtime.Pipeline, method, address string) ([]json.RawMessage, error) {
	rows := []json.RawMessage{}
	for seen := map[string]bool{}; address != ""; {
		if seen[address] {
			return nil, fmt.Errorf("page %s comes twice", address)
		}
		seen[address] = true
		body, err := access.get(ctx, pipeline, method, address)
		if err != nil {
			return nil, err
		}
		var page struct {
			Value         []json.RawMessage `json:"value"`
			NextLink      string            `json:"nextLink"`
			GraphNextLink string            `json:"@odata.nextLink"`
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
		rows = append(rows, page.Value...)
		next := page.NextLink + page.GraphNextLink
		if next != "" && !sameHost(next, address) {
			return nil, fmt.Errorf("the next page of %s is on another host, %s, which gets no token", address, next)
		}
		address = next
	}
	return rows, nil
}

// sameHost holds tokens back from hosts that only an answer names.
func sameHost(one, other string) bool {
	a, errOne := url.Parse(one)
	b, errOther := url.Parse(other)
	return errOne == nil && errOther == nil && a.Host == b.Host && a.Scheme == b.Scheme
}

// get gives one answer's body.
func (access *access) get(ctx context.Context, pipeline runtime.Pipeline, method, address string) (body []byte, err error) {
	request, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return nil, err
	}
	request.Raw().Header.Set("Accept", "application/json")
	response, err := pipeline.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if !runtime.HasStatusCode(response, http.StatusOK) {
		return nil, runtime.NewResponseError(response)
	}
	return runtime.Payload(response)
}

// once reads a list that several tables of a service ask for.
func (client *Client) once(ctx context.Context, address string) ([]json.RawMessage, error) {
	client.lock.Lock()
	defer client.lock.Unlock()
	if rows, known := client.read[address]; known {
		return rows, nil
	}
	rows, err := client.list(ctx, client.manager, http.MethodGet, address)
	if err == nil {
		client.read[address] = rows
	}
	return rows, err
}
