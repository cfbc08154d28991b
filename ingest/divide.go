package ingest

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
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
	// Account is the account or tenant that it was read in.
	Account                  string
	Service, Operation, Item string
	// From is the path of the export.
	From string
	Body []byte
	// Leftover is as of the export.
	Leftover string
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
	var files []*file
	for _, part := range cloud.Divide(exports) {
		name := path.Join(cloud.Name, part.Account, globalFolder, part.Service, part.Operation)
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
		placed.leftover = part.Leftover
		files = append(files, placed)
	}
	return files
}
