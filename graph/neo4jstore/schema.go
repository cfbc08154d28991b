package neo4jstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
)

// rule is a constraint or an index: its name, and the statement that makes it unless it is there, so that an interrupted
// migration is made again.
type rule struct{ name, statement string }

// migrations bring the database to what this program works with, one after the other; the head says which is the last that was
// made. They are numbered from 1 and never changed once released: a change takes the next number.
var migrations = []func() []rule{
	// 1: the store's own nodes, and one node for each id.
	func() []rule {
		return []rule{
			unique(labelHead, "_name"), unique(labelTurn, "_name"), unique(labelScope, "_key"), unique(labelChunk, "_key"),
			index(labelChunk, "_from"), unique(view.Entity, "id"),
		}
	},
}

// declared gives the rules of the kinds, which follow what graph/kinds declares: an id names one node of its kind, and each label
// and class finds a node by its id without looking at all.
func declared() []rule {
	rules := []rule{unique(string(graph.Stub), "id")}
	classes := map[string]bool{}
	for _, spec := range kinds.Nodes() {
		rules = append(rules, unique(string(spec.Label), "id"))
		for _, class := range spec.Classes {
			classes[string(class)] = true
		}
	}
	for _, class := range slices.Sorted(maps.Keys(classes)) {
		if _, kind := kinds.NodeSpec(graph.NodeKind(class)); !kind {
			rules = append(rules, index(class, "id"))
		}
	}
	return rules
}

// fingerprint is equal for equal rules.
func fingerprint(rules []rule) string {
	hash := sha256.New()
	for _, rule := range rules {
		hash.Write([]byte(rule.statement + "\n"))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// plainName is what a name in a statement of the schema must be. All come from this program's own declarations.
var plainName = regexp.MustCompile(`^_?[A-Za-z][A-Za-z0-9_]*$`)

func unique(label, property string) rule {
	return made("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", label, property)
}

func index(label, property string) rule {
	return made("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (n.%s)", label, property)
}

func made(statement, label, property string) rule {
	if !plainName.MatchString(label) || !plainName.MatchString(property) {
		panic("neo4jstore: a name that is not plain: " + label + " " + property)
	}
	name := "inroad_" + strings.ToLower(strings.Trim(label, "_")+"_"+strings.Trim(property, "_"))
	return rule{name, fmt.Sprintf(statement, name, label, property)}
}

// migrate makes the rules that are missing, then the head or what it says of them. It can be interrupted at any place, and two
// programs may do it at once.
func (store *Store) migrate(ctx context.Context, before *head) error {
	rules := declared()
	after := head{format: format, tenant: store.place.tenant, schema: int64(len(migrations)), declared: fingerprint(rules), graph: graphWhole}
	if before != nil && before.schema > after.schema {
		return fmt.Errorf("%w: a newer version of Inroad brought its schema to number %d, and this one knows %d: install the newer version",
			graph.ErrInvalid, before.schema, after.schema)
	}
	if before != nil && before.schema == after.schema && before.declared == after.declared {
		return nil
	}
	done := int64(0)
	if before != nil {
		done = before.schema
	}
	for _, migration := range migrations[done:] {
		rules = append(rules, migration()...)
	}
	if err := store.ensure(ctx, rules); err != nil {
		return err
	}
	err := store.write(ctx, func(tx neo4j.ManagedTransaction) error {
		props := after.props()
		_, err := run(ctx, tx, `MERGE (turn:`+labelTurn+` {_name: "turn"})
			MERGE (head:`+labelHead+` {_name: "head"})
			ON CREATE SET head += $props
			ON MATCH SET head._schema = $props._schema, head._declared = $props._declared`, map[string]any{"props": props})
		return err
	})
	return err
}

// ensure makes the rules that are not there yet and waits until they hold.
func (store *Store) ensure(ctx context.Context, rules []rule) error {
	known := map[string]bool{}
	for _, statement := range []string{"SHOW CONSTRAINTS YIELD name", "SHOW INDEXES YIELD name"} {
		err := store.read(ctx, func(tx neo4j.ManagedTransaction) error {
			records, err := collect(ctx, tx, statement, nil)
			for _, record := range records {
				name, _ := record.Values[0].(string)
				known[name] = true
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	missing := slices.DeleteFunc(rules, func(rule rule) bool { return known[rule.name] })
	if len(missing) == 0 {
		return nil
	}
	err := store.write(ctx, func(tx neo4j.ManagedTransaction) error {
		for _, rule := range missing {
			if _, err := run(ctx, tx, rule.statement, nil); err != nil {
				return fmt.Errorf("%s: %w", rule.statement, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return store.read(ctx, func(tx neo4j.ManagedTransaction) error {
		_, err := run(ctx, tx, "CALL db.awaitIndexes(300)", nil)
		return err
	})
}
