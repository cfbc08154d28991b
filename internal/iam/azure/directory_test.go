package azure

import "testing"

func TestDirectoryCovers(t *testing.T) {
	for _, test := range []struct {
		name, permission, action string
		want                     bool
	}{
		{"the same", "microsoft.directory/applications/credentials/update", "microsoft.directory/applications/credentials/update", true},
		{"in another case", "Microsoft.Directory/applications/credentials/update", "microsoft.directory/applications/credentials/update", true},
		{"every property", "microsoft.directory/applications/allProperties/update", "microsoft.directory/applications/credentials/update", true},
		{"every property and every action", "microsoft.directory/applications/allProperties/allTasks", "microsoft.directory/applications/credentials/update", true},
		{"every action on other properties", "microsoft.directory/applications/owners/allTasks", "microsoft.directory/applications/credentials/update", false},
		{"to read is not to write", "microsoft.directory/applications/allProperties/read", "microsoft.directory/applications/credentials/update", false},
		{"basic properties are not all", "microsoft.directory/applications/basic/update", "microsoft.directory/applications/credentials/update", false},
		{"another entity", "microsoft.directory/servicePrincipals/credentials/update", "microsoft.directory/applications/credentials/update", false},
		{"another namespace", "microsoft.office365/applications/credentials/update", "microsoft.directory/applications/credentials/update", false},
		{"an entity whose name begins alike", "microsoft.directory/groups/members/update", "microsoft.directory/groupsAssignableToRoles/members/update", false},
		{"groups that can have roles are their own", "microsoft.directory/groups/allProperties/allTasks", "microsoft.directory/groupsAssignableToRoles/members/update", false},
		{"a part of an entity", "microsoft.directory/groups/members/update", "microsoft.directory/groups.security/members/update", true},
		{"but not the whole by its part", "microsoft.directory/groups.security/members/update", "microsoft.directory/groups/members/update", false},
		{"an action without properties", "microsoft.directory/applications/create", "microsoft.directory/applications/create", true},
		{"which all tasks hold", "microsoft.directory/applications/allProperties/allTasks", "microsoft.directory/applications/create", true},
		{"nothing at all", "", "microsoft.directory/applications/create", false},
	} {
		if got := DirectoryCovers(test.permission, test.action); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
