package reach

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const place = "arn:aws:ec2:eu-west-1:111111111111:"

// world is a public web server, and a database behind it that takes the web server's group alone.
func world(t *testing.T, change func(map[graph.ID]graph.Node)) *Networks {
	t.Helper()
	vpc, local := place+"vpc/vpc-1", `{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}`
	everything := []string{`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`}
	nodes := map[graph.ID]graph.Node{}
	add := func(id string, kind graph.NodeKind, props graph.Props) {
		nodes[graph.ID(id)] = graph.Node{ID: graph.ID(id), Kind: kind, Props: props}
	}
	add(vpc, kinds.AWSVPC, graph.Props{"cidrs": []string{"10.0.0.0/16"}})
	add(place+"subnet/subnet-public", kinds.AWSSubnet, graph.Props{"vpc": vpc, "cidr": "10.0.1.0/24"})
	add(place+"subnet/subnet-private", kinds.AWSSubnet, graph.Props{"vpc": vpc, "cidr": "10.0.2.0/24"})
	add(place+"internet-gateway/igw-1", kinds.AWSInternetGateway, graph.Props{"vpcs": []string{vpc}})
	add(place+"route-table/rtb-public", kinds.AWSRouteTable, graph.Props{
		"vpc": vpc, "subnets": []string{place + "subnet/subnet-public"},
		"routes": []string{local, `{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1","State":"active"}`},
	})
	add(place+"route-table/rtb-main", kinds.AWSRouteTable, graph.Props{"vpc": vpc, "main": true, "routes": []string{local}})
	add(place+"network-acl/acl-1", kinds.AWSNetworkACL, graph.Props{"vpc": vpc, "default": true, "entries": []string{
		`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
		`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
	}})
	add(place+"security-group/sg-web", kinds.AWSSecurityGroup, graph.Props{
		"vpc": vpc, "ingress": []string{`{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`}, "egress": everything,
	})
	add(place+"security-group/sg-db", kinds.AWSSecurityGroup, graph.Props{
		"vpc": vpc, "ingress": []string{`{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-web"}]}`}, "egress": everything,
	})
	add(place+"instance/i-web", kinds.AWSInstance, graph.Props{"vpc": vpc, "state": "running"})
	add(place+"network-interface/eni-web", kinds.AWSInterface, graph.Props{
		"vpc": vpc, "subnet": place + "subnet/subnet-public", "instance": place + "instance/i-web", "private_ips": []string{"10.0.1.10"}, "public_ip": "54.1.2.3",
		"security_groups": []string{place + "security-group/sg-web"},
	})
	add("arn:aws:rds:eu-west-1:111111111111:db:orders", kinds.AWSDatabase, graph.Props{
		"vpc": vpc, "port": int64(5432), "subnets": []string{place + "subnet/subnet-private"}, "security_groups": []string{place + "security-group/sg-db"},
	})
	if change != nil {
		change(nodes)
	}
	batch := graph.Batch{Scope: "aws/111111111111/eu-west-1/test"}
	for _, node := range nodes {
		batch.Nodes = append(batch.Nodes, node)
	}
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	return New(snapshot)
}

// told gives an answer in words: its verdict, packets, hops with their rules, and what is missing.
func told(answer Answer) string {
	lines := []string{answer.Verdict}
	for _, way := range answer.Ways {
		for _, flow := range way.Packets {
			lines = append(lines, flow.Traffic+" from "+flow.Sources+" to "+flow.Destinations)
		}
		for _, hop := range way.Hops {
			lines = append(lines, strings.TrimSpace(hop.Kind+" "+lastOf(hop.ID)+" "+strings.Join(hop.Rules, "; ")))
		}
		lines = append(lines, way.Missing...)
	}
	return strings.Join(lines, "\n")
}

