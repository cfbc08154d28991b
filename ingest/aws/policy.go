package aws

import (
	"encoding/json"

	"github.com/inroad-security/inroad/graph"
)

// Policy is the least-privilege IAM policy of the collector, as JSON: the actions that the tables declare, and the one that
// lists the account's regions. None of them reads a secret's value.
func Policy() []byte {
	actions := []string{"ec2:DescribeRegions"}
	for _, table := range Tables() {
		actions = append(actions, table.Actions...)
	}
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    string
	}
	body, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"InroadReads", "Allow", graph.Sorted(actions), "*"}}}, "", "  ")
	if err != nil {
		panic("aws: " + err.Error()) // text alone always encodes
	}
	return append(body, '\n')
}
