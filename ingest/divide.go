package ingest

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Export is a file that holds the answers of many operations in one: a query over all of a tenant's resources, say.
type Export struct {
	// Path is the file's, within the bundle; Operation and Item are as in it.
	Path, Operation, Item string
	Body                  []byte
	// Leftover names the pagination token that it still holds; empty for a whole export.
	Leftover string
}

// Part is one operation's answer out of an export.
type Part struct {
	// Account is the account or tenant that it was read in, Region its region; empty for what has none.
	Account, Region          string
	Service, Operation, Item string
	// From is the path of the export.
	From string
	Body []byte
	// Leftover is as of the export.
	Leftover string
	// Lacks says what the part does not hold of its answer; empty where it is whole.
	Lacks string
}

// divided takes the exports of one folder apart. What is in them is read as if the parts had been files of their own.
func (reader *bundleReader) divided(key folderKey, held []*file) []*file {
	cloud := &reader.clouds[key.cloud]
	var exports []Export
	for _, file := range held {
		body, err := reader.read(file)
		if err != nil {
			reader.report.Broken = append(reader.report.Broken, file.path+": "+err.Error())
			continue
		}
		var text any
		if err := json.Unmarshal(body, &text); err != nil {
			reader.report.Broken = append(reader.report.Broken, file.path+": "+whereIn(body, err).Error())
			continue
		}
		exports = append(exports, Export{file.path, file.operation, file.item, body, leftover(body)})
	}
	slices.SortFunc(exports, func(a, b Export) int { return strings.Compare(a.Path, b.Path) })
	return reader.placed(key, cloud.Divide(exports))
}

// placed puts parts where they would lie as files of their own.
func (reader *bundleReader) placed(key folderKey, parts []Part) []*file {
	cloud := &reader.clouds[key.cloud]
	var files []*file
	for _, part := range parts {
		name := path.Join(cloud.Name, part.Account, cmp.Or(part.Region, globalFolder), part.Service, part.Operation)
		if part.Item == "" {
			name += ".json"
		} else {
			name = path.Join(name, fileName(part.Item))
		}
		placed := cloud.place(name)
		if placed == nil {
			reader.report.Broken = append(reader.report.Broken, part.From+": "+part.Account+" is no account's name; what it is said of there is not read")
			continue
		}
		placed.path, placed.base, placed.body = part.From+" ("+part.Service+"/"+part.Operation+")", key.base, part.Body
		placed.leftover, placed.lacks = part.Leftover, part.Lacks
		files = append(files, placed)
	}
	return files
}

// Assemble makes batches of answers that were taken out of something else than a bundle, such as an inventory that the provider keeps.
// Accounts are those that it is of, as a manifest would tell. What it lacks makes its scope incomplete, as of a bundle.
func Assemble(ctx context.Context, cloud Cloud, accounts []Collected, parts []Part) ([]graph.Batch, Report, error) {
	reader := bundleReader{clouds: []Cloud{cloud}, manifests: map[string]Manifest{"": {Accounts: accounts}}, shelves: map[graph.Scope]*shelf{}}
	for _, account := range accounts {
		key := folderKey{account: account.Account}
		own := slices.DeleteFunc(slices.Clone(parts), func(part Part) bool { return part.Account != account.Account })
		if err := reader.locate(key, reader.placed(key, own)); err != nil {
			return nil, Report{}, err
		}
	}
	if err := reader.mapFiles(ctx); err != nil {
		return nil, Report{}, err
	}
	return reader.batches(), reader.report, nil
}
