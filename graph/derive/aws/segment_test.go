package aws

import (
	"fmt"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// fleet is a VPC with many instances in one security group, a few in another, and databases that take one group each; one has its
// password in a secret.
func fleet(t testing.TB, instances, databases int) *graph.Snapshot {
	t.Helper()
	world := &world{}
	vpc := string(ec2("vpc", "vpc-1"))
	world.add(ec2("vpc", "vpc-1"), kinds.AWSVPC, graph.Props{"cidrs": []string{"10.0.0.0/8"}})
	world.add(ec2("subnet", "subnet-1"), kinds.AWSSubnet, graph.Props{"vpc": vpc, "cidr": "10.0.0.0/9"})
	world.add(ec2("route-table", "rtb-1"), kinds.AWSRouteTable, graph.Props{"vpc": vpc, "main": true, "routes": []string{`{"DestinationCidrBlock":"10.0.0.0/8","GatewayId":"local","State":"active"}`}})
	world.add(ec2("network-acl", "acl-1"), kinds.AWSNetworkACL, graph.Props{"vpc": vpc, "default": true, "entries": []string{
		`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
		`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
	}})
	world.group("sg-all", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-all"}]}`)
	world.group("sg-few", `{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-few"}]}`)
	world.group("sg-db", `{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-all"}]}`)
	for i := range instances {
		group := "sg-all"
		if i < 3 {
			group = "sg-few"
		}
		id := fmt.Sprintf("i-%05d", i)
		world.instance(id, "subnet-1", "", group)
		world.nodes[len(world.nodes)-2].Props["private_ips"] = []string{fmt.Sprintf("10.%d.%d.%d", i>>16&127, i>>8&255, i&255)}
	}
	for i := range databases {
		world.add(graph.ID(fmt.Sprintf("arn:aws:rds:eu-west-1:%s:db:db-%d", ours, i)), kinds.AWSDatabase, graph.Props{
			"account": ours, "vpc": vpc, "port": int64(5432), "subnets": []string{string(ec2("subnet", "subnet-1"))},
			"security_groups": []string{string(ec2("security-group", "sg-db"))}, "master_secret": fmt.Sprintf("arn:aws:secretsmanager:eu-west-1:%s:secret:s-%d", ours, i),
		})
	}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: graph.Scope("aws/" + ours + "/global/test"), Nodes: world.nodes, Edges: world.edges})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// inward gives what each instance gets to by the edges, through segments or not: the kind, the target and what it requires.
func inward(edges []graph.Edge) map[graph.ID][]string {
	standsFor := map[graph.ID][]graph.ID{}
	for _, edge := range edges {
		if edge.Kind == kinds.SendsFrom {
			standsFor[edge.To] = append(standsFor[edge.To], edge.From)
		}
	}
	got := map[graph.ID][]string{}
	for _, edge := range edges {
		if edge.Kind != kinds.CanReach && edge.Kind != kinds.CanRead {
			continue
		}
		sources := []graph.ID{edge.From}
		if members := standsFor[edge.From]; members != nil {
			sources = members
		}
		for _, source := range sources {
			got[source] = append(got[source], fmt.Sprint(edge.Kind, edge.To, edge.Requires, edge.Verdict))
		}
	}
	for source := range got {
		slices.Sort(got[source])
	}
	return got
}

// A segment changes how many edges there are, and nothing of what follows from them.
func TestSegmentsSayWhatTheirMembersWould(t *testing.T) {
	folded := NewAuthorizer(fleet(t, 40, 5), asOf).exposed()
	defer func(from int) { foldFrom = from }(foldFrom)
	foldFrom = 1 << 30
	named := NewAuthorizer(fleet(t, 40, 5), asOf).exposed()
	want, got := inward(named), inward(folded)
	if len(want) != 37 || len(got) != len(want) {
		t.Fatalf("%d and %d instances get anywhere; want the 37 that the databases' group names", len(want), len(got))
	}
	for instance, reached := range want {
		if len(reached) != 10 || !slices.Equal(got[instance], reached) {
			t.Errorf("%s gets to\n%v\nby its segment\n%v", instance, reached, got[instance])
		}
	}
	if len(folded) >= len(named)/4 {
		t.Errorf("%d edges with segments, %d without", len(folded), len(named))
	}
}

// BenchmarkTwentyThousandInstances derives what 20,000 instances of one security group reach of 200 databases. Host to host they would be
// 4·10⁸ edges, and host to database 4·10⁶.
func BenchmarkTwentyThousandInstances(b *testing.B) {
	snapshot := fleet(b, 20_000, 200)
	b.ReportAllocs()
	edges := 0
	for b.Loop() {
		edges = len(NewAuthorizer(snapshot, asOf).exposed())
	}
	b.ReportMetric(float64(edges), "edges")
}
