package shell

import "strings"

// cut gives the first statement of a text, up to its ";", and what follows. Within texts, quoted names and comments ";" ends nothing.
// Without an end it gives false.
func cut(text string) (statement, rest string, ended bool) {
	for at := 0; at < len(text); {
		switch letter := text[at]; {
		case letter == ';':
			return text[:at], text[at+1:], true
		case letter == '\'' || letter == '"':
			at = closed(text, at+1, letter, true)
		case letter == '`':
			at = closed(text, at+1, letter, false)
		case strings.HasPrefix(text[at:], "//"):
			at = after(text, at+2, "\n")
		case strings.HasPrefix(text[at:], "/*"):
			at = after(text, at+2, "*/")
		default:
			at++
		}
	}
	return "", text, false
}

// closed gives the place behind a closing quote; a backslash hides the letter after it in a text.
func closed(text string, at int, quote byte, escapes bool) int {
	for ; at < len(text); at++ {
		switch {
		case escapes && text[at] == '\\':
			at++
		case text[at] == quote:
			return at + 1
		}
	}
	return len(text)
}

func after(text string, at int, end string) int {
	if found := strings.Index(text[at:], end); found >= 0 {
		return at + found + len(end)
	}
	return len(text)
}

// blank reports whether a text holds nothing but spaces and comments.
func blank(text string) bool {
	for at := 0; at < len(text); {
		switch {
		case strings.HasPrefix(text[at:], "//"):
			at = after(text, at+2, "\n")
		case strings.HasPrefix(text[at:], "/*"):
			at = after(text, at+2, "*/")
		case strings.TrimSpace(text[at:at+1]) == "":
			at++
		default:
			return false
		}
	}
	return true
}
