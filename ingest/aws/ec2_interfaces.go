package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "ec2", Operation: "describe-network-interfaces",
			Actions: []string{"ec2:DescribeNetworkInterfaces"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeNetworkInterfacesPaginator(ec2.NewFromConfig(config), &ec2.DescribeNetworkInterfacesInput{}))
			},
			Map: ingest.Mapping(mapInterfaces),
		},
		Table{
			Service: "ec2", Operation: "describe-addresses",
			Actions: []string{"ec2:DescribeAddresses"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return ec2.NewFromConfig(config).DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
			},
			Map: ingest.Mapping(mapAddresses),
		},
	)
}

type networkInterfaces struct{ NetworkInterfaces []networkInterface }

// networkInterface is an interface as its own answer gives it, and as an instance's does.
type networkInterface struct {
	NetworkInterfaceID, OwnerID, VPCID, SubnetID string
	InterfaceType, Description, PrivateIPAddress string
	RequesterManaged                             *bool
	Association                                  struct{ PublicIP string }
	Attachment                                   struct{ InstanceID, InstanceOwnerID string }
	Groups                                       []groupRef
	PrivateIPAddresses                           []privateAddress
	IPv6Addresses                                []struct{ IPv6Address string }
	TagSet                                       tags
}

type groupRef struct{ GroupID string }

type privateAddress struct {
	PrivateIPAddress string
	Association      struct{ PublicIP string }
}

func mapInterfaces(facts *ingest.Facts, site ingest.Site, _ string, body networkInterfaces) {
	for _, attached := range body.NetworkInterfaces {
		attached.add(facts, site)
	}
}

func (attached networkInterface) add(facts *ingest.Facts, site ingest.Site) {
	site = heldBy(site, attached.OwnerID)
	addresses := attached.PrivateIPAddresses
	if attached.PrivateIPAddress != "" {
		addresses = append(addresses, privateAddress{attached.PrivateIPAddress, attached.Association})
	}
	groups := resources(site, "ec2", "security-group/", each(attached.Groups, func(group groupRef) string { return group.GroupID }))
	subnet := resource(site, "ec2", "subnet/", attached.SubnetID)
	instance := resource(heldBy(site, attached.Attachment.InstanceOwnerID), "ec2", "instance/", attached.Attachment.InstanceID)

	id := resource(site, "ec2", "network-interface/", attached.NetworkInterfaceID)
	found := describe(facts, site, kinds.AWSInterface, id, attached.TagSet.value("Name"), attached.TagSet, graph.Props{
		"vpc": resource(site, "ec2", "vpc/", attached.VPCID), "subnet": subnet, "security_groups": groups,
		"public_ip":   attached.Association.PublicIP,
		"public_ips":  each(addresses, func(address privateAddress) string { return address.Association.PublicIP }),
		"private_ips": each(addresses, func(address privateAddress) string { return address.PrivateIPAddress }),
		"ipv6":        each(attached.IPv6Addresses, func(address struct{ IPv6Address string }) string { return address.IPv6Address }),
		"instance":    instance, "type": attached.InterfaceType, "description": attached.Description, "requester_managed": attached.RequesterManaged,
	})
	found.from(kinds.Contains, kinds.AWSSubnet, subnet)
	found.to(kinds.AttachedTo, kinds.AWSInstance, instance)
	for _, group := range groups {
		found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
	}
}

type addresses struct {
	Addresses []struct {
		AllocationID, PublicIP, InstanceID          string
		NetworkInterfaceID, NetworkInterfaceOwnerID string
		Tags                                        tags
	}
}

func mapAddresses(facts *ingest.Facts, site ingest.Site, _ string, body addresses) {
	for _, address := range body.Addresses {
		interfaceID := resource(heldBy(site, address.NetworkInterfaceOwnerID), "ec2", "network-interface/", address.NetworkInterfaceID)
		id := resource(site, "ec2", "elastic-ip/", address.AllocationID)
		found := describe(facts, site, kinds.AWSElasticIP, id, cmp.Or(address.Tags.value("Name"), address.PublicIP), address.Tags, graph.Props{
			"public_ip": address.PublicIP, "interface": interfaceID, "instance": resource(site, "ec2", "instance/", address.InstanceID),
		})
		found.to(kinds.AttachedTo, kinds.AWSInterface, interfaceID)
	}
}
