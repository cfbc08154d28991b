package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"

	"github.com/inroad-security/inroad/ingest"
)

func init() {
	cluster := of{"list-clusters", "clusters[]", "--name"}
	within := of{"list-clusters", "clusters[]", "--cluster-name"}
	register(
		once("eks", "list-clusters", "eks:ListClusters", ingest.Mapping(mapEKSClusters), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, eks.NewListClustersPaginator(eks.NewFromConfig(config), &eks.ListClustersInput{}))
		}),
		perItem("eks", "describe-cluster", "eks:DescribeCluster", cluster, ingest.Mapping(mapEKSCluster), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return eks.NewFromConfig(config).DescribeCluster(ctx, &eks.DescribeClusterInput{Name: &name})
		}, "ResourceNotFoundException"),
		// A cluster whose authentication is by its config map alone has no access entries and answers so.
		perItem("eks", "list-access-entries", "eks:ListAccessEntries", within, ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return pages(ctx, eks.NewListAccessEntriesPaginator(eks.NewFromConfig(config), &eks.ListAccessEntriesInput{ClusterName: &name}))
		}, "ResourceNotFoundException", "InvalidRequestException"),
		inCluster("describe-access-entry", "eks:DescribeAccessEntry", "list-access-entries", "accessEntries[]", "--principal-arn", ingest.Mapping(mapAccessEntry),
			func(ctx context.Context, client *eks.Client, cluster, principal *string) (any, error) {
				return client.DescribeAccessEntry(ctx, &eks.DescribeAccessEntryInput{ClusterName: cluster, PrincipalArn: principal})
			}),
		inCluster("list-associated-access-policies", "eks:ListAssociatedAccessPolicies", "list-access-entries", "accessEntries[]", "--principal-arn", ingest.Mapping(mapAccessPolicies),
			func(ctx context.Context, client *eks.Client, cluster, principal *string) (any, error) {
				return pages(ctx, eks.NewListAssociatedAccessPoliciesPaginator(client, &eks.ListAssociatedAccessPoliciesInput{ClusterName: cluster, PrincipalArn: principal}))
			}),
		perItem("eks", "list-pod-identity-associations", "eks:ListPodIdentityAssociations", within, ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return pages(ctx, eks.NewListPodIdentityAssociationsPaginator(eks.NewFromConfig(config), &eks.ListPodIdentityAssociationsInput{ClusterName: &name}))
		}, "ResourceNotFoundException"),
		inCluster("describe-pod-identity-association", "eks:DescribePodIdentityAssociation", "list-pod-identity-associations", "associations[].associationId", "--association-id",
			ingest.Mapping(mapPodIdentity), func(ctx context.Context, client *eks.Client, cluster, id *string) (any, error) {
				return client.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{ClusterName: cluster, AssociationId: id})
			}),
		perItem("eks", "list-nodegroups", "eks:ListNodegroups", within, ingest.Mapping(mapNothing), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return pages(ctx, eks.NewListNodegroupsPaginator(eks.NewFromConfig(config), &eks.ListNodegroupsInput{ClusterName: &name}))
		}, "ResourceNotFoundException"),
		inCluster("describe-nodegroup", "eks:DescribeNodegroup", "list-nodegroups", "nodegroups[]", "--nodegroup-name", ingest.Mapping(mapNodeGroup),
			func(ctx context.Context, client *eks.Client, cluster, name *string) (any, error) {
				return client.DescribeNodegroup(ctx, &eks.DescribeNodegroupInput{ClusterName: cluster, NodegroupName: name})
			}),
	)
}

// inCluster makes the table of an operation that is called for each of what another lists in a cluster.
func inCluster(operation, action, parent, items, option string, mapped mapping, call func(ctx context.Context, client *eks.Client, cluster, name *string) (any, error)) Table {
	return Table{
		Service: "eks", Operation: operation, Actions: []string{action}, Parent: parent, Items: items, Joined: true, Absent: []string{"ResourceNotFoundException"}, Map: mapped,
		Command: "aws eks " + operation + ` --cluster-name "${item%%,*}" ` + option + ` "${item#*,}"`,
		Call: func(ctx context.Context, config aws.Config, item string) (any, error) {
			cluster, name := ingest.Halves(item)
			return call(ctx, eks.NewFromConfig(config), &cluster, &name)
		},
	}
}
