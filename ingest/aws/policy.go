package aws

import (
	"encoding/json"

	"github.com/inroad-security/inroad/graph"
)

// Policy is the least-privilege IAM policy of the collector, as JSON: the actions that the tables declare, and the one that
// lists the account's regions. None of them reads a secret's value. It may be longer than a managed policy can be; then it
// is a role's own, or split as the templates of CloudFormation and Terraform do.
func Policy() []byte {
	type statement struct {
		Sid, Effect string
		Action      []string
		Resource    string
	}
	body, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", []statement{{"InroadReads", "Allow", actions(), "*"}}}, "", "  ")
	if err != nil {
		panic("aws: " + err.Error()) // text alone always encodes
	}
	return append(body, '\n')
}

// actions are what the collector needs, sorted.
func actions() []string {
	all := []string{"ec2:DescribeRegions"}
	for _, table := range Tables() {
		all = append(all, table.Actions...)
	}
	return graph.Sorted(all)
}
