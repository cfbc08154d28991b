package aws

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// crowd is an estate of several accounts with ordinary permissions: a few administrators, readers of everything, readers
// of one thing, and roles that trust their own account and the next one.
func crowd(accounts, principals, stores int) *graph.Snapshot {
	world := &world{}
	digits := func(i int) string { return fmt.Sprintf("%012d", 100000000000+i) }
	for a := range accounts {
		id := digits(a)
		world.add(root(id), kinds.AWSAccount, graph.Props{"account": id, "organizations": "none"})
		for i := range stores {
			world.add(graph.ID(fmt.Sprintf("arn:aws:s3:::bucket-%s-%d", id, i)), kinds.AWSBucket, graph.Props{"account": id, "policy": ""})
			world.add(graph.ID(fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:%s:secret:s-%d-AbCdEf", id, i)), kinds.AWSSecret, graph.Props{"account": id, "policy": ""})
		}
		for i := range principals {
			name := graph.ID(fmt.Sprintf("arn:aws:iam::%s:role/r-%d", id, i))
			var own string
			switch i % 20 {
			case 0:
				own = allow("*", "*")
			case 1, 2:
				own = allow("s3:Get* secretsmanager:List*", "*")
			case 3, 4, 5:
				own = allow("sts:AssumeRole", fmt.Sprintf("arn:aws:iam::*:role/r-%d*", i%7))
			default:
				own = allow("s3:GetObject s3:PutObject", fmt.Sprintf("arn:aws:s3:::bucket-%s-%d/*", id, i%stores))
			}
			world.role(name, trust(id, digits((a+1)%accounts)), own)
		}
	}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/100000000000/global/test", Nodes: world.nodes, Edges: world.edges})
	if err != nil {
		panic(err)
	}
	return snapshot
}

func BenchmarkDerive(b *testing.B) {
	for _, size := range []struct{ accounts, principals, stores int }{{5, 200, 50}, {20, 200, 50}} {
		b.Run(fmt.Sprintf("%d accounts", size.accounts), func(b *testing.B) {
			snapshot := crowd(size.accounts, size.principals, size.stores)
			b.ReportAllocs()
			for b.Loop() {
				edges, _, err := Derive(context.Background(), NewAuthorizer(snapshot, asOf))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(edges)), "edges")
			}
		})
	}
}

func TestHugePoliciesAreFast(t *testing.T) {
	world := withBucket(t, "")
	many := make([]string, 10000)
	for i := range many {
		many[i] = allow("s3:GetObject", fmt.Sprintf("arn:aws:s3:::other-%d/*", i))
	}
	many[9999] = allow("s3:GetObject", "arn:aws:s3:::data/*")
	world.user(user("ann"), strings.Join(many, ","))
	started := time.Now()
	must(t, world.derive(), user("ann"), kinds.CanRead, bucket, graph.Proven)
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestCyclicTrustEnds(t *testing.T) {
	world := newWorld(t)
	for i := range 50 {
		next := role(fmt.Sprintf("r-%d", (i+1)%50))
		world.role(role(fmt.Sprintf("r-%d", i)), trust(string(role(fmt.Sprintf("r-%d", i))), string(next)), allow("sts:AssumeRole", "*"))
	}
	edges := world.derive()
	must(t, edges, role("r-0"), kinds.CanAssume, role("r-49"), graph.Proven)
	mustNot(t, edges, role("r-0"), kinds.CanAssume, role("r-0"))
}
