package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/inroad-security/inroad/ingest"
)

// mapping is a Table's Map.
type mapping = func(ingest.Site, string, []byte) (ingest.Facts, error)

// once is the table of an operation that is called once in each region.
func once(service, operation, action string, mapped mapping, call func(context.Context, aws.Config) (any, error)) Table {
	return Table{
		Service: service, Operation: operation, Actions: []string{action}, Map: mapped,
		Call: func(ctx context.Context, config aws.Config, _ string) (any, error) { return call(ctx, config) },
	}
}

// of is an operation's place under another: called for each of the items that the parent's answer names at the path,
// with the item as the command's option.
type of struct{ parent, items, option string }

// perItem is the table of an operation that is called for each of another's items. The codes are those of Table.Absent.
func perItem(service, operation, action string, of of, mapped mapping, call func(context.Context, aws.Config, string) (any, error), absent ...string) Table {
	return Table{
		Service: service, Operation: operation, Actions: []string{action}, Map: mapped, Call: call, Absent: absent,
		Parent: of.parent, Items: of.items, Command: "aws " + service + " " + operation + " " + of.option + ` "$item"`,
	}
}

// mapNothing reads nothing of a list whose items are described one by one.
func mapNothing(*ingest.Facts, ingest.Site, string, struct{}) {}
