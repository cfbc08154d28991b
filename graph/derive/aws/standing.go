package aws

import (
	"net/netip"
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// functionsTakeNone is why no packet gets to a function: it is invoked through Lambda's API, from a VPC too ("Connecting inbound
// interface VPC endpoints for Lambda", https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-endpoints.html), and "inbound
// network connections are blocked by AWS Lambda" (https://aws.amazon.com/lambda/faqs/).
const functionsTakeNone = "belongs to Lambda, which lets no connection in: functions are invoked through its API"

// addStanding adds the workloads that tell their subnets and security groups and not their interfaces: functions in a VPC, and
// services of ECS of which no task was collected with its own. A task of ECS has an interface of its own, with a public address
// where the service asks for one ("Amazon ECS task networking options for Fargate",
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html).
func (estate *estate) addStanding(of func(vpc string) *network) {
	shared := map[string][]*node{}
	for _, card := range estate.seen(kinds.AWSInterface) {
		if card.Props.Text("type") == "lambda" {
			shared[card.Props.Text("subnet")] = append(shared[card.Props.Text("subnet")], card)
		}
	}
	for _, function := range estate.seen(kinds.AWSFunction) {
		estate.stand(of, function, func(subnet string, card *awsnet.Interface) {
			card.Addresses, card.Closed = functionAddresses(function, shared[subnet]), functionsTakeNone
		})
	}
	running := map[string]bool{}
	for _, task := range estate.seen(kinds.AWSECSTask) {
		if task.Props.Text("eni") != "" {
			running[task.Props.Text("cluster")+"/"+task.Props.Text("service")] = true
		}
	}
	for _, service := range estate.seen(kinds.AWSECSService) {
		if running[service.Props.Text("cluster")+"/"+last(string(service.ID))] {
			continue
		}
		estate.stand(of, service, func(_ string, card *awsnet.Interface) {
			if service.Props.Flag("public_ip") {
				card.Public = []awsnet.PublicAddress{{}}
			}
		})
	}
}

// stand adds an interface of a workload in each of its subnets.
func (estate *estate) stand(of func(vpc string) *network, workload *node, complete func(subnet string, card *awsnet.Interface)) {
	for _, name := range workload.Props.List("subnets") {
		subnet, known := estate.find(graph.ID(name))
		if !known || subnet.Props.Text("vpc") == "" {
			continue
		}
		network := of(subnet.Props.Text("vpc"))
		card := awsnet.Interface{ID: string(workload.ID) + "@" + last(name), Subnet: last(name), Groups: groupsOf(workload)}
		complete(name, &card)
		network.world.Interfaces = append(network.world.Interfaces, card)
		network.names[card.ID], network.owners[card.ID] = workload.ID, workload.ID
		network.attached[workload.ID] = append(network.attached[workload.ID], card.ID)
	}
}

// functionAddresses are those of the interface that all functions with the same groups share in a subnet, and none where it is not
// known. A function gets no public address even in a public subnet, and sends over IPv6 where it asks to ("Giving Lambda functions access
// to resources in an Amazon VPC", https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html; "Enable internet access for
// VPC-connected Lambda functions", https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html).
func functionAddresses(function *node, shared []*node) []netip.Addr {
	var found []netip.Addr
	for _, card := range shared {
		if !slices.Equal(graph.Sorted(card.Props.List("security_groups")), graph.Sorted(function.Props.List("security_groups"))) {
			continue
		}
		found = append(found, addresses(card.Props.List("private_ips"))...)
		if function.Props.Flag("ipv6") {
			found = append(found, addresses(card.Props.List("ipv6"))...)
		}
	}
	return found
}
