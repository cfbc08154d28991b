package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// What a kind's declaration says that lists it does: the operations are read, one of them tells of things of the kind, and what each
// is called for is listed as well.
func TestKindsNameWhatListsThem(t *testing.T) {
	tables := map[string]Table{}
	for _, table := range registry {
		tables[table.Service+"/"+table.Operation] = table
	}
	told := map[string]map[graph.NodeKind]bool{}
	for _, service := range services(t) {
		for _, answer := range recordings(t, service) {
			operation := answer.table.Service + "/" + answer.table.Operation
			if told[operation] == nil {
				told[operation] = map[graph.NodeKind]bool{}
			}
			for _, node := range answer.facts(t).Nodes {
				told[operation][node.Kind] = told[operation][node.Kind] || !node.Stub
			}
		}
	}
	for _, spec := range kinds.Nodes() {
		for _, operation := range spec.Listed {
			table, known := tables[operation]
			if !known {
				t.Errorf("%s: nothing reads %s", spec.Label, operation)
				continue
			}
			if parent := table.Service + "/" + table.Parent; table.Parent != "" && !slices.Contains(spec.Listed, parent) {
				t.Errorf("%s: %s is called for what %s lists, which is not named", spec.Label, operation, parent)
			}
		}
		if len(spec.Listed) > 0 && !slices.ContainsFunc(spec.Listed, func(operation string) bool { return told[operation][spec.Label] }) {
			t.Errorf("%s: none of %s tells of one", spec.Label, strings.Join(spec.Listed, ", "))
		}
	}
}

// Every kind that runs code or holds data says what lists it. What IAM tells does not: without it there is no principal either.
func TestKindsOfWorkloadsAndStoresAreListed(t *testing.T) {
	for _, spec := range kinds.Nodes() {
		wanted := slices.Contains(spec.Classes, kinds.Workload) || slices.Contains(spec.Classes, kinds.DataStore)
		if wanted && strings.HasPrefix(string(spec.Label), "AWS") && len(spec.Listed) == 0 {
			t.Errorf("%s does not say what lists it", spec.Label)
		}
	}
}
