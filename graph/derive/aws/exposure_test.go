package aws

import (
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// site is a VPC whose one subnet leads to the internet, with an instance that has a public address and lets SSH in.
func site(t *testing.T) *world {
	t.Helper()
	world := newWorld(t)
	world.add(ec2("vpc", "vpc-1"), kinds.AWSVPC, graph.Props{"cidrs": []string{"10.0.0.0/16"}})
	world.add(ec2("subnet", "subnet-1"), kinds.AWSSubnet, graph.Props{"vpc": string(ec2("vpc", "vpc-1")), "cidr": "10.0.1.0/24"})
	world.add(ec2("internet-gateway", "igw-1"), kinds.AWSInternetGateway, graph.Props{"vpcs": []string{string(ec2("vpc", "vpc-1"))}})
	world.add(ec2("route-table", "rtb-1"), kinds.AWSRouteTable, graph.Props{"vpc": string(ec2("vpc", "vpc-1")), "main": true, "routes": []string{
		`{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}`,
		`{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1","State":"active"}`,
	}})
	world.add(ec2("network-acl", "acl-1"), kinds.AWSNetworkACL, graph.Props{"vpc": string(ec2("vpc", "vpc-1")), "default": true, "entries": []string{
		`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
		`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
	}})
	world.group("sg-1", `{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`)
	world.instance("i-1", "subnet-1", "198.51.100.7", "sg-1")
	return world
}

func (world *world) group(id string, ingress ...string) {
	world.add(ec2("security-group", id), kinds.AWSSecurityGroup, graph.Props{
		"vpc": string(ec2("vpc", "vpc-1")), "ingress": ingress, "egress": []string{`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`},
	})
}

func (world *world) instance(id, subnet, public, group string) graph.ID {
	card := graph.Props{
		"vpc": string(ec2("vpc", "vpc-1")), "subnet": string(ec2("subnet", subnet)), "instance": string(ec2("instance", id)),
		"security_groups": []string{string(ec2("security-group", group))}, "private_ips": []string{"10.0.1.10"},
	}
	if public != "" {
		card["public_ip"] = public
	}
	world.add(ec2("network-interface", "eni-"+id), kinds.AWSInterface, card)
	return world.add(ec2("instance", id), kinds.AWSInstance, graph.Props{"account": ours, "state": "running", "vpc": string(ec2("vpc", "vpc-1")), "subnet": string(ec2("subnet", subnet))})
}

func TestInstancesFacingTheInternet(t *testing.T) {
	instance := ec2("instance", "i-1")
	for _, test := range []struct {
		name    string
		change  func(*world)
		reached bool
		verdict graph.Verdict
	}{
		{"public address, gateway, route, ACL and group", func(*world) {}, true, graph.Proven},
		{"no public address", func(world *world) {
			world.set(ec2("network-interface", "eni-i-1"), "public_ip", nil)
		}, false, 0},
		{"an Elastic IP address", func(world *world) {
			world.set(ec2("network-interface", "eni-i-1"), "public_ip", nil)
			world.add(ec2("elastic-ip", "eipalloc-1"), kinds.AWSElasticIP, graph.Props{"public_ip": "198.51.100.9", "interface": string(ec2("network-interface", "eni-i-1"))})
		}, true, graph.Proven},
		{"a private subnet", func(world *world) {
			world.set(ec2("route-table", "rtb-1"), "routes", []string{`{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}`})
		}, false, 0},
		{"a route to a NAT gateway", func(world *world) {
			world.set(ec2("route-table", "rtb-1"), "routes", []string{`{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"nat-1","State":"active"}`})
		}, false, 0},
		{"a gateway that is attached elsewhere", func(world *world) {
			world.set(ec2("internet-gateway", "igw-1"), "vpcs", []string{string(ec2("vpc", "vpc-2"))})
		}, false, 0},
		{"a network ACL that denies the port", func(world *world) {
			world.set(ec2("network-acl", "acl-1"), "entries", []string{
				`{"Egress":false,"RuleNumber":90,"RuleAction":"deny","Protocol":"6","CidrBlock":"0.0.0.0/0","PortRange":{"From":22,"To":22}}`,
				`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
				`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
			})
		}, false, 0},
		{"a network ACL that lets no answer out", func(world *world) {
			world.set(ec2("network-acl", "acl-1"), "entries", []string{`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`})
		}, false, 0},
		{"a group that lets one office in", func(world *world) {
			world.set(ec2("security-group", "sg-1"), "ingress", []string{`{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"198.51.100.0/24"}]}`})
		}, false, 0},
		{"a group that lets another group in", func(world *world) {
			world.set(ec2("security-group", "sg-1"), "ingress", []string{`{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-1"}]}`})
		}, false, 0},
		{"a stopped instance", func(world *world) { world.set(instance, "state", "stopped") }, false, 0},
		{"network ACLs that were not collected", func(world *world) {
			world.set(ec2("network-acl", "acl-1"), "default", false)
		}, true, graph.Unknown},
		{"a group that was not collected", func(world *world) {
			world.set(ec2("network-interface", "eni-i-1"), "security_groups", nil)
		}, true, graph.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := site(t)
			test.change(world)
			edges := world.derive()
			if !test.reached {
				mustNot(t, edges, graph.Internet, kinds.CanReach, instance)
				mustNot(t, edges, graph.Internet, kinds.CanExploit, instance)
				return
			}
			reach := must(t, edges, graph.Internet, kinds.CanReach, instance, test.verdict)
			exploit := must(t, edges, graph.Internet, kinds.CanExploit, instance, test.verdict.And(graph.Possible))
			if test.verdict == graph.Proven && (reach.Props.Text("ports") != "tcp/22" || exploit.Technique != remoteAdmin) {
				t.Errorf("ports %q, technique %s", reach.Props.Text("ports"), exploit.Technique)
			}
		})
	}
}

