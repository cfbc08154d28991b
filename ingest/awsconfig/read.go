// Package awsconfig reads what AWS Config delivers to a bucket: snapshots and histories of an account's resources, or of the accounts
// whose recorders share the bucket. It turns each configuration item into the answer that the API would have given, so that the tables
// of ingest/aws map it: the formats are "Components of a configuration item" and "Viewing configuration history and snapshots",
// https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html,
// https://docs.aws.amazon.com/config/latest/developerguide/view-configuration-items.html.
package awsconfig

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// maxFile is the most that one file may hold, unpacked, in bytes.
const maxFile = 512 << 20

// item is a configuration item.
type item struct {
	AccountID     string `json:"accountId"`
	Region        string `json:"awsRegion"` // global for what has none
	Type          string `json:"resourceType"`
	ID            string `json:"resourceId"`
	Name          string `json:"resourceName"`
	ARN           string
	Status        string         `json:"configurationItemStatus"`
	Captured      time.Time      `json:"configurationItemCaptureTime"`
	Tags          map[string]any `json:"tags"`
	Configuration document       `json:"configuration"`
	Supplementary map[string]any `json:"supplementaryConfiguration"`
	from          string
	history       bool
}

// document is an item's configuration: an object, or, from a query of an aggregator, the object as text.
type document map[string]any

// UnmarshalJSON reads either shape; a deleted resource has none.
func (read *document) UnmarshalJSON(body []byte) error {
	var text string
	if json.Unmarshal(body, &text) == nil {
		if text == "" {
			return nil
		}
		body = []byte(text)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var members map[string]any
	if err := decoder.Decode(&members); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	*read = members
	return nil
}

// delivery is one file.
type delivery struct {
	SnapshotID string            `json:"configSnapshotId"`
	Items      []json.RawMessage `json:"configurationItems"`
	// Results are the items, each as text, of a query of an aggregator.
	Results []string
}

// Inventory is what files of AWS Config hold, as answers of the API.
type Inventory struct {
	Accounts []ingest.Collected
	Parts    []ingest.Part
	// Notes tell what was not read.
	Notes []string
}

// Read reads files, and all .json and .json.gz files below folders. Of a resource that several describe the newest item counts. It fails
// as graph.ErrInvalid where a file cannot be read or holds no configuration items.
func Read(paths []string) (Inventory, error) {
	var files []string
	for _, path := range paths {
		found, err := list(path)
		if err != nil {
			return Inventory{}, fmt.Errorf("config: %w", err)
		}
		files = append(files, found...)
	}
	newest := map[[4]string]item{}
	for _, file := range files {
		items, err := readFile(file)
		if err != nil {
			return Inventory{}, fmt.Errorf("config: %s: %w", file, err)
		}
		for _, item := range items {
			key := [4]string{item.AccountID, item.Region, item.Type, item.ID}
			if known, twice := newest[key]; !twice || item.Captured.After(known.Captured) {
				newest[key] = item
			}
		}
	}
	items := make([]item, 0, len(newest))
	for _, item := range newest {
		items = append(items, item)
	}
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	return inventory(items), nil
}

// list gives a file, or the files below a folder, in order.
func list(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	var files []string
	err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && (strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".json.gz")) {
			files = append(files, name)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%w: %s: no .json or .json.gz file is in it", graph.ErrInvalid, path)
	}
	return files, err
}

func readFile(path string) ([]item, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	body, err := unpacked(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return decode(body, filepath.Base(path))
}

// unpacked reads a file, which may be packed by gzip.
func unpacked(file io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		packed, failed := gzip.NewReader(bytes.NewReader(body))
		if failed != nil {
			return nil, fmt.Errorf("%w: not gzip: %w", graph.ErrInvalid, failed)
		}
		if body, err = io.ReadAll(io.LimitReader(packed, maxFile+1)); err != nil {
			return nil, fmt.Errorf("%w: not gzip: %w", graph.ErrInvalid, err)
		}
	}
	if len(body) > maxFile {
		return nil, fmt.Errorf("%w: larger than %d MiB, the most that a file may hold", graph.ErrInvalid, maxFile>>20)
	}
	return body, err
}

var (
	accountName = regexp.MustCompile(`^[0-9]{12}$`)
	regionName  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
)

// placed fails where an item does not tell what it is of.
func (item item) placed() error {
	switch {
	case !accountName.MatchString(item.AccountID):
		return fmt.Errorf("accountId is %q, want 12 digits", item.AccountID)
	case item.Region != "" && !regionName.MatchString(item.Region):
		return fmt.Errorf("awsRegion is %q, want a region such as eu-west-1, or global", item.Region)
	case item.Type == "" || item.ID == "":
		return errors.New("it lacks resourceType or resourceId")
	}
	return nil
}

// decode reads a file's items.
func decode(body []byte, from string) ([]item, error) {
	var file delivery
	if err := json.Unmarshal(body, &file); err != nil {
		return nil, fmt.Errorf("%w: not JSON: %w", graph.ErrInvalid, err)
	}
	for _, text := range file.Results {
		file.Items = append(file.Items, json.RawMessage(text))
	}
	if file.Items == nil {
		return nil, fmt.Errorf("%w: it has no list configurationItems: want a file that AWS Config delivered", graph.ErrInvalid)
	}
	history := file.SnapshotID == "" && len(file.Results) == 0
	items := make([]item, 0, len(file.Items))
	for i, raw := range file.Items {
		var read item
		if err := json.Unmarshal(raw, &read); err != nil {
			return nil, fmt.Errorf("%w: configurationItems[%d]: %w", graph.ErrInvalid, i, err)
		}
		if read.Region == "global" {
			read.Region = ""
		}
		if err := read.placed(); err != nil {
			return nil, fmt.Errorf("%w: configurationItems[%d]: %w", graph.ErrInvalid, i, err)
		}
		read.from, read.history = from, history
		items = append(items, read)
	}
	return items, nil
}
