package azure

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	subscription = "/subscriptions/s"
	group        = subscription + "/resourcegroups/g"
	server       = group + "/providers/microsoft.sql/servers/orders"
	root         = "/providers/microsoft.management/managementgroups/root"
)

// above puts the subscription under the management group.
func above(scope string) string {
	if scope == subscription {
		return root
	}
	return ""
}

// The built-in roles that the documentation's examples speak of, with what of them matters here.
var (
	owner       = &Role{Name: "Owner", Permissions: []Permission{{Actions: []string{"*"}}}}
	contributor = &Role{Name: "Contributor", Permissions: []Permission{{
		Actions: []string{"*"}, NotActions: []string{"Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write", "Microsoft.Authorization/elevateAccess/Action"},
	}}}
	reader     = &Role{Name: "Reader", Permissions: []Permission{{Actions: []string{"*/read"}}}}
	accessor   = &Role{Name: "User Access Administrator", Permissions: []Permission{{Actions: []string{"*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"}}}}
	blobReader = &Role{Name: "Storage Blob Data Reader", Permissions: []Permission{{
		Actions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/read"}, DataActions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"},
	}}}
)

const (
	readBlob   = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
	assignRole = "Microsoft.Authorization/roleAssignments/write"
	readServer = "Microsoft.Sql/servers/read"
	dropServer = "Microsoft.Sql/servers/delete"
)

func must(text string) *Condition {
	condition, err := ParseCondition(text)
	if err != nil {
		panic(err)
	}
	return condition
}

