package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "secretsmanager", Operation: "list-secrets",
			Actions: []string{"secretsmanager:ListSecrets"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, secretsmanager.NewListSecretsPaginator(secretsmanager.NewFromConfig(config), &secretsmanager.ListSecretsInput{}))
			},
			Map: ingest.Mapping(mapSecrets),
		},
		Table{
			Service: "secretsmanager", Operation: "get-resource-policy",
			Actions: []string{"secretsmanager:GetResourcePolicy"},
			Parent:  "list-secrets", Items: "SecretList[].Name",
			Command: `aws secretsmanager get-resource-policy --secret-id "$item"`,
			Call: func(ctx context.Context, config aws.Config, secret string) (any, error) {
				return secretsmanager.NewFromConfig(config).GetResourcePolicy(ctx, &secretsmanager.GetResourcePolicyInput{SecretId: &secret})
			},
			Map: ingest.Mapping(mapSecretPolicy),
		},
	)
}

type secrets struct {
	SecretList []struct {
		ARN, Name, KMSKeyID string
		RotationEnabled     *bool
		LastAccessedDate    moment
		Tags                tags
	}
}

// mapSecrets reads what secrets there are. The API leaves the key out where it is the one that AWS manages
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html, KmsKeyId).
func mapSecrets(facts *ingest.Facts, site ingest.Site, _ string, body secrets) {
	for _, secret := range body.SecretList {
		encryption := key(site, cmp.Or(secret.KMSKeyID, "alias/aws/secretsmanager"))
		found := describe(facts, site, kinds.AWSSecret, secret.ARN, secret.Name, secret.Tags, graph.Props{
			"kms_key": encryption, "rotation": secret.RotationEnabled, "last_accessed": string(secret.LastAccessedDate),
		})
		found.usesKey(encryption)
	}
}

type secretPolicy struct {
	ARN            string
	ResourcePolicy policy
}

func mapSecretPolicy(facts *ingest.Facts, _ ingest.Site, _ string, body secretPolicy) {
	contribute(facts, kinds.AWSSecret, body.ARN, graph.Props{"policy": body.ResourcePolicy.orNone(facts, body.ARN)})
}
