package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// storage declares how one kind of store is used: by which permissions, on what, and past which policy and key. A new
// kind of store is one such declaration; everything else about it follows.
type storage struct {
	kind graph.NodeKind
	// policy is the property that holds the resource's own policy; empty where the service has none.
	policy string
	// beneath tells that reading and writing are permissions on what lies beneath the store, as a bucket's objects do;
	// slashes is how many the store's own name has.
	beneath bool
	slashes int
	// along names what else, in the store's account and region, each permission has to be on: some of what the pattern covers.
	along string
	// read, write and administer are actions, each of which suffices, by their descriptions in the Service Authorization
	// Reference. Administering is changing who may use it: whoever can gives itself the rest. What the catalogue of
	// techniques says of it is not said again here.
	read, write, administer []string
	// open tells that the service decrypts for whoever may read. Else they need the store's key themselves.
	open bool
	// technique is what reading is called, where it is not storeAccess.
	technique string
	// within is the property that names the network from which alone it answers; empty where the API answers anywhere.
	within string
	// needs is what a permission is not enough without, and nobody knows from what was collected; empty where it is.
	needs string
}

// storages are the kinds of stores whose permissions are followed. What a database hands out by its own logins is not
// among them.
var storages = []storage{
	{
		kind: kinds.AWSBucket, policy: "policy", beneath: true,
		read: []string{"s3:GetObject"}, write: []string{"s3:PutObject", "s3:DeleteObject"},
	},
	{
		kind: kinds.AWSSecret, policy: "policy",
		read: []string{"secretsmanager:GetSecretValue"}, write: []string{"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"},
	},
	{
		kind: kinds.AWSParameter,
		read: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParameterHistory"}, write: []string{"ssm:PutParameter", "ssm:DeleteParameter"},
	},
	{kind: kinds.AWSKey, policy: "policy", technique: keyDecrypt, read: []string{"kms:Decrypt"}},
	{
		kind: kinds.AWSQueue, policy: "policy",
		read: []string{"sqs:ReceiveMessage"}, write: []string{"sqs:SendMessage", "sqs:PurgeQueue", "sqs:DeleteQueue"}, administer: []string{"sqs:SetQueueAttributes", "sqs:AddPermission"},
	},
	{ // who subscribes reads what comes: SNS decrypts it for delivery
		kind: kinds.AWSTopic, policy: "policy", open: true,
		read: []string{"sns:Subscribe"}, write: []string{"sns:Publish", "sns:DeleteTopic"}, administer: []string{"sns:SetTopicAttributes", "sns:AddPermission"},
	},
	{
		kind: kinds.AWSTable, policy: "policy",
		read:  []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"},
		write: []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteTable"}, administer: []string{"dynamodb:PutResourcePolicy"},
	},
	{ // ECR decrypts by its own grant, so that who may pull needs no key
		kind: kinds.AWSRepository, policy: "policy", open: true,
		read: []string{"ecr:BatchGetImage"}, write: []string{"ecr:PutImage", "ecr:BatchDeleteImage", "ecr:DeleteRepository"}, administer: []string{"ecr:SetRepositoryPolicy"},
	},
	{
		kind: kinds.AWSEventBus, policy: "policy", open: true,
		write: []string{"events:PutEvents", "events:DeleteEventBus"}, administer: []string{"events:PutPermission"},
	},
	{ // a query runs by the Data API, wherever the cluster stands, as a user of its database
		kind: kinds.AWSWarehouse, open: true, needs: "a user of its database: redshift:GetClusterCredentials, or a secret that holds one's password",
		read: []string{"redshift-data:ExecuteStatement"}, write: []string{"redshift:DeleteCluster"},
	},
	{
		kind: kinds.AWSSearchDomain, policy: "policy", beneath: true, slashes: 1, open: true, within: "vpc",
		read: []string{"es:ESHttpGet"}, write: []string{"es:ESHttpPut", "es:ESHttpPost", "es:ESHttpDelete"}, administer: []string{"es:UpdateDomainConfig"},
	},
	{
		kind: kinds.AWSCache, open: true, write: []string{"elasticache:DeleteReplicationGroup", "elasticache:DeleteCacheCluster"},
	},
	{
		kind: kinds.AWSFileSystem, policy: "policy", open: true, within: "vpc",
		read: []string{"elasticfilesystem:ClientMount"}, write: []string{"elasticfilesystem:ClientWrite", "elasticfilesystem:DeleteFileSystem"}, administer: []string{"elasticfilesystem:PutFileSystemPolicy"},
	},
	{ // what is in a vault is read by restoring it, which is a permission on each recovery point
		kind: kinds.AWSBackupVault, policy: "policy", open: true,
		write: []string{"backup:DeleteBackupVault", "backup:CopyIntoBackupVault"}, administer: []string{"backup:PutBackupVaultAccessPolicy"},
	},
	{ // whoever asks for a table needs permission on the catalog as well ("Specifying AWS Glue resource ARNs")
		kind: kinds.AWSDataCatalog, policy: "policy", along: "table/*", open: true, needs: "a grant of Lake Formation, where it governs the tables",
		read: []string{"glue:GetTable", "glue:GetTables", "glue:SearchTables"}, write: []string{"glue:UpdateTable", "glue:DeleteTable", "glue:BatchDeleteTable"}, administer: []string{"glue:PutResourcePolicy"},
	},
	{ // the code that functions load
		kind: kinds.AWSLayerVersion, policy: "policy", open: true,
		read: []string{"lambda:GetLayerVersion"}, write: []string{"lambda:DeleteLayerVersion"}, administer: []string{"lambda:AddLayerVersionPermission"},
	},
	{kind: kinds.AWSVolumeSnapshot, read: []string{"ebs:GetSnapshotBlock"}},
}

