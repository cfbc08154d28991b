package azure

import (
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/azure"
)

// Roles of Entra ID by their template ids, which are equal in every tenant
// (https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
const (
	privilegedAuthenticationAdministrator = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
	partnerTier2Support                   = "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8"
	userAdministrator                     = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	helpdeskAdministrator                 = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	authenticationAdministrator           = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
	passwordAdministrator                 = "966707d0-3269-4727-9be2-8c3a10f19b9d" //nolint:gosec // a template id
	groupsAdministrator                   = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
	guestInviter                          = "95e79109-95c0-4d8e-aee3-d01accf2d47b"
	directoryReaders                      = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
	reportsReader                         = "4a5d8f65-41da-4de4-8968-e035b65339cf"
	messageCenterReader                   = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"
	usageSummaryReportsReader             = "75934031-6c7e-415a-99d7-48dbd49e875e"
)

// resets tells of which roles' holders a role may reset the passwords. Roles that are not here may reset those of users without
// roles alone, if their permissions allow it.
//
// "Who can reset passwords": https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions#who-can-reset-passwords
var resets = map[string][]string{
	userAdministrator: {
		userAdministrator, reportsReader, messageCenterReader, helpdeskAdministrator, guestInviter, directoryReaders, passwordAdministrator, usageSummaryReportsReader, groupsAdministrator,
	},
	helpdeskAdministrator:       {reportsReader, messageCenterReader, helpdeskAdministrator, guestInviter, directoryReaders, passwordAdministrator, usageSummaryReportsReader},
	authenticationAdministrator: {authenticationAdministrator, reportsReader, messageCenterReader, guestInviter, directoryReaders, passwordAdministrator, usageSummaryReportsReader},
	passwordAdministrator:       {passwordAdministrator, guestInviter, directoryReaders},
}

// resetsAll are the roles that may reset everybody's.
var resetsAll = []string{globalAdministrator, privilegedAuthenticationAdministrator, partnerTier2Support}

const passwordAction = "microsoft.directory/users/password/update"

// passwords derives who signs in as a user by resetting its password. Whether the sign-in then asks for a second factor Conditional
// Access decides, which was not collected: each edge is possible.
func (authorizer *Authorizer) passwords() []graph.Edge {
	estate := authorizer.estate
	administers := authorizer.Administers()
	users := estate.all(kinds.AzureUser)
	var edges []graph.Edge
	for _, principal := range estate.principals() {
		if administers[principal.ID] {
			continue
		}
		best := map[graph.ID]graph.Edge{}
		for _, held := range estate.directoryAssignments(principal.ID) {
			role, known := estate.directory.roles[graph.ID(held.Props.Text("role"))]
			if !known || !slices.ContainsFunc(role.Props.List("actions"), func(permission string) bool { return iam.DirectoryCovers(permission, passwordAction) }) {
				continue
			}
			for _, user := range users {
				if user.ID == principal.ID || user.Props.Has("enabled") && !user.Props.Flag("enabled") || !estate.covers(graph.ID(held.Props.Text("scope")), user.ID) || !estate.mayReset(estate.template(held), user.ID) {
					continue
				}
				if _, known := best[user.ID]; !known {
					best[user.ID] = resetEdge(principal, held, role, user)
				}
			}
		}
		for _, user := range users {
			if edge, found := best[user.ID]; found {
				edges = append(edges, edge)
			}
		}
	}
	return edges
}

// mayReset tells whether a role may reset a user's password for what the user is: roles, active or eligible, and groups that can be
// given roles protect.
func (estate *estate) mayReset(role string, user graph.ID) bool {
	if slices.Contains(resetsAll, role) {
		return true
	}
	for _, group := range estate.holders(user)[1:] {
		if found, known := estate.find(group); known && found.Props.Flag("role_assignable") {
			return false
		}
	}
	return !slices.ContainsFunc(estate.directoryAssignments(user), func(held *node) bool { return !slices.Contains(resets[role], estate.template(held)) })
}

func resetEdge(principal, held, role, user *node) graph.Edge {
	decision := right{source: held.ID, locator: role.Props.Text("name"), detail: fmt.Sprintf("%s may reset the passwords of such users%s", role.Props.Text("name"), through(held, principal.ID)), eligible: held.Props.Flag("eligible")}.decision()
	evidence := append(decision.Evidence, missing(user.ID, "sign-in", "whether the sign-in asks for a second factor was not collected"))
	if user.Props.Flag("synced") {
		evidence = append(evidence, missing(user.ID, "synced", "its password is that of another directory; the reset works where passwords are written back"))
	}
	return graph.Edge{From: principal.ID, To: user.ID, Kind: kinds.CanEscalateTo, Technique: resetPassword, Verdict: graph.Possible, Cause: decision.Cause, Evidence: evidence}
}
