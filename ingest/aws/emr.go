package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/emr"
	"github.com/aws/aws-sdk-go-v2/service/emr/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	clusters := once("emr", "list-clusters", "elasticmapreduce:ListClusters", ingest.Mapping(mapEMRClusters), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, emr.NewListClustersPaginator(emr.NewFromConfig(config), &emr.ListClustersInput{ClusterStates: []types.ClusterState{
			types.ClusterStateStarting, types.ClusterStateBootstrapping, types.ClusterStateRunning, types.ClusterStateWaiting,
		}}))
	})
	clusters.Command = "aws emr list-clusters --cluster-states STARTING BOOTSTRAPPING RUNNING WAITING"
	cluster := perItem("emr", "describe-cluster", "elasticmapreduce:DescribeCluster", of{"list-clusters", "Clusters[].Id", "--cluster-id"}, ingest.Mapping(mapEMRCluster), func(ctx context.Context, config aws.Config, id string) (any, error) {
		answer, err := emr.NewFromConfig(config).DescribeCluster(ctx, &emr.DescribeClusterInput{ClusterId: &id})
		if err == nil && answer.Cluster != nil {
			answer.Cluster.Configurations, answer.Cluster.KerberosAttributes = nil, nil // which may hold passwords
		}
		return answer, err
	})
	cluster.Command += " --query '{Cluster: Cluster.{ClusterArn: ClusterArn, Name: Name, Status: Status, ServiceRole: ServiceRole, SecurityConfiguration: SecurityConfiguration, VisibleToAllUsers: VisibleToAllUsers, Ec2InstanceAttributes: Ec2InstanceAttributes, Tags: Tags}}'"
	register(clusters, cluster)
}

type emrClusters struct {
	Clusters []struct {
		ID, Name, ClusterARN string
		Status               struct{ State string }
	}
}

func emrClusterID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return resource(site, "elasticmapreduce", "cluster/", id)
}

func mapEMRClusters(facts *ingest.Facts, site ingest.Site, _ string, body emrClusters) {
	for _, cluster := range body.Clusters {
		describe(facts, site, kinds.AWSEMRCluster, cmp.Or(cluster.ClusterARN, emrClusterID(site, cluster.ID)), cluster.Name, nil, graph.Props{"state": cluster.Status.State})
	}
}

type emrCluster struct {
	Cluster *struct {
		ClusterARN, ServiceRole, SecurityConfiguration string
		VisibleToAllUsers                              *bool
		EC2InstanceAttributes                          struct{ IAMInstanceProfile, EC2SubnetID string }
		Tags                                           tags
	}
}

// mapEMRCluster reads the roles of a cluster: EMR's own, and the instance profile of its instances
// (https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-roles.html).
func mapEMRCluster(facts *ingest.Facts, site ingest.Site, item string, body emrCluster) {
	if body.Cluster == nil {
		return
	}
	cluster := body.Cluster
	profile, service := profileID(site, cluster.EC2InstanceAttributes.IAMInstanceProfile), role(site, cluster.ServiceRole)
	found := contribute(facts, kinds.AWSEMRCluster, cmp.Or(cluster.ClusterARN, emrClusterID(site, item)), graph.Props{
		"service_role": service, "instance_profile": profile, "security_configuration": cluster.SecurityConfiguration, "visible_to_all": cluster.VisibleToAllUsers,
		"subnet": resource(site, "ec2", "subnet/", cluster.EC2InstanceAttributes.EC2SubnetID), "tags": []string(append(tags{}, cluster.Tags...)),
	})
	found.to(kinds.Uses, kinds.AWSRole, service)
	found.to(kinds.Uses, kinds.AWSInstanceProfile, profile)
}