func TestReach(t *testing.T) {
	web, orders := place+"instance/i-web", "arn:aws:rds:eu-west-1:111111111111:db:orders"
	for _, test := range []struct {
		name     string
		question Question
		change   func(map[graph.ID]graph.Node)
		want     string
	}{
		{"the internet, hop by hop", Question{"internet", web, "443"}, nil, `reached
tcp/443 from anyone to 10.0.1.10
public address eni-web 54.1.2.3
internet gateway igw-1
route table rtb-public 0.0.0.0/0 to igw-1
network ACL acl-1 inbound 100 allow any 0.0.0.0/0
security group sg-web inbound tcp/443 0.0.0.0/0
network ACL acl-1 outbound 100 allow any 0.0.0.0/0`},
		{"a port that the group keeps out", Question{"internet", web, "22/tcp"}, nil, "blocked\nsecurity group sg-web"},
		{"the web server to the database", Question{web, orders, "5432/tcp"}, nil, `reached
tcp/5432 from 10.0.1.10 to 10.0.2.0/24
security group sg-web outbound any 0.0.0.0/0
network ACL acl-1 outbound 100 allow any 0.0.0.0/0
route table rtb-public 10.0.0.0/16 to local
network ACL acl-1 inbound 100 allow any 0.0.0.0/0
security group sg-db inbound tcp/5432 sg-web
network ACL acl-1 outbound 100 allow any 0.0.0.0/0
route table rtb-main 10.0.0.0/16 to local
network ACL acl-1 inbound 100 allow any 0.0.0.0/0`},
		{"the database has no public address", Question{"internet", orders, "5432"}, nil, "blocked\npublic address arn:aws:rds:eu-west-1:111111111111:db:orders"},
		{"out to the internet", Question{web, "internet", "443"}, nil, `reached
tcp/443 from 10.0.1.10 to the internet
security group sg-web outbound any 0.0.0.0/0
network ACL acl-1 outbound 100 allow any 0.0.0.0/0
route table rtb-public 0.0.0.0/0 to igw-1
network ACL acl-1 inbound 100 allow any 0.0.0.0/0`},
		{"what was not collected is named", Question{web, orders, "5432"}, func(nodes map[graph.ID]graph.Node) {
			delete(nodes, graph.ID(place+"security-group/sg-db"))
		}, "unknown\ntcp/5432 from 10.0.1.10 to 10.0.2.0/24\nsecurity group sg-db"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, _, err := world(t, test.change).Ask(test.question)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(answer); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
			for _, way := range answer.Ways {
				changes := slices.ContainsFunc(way.Hops, func(hop Hop) bool { return hop.Change != "" })
				if changes != (way.Verdict == "blocked") {
					t.Errorf("a way that is %s tells changes: %v", way.Verdict, changes)
				}
			}
		})
	}
}

