package technique_test

import (
	"fmt"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// estate makes accounts of 1,000 principals each: three in four users or roles with permissions of one team, one in
// twenty with something that a technique uses, and workloads.
func estate(b *testing.B, principals int) *graph.Snapshot {
	b.Helper()
	var batches []graph.Batch
	for account := range max(1, principals/1000) {
		digits := fmt.Sprintf("%012d", 100000000000+account)
		batch := graph.Batch{Scope: graph.Scope("aws/" + digits + "/global/iam")}
		node := func(id string, kind graph.NodeKind, props graph.Props) graph.ID {
			props["account"] = digits
			batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID(id), Kind: kind, Props: props})
			return graph.ID(id)
		}
		node("arn:aws:iam::"+digits+":root", kinds.AWSAccount, graph.Props{"organizations": "none"})
		for i := range min(principals, 1000) {
			var who graph.ID
			if i%2 == 0 {
				who = node(fmt.Sprintf("arn:aws:iam::%s:user/u%04d", digits, i), kinds.AWSUser, graph.Props{"access_keys": int64(1), "console": false, "mfa": true})
			} else {
				service := []string{"lambda", "ec2", "ecs-tasks", "glue"}[i/2%4]
				who = node(fmt.Sprintf("arn:aws:iam::%s:role/r%04d", digits, i), kinds.AWSRole, graph.Props{
					"trust": fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"%s.amazonaws.com"}}}`, service),
				})
			}
			team := i % 25
			statements := fmt.Sprintf(`{"Effect":"Allow","Action":["s3:GetObject","sqs:*"],"Resource":["arn:aws:s3:::team-%d/*","arn:aws:sqs:*:%s:team-%d-*"]}`, team, digits, team)
			if i%20 == 7 {
				statements += fmt.Sprintf(`,{"Effect":"Allow","Action":["lambda:*","iam:PassRole"],"Resource":["arn:aws:lambda:eu-west-1:%s:function:team-%d-*","arn:aws:iam::%s:role/r%04d"]}`, digits, team, digits, (i+2)%1000)
			}
			if i%100 == 8 {
				statements += fmt.Sprintf(`,{"Effect":"Allow","Action":["iam:CreateAccessKey","ssm:SendCommand","codebuild:*"],"Resource":["arn:aws:iam::%s:user/u00*","arn:aws:codebuild:*:*:project/team-%d-*"]}`, digits, team)
			}
			policy := node(string(who)+"/inline-policy/own", kinds.AWSInlinePolicy, graph.Props{"document": `{"Version":"2012-10-17","Statement":[` + statements + `]}`})
			batch.Edges = append(batch.Edges, graph.Edge{From: who, To: policy, Kind: kinds.HasPolicy})
		}
		for i := range min(principals, 1000) / 10 {
			node(fmt.Sprintf("arn:aws:lambda:eu-west-1:%s:function:team-%d-%d", digits, i%25, i), kinds.AWSFunction, graph.Props{"policy": ""})
		}
		batches = append(batches, batch)
	}
	snapshot, err := graph.NewSnapshot(1, batches...)
	if err != nil {
		b.Fatal(err)
	}
	return snapshot
}

func BenchmarkDerive(b *testing.B) {
	for _, principals := range []int{1000, 4000, 16000} {
		snapshot := estate(b, principals)
		b.Run(fmt.Sprint(principals), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				count := 0
				for range technique.AWS().Derive(snapshot, authorizer(snapshot), nil) {
					count++
				}
				b.ReportMetric(float64(count), "edges")
			}
		})
	}
}
