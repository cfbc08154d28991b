package aws

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// fleet is a VPC with many instances in one security group, a few in another, and databases that take one group each; one has its
// password in a secret. The first instances are vulnerable.
func fleet(t testing.TB, instances, databases, vulnerable int) *graph.Snapshot {
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
	for i := range vulnerable {
		world.add(graph.ID(fmt.Sprintf("vulnerability:%d", i)), kinds.Vulnerability, graph.Props{
			"name": "CVE-2026-0001", "asset": fmt.Sprintf("i-%05d", i), "network": true, "no_privileges": true, "no_interaction": true,
		})
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
	folded := NewAuthorizer(fleet(t, 40, 5, 0), asOf).exposed()
	defer func(from int) { foldFrom = from }(foldFrom)
	foldFrom = 1 << 30
	named := NewAuthorizer(fleet(t, 40, 5, 0), asOf).exposed()
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

// exploited gives which instances each instance runs code on by a vulnerability, through segments and entrances or not.
func exploited(edges []graph.Edge) map[graph.ID]map[graph.ID]bool {
	sends := map[graph.ID][]graph.ID{}
	for _, edge := range edges {
		if edge.Kind == kinds.SendsFrom {
			sends[edge.From] = append(sends[edge.From], edge.To)
		}
	}
	uses := map[graph.ID][]graph.ID{}
	for _, edge := range edges {
		if edge.Kind == kinds.CanExploit {
			uses[edge.From] = append(uses[edge.From], edge.To)
		}
	}
	got := map[graph.ID]map[graph.ID]bool{}
	var follow func(from, at graph.ID)
	follow = func(from, at graph.ID) {
		for _, to := range uses[at] {
			if got[from] == nil {
				got[from] = map[graph.ID]bool{}
			}
			if to != from {
				got[from][to] = true
			}
		}
		for _, next := range sends[at] {
			follow(from, next)
		}
	}
	for i := range 40 {
		id := ec2("instance", fmt.Sprintf("i-%05d", i))
		follow(id, id)
	}
	return got
}

// The entrance of a segment leads to what its vulnerable members would be reached by one by one.
func TestEntrancesSayWhatTheirMembersWould(t *testing.T) {
	derived := func() []graph.Edge {
		edges, _, err := Derive(t.Context(), NewAuthorizer(fleet(t, 40, 0, 20), asOf))
		if err != nil {
			t.Fatal(err)
		}
		return edges
	}
	folded := derived()
	defer func(from int) { foldFrom = from }(foldFrom)
	foldFrom = 1 << 30
	named := derived()
	want, got := exploited(named), exploited(folded)
	if len(want[ec2("instance", "i-00039")]) != 17 || len(want[ec2("instance", "i-00000")]) != 2 {
		t.Fatalf("the last gets to %d and the first to %d; want 17 of the 20 vulnerable, and the 2 others of its group", len(want[ec2("instance", "i-00039")]), len(want[ec2("instance", "i-00000")]))
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("one by one %v\nby entrances %v", want, got)
	}
	if len(folded) >= len(named)/4 {
		t.Errorf("%d edges with entrances, %d without", len(folded), len(named))
	}
}

// BenchmarkTwentyThousandVulnerable derives which of 20,000 vulnerable instances of one security group reach each other.
func BenchmarkTwentyThousandVulnerable(b *testing.B) {
	snapshot := fleet(b, 20_000, 0, 20_000)
	b.ReportAllocs()
	edges := 0
	for b.Loop() {
		authorizer := NewAuthorizer(snapshot, asOf)
		found := authorizer.exposed()
		edges = len(found) + len(authorizer.exploits(found))
	}
	b.ReportMetric(float64(edges), "edges")
}

// BenchmarkTwentyThousandInstances derives what 20,000 instances of one security group reach of 200 databases. Host to host they would be
// 4·10⁸ edges, and host to database 4·10⁶.
func BenchmarkTwentyThousandInstances(b *testing.B) {
	snapshot := fleet(b, 20_000, 200, 0)
	b.ReportAllocs()
	edges := 0
	for b.Loop() {
		edges = len(NewAuthorizer(snapshot, asOf).exposed())
	}
	b.ReportMetric(float64(edges), "edges")
}
