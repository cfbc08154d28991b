package azure

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
)

// The techniques that are derived by this package's code rather than by a rule of the catalogue.
const (
	scopeControl          = "azure-scope-control"
	elevateAccess         = "azure-elevate-access"
	roleAssignmentWrite   = "azure-role-assignment-write"
	runsAs                = "azure-runs-as"
	identityCredential    = "azure-identity-credential"
	applicationCredential = "azure-application-credential" //nolint:gosec // a technique's id
	federatedIdentity     = "azure-federated-identity"
	globalAdmin           = "azure-global-administrator"
	directoryControl      = "azure-directory-control"
	resetPassword         = "azure-reset-password" //nolint:gosec // a technique's id
	aksNodes              = "azure-aks-nodes"
	sqlAdmin              = "azure-sql-entra-admin"
	exposedService        = "exposed-service"
	remoteAdmin           = "exposed-remote-admin"
)

func granted(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Grant, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

func guarded(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Guardrail, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

func missing(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Gap, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

// setting is the cause of an edge that one property of one resource makes.
func setting(resource graph.ID, property string) graph.Cause {
	return graph.Cause("config:" + string(resource) + "#" + property)
}
