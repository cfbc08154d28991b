package ingest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

const (
	manifestName    = "manifest.json"
	manifestVersion = 1
)

// Manifest is a collector's account of a bundle: what was read, when, and what could not be. It is the file
// manifest.json at the bundle's top. A bundle that was made without a collector has none.
type Manifest struct {
	Version int `json:"version"`
	// Complete tells that the collection ran to its end, whatever failed on the way.
	Complete bool             `json:"complete"`
	Accounts []Collected      `json:"accounts"`
	Errors   []CollectFailure `json:"errors"`
}

// Collected is one account's part in a collection.
type Collected struct {
	Cloud     string   `json:"cloud"`
	Partition string   `json:"partition,omitempty"`
	Account   string   `json:"account"`
	Regions   []string `json:"regions"`
	// Time is when the account's collection began, in UTC: everything in the bundle is at least that new.
	Time     time.Time `json:"collected"`
	Complete bool      `json:"complete"`
}

// CollectFailure is one call that failed for good.
type CollectFailure struct {
	Cloud     string `json:"cloud"`
	Account   string `json:"account"`
	Region    string `json:"region,omitempty"`
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Item      string `json:"item,omitempty"`
	// Code is the API's error code, such as AccessDenied, or Timeout, NoEndpoint or RequestFailed where the API said nothing.
	Code    string `json:"code"`
	Message string `json:"message"`
}

func decodeManifest(body []byte) (Manifest, error) {
	var manifest Manifest
	if err := json.Unmarshal(body, &manifest); err != nil {
		return Manifest{}, whereIn(body, err)
	}
	if manifest.Version != manifestVersion {
		return Manifest{}, fmt.Errorf("version %d of the manifest is not known; this release reads version %d", manifest.Version, manifestVersion)
	}
	return manifest, nil
}

// withAccount replaces what the manifest says of an account, and forgets the account's failures.
func (manifest Manifest) withAccount(account Collected) Manifest {
	same := func(cloud, name string) bool { return cloud == account.Cloud && name == account.Account }
	manifest.Accounts = slices.DeleteFunc(slices.Clone(manifest.Accounts), func(known Collected) bool { return same(known.Cloud, known.Account) })
	manifest.Errors = slices.DeleteFunc(slices.Clone(manifest.Errors), func(failed CollectFailure) bool { return same(failed.Cloud, failed.Account) })
	manifest.Accounts = append(manifest.Accounts, account)
	slices.SortFunc(manifest.Accounts, func(a, b Collected) int {
		return cmp.Or(cmp.Compare(a.Cloud, b.Cloud), cmp.Compare(a.Account, b.Account))
	})
	manifest.Complete = !slices.ContainsFunc(manifest.Accounts, func(account Collected) bool { return !account.Complete })
	if manifest.Errors == nil {
		manifest.Errors = []CollectFailure{}
	}
	return manifest
}

// with ends an account's part: the calls that failed, in order, and whether all others were made.
func (manifest Manifest) with(cloud, account string, failures []CollectFailure, complete bool) Manifest {
	for _, known := range manifest.Accounts {
		if known.Cloud == cloud && known.Account == account {
			known.Complete = complete
			manifest = manifest.withAccount(known)
			break
		}
	}
	manifest.Errors = append(manifest.Errors, failures...)
	slices.SortFunc(manifest.Errors, func(a, b CollectFailure) int {
		return cmp.Or(cmp.Compare(a.Cloud, b.Cloud), cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Item, b.Item))
	})
	return manifest
}
