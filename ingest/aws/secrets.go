package aws

import (
	"regexp"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// secretName reports whether a variable's name says that it holds a credential, as DB_PASSWORD and api-key do.
func secretName(name string) bool {
	return secretNames.MatchString(name)
}

var secretNames = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|secret|token|credential|private_?key|api_?-?key|access_?-?key|auth_?key|connection_?string|conn_?str)([^a-z]|$)|(^|[^a-z])(pwd|dsn)([^a-z]|$)`)

// holdsSecret reports whether a text (user data, a script) looks as if it held a credential: an AWS access key id, a private
// key, a known vendor's token, or something secret being given a literal value.
func holdsSecret(text string) bool {
	for _, pattern := range secretTexts {
		for _, found := range pattern.FindAllStringSubmatch(text, -1) {
			if len(found) < 2 || !reference(found[len(found)-1]) {
				return true
			}
		}
	}
	return false
}

var secretTexts = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`), // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
	regexp.MustCompile(`-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----`),
	regexp.MustCompile(`\b(?:ghp|gho|ghs|ghu|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk_live_[A-Za-z0-9]{16,}`),
	regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^\s/:@'"]+:([^\s/@'"]{3,})@`), // a URL with a password
	regexp.MustCompile(`(?i)(?:password|passwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_-]*["']?\s*(?:=|:)\s*["']?([^\s"']{4,})`),
	regexp.MustCompile(`(?i)(?:--password|--passwd|--secret|--token|--api-key)[= ]["']?([^\s"']{4,})`),
	regexp.MustCompile(`(?i)\b(?:mysql|mysqldump|mariadb)\b[^\n]*\s-p([^\s"']{4,})`),
}

// reference reports whether a value names where a secret is to be found rather than being one.
func reference(value string) bool {
	return strings.HasPrefix(value, "$") || strings.HasPrefix(value, "{{") || strings.HasPrefix(value, "<") ||
		strings.HasPrefix(value, "`") || strings.HasPrefix(value, "arn:") || strings.HasPrefix(value, "%")
}

// accessKeys gives the ids of the access keys of users that stand in a text beside what may be their secret, sorted; nil
// where there are none. An id alone is no credential.
func accessKeys(text string) []string {
	ids := accessKeyIDs.FindAllString(text, -1)
	if len(ids) == 0 || !holdsSecretKey(text) {
		return nil
	}
	return graph.Sorted(ids)
}

// remnant is what may be kept of a value: the ids of access keys, and that a secret stands beside them.
func remnant(value string) string {
	kept := accessKeyIDs.FindAllString(value, -1)
	if holdsSecretKey(value) {
		kept = append(kept, withheldKey)
	}
	return strings.Join(kept, " ")
}

// withheldKey stands in place of a secret access key.
const withheldKey = "secret-access-key-withheld"

func holdsSecretKey(text string) bool {
	if strings.Contains(text, withheldKey) {
		return true
	}
	for _, found := range secretKeys.FindAllStringSubmatch(text, -1) {
		if !hexadecimal.MatchString(found[1]) { // else a hash
			return true
		}
	}
	return false
}

var (
	accessKeyIDs = regexp.MustCompile(`\bAKIA[A-Z0-9]{16}\b`)
	secretKeys   = regexp.MustCompile(`(?:^|[^A-Za-z0-9/+])([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)`) // the length and letters of the documentation's example
	hexadecimal  = regexp.MustCompile(`^[0-9a-fA-F]+$`)
)
