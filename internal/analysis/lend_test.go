package analysis_test

import (
	"context"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
)

func TestWhatIsGrantedToEveryoneIsGrantedToANamedEntry(t *testing.T) {
	const (
		account = graph.ID("arn:aws:iam::111111111111:root")
		ann     = graph.ID("arn:aws:iam::111111111111:user/ann")
		open    = graph.ID("arn:aws:s3:::open")
		shut    = graph.ID("arn:aws:s3:::shut")
		anyones = graph.ID("arn:aws:iam::111111111111:role/anyones")
	)
	const trust = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
	const read = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::open/*"}}`
	block := func(props graph.Props, prefix string) graph.Props {
		for _, name := range []string{"block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"} {
			props[prefix+name] = false
		}
		return props
	}
	bucket := func(policy string) graph.Props {
		return block(graph.Props{"account": "111111111111", "policy": policy, "ownership": "BucketOwnerEnforced", "encryption": "AES256"}, "")
	}
	snapshot, err := analysis.Read(context.Background(), graph.Batch{Scope: "aws/111111111111/global/test", Nodes: []graph.Node{
		{ID: account, Kind: kinds.AWSAccount, Props: block(graph.Props{"account": "111111111111", "organizations": "none"}, "s3_")},
		{ID: ann, Kind: kinds.AWSUser, Props: graph.Props{"name": "ann", "account": "111111111111", "tags": []string{}}},
		{ID: anyones, Kind: kinds.AWSRole, Props: graph.Props{"name": "anyones", "account": "111111111111", "tags": []string{}, "trust": trust}},
		{ID: open, Kind: kinds.AWSBucket, Props: bucket(read)},
		{ID: shut, Kind: kinds.AWSBucket, Props: bucket("")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		from  []string
		to    graph.ID
		paths int
	}{
		{"an open bucket", []string{string(ann)}, open, 1},
		{"a role that trusts anyone", []string{string(ann)}, anyones, 1},
		{"a bucket that is not open", []string{string(ann)}, shut, 0},
		{"the internet is asked as well, so that it is told of it alone", []string{"internet", string(ann)}, open, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, err := analysis.Ask(context.Background(), snapshot, analysis.Question{From: test.from, To: []string{string(test.to)}})
			if err != nil {
				t.Fatal(err)
			}
			paths := answer.Document.Paths
			if len(paths) != test.paths {
				t.Fatalf("%d paths: %+v", len(paths), paths)
			}
			if len(paths) == 1 && len(test.from) == 1 && (paths[0].Steps[0].From != ann || paths[0].Verdict != "proven" || len(paths[0].Steps[0].Evidence) == 0) {
				t.Errorf("told as %+v", paths[0])
			}
		})
	}
}
