package azure

import "strings"

// Root is the scope of everything in a tenant.
const Root = "/"

// Parent gives the scope that holds a scope: a subresource's resource, a resource's group, a group's subscription. What is
// above a subscription or a management group its id does not tell: empty. Ids are in lower case.
//
// "Scope format": https://learn.microsoft.com/azure/role-based-access-control/scope-overview#scope-format
func Parent(scope string) string {
	before, own, found := cutLast(scope, "/providers/")
	switch {
	case !found || before == "": // a management group is /providers/…/managementgroups/<name>
		group, _, within := strings.Cut(scope, "/resourcegroups/")
		if within {
			return group
		}
		return ""
	case strings.Count(own, "/") > 2: // namespace/type/name/type/name
		at := strings.LastIndexByte(scope, '/')
		return scope[:strings.LastIndexByte(scope[:at], '/')]
	default:
		return before
	}
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

// Above gives a scope and all scopes that hold it, the narrowest first and the root last. above tells what holds a
// subscription or a management group; empty where that is not known.
func Above(scope string, above func(string) string) []string {
	scopes := []string{}
	seen := map[string]bool{}
	for scope != "" && scope != Root && !seen[scope] {
		seen[scope] = true
		scopes = append(scopes, scope)
		next := Parent(scope)
		if next == "" {
			next = above(scope)
		}
		scope = next
	}
	return append(scopes, Root)
}
