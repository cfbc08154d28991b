package azure

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// call is a table's Call.
type call = func(ctx context.Context, client *Client, item string) (any, error)

// wrapped is a list as the APIs write it.
type wrapped struct {
	Value []json.RawMessage `json:"value"`
}

func (client *Client) inSubscription(path, version string) string {
	return client.managerURL + "/subscriptions/" + client.subscription + path + "?api-version=" + version
}

// resources lists a type of resource in a subscription
// (https://learn.microsoft.com/rest/api/resources/, by each provider's own list operation).
func resources(kind, version string) call { return inSubscription("/providers/"+kind, version) }

// inSubscription lists what stands at a path below a subscription.
func inSubscription(path, version string) call {
	return func(ctx context.Context, client *Client, _ string) (any, error) {
		rows, err := client.once(ctx, client.inSubscription(path, version))
		return wrapped{rows}, err
	}
}

// one shows what stands at a path below a subscription.
func one(path, version string) call {
	return func(ctx context.Context, client *Client, _ string) (any, error) {
		body, err := client.get(ctx, client.manager, http.MethodGet, client.inSubscription(path, version))
		return json.RawMessage(body), err
	}
}

// below lists what stands at a path below the resource of a type that has the item's name.
func below(kind, version, path, pathVersion string) call {
	return func(ctx context.Context, client *Client, item string) (any, error) {
		id, err := client.called(ctx, kind, version, item)
		if err != nil {
			return nil, err
		}
		rows, err := client.list(ctx, client.manager, http.MethodGet, client.managerURL+id+path+"?api-version="+pathVersion)
		return wrapped{rows}, err
	}
}

// shown shows the resource of a type that has the item's name, or what stands at a path below it.
func shown(kind, version, path, pathVersion string) call {
	return func(ctx context.Context, client *Client, item string) (any, error) {
		id, err := client.called(ctx, kind, version, item)
		if err != nil {
			return nil, err
		}
		body, err := client.get(ctx, client.manager, http.MethodGet, client.managerURL+id+path+"?api-version="+pathVersion)
		return json.RawMessage(body), err
	}
}

// called finds the id of the one resource of a type that has a name.
func (client *Client) called(ctx context.Context, kind, version, item string) (string, error) {
	rows, err := client.once(ctx, client.inSubscription("/providers/"+kind, version))
	if err != nil {
		return "", err
	}
	found := ""
	for _, row := range rows {
		var resource struct{ ID, Name string }
		if err := json.Unmarshal(row, &resource); err != nil || resource.Name != item {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("%s and %s have one name", found, resource.ID)
		}
		found = resource.ID
	}
	if found == "" {
		return "", fmt.Errorf("no %s is called %s any more", kind, item)
	}
	return found, nil
}

// sites lists the apps of App Service that are function apps, or those that are none, as the command line parts them.
func sites(functions bool) call {
	list := resources("Microsoft.Web/sites", sitesVersion)
	return func(ctx context.Context, client *Client, _ string) (any, error) {
		answer, err := list(ctx, client, "")
		if err != nil {
			return nil, err
		}
		rows := answer.(wrapped).Value
		return wrapped{slices.DeleteFunc(slices.Clone(rows), func(row json.RawMessage) bool {
			var site struct{ Kind string }
			return json.Unmarshal(row, &site) == nil && strings.Contains(strings.ToLower(site.Kind), "functionapp") != functions
		})}, nil
	}
}

const sitesVersion = "2024-04-01"

// directoryList lists objects of a tenant by Microsoft Graph. fields are those to ask for, where the default ones are not enough.
func directoryList(path string, fields ...string) call {
	return func(ctx context.Context, client *Client, _ string) (any, error) {
		return client.graphList(ctx, path, fields)
	}
}

// directoryBelow lists what belongs to one object: the path before its id, and after it.
func directoryBelow(before, after string, fields ...string) call {
	return func(ctx context.Context, client *Client, item string) (any, error) {
		return client.graphList(ctx, before+"/"+url.PathEscape(item)+"/"+after, fields)
	}
}

func (client *Client) graphList(ctx context.Context, path string, fields []string) (any, error) {
	address := client.graphURL + "/v1.0/" + path
	if len(fields) > 0 {
		address += "?" + url.Values{"$select": {strings.Join(fields, ",")}, "$top": {"999"}}.Encode()
	}
	rows, err := client.list(ctx, client.graph, http.MethodGet, address)
	return wrapped{rows}, err
}

// entities lists the management groups and subscriptions of a tenant
// (https://learn.microsoft.com/rest/api/managementgroups/entities/list).
func entities(ctx context.Context, client *Client, _ string) (any, error) {
	rows, err := client.list(ctx, client.manager, http.MethodPost, client.managerURL+"/providers/Microsoft.Management/getEntities?api-version=2020-05-01")
	return wrapped{rows}, err
}
