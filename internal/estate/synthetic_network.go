package estate

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// subnetCount is the subnets of a VPC: the first half is public, the rest behind a NAT gateway.
const subnetCount = 6

func (account *account) vpc() graph.ID { return account.ec2("vpc/vpc", 0) }

func (account *account) subnet(i int) graph.ID { return account.ec2("subnet/subnet", i) }

func (account *account) group(i int) graph.ID { return account.ec2("security-group/sg", i) }

func (account *account) ec2(name string, i int) graph.ID {
	return account.arn("ec2", region, fmt.Sprintf("%s-%05x%05x", name, account.number, i))
}

// network makes a VPC with its ways in, and what runs in it.
func (account *account) network() {
	account.service(region, "ec2")
	vpc := account.add(account.vpc(), kinds.AWSVPC, region, graph.Props{"cidrs": []string{"10.0.0.0/16"}, "default": false})
	gateway := account.add(account.ec2("internet-gateway/igw", 0), kinds.AWSInternetGateway, region, graph.Props{"vpcs": []string{string(vpc)}, "egress_only": false})
	account.link(gateway, kinds.AttachedTo, vpc)
	var public, private []string
	for i := range subnetCount {
		id := account.add(account.subnet(i), kinds.AWSSubnet, region, graph.Props{
			"vpc": string(vpc), "cidr": fmt.Sprintf("10.0.%d.0/24", i), "zone": fmt.Sprintf("%s%c", region, 'a'+rune(i%3)), "map_public_ip": i < subnetCount/2,
		})
		account.link(vpc, kinds.Contains, id)
		if i < subnetCount/2 {
			public = append(public, string(id))
		} else {
			private = append(private, string(id))
		}
	}
	nat := account.add(account.ec2("natgateway/nat", 0), kinds.AWSNATGateway, region, graph.Props{
		"vpc": string(vpc), "subnet": public[0], "public_ip": "203.0.113.1", "state": "available", "connectivity": "public",
	})
	local := `{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local","State":"active","Origin":"CreateRouteTable"}`
	for i, table := range []struct {
		subnets []string
		out     string
		to      graph.ID
	}{
		{public, fmt.Sprintf(`{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"%s","State":"active","Origin":"CreateRoute"}`, nameIn(gateway)), gateway},
		{private, fmt.Sprintf(`{"DestinationCidrBlock":"0.0.0.0/0","NatGatewayId":"%s","State":"active","Origin":"CreateRoute"}`, nameIn(nat)), nat},
	} {
		id := account.add(account.ec2("route-table/rtb", i), kinds.AWSRouteTable, region, graph.Props{
			"vpc": string(vpc), "main": i == 1, "subnets": table.subnets, "gateways": []string{}, "routes": []string{local, table.out},
		})
		account.link(id, kinds.RoutesTo, table.to)
	}
	account.add(account.ec2("network-acl/acl", 0), kinds.AWSNetworkACL, region, graph.Props{
		"vpc": string(vpc), "default": true, "subnets": append(append([]string{}, public...), private...), "entries": []string{
			`{"Egress":false,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
			`{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"-1","CidrBlock":"0.0.0.0/0"}`,
		},
	})
	account.groups(vpc)
	account.instances(vpc, public, private)
	account.functions()
}

// groups makes security groups: the first lets in the VPC alone, the second the web, the third SSH from anywhere; the others are like the first.
func (account *account) groups(vpc graph.ID) {
	permission := func(port int, from string) string {
		return fmt.Sprintf(`{"IpProtocol":"tcp","FromPort":%d,"ToPort":%d,"IpRanges":[{"CidrIp":"%s"}]}`, port, port, from)
	}
	for i := range max(3, account.share(40)) {
		ingress := permission(5432, "10.0.0.0/16")
		switch i {
		case 1:
			ingress = permission(443, "0.0.0.0/0")
		case 2:
			ingress = permission(22, "0.0.0.0/0")
		}
		account.add(account.group(i), kinds.AWSSecurityGroup, region, graph.Props{
			"vpc": string(vpc), "ingress": []string{ingress}, "egress": []string{`{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`},
		})
	}
}

// instances makes instances, each with a profile, an interface and a volume. One in 20 stands in a public subnet; every tenth of those lets SSH
// in from anywhere, the others the web.
func (account *account) instances(vpc graph.ID, public, private []string) {
	for i := range account.share(75) {
		id := account.ec2("instance/i", i)
		role := pick(account, account.instanceRoles)
		profile := account.add(account.arn("iam", "", fmt.Sprintf("instance-profile/profile-%d", i)), kinds.AWSInstanceProfile, "", graph.Props{"roles": []string{string(role)}})
		account.link(profile, kinds.Uses, role)
		subnet, group, address := private[i%len(private)], account.group(0), ""
		if i%20 == 3 {
			subnet, group, address = public[i%len(public)], account.group(1), fmt.Sprintf("198.51.%d.%d", account.number%256, i%256)
			if i%200 == 3 && account.chance(4) {
				group = account.group(2)
			}
		}
		tokens := "required"
		if account.chance(4) {
			tokens = "optional"
		}
		account.add(id, kinds.AWSInstance, region, graph.Props{
			"state": "running", "vpc": string(vpc), "subnet": subnet, "image": "ami-0123456789abcdef0", "instance_profile": string(profile), "private_ip": fmt.Sprintf("10.0.%d.%d", i%6, i%250),
			"public_ip": address, "metadata_tokens": tokens, "metadata_hop_limit": int64(1), "platform": "linux", "launched": "2025-09-01T00:00:00Z",
		})
		card := account.add(account.ec2("network-interface/eni", i), kinds.AWSInterface, region, graph.Props{
			"vpc": string(vpc), "subnet": subnet, "security_groups": []string{string(group)}, "public_ip": address, "private_ips": []string{fmt.Sprintf("10.0.%d.%d", i%6, i%250)},
			"instance": string(id), "type": "interface",
		})
		volume := account.add(account.ec2("volume/vol", i), kinds.AWSVolume, region, graph.Props{"encrypted": !account.chance(5), "instances": []string{string(id)}})
		account.link(id, kinds.Uses, profile)
		account.link(card, kinds.AttachedTo, id)
		account.link(card, kinds.MemberOf, group)
		account.link(volume, kinds.AttachedTo, id)
		account.add(account.ec2("snapshot/snap", i), kinds.AWSVolumeSnapshot, region, graph.Props{"encrypted": true, "volume": string(volume), "shared_with": []string{}})

		account.gain(id, kinds.RunsAs, role, "aws-runs-as", graph.Cause("config:"+profile+"#roles"), profile)
		if address != "" {
			technique := "exposed-service"
			if group == account.group(2) {
				technique = "exposed-remote-admin"
			}
			account.gain(graph.Internet, kinds.CanReach, id, "", graph.Cause("rule:"+group+"#0"), group)
			account.gain(graph.Internet, kinds.CanExploit, id, technique, graph.Cause("rule:"+group+"#0"), group)
		}
	}
}

// functions makes Lambda functions, one in 100 with a URL that anyone may call.
func (account *account) functions() {
	account.service(region, "lambda")
	for i := range account.share(80) {
		role := pick(account, account.functionRoles)
		id := account.arn("lambda", region, fmt.Sprintf("function:function-%d", i))
		props := graph.Props{"role": string(role), "runtime": "python3.13", "policy": "", "environment_keys": []string{"LOG_LEVEL", "TABLE"}}
		if account.chance(100) {
			props["url"], props["url_auth"] = fmt.Sprintf("https://f%05x%05x.lambda-url.%s.on.aws/", account.number, i, region), "NONE"
			props["policy"] = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"URL","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"%s",`+
				`"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}}]}`, id)
			account.gain(graph.Internet, kinds.CanExploit, id, "aws-function-url", graph.Cause("statement:"+id+"#URL"), id)
		}
		account.add(id, kinds.AWSFunction, region, props)
		account.link(id, kinds.Uses, role)
		account.gain(id, kinds.RunsAs, role, "aws-runs-as", graph.Cause("config:"+id+"#role"), id)
	}
}

// control lets whoever controls the account have all that is in it.
func (account *account) control() {
	for _, service := range account.services {
		for _, node := range service.Nodes {
			for _, class := range []graph.Class{kinds.Principal, kinds.Workload, kinds.DataStore, kinds.Key} {
				if kinds.Is(node.Kind, class) {
					account.gain(rootOf(account.digits), kinds.CanAdminister, node.ID, "aws-account-control", graph.Cause("config:"+node.ID+"#account"), rootOf(account.digits))
					break
				}
			}
		}
	}
}
