package awsconfig

import (
	"cmp"
	"strings"
)

// types tell, by the type of a resource, how its item becomes an answer. A type of which the items name their members as the API does is
// one line ("Supported resource types", https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html).
var types = map[string]func(*builder, item){
	"AWS::EC2::VPC":                             described("ec2", "describe-vpcs", "Vpcs"),
	"AWS::EC2::Subnet":                          described("ec2", "describe-subnets", "Subnets"),
	"AWS::EC2::RouteTable":                      described("ec2", "describe-route-tables", "RouteTables"),
	"AWS::EC2::InternetGateway":                 described("ec2", "describe-internet-gateways", "InternetGateways"),
	"AWS::EC2::EgressOnlyInternetGateway":       described("ec2", "describe-egress-only-internet-gateways", "EgressOnlyInternetGateways"),
	"AWS::EC2::NatGateway":                      described("ec2", "describe-nat-gateways", "NatGateways"),
	"AWS::EC2::NetworkAcl":                      described("ec2", "describe-network-acls", "NetworkAcls"),
	"AWS::EC2::SecurityGroup":                   securityGroup,
	"AWS::EC2::NetworkInterface":                described("ec2", "describe-network-interfaces", "NetworkInterfaces"),
	"AWS::EC2::EIP":                             described("ec2", "describe-addresses", "Addresses"),
	"AWS::EC2::VPCPeeringConnection":            described("ec2", "describe-vpc-peering-connections", "VpcPeeringConnections"),
	"AWS::EC2::VPCEndpoint":                     described("ec2", "describe-vpc-endpoints", "VpcEndpoints"),
	"AWS::EC2::TransitGateway":                  described("ec2", "describe-transit-gateways", "TransitGateways"),
	"AWS::EC2::Instance":                        instance,
	"AWS::EC2::Volume":                          described("ec2", "describe-volumes", "Volumes"),
	"AWS::ElasticLoadBalancing::LoadBalancer":   described("elb", "describe-load-balancers", "LoadBalancerDescriptions"),
	"AWS::ElasticLoadBalancingV2::LoadBalancer": described("elbv2", "describe-load-balancers", "LoadBalancers"),
	"AWS::RDS::DBInstance":                      described("rds", "describe-db-instances", "DBInstances"),
	"AWS::RDS::DBCluster":                       described("rds", "describe-db-clusters", "DBClusters"),
	"AWS::RDS::DBSnapshot":                      described("rds", "describe-db-snapshots", "DBSnapshots"),
	"AWS::RDS::DBClusterSnapshot":               described("rds", "describe-db-cluster-snapshots", "DBClusterSnapshots"),
	"AWS::RDS::DBSubnetGroup":                   described("rds", "describe-db-subnet-groups", "DBSubnetGroups"),
	"AWS::IAM::User":                            principal("UserDetailList"),
	"AWS::IAM::Group":                           principal("GroupDetailList"),
	"AWS::IAM::Role":                            principal("RoleDetailList"),
	"AWS::IAM::Policy":                          principal("Policies"),
	"AWS::Lambda::Function":                     function,
	"AWS::KMS::Key":                             key,
	"AWS::DynamoDB::Table":                      table,
	"AWS::S3::Bucket":                           bucket,
}

// described adds the item's configuration to a list of an operation in its region.
func described(service, operation, list string) func(*builder, item) {
	return func(made *builder, item item) {
		made.add(item, item.at(service, operation, ""), list, item.element())
	}
}

// element gives the configuration as the API describes the resource, with the item's tags where it has none of its own.
func (item item) element() map[string]any {
	element, _ := asAPI(map[string]any(item.Configuration)).(map[string]any)
	list := "Tags"
	switch {
	case strings.HasPrefix(item.Type, "AWS::RDS::"):
		list = "TagList"
	case item.Type == "AWS::EC2::NetworkInterface":
		list = "TagSet"
	}
	if _, tagged := element[list]; !tagged && len(item.Tags) > 0 {
		element[list] = item.tagged("Key", "Value")
	}
	return element
}

// securityGroup takes the ranges of a group's rules that carry their descriptions: AWS Config gives them as ipv4Ranges, and as texts
// besides.
func securityGroup(made *builder, item item) {
	group := item.element()
	for _, direction := range []string{"IpPermissions", "IpPermissionsEgress"} {
		rules, _ := group[direction].([]any)
		for _, rule := range rules {
			rule, is := rule.(map[string]any)
			if !is {
				continue
			}
			if ranges, found := rule["Ipv4Ranges"]; found {
				rule["IpRanges"] = ranges
				delete(rule, "Ipv4Ranges")
				continue
			}
			ranges, _ := rule["IpRanges"].([]any)
			for i, block := range ranges {
				if text, is := block.(string); is {
					ranges[i] = map[string]any{"CidrIp": text}
				}
			}
		}
	}
	made.add(item, item.at("ec2", "describe-security-groups", ""), "SecurityGroups", group)
}

func instance(made *builder, item item) {
	made.add(item, item.at("ec2", "describe-instances", ""), "Reservations", map[string]any{"OwnerId": item.AccountID, "Instances": []any{item.element()}})
}

// principal adds what IAM has to the account's authorization details, of which AWS Config keeps the parts. A role brings its instance
// profiles.
func principal(list string) func(*builder, item) {
	return func(made *builder, item item) {
		item = item.global()
		element := item.element()
		made.add(item, item.at("iam", "get-account-authorization-details", ""), list, element)
		profiles, _ := element["InstanceProfileList"].([]any)
		for _, profile := range profiles {
			made.add(item, item.at("iam", "list-instance-profiles", ""), "InstanceProfiles", profile)
		}
	}
}

// function has its policy, as text, among the supplementary configuration.
func function(made *builder, item item) {
	element := item.element()
	name, _ := element["FunctionName"].(string)
	name = cmp.Or(name, item.Name, item.ID)
	made.add(item, item.at("lambda", "list-functions", ""), "Functions", element)
	if policy, found := item.supplement("Policy"); found {
		made.set(item, item.at("lambda", "get-policy", name), map[string]any{"Policy": policy})
	}
}

// key has its policy and its rotation among the supplementary configuration; its grants AWS Config does not keep.
func key(made *builder, item item) {
	element := item.element()
	id, _ := element["KeyId"].(string)
	id = cmp.Or(id, item.ID)
	made.add(item, item.at("kms", "list-keys", ""), "Keys", map[string]any{"KeyId": id, "KeyArn": cmp.Or(item.ARN, id)})
	delete(element, "Tags")
	made.set(item, item.at("kms", "describe-key", id), map[string]any{"KeyMetadata": element})
	made.set(item, item.at("kms", "list-resource-tags", id), map[string]any{"Tags": item.tagged("TagKey", "TagValue")})
	if policy, found := item.supplement("Policy"); found {
		made.set(item, item.at("kms", "get-key-policy", id), map[string]any{"Policy": policy})
	}
	if rotated, found := item.supplement("KeyRotationStatus"); found {
		made.set(item, item.at("kms", "get-key-rotation-status", id), map[string]any{"KeyRotationEnabled": rotated})
	}
}

func table(made *builder, item item) {
	element := item.element()
	name, _ := element["TableName"].(string)
	name = cmp.Or(name, item.Name, item.ID)
	made.add(item, item.at("dynamodb", "list-tables", ""), "TableNames", name)
	delete(element, "Tags")
	made.set(item, item.at("dynamodb", "describe-table", name), map[string]any{"Table": element})
}
