package azure

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Permissions is what the collector needs and no more, made of what the tables declare.
type Permissions struct {
	// Role is a custom role's definition, as "az role definition create --role-definition" takes it
	// (https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties).
	Role CustomRole `json:"role"`
	// MicrosoftGraph are the application permissions of Microsoft Graph
	// (https://learn.microsoft.com/graph/permissions-reference).
	MicrosoftGraph []string `json:"microsoftGraph"`
}

// CustomRole is the definition of a role for one management group or subscription.
type CustomRole struct {
	Name             string
	IsCustom         bool
	Description      string
	Actions          []string
	NotActions       []string
	DataActions      []string
	NotDataActions   []string
	AssignableScopes []string
}

// NeededPermissions gives what reading needs, for a scope such as /subscriptions/<id> or a management group's id. Resources may be
// read in it; data in them may not.
func NeededPermissions(scope string) Permissions {
	var needed Permissions
	for _, table := range registry {
		for _, action := range table.Actions {
			if strings.HasPrefix(action, "Microsoft.") {
				needed.Role.Actions = append(needed.Role.Actions, action)
			} else {
				needed.MicrosoftGraph = append(needed.MicrosoftGraph, action)
			}
		}
	}
	needed.MicrosoftGraph = graph.Sorted(needed.MicrosoftGraph)
	needed.Role = CustomRole{
		Name: "Inroad collector", IsCustom: true, Description: "Reads what Inroad's collector reads, and no more.", Actions: graph.Sorted(needed.Role.Actions),
		NotActions: []string{}, DataActions: []string{}, NotDataActions: []string{}, AssignableScopes: []string{scope},
	}
	return needed
}

// Policy prints the role alone or, with the permissions of Microsoft Graph, both.
func (needed Permissions) Policy(roleAlone bool) ([]byte, error) {
	var document any = needed
	if roleAlone {
		document = needed.Role
	}
	text, err := json.MarshalIndent(document, "", "  ")
	return slices.Concat(text, []byte("\n")), err
}
