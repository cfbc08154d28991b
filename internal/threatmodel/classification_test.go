package threatmodel_test

import (
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/threatmodel"
)

func TestTheUsersOwnClassification(t *testing.T) {
	bucket := func(name string, tags ...string) graph.Node {
		return graph.Node{ID: graph.ID("arn:aws:s3:::" + name), Kind: kinds.AWSBucket, Props: graph.Props{"name": name, "tags": tags}}
	}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/111111111111/global/test", Nodes: []graph.Node{
		bucket("a", "Schutzbedarf=sehr hoch"), bucket("b", "schutzbedarf=normal"), bucket("c", "enthaelt-iban=true"), bucket("d", "enthaelt-iban=false"),
		bucket("lohn-2026"), bucket("e", "data-classification=pii"), bucket("f", "data-classification=internal"), bucket("customer-list"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	const own = `
classification:
  keys: [schutzbedarf]
  words: {sehr hoch: 9, normal: 0, internal: 4}
  flags: {enthaelt-iban: 8}
  names: [lohn]
`
	for _, test := range []struct {
		name, text string
		values     map[string]int
	}{
		{"beside the defaults", own, map[string]int{"a": 9, "b": 0, "c": 8, "d": 0, "lohn-2026": 5, "e": 9, "f": 4, "customer-list": 5}},
		{"alone", own + "  alone: true\n", map[string]int{"a": 9, "c": 8, "lohn-2026": 5, "e": 0, "f": 0, "customer-list": 0}},
		{"none", "only: false\n", map[string]int{"a": 0, "c": 0, "lohn-2026": 0, "e": 9, "f": 0, "customer-list": 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			model, err := threatmodel.Parse("inroad.yaml", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			resolved, err := model.Resolve(snapshot)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]int{}
			for _, jewel := range resolved.Jewels {
				found[strings.TrimPrefix(string(jewel.ID), "arn:aws:s3:::")] = jewel.Value
			}
			for name, value := range test.values {
				if found[name] != value {
					t.Errorf("%s is worth %d, want %d", name, found[name], value)
				}
			}
		})
	}
}

func TestAClassificationThatCannotBeReadNamesFileLineAndField(t *testing.T) {
	for text, want := range map[string]string{
		"classification:\n  words: {pii: 11}\n":         "inroad.yaml:2: classification.words.pii: \"11\": want a whole number from 0 to 10",
		"classification:\n  words: [pii]\n":             "inroad.yaml:2: classification.words: want a mapping",
		"classification:\n  words: {pii: 9, pii: 8}\n":  "classification.words.pii: it stands here twice",
		"classification:\n  labels: {pii: 9}\n":         "classification.labels: no such field: want alone, flags, keys, names, words",
		"classification:\n  keys: [{a: b}]\n":           "classification.keys[0]: want a text",
		"classification:\n  flags: {contains-pii: x}\n": "classification.flags.contains-pii: \"x\": want a whole number",
	} {
		if _, err := threatmodel.Parse("inroad.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
