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
			Service: "ec2", Operation: "describe-security-groups",
			Actions: []string{"ec2:DescribeSecurityGroups"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeSecurityGroupsPaginator(ec2.NewFromConfig(config), &ec2.DescribeSecurityGroupsInput{}))
			},
			Map: ingest.Mapping(mapSecurityGroups),
		},
		Table{
			Service: "ec2", Operation: "describe-network-acls",
			Actions: []string{"ec2:DescribeNetworkAcls"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeNetworkAclsPaginator(ec2.NewFromConfig(config), &ec2.DescribeNetworkAclsInput{}))
			},
			Map: ingest.Mapping(mapNetworkACLs),
		},
		Table{
			Service: "ec2", Operation: "describe-managed-prefix-lists",
			Actions: []string{"ec2:DescribeManagedPrefixLists"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, ec2.NewDescribeManagedPrefixListsPaginator(ec2.NewFromConfig(config), &ec2.DescribeManagedPrefixListsInput{}))
			},
			Map: ingest.Mapping(mapPrefixLists),
		},
		Table{
			Service: "ec2", Operation: "get-managed-prefix-list-entries",
			Actions: []string{"ec2:GetManagedPrefixListEntries"},
			// The ARN is the item, for it alone tells the owner, which is AWS itself for the lists of its services.
			Parent: "describe-managed-prefix-lists", Items: "PrefixLists[].PrefixListArn",
			Command: `aws ec2 get-managed-prefix-list-entries --prefix-list-id "${item##*/}"`,
			Call: func(ctx context.Context, config aws.Config, item string) (any, error) {
				return pages(ctx, ec2.NewGetManagedPrefixListEntriesPaginator(ec2.NewFromConfig(config),
					&ec2.GetManagedPrefixListEntriesInput{PrefixListId: aws.String(lastPart(item))}))
			},
			Absent: []string{"InvalidPrefixListID.NotFound"},
			Map:    ingest.Mapping(mapPrefixListEntries),
		},
	)
}

type securityGroups struct {
	SecurityGroups []struct {
		GroupID, GroupName, VPCID, OwnerID string
		IPPermissions, IPPermissionsEgress objects
		Tags                               tags
	}
}

func mapSecurityGroups(facts *ingest.Facts, site ingest.Site, _ string, body securityGroups) {
	for _, group := range body.SecurityGroups {
		home := heldBy(site, group.OwnerID)
		vpc := resource(site, "ec2", "vpc/", group.VPCID)
		id := resource(home, "ec2", "security-group/", group.GroupID)
		found := describe(facts, home, kinds.AWSSecurityGroup, id, group.GroupName, group.Tags, graph.Props{
			"vpc": vpc, "ingress": []string(group.IPPermissions), "egress": []string(group.IPPermissionsEgress),
		})
		found.from(kinds.Contains, kinds.AWSVPC, vpc)
		found.sharedWith(site, "security-group/", group.GroupID)
	}
}

type networkACLs struct {
	NetworkACLs []struct {
		NetworkACLID, VPCID, OwnerID string
		IsDefault                    *bool
		Associations                 []struct{ SubnetID string }
		Entries                      objects
		Tags                         tags
	}
}

func mapNetworkACLs(facts *ingest.Facts, site ingest.Site, _ string, body networkACLs) {
	for _, acl := range body.NetworkACLs {
		site := heldBy(site, acl.OwnerID)
		vpc := resource(site, "ec2", "vpc/", acl.VPCID)
		subnets := resources(site, "ec2", "subnet/", each(acl.Associations, func(association struct{ SubnetID string }) string { return association.SubnetID }))
		id := resource(site, "ec2", "network-acl/", acl.NetworkACLID)
		found := describe(facts, site, kinds.AWSNetworkACL, id, acl.Tags.value("Name"), acl.Tags, graph.Props{
			"vpc": vpc, "subnets": subnets, "default": acl.IsDefault, "entries": []string(acl.Entries),
		})
		found.from(kinds.Contains, kinds.AWSVPC, vpc)
		for _, subnet := range subnets {
			found.to(kinds.AttachedTo, kinds.AWSSubnet, subnet)
		}
	}
}

type prefixLists struct {
	PrefixLists []struct {
		PrefixListID, PrefixListARN, PrefixListName string
		Tags                                        tags
	}
}

func mapPrefixLists(facts *ingest.Facts, site ingest.Site, _ string, body prefixLists) {
	for _, list := range body.PrefixLists {
		id := cmp.Or(list.PrefixListARN, resource(site, "ec2", "prefix-list/", list.PrefixListID))
		home := siteOf(id, site)
		if home.Account == "aws" { // the lists of AWS's own services
			home.Account = ""
		}
		describe(facts, home, kinds.AWSPrefixList, id, list.PrefixListName, list.Tags, nil)
	}
}

type prefixListEntries struct {
	Entries []struct{ CIDR string }
}

func mapPrefixListEntries(facts *ingest.Facts, site ingest.Site, item string, body prefixListEntries) {
	contribute(facts, kinds.AWSPrefixList, resource(site, "ec2", "prefix-list/", item), graph.Props{
		"cidrs": each(body.Entries, func(entry struct{ CIDR string }) string { return entry.CIDR }),
	})
}
