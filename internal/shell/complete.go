package shell

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/queries"
)

// keywords are the words of Cypher that a statement which reads is made of.
var keywords = strings.Fields(`ALL AND ANY AS ASC BY CALL CASE CONTAINS COUNT DESC DISTINCT ELSE END ENDS EXISTS EXPLAIN FALSE IN IS LIMIT MATCH NONE NOT NULL
	OPTIONAL OR ORDER PROFILE RETURN SINGLE SKIP STARTS THEN TRUE UNION UNWIND WHEN WHERE WITH XOR allShortestPaths( coalesce( collect( count( endNode( head( keys(
	labels( last( length( nodes( properties( relationships( shortestPath( size( split( startNode( substring( toLower( toString( toUpper( type(`)

// Complete gives what the word before the cursor may become: head and tail stand around it. After ":" it is a label or a type, after "."
// a property, at the beginning a command, and behind :run a named query.
func Complete(line string, cursor int) (head string, candidates []string, tail string) {
	before, tail := line[:cursor], line[cursor:]
	start := strings.LastIndexFunc(before, func(letter rune) bool { return !wordly(letter) }) + 1
	head, word := before[:start], before[start:]
	switch {
	case strings.HasPrefix(strings.TrimSpace(head), ":run"):
		start = strings.LastIndex(before, " ") + 1
		head, word = before[:start], before[start:]
		return head, starting(word, namesOfQueries()), tail
	case strings.HasPrefix(strings.TrimSpace(head), ":format"):
		return head, starting(word, result.Formats()), tail
	case strings.TrimSpace(head) == ":":
		return head, starting(word, namesOfCommands()), tail
	case strings.HasSuffix(head, ".") && start > 1 && wordly(rune(head[start-2])):
		return head, starting(word, properties()), tail
	case strings.HasSuffix(head, ":") || strings.HasSuffix(head, "|") || strings.HasSuffix(head, "&") || strings.HasSuffix(head, "!"):
		if strings.LastIndex(head, "[") > strings.LastIndex(head, "(") {
			return head, starting(word, types()), tail
		}
		return head, starting(word, labels()), tail
	case word == "":
		return head, nil, tail
	default:
		return head, starting(word, keywords), tail
	}
}

func wordly(letter rune) bool {
	return letter == '_' || letter >= '0' && letter <= '9' || letter >= 'A' && letter <= 'Z' || letter >= 'a' && letter <= 'z'
}

// starting gives the words that begin as typed, in any case of letters.
func starting(typed string, words []string) []string {
	var found []string
	for _, word := range words {
		if len(word) >= len(typed) && strings.EqualFold(word[:len(typed)], typed) {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func labels() []string {
	var names []string
	for _, label := range view.NodeLabels() {
		names = append(names, label.Name)
	}
	return names
}

func types() []string {
	var names []string
	for _, spec := range kinds.Edges() {
		names = append(names, string(spec.Label))
	}
	return names
}

func properties() []string {
	var names []string
	for _, label := range view.NodeLabels() {
		for _, prop := range label.Props {
			names = append(names, prop.Name)
		}
	}
	for _, prop := range view.RelationshipProps() {
		names = append(names, prop.Name)
	}
	return names
}

func namesOfQueries() []string {
	var names []string
	for _, query := range queries.All() {
		names = append(names, query.Name)
	}
	return names
}