// A gateway endpoint takes packets to its service off the internet, and its policy has a say.
func TestGatewayEndpoints(t *testing.T) {
	endpoint := func(policy string) func(map[graph.ID]graph.Node) {
		return func(nodes map[graph.ID]graph.Node) {
			vpc := place + "vpc/vpc-1"
			add := func(id string, kind graph.NodeKind, props graph.Props) {
				nodes[graph.ID(id)] = graph.Node{ID: graph.ID(id), Kind: kind, Props: props}
			}
			add("arn:aws:s3:::ledger", kinds.AWSBucket, graph.Props{"account": "111111111111", "policy": ""})
			add(place+"instance/i-app", kinds.AWSInstance, graph.Props{"vpc": vpc, "state": "running"})
			add(place+"network-interface/eni-app", kinds.AWSInterface, graph.Props{
				"vpc": vpc, "subnet": place + "subnet/subnet-private", "instance": place + "instance/i-app", "private_ips": []string{"10.0.2.30"},
				"security_groups": []string{place + "security-group/sg-web"},
			})
			if policy == "" {
				return
			}
			add(place+"prefix-list/pl-s3", kinds.AWSPrefixList, graph.Props{"cidrs": []string{"52.218.0.0/17"}})
			add(place+"vpc-endpoint/vpce-s3", kinds.AWSEndpoint, graph.Props{
				"account": "111111111111", "vpc": vpc, "type": "Gateway", "service": "com.amazonaws.eu-west-1.s3", "state": "available", "policy": policy,
			})
			table := nodes[graph.ID(place+"route-table/rtb-main")]
			table.Props["routes"] = append(table.Props.List("routes"), `{"DestinationPrefixListId":"pl-s3","GatewayId":"vpce-s3","State":"active"}`)
		}
	}
	allows := func(resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"` + resource + `"}]}`
	}
	for _, test := range []struct {
		name    string
		change  func(map[graph.ID]graph.Node)
		verdict string
		hop     string // the last
	}{
		{"its policy allows the bucket", endpoint(allows("arn:aws:s3:::ledger/*")), "reached", "gateway endpoint"},
		{"its policy allows another bucket", endpoint(allows("arn:aws:s3:::public-*")), "blocked", "gateway endpoint"},
		{"without it the private subnet leads nowhere", endpoint(""), "blocked", "route table"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, _, err := world(t, test.change).Ask(Question{place + "instance/i-app", "arn:aws:s3:::ledger", "443"})
			if err != nil {
				t.Fatal(err)
			}
			hops := answer.Ways[0].Hops
			if answer.Verdict != test.verdict || hops[len(hops)-1].Kind != test.hop {
				t.Errorf("got:\n%s", told(answer))
			}
		})
	}
}

func TestQuestionsThatCannotBeMeant(t *testing.T) {
	networks := world(t, nil)
	for _, test := range []struct {
		question Question
		want     error
	}{
		{Question{"internet", place + "instance/i-none", ""}, graph.ErrNotFound},
		{Question{"internet", place + "instance/i-web", "ssh"}, graph.ErrInvalid},
		{Question{"internet", place + "instance/i-web", "90000"}, graph.ErrInvalid},
		{Question{"internet", place + "instance/i-web", "443/sctp"}, graph.ErrInvalid},
		{Question{place + "security-group/sg-web", place + "instance/i-web", ""}, graph.ErrInvalid},
		{Question{"internet", place + "security-group/sg-web", ""}, graph.ErrInvalid},
		{Question{"internet", "internet", ""}, graph.ErrInvalid},
		{Question{place + "instance/i-web", place + "instance/i-web", ""}, graph.ErrInvalid},
		{Question{place + "vpc/vpc-1", "internet", ""}, graph.ErrInvalid},
		{Question{place + "instance/i-web", place + "subnet/subnet-private", ""}, graph.ErrInvalid},
		{Question{"", place + "instance/i-web", ""}, graph.ErrNotFound},
		{Question{"203.0.113.7", place + "instance/i-web", ""}, graph.ErrNotFound},
		{Question{"internet", place + "instance/i-web", "443-22"}, graph.ErrInvalid},
		{Question{"internet", place + "instance/i-web", "65536"}, graph.ErrInvalid},
		{Question{"internet", place + "instance/i-web", "443/"}, graph.ErrInvalid},
		{Question{"internet", place + "instance/i-web", "443/tcp/tcp"}, graph.ErrInvalid},
	} {
		if _, _, err := networks.Ask(test.question); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v, want %v", test.question, err, test.want)
		}
	}
}

// lastOf shortens the names of EC2's resources.
func lastOf(id graph.ID) string {
	if rest, ok := strings.CutPrefix(string(id), place); ok {
		_, rest, _ = strings.Cut(rest, "/")
		return rest
	}
	return string(id)
}

func FuzzParsePort(f *testing.F) {
	for _, text := range []string{"", "443", "443/tcp", "53/udp", "8000-8010/tcp", "0-65535", "-1", "9-1", "1/", "/"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		traffic, err := ParsePort(text)
		if err != nil && !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q: %v is not graph.ErrInvalid", text, err)
		}
		if err == nil && traffic.IsEmpty() {
			t.Errorf("%q is no traffic at all", text)
		}
	})
}
