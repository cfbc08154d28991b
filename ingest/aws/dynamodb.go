package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	table, described := of{"list-tables", "TableNames[]", "--table-name"}, of{"describe-table", "Table.TableArn", "--resource-arn"}
	register(
		once("dynamodb", "list-tables", "dynamodb:ListTables", ingest.Mapping(mapTables), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, dynamodb.NewListTablesPaginator(dynamodb.NewFromConfig(config), &dynamodb.ListTablesInput{}))
		}),
		perItem("dynamodb", "describe-table", "dynamodb:DescribeTable", table, ingest.Mapping(mapTable), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return dynamodb.NewFromConfig(config).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
		}, "ResourceNotFoundException"),
		perItem("dynamodb", "describe-continuous-backups", "dynamodb:DescribeContinuousBackups", table, ingest.Mapping(mapContinuousBackups), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return dynamodb.NewFromConfig(config).DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
		}, "TableNotFoundException"),
		perItem("dynamodb", "get-resource-policy", "dynamodb:GetResourcePolicy", described, ingest.Mapping(mapTablePolicy), func(ctx context.Context, config aws.Config, arn string) (any, error) {
			return dynamodb.NewFromConfig(config).GetResourcePolicy(ctx, &dynamodb.GetResourcePolicyInput{ResourceArn: &arn})
		}, "PolicyNotFoundException"),
		perItem("dynamodb", "list-tags-of-resource", "dynamodb:ListTagsOfResource", described, ingest.Mapping(mapTableTags), func(ctx context.Context, config aws.Config, arn string) (any, error) {
			return dynamodb.NewFromConfig(config).ListTagsOfResource(ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn})
		}, "ResourceNotFoundException"),
	)
}

type tableNames struct{ TableNames []string }

func mapTables(facts *ingest.Facts, site ingest.Site, _ string, body tableNames) {
	for _, name := range body.TableNames {
		describe(facts, site, kinds.AWSTable, resource(site, "dynamodb", "table/", name), name, nil, nil)
	}
}

type tableDescription struct {
	Table struct {
		TableARN, TableName, LatestStreamARN string
		SSEDescription                       struct{ KMSMasterKeyARN string }
		DeletionProtectionEnabled            *bool
		ItemCount                            *int64
	}
}

// mapTable reads a table. Without a description of its encryption DynamoDB's own key is used
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html, SSEDescription).
func mapTable(facts *ingest.Facts, site ingest.Site, item string, body tableDescription) {
	table := body.Table
	encryption := key(site, table.SSEDescription.KMSMasterKeyARN)
	contribute(facts, kinds.AWSTable, cmp.Or(table.TableARN, resource(site, "dynamodb", "table/", item)), graph.Props{
		"kms_key": encryption, "deletion_protection": table.DeletionProtectionEnabled, "stream": table.LatestStreamARN, "items": table.ItemCount,
	}).usesKey(encryption)
}

type continuousBackups struct {
	ContinuousBackupsDescription struct {
		PointInTimeRecoveryDescription struct{ PointInTimeRecoveryStatus string }
	}
}

func mapContinuousBackups(facts *ingest.Facts, site ingest.Site, name string, body continuousBackups) {
	status := body.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus
	if status != "" {
		contribute(facts, kinds.AWSTable, resource(site, "dynamodb", "table/", name), graph.Props{"point_in_time_recovery": status == "ENABLED"})
	}
}

type tablePolicy struct{ Policy policy }

func mapTablePolicy(facts *ingest.Facts, _ ingest.Site, arn string, body tablePolicy) {
	contribute(facts, kinds.AWSTable, arn, graph.Props{"policy": body.Policy.orNone(facts, arn)})
}

type tableTags struct{ Tags tags }

func mapTableTags(facts *ingest.Facts, _ ingest.Site, arn string, body tableTags) {
	contribute(facts, kinds.AWSTable, arn, graph.Props{"tags": body.Tags.list()})
}
