package azure_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
)

const (
	tenant       = "11111111-aaaa-4aaa-8aaa-111111111111"
	subscription = "22222222-bbbb-4bbb-8bbb-222222222222"
)

// resources gives the lines that tell of a subscription's resources.
func resources(batches []graph.Batch) []string {
	var own []graph.Batch
	for _, batch := range batches {
		batch.Incomplete = nil
		own = append(own, batch)
	}
	return strings.Split(told(own), "\n")
}

// Whatever Resource Graph tells, the command line tells in the same words: each line of the one is a line of the other.
func TestResourceGraphAndTheCommandLineTellTheSame(t *testing.T) {
	byCommands, _ := read(t, "contoso.txtar", nil)
	byGraph, _ := read(t, "resourcegraph.txtar", nil)
	known := map[string]bool{}
	for _, line := range resources(byCommands) {
		known[line] = true
	}
	for _, line := range resources(byGraph) {
		// Function apps come as sites, and a subscription's management group from above it.
		if !known[line] && !strings.Contains(line, "management_group") {
			t.Errorf("only Resource Graph tells: %s", line)
		}
	}
}

// What Resource Graph does not hold is told as missing, and what it holds none of is not.
func TestResourceGraphAloneLeavesGaps(t *testing.T) {
	batches, _ := read(t, "resourcegraph.txtar", nil)
	var gaps []string
	for _, batch := range batches {
		gaps = append(gaps, batch.Incomplete...)
	}
	for _, want := range []string{"not collected: ad/user-list", "not collected: role/deny-assignment-list", "not collected: sql/server-firewall-rule-list of orders", "not collected: webapp/config-show of Hook, Shop"} {
		if !slices.Contains(gaps, want) {
			t.Errorf("it is not said: %s, but only\n%s", want, strings.Join(gaps, "\n"))
		}
	}
	for _, gap := range gaps {
		if strings.Contains(gap, "vm/list") || strings.Contains(gap, "functionapp") || strings.Contains(gap, "keyvault") {
			t.Errorf("Resource Graph holds it: %s", gap)
		}
	}
}

func TestAFoldersPlaceIsReadFromItsFiles(t *testing.T) {
	for _, test := range []struct {
		name  string
		move  func(name string) string
		drop  string
		scope string // some scope that must be there
		nodes bool   // it holds real nodes
	}{
		{"one flat folder, told by account/show", func(name string) string { return name }, "", "azure/" + tenant + "/global/ad", true},
		{"folders of subscription and tenant", func(name string) string {
			if strings.HasPrefix(name, "ad/") || strings.HasPrefix(name, "account/management") {
				return "azure/" + tenant + "/" + name
			}
			return "azure/" + strings.ToUpper(subscription) + "/global/" + name
		}, "", "azure/" + subscription + "/global/vm", true},
		{"without account/show the ids tell", func(name string) string { return name }, "account/show.json", "azure/" + subscription + "/global/vm", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			batches, report := read(t, "contoso.txtar", func(files map[string]string) {
				delete(files, test.drop)
				for _, name := range slices.Sorted(maps.Keys(files)) {
					body := files[name]
					delete(files, name)
					files[test.move(name)] = body
				}
			})
			if len(report.Broken) > 0 {
				t.Errorf("broken: %v", report.Broken)
			}
			at := slices.IndexFunc(batches, func(batch graph.Batch) bool { return string(batch.Scope) == test.scope })
			if at < 0 || slices.ContainsFunc(batches[at].Nodes, func(node graph.Node) bool { return !node.Stub }) != test.nodes {
				t.Errorf("%s is not read", test.scope)
			}
		})
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	const unknown = `{"ipSecurityRestrictions": []}`
	for _, test := range []struct {
		name, file, body string
		want             string // within a gap, a note or a broken file's line
	}{
		{"a configuration of an app that no list knows", "webapp/config-show/other.json", unknown, "AzureWebApp/other: an answer speaks of it, and no list tells its id"},
		{"pages that are missing", "ad/user-list.json", `{"value": [], "@odata.nextLink": "https://graph.microsoft.com/…"}`, "pages are missing"},
		{"a list that ends early", "vm/list.json", `[{"id": "/subscriptions/`, "broken: vm/list.json"},
		{"a row of another shape", "vm/list.json", `[{"id": 7}]`, "row 1"},
		{"an export that is no JSON", "graph/query/Resources.json", `{`, "graph/query/Resources.json"},
		{"a resource without an id", "vm/list.json", `[{"name": "x"}]`, "one AzureVM has no id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			batches, report := read(t, "contoso.txtar", func(files map[string]string) { files[test.file] = test.body })
			said := slices.Concat(report.Broken, report.Notes)
			for _, batch := range batches {
				said = append(said, batch.Incomplete...)
				for _, node := range batch.Nodes {
					if !strings.HasPrefix(string(node.ID), "/") {
						t.Errorf("a node has no id of Azure's: %s", node.ID)
					}
				}
			}
			if !slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, test.want) }) {
				t.Errorf("%q is not said, but only\n%s", test.want, strings.Join(said, "\n"))
			}
		})
	}
}

// Rows that a query's pages cut off make every scope that rests on them incomplete.
func TestACutExportIsIncomplete(t *testing.T) {
	batches, _ := read(t, "resourcegraph.txtar", func(files map[string]string) {
		files["graph/query/Resources.json"] = strings.Replace(files["graph/query/Resources.json"], `"skip_token": null`, `"skip_token": "more"`, 1)
	})
	for _, batch := range batches {
		if strings.HasSuffix(string(batch.Scope), "/vm") && !strings.Contains(strings.Join(batch.Incomplete, " "), "pages are missing") {
			t.Errorf("%s passes for complete", batch.Scope)
		}
	}
}

// Pages of one table are read as one.
func TestPagesOfATableAreOne(t *testing.T) {
	whole, _ := read(t, "resourcegraph.txtar", nil)
	paged, _ := read(t, "resourcegraph.txtar", func(files map[string]string) {
		const more = "graph/query/Resources.2.json"
		files[more] = `[{"id": "/subscriptions/` + subscription + `/resourceGroups/Shop/providers/Microsoft.Compute/virtualMachines/other", "name": "other", "type": "microsoft.compute/virtualmachines", "subscriptionId": "` + subscription + `", "tenantId": "` + tenant + `"}]`
	})
	count := func(batches []graph.Batch) (machines int) {
		for _, batch := range batches {
			for _, node := range batch.Nodes {
				if node.Kind == "AzureVM" && !node.Stub {
					machines++
				}
			}
		}
		return machines
	}
	if diff := cmp.Diff(fmt.Sprint(count(whole)+1), fmt.Sprint(count(paged))); diff != "" {
		t.Error(diff)
	}
}
