package kinds

import "github.com/inroad-security/inroad/graph"

// Data stores, secrets and keys.
var (
	AWSBucket = node(graph.NodeSpec{Label: "AWSBucket", Listed: []string{"s3/list-buckets"}, Doc: "An S3 bucket.", Classes: []graph.Class{DataStore}, Props: aws(
		text("policy", "bucket policy as JSON; empty when there is none, absent when not collected"),
		list("acl", "grants, each grantee=permission; grantee is a canonical id or a group URI"), text("owner", "canonical id of its account"), text("ownership", "BucketOwnerEnforced (no ACLs), BucketOwnerPreferred or ObjectWriter"),
		flag("block_public_acls", ""), flag("ignore_public_acls", ""), flag("block_public_policy", ""), flag("restrict_public_buckets", ""),
		text("encryption", "AES256, aws:kms, aws:kms:dsse, or none"), text("kms_key", "ARN or alias of the default key"), flag("versioning", ""), flag("mfa_delete", ""), text("object_lock", "retention that new objects get: COMPLIANCE, GOVERNANCE, object by object, or none"), whole("object_lock_days", "days of that retention"), list("replicates_to", "ARNs of buckets"),
		flag("logging", ""), flag("website", "static website hosting is on"), list("objects", "names of up to 1,000 objects, where listed"), text("created", "RFC 3339"))})
	AWSDatabase = node(graph.NodeSpec{Label: "AWSDatabase", Listed: []string{"rds/describe-db-clusters", "rds/describe-db-instances"}, Doc: "An RDS instance or cluster.", Classes: []graph.Class{DataStore}, Props: aws(
		text("engine", ""), flag("publicly_accessible", "its address resolves to a public one"), flag("encrypted", "storage is encrypted"), text("kms_key", "ARN"),
		text("vpc", "ARN"), list("subnets", "ARNs of its subnet group"), list("security_groups", "ARNs"), whole("port", "TCP port"), text("endpoint", "host name"),
		flag("iam_auth", "IAM database authentication is on"), flag("deletion_protection", ""), whole("backup_days", "days backups are kept"), text("master_secret", "ARN of the managed secret"), flag("cluster", "a cluster, not an instance"), list("parameter_groups", "ARNs"))})
	AWSParameterGroup   = node(graph.NodeSpec{Label: "AWSParameterGroup", Doc: "A parameter group of RDS or Redshift.", Props: aws(flag("force_tls", "clients of its databases have to connect by TLS; absent where the engine has no such parameter"))})
	AWSDatabaseSnapshot = node(graph.NodeSpec{Label: "AWSDatabaseSnapshot", Listed: []string{"rds/describe-db-cluster-snapshots", "rds/describe-db-snapshots"}, Doc: "A snapshot of an RDS instance or cluster.", Classes: []graph.Class{DataStore}, Props: aws(
		text("database", "ARN of its source"), flag("encrypted", ""), text("kms_key", "ARN"), list("shared_with", "account ids, or all"), text("engine", ""))})
	AWSDatabaseSubnetGroup = node(graph.NodeSpec{Label: "AWSDatabaseSubnetGroup", Doc: "The subnets in which RDS places databases.", Classes: []graph.Class{Container}, Props: aws(text("vpc", "ARN"), list("subnets", "ARNs"))})
	AWSVolume              = node(graph.NodeSpec{Label: "AWSVolume", Listed: []string{"ec2/describe-volumes"}, Doc: "An EBS volume.", Classes: []graph.Class{DataStore}, Props: aws(flag("encrypted", ""), text("kms_key", "ARN"), list("instances", "ARNs it is attached to"))})
	AWSVolumeSnapshot      = node(graph.NodeSpec{Label: "AWSVolumeSnapshot", Listed: []string{"ec2/describe-snapshots"}, Doc: "An EBS snapshot.", Classes: []graph.Class{DataStore}, Props: aws(flag("encrypted", ""), text("kms_key", "ARN"), text("volume", "ARN of its source"), list("shared_with", "account ids, or all"), text("lock", "compliance, governance, compliance-cooloff or expired; absent where it has none"), text("lock_expires", "RFC 3339"))})
	AWSImage               = node(graph.NodeSpec{Label: "AWSImage", Listed: []string{"ec2/describe-images"}, Doc: "A machine image (AMI) of the account's own: disks from which instances start.", Classes: []graph.Class{DataStore}, Props: aws(text("state", "available …"), list("snapshots", "ARNs of its disks' snapshots"), list("shared_with", "account ids, ARNs of organizations and units, or all"), text("deregistration_protection", "disabled, enabled-without-cooldown or enabled-with-cooldown"), text("created", "RFC 3339"))})
	AWSSecret              = node(graph.NodeSpec{Label: "AWSSecret", Listed: []string{"secretsmanager/list-secrets"}, Doc: "A Secrets Manager secret; its value is never read.", Classes: []graph.Class{DataStore, Secret}, Props: aws(
		text("policy", "resource policy as JSON; empty when there is none, absent when not collected"), text("kms_key", "ARN or alias"), flag("rotation", ""), text("last_accessed", "date"))})
	AWSParameter = node(graph.NodeSpec{Label: "AWSParameter", Listed: []string{"ssm/describe-parameters"}, Doc: "An SSM parameter; its value is never read.", Classes: []graph.Class{DataStore, Secret}, Props: aws(text("type", "String, StringList or SecureString"), text("kms_key", "key id or alias"),
		list("levels", "ARNs of the levels of the hierarchy above it, by each of which ssm:GetParametersByPath gives it out"))})
	AWSKey = node(graph.NodeSpec{Label: "AWSKey", Listed: []string{"kms/list-keys"}, Doc: "A KMS key.", Classes: []graph.Class{Key}, Props: aws(
		text("policy", "key policy as JSON; absent when not collected"), text("manager", "AWS or CUSTOMER"), text("state", "Enabled …"), list("aliases", "alias/…"),
		list("grants", "each grantee principal|operation,operation…|constraint JSON"), flag("rotation", ""), text("usage", "ENCRYPT_DECRYPT …"))})
	AWSTrail = node(graph.NodeSpec{Label: "AWSTrail", Doc: "A CloudTrail trail.", Props: aws(flag("logging", "it is on"), flag("multi_region", ""), flag("organization_trail", ""), text("bucket", "name"), text("kms_key", "ARN"), flag("validation", "log files are signed"))})
	AWSTable = node(graph.NodeSpec{Label: "AWSTable", Listed: []string{"dynamodb/list-tables"}, Doc: "A DynamoDB table.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN of its key; absent with DynamoDB's own"), flag("point_in_time_recovery", ""), flag("deletion_protection", ""), text("stream", "ARN of its stream"), whole("items", "items in it, as last counted"))})
	AWSWarehouse = node(graph.NodeSpec{Label: "AWSWarehouse", Listed: []string{"redshift/describe-clusters"}, Doc: "A Redshift cluster.", Classes: []graph.Class{DataStore}, Props: aws(
		flag("publicly_accessible", "its address is public"), flag("encrypted", ""), text("kms_key", "ARN"), text("vpc", "ARN"), list("security_groups", "ARNs"), text("endpoint", "host name"), whole("port", "TCP port"),
		list("roles", "ARNs of roles that its queries may use"), text("master_secret", "ARN of the managed secret"), whole("backup_days", "days automatic snapshots are kept"), flag("enhanced_routing", "it loads and unloads through its VPC"), list("parameter_groups", "ARNs"))})
	AWSSearchDomain = node(graph.NodeSpec{Label: "AWSSearchDomain", Listed: []string{"opensearch/list-domain-names"}, Doc: "An OpenSearch domain.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("vpc", "ARN of its VPC; absent where its endpoint is public"), list("subnets", "ARNs"), list("security_groups", "ARNs"), text("endpoint", "host name"), flag("encrypted", "at rest"), text("kms_key", "ARN or id"), flag("node_encryption", "between its nodes"),
		flag("https_only", ""), flag("fine_grained", "it has users and roles of its own besides"), flag("anonymous", "its own users include an anonymous one"))})
	AWSCache = node(graph.NodeSpec{Label: "AWSCache", Listed: []string{"elasticache/describe-cache-clusters", "elasticache/describe-replication-groups"}, Doc: "An ElastiCache replication group or cluster.", Classes: []graph.Class{DataStore}, Props: aws(
		text("engine", "redis, valkey or memcached"), flag("encrypted", "at rest"), flag("transit_encrypted", ""), text("kms_key", "ARN"), flag("token", "clients give a token"), list("user_groups", "its groups of users"), list("security_groups", "ARNs"), whole("port", "TCP port"), whole("backup_days", "days snapshots are kept"))})
	AWSFileSystem = node(graph.NodeSpec{Label: "AWSFileSystem", Listed: []string{"efs/describe-file-systems"}, Doc: "An EFS file system.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, flag("encrypted", ""), text("kms_key", "ARN"), text("vpc", "ARN of the VPC of its mount targets"), list("subnets", "ARNs of its mount targets' subnets"), flag("backups", "automatic backups are on"))})
	AWSDataCatalog = node(graph.NodeSpec{Label: "AWSDataCatalog", Listed: []string{"glue/get-data-catalog-encryption-settings"}, Doc: "The Glue data catalog of one account and region: databases and tables as analytics see them.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN, id or alias of the key of its metadata"), flag("passwords_encrypted", "connection passwords are encrypted"))})
)
