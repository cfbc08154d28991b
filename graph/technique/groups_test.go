package technique_test

import (
	"context"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

const joinable = `
users: {dev: {inline: {own: {"Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "arn:aws:iam::111111111111:group/readers"}}}}
groups: {readers: {inline: {own: {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/*"}}}}
nodes: {"arn:aws:s3:::records": {kind: AWSBucket, policy: "", encryption: AES256}}
`

// Whoever joins a group has what the group reads.
func TestAJoinedGroupLeadsToWhatItReads(t *testing.T) {
	for name, test := range map[string]struct {
		over string
		want bool
	}{
		"the group may be joined, and reads":   {"", true},
		"another group may be joined":          {`users: {dev: {inline: {own: {"Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "arn:aws:iam::111111111111:group/other"}}}}`, false},
		"the group reads something else":       {`groups: {readers: {inline: {own: {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}}}}`, false},
		"the group is denied what it may read": {`groups: {readers: {inline: {guard: {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := build(t, overlay(t, []byte(joinable), []byte(test.over)))
			batches, err := derive.Derive(context.Background(), snapshot, derive.Options{AWS: technique.AWS()})
			if err != nil {
				t.Fatal(err)
			}
			var edges []graph.Edge
			for _, batch := range batches {
				edges = append(edges, batch.Edges...)
			}
			has := func(from, to graph.ID, kind graph.EdgeKind) bool {
				return slices.ContainsFunc(edges, func(edge graph.Edge) bool { return edge.From == from && edge.To == to && edge.Kind == kind })
			}
			joined := has(named("user/dev"), named("group/readers"), kinds.CanEscalateTo)
			if got := joined && has(named("group/readers"), "arn:aws:s3:::records", kinds.CanRead); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
