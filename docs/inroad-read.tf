# The role with which "inroad collect aws --organization" reads an account: reads only, no secret's value.
# Printed by "inroad policy aws --terraform". Apply it in each account that is to be read.

variable "collector_principal" {
  type        = string
  description = "ARN of the role or user that collects"
}

variable "external_id" {
  type        = string
  sensitive   = true
  description = "External id that the collector gives; at least 8 characters"

  validation {
    condition     = length(var.external_id) >= 8
    error_message = "The external id needs at least 8 characters."
  }
}

variable "role_name" {
  type    = string
  default = "inroad-read"
}

locals {
  reads = [
    ["access-analyzer:ListAnalyzers","access-analyzer:ListFindings","acm:DescribeCertificate","acm:ListCertificates","apigateway:GET","apprunner:DescribeService","apprunner:ListServices","backup:GetBackupPlan","backup:GetBackupVaultAccessPolicy","backup:ListBackupPlans","backup:ListBackupVaults","backup:ListProtectedResources","batch:DescribeComputeEnvironments","batch:DescribeJobDefinitions","bedrock-agentcore:GetCodeInterpreter","bedrock-agentcore:ListCodeInterpreters","bedrock:GetAgent","bedrock:GetAgentActionGroup","bedrock:ListAgentActionGroups","bedrock:ListAgents","cloudformation:DescribeStackSet","cloudformation:DescribeStacks","cloudformation:ListStackSets","cloudfront:ListDistributions","cloudfront:ListOriginAccessControls","cloudtrail:DescribeTrails","cloudtrail:GetTrailStatus","codebuild:BatchGetProjects","codebuild:ListProjects","codepipeline:GetPipeline","codepipeline:ListPipelines","cognito-identity:DescribeIdentityPool","cognito-identity:GetIdentityPoolRoles","cognito-identity:ListIdentityPools","cognito-idp:DescribeUserPool","cognito-idp:ListUserPools","config:DescribeConfigurationRecorderStatus","config:DescribeConfigurationRecorders","dynamodb:DescribeContinuousBackups","dynamodb:DescribeTable","dynamodb:GetResourcePolicy","dynamodb:ListTables","dynamodb:ListTagsOfResource","ec2:DescribeAddresses","ec2:DescribeEgressOnlyInternetGateways","ec2:DescribeIamInstanceProfileAssociations","ec2:DescribeImageAttribute","ec2:DescribeImages","ec2:DescribeInstanceAttribute","ec2:DescribeInstances","ec2:DescribeInternetGateways","ec2:DescribeLaunchTemplateVersions","ec2:DescribeLaunchTemplates","ec2:DescribeLockedSnapshots","ec2:DescribeManagedPrefixLists","ec2:DescribeNatGateways","ec2:DescribeNetworkAcls","ec2:DescribeNetworkInterfaces","ec2:DescribeRegions","ec2:DescribeRouteTables","ec2:DescribeSecurityGroups","ec2:DescribeSnapshotAttribute","ec2:DescribeSnapshots","ec2:DescribeSubnets","ec2:DescribeTransitGatewayAttachments","ec2:DescribeTransitGatewayRouteTables","ec2:DescribeTransitGatewayVpcAttachments","ec2:DescribeTransitGateways","ec2:DescribeVolumes","ec2:DescribeVpcBlockPublicAccessExclusions","ec2:DescribeVpcBlockPublicAccessOptions","ec2:DescribeVpcEndpointServiceConfigurations","ec2:DescribeVpcEndpointServicePermissions","ec2:DescribeVpcEndpoints","ec2:DescribeVpcPeeringConnections","ec2:DescribeVpcs","ec2:GetManagedPrefixListEntries","ec2:SearchTransitGatewayRoutes","ecr:DescribeImages","ecr:DescribeRepositories","ecr:GetRepositoryPolicy","ecs:DescribeClusters","ecs:DescribeContainerInstances","ecs:DescribeServices","ecs:DescribeTaskDefinition","ecs:DescribeTasks","ecs:ListClusters","ecs:ListContainerInstances","ecs:ListServices","ecs:ListTaskDefinitions","ecs:ListTasks","eks:DescribeAccessEntry","eks:DescribeCluster","eks:DescribeNodegroup","eks:DescribePodIdentityAssociation","eks:ListAccessEntries","eks:ListAssociatedAccessPolicies","eks:ListClusters","eks:ListNodegroups","eks:ListPodIdentityAssociations","elasticache:DescribeCacheClusters","elasticache:DescribeReplicationGroups","elasticfilesystem:DescribeBackupPolicy","elasticfilesystem:DescribeFileSystemPolicy","elasticfilesystem:DescribeFileSystems","elasticfilesystem:DescribeMountTargets","elasticloadbalancing:DescribeListeners","elasticloadbalancing:DescribeLoadBalancers","elasticloadbalancing:DescribeRules","elasticloadbalancing:DescribeTargetGroupAttributes","elasticloadbalancing:DescribeTargetGroups","elasticloadbalancing:DescribeTargetHealth","elasticmapreduce:DescribeCluster","elasticmapreduce:ListClusters","es:DescribeDomain","es:ListDomainNames","es:ListTags","events:ListEventBuses","events:ListRules","events:ListTargetsByRule","glue:GetDataCatalogEncryptionSettings","glue:GetDevEndpoints","glue:GetJobs","glue:GetResourcePolicy","glue:ListSessions","guardduty:GetDetector","guardduty:GetFindings","guardduty:ListDetectors","guardduty:ListFindings","iam:GenerateServiceLastAccessedDetails","iam:GetAccessKeyLastUsed","iam:GetAccountAuthorizationDetails","iam:GetAccountSummary","iam:GetLoginProfile","iam:GetOpenIDConnectProvider","iam:GetServiceLastAccessedDetails","iam:ListAccessKeys","iam:ListInstanceProfiles","iam:ListMFADevices","iam:ListOpenIDConnectProviders","iam:ListSAMLProviders","iam:ListUsers","identitystore:ListGroupMemberships","identitystore:ListGroups","identitystore:ListIdentityStores","identitystore:ListUsers","inspector2:BatchGetAccountStatus","inspector2:ListFindings","kms:DescribeKey","kms:GetKeyPolicy","kms:GetKeyRotationStatus","kms:ListAliases","kms:ListGrants","kms:ListKeys","kms:ListResourceTags","lambda:GetFunctionUrlConfig","lambda:GetLayerVersionPolicy","lambda:GetPolicy","lambda:ListFunctions","lambda:ListLayers","macie2:GetFindings","macie2:GetMacieSession","macie2:ListFindings","network-firewall:DescribeFirewall","network-firewall:DescribeFirewallPolicy","network-firewall:DescribeRuleGroup","network-firewall:ListFirewalls","network-firewall:ListRuleGroups","organizations:DescribeOrganization","organizations:DescribePolicy","organizations:ListAccounts","organizations:ListOrganizationalUnitsForParent","organizations:ListParents","organizations:ListPolicies","organizations:ListRoots","organizations:ListTargetsForPolicy","ram:GetResourceShareAssociations","ram:GetResourceShares","rds:DescribeDBClusterParameters","rds:DescribeDBClusterSnapshotAttributes","rds:DescribeDBClusterSnapshots","rds:DescribeDBClusters","rds:DescribeDBInstances","rds:DescribeDBParameters","rds:DescribeDBSnapshotAttributes","rds:DescribeDBSnapshots","rds:DescribeDBSubnetGroups","redshift:DescribeClusterParameters","redshift:DescribeClusters","route53:ListHostedZones","route53:ListResourceRecordSets","s3:GetAccountPublicAccessBlock","s3:GetBucketAcl","s3:GetBucketLocation","s3:GetBucketLogging","s3:GetBucketObjectLockConfiguration","s3:GetBucketOwnershipControls","s3:GetBucketPolicy","s3:GetBucketPublicAccessBlock","s3:GetBucketTagging","s3:GetBucketVersioning","s3:GetBucketWebsite","s3:GetEncryptionConfiguration","s3:GetReplicationConfiguration"],
    ["s3:ListAllMyBuckets","s3:ListBucket","sagemaker:DescribeNotebookInstance","sagemaker:ListNotebookInstances","scheduler:GetSchedule","scheduler:ListSchedules","secretsmanager:GetResourcePolicy","secretsmanager:ListSecrets","securityhub:DescribeHub","securityhub:GetFindings","sns:GetTopicAttributes","sns:ListSubscriptions","sns:ListTopics","sqs:GetQueueAttributes","sqs:ListQueueTags","sqs:ListQueues","ssm:DescribeInstanceInformation","ssm:DescribeParameters","sso:DescribePermissionSet","sso:GetInlinePolicyForPermissionSet","sso:ListAccountAssignments","sso:ListAccountsForProvisionedPermissionSet","sso:ListCustomerManagedPolicyReferencesInPermissionSet","sso:ListInstances","sso:ListManagedPoliciesInPermissionSet","sso:ListPermissionSets","states:DescribeStateMachine","states:ListStateMachines","sts:GetCallerIdentity","wafv2:ListResourcesForWebACL","wafv2:ListWebACLs"],
  ]
}

resource "aws_iam_role" "inroad" {
  name                 = var.role_name
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = var.collector_principal }
        Action    = ["sts:AssumeRole"]
        Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
      },
      {
        Effect    = "Allow"
        Principal = { AWS = var.collector_principal }
        Action    = ["sts:TagSession"]
      },
    ]
  })
}

resource "aws_iam_policy" "inroad" {
  count = length(local.reads)
  name  = "${var.role_name}-${count.index + 1}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "InroadReads"
      Effect   = "Allow"
      Resource = "*"
      Action   = local.reads[count.index]
    }]
  })
}

resource "aws_iam_role_policy_attachment" "inroad" {
  count      = length(local.reads)
  role       = aws_iam_role.inroad.name
  policy_arn = aws_iam_policy.inroad[count.index].arn
}

output "role_arn" {
  value = aws_iam_role.inroad.arn
}
