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
	AWSElasticIP = node(graph.NodeSpec{Label: "AWSElasticIP", Doc: "An Elastic IP address.", Classes: []graph.Class{Network}, Props: aws(text("public_ip", ""), text("interface", "ARN"), text("instance", "ARN"))})
	AWSPeering   = node(graph.NodeSpec{Label: "AWSPeering", Doc: "A VPC peering connection.", Classes: []graph.Class{Network}, Props: aws(text("requester_vpc", "ARN"), text("accepter_vpc", "ARN"), text("status", "active …"))})
	AWSEndpoint  = node(graph.NodeSpec{Label: "AWSEndpoint", Doc: "A VPC endpoint.", Classes: []graph.Class{Network}, Props: aws(text("vpc", "ARN"), text("service", ""), text("type", "Gateway or Interface"), text("policy", "as JSON"), text("state", "available …"),
		list("subnets", "ARNs"), list("interfaces", "ARNs"), list("security_groups", "ARNs"), list("route_tables", "ARNs, of a gateway endpoint"))})
	AWSLoadBalancer = node(graph.NodeSpec{Label: "AWSLoadBalancer", Doc: "An application, network, gateway or classic load balancer.", Classes: []graph.Class{Network}, Props: aws(
		text("type", "application, network, gateway or classic"), text("scheme", "internet-facing or internal"), text("dns", ""), text("vpc", "ARN"), list("subnets", "ARNs"), list("security_groups", "ARNs"), text("state", ""),
		list("listeners", "of a classic one: each protocol port instance port"), list("instances", "of a classic one: ARNs"))})
	AWSListener = node(graph.NodeSpec{Label: "AWSListener", Doc: "A load balancer's listener; ROUTES_TO target groups.", Classes: []graph.Class{Network}, Props: aws(
		text("load_balancer", "ARN"), whole("port", ""), text("protocol", ""), list("target_groups", "ARNs, of the default and all rules' forwards"), flag("authenticated", "an OIDC, Cognito or JWT action comes first on every rule that forwards"))})
	AWSTargetGroup = node(graph.NodeSpec{Label: "AWSTargetGroup", Doc: "A target group; ROUTES_TO its targets.", Classes: []graph.Class{Network}, Props: aws(
		text("type", "instance, ip, lambda or alb"), whole("port", ""), text("protocol", ""), text("vpc", "ARN"), list("targets", "each id|port: instance ARN, address, function ARN or load balancer ARN"), flag("client_ip", "the client's address is kept"))})
	AWSTransitGateway           = node(graph.NodeSpec{Label: "AWSTransitGateway", Doc: "A transit gateway.", Classes: []graph.Class{Network}, Props: aws(text("state", ""), flag("group_references", "security groups may name groups of other attached VPCs"))})
	AWSTransitGatewayAttachment = node(graph.NodeSpec{Label: "AWSTransitGatewayAttachment", Doc: "What a transit gateway is attached to; USES the route table that packets from it are routed by.", Classes: []graph.Class{Network}, Props: aws(
		text("gateway", "ARN"), text("type", "vpc, peering, vpn, direct-connect-gateway, connect …"), text("resource", "id of what is attached"), text("vpc", "ARN, of a VPC"), text("state", "available …"),
		text("route_table", "ARN of the associated route table"), list("subnets", "ARNs, one a zone at most"), flag("appliance_mode", ""), flag("group_references", "the gateway's setting, for this VPC"))})
	AWSTransitGatewayRouteTable = node(graph.NodeSpec{Label: "AWSTransitGatewayRouteTable", Doc: "A transit gateway's route table.", Classes: []graph.Class{Network}, Props: aws(
		text("gateway", "ARN"), list("routes", "each destination attachments type state: attachment ids with commas between, - for none; static or propagated; active or blackhole"))})
	AWSEndpointService = node(graph.NodeSpec{Label: "AWSEndpointService", Doc: "A VPC endpoint service (PrivateLink); ROUTES_TO its load balancers.", Classes: []graph.Class{Network}, Props: aws(
		text("service", "its name, by which endpoints name it"), text("state", ""), flag("acceptance_required", ""), list("load_balancers", "ARNs"), list("allowed", "principals that may make endpoints: ARNs, or *"))})
	AWSRestAPI = node(graph.NodeSpec{Label: "AWSRestAPI", Doc: "A REST API of API Gateway; ROUTES_TO functions.", Classes: []graph.Class{Network}, Props: aws(
		list("endpoints", "EDGE, REGIONAL or PRIVATE"), list("vpc_endpoints", "ARNs, of a private one"), flag("endpoint_disabled", "only custom domain names lead to it"),
		text("policy", "resource policy as JSON; empty when there is none, absent when not collected"), list("methods", "each METHOD path|authorization|integration type|where it leads|VPC link"),
		list("stages", "names"), list("stages_without_web_acl", "names"))})
	AWSHTTPAPI = node(graph.NodeSpec{Label: "AWSHTTPAPI", Doc: "An HTTP or WebSocket API of API Gateway; ROUTES_TO functions.", Classes: []graph.Class{Network}, Props: aws(
		text("protocol", "HTTP or WEBSOCKET"), text("url", ""), flag("endpoint_disabled", "only custom domain names lead to it"),
		list("routes", "each key|authorization|integration"), list("integrations", "each id|type|where it leads|VPC link"))})
	AWSVPCLink = node(graph.NodeSpec{Label: "AWSVPCLink", Doc: "API Gateway's way into a VPC.", Classes: []graph.Class{Network}, Props: aws(
		list("load_balancers", "ARNs, of a REST API's"), list("subnets", "ARNs, of an HTTP API's"), list("security_groups", "ARNs"))})
	AWSDistribution = node(graph.NodeSpec{Label: "AWSDistribution", Doc: "A CloudFront distribution.", Classes: []graph.Class{Network}, Props: aws(
		text("domain", ""), list("aliases", ""), flag("enabled", ""), text("web_acl", "ARN or id"), list("origins", "each id|domain|access: control id, identity id, vpc id, or empty"),
		list("behaviors", "each path|origin|anyone or signed"))})
	AWSOriginAccessControl = node(graph.NodeSpec{Label: "AWSOriginAccessControl", Doc: "How CloudFront signs its requests to an origin.", Props: aws(text("signing", "always, never or no-override"), text("type", "s3, lambda …"))})
	AWSFirewall            = node(graph.NodeSpec{Label: "AWSFirewall", Doc: "A Network Firewall; HAS_POLICY its policy.", Classes: []graph.Class{Network}, Props: aws(text("vpc", "ARN"), text("policy", "ARN"), list("endpoints", "each endpoint subnet, by their ids: what routes lead to"))})
	AWSFirewallPolicy      = node(graph.NodeSpec{Label: "AWSFirewallPolicy", Doc: "A Network Firewall policy; USES rule groups.", Classes: []graph.Class{Network}, Props: aws(
		list("stateless_default", "aws:pass, aws:drop or aws:forward_to_sfe"), list("stateful_default", "aws:drop_strict …"), text("rule_order", "STRICT_ORDER, else by action"),
		list("stateless_groups", "each priority ARN"), list("stateful_groups", "each priority ARN"), flag("overridden", "a group's actions are overridden"), list("variables", "each name=value"))})
	AWSFirewallRuleGroup = node(graph.NodeSpec{Label: "AWSFirewallRuleGroup", Doc: "A rule group of Network Firewall.", Classes: []graph.Class{Network}, Props: aws(
		text("type", "STATELESS or STATEFUL"), list("rules", "JSON objects as in DescribeRuleGroup"), list("suricata", "rules in Suricata's language, in order, without comments"), flag("opaque", "it has a list of domains"), list("variables", "each name=value"))})
	AWSPublicAccessBlock     = node(graph.NodeSpec{Label: "AWSPublicAccessBlock", Doc: "VPC Block Public Access of an account in a region.", Classes: []graph.Class{Network}, Props: aws(text("mode", "off, block-bidirectional or block-ingress"), text("state", ""))})
	AWSPublicAccessExclusion = node(graph.NodeSpec{Label: "AWSPublicAccessExclusion", Doc: "A VPC or subnet that VPC Block Public Access leaves out.", Classes: []graph.Class{Network}, Props: aws(text("resource", "ARN"), text("mode", "allow-bidirectional or allow-egress"), text("state", ""))})
	AWSWebACL                = node(graph.NodeSpec{Label: "AWSWebACL", Doc: "A web ACL of AWS WAF; ATTACHED_TO what it stands before.", Classes: []graph.Class{Network}, Props: aws(list("load_balancers", "ARNs it stands before"))})
	AWSSegment               = node(graph.NodeSpec{Label: "AWSSegment", Doc: "Interfaces that no security group, network ACL or route tells apart: what one of them reaches all reach. Named by the first of them. One whose name ends in entrance is where packets to such interfaces arrive.", Classes: []graph.Class{Network}, Props: aws()})
)
