package awsconfig

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/ingest"
)

// changesOnly is what a history lacks: "a collection of the configuration items for a given resource over any time period", those that
// changed since the last file
// (https://docs.aws.amazon.com/config/latest/developerguide/config-concepts.html#config-history).
const changesOnly = "AWS Config's history holds only what changed: resources that did not are not in it"

// call is an answer in the making: one list of an operation in one place.
type call struct{ account, region, service, operation, item string }

// builder gathers the answers that items make.
type builder struct {
	lists map[call]map[string][]any // of one call, by the list's name
	whole map[call]any
	from  map[call]string
	lacks map[call]string
}

// inventory makes answers of items. A resource type of which there is no item makes none: whether there are none, or the recorder leaves
// them out, AWS Config does not tell, so that its operations are not collected.
func inventory(items []item) Inventory {
	made := builder{lists: map[call]map[string][]any{}, whole: map[call]any{}, from: map[call]string{}, lacks: map[call]string{}}
	accounts := map[string]*ingest.Collected{}
	unread := map[string]int{}
	for _, item := range items {
		account := accounts[item.AccountID]
		if account == nil {
			account = &ingest.Collected{Cloud: "aws", Account: item.AccountID, Complete: true}
			accounts[item.AccountID] = account
		}
		if item.Region != "" && !slices.Contains(account.Regions, item.Region) {
			account.Regions = append(account.Regions, item.Region)
		}
		if item.Captured.After(account.Time) {
			account.Time = item.Captured.UTC()
		}
		if parts := strings.SplitN(item.ARN, ":", 3); len(parts) == 3 && parts[0] == "arn" && strings.HasPrefix(parts[1], "aws") {
			account.Partition = parts[1]
		}
		if item.deleted() {
			continue
		}
		read, known := types[item.Type]
		if !known {
			unread[item.Type]++
			continue
		}
		read(&made, item)
	}
	var found Inventory
	for _, name := range slices.Sorted(maps.Keys(accounts)) {
		slices.Sort(accounts[name].Regions)
		found.Accounts = append(found.Accounts, *accounts[name])
	}
	for _, kind := range slices.Sorted(maps.Keys(unread)) {
		found.Notes = append(found.Notes, fmt.Sprintf("%d items of %s are not read", unread[kind], kind))
	}
	found.Parts = made.parts()
	return found
}

// deleted tells the last item of a resource that is no more.
func (item item) deleted() bool {
	return strings.HasPrefix(item.Status, "ResourceDeleted") || len(item.Configuration) == 0
}

// at names an operation's call in the item's place.
func (item item) at(service, operation, name string) call {
	return call{item.AccountID, item.Region, service, operation, name}
}

// add adds an element to a list of an answer.
func (made *builder) add(item item, at call, list string, element any) {
	if made.lists[at] == nil {
		made.lists[at] = map[string][]any{}
	}
	made.lists[at][list] = append(made.lists[at][list], element)
	made.note(item, at)
}

// set gives a whole answer.
func (made *builder) set(item item, at call, answer any) {
	made.whole[at] = answer
	made.note(item, at)
}

func (made *builder) note(item item, at call) {
	made.from[at] = item.from
	if item.history && at.item == "" {
		made.lacks[at] = changesOnly
	}
}

// parts gives the answers in order.
func (made *builder) parts() []ingest.Part {
	var parts []ingest.Part
	for at, lists := range made.lists {
		made.whole[at] = lists
	}
	for at, answer := range made.whole {
		body, err := json.Marshal(answer)
		if err != nil { // what was decoded from JSON is encoded
			continue
		}
		parts = append(parts, ingest.Part{
			Account: at.account, Region: at.region, Service: at.service, Operation: at.operation, Item: at.item,
			From: made.from[at], Lacks: made.lacks[at], Body: body,
		})
	}
	slices.SortFunc(parts, func(a, b ingest.Part) int { return strings.Compare(place(a), place(b)) })
	return parts
}

func place(part ingest.Part) string {
	return strings.Join([]string{part.Account, part.Region, part.Service, part.Operation, part.Item}, "\x00")
}

// tagged gives the item's tags as the API lists them, with the names of the list's members.
func (item item) tagged(key, value string) []any {
	tags := []any{}
	for _, name := range slices.Sorted(maps.Keys(item.Tags)) {
		tags = append(tags, map[string]any{key: name, value: item.Tags[name]})
	}
	return tags
}

// supplement gives a part of the supplementary configuration, which is JSON or JSON as text, and whether there is one.
func (item item) supplement(name string) (any, bool) {
	value, found := item.Supplementary[name]
	if text, is := value.(string); is {
		var inside any
		if json.Unmarshal([]byte(text), &inside) == nil {
			return inside, true
		}
	}
	return value, found && value != nil
}

// asAPI gives a value with its members named as the command line prints them: AWS Config begins the names of most services' members with
// a small letter. The names of variables and tags are the customer's own.
func asAPI(value any) any {
	switch value := value.(type) {
	case map[string]any:
		named := make(map[string]any, len(value))
		for name, inside := range value {
			if name == "variables" || name == "tags" && isObject(inside) {
				named[capital(name)] = inside
				continue
			}
			named[capital(name)] = asAPI(inside)
		}
		return named
	case []any:
		list := make([]any, len(value))
		for i, inside := range value {
			list[i] = asAPI(inside)
		}
		return list
	}
	return value
}

func isObject(value any) bool {
	_, is := value.(map[string]any)
	return is
}

func capital(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// global is the item of what lies in no region although AWS Config names one.
func (item item) global() item {
	item.Region = ""
	return item
}