func TestEvaluate(t *testing.T) {
	// "Example role assignment conditions", read access to blobs in one container:
	// https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-examples
	oneContainer := must(`((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'}))
		OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'blobs-example-container'))`)
	// "Example conditions to delegate Azure role assignment management":
	// https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
	onlyReader := must(`((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'}))
		OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))`)
	for _, test := range []struct {
		name        string
		assignments []*Assignment
		denies      []*Deny
		action      string
		data        bool
		attributes  map[string][]string
		want        Decision
	}{
		{name: "nobody may do anything without a role", action: readServer, want: Denied},
		{name: "a role at the resource", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: reader}}, action: readServer, want: Allowed},
		{name: "a role at the resource group holds below it", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: reader}}, action: readServer, want: Allowed},
		{name: "a role at the management group holds below it", assignments: []*Assignment{{Principal: "ann", Scope: root, Role: reader}}, action: readServer, want: Allowed},
		{name: "a role at the root", assignments: []*Assignment{{Principal: "ann", Scope: Root, Role: accessor}}, action: assignRole, want: Allowed},
		{name: "a role at a sibling says nothing", assignments: []*Assignment{{Principal: "ann", Scope: group + "2", Role: owner}}, action: readServer, want: Denied},
		{name: "a role of a group that one is in", assignments: []*Assignment{{Principal: "admins", Scope: group, Role: owner}}, action: dropServer, want: Allowed},
		{name: "a role of somebody else", assignments: []*Assignment{{Principal: "bob", Scope: group, Role: owner}}, action: readServer, want: Denied},
		// "Multiple role assignments": https://learn.microsoft.com/azure/role-based-access-control/overview#multiple-role-assignments
		{name: "roles add up: Contributor above and Reader here is Contributor", assignments: []*Assignment{{Principal: "ann", Scope: subscription, Role: contributor}, {Principal: "ann", Scope: group, Role: reader}}, action: dropServer, want: Allowed},
		{name: "Contributor cannot assign roles", assignments: []*Assignment{{Principal: "ann", Scope: subscription, Role: contributor}}, action: assignRole, want: Denied},
		{name: "what NotActions takes another role may give", assignments: []*Assignment{{Principal: "ann", Scope: subscription, Role: contributor}, {Principal: "ann", Scope: group, Role: accessor}}, action: assignRole, want: Allowed},
		// "Control and data actions": an Owner reads no blob by that role.
		{name: "control of a storage account is no access to its data", assignments: []*Assignment{{Principal: "ann", Scope: subscription, Role: owner}}, action: readBlob, data: true, want: Denied},
		{name: "a data action gives it", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: blobReader}}, action: readBlob, data: true, want: Allowed},
		{name: "and gives no control action of that name", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: blobReader}}, action: readBlob, want: Denied},
		{name: "case does not matter", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: reader}}, action: strings.ToUpper(readServer), want: Allowed},
		{name: "a condition on an attribute that is not known", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: blobReader, Condition: oneContainer}}, action: readBlob, data: true, want: Possible},
		{
			name: "a condition that is met", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: blobReader, Condition: oneContainer}}, action: readBlob, data: true,
			attributes: map[string][]string{"@resource[microsoft.storage/storageaccounts/blobservices/containers:name]": {"blobs-example-container"}}, want: Allowed,
		},
		{
			name: "a condition of which only a sub-operation is open", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: blobReader, Condition: oneContainer}}, action: readBlob, data: true,
			attributes: map[string][]string{"@resource[microsoft.storage/storageaccounts/blobservices/containers:name]": {"other"}}, want: Possible,
		},
		{
			name: "a delegate that may only hand out Reader cannot hand out Owner", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: owner, Condition: onlyReader}}, action: assignRole,
			attributes: map[string][]string{"@request[microsoft.authorization/roleassignments:roledefinitionid]": {"8e3af657-a8ff-443c-a75c-2fe8c4bcb635"}}, want: Denied,
		},
		{
			name: "but Reader it can", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: owner, Condition: onlyReader}}, action: assignRole,
			attributes: map[string][]string{"@request[microsoft.authorization/roleassignments:roledefinitionid]": {"ACDD72A7-3385-48EF-BD42-F606FBA81AE7"}}, want: Allowed,
		},
		{name: "and the condition says nothing of other actions", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: owner, Condition: onlyReader}}, action: dropServer, want: Allowed},
		{name: "an eligibility must be activated", assignments: []*Assignment{{Principal: "ann", Scope: group, Role: owner, Eligible: true}}, action: dropServer, want: Possible},
		{name: "a role that was not collected allows nothing", assignments: []*Assignment{{Principal: "ann", Scope: group}}, action: dropServer, want: Denied},
		{
			name: "a deny assignment goes before any role", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{Everyone}, Permissions: []Permission{{Actions: []string{"*/delete"}}}, Children: true}}, action: dropServer, want: Denied,
		},
		{
			name: "it does not deny other actions", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{Everyone}, Permissions: []Permission{{Actions: []string{"*/delete"}}}, Children: true}}, action: readServer, want: Allowed,
		},
		{
			name: "nor what NotActions leaves out", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{Everyone}, Permissions: []Permission{{Actions: []string{"*"}, NotActions: []string{"*/read"}}}, Children: true}}, action: readServer, want: Allowed,
		},
		{
			name: "nor who is excluded by a group", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{Everyone}, Excluded: []string{"admins"}, Permissions: []Permission{{Actions: []string{"*"}}}, Children: true}}, action: dropServer, want: Allowed,
		},
		{
			name: "nor below its scope where it says so", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{Everyone}, Permissions: []Permission{{Actions: []string{"*"}}}}}, action: dropServer, want: Allowed,
		},
		{
			name: "a deny assignment whose condition is not known to be met", assignments: []*Assignment{{Principal: "ann", Scope: server, Role: owner}},
			denies: []*Deny{{Scope: group, Principals: []string{"ann"}, Permissions: []Permission{{Actions: []string{"*"}}}, Children: true, Condition: must(`@Principal[x] StringEquals 'y'`)}}, action: dropServer, want: Possible,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := Evaluate(test.assignments, test.denies, Request{
				Principals: []string{"ann", "admins"}, Action: test.action, Data: test.data, Scopes: Above(server, above), Attributes: test.attributes,
			})
			if result.Decision != test.want {
				t.Errorf("decided %d, want %d: %+v", result.Decision, test.want, result)
			}
			if result.Decision == Allowed && (len(result.Grants) == 0 || result.Grants[0].Decision != Allowed) {
				t.Errorf("what allows is not told: %+v", result)
			}
		})
	}
}

func TestAbove(t *testing.T) {
	for scope, want := range map[string]string{
		server:                  server + " " + group + " " + subscription + " " + root + " /",
		server + "/databases/a": server + "/databases/a " + server + " " + group + " " + subscription + " " + root + " /",
		root:                    root + " /",
		subscription:            subscription + " " + root + " /",
		Root:                    "/",
		subscription + "/providers/microsoft.security/pricings/x":       subscription + "/providers/microsoft.security/pricings/x " + subscription + " " + root + " /",
		server + "/providers/microsoft.authorization/roleassignments/a": server + "/providers/microsoft.authorization/roleassignments/a " + server + " " + group + " " + subscription + " " + root + " /",
	} {
		if got := strings.Join(Above(scope, above), " "); got != want {
			t.Errorf("above %s:\n%s, want\n%s", scope, got, want)
		}
	}
}

