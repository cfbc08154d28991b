package aws

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// suricata reads a rule in Suricata's language as far as its header and the keywords of its options: action, protocol, source and ports,
// direction, destination and ports, and options in parentheses ("Rules Format", which Network Firewall follows:
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-examples.html). ok is false for what is no rule: a comment,
// an empty line, text that does not follow the format.
func suricata(line string) (rule statefulRule, ok bool) {
	line = strings.TrimSpace(line)
	head, options, found := strings.Cut(line, "(")
	if !found || strings.HasPrefix(line, "#") || !strings.HasSuffix(options, ")") {
		return rule, false
	}
	words := headerWords(head)
	if len(words) != 7 || words[4] != "->" && words[4] != "<>" {
		return rule, false
	}
	rule.Action = strings.ToUpper(words[0])
	if strings.HasPrefix(rule.Action, "REJECT") { // rejectsrc, rejectdst and rejectboth tell whom it says so
		rule.Action = "REJECT"
	}
	if !slices.Contains([]string{"PASS", "DROP", "REJECT", "ALERT"}, rule.Action) {
		return rule, false
	}
	header := &rule.Header
	header.Protocol, header.Source, header.SourcePort, header.Destination, header.DestinationPort = strings.ToUpper(words[1]), words[2], words[3], words[5], words[6]
	header.Direction = "FORWARD"
	if words[4] == "<>" {
		header.Direction = "ANY"
	}
	for _, option := range optionsOf(strings.TrimSuffix(options, ")")) {
		keyword, setting, _ := strings.Cut(option, ":")
		rule.RuleOptions = append(rule.RuleOptions, ruleOption{Keyword: strings.TrimSpace(keyword), Settings: []string{strings.TrimSpace(setting)}})
	}
	return rule, true
}

// headerWords splits at spaces outside of lists.
func headerWords(head string) []string {
	depth := 0
	return strings.FieldsFunc(strings.Map(func(letter rune) rune {
		switch letter {
		case '[':
			depth++
		case ']':
			depth--
		case ' ', '\t':
			if depth > 0 {
				return -1
			}
			return ' '
		}
		return letter
	}, head), func(letter rune) bool { return letter == ' ' })
}

// optionsOf splits at semicolons outside of quotes.
func optionsOf(text string) []string {
	var options []string
	quoted, start := false, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				options = append(options, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	if rest := strings.TrimSpace(text[start:]); rest != "" {
		options = append(options, rest)
	}
	return options
}

// members are those of a list such as [a,!b,[c,d]], or the one of what is no list. even tells a list whose brackets match.
func members(text string) (list []string, even bool) {
	if !strings.HasPrefix(text, "[") {
		return []string{text}, !strings.ContainsAny(text, "[]")
	}
	if !strings.HasSuffix(text, "]") {
		return nil, false
	}
	text = text[1 : len(text)-1]
	depth, start := 0, 0
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || text[i] == ',' && depth == 0:
			list = append(list, strings.TrimSpace(text[start:i]))
			start = i + 1
		case text[i] == '[':
			depth++
		case text[i] == ']':
			depth--
		}
	}
	return list, depth == 0
}

// deepest bounds variables that name one another.
const deepest = 8

// written reads addresses as firewall rules write them: prefixes, any, names of variables, lists, and each with ! for all others. known is
// false where a part cannot be read. No list at all is every address.
func written(texts []string, variables map[string][]string) (all packet.Addrs, known bool) {
	if len(texts) == 0 {
		return packet.AnyAddr(), true
	}
	return writtenAddrs(texts, variables, deepest)
}

func writtenAddrs(texts []string, variables map[string][]string, left int) (all packet.Addrs, known bool) {
	var barred packet.Addrs
	only := true // nothing but exceptions
	for _, text := range texts {
		text, except := strings.CutPrefix(strings.TrimSpace(text), "!")
		one, read := writtenOne(text, variables, left)
		if !read {
			return packet.Addrs{}, false
		}
		if except {
			barred = barred.Union(one)
			continue
		}
		only, all = false, all.Union(one)
	}
	if only {
		all = packet.AnyAddr()
	}
	return all.Minus(barred), true
}

func writtenOne(text string, variables map[string][]string, left int) (packet.Addrs, bool) {
	if strings.EqualFold(text, "any") {
		return packet.AnyAddr(), true
	}
	if left == 0 {
		return packet.Addrs{}, false
	}
	if values, named := variables[text]; named {
		return writtenAddrs(values, variables, left-1)
	}
	if strings.HasPrefix(text, "[") {
		list, even := members(text)
		if !even {
			return packet.Addrs{}, false
		}
		return writtenAddrs(list, variables, left-1)
	}
	if address, err := netip.ParseAddr(text); err == nil {
		return packet.Addresses(address), true
	}
	prefix, err := netip.ParsePrefix(text)
	return packet.Prefixes(prefix), err == nil
}

// portRanges reads ports likewise: "80", "80:90", "1024:", ":1023", any, variables and lists. Exceptions are not read.
func portRanges(text string, variables map[string][]string, left int) (ports [][2]int, known bool) {
	text = strings.TrimSpace(text)
	if strings.EqualFold(text, "any") {
		return [][2]int{{0, 65535}}, true
	}
	list, even := members(text)
	if values, named := variables[text]; named {
		list = values
	}
	if left == 0 || !even {
		return nil, false
	}
	if len(list) != 1 || list[0] != text {
		for _, one := range list {
			more, read := portRanges(one, variables, left-1)
			if !read {
				return nil, false
			}
			ports = append(ports, more...)
		}
		return ports, len(ports) > 0
	}
	low, high, several := strings.Cut(text, ":")
	if !several {
		high = low
	}
	first, final := 0, 65535
	for at, word := range map[*int]string{&first: low, &final: high} {
		if word == "" && several {
			continue
		}
		number, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			return nil, false
		}
		*at = int(number)
	}
	return [][2]int{{first, final}}, first <= final
}
