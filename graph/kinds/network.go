package kinds

import "github.com/inroad-security/inroad/graph"

// Networks. Rules and routes are kept as lists of JSON objects, each as the provider's API gives it, so that derivation
// cites them as they stand.
var (
	AWSVPC        = node(graph.NodeSpec{Label: "AWSVPC", Doc: "A VPC.", Classes: []graph.Class{Network, Container}, Props: aws(list("cidrs", "IPv4 and IPv6 blocks"), flag("default", ""))})
	AWSSubnet     = node(graph.NodeSpec{Label: "AWSSubnet", Doc: "A subnet.", Classes: []graph.Class{Network, Container}, Props: aws(text("vpc", "ARN"), text("cidr", "IPv4 block"), list("ipv6_cidrs", ""), text("zone", ""), flag("map_public_ip", "new interfaces get public addresses"))})
	AWSRouteTable = node(graph.NodeSpec{Label: "AWSRouteTable", Doc: "A route table.", Classes: []graph.Class{Network}, Props: aws(
		text("vpc", "ARN"), flag("main", "applies to subnets without one of their own"), list("subnets", "ARNs explicitly associated"), list("gateways", "ids of gateways associated (edge associations)"), list("routes", "JSON objects as in DescribeRouteTables"))})
	AWSInternetGateway = node(graph.NodeSpec{Label: "AWSInternetGateway", Doc: "An internet gateway, or an egress-only one.", Classes: []graph.Class{Network}, Props: aws(list("vpcs", "ARNs it is attached to"), flag("egress_only", ""))})
	AWSNATGateway      = node(graph.NodeSpec{Label: "AWSNATGateway", Doc: "A NAT gateway.", Classes: []graph.Class{Network}, Props: aws(text("vpc", "ARN"), text("subnet", "ARN"), text("public_ip", ""), text("state", ""), text("connectivity", "public or private"))})
	AWSNetworkACL      = node(graph.NodeSpec{Label: "AWSNetworkACL", Doc: "A network ACL.", Classes: []graph.Class{Network}, Props: aws(text("vpc", "ARN"), list("subnets", "ARNs associated"), flag("default", ""), list("entries", "JSON objects as in DescribeNetworkAcls"))})
	AWSSecurityGroup   = node(graph.NodeSpec{Label: "AWSSecurityGroup", Doc: "A security group.", Classes: []graph.Class{Network}, Props: aws(
		text("vpc", "ARN"), list("ingress", "JSON objects as IpPermissions in DescribeSecurityGroups"), list("egress", "JSON objects as IpPermissionsEgress"))})
	AWSPrefixList = node(graph.NodeSpec{Label: "AWSPrefixList", Doc: "A managed prefix list.", Classes: []graph.Class{Network}, Props: aws(list("cidrs", ""))})
	AWSInterface  = node(graph.NodeSpec{Label: "AWSInterface", Doc: "A network interface; ATTACHED_TO its instance.", Classes: []graph.Class{Network}, Props: aws(
		text("vpc", "ARN"), text("subnet", "ARN"), list("security_groups", "ARNs"), text("public_ip", "IPv4 of its primary address"), list("public_ips", "IPv4, all that lead to one of its addresses"), list("private_ips", "IPv4"), list("ipv6", ""),
		text("instance", "ARN of the instance it is attached to"), text("type", "interface, nat_gateway, lambda …"), text("description", ""), flag("requester_managed", ""))})
	AWSElasticIP    = node(graph.NodeSpec{Label: "AWSElasticIP", Doc: "An Elastic IP address.", Classes: []graph.Class{Network}, Props: aws(text("public_ip", ""), text("interface", "ARN"), text("instance", "ARN"))})
	AWSPeering      = node(graph.NodeSpec{Label: "AWSPeering", Doc: "A VPC peering connection.", Classes: []graph.Class{Network}, Props: aws(text("requester_vpc", "ARN"), text("accepter_vpc", "ARN"), text("status", "active …"))})
	AWSEndpoint     = node(graph.NodeSpec{Label: "AWSEndpoint", Doc: "A VPC endpoint.", Classes: []graph.Class{Network}, Props: aws(text("vpc", "ARN"), text("service", ""), text("type", "Gateway or Interface"), text("policy", "as JSON"))})
	AWSLoadBalancer = node(graph.NodeSpec{Label: "AWSLoadBalancer", Doc: "An application, network or gateway load balancer.", Classes: []graph.Class{Network}, Props: aws(
		text("type", "application, network or gateway"), text("scheme", "internet-facing or internal"), text("dns", ""), text("vpc", "ARN"), list("subnets", "ARNs"), list("security_groups", "ARNs"), text("state", ""))})
	AWSListener = node(graph.NodeSpec{Label: "AWSListener", Doc: "A load balancer's listener; ROUTES_TO target groups.", Classes: []graph.Class{Network}, Props: aws(
		text("load_balancer", "ARN"), whole("port", ""), text("protocol", ""), list("target_groups", "ARNs, of the default and all rules' forwards"), flag("authenticated", "an OIDC, Cognito or JWT action comes first on every rule that forwards"))})
	AWSTargetGroup = node(graph.NodeSpec{Label: "AWSTargetGroup", Doc: "A target group; ROUTES_TO its targets.", Classes: []graph.Class{Network}, Props: aws(
		text("type", "instance, ip, lambda or alb"), whole("port", ""), text("protocol", ""), text("vpc", "ARN"), list("targets", "each id|port: instance ARN, address, function ARN or load balancer ARN"), flag("client_ip", "the client's address is kept"))})
)