// storageOf gives the declaration of a kind; the zero one where there is none.
func storageOf(kind graph.NodeKind) storage {
	at := slices.IndexFunc(storages, func(store storage) bool { return store.kind == kind })
	if at < 0 {
		return storage{}
	}
	return storages[at]
}

// access is one way of using a kind of store. Any of its actions suffices.
type access struct {
	*storage
	edge    graph.EdgeKind
	actions []string
	beneath bool
}

// accesses are the ways of all kinds of stores that are followed.
var accesses = func() []access {
	var ways []access
	for i := range storages {
		store := &storages[i]
		read := kinds.CanRead
		if kinds.Is(store.kind, kinds.Key) {
			read = kinds.CanDecrypt
		}
		for _, way := range []access{
			{store, read, store.read, store.beneath},
			{store, kinds.CanWrite, store.write, store.beneath},
			{store, kinds.CanAdminister, store.administer, false},
		} {
			if len(way.actions) > 0 {
				ways = append(ways, way)
			}
		}
	}
	return ways
}()

// called gives the technique of a way.
func (way access) called() string {
	if way.technique != "" {
		return way.technique
	}
	return storeAccess
}

// holding are the kinds of resource with policies of their own that are collected, by the service of the actions that
// they let in.
var holding = func() map[string][]graph.NodeKind {
	kinds := map[string][]graph.NodeKind{"lambda": {kinds.AWSFunction}, "sts": {kinds.AWSRole}}
	for _, store := range storages {
		if store.policy == "" {
			continue
		}
		for _, action := range slices.Concat(store.read, store.write, store.administer) {
			service, _, _ := strings.Cut(action, ":")
			if !slices.Contains(kinds[service], store.kind) {
				kinds[service] = append(kinds[service], store.kind)
			}
		}
	}
	return kinds
}()

// containers are the services whose stores hold what permissions name, with the number of slashes in a store's own name.
var containers = func() map[string]int {
	slashes := map[string]int{}
	for _, store := range storages {
		if store.beneath {
			service, _, _ := strings.Cut(store.read[0], ":")
			slashes[service] = store.slashes
		}
	}
	return slashes
}()
