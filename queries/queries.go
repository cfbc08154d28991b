// Package queries is the library of named queries: what an analyst asks of the graph, each one file of openCypher that runs as it
// stands on every store. A file begins with a comment that holds its front matter, as YAML:
//
//	/*
//	title: Public stores
//	question: Which stores can anyone on the internet read or change?
//	topic: data
//	clouds: [aws]
//	severity: HIGH                  # of a check: each row is a fault
//	parameters:
//	  - {name: key, type: text, default: owner, doc: the tag's key}
//	references: [https://…]
//	*/
//	MATCH …
package queries

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

//go:embed *.cypher
var library embed.FS

// Query is one named query.
type Query struct {
	Name     string // its file's, without .cypher
	Title    string
	Question string
	Topic    Topic
	Clouds   []string // the providers of which it speaks: aws, azure, gcp
	Severity string   // LOW, MEDIUM, HIGH or CRITICAL where each row is a fault, else empty
	Params   []Param
	// References are addresses of what a reader should know of the subject.
	References []string
	// Text is the statement, without the front matter.
	Text string
}

// Param is a value that a query asks for.
type Param struct {
	Name string
	Type graph.Type
	// Default is the value where none is given; nil where one must be.
	Default any
	Doc     string
}

// Topic says what a query is about.
type Topic string

// The topics, in the order in which they are shown.
const (
	Paths     Topic = "paths"
	Identity  Topic = "identity"
	Network   Topic = "network"
	Data      Topic = "data"
	Evidence  Topic = "evidence"
	Inventory Topic = "inventory"
)

// Topics gives every topic, in order.
func Topics() []Topic { return []Topic{Paths, Identity, Network, Data, Evidence, Inventory} }

// All gives the library, ordered by name.
func All() []Query {
	all, err := Load(library)
	if err != nil {
		panic(err) // the library ships with the program, and its test reads it
	}
	return all
}

// Find gives the query of a name, or ErrNotFound with the names that are like it.
func Find(name string) (Query, error) {
	all := All()
	if at := slices.IndexFunc(all, func(query Query) bool { return query.Name == name }); at >= 0 {
		return all[at], nil
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(letter rune) bool { return letter < '0' || letter > 'z' })
	var near []string
	for _, query := range all {
		if slices.ContainsFunc(words, func(word string) bool { return len(word) > 2 && strings.Contains(query.Name, word) }) {
			near = append(near, query.Name)
		}
	}
	if len(near) > 0 {
		return Query{}, fmt.Errorf("%w: no query is named %q; near it: %s", graph.ErrNotFound, name, strings.Join(near, ", "))
	}
	return Query{}, fmt.Errorf("%w: no query is named %q: \"inroad queries\" lists them", graph.ErrNotFound, name)
}
