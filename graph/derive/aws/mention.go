package aws

import (
	"bytes"
	"encoding/json"
	"strings"
)

// mentions calls named for each ARN of another account or of none in a text, wherever it stands, and numbered for each number of an
// account other than the own one that the text holds.
func mentions(text, own string, named, numbered func(string)) {
	text = plain(text)
	for from := 0; ; {
		at := strings.Index(text[from:], "arn:")
		if at < 0 {
			break
		}
		rest := text[from+at:]
		from += at + len("arn:")
		account := accountIn(rest)
		if account == own && own != "" {
			continue
		}
		if account != "" {
			numbered(account)
		}
		eachName(rest, named)
	}
	if len(text) == digits || isDocument(text) {
		numbers(text, own, numbered)
	}
}

func isDocument(text string) bool { return strings.IndexAny(text[:min(len(text), 1)], "{[") == 0 }

// plain writes a JSON document that escapes something without escapes, as far as JSON lets: no name hides behind one.
func plain(text string) string {
	if !isDocument(text) || !strings.Contains(text, `\`) {
		return text
	}
	var read any
	if json.Unmarshal([]byte(text), &read) != nil {
		return text
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(read) != nil {
		return text
	}
	return out.String()
}

// eachName calls named for each name that may begin a text, without wildcards at its end. A name ends where no ARN goes on, or else before any sign that a setting
// puts between names, though a name may hold it: a comma may be a part of a role's.
func eachName(text string, named func(string)) {
	if end := strings.IndexAny(text, "\"' \t\n\\"); end >= 0 {
		text = text[:end]
	}
	for at, letter := range text {
		if strings.ContainsRune(",;|()[]{}<>", letter) {
			named(strings.TrimRight(text[:at], ".*"))
		}
	}
	named(strings.TrimRight(text, ".*"))
}

// digits is how many an account's number has.
const digits = 12

// accountIn gives the account of an ARN at the start of a text; empty where it has none.
func accountIn(text string) string {
	at := 0
	for range 4 {
		next := strings.IndexByte(text[at:], ':')
		if next < 0 {
			return ""
		}
		at += next + 1
	}
	if len(text) < at+digits+1 || text[at+digits] != ':' || !isAccount(text[at:at+digits]) {
		return ""
	}
	return text[at : at+digits]
}

// numbers finds the runs of digits that are as long as an account's number.
func numbers(text, own string, numbered func(string)) {
	start := -1
	for at := 0; at <= len(text); at++ {
		if at < len(text) && text[at] >= '0' && text[at] <= '9' {
			if start < 0 {
				start = at
			}
			continue
		}
		if start >= 0 && at-start == digits && text[start:at] != own {
			numbered(text[start:at])
		}
		start = -1
	}
}

// letsAnyone is a cheap upper bound of whether a policy lets everyone in: some statement's principal is, or lists, *, or is all but some.
func letsAnyone(text string) bool {
	text = plain(text)
	for from := 0; ; {
		at := strings.Index(text[from:], `rincipal"`)
		if at < 0 {
			return false
		}
		at += from
		from = at + len(`rincipal"`)
		if at >= 4 && text[at-4:at-1] == "Not" {
			return true
		}
		if strings.Contains(firstValue(text[from:]), `"*"`) {
			return true
		}
	}
}

// firstValue gives the JSON value after a key: a string, or a list or an object that holds no other of its sort.
func firstValue(text string) string {
	text = strings.TrimLeft(text, ": \t\r\n")
	quoted, closing := false, map[string]byte{`"`: '"', "[": ']', "{": '}'}[text[:min(len(text), 1)]]
	for at := 1; at < len(text); at++ {
		switch letter := text[at]; {
		case letter == '\\':
			at++ // what is escaped ends nothing
		case letter == closing && !quoted:
			return text[:at+1]
		case letter == '"':
			quoted = !quoted
		}
	}
	return text
}
