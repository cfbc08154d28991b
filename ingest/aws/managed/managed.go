// Package managed holds the documents of the policies that AWS manages, for accounts of which an attached policy
// is known by name alone. They are a copy of one day: AWS changes these policies, so an account's own answer goes first.
package managed

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed policies.json.gz
var packed []byte

type table struct {
	Source   string
	Policies map[string]Policy
}

// Policy is a policy that AWS manages.
type Policy struct {
	// Version is the id of the version that the document is, such as v12.
	Version string
	// Document is the policy as compact JSON.
	Document json.RawMessage
	// Source names the collection of which the copy is a part, and its version.
	Source string `json:"-"`
}

var load = sync.OnceValue(func() table {
	var all table
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(unpacked).Decode(&all)
	}
	if err != nil {
		panic("managed: the embedded copy is broken: " + err.Error())
	}
	return all
})

// Find gives the policy with an ARN such as arn:aws:iam::aws:policy/job-function/ViewOnlyAccess. Those of other
// partitions are not among them.
func Find(arn string) (Policy, bool) {
	path, ok := strings.CutPrefix(arn, "arn:aws:iam::aws:policy/")
	if !ok {
		return Policy{}, false
	}
	policy, ok := load().Policies[path]
	policy.Source = load().Source
	return policy, ok
}
