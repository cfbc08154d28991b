// Package aws reads Amazon Web Services: one file of tables a service, each table one read operation with its pure
// mapping to the graph. A new service is one file that registers its tables, and one recording under testdata/.
package aws

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/inroad-security/inroad/ingest"
)

// Table is one read operation of AWS and its mapping to the graph.
type Table = ingest.Table[aws.Config]

var registry []Table

// register adds a service's tables; every service's file calls it from its init. It panics where one operation
// is declared twice, for that can only be a mistake in the source.
func register(tables ...Table) {
	for _, table := range tables {
		at, found := slices.BinarySearchFunc(registry, table, compareTables)
		if found {
			panic(fmt.Sprintf("aws: %s/%s is declared twice", table.Service, table.Operation))
		}
		registry = slices.Insert(registry, at, table)
	}
}

func compareTables(a, b Table) int {
	return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation))
}

// Tables gives every declared table, ordered by service and operation.
func Tables() []Table { return slices.Clone(registry) }
