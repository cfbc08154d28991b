package aws

import (
	"fmt"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// joins are the ways by which networks of several accounts are joined; each has a pool of its own, so that no other way hides it.
var joins = []string{"peerings", "a transit gateway", "origins", "balancers"}

// joinedNetworks is a pool of networks of three accounts that are joined by one way, or not, with what a scanner found on a workload of one of them.
func joinedNetworks(t *testing.T, by string) pool {
	t.Helper()
	made := pool{forms: map[graph.ID][]graph.Node{}}
	accounts := []string{ours, theirs, third}
	for form := range 3 {
		world := newWorld(t)
		world.add(root(third), kinds.AWSAccount, graph.Props{"account": third})
		place := func(i int, kind, name string) graph.ID {
			digits := accounts[i%3]
			return graph.ID(fmt.Sprintf("arn:aws:ec2:eu-west-1:%s:%s/%s-%c", digits, kind, name, digits[0]))
		}
		for i, digits := range accounts {
			vpc, next := string(place(i, "vpc", "vpc")), i+1
			subnet, group := string(place(i, "subnet", "subnet")), string(place(i, "security-group", "sg"))
			world.add(graph.ID(vpc), kinds.AWSVPC, graph.Props{"cidrs": []string{fmt.Sprintf("10.%d.0.0/16", i)}})
			world.add(graph.ID(subnet), kinds.AWSSubnet, graph.Props{"vpc": vpc, "cidr": fmt.Sprintf("10.%d.1.0/24", i)})
			world.add(place(i, "internet-gateway", "igw"), kinds.AWSInternetGateway, graph.Props{"vpcs": []string{vpc}})
			world.add(place(i, "route-table", "rtb"), kinds.AWSRouteTable, graph.Props{"vpc": vpc, "main": true, "routes": []string{
				fmt.Sprintf(`{"DestinationCidrBlock":"10.%d.0.0/16","GatewayId":"local","State":"active"}`, i),
				`{"DestinationCidrBlock":"10.0.0.0/8",` + []string{
					`"VpcPeeringConnectionId":"` + last(string(place(i, "vpc-peering-connection", "pcx"))) + `"`, `"TransitGatewayId":"tgw-1"`,
					`"VpcPeeringConnectionId":"` + last(string(place(i+2, "vpc-peering-connection", "pcx"))) + `"`,
				}[form] + `,"State":"active"}`,
				`{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"` + last(string(place(i, "internet-gateway", "igw"))) + `","State":"active"}`,
			}})
			world.add(place(i, "network-acl", "acl"), kinds.AWSNetworkACL, graph.Props{"vpc": vpc, "default": true, "entries": []string{
				`{"Egress":false,"RuleNumber":100,"RuleAction":"` + []string{"allow", "allow", "deny"}[form] + `","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
				`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
			}})
			world.add(graph.ID(group), kinds.AWSSecurityGroup, graph.Props{"vpc": vpc, "egress": []string{`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`}, "ingress": []string{
				`{"IpProtocol":"tcp","FromPort":443,"ToPort":443,` + []string{
					`"IpRanges":[{"CidrIp":"10.0.0.0/8"}]`, `"UserIdGroupPairs":[{"GroupId":"` + last(string(place(next, "security-group", "sg"))) + `"}]`, `"IpRanges":[{"CidrIp":"0.0.0.0/0"}]`,
				}[form] + `}`,
			}})
			instance := place(i, "instance", "i")
			world.add(place(i, "network-interface", "eni"), kinds.AWSInterface, graph.Props{
				"vpc": vpc, "subnet": subnet, "instance": string(instance), "security_groups": []string{group}, "private_ips": []string{fmt.Sprintf("10.%d.1.10", i)},
				"public_ip": []string{"203.0.113.1", "", "203.0.113.2"}[form],
			})
			world.add(instance, kinds.AWSInstance, graph.Props{"account": digits, "state": "running", "vpc": vpc, "subnet": subnet})
			if by == "peerings" {
				world.add(place(i, "vpc-peering-connection", "pcx"), kinds.AWSPeering, graph.Props{
					"requester_vpc": vpc, "accepter_vpc": string(place(next, "vpc", "vpc")), "status": []string{"active", "active", "deleted"}[form],
				})
			}
			if by == "a transit gateway" {
				world.add(place(i, "transit-gateway-attachment", "tgw-attach"), kinds.AWSTransitGatewayAttachment, graph.Props{
					"vpc": vpc, "gateway": "arn:aws:ec2:eu-west-1:" + third + ":transit-gateway/tgw-1", "subnets": []string{subnet}, "state": "available", "group_references": form > 0,
					"route_table": []string{"tgw-rtb-1", "tgw-rtb-1", ""}[form],
				})
			}
			if by == "origins" || by == "balancers" {
				inFront(world, by, form, digits, accounts[next%3], vpc, subnet, group, string(instance), string(place(next, "instance", "i")))
			}
		}
		if by == "a transit gateway" {
			world.add("arn:aws:ec2:eu-west-1:"+third+":transit-gateway/tgw-1", kinds.AWSTransitGateway, graph.Props{"account": third, "group_references": form != 1})
			world.add("arn:aws:ec2:eu-west-1:"+third+":transit-gateway-route-table/tgw-rtb-1", kinds.AWSTransitGatewayRouteTable, graph.Props{
				"gateway": "arn:aws:ec2:eu-west-1:" + third + ":transit-gateway/tgw-1",
				"routes": []string{
					fmt.Sprintf("10.%d.0.0/16 %s propagated active", form, last(string(place(form, "transit-gateway-attachment", "tgw-attach")))),
					fmt.Sprintf("10.%d.0.0/16 %s static active", (form+1)%3, last(string(place(form+1, "transit-gateway-attachment", "tgw-attach")))),
				},
			})
		}
		world.add("vulnerability:trivy/host/CVE-2026-0001", kinds.Vulnerability, graph.Props{
			"name": "CVE-2026-0001", "source": "trivy", "network": true, "no_privileges": true, "no_interaction": true, "asset": last(string(place(form, "instance", "i"))), "packages": []string{"openssl@3.0.1"},
		})
		made.add(world)
	}
	return made
}

// inFront adds a balancer with its targets, and a distribution in front of another account's balancer or function.
func inFront(world *world, by string, form int, digits, other, vpc, subnet, group, instance, another string) {
	id := func(digits, name string) graph.ID {
		return graph.ID("arn:aws:elasticloadbalancing:eu-west-1:" + digits + ":" + name)
	}
	targets := string(id(digits, "targetgroup/app/1"))
	if by == "balancers" && form == 1 {
		targets = string(id(other, "targetgroup/app/1"))
	}
	world.add(id(digits, "loadbalancer/app/web/1"), kinds.AWSLoadBalancer, graph.Props{
		"type": "application", "scheme": []string{"internet-facing", "internet-facing", "internal"}[form], "vpc": vpc, "subnets": []string{subnet}, "security_groups": []string{group},
		"dns": "web-" + digits + ".elb.amazonaws.com",
	})
	world.add(id(digits, "listener/app/web/1/1"), kinds.AWSListener, graph.Props{
		"load_balancer": string(id(digits, "loadbalancer/app/web/1")), "port": int64(443), "protocol": "HTTPS", "target_groups": []string{targets}, "authenticated": false,
	})
	world.add(id(digits, "targetgroup/app/1"), kinds.AWSTargetGroup, graph.Props{
		"type": "instance", "port": int64(443), "protocol": "HTTPS", "vpc": vpc, "targets": []string{[]string{instance, instance, another}[form] + "|443"},
	})
	if by == "balancers" {
		return
	}
	world.add(graph.ID("arn:aws:cloudfront::"+digits+":distribution/E"+digits[:1]), kinds.AWSDistribution, graph.Props{
		"domain": "d.cloudfront.net", "enabled": true, "behaviors": []string{"*|o|anyone"},
		"origins": []string{"o|" + []string{"web-" + other + ".elb.amazonaws.com|vpc", "f" + other + ".lambda-url.example|control E2", "f" + digits + ".lambda-url.example|control E2"}[form]},
	})
	world.add(graph.ID("arn:aws:lambda:eu-west-1:"+digits+":function:site"), kinds.AWSFunction, graph.Props{
		"account": digits, "url": "https://f" + digits + ".lambda-url.example/", "url_auth": []string{"AWS_IAM", "NONE", "AWS_IAM"}[form],
		"policy": policy(fmt.Sprintf(`{"Effect":"Allow","Principal":%s,"Action":"lambda:InvokeFunctionUrl","Resource":"*"}`, []string{`{"Service":"cloudfront.amazonaws.com"}`, `"*"`, `{"AWS":"` + theirs + `"}`}[form])),
	})
}