func TestPortsAreTold(t *testing.T) {
	world := site(t)
	world.set(ec2("security-group", "sg-1"), "ingress", []string{
		`{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`,
		`{"IpProtocol":"tcp","FromPort":3389,"ToPort":3389,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`,
		`{"IpProtocol":"udp","FromPort":500,"ToPort":501,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`,
		`{"IpProtocol":"icmp","FromPort":-1,"ToPort":-1,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`,
	})
	edges := world.derive()
	reach := must(t, edges, graph.Internet, kinds.CanReach, ec2("instance", "i-1"), graph.Proven)
	if got := reach.Props.Text("ports"); got != "icmp,tcp/443,tcp/3389,udp/500-501" {
		t.Errorf("ports are %s", got)
	}
	var techniques []string
	for _, edge := range edges {
		if edge.Kind == kinds.CanExploit {
			techniques = append(techniques, edge.Technique+" "+edge.Props.Text("ports"))
		}
	}
	if len(techniques) != 2 || techniques[0] != "exposed-remote-admin tcp/3389" || techniques[1] != "exposed-service tcp/443,udp/500-501" {
		t.Errorf("techniques are %v", techniques)
	}
}

func TestLoadBalancersHideNoTarget(t *testing.T) {
	balancer := graph.ID("arn:aws:elasticloadbalancing:eu-west-1:" + ours + ":loadbalancer/app/web/1")
	build := func(scheme, allowed string) *world {
		world := site(t)
		world.group("sg-web", `{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`)
		world.group("sg-app", `{"IpProtocol":"tcp","FromPort":8080,"ToPort":8080,"UserIdGroupPairs":[{"GroupId":"`+allowed+`"}],"IpRanges":[]}`)
		inside := world.instance("i-2", "subnet-1", "", "sg-app")
		world.set(ec2("network-interface", "eni-i-2"), "private_ips", []string{"10.0.1.20"})
		listener, group := balancer+"/listener", graph.ID("arn:aws:elasticloadbalancing:eu-west-1:"+ours+":targetgroup/app/1")
		world.add(balancer, kinds.AWSLoadBalancer, graph.Props{
			"type": "application", "scheme": scheme, "vpc": string(ec2("vpc", "vpc-1")),
			"subnets": []string{string(ec2("subnet", "subnet-1"))}, "security_groups": []string{string(ec2("security-group", "sg-web"))},
		})
		world.add(listener, kinds.AWSListener, graph.Props{"load_balancer": string(balancer), "port": int64(443), "protocol": "HTTPS", "target_groups": []string{string(group)}})
		world.add(group, kinds.AWSTargetGroup, graph.Props{"type": "instance", "port": int64(8080), "protocol": "HTTP", "targets": []string{string(inside) + "|8080"}})
		// The balancer's interface is one of the group that the target's group lets in.
		world.add(ec2("network-interface", "eni-web"), kinds.AWSInterface, graph.Props{
			"vpc": string(ec2("vpc", "vpc-1")), "subnet": string(ec2("subnet", "subnet-1")), "private_ips": []string{"10.0.1.30"},
			"security_groups": []string{string(ec2("security-group", "sg-web"))}, "description": "ELB app/web/1",
		})
		return world
	}
	t.Run("an internet-facing balancer sends to a private instance", func(t *testing.T) {
		edges := build("internet-facing", "sg-web").derive()
		must(t, edges, graph.Internet, kinds.CanReach, balancer, graph.Proven)
		must(t, edges, balancer, kinds.CanReach, ec2("instance", "i-2"), graph.Proven)
		exploit := must(t, edges, graph.Internet, kinds.CanExploit, ec2("instance", "i-2"), graph.Possible)
		if exploit.Props.Text("ports") != "tcp/8080" {
			t.Errorf("ports are %s", exploit.Props.Text("ports"))
		}
	})
	t.Run("an internal balancer", func(t *testing.T) {
		edges := build("internal", "sg-web").derive()
		mustNot(t, edges, graph.Internet, kinds.CanReach, balancer)
		mustNot(t, edges, graph.Internet, kinds.CanExploit, ec2("instance", "i-2"))
	})
	t.Run("a target whose group lets only others in", func(t *testing.T) {
		edges := build("internet-facing", "sg-1").derive()
		must(t, edges, graph.Internet, kinds.CanReach, balancer, graph.Proven)
		mustNot(t, edges, graph.Internet, kinds.CanExploit, ec2("instance", "i-2"))
	})
}

