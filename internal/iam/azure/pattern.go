package azure

import "strings"

// Matches tells whether a pattern of a role definition covers an action. A * stands for any run of characters, slashes
// too, and letters' case does not matter.
//
// "Actions format": https://learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
func Matches(pattern, action string) bool {
	return glob(strings.ToLower(pattern), strings.ToLower(action), false)
}

// glob matches a text against a pattern in which * stands for any run and, where said, ? for any one byte.
func glob(pattern, text string, question bool) bool {
	star, mark, p, t := -1, 0, 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == text[t] || question && pattern[p] == '?'):
			p, t = p+1, t+1
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// anyOf tells whether one of the patterns covers the action, and which.
func anyOf(patterns []string, action string) (pattern string, found bool) {
	for _, pattern := range patterns {
		if Matches(pattern, action) {
			return pattern, true
		}
	}
	return "", false
}