// The oracle spells out every action and scope of a small world and takes sets of them apart by the documentation's words:
// what any role in force grants, less what its own NotActions take, less what any deny assignment in force covers.
func TestEvaluateAgreesWithBruteForce(t *testing.T) {
	verbs := []string{"a/x/read", "a/x/write", "a/y/read", "b/x/delete"}
	patterns := []string{"*", "*/read", "a/*", "a/x/*", "b/x/delete", "*/x/*", "A/X/Write"}
	spelled := map[string]string{ // which verbs a pattern names, by hand
		"*": "a/x/read a/x/write a/y/read b/x/delete", "*/read": "a/x/read a/y/read", "a/*": "a/x/read a/x/write a/y/read", "a/x/*": "a/x/read a/x/write", "b/x/delete": "b/x/delete",
		"*/x/*": "a/x/read a/x/write b/x/delete", "A/X/Write": "a/x/write",
	}
	chain := []string{server, group, subscription, root, Root}
	principals := []string{"ann", "admins", "bob"}
	rapid.Check(t, func(t *rapid.T) {
		some := func(from []string, label string) []string {
			return rapid.SliceOfN(rapid.SampledFrom(from), 0, 2).Draw(t, label)
		}
		permission := func() Permission {
			return Permission{Actions: some(patterns, "actions"), NotActions: some(patterns, "notActions"), DataActions: some(patterns, "dataActions"), NotDataActions: some(patterns, "notDataActions")}
		}
		var assignments []*Assignment
		for range rapid.IntRange(0, 4).Draw(t, "assignments") {
			assignments = append(assignments, &Assignment{
				Principal: rapid.SampledFrom(principals).Draw(t, "principal"), Scope: rapid.SampledFrom(append(chain, group+"2")).Draw(t, "scope"),
				Role: &Role{Permissions: []Permission{permission(), permission()}}, Eligible: rapid.Bool().Draw(t, "eligible"),
			})
		}
		var denies []*Deny
		for range rapid.IntRange(0, 2).Draw(t, "denies") {
			denies = append(denies, &Deny{
				Principals: some(append(principals, Everyone), "denied"), Excluded: some(principals, "excluded"), Scope: rapid.SampledFrom(append(chain, group+"2")).Draw(t, "scope"),
				Permissions: []Permission{permission()}, Children: rapid.Bool().Draw(t, "children"),
			})
		}
		at := rapid.IntRange(0, 3).Draw(t, "resource")
		data := rapid.Bool().Draw(t, "data")
		named := func(patterns []string) map[string]bool {
			set := map[string]bool{}
			for _, pattern := range patterns {
				for _, verb := range strings.Fields(spelled[pattern]) {
					set[verb] = true
				}
			}
			return set
		}
		less := func(permission Permission) map[string]bool {
			plus, minus := named(permission.Actions), named(permission.NotActions)
			if data {
				plus, minus = named(permission.DataActions), named(permission.NotDataActions)
			}
			for verb := range minus {
				delete(plus, verb)
			}
			return plus
		}
		for _, verb := range verbs {
			want := Denied
			for _, assignment := range assignments {
				above := slices.Index(chain, assignment.Scope)
				for _, permission := range assignment.Role.Permissions {
					if assignment.Principal != "bob" && above >= at && less(permission)[verb] {
						if assignment.Eligible {
							want = max(want, Possible)
						} else {
							want = Allowed
						}
					}
				}
			}
			for _, deny := range denies {
				holds := slices.Index(chain, deny.Scope) == at || slices.Index(chain, deny.Scope) > at && deny.Children
				for _, who := range deny.Principals {
					mine := who != "bob" && !slices.Contains(deny.Excluded, "ann") && !slices.Contains(deny.Excluded, "admins")
					if holds && mine && less(deny.Permissions[0])[verb] {
						want = Denied
					}
				}
			}
			request := Request{Principals: []string{"ann", "admins"}, Action: verb, Data: data, Scopes: chain[at:]}
			if got := Evaluate(assignments, denies, request).Decision; got != want {
				t.Fatalf("%s: decided %d, want %d", verb, got, want)
			}
		}
	})
}

