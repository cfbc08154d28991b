package ingest

import (
	"encoding/json"
	"fmt"
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
