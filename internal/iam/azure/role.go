package azure

// Permission is one of a role definition's. Actions are of the control plane, DataActions of the data inside resources:
// neither grants the other.
//
// "Control and data actions": https://learn.microsoft.com/azure/role-based-access-control/role-definitions#control-and-data-actions
type Permission struct {
	Actions, NotActions         []string
	DataActions, NotDataActions []string
	// Condition is a role definition's own; it stands beside the assignment's, and both must be met.
	Condition *Condition
}

// Role is a role definition: what any of its permissions allows.
type Role struct {
	ID, Name    string
	Permissions []Permission
}

// covers tells whether the permission allows the action, and by which pattern: Actions less NotActions. What NotActions
// takes away another role may still allow; it is no deny.
//
// "NotActions": https://learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions
func (permission Permission) covers(action string, data bool) (pattern string, covered bool) {
	allowed, less := permission.Actions, permission.NotActions
	if data {
		allowed, less = permission.DataActions, permission.NotDataActions
	}
	pattern, covered = anyOf(allowed, action)
	if !covered {
		return "", false
	}
	if _, taken := anyOf(less, action); taken {
		return "", false
	}
	return pattern, true
}
