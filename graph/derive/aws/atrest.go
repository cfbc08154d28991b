package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// alwaysEncrypted are stores that their service always encrypts, with a key of its own where it is given none: "Amazon S3 default
// encryption" of new objects (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html), "DynamoDB encryption at
// rest" (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html), "Secret encryption and decryption"
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html), "Encryption at rest" of ECR
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html), of Lambda
// (https://docs.aws.amazon.com/lambda/latest/dg/security-encryption-at-rest.html), of EventBridge
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-data-protection.html), and of a vault's recovery points
// (https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html).
var alwaysEncrypted = map[graph.NodeKind]bool{
	kinds.AWSBucket: true, kinds.AWSTable: true, kinds.AWSSecret: true, kinds.AWSRepository: true, kinds.AWSLayerVersion: true, kinds.AWSEventBus: true, kinds.AWSBackupVault: true,
}

// Cipher tells whether what is in a store is encrypted where it lies: On, Off or Unknown, by which key, and why.
type Cipher struct {
	State    string
	Key      string // as the store names it; empty for the service's own
	Evidence []graph.Evidence
}

// AtRest tells how a store is encrypted where it lies. It is not safe for use by several goroutines at once.
func (authorizer *Authorizer) AtRest(id graph.ID) Cipher {
	store, found := authorizer.estate.find(id)
	if !found {
		return Cipher{State: Unknown}
	}
	key := store.Props.Text("kms_key")
	spec, _ := kinds.NodeSpec(store.Kind)
	declares := func(property string) bool {
		for _, known := range spec.Props {
			if known.Name == property {
				return true
			}
		}
		return false
	}
	switch {
	case key != "":
		return Cipher{On, key, []graph.Evidence{guarded(id, "kms_key", "it is encrypted with %s", key)}}
	case alwaysEncrypted[store.Kind]:
		return Cipher{On, "", []graph.Evidence{guarded(id, "kms_key", "the service encrypts it with a key of its own")}}
	case store.Kind == kinds.AWSParameter && store.Props.Has("type"):
		kind := store.Props.Text("type")
		return Cipher{onIf(kind == "SecureString"), "", []graph.Evidence{guarded(id, "type", "its type is %s", kind)}}
	case store.Kind == kinds.AWSDataCatalog && authorizer.estate.answeredBy(store, "glue", "get-data-catalog-encryption-settings"):
		return Cipher{Off, "", []graph.Evidence{guarded(id, "kms_key", "the catalog's settings name no key")}}
	case declares("encrypted") && store.Props.Has("encrypted"):
		state := onIf(store.Props.Flag("encrypted"))
		return Cipher{state, "", []graph.Evidence{guarded(id, "encrypted", "encryption at rest is %s", strings.ToLower(state))}}
	}
	return Cipher{Unknown, "", []graph.Evidence{missing(id, "encrypted", "whether it is encrypted was not collected")}}
}
