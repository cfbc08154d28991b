package aws

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	redshifttypes "github.com/aws/aws-sdk-go-v2/service/redshift/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// forceTLS are the parameters that make clients of a database connect by TLS: of PostgreSQL and SQL Server, of MySQL and MariaDB, and of
// Redshift (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html,
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/mysql-ssl-connections.html,
// https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html).
var forceTLS = []string{"rds.force_ssl", "require_secure_transport", "require_ssl"}

// Of a group's hundreds of parameters no more is read than these.
func init() {
	instances := groupParameters("rds", "describe-db-parameters", "rds:DescribeDBParameters", of{"describe-db-instances", "DBInstances[].DBParameterGroups[].DBParameterGroupName", "--db-parameter-group-name"}, "pg:", func(ctx context.Context, config aws.Config, group string) (any, error) {
		answer, err := pages(ctx, rds.NewDescribeDBParametersPaginator(rds.NewFromConfig(config), &rds.DescribeDBParametersInput{DBParameterGroupName: &group}))
		if err != nil {
			return nil, err
		}
		answer.Parameters = slices.DeleteFunc(answer.Parameters, func(one rdstypes.Parameter) bool { return !slices.Contains(forceTLS, aws.ToString(one.ParameterName)) })
		return answer, nil
	})
	clusters := groupParameters("rds", "describe-db-cluster-parameters", "rds:DescribeDBClusterParameters", of{"describe-db-clusters", "DBClusters[].DBClusterParameterGroup", "--db-cluster-parameter-group-name"}, "cluster-pg:", func(ctx context.Context, config aws.Config, group string) (any, error) {
		answer, err := pages(ctx, rds.NewDescribeDBClusterParametersPaginator(rds.NewFromConfig(config), &rds.DescribeDBClusterParametersInput{DBClusterParameterGroupName: &group}))
		if err != nil {
			return nil, err
		}
		answer.Parameters = slices.DeleteFunc(answer.Parameters, func(one rdstypes.Parameter) bool { return !slices.Contains(forceTLS, aws.ToString(one.ParameterName)) })
		return answer, nil
	})
	warehouses := groupParameters("redshift", "describe-cluster-parameters", "redshift:DescribeClusterParameters", of{"describe-clusters", "Clusters[].ClusterParameterGroups[].ParameterGroupName", "--parameter-group-name"}, "parametergroup:", func(ctx context.Context, config aws.Config, group string) (any, error) {
		answer, err := pages(ctx, redshift.NewDescribeClusterParametersPaginator(redshift.NewFromConfig(config), &redshift.DescribeClusterParametersInput{ParameterGroupName: &group}))
		if err != nil {
			return nil, err
		}
		answer.Parameters = slices.DeleteFunc(answer.Parameters, func(one redshifttypes.Parameter) bool {
			return !slices.Contains(forceTLS, aws.ToString(one.ParameterName))
		})
		return answer, nil
	})
	register(instances, clusters, warehouses)
}

// groupParameters is the table of an operation that lists a parameter group's parameters; prefix is what precedes the group's name in its ARN.
func groupParameters(service, operation, action string, of of, prefix string, call func(context.Context, aws.Config, string) (any, error)) Table {
	mapped := func(facts *ingest.Facts, site ingest.Site, group string, body parameterList) {
		props := graph.Props{"name": group, "account": site.Account, "region": site.Region}
		for _, parameter := range body.Parameters {
			if slices.Contains(forceTLS, parameter.ParameterName) {
				props["force_tls"] = slices.Contains([]string{"1", "on", "true"}, strings.ToLower(parameter.ParameterValue))
			}
		}
		contribute(facts, kinds.AWSParameterGroup, resource(site, service, prefix, group), props)
	}
	table := perItem(service, operation, action, of, ingest.Mapping(mapped), call, "DBParameterGroupNotFound", "ClusterParameterGroupNotFound")
	names := `["` + strings.Join(forceTLS, `","`) + `"]`
	table.Command += " --query '{Parameters: Parameters[?contains(`" + names + "`, ParameterName)].{ParameterName: ParameterName, ParameterValue: ParameterValue}}'"
	return table
}

type parameterList struct {
	Parameters []struct{ ParameterName, ParameterValue string }
}
