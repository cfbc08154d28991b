package azure

import "strings"

// DirectoryCovers tells whether a permission of an Entra role covers an action on objects of the directory. Both are written
// namespace/entity/property set/action; a permission without a property set is on the object itself. An entity with a dot is a
// part of the entity before it (groups.security are groups), allProperties stands for every property set, and allTasks for every
// action. Letters' case does not matter.
//
// "Role permissions": https://learn.microsoft.com/entra/identity/role-based-access-control/custom-overview#role-definition
func DirectoryCovers(permission, action string) bool {
	if strings.EqualFold(permission, action) {
		return true
	}
	allowed, asked := strings.Split(strings.ToLower(permission), "/"), strings.Split(strings.ToLower(action), "/")
	if len(allowed) != 4 || len(asked) < 3 || allowed[0] != asked[0] || !entityCovers(allowed[1], asked[1]) {
		return allowed[0] == asked[0] && len(allowed) == len(asked) && len(allowed) > 2 && entityCovers(allowed[1], asked[1]) && strings.Join(allowed[2:], "/") == strings.Join(asked[2:], "/")
	}
	properties := ""
	if len(asked) == 4 {
		properties = asked[2]
	}
	return (allowed[2] == "allproperties" || allowed[2] == properties) && (allowed[3] == "alltasks" || allowed[3] == asked[len(asked)-1])
}

func entityCovers(allowed, asked string) bool {
	return allowed == asked || allowed == "allentities" || strings.HasPrefix(asked, allowed+".")
}
