package azure

import (
	"encoding/json"
	"testing"

	"github.com/inroad-security/inroad/ingest"
)

// Whatever a file holds, no mapping panics, and what is read of it are rows of JSON.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, `null`, `[null]`, `{"value": [{"id": "/Subscriptions/X", "properties": {"id": "y", "state": "on"}}]}`,
		`{"data": [{"properties": {"properties": {"a": 1}}}]}`, `{"id": "x", "tags": {"properties": {"a": "b"}}}`, `[{"identity": {"userAssignedIdentities": {"a": null}}}]`,
		`[{"ipSecurityRestrictions": [null, {"a": []}]}]`, `[{"permissions": [{"actions": null}]}]`, `[[1], 2, "x"]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		found, err := rows(body)
		if err != nil {
			return
		}
		for _, row := range found {
			if !json.Valid(row) {
				t.Fatalf("a row is no JSON: %s", row)
			}
		}
		for _, table := range registry {
			if facts, err := table.Map(recordedAt, "item", body); err == nil {
				for _, node := range facts.Nodes {
					if node.ID == "" {
						t.Fatalf("%s/%s: a node without an id from %s", table.Service, table.Operation, body)
					}
				}
			}
		}
	})
}

func TestPropertiesAreLifted(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"what the API keeps under properties stands where the command line prints it", `[{"id": "a", "properties": {"state": "on"}}]`, `{"id":"a","state":"on"}`},
		{"what stands there stays", `[{"type": "t", "properties": {"type": "u"}}]`, `{"type":"t"}`},
		{"at every depth", `[{"subnets": [{"properties": {"addressPrefix": "x"}}]}]`, `{"subnets":[{"addressPrefix":"x"}]}`},
		{"but not in tags, which are a person's words", `[{"tags": {"properties": {"x": "y"}}}]`, `{"tags":{"properties":{"x":"y"}}}`},
		{"a wrapped list", `{"value": [{"a": 1}]}`, `{"a":1}`},
		{"one object is one row", `{"a": 1}`, `{"a":1}`},
		{"large numbers stay exact", `[{"priority": 9007199254740993}]`, `{"priority":9007199254740993}`},
	} {
		found, err := rows([]byte(test.body))
		if err != nil || len(found) != 1 || string(found[0]) != test.want {
			t.Errorf("%s: %s, %v", test.name, found, err)
		}
	}
}

var recordedAt = ingest.Site{Account: "22222222-bbbb-4bbb-8bbb-222222222222", Tenant: "11111111-aaaa-4aaa-8aaa-111111111111"}