func TestPublicDatabases(t *testing.T) {
	database := graph.ID("arn:aws:rds:eu-west-1:" + ours + ":db:orders")
	secret := graph.ID("arn:aws:secretsmanager:eu-west-1:" + ours + ":secret:rds!orders-AbCdEf")
	build := func() *world {
		world := site(t)
		world.group("sg-db", `{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`)
		world.add(database, kinds.AWSDatabase, graph.Props{
			"account": ours, "publicly_accessible": true, "vpc": string(ec2("vpc", "vpc-1")), "port": int64(5432),
			"subnets": []string{string(ec2("subnet", "subnet-1"))}, "security_groups": []string{string(ec2("security-group", "sg-db"))},
		})
		return world
	}
	t.Run("public address, subnet and group", func(t *testing.T) {
		edges := build().derive()
		reach := must(t, edges, graph.Internet, kinds.CanReach, database, graph.Proven)
		if reach.Props.Text("ports") != "tcp/5432" {
			t.Errorf("ports are %s", reach.Props.Text("ports"))
		}
		must(t, edges, graph.Internet, kinds.CanRead, database, graph.Possible)
	})
	t.Run("the managed password is what is missing", func(t *testing.T) {
		world := build()
		world.set(database, "master_secret", string(secret))
		read := must(t, world.derive(), graph.Internet, kinds.CanRead, database, graph.Proven)
		if len(read.Requires) != 1 || read.Requires[0] != secret {
			t.Errorf("requires %v", read.Requires)
		}
	})
	t.Run("not publicly accessible", func(t *testing.T) {
		world := build()
		world.set(database, "publicly_accessible", false)
		mustNot(t, world.derive(), graph.Internet, kinds.CanReach, database)
	})
	t.Run("a group that lets the VPC in", func(t *testing.T) {
		world := build()
		world.set(ec2("security-group", "sg-db"), "ingress", []string{`{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}`})
		mustNot(t, world.derive(), graph.Internet, kinds.CanReach, database)
	})
	t.Run("one subnet of two leads to the internet", func(t *testing.T) {
		world := build()
		world.add(ec2("subnet", "subnet-2"), kinds.AWSSubnet, graph.Props{"vpc": string(ec2("vpc", "vpc-1")), "cidr": "10.0.2.0/24"})
		world.add(ec2("route-table", "rtb-2"), kinds.AWSRouteTable, graph.Props{
			"vpc": string(ec2("vpc", "vpc-1")), "subnets": []string{string(ec2("subnet", "subnet-2"))},
			"routes": []string{`{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active"}`},
		})
		world.set(database, "subnets", []string{string(ec2("subnet", "subnet-1")), string(ec2("subnet", "subnet-2"))})
		must(t, world.derive(), graph.Internet, kinds.CanReach, database, graph.Possible)
	})
	t.Run("an instance inside and the secret of its password", func(t *testing.T) {
		world := build()
		world.set(database, "publicly_accessible", false)
		world.set(database, "master_secret", string(secret))
		edges := world.derive()
		must(t, edges, ec2("instance", "i-1"), kinds.CanReach, database, graph.Proven)
		if read := must(t, edges, ec2("instance", "i-1"), kinds.CanRead, database, graph.Proven); !slices.Equal(read.Requires, []graph.ID{secret}) {
			t.Errorf("requires %v", read.Requires)
		}
		mustNot(t, edges, graph.Internet, kinds.CanReach, database)
	})
	t.Run("an instance inside that the group keeps out", func(t *testing.T) {
		world := build()
		world.set(ec2("security-group", "sg-db"), "ingress", []string{`{"IpProtocol":"tcp","FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-app"}]}`})
		mustNot(t, world.derive(), ec2("instance", "i-1"), kinds.CanReach, database)
	})
	t.Run("databases beside one another", func(t *testing.T) {
		world := build()
		beside := func(name string, props graph.Props) graph.ID {
			for key, value := range map[string]any{
				"account": ours, "vpc": string(ec2("vpc", "vpc-1")), "port": int64(5432),
				"subnets": []string{string(ec2("subnet", "subnet-1"))}, "security_groups": []string{string(ec2("security-group", "sg-db"))},
			} {
				if !props.Has(key) {
					props[key] = value
				}
			}
			return world.add(graph.ID("arn:aws:rds:eu-west-1:"+ours+":db:"+name), kinds.AWSDatabase, props)
		}
		twin, other := beside("twin", graph.Props{}), beside("other-port", graph.Props{"port": int64(3306)})
		open, bare := beside("open", graph.Props{"security_groups": []string{}}), beside("bare", graph.Props{"security_groups": []string{}})
		edges := world.derive()
		first := must(t, edges, ec2("instance", "i-1"), kinds.CanReach, database, graph.Proven)
		if again := must(t, edges, ec2("instance", "i-1"), kinds.CanReach, twin, graph.Proven); !slices.Equal(first.Evidence, again.Evidence) {
			t.Errorf("twins explain themselves by\n%s\nand\n%s", tell(first), tell(again))
		}
		mustNot(t, edges, ec2("instance", "i-1"), kinds.CanReach, other)
		for _, unguarded := range []graph.ID{open, bare} {
			edge := must(t, edges, ec2("instance", "i-1"), kinds.CanReach, unguarded, graph.Proven)
			if !slices.ContainsFunc(edge.Evidence, func(piece graph.Evidence) bool { return piece.Source == unguarded }) {
				t.Errorf("%s does not name the interface that nothing guards:\n%s", unguarded, tell(edge))
			}
		}
	})
	t.Run("an instance inside without a known credential", func(t *testing.T) {
		edges := build().derive()
		must(t, edges, ec2("instance", "i-1"), kinds.CanReach, database, graph.Proven)
		mustNot(t, edges, ec2("instance", "i-1"), kinds.CanRead, database)
	})
}
