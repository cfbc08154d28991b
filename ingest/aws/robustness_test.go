package aws

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// Every value of every recording is replaced by every other type in turn. A mapping may then fail, with an error
// that names the field, or go on without the value; what it gives stays a graph.
func TestWrongTypesNameTheField(t *testing.T) {
	for _, service := range services(t) {
		for _, answer := range recordings(t, service) {
			var body any
			if err := json.Unmarshal(answer.body, &body); err != nil {
				t.Fatalf("%s: %v", answer.path, err)
			}
			spoil(body, nil, func(spoiled any, field []string) {
				written, err := json.Marshal(spoiled)
				if err != nil {
					t.Fatal(err)
				}
				facts, err := answer.table.Map(recordedAt, answer.item, written)
				if err != nil {
					if !says(err, field) {
						t.Errorf("%s with another %s: %v", answer.path, strings.Join(field, "."), err)
					}
					return
				}
				for _, problem := range invalid(facts) {
					t.Errorf("%s with another %s: %s", answer.path, strings.Join(field, "."), problem)
				}
			})
		}
	}
}

// spoil calls with the body once for every value in it and every type that is not the value's.
func spoil(body any, field []string, with func(any, []string)) {
	for _, other := range []any{nil, true, 7.5, "text", []any{}, []any{nil}, []any{"text"}, map[string]any{}} {
		with(other, field)
	}
	switch body := body.(type) {
	case map[string]any:
		for name, member := range body {
			spoil(member, append(slices.Clone(field), name), func(spoiled any, at []string) {
				body[name] = spoiled
				with(body, at)
				body[name] = member
			})
		}
	case []any:
		for i, element := range body {
			spoil(element, field, func(spoiled any, at []string) {
				body[i] = spoiled
				with(body, at)
				body[i] = element
			})
		}
	}
}

// says reports whether a decoding error says at which field it arose: the spoiled one, one around it or one in it.
func says(err error, field []string) bool {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return false
	}
	path := slices.DeleteFunc(strings.Split(kind.Field, "."), func(name string) bool { // what is embedded stands in the path
		return name != "" && unicode.IsLower(rune(name[0]))
	})
	said, spoiled := strings.ToLower(strings.Join(path, "."))+".", strings.ToLower(strings.Join(field, "."))+"."
	return len(field) == 0 || kind.Field != "" && (strings.HasPrefix(said, spoiled) || strings.HasPrefix(spoiled, said))
}

// invalid names what of the facts no graph can hold.
func invalid(facts ingest.Facts) []string {
	var problems []string
	named := slices.DeleteFunc(slices.Clone(facts.Nodes), func(node graph.Node) bool { return node.ID == "" }) // the reader makes gaps of those
	batch := graph.Batch{Scope: "aws/test", Nodes: named, Edges: facts.Edges}
	if err := batch.Validate(); err != nil {
		problems = append(problems, err.Error())
	}
	for _, node := range facts.Nodes {
		for _, problem := range undeclared(node) {
			if !strings.HasSuffix(problem, "is not an ARN") { // what the answer calls an ARN is taken as one
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

func FuzzMappings(f *testing.F) {
	for _, service := range services(f) {
		for _, answer := range recordings(f, service) {
			f.Add(answer.table.Service+"/"+answer.table.Operation, answer.item, answer.body)
		}
	}
	tables := map[string]Table{}
	for _, table := range registry {
		tables[table.Service+"/"+table.Operation] = table
	}
	f.Fuzz(func(t *testing.T, name, item string, body []byte) {
		table, ok := tables[name]
		if !ok {
			return
		}
		facts, err := table.Map(recordedAt, item, body)
		if err != nil {
			return
		}
		if problems := invalid(facts); len(problems) > 0 {
			t.Error(fmt.Sprint(name, ": ", problems))
		}
	})
}

// Some exporters write the answers of all items into one file, which tells no item. What such a file does not say itself is
// then not made up.
func TestWithoutItsItemAnAnswerNamesNothingElse(t *testing.T) {
	for _, service := range services(t) {
		for _, answer := range recordings(t, service) {
			if answer.item == "" || answer.table.Combined != "" { // an item that a combined file leaves out is asked of no one else
				continue
			}
			known := map[graph.ID]bool{}
			for _, node := range answer.facts(t).Nodes {
				known[node.ID] = true
			}
			alone := answer
			alone.item = ""
			facts := alone.facts(t)
			for _, node := range facts.Nodes {
				if node.ID != "" && !known[node.ID] {
					t.Errorf("%s: without its item it names %s", answer.path, node.ID)
				}
			}
		}
	}
}
