package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/glue"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	catalog := once("glue", "get-resource-policy", "glue:GetResourcePolicy", ingest.Mapping(mapCatalogPolicy), func(ctx context.Context, config aws.Config) (any, error) {
		return glue.NewFromConfig(config).GetResourcePolicy(ctx, &glue.GetResourcePolicyInput{})
	})
	catalog.Absent = []string{"EntityNotFoundException"}
	settings := once("glue", "get-data-catalog-encryption-settings", "glue:GetDataCatalogEncryptionSettings", ingest.Mapping(mapCatalogEncryption), func(ctx context.Context, config aws.Config) (any, error) {
		return glue.NewFromConfig(config).GetDataCatalogEncryptionSettings(ctx, &glue.GetDataCatalogEncryptionSettingsInput{})
	})
	register(catalog, settings)
}

func catalogID(site ingest.Site) string { return string(site.ARN("glue", "catalog")) }

type catalogPolicy struct{ PolicyInJSON policy }

func mapCatalogPolicy(facts *ingest.Facts, site ingest.Site, _ string, body catalogPolicy) {
	id := catalogID(site)
	describe(facts, site, kinds.AWSDataCatalog, id, "catalog", nil, graph.Props{"policy": body.PolicyInJSON.orNone(facts, id)})
}

type catalogEncryption struct {
	DataCatalogEncryptionSettings struct {
		EncryptionAtRest struct {
			SSEAWSKMSKeyID string `json:"SseAwsKmsKeyId"`
		}
		ConnectionPasswordEncryption struct{ ReturnConnectionPasswordEncrypted *bool }
	}
}

func mapCatalogEncryption(facts *ingest.Facts, site ingest.Site, _ string, body catalogEncryption) {
	settings := body.DataCatalogEncryptionSettings
	encryption := key(site, settings.EncryptionAtRest.SSEAWSKMSKeyID)
	contribute(facts, kinds.AWSDataCatalog, catalogID(site), graph.Props{
		"kms_key": encryption, "passwords_encrypted": settings.ConnectionPasswordEncryption.ReturnConnectionPasswordEncrypted,
	}).usesKey(encryption)
}
