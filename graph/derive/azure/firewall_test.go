package azure

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestDataBehindAFirewallIsPossible(t *testing.T) {
	for _, test := range []struct {
		name  string
		kind  graph.NodeKind
		props graph.Props
		edge  graph.EdgeKind
		want  graph.Verdict
	}{
		{"an account that says nothing of its network", kinds.AzureStorageAccount, graph.Props{}, kinds.CanRead, graph.Proven},
		{"an account that lets everyone in", kinds.AzureStorageAccount, graph.Props{"public_access": "Enabled", "default_action": "Allow"}, kinds.CanRead, graph.Proven},
		{"an account whose firewall turns others away", kinds.AzureStorageAccount, graph.Props{"public_access": "Enabled", "default_action": "Deny"}, kinds.CanRead, graph.Possible},
		{"an account without public access", kinds.AzureStorageAccount, graph.Props{"public_access": "Disabled", "default_action": "Allow"}, kinds.CanRead, graph.Possible},
		{"an account inside a perimeter", kinds.AzureStorageAccount, graph.Props{"public_access": "SecuredByPerimeter"}, kinds.CanRead, graph.Possible},
		{"a vault whose firewall turns others away", kinds.AzureKeyVault, graph.Props{"default_action": "Deny"}, kinds.CanRead, graph.Possible},
		{"a vault that lets everyone in", kinds.AzureKeyVault, graph.Props{"public_access": "Enabled", "default_action": "Allow"}, kinds.CanRead, graph.Proven},
		{"who controls a vault may lift its firewall", kinds.AzureKeyVault, graph.Props{"public_access": "Disabled"}, kinds.CanAdminister, graph.Proven},
		{"a server of another kind", kinds.AzureSQLServer, graph.Props{}, kinds.CanRead, graph.Proven},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			store := world.add(shop+"/providers/x/y/store", test.kind, test.props)
			edge := graph.Edge{From: ann, To: store, Kind: test.edge, Evidence: []graph.Evidence{granted(ann, "role", "it may")}}
			got := NewAuthorizer(world.snapshot()).Behind(edge)
			if got.Verdict != test.want {
				t.Errorf("%v, want %v", got.Verdict, test.want)
			}
			if said := got.Evidence[len(got.Evidence)-1]; (said.Kind == graph.Gap) != (test.want != graph.Proven) || len(edge.Evidence) != 1 {
				t.Errorf("the evidence: %+v", got.Evidence)
			}
		})
	}
}
