package scoring

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Jewel is what an attacker wants.
type Jewel struct {
	// Value from 1 to 10.
	Value int
	// Reason is why it has that value, one clause for a person.
	Reason string
}

// The values of docs/scoring.md.
const (
	valueAccount  = 10
	valueDetected = 9
	valueState    = 7 // Terraform state and backups hold what the rest is made of
	valueSecret   = 6
	valueDatabase = 6
	valueName     = 5
	valuePublic   = 3
)

// Classify finds the crown jewels of a snapshot: every account; stores by their tags, their kind and, as weak evidence, their
// name. Encryption keys are none by themselves: what they protect is.
func Classify(snapshot *graph.Snapshot, taxonomy Taxonomy) map[graph.ID]Jewel {
	jewels := map[graph.ID]Jewel{}
	for account := range snapshot.OfKind(kinds.Of(kinds.Account)...) {
		jewels[snapshot.ID(account)] = Jewel{Value: valueAccount, Reason: "full control of the account"}
	}
	ready := taxonomy.lookup()
	public := publicStores(snapshot)
	for store := range snapshot.OfKind(kinds.Of(kinds.DataStore)...) {
		jewel := ready.classify(snapshot.Node(store), public[store])
		if found := detected(snapshot, store); found.Value >= jewel.Value {
			jewel = found
		}
		if jewel.Value > 0 {
			jewels[snapshot.ID(store)] = jewel
		}
	}
	return jewels
}

// detected gives the worth of what a detector has found in a store, which is stronger evidence than any tag.
func detected(snapshot *graph.Snapshot, store graph.Index) Jewel {
	var classes []string
	for issue := range snapshot.Predecessors(store, kinds.AttachedTo) {
		if snapshot.Kind(issue) == kinds.DetectedIssue {
			classes = append(classes, snapshot.Props(issue).List("classes")...)
		}
	}
	if len(classes) == 0 {
		return Jewel{}
	}
	return Jewel{Value: valueDetected, Reason: "sensitive data that a detector found in it: " + strings.Join(graph.Sorted(classes), ", ")}
}

// classify gives a store's worth: the most that anything says of it. The strongest evidence comes first, and wins ties.
func (ready lookup) classify(store graph.Node, public bool) Jewel {
	var best Jewel
	offer := func(value int, reason string) {
		if value > best.Value {
			best = Jewel{Value: value, Reason: reason}
		}
	}
	if value, tag := ready.tagged(store.Props.List("tags")); value > 0 {
		offer(value, "sensitive data by its tag "+tag)
	}
	name := store.Props.Text("name")
	if name == "" {
		name = nameOf(store.ID)
	}
	switch store.Kind {
	case kinds.AWSBucket, kinds.AzureStorageAccount, kinds.AzureBlobContainer:
		if state := stateBucket(name, store.Props.List("objects")); state != "" {
			offer(valueState, state)
		}
	case kinds.AWSSecret:
		offer(valueSecret, "a secret")
	case kinds.AzureKeyVault:
		offer(valueSecret, "a vault of secrets and keys")
	case kinds.AWSParameter:
		if kind := store.Props.Text("type"); kind == "SecureString" || kind == "" {
			offer(valueSecret, "a secret parameter")
		}
	case kinds.AWSDatabase, kinds.AWSTable, kinds.AWSWarehouse, kinds.AWSSearchDomain, kinds.AzureSQLDatabase:
		offer(valueDatabase, "a database")
	case kinds.AWSBackupVault:
		offer(valueState, "a vault of backups")
	case kinds.AWSDatabaseSnapshot:
		offer(valueDatabase, "a copy of a database")
	}
	if word := ready.named(name); word != "" {
		offer(valueName, fmt.Sprintf("its name holds %q, which is weak evidence", word))
	}
	if public && !store.Props.Flag("website") {
		offer(valuePublic, "a public store of unknown content")
	}
	return best
}

// stateBucket tells Terraform state and backups, by the bucket's name or by what it was seen to hold.
func stateBucket(name string, objects []string) string {
	parts := words(name)
	for _, run := range [][]string{{"tfstate"}, {"terraform", "state"}, {"tf", "state"}, {"terraform", "backend"}} {
		if containsRun(parts, run) {
			return "Terraform state, by its name"
		}
	}
	for _, object := range objects {
		if strings.HasSuffix(object, ".tfstate") {
			return "Terraform state: it holds " + object
		}
	}
	if slices.Contains(parts, "backup") || slices.Contains(parts, "backups") {
		return "backups, by its name"
	}
	return ""
}

// publicStores are those that an outsider reads or changes.
func publicStores(snapshot *graph.Snapshot) map[graph.Index]bool {
	public := map[graph.Index]bool{}
	internet, ok := snapshot.Find(graph.Internet)
	if !ok {
		return public
	}
	for _, kind := range []graph.EdgeKind{kinds.CanRead, kinds.CanWrite} {
		for store := range snapshot.Successors(internet, kind) {
			public[store] = true
		}
	}
	return public
}

// nameOf is the last part of an id, what people would call the resource.
func nameOf(id graph.ID) string {
	return string(id[strings.LastIndexAny(string(id), ":/")+1:])
}
