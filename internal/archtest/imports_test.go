// Package archtest holds the direction of dependencies: data flows one way through the house, and nothing
// downstream is known upstream. docs/adr/0001-shape.md gives the reasons.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/inroad-security/inroad"

// rule limits what the packages below a folder may import. allow lists import path prefixes; the standard library is
// always allowed. A trailing $ matches that package alone.
type rule struct {
	folder string
	reason string
	allow  []string
	tests  []string // more that test files may import
}

// The most specific folder's rule holds.
var rules = []rule{
	{
		folder: "graph", reason: "the domain knows no cloud, store or wire", allow: nil,
		tests: []string{module + "/graph", "github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak"},
	},
	{folder: "graph/kinds", reason: "the schema is the domain's", allow: []string{module + "/graph$"}},
	{folder: "graph/affected", reason: "what scanners found is said of assets by the graph alone", allow: []string{module + "/graph$", module + "/graph/kinds"}},
	{folder: "graph/view", reason: "the property graph is the domain seen with its schema", allow: []string{module + "/graph$", module + "/graph/kinds"}, tests: []string{"github.com/google/go-cmp"}},
	{
		folder: "graph/technique", reason: "techniques ask an Authorizer, never a cloud", allow: []string{module + "/graph$", module + "/graph/kinds", "go.yaml.in/yaml/v3"},
		tests: []string{module + "/graph", module + "/internal", module + "/ingest", "github.com/rogpeppe/go-internal", "github.com/google/go-cmp", "pgregory.net/rapid", "golang.org/x/tools/txtar"},
	},
	{
		folder: "graph/derive", reason: "derivation is pure over a snapshot", allow: []string{module + "/graph", module + "/internal/iam", module + "/internal/packet"},
		tests: []string{module + "/ingest", module + "/internal", "github.com/rogpeppe/go-internal", "github.com/google/go-cmp", "pgregory.net/rapid", "github.com/aws/aws-sdk-go-v2/aws", "go.yaml.in/yaml/v3"},
	},
	{
		folder: "graph/neo4jstore", reason: "a store knows the contract and its driver",
		allow: []string{module + "/graph$", module + "/graph/kinds", module + "/graph/view", module + "/internal/cypher", "github.com/neo4j/neo4j-go-driver/v5", "github.com/cenkalti/backoff/v6", "golang.org/x"},
		tests: []string{module + "/graph", module + "/internal", module + "/queries", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{
		folder: "internal/cypher", reason: "Cypher is answered from the packed graph alone", allow: []string{module + "/graph$", module + "/graph/view", module + "/internal/cypher", "golang.org/x/text"},
		tests: []string{module + "/graph", module + "/internal", "github.com/neo4j/neo4j-go-driver/v5", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "go.yaml.in/yaml/v3"},
	},
	{folder: "queries", reason: "the library of queries is text with front matter", allow: []string{module + "/graph$", "go.yaml.in/yaml/v3"}, tests: []string{module, "github.com/google/go-cmp", "golang.org/x/tools/txtar"}},
	{
		folder: "internal/export", reason: "the graph is written for others as the view shows it", allow: []string{module + "/graph$", module + "/graph/view"},
		tests: []string{module, "github.com/santhosh-tekuri/jsonschema/v6", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{folder: "internal/result", reason: "answers are printed as they come, from whatever gave them", allow: []string{module + "/graph$", "github.com/jedib0t/go-pretty/v6"}, tests: []string{"github.com/google/go-cmp"}},
	{
		folder: "internal/shell", reason: "the dialogue asks a querier and names no store", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/graph/view", module + "/queries", module + "/internal/result"},
		tests: []string{"github.com/google/go-cmp", "pgregory.net/rapid"},
	},
	{folder: "graph/storetest", reason: "the conformance suite knows only the contract", allow: []string{module + "/graph$", "github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak"}},
	{
		folder: "graph/boltstore", reason: "a store knows the contract and its driver", allow: []string{module + "/graph$", "go.etcd.io/bbolt", "golang.org/x/sys"},
		tests: []string{module + "/graph", module + "/internal/estate", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{
		folder: "ingest", reason: "ingest knows the domain, not what is made of it", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/ingest", "golang.org/x", "github.com/schollz/progressbar/v3"},
		tests: []string{module + "/graph", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/rogpeppe/go-internal/txtar", "github.com/google/go-cmp"},
	},
	{
		folder: "ingest/aws", reason: "a provider knows ingest, the schema and its SDK", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/ingest", "github.com/aws", "golang.org/x", "github.com/schollz/progressbar/v3"},
		tests: []string{module + "/graph", module + "/internal/awsfake", "go.uber.org/goleak", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{
		folder: "ingest/azure", reason: "a provider knows ingest, the schema and its SDK", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/ingest$", "github.com/Azure"},
		tests: []string{module + "/graph", "github.com/rogpeppe/go-internal/txtar", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{
		folder: "ingest/awsconfig", reason: "an inventory becomes answers, whose mapping is not its affair", allow: []string{module + "/graph$", module + "/ingest$"},
		tests: []string{module + "/graph", module + "/ingest", "github.com/google/go-cmp"},
	},
	{folder: "ingest/scan", reason: "a scanner's report is read into the domain's words", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/ingest$"}, tests: []string{"github.com/google/go-cmp"}},
	{folder: "internal/awsfake", reason: "a fake knows nothing of what is tested with it"},
	{
		folder: "scoring", reason: "scoring is pure over a snapshot", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/scoring"},
		tests: []string{module + "/graph", module + "/internal/estate", "gonum.org", "pgregory.net/rapid", "github.com/google/go-cmp"},
	},
	{folder: "scoring/reliability", reason: "chances of systems know no graph", allow: nil},
	{folder: "internal/iam", reason: "policy evaluation is pure", allow: []string{module + "/internal/iam"}, tests: []string{"pgregory.net/rapid", "github.com/google/go-cmp"}},
	{
		folder: "internal/packet", reason: "packet algebra is pure", allow: []string{module + "/internal/packet", "go4.org/netipx", "github.com/gaissmai/bart"},
		tests: []string{"github.com/dalzilio/rudd", "pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/google/go-cmp", "golang.org/x/tools/txtar"},
	},
	{folder: "internal/finding", reason: "findings are made of the graph and its scores", allow: []string{module + "/graph$", module + "/graph/affected", module + "/graph/kinds", module + "/scoring"}, tests: []string{module, "github.com/google/go-cmp", "pgregory.net/rapid"}},
	{
		folder: "internal/analysis", reason: "the one pass from snapshot to answers names no store", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/graph/derive", module + "/graph/technique", module + "/scoring", module + "/internal/finding", module + "/internal/rehearsal", module + "/internal/threatmodel"},
		tests: []string{module, "github.com/google/go-cmp", "pgregory.net/rapid", "github.com/aws/aws-sdk-go-v2/aws"},
	},
	{folder: "scoring/cover", reason: "hitting sets know no graph", allow: nil},
	{folder: "scoring/dominator", reason: "a graph is arrays of numbers", allow: nil, tests: []string{"gonum.org", module + "/scoring/dominator"}},
	{folder: "scoring/flow", reason: "a network is arrays of numbers", allow: nil, tests: []string{"gonum.org", module + "/scoring/flow"}},
	{folder: "internal/rehearsal", reason: "changes are made on facts, and what follows is others' to derive", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/scoring"}},
	{folder: "internal/remedy", reason: "a guide is made of a change alone", allow: []string{module + "/graph$", module + "/scoring"}},
	{
		folder: "internal/assertion", reason: "an assertion is a question and what its answer must be",
		allow: []string{module + "/graph$", module + "/graph/kinds", module + "/scoring", module + "/internal/analysis", module + "/internal/threatmodel", module + "/internal/yamlfile"},
	},
	{folder: "internal/yamlfile", reason: "reading a file strictly needs no more than the parser", allow: []string{module + "/graph$", "go.yaml.in/yaml/v3"}},
	{
		folder: "internal/threatmodel", reason: "a threat model is read and resolved against a snapshot", allow: []string{module + "/graph$", module + "/graph/kinds", module + "/scoring", module + "/internal/yamlfile"},
		tests: []string{"github.com/google/go-cmp", "pgregory.net/rapid"},
	},
	{
		folder: "internal/identity", reason: "who may do what is asked of a snapshot and its authorizer, and names no store",
		allow: []string{module + "/graph$", module + "/graph/kinds", module + "/graph/derive", module + "/graph/technique", module + "/internal/iam", module + "/internal/analysis", module + "/scoring"},
		tests: []string{module, "github.com/google/go-cmp", "pgregory.net/rapid"},
	},
	{
		folder: "internal/reach", reason: "which packets get where is asked of a snapshot, and names no store",
		allow: []string{module + "/graph$", module + "/graph/derive", module + "/internal/packet", module + "/scoring"},
		tests: []string{module, "github.com/google/go-cmp"},
	},
	{
		folder: "internal/access", reason: "who may use a store is asked of a snapshot and its authorizer, and names no store",
		allow: []string{module + "/graph$", module + "/graph/kinds", module + "/graph/derive", module + "/scoring"},
		tests: []string{module, "github.com/google/go-cmp"},
	},
	{folder: "internal/server", reason: "the server serves interfaces, never a driver", allow: []string{
		module + "/graph$", module + "/graph/kinds", module + "/graph/view", module + "/queries", module + "/scoring", module + "/internal/finding", module + "/internal/assertion", module + "/internal/remedy", module + "/internal/threatmodel", module + "/internal/analysis", module + "/internal/identity", module + "/internal/reach", module + "/internal/iam", module + "/proto",
		"google.golang.org", "github.com/grpc-ecosystem", "buf.build", "golang.org/x",
	}, tests: []string{module, "go.uber.org/goleak", "github.com/google/go-cmp"}},
}

// Only these folders may name a store's driver, the SDKs or the wire types; each with its home.
var homes = map[string][]string{
	"go.etcd.io/bbolt":           {"graph/boltstore"},
	"github.com/aws/aws-sdk-go":  {"ingest/aws", "cmd", "internal/cli"},
	"google.golang.org/grpc":     {"internal/server", "proto", "cmd", "internal/cli", "docs/examples", "examples"},
	"google.golang.org/protobuf": {"internal/server", "proto", "cmd", "internal/cli", "docs/examples", "examples"},
	module + "/graph/boltstore":  {"cmd", "graph/boltstore", "internal/bench"},
	"github.com/neo4j":           {"graph/neo4jstore"},
	module + "/graph/neo4jstore": {"cmd", "graph/neo4jstore", "internal/bench"},
}

func TestImportsFollowTheDirectionOfTheHouse(t *testing.T) {
	root := filepath.Join("..", "..")
	checked := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".." || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(relative))
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		test := strings.HasSuffix(path, "_test.go")
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			checked++
			if broken := violation(folder, imported, test); broken != "" {
				t.Errorf("%s imports %s: %s", relative, imported, broken)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 100 {
		t.Fatalf("only %d imports were checked: the test does not see the tree", checked)
	}
}

func violation(folder, imported string, test bool) string {
	if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
		return "" // the standard library
	}
	if !test {
		for library, homes := range homes {
			if strings.HasPrefix(imported, library) && !beneathAny(folder, homes) {
				return "it belongs to " + strings.Join(homes, ", ") + " alone"
			}
		}
	}
	var best *rule
	for i := range rules {
		if beneath(folder, rules[i].folder) && (best == nil || len(rules[i].folder) > len(best.folder)) {
			best = &rules[i]
		}
	}
	if best == nil || imported == module+"/"+folder {
		return ""
	}
	allowed := best.allow
	if test {
		allowed = append(append([]string{}, allowed...), best.tests...)
	}
	for _, prefix := range allowed {
		if exact, ok := strings.CutSuffix(prefix, "$"); ok && imported == exact || !ok && (imported == prefix || strings.HasPrefix(imported, prefix+"/") || strings.HasPrefix(imported, prefix) && strings.Count(prefix, "/") == 0) {
			return ""
		}
	}
	return best.reason
}

func beneath(folder, parent string) bool {
	return folder == parent || strings.HasPrefix(folder, parent+"/")
}

func beneathAny(folder string, parents []string) bool {
	for _, parent := range parents {
		if beneath(folder, parent) {
			return true
		}
	}
	return false
}

func TestARuleCanFail(t *testing.T) {
	for _, broken := range [][2]string{
		{"graph", module + "/graph/kinds"},
		{"graph", "go.etcd.io/bbolt"},
		{"scoring", module + "/ingest"},
		{"internal/server", module + "/graph/boltstore"},
		{"internal/cli", module + "/graph/boltstore"},
		{"ingest", "github.com/aws/aws-sdk-go-v2/aws"},
	} {
		if violation(broken[0], broken[1], false) == "" {
			t.Errorf("%s may import %s", broken[0], broken[1])
		}
	}
	if got := violation("ingest/aws", "github.com/aws/aws-sdk-go-v2/aws", false); got != "" {
		t.Errorf("a provider may not import its SDK: %s", got)
	}
}
