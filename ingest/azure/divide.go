package azure

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/ingest"
)

// divide takes the answers of queries over Azure Resource Graph apart. graph/query/<table>.json is the answer of
// "az graph query -q <table>": all rows of a table, of every subscription. What graph/query.json holds is some of them. A subscription that a table says anything of
// has no resources of the types that it does not name
// (https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources).
func divide(exports []ingest.Export) []ingest.Part {
	type place struct{ account, service, operation string }
	parts := map[place]*ingest.Part{}
	lists := map[place][]json.RawMessage{}
	tables, leftovers := map[string]string{}, map[string]string{}
	subscriptions, tenants := map[string]bool{}, map[string]bool{}
	for _, export := range exports {
		table := strings.ToLower(export.Item)
		table, _, _ = strings.Cut(table, ".") // Resources.2 is another page of Resources
		tables[table], leftovers[table] = export.Path, cmp.Or(leftovers[table], export.Leftover)
		found, err := rows(export.Body)
		if err != nil {
			continue // cannot be: whoever read it told what is no JSON
		}
		for _, row := range found {
			var said struct{ ID, Type, SubscriptionID, TenantID name }
			if json.Unmarshal(row, &said) != nil {
				continue
			}
			account := string(said.SubscriptionID)
			if account == "" {
				if _, rest, ok := strings.Cut(string(said.ID), "/subscriptions/"); ok {
					account, _, _ = strings.Cut(rest, "/")
				}
			}
			if account != "" {
				subscriptions[account] = true
			}
			if said.TenantID != "" {
				tenants[string(said.TenantID)] = true
			}
			for _, source := range sources {
				if table != "" && source.table != table || source.kind != string(said.Type) {
					continue
				}
				at := place{account, source.service, source.operation}
				if source.tenant {
					at.account = string(said.TenantID)
				}
				lists[at] = append(lists[at], row)
				parts[at] = &ingest.Part{Account: at.account, Service: at.service, Operation: at.operation, From: export.Path, Leftover: leftovers[table]}
			}
		}
	}
	for _, source := range sources {
		path, read := tables[source.table]
		if !read {
			continue
		}
		accounts := subscriptions
		if source.tenant {
			accounts = tenants
		}
		for account := range accounts {
			at := place{account, source.service, source.operation}
			if parts[at] == nil {
				parts[at] = &ingest.Part{Account: account, Service: at.service, Operation: at.operation, From: path, Leftover: leftovers[source.table]}
			}
		}
	}
	ordered := slices.SortedFunc(maps.Keys(parts), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.service, b.service), cmp.Compare(a.operation, b.operation))
	})
	divided := make([]ingest.Part, 0, len(ordered))
	for _, at := range ordered {
		part := parts[at]
		part.Body = slices.Concat([]byte("["), bytes.Join(asBytes(lists[at]), []byte(",\n")), []byte("]"))
		divided = append(divided, *part)
	}
	return divided
}

func asBytes(rows []json.RawMessage) [][]byte {
	found := make([][]byte, len(rows))
	for i, row := range rows {
		found[i] = row
	}
	return found
}