func TestConditions(t *testing.T) {
	request := Request{Action: "Microsoft.Storage/x/read", Attributes: map[string][]string{"@resource[name]": {"logs"}, "@request[ids]": {"a", "b"}, "@resource[n]": {"7"}}}
	for text, want := range map[string]truth{
		`@Resource[name] StringEquals 'logs'`:                                      yes,
		`@Resource[ Name ] StringEquals 'Logs'`:                                    no,
		`@Resource[name] StringEqualsIgnoreCase 'LOGS'`:                            yes,
		`@Resource[name] StringNotEquals 'logs'`:                                   no,
		`@Resource[name] StringNotEqualsIgnoreCase 'x'`:                            yes,
		`@Resource[name] StringStartsWith 'lo'`:                                    yes,
		`@Resource[name] StringNotStartsWith 'lo'`:                                 no,
		`@Resource[name] StringLike 'l?g*'`:                                        yes,
		`@Resource[name] StringNotLike 'l*'`:                                       no,
		`@Resource[n] NumericGreaterThan 6.5`:                                      yes,
		`@Resource[n] NumericLessThanEquals 6`:                                     no,
		`@Resource[other] StringEquals 'x'`:                                        unknown,
		`@Resource[other] StringEquals 'x' AND @Resource[name] StringEquals 'y'`:   no,
		`@Resource[other] StringEquals 'x' OR @Resource[name] StringEquals 'logs'`: yes,
		`!(@Resource[other] StringEquals 'x')`:                                     unknown,
		`NOT @Resource[name] StringEquals 'logs'`:                                  no,
		`@Request[ids] ForAnyOfAnyValues:StringEquals {'b', 'c'}`:                  yes,
		`@Request[ids] ForAllOfAnyValues:StringEquals {'b', 'c'}`:                  no,
		`@Request[ids] ForAllOfAnyValues:StringEquals {'a', 'b', 'c'}`:             yes,
		`@Request[ids] ForAnyOfAllValues:StringNotEquals {'a', 'c'}`:               yes,
		`@Request[ids] ForAllOfAllValues:StringNotEquals {'c', 'd'}`:               yes,
		`@Request[ids] ForAllOfAllValues:StringNotEquals {'b', 'd'}`:               no,
		`Exists @Request[ids]`:                                                     yes,
		`Exists @Request[nothing]`:                                                 unknown,
		`ActionMatches{'microsoft.storage/*'}`:                                     yes,
		`ActionMatches{'microsoft.compute/*'}`:                                     no,
		`SubOperationMatches{'Blob.List'}`:                                         unknown,
		`@Environment[UtcNow] DateTimeGreaterThan '2026-01-01T00:00:00.0Z'`:        unknown,
		`ActionMatches{'a'} && ActionMatches{'b'} || ActionMatches{'*'}`:           yes,
		`@Resource[name] StringEquals 'it''s'`:                                     no,
	} {
		condition, err := ParseCondition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := condition.truth(request); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

func TestAConditionThatDoesNotParseIsUnknown(t *testing.T) {
	for text, want := range map[string]string{
		`@Resource[name] Resembles 'x'`:         "want an operator, not Resembles",
		`(ActionMatches{'a'}`:                   "want )",
		`ActionMatches{'a'`:                     "want , or }",
		`@Resource[name] StringEquals 'x`:       "want a closing quote",
		`@Resource[name StringEquals 'x'`:       "want an attribute",
		`ActionMatches{'a'} ActionMatches{'b'}`: "byte 19: want an end",
		`@Resource[n] ForSome:StringEquals 'x'`: "not ForSome",
		strings.Repeat("(", 100_000):            "less nesting",
	} {
		condition, err := ParseCondition(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
		if got := condition.truth(Request{}); got != unknown {
			t.Errorf("%.40s passes for decided: %d", text, got)
		}
	}
	if condition, err := ParseCondition(" \n"); condition != nil || err != nil {
		t.Errorf("an empty text is a condition: %v, %v", condition, err)
	}
}

// A condition of any text is decided without a panic, and a deny of it never weakens: what is known stays known.
func FuzzParseCondition(f *testing.F) {
	f.Add(`((!(ActionMatches{'a/*'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[a:name] StringEquals 'x'))`)
	f.Add(`@Request[ids] ForAnyOfAnyValues:GuidEquals {a, b} && Exists @Principal[x] || @Resource[n] NumericEquals 7`)
	f.Add(`@Resource[a] StringLike '*a*b?c*'`)
	f.Fuzz(func(t *testing.T, text string) {
		condition, err := ParseCondition(text)
		if err == nil && condition == nil && strings.TrimSpace(text) != "" {
			t.Fatal("a condition is lost")
		}
		open := condition.truth(Request{Action: "a/b"})
		known := condition.truth(Request{Action: "a/b", Attributes: map[string][]string{"@resource[a]": {"x"}, "@resource[a:name]": {"x"}}})
		if open != unknown && known != open {
			t.Fatalf("more knowledge turns %d into %d: %s", open, known, fmt.Sprintf("%q", text))
		}
	})
}
