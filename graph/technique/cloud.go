package technique

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// cloud is what differs between providers in how rules see a snapshot. The mechanism is one.
type cloud struct {
	// actors are the kinds of node that use techniques. A group stands for whoever is, or makes itself, a member.
	actors []graph.NodeKind
	// actions and events are the forms of what permissions and detections name.
	action, event *regexp.Regexp
	eventExample  string
	// home gives the account that holds a node; of Azure, the tenant, for roles reach across its subscriptions.
	home func(id graph.ID, props graph.Props) string
	// root gives the node that stands for full control of an actor's account.
	root func(actor graph.ID, home string) graph.ID
	// kept reports what only the provider changes.
	kept func(id graph.ID) bool
}

var amazon = &cloud{
	actors: []graph.NodeKind{kinds.AWSUser, kinds.AWSRole, kinds.AWSGroup},
	action: regexp.MustCompile(`^[a-z0-9-]+:[A-Za-z0-9]+$`), event: regexp.MustCompile(`^[a-z0-9.-]+\.com/[A-Za-z0-9_]+$`), eventExample: "iam.amazonaws.com/CreateAccessKey",
	home: func(id graph.ID, props graph.Props) string {
		if account := arnField(id, 4); account != "" {
			return account
		}
		return props.Text("account")
	},
	root: func(actor graph.ID, home string) graph.ID {
		return graph.ID(fmt.Sprintf("arn:%s:iam::%s:root", arnField(actor, 1), home))
	},
	kept: protected,
}

// An action on the data inside a resource is written data:<action>, for roles tell the two apart
// (https://learn.microsoft.com/azure/role-based-access-control/role-definitions#control-and-data-actions). One on an object of Entra ID
// is microsoft.directory/…, as its roles write it, and a permission of Microsoft Graph that an application has on the whole tenant
// is MicrosoftGraph/<permission>. An event is an
// operation of the activity log, which is called by its action, or one of Entra ID's audit log, as Microsoft.AADIAM/<words>.
var microsoft = &cloud{
	actors: []graph.NodeKind{kinds.AzureUser, kinds.AzureServicePrincipal, kinds.AzureGroup},
	action: regexp.MustCompile(`^((data:)?Microsoft\.[A-Za-z]+(/[A-Za-z]+)+|microsoft\.directory(/[A-Za-z.]+){2,3}|MicrosoftGraph/[A-Za-z.-]+)$`), event: regexp.MustCompile(`^Microsoft\.[A-Za-z]+(/[A-Za-z-]+)+$`), eventExample: "Microsoft.Compute/virtualMachines/runCommand/action",
	home: func(_ graph.ID, props graph.Props) string { return props.Text("tenant") },
	root: func(_ graph.ID, home string) graph.ID { return graph.ID("/tenants/" + home) },
	kept: func(graph.ID) bool { return false },
}

// cloudOf gives the provider of an entry by its id and the kinds that it speaks of: AWS, unless either is Azure's.
func cloudOf(written document) *cloud {
	azure := strings.HasPrefix(written.ID, "azure-")
	for _, bound := range written.Bind {
		azure = azure || slices.ContainsFunc(bound.Kinds, func(kind graph.NodeKind) bool { return strings.HasPrefix(string(kind), "Azure") })
	}
	if azure {
		return microsoft
	}
	return amazon
}
