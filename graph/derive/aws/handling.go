package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// handling declares how copies of a kind of store are taken, how it is lost, and what keeps it. No attack edge is derived from
// it: it answers who could take it hostage. A new kind of store is one such declaration. Actions and what they are on are those of the
// Service Authorization Reference.
type handling struct {
	kind graph.NodeKind
	// snapshots take a copy that stays in the account; replicates send one, or a share of one, where the caller says.
	snapshots, replicates []request
	// losses are requests each of which loses data.
	losses []request
	// keeps are the settings that keep it from being lost.
	keeps []protection
}

// request is a permission: an action, and what it has to be on. "" is the store itself, "/*" what lies beneath it, and anything else a
// pattern of the service's resources in the store's account and region, of which some will do; {name} stands for the store's name.
// All of several are needed. Nothing is the store itself.
type request struct {
	action string
	on     []string
	// roleTo is the service that has to be handed a role besides; empty where none has.
	roleTo string
}

// protection is a setting that keeps data although somebody may delete it.
type protection struct {
	name string
	// setting tells how the property stands.
	setting setup
	// stops are the actions that it makes harmless, each with the requests any of which takes it away first; none where nobody can.
	stops map[string][]request
	// says what it does, for a person.
	says string
}

// handlings are the kinds of stores whose keeping is known.
var handlings = []handling{
	{
		kind:       kinds.AWSBucket,
		replicates: []request{{action: "s3:PutReplicationConfiguration", roleTo: "s3.amazonaws.com"}},
		losses: []request{
			{action: "s3:DeleteObject", on: beneath},
			{action: "s3:PutObject", on: beneath},
			{action: "s3:DeleteObjectVersion", on: beneath},
			{action: "s3:PutLifecycleConfiguration"},
		},
		keeps: []protection{
			{ // https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html; suspending it leaves the versions that there are
				name: "versioning", setting: flagged("versioning"), says: "what is deleted or written over stays as an older version",
				stops: map[string][]request{"s3:DeleteObject": nil, "s3:PutObject": nil},
			},
			{ // https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html; and no lifecycle with it
				name: "MFA delete", setting: flagged("mfa_delete"), says: "only the root user with its second factor deletes versions",
				stops: map[string][]request{"s3:DeleteObjectVersion": nil, "s3:PutLifecycleConfiguration": nil},
			},
			{ // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html, also of lifecycles
				name: "Object Lock in compliance mode", setting: worded("object_lock", "object by object", "COMPLIANCE"), says: "nobody deletes a version before its retention ends",
				stops: map[string][]request{"s3:DeleteObjectVersion": nil, "s3:PutLifecycleConfiguration": nil},
			},
			{
				name: "Object Lock in governance mode", setting: worded("object_lock", "object by object", "GOVERNANCE"), says: "a version stays until its retention ends, but for who may bypass it",
				stops: map[string][]request{"s3:DeleteObjectVersion": {{action: "s3:BypassGovernanceRetention", on: beneath}}, "s3:PutLifecycleConfiguration": nil},
			},
		},
	},
	{ // both may be asked for without a recovery window
		kind: kinds.AWSSecret, replicates: []request{{action: "secretsmanager:ReplicateSecretToRegions"}}, losses: []request{{action: "secretsmanager:DeleteSecret"}},
	},
	{kind: kinds.AWSParameter, losses: []request{{action: "ssm:DeleteParameter"}, {action: "ssm:DeleteParameters"}}},
	{ // "Deleting AWS KMS keys", https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
		kind: kinds.AWSKey, replicates: []request{{action: "kms:ReplicateKey"}}, losses: []request{{action: "kms:ScheduleKeyDeletion"}, {action: "kms:DeleteImportedKeyMaterial"}},
		keeps: []protection{{name: "waiting period", setting: always, says: "a key is deleted after 7 days at the least, and until then whoever may cancels it"}},
	},
	{kind: kinds.AWSQueue, replicates: []request{{action: "sqs:StartMessageMoveTask"}}, losses: []request{{action: "sqs:PurgeQueue"}, {action: "sqs:DeleteQueue"}}},
	{kind: kinds.AWSTopic, losses: []request{{action: "sns:DeleteTopic"}}},
	{
		kind:      kinds.AWSTable,
		snapshots: []request{{action: "dynamodb:CreateBackup"}}, replicates: []request{{action: "dynamodb:ExportTableToPointInTime"}, {action: "dynamodb:CreateTableReplica"}},
		losses: []request{{action: "dynamodb:DeleteItem"}, {action: "dynamodb:PutItem"}, {action: "dynamodb:UpdateItem"}, {action: "dynamodb:BatchWriteItem"}, {action: "dynamodb:DeleteTable"}},
		keeps: []protection{
			{ // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
				name: "deletion protection", setting: flagged("deletion_protection"), says: "the table is not deleted while it is on",
				stops: map[string][]request{"dynamodb:DeleteTable": {{action: "dynamodb:UpdateTable"}}},
			},
			{ // and the backup that the system makes of a table that is deleted with it on:
				// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
				name: "point-in-time recovery", setting: flagged("point_in_time_recovery"), says: "the table is restored as it was at any second of the last 35 days or fewer",
				stops: map[string][]request{
					"dynamodb:DeleteItem": recovery, "dynamodb:PutItem": recovery, "dynamodb:UpdateItem": recovery, "dynamodb:BatchWriteItem": recovery, "dynamodb:DeleteTable": recovery,
				},
			},
		},
	},
	{kind: kinds.AWSRepository, replicates: []request{{action: "ecr:PutReplicationConfiguration", on: []string{"*"}}}, losses: []request{{action: "ecr:BatchDeleteImage"}, {action: "ecr:DeleteRepository"}}},
	{
		kind: kinds.AWSWarehouse, snapshots: []request{{action: "redshift:CreateClusterSnapshot", on: []string{"snapshot:{name}/*"}}},
		replicates: []request{{action: "redshift:AuthorizeSnapshotAccess", on: []string{"snapshot:{name}/*"}}}, losses: []request{{action: "redshift:DeleteCluster"}},
	},
	{kind: kinds.AWSSearchDomain, losses: []request{{action: "es:DeleteDomain"}, {action: "es:ESHttpDelete", on: beneath}}},
	{
		kind: kinds.AWSCache, snapshots: []request{{action: "elasticache:CreateSnapshot", on: []string{"", "snapshot:*"}}},
		replicates: []request{{action: "elasticache:CopySnapshot", on: []string{"snapshot:*"}}}, losses: []request{{action: "elasticache:DeleteReplicationGroup"}, {action: "elasticache:DeleteCacheCluster"}},
	},
	{
		kind: kinds.AWSFileSystem, snapshots: []request{{action: "backup:StartBackupJob", on: []string{"arn:{partition}:backup:{region}:{account}:backup-vault:*"}, roleTo: "backup.amazonaws.com"}},
		replicates: []request{{action: "elasticfilesystem:CreateReplicationConfiguration"}},
		losses:     []request{{action: "elasticfilesystem:ClientWrite"}, {action: "elasticfilesystem:DeleteFileSystem"}},
	},
	{
		kind: kinds.AWSBackupVault, replicates: []request{{action: "backup:StartCopyJob", on: []string{"*"}, roleTo: "backup.amazonaws.com"}, {action: "backup:StartRestoreJob", on: []string{"*"}, roleTo: "backup.amazonaws.com"}},
		losses: []request{{action: "backup:DeleteRecoveryPoint", on: []string{"*"}}},
		keeps: []protection{
			{ // https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
				name: "vault lock in compliance mode", setting: lockedFor("lock_date"), says: "nobody deletes a recovery point before its retention ends",
				stops: map[string][]request{"backup:DeleteRecoveryPoint": nil},
			},
			{
				name: "vault lock in governance mode", setting: flagged("locked"), says: "a recovery point stays until its retention ends, but for who may take the lock away",
				stops: map[string][]request{"backup:DeleteRecoveryPoint": {{action: "backup:DeleteBackupVaultLockConfiguration"}}},
			},
		},
	},
	{kind: kinds.AWSDataCatalog, losses: []request{{action: "glue:DeleteTable", on: []string{"", "table/*/*"}}, {action: "glue:DeleteDatabase", on: []string{"", "database/*"}}}},
	{kind: kinds.AWSLayerVersion, losses: []request{{action: "lambda:DeleteLayerVersion"}}},
	{
		kind: kinds.AWSDatabase, snapshots: []request{{action: "rds:CreateDBSnapshot", on: []string{"", "snapshot:*"}}, {action: "rds:CreateDBClusterSnapshot", on: []string{"", "cluster-snapshot:*"}}},
		losses: []request{{action: "rds:DeleteDBInstance"}, {action: "rds:DeleteDBCluster"}},
		keeps: []protection{{ // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
			name: "deletion protection", setting: flagged("deletion_protection"), says: "the database is not deleted while it is on",
			stops: map[string][]request{"rds:DeleteDBInstance": {{action: "rds:ModifyDBInstance"}}, "rds:DeleteDBCluster": {{action: "rds:ModifyDBCluster"}}},
		}},
	},
	{
		kind: kinds.AWSDatabaseSnapshot, snapshots: []request{{action: "rds:CopyDBSnapshot"}, {action: "rds:CopyDBClusterSnapshot"}},
		replicates: []request{{action: "rds:ModifyDBSnapshotAttribute"}, {action: "rds:ModifyDBClusterSnapshotAttribute"}, {action: "rds:StartExportTask", roleTo: "export.rds.amazonaws.com"}},
		losses:     []request{{action: "rds:DeleteDBSnapshot"}, {action: "rds:DeleteDBClusterSnapshot"}},
	},
	{
		kind: kinds.AWSUserPool, losses: []request{{action: "cognito-idp:AdminDeleteUser"}, {action: "cognito-idp:DeleteUserPool"}},
		keeps: []protection{{ // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-deletion-protection.html
			name: "deletion protection", setting: flagged("deletion_protection"), says: "the pool is not deleted while it is on",
			stops: map[string][]request{"cognito-idp:DeleteUserPool": {{action: "cognito-idp:UpdateUserPool"}}},
		}},
	},
	{kind: kinds.AWSVolume, snapshots: []request{{action: "ec2:CreateSnapshot"}}, losses: []request{{action: "ec2:DeleteVolume"}}},
	{
		kind: kinds.AWSVolumeSnapshot, snapshots: []request{{action: "ec2:CopySnapshot"}}, replicates: []request{{action: "ec2:ModifySnapshotAttribute"}}, losses: []request{{action: "ec2:DeleteSnapshot"}},
		keeps: []protection{
			{ // https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-lock-concepts.html
				name: "snapshot lock in compliance mode", setting: listed("lock", "describe-locked-snapshots", "compliance"), says: "nobody deletes it before the lock ends",
				stops: map[string][]request{"ec2:DeleteSnapshot": nil},
			},
			{
				name: "snapshot lock in governance mode", setting: listed("lock", "describe-locked-snapshots", "governance", "compliance-cooloff"), says: "it stays until the lock ends, but for who may unlock it",
				stops: map[string][]request{"ec2:DeleteSnapshot": {{action: "ec2:UnlockSnapshot"}}},
			},
		},
	},
	{
		kind: kinds.AWSImage, snapshots: []request{{action: "ec2:CopyImage"}}, replicates: []request{{action: "ec2:ModifyImageAttribute"}, {action: "ec2:CreateStoreImageTask"}}, losses: []request{{action: "ec2:DeregisterImage"}},
		keeps: []protection{{ // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deregistration-protection.html
			name: "deregistration protection", setting: worded("deregistration_protection", "", "enabled-with-cooldown", "enabled-without-cooldown"), says: "the image is not deregistered while it is on",
			stops: map[string][]request{"ec2:DeregisterImage": {{action: "ec2:DisableImageDeregistrationProtection"}}},
		}},
	},
}

var (
	beneath  = []string{"/*"}
	recovery = []request{{action: "dynamodb:UpdateContinuousBackups"}}
)

// handlingOf gives the declaration of a kind; the zero one where there is none.
func handlingOf(kind graph.NodeKind) handling {
	at := slices.IndexFunc(handlings, func(one handling) bool { return one.kind == kind })
	if at < 0 {
		return handling{}
	}
	return handlings[at]
}
