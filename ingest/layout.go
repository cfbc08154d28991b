package ingest

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
)

const (
	globalFolder  = "global"
	bundleFolder  = 4                // folders that may lie above a bundle's own in what is read
	deepestFolder = bundleFolder + 6 // cloud/account/region/service/operation/item
)

// file is one answer in a bundle, where its path says that it was read.
type file struct {
	path      string // within the bundle, with slashes
	base      string // the folders above the bundle's own
	named     Site   // what the folders' names say; the partition is never there
	global    bool   // it lies in the folder of what has no region
	operation string // as in the path
	item      string
	reading   *Reading
	refused   string // why it must not or cannot be opened
	body      []byte // its content, where it was a part of an export
	leftover  string // the pagination token of that export
	lacks     string // what it does not hold of its answer
}

// place reads a path from its end: <service>/<operation>[/<item>].json, and above it, each if it is there, the
// region, the account and the cloud. It gives nil for a file that no table reads.
func (cloud *Cloud) place(name string) *file {
	trimmed, isJSON := strings.CutSuffix(name, ".json")
	parts := strings.Split(trimmed, "/")
	n := len(parts)
	if !isJSON || n < 2 {
		return nil
	}
	found := &file{path: name}
	var rest []string
	if reading, ok := cloud.find(parts[max(n-3, 0)], parts[n-2], true); n >= 3 && ok && reading.Operation == parts[n-2] {
		item, err := url.PathUnescape(parts[n-1])
		if err != nil {
			return nil
		}
		found.reading, found.operation, found.item, rest = reading, parts[n-2], item, parts[:n-3]
	} else if reading, ok := cloud.find(parts[n-2], parts[n-1], false); ok {
		found.reading, found.operation, rest = reading, parts[n-1], parts[:n-2]
	} else {
		return nil
	}
	if last := len(rest) - 1; last >= 0 && rest[last] == globalFolder {
		found.global, rest = true, rest[:last]
	} else if last >= 0 && cloud.Region(rest[last]) {
		found.named.Region, rest = rest[last], rest[:last]
	}
	if last := len(rest) - 1; last >= 0 && cloud.Account(rest[last]) {
		found.named.Account, rest = rest[last], rest[:last]
	}
	if last := len(rest) - 1; last >= 0 && rest[last] == cloud.Name {
		rest = rest[:last]
	}
	found.base = path.Join(rest...)
	misplaced := found.global && !found.reading.Global || found.named.Region != "" && found.reading.Global
	if len(rest) > bundleFolder || misplaced {
		return nil
	}
	return found
}

// fileName is an item's name as a file's: escaped as in a URL's path, so that it is one file on every system.
func fileName(item string) string {
	return strings.ReplaceAll(url.PathEscape(item), ":", "%3A") + ".json"
}

// listing is what lies in a folder.
type listing struct {
	files   []string          // regular files that can be opened without leaving the folder, in order
	ignored []string          // what is not read: links to folders, what lies too deep
	refused map[string]string // paths that must not or cannot be opened, with the reason
}

// list walks a folder. It does not follow links to folders, so that it ends; hidden files and folders are left alone.
func list(root *os.Root) (listing, error) {
	found := listing{refused: map[string]string{}}
	err := fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			found.refused[name] = reason(err)
			return nil
		case name != "." && strings.HasPrefix(entry.Name(), "."):
			if entry.IsDir() {
				return fs.SkipDir
			}
		case entry.IsDir():
			if strings.Count(name, "/") >= deepestFolder {
				found.ignored = append(found.ignored, name+"/")
				return fs.SkipDir
			}
		case entry.Type()&fs.ModeSymlink != 0:
			found.link(root, name)
		case !entry.Type().IsRegular():
			found.refused[name] = "not a regular file"
		default:
			found.files = append(found.files, name)
		}
		return nil
	})
	slices.Sort(found.files)
	return found, err
}

func (found *listing) link(root *os.Root, name string) {
	info, err := root.Stat(name)
	switch {
	case err != nil:
		found.refused[name] = "a link that leads out of the folder, or nowhere"
	case info.IsDir():
		found.ignored = append(found.ignored, name+"/")
	case !info.Mode().IsRegular():
		found.refused[name] = "not a regular file"
	default:
		found.files = append(found.files, name)
	}
}

// reason is an error without the path that it repeats.
func reason(err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}
