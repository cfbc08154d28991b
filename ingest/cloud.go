package ingest

import (
	"iter"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// Cloud is what reading a bundle needs to know of a provider.
type Cloud struct {
	// Name is the first part of the provider's scopes and of its folders in a bundle, such as aws.
	Name string
	// Account and Region tell a folder's name that is one from a name that is not.
	Account, Region func(name string) bool
	// Site completes what a folder's name says of where its files were read. It gives what it had to assume, in
	// words. A site without an account means that nothing in the folder tells.
	Site func(folder Folder) (Site, []string)
	// Divide, where there is one, takes the exports that hold many operations' answers in one apart.
	Divide func(exports []Export) []Part
	// Settle, where there is one, sees each batch when all that was read of its scope is in it, and takes back what
	// does not hold because of what is missing.
	Settle func(batch *graph.Batch)
	// Readings are the provider's tables, ordered by service and operation.
	Readings []Reading
}

// Reading is what a table is to a reader of files: all but its call.
type Reading struct {
	Service, Operation, Parent, Items, Again, Combined string
	Global, Tenant, Joined                             bool
	// Export marks what Divide reads: it is no answer itself.
	Export bool
	Map    func(site Site, item string, body []byte) (Facts, error)
}

// Readings gives the readings of tables, in their order.
func Readings[C any](tables []Table[C]) []Reading {
	readings := make([]Reading, len(tables))
	for i, table := range tables {
		readings[i] = Reading{
			Service: table.Service, Operation: table.Operation, Parent: table.Parent, Items: table.Items, Again: table.Again,
			Combined: table.Combined, Global: table.Global, Tenant: table.Tenant, Joined: table.Joined, Map: table.Map,
		}
	}
	return readings
}

// find gives the reading of a file's service and operation; whole tells that the file holds all items' answers.
func (cloud *Cloud) find(service, operation string, item bool) (reading *Reading, found bool) {
	for i := range cloud.Readings {
		reading := &cloud.Readings[i]
		if reading.Service != service {
			continue
		}
		if reading.Operation == operation && (!item || reading.Parent != "") {
			return reading, true
		}
		if reading.Combined == operation && operation != "" && !item {
			return reading, true
		}
	}
	return nil, false
}

// services gives the names of the services that have tables of the kind asked for, in order.
func (cloud *Cloud) services(global, tenant bool) []string {
	var names []string
	for _, reading := range cloud.Readings {
		if reading.Global == global && reading.Tenant == tenant && !reading.Export {
			names = append(names, reading.Service)
		}
	}
	return slices.Compact(names)
}

// Folder is a place in a bundle whose files were all read in one account (and, where they lie in no region's folder, in
// one region).
type Folder struct {
	// Named is what the names of the folders say; what they do not say is empty.
	Named Site

	files []*file
	read  func(*file) ([]byte, error)
}

// Files gives the folder's files as <service>/<operation> with their bodies, in order. Files that cannot be read
// are left out.
func (folder Folder) Files() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for _, file := range folder.files {
			body, err := folder.read(file)
			if err == nil && !yield(file.reading.Service+"/"+file.operation, body) {
				return
			}
		}
	}
}
