package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
)

// answer is one file's content.
type answer struct {
	file  *file
	facts Facts
	// items are the names that the answer holds of what other operations were to be called for, by operation.
	items map[string][]string
	// broken is why the file could not be used; empty for a good one.
	broken string
}

// shelf holds all answers of one scope.
type shelf struct {
	cloud     *Cloud
	site      Site
	service   string
	scope     graph.Scope
	collected time.Time
	codes     map[call]string               // of failed calls
	answers   map[string]map[string]*answer // by operation as in the file's name, and item
}

func (held *shelf) put(file *file) error {
	byItem := held.answers[file.operation]
	if byItem == nil {
		byItem = map[string]*answer{}
		held.answers[file.operation] = byItem
	}
	if other, ok := byItem[file.item]; ok {
		return fmt.Errorf("%w: %s and %s are both %s/%s of account %s: read them one at a time",
			graph.ErrInvalid, other.file.path, file.path, file.reading.Service, file.operation, held.site.Account)
	}
	byItem[file.item] = &answer{file: file}
	return nil
}

// readings gives the tables that make up the scope, in order.
func (held *shelf) readings() []*Reading {
	var own []*Reading
	for i := range held.cloud.Readings {
		reading := &held.cloud.Readings[i]
		if reading.Service == held.service && reading.Global == (held.site.Region == "") && reading.Tenant == held.site.ofTenant() {
			own = append(own, reading)
		}
	}
	return own
}

// fill reads and maps a file's body and reads the names in it of what else should be there.
func (held *shelf) fill(answer *answer, read func(*file) ([]byte, error)) {
	reading := answer.file.reading
	body, err := read(answer.file)
	if err != nil {
		answer.broken = err.Error()
		return
	}
	facts, err := reading.Map(held.site, answer.file.item, body)
	if err != nil {
		answer.broken = whereIn(body, err).Error()
		return
	}
	answer.facts, answer.items = facts, map[string][]string{}
	byPath := map[string][]string{} // children often share a path, and a body may be large
	for _, child := range held.readings() {
		path := ""
		switch {
		case child.Parent == reading.Operation && child.Parent != "":
			path = child.Items
		case child == reading:
			path = child.Again
		}
		items, known := byPath[path]
		if !known {
			if items, err = itemsAt(body, path); err != nil {
				answer.broken = whereIn(body, err).Error()
				return
			}
			byPath[path] = items
		}
		if child.Joined {
			items = joined(answer.file.item, items)
		}
		answer.items[child.Operation] = append(answer.items[child.Operation], items...)
	}
	if answer.file.lacks != "" {
		answer.facts.Gap("%s: %s", answer.file.path, answer.file.lacks)
	}
	if token := cmp.Or(answer.file.leftover, leftover(body)); token != "" {
		answer.facts.Gap("pages are missing: %s says %s", answer.file.path, token)
	}
}

// of gives the answers to an operation, what holds all items first, then in the order of the items.
func (held *shelf) of(reading *Reading) []*answer {
	var found []*answer
	for _, operation := range slices.Compact([]string{reading.Combined, reading.Operation}) {
		if operation == "" {
			continue
		}
		byItem := held.answers[operation]
		for _, item := range slices.Sorted(maps.Keys(byItem)) {
			found = append(found, byItem[item])
		}
	}
	return found
}

func (held *shelf) ordered() []*answer {
	var found []*answer
	for _, reading := range held.readings() {
		found = append(found, held.of(reading)...)
	}
	return found
}

// batch merges all answers' facts and says what is missing. kinds is what the batches before have called real
// things, and is added to.
func (held *shelf) batch(kinds map[graph.ID]graph.NodeKind) graph.Batch {
	var all Facts
	for _, reading := range held.readings() {
		expected := held.expected(reading)
		answers := held.of(reading)
		whole, there := false, map[string]bool{}
		for _, answer := range answers {
			there[answer.file.item] = true
			if answer.broken != "" {
				all.Gaps = append(all.Gaps, "broken: "+answer.file.path+": "+answer.broken)
			}
			whole = whole || answer.file.operation == reading.Combined && answer.broken == ""
			all.add(answer.facts)
		}
		if whole { // an item of which it holds nothing has nothing
			for _, item := range expected {
				if facts, err := reading.Map(held.site, item, []byte("{}")); err == nil {
					all.add(facts)
				}
			}
			continue
		}
		if reading.Parent == "" {
			if len(answers) == 0 {
				all.Gaps = append(all.Gaps, held.missing(reading, nil)...)
			}
			continue
		}
		if there[""] { // all in one, and perhaps broken
			continue
		}
		missing := slices.DeleteFunc(expected, func(item string) bool { return there[item] })
		all.Gaps = append(all.Gaps, held.missing(reading, missing)...)
	}
	nodes, edges, gaps := all.merge(kinds)
	batch := graph.Batch{Scope: held.scope, Nodes: nodes, Edges: edges, Collected: held.collected, Incomplete: graph.Sorted(gaps)}
	if held.cloud.Settle != nil {
		held.cloud.Settle(&batch)
	}
	return batch
}

// expected gives the items that an operation was to be called for, by all answers that name some.
func (held *shelf) expected(reading *Reading) []string {
	var items []string
	for _, answer := range held.ordered() {
		items = append(items, answer.items[reading.Operation]...)
	}
	return graph.Sorted(items)
}

// namedItems is how many of an operation's missing items a reason names.
const namedItems = 3

// missing says, one reason for each error code, what of an operation was not collected: all of it where items is nil
// and it is called once.
func (held *shelf) missing(reading *Reading, items []string) []string {
	what := "not collected: " + reading.Service + "/" + reading.Operation
	if reading.Parent == "" {
		return []string{what + held.code(reading, "")}
	}
	byCode := map[string][]string{}
	for _, item := range items {
		code := held.code(reading, item)
		byCode[code] = append(byCode[code], item)
	}
	var reasons []string
	for code, items := range byCode {
		names := strings.Join(items[:min(len(items), namedItems)], ", ")
		if more := len(items) - namedItems; more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		reasons = append(reasons, what+" of "+names+code)
	}
	return reasons
}

// call names one call of a collection.
type call struct{ cloud, account, region, service, operation, item string }

// codesOf gives the error codes of the calls that failed.
func codesOf(failures []CollectFailure) map[call]string {
	codes := make(map[call]string, len(failures))
	for _, failed := range failures {
		codes[call{failed.Cloud, failed.Account, failed.Region, failed.Service, failed.Operation, failed.Item}] = failed.Code
	}
	return codes
}

// code gives the error code with which a call failed, in parentheses; empty when it is not known.
func (held *shelf) code(reading *Reading, item string) string {
	code := held.codes[call{held.cloud.Name, held.site.Account, held.site.Region, reading.Service, reading.Operation, item}]
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}
