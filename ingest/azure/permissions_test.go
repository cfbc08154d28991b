package azure_test

import (
	"strings"
	"testing"

	"github.com/inroad-security/inroad/ingest/azure"
)

// The collector's role reads resources and no data in them; what it asks of Microsoft Graph only reads.
func TestTheCollectorOnlyReads(t *testing.T) {
	needed := azure.NeededPermissions("/subscriptions/" + subscription)
	for _, action := range needed.Role.Actions {
		if !strings.HasSuffix(action, "/read") || strings.Contains(action, "*") {
			t.Errorf("%s does more than read", action)
		}
	}
	for _, permission := range needed.MicrosoftGraph {
		if !strings.Contains(permission, ".Read.") || strings.Contains(permission, "Write") {
			t.Errorf("%s does more than read", permission)
		}
	}
	if len(needed.Role.DataActions) > 0 || len(needed.Role.Actions) < 25 || len(needed.MicrosoftGraph) < 5 || needed.Role.AssignableScopes[0] != "/subscriptions/"+subscription {
		t.Errorf("%+v", needed)
	}
}

// A table that nothing calls is read from files alone, and one that nothing permits cannot be called.
func TestEveryTableIsCalled(t *testing.T) {
	for _, table := range azure.Tables() {
		if table.Call == nil || len(table.Actions) == 0 {
			t.Errorf("%s/%s has no call or no permission", table.Service, table.Operation)
		}
	}
}
