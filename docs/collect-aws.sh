#!/bin/sh
# Makes an Inroad bundle of one AWS account with the AWS CLI (version 2) alone: read calls only, no secret's value.
# Printed by "inroad policy aws --script". The permissions that it needs are those of "inroad policy aws".
#
#   sh collect-aws.sh FOLDER [REGION...]      no region: all that are enabled in the account
#
# Given again after a stop, it goes on where it was. What is denied or absent is recorded in FOLDER/manifest.json.
set -u
umask 077
[ $# -ge 1 ] || { echo "usage: sh collect-aws.sh FOLDER [REGION...]" >&2; exit 2; }
out=$1
shift
export AWS_PAGER= AWS_DEFAULT_OUTPUT=json AWS_CLI_AUTO_PROMPT=off
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
: >"$work/failures"

identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text) || exit 1
account=$(printf %s "$identity" | cut -f 1)
partition=$(printf %s "$identity" | cut -f 2 | cut -d : -f 2)
regions=$*
[ -n "$regions" ] || regions=$(aws ec2 describe-regions --query 'Regions[].RegionName' --output text) || exit 1
mkdir -p "$out" || exit 1
[ -f "$out/.began" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$out/.began"

manifest() { # COMPLETE
  {
    printf '{"version": 1, "complete": %s,\n "accounts": [{"cloud": "aws", "partition": "%s", "account": "%s", "collected": "%s", "complete": %s, "regions": [' \
      "$1" "$partition" "$account" "$(cat "$out/.began")" "$1"
    separator=
    for name in $regions; do
      printf '%s"%s"' "$separator" "$name"
      separator=', '
    done
    printf ']}],\n "errors": ['
    sed '2,$s/^/,/' "$work/failures"
    printf ']}\n'
  } >"$out/manifest.json.part" && mv "$out/manifest.json.part" "$out/manifest.json"
}

escaped() { printf %s "$1" | sed 's/%/%25/g; s,/,%2F,g; s/:/%3A/g; s/ /%20/g; s/?/%3F/g; s/#/%23/g; s/,/%2C/g; s/;/%3B/g'; }

# answer SERVICE OPERATION ABSENT COMMAND ITEM writes one file, or records why there is none.
answer() {
  item=$5
  file=$out/aws/$account/$place/$1/$2
  [ -z "$item" ] || file=$file/$(escaped "$item")
  file=$file.json
  [ ! -f "$file" ] || return 0
  mkdir -p "$(dirname "$file")"
  if eval "$4" >"$file.part" 2>"$work/error" </dev/null; then
    [ -s "$file.part" ] || echo '{}' >"$file.part"
    mv "$file.part" "$file"
    return 0
  fi
  rm -f "$file.part"
  code=$(sed -n 's/.*An error occurred (\([A-Za-z0-9.]*\)).*/\1/p' "$work/error" | head -n 1)
  case $code in
  '' | [0-9]*) code=RequestFailed ;; # not the API's words but those of what is in between
  esac
  case " $3 " in
  *" $code "*) echo '{}' >"$file" ;;
  *)
    printf '{"cloud": "aws", "account": "%s", "region": "%s", "service": "%s", "operation": "%s", "item": "%s", "code": "%s", "message": ""}\n' \
      "$account" "$region" "$1" "$2" "$(printf %s "$item" | sed 's/\\/\\\\/g; s/"/\\"/g')" "$code" >>"$work/failures"
    ;;
  esac
}

# secrets finds, in user data, an access key id, a private key, a vendor's token, or something secret that is given a value.
quote=\'
secrets="(AKIA|ASIA)[A-Z2-7]{16}|PRIVATE KEY-----|gh[opusr]_[A-Za-z0-9]{36}|github_pat_|glpat-|xox[abprs]-|sk_live_|://[^ /:@]+:[^ /@\$<{]{3,}@"
secrets="$secrets|(password|passwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_-]*[\"$quote]?[[:space:]]*[=:][[:space:]]*[\"$quote]?[^][:space:]\"$quote\$<\`{%]{4,}"

# user_data INSTANCE prints what is kept of an instance's user data: that it looks like it holds a secret, and the ECS
# cluster that it names.
user_data() {
  value=$(aws ec2 describe-instance-attribute --attribute userData --instance-id "$1" --query UserData.Value --output text) || return 1
  kept=
  if [ "$value" != None ]; then
    printf %s "$value" | base64 -d >"$work/packed" || return 1
    gzip -dc <"$work/packed" >"$work/script" 2>"$work/error" || cp "$work/packed" "$work/script"
    if grep -a -E -i -q -e "$secrets" "$work/script"; then kept='SECRET=withheld\n'; fi
    cluster=$(sed -n "s/.*ECS_CLUSTER=[\"$quote]\{0,1\}\([A-Za-z0-9_-]\{1,\}\).*/\1/p" "$work/script" | head -n 1)
    [ -z "$cluster" ] || kept="${kept}ECS_CLUSTER=$cluster\n"
    rm -f "$work/packed" "$work/script"
  fi
  printf '{"InstanceId": "%s", "UserData": {"Value": "%s"}}\n' "$1" "$(printf "$kept" | base64 | tr -d '\n')"
}

# last_accessed PRINCIPAL prints IAM's report of the services that the principal may use, once it is ready.
last_accessed() {
  job=$(aws iam generate-service-last-accessed-details --arn "$1" --query JobId --output text) || return 1
  tries=0
  while [ "$tries" -lt 20 ]; do
    status=$(aws iam get-service-last-accessed-details --job-id "$job" --query JobStatus --output text) || return 1
    [ "$status" = IN_PROGRESS ] || break
    tries=$((tries + 1))
    sleep 1
  done
  aws iam get-service-last-accessed-details --job-id "$job" --max-items 1000
}

# names QUERY COMMAND ITEM prints what the query finds in a command's answer, one name a line.
names() {
  item=$3
  eval "$2 --query '$1' --output text" 2>/dev/null </dev/null | tr '\t' '\n' | sed '/^None$/d; /^$/d'
}

# once SERVICE OPERATION ABSENT COMMAND
once() {
  echo "$place $1 $2" >&2
  printf %s "$4" >"$work/$1.$2.command"
  echo >"$work/$1.$2.items"
  answer "$1" "$2" "$3" "$4" ''
}

# each SERVICE OPERATION ABSENT COMMAND PARENT ITEMS AGAIN [joined]: joined items are the parent's item, a comma and the name
each() {
  echo "$place $1 $2" >&2
  printf %s "$4" >"$work/$1.$2.command"
  while IFS= read -r parent; do
    within=
    [ -z "${8:-}" ] || within=$parent,
    names "$6" "$(cat "$work/$1.$5.command")" "$parent" | while IFS= read -r name; do printf '%s%s\n' "$within" "$name"; done
  done <"$work/$1.$5.items" | sort -u >"$work/$1.$2.items"
  cp "$work/$1.$2.items" "$work/wanted"
  while [ -s "$work/wanted" ]; do
    : >"$work/more"
    while IFS= read -r wanted; do
      answer "$1" "$2" "$3" "$4" "$wanted"
      [ -z "$7" ] || names "$7" "$4" "$wanted" >>"$work/more"
    done <"$work/wanted"
    cat "$work/more" >>"$work/$1.$2.items"
    cp "$work/more" "$work/wanted"
  done
}

manifest false

place=global region=
once cloudfront list-distributions '' 'aws cloudfront list-distributions --query '\''{DistributionList: {Items: DistributionList.Items[].{ARN: ARN, Id: Id, DomainName: DomainName, Aliases: Aliases, Enabled: Enabled, WebACLId: WebACLId, DefaultCacheBehavior: DefaultCacheBehavior, CacheBehaviors: CacheBehaviors, Origins: {Items: Origins.Items[].{Id: Id, DomainName: DomainName, OriginAccessControlId: OriginAccessControlId, S3OriginConfig: S3OriginConfig, CustomOriginConfig: CustomOriginConfig, VpcOriginConfig: VpcOriginConfig}}}}}'\'''
once cloudfront list-origin-access-controls '' 'aws cloudfront list-origin-access-controls'
once iam get-account-authorization-details '' 'aws iam get-account-authorization-details'
once iam get-account-summary '' 'aws iam get-account-summary'
each iam get-login-profile 'NoSuchEntity' 'aws iam get-login-profile --user-name "$item"' get-account-authorization-details 'UserDetailList[].UserName' ''
each iam get-service-last-accessed-details 'NoSuchEntity' 'last_accessed "$item"' get-account-authorization-details '[UserDetailList[].Arn, RoleDetailList[].Arn][]' ''
each iam list-access-keys 'NoSuchEntity' 'aws iam list-access-keys --user-name "$item"' get-account-authorization-details 'UserDetailList[].UserName' ''
once iam list-instance-profiles '' 'aws iam list-instance-profiles'
each iam list-mfa-devices 'NoSuchEntity' 'aws iam list-mfa-devices --user-name "$item"' get-account-authorization-details 'UserDetailList[].UserName' ''
once iam list-open-id-connect-providers '' 'aws iam list-open-id-connect-providers'
once iam list-saml-providers '' 'aws iam list-saml-providers'
once iam list-users '' 'aws iam list-users'
once organizations describe-organization 'AWSOrganizationsNotInUseException' 'aws organizations describe-organization'
once organizations list-accounts 'AWSOrganizationsNotInUseException' 'aws organizations list-accounts'
each organizations list-parents '' 'aws organizations list-parents --child-id "$item"' list-accounts 'Accounts[].Id' ''
once organizations list-roots 'AWSOrganizationsNotInUseException' 'aws organizations list-roots'
once route53 list-hosted-zones '' 'aws route53 list-hosted-zones'
each route53 list-resource-record-sets 'NoSuchHostedZone' 'aws route53 list-resource-record-sets --hosted-zone-id "$item" --query '\''{ResourceRecordSets: ResourceRecordSets[?contains([`A`, `AAAA`, `CNAME`, `NS`], Type)]}'\''' list-hosted-zones 'HostedZones[].Id' ''
once s3 list-buckets '' 'aws s3api list-buckets'
each s3 list-objects-v2 '' 'aws s3api list-objects-v2 --bucket "$item" --no-paginate --max-keys 1000 --query '\''{Contents: Contents[].{Key: Key}}'\''' list-buckets 'Buckets[].Name' ''
once s3control get-public-access-block 'NoSuchPublicAccessBlockConfiguration' 'aws s3control get-public-access-block --account-id "$(aws sts get-caller-identity --query Account --output text)"'
once sts get-caller-identity '' 'aws sts get-caller-identity'
each iam get-access-key-last-used 'NoSuchEntity' 'aws iam get-access-key-last-used --access-key-id "$item"' list-access-keys 'AccessKeyMetadata[].AccessKeyId' ''
each iam get-open-id-connect-provider 'NoSuchEntity' 'aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$item"' list-open-id-connect-providers 'OpenIDConnectProviderList[].Arn' ''
each organizations list-organizational-units-for-parent '' 'aws organizations list-organizational-units-for-parent --parent-id "$item"' list-roots 'Roots[].Id' 'OrganizationalUnits[].Id'
each organizations list-policies '' 'aws organizations list-policies --filter "$item"' list-roots 'Roots[].PolicyTypes[].Type' ''
each organizations list-targets-for-policy '' 'aws organizations list-targets-for-policy --policy-id "$item"' list-policies 'Policies[].Id' ''
each s3 get-bucket-acl '' 'aws s3api get-bucket-acl --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-encryption 'ServerSideEncryptionConfigurationNotFoundError' 'aws s3api get-bucket-encryption --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-location '' 'aws s3api get-bucket-location --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-logging '' 'aws s3api get-bucket-logging --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-ownership-controls 'OwnershipControlsNotFoundError' 'aws s3api get-bucket-ownership-controls --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-policy 'NoSuchBucketPolicy' 'aws s3api get-bucket-policy --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-replication 'ReplicationConfigurationNotFoundError' 'aws s3api get-bucket-replication --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-tagging 'NoSuchTagSet' 'aws s3api get-bucket-tagging --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-versioning '' 'aws s3api get-bucket-versioning --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-bucket-website 'NoSuchWebsiteConfiguration' 'aws s3api get-bucket-website --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-object-lock-configuration 'ObjectLockConfigurationNotFoundError' 'aws s3api get-object-lock-configuration --bucket "$item"' list-buckets 'Buckets[].Name' ''
each s3 get-public-access-block 'NoSuchPublicAccessBlockConfiguration' 'aws s3api get-public-access-block --bucket "$item"' list-buckets 'Buckets[].Name' ''
each organizations describe-policy '' 'aws organizations describe-policy --policy-id "$item"' list-policies 'Policies[].Id' ''

for region in $regions; do
  export AWS_REGION="$region" AWS_DEFAULT_REGION="$region"
  place=$region
  once accessanalyzer list-analyzers '' 'aws accessanalyzer list-analyzers'
  each accessanalyzer list-findings-v2 '' 'aws accessanalyzer list-findings-v2 --analyzer-arn "$item" --filter '\''{"status": {"eq": ["ACTIVE"]}}'\''' list-analyzers 'analyzers[].arn' ''
  once acm list-certificates '' 'aws acm list-certificates'
  once apigateway get-rest-apis '' 'aws apigateway get-rest-apis'
  each apigateway get-stages 'NotFoundException' 'aws apigateway get-stages --rest-api-id "$item" --query '\''{item: item[].{stageName: stageName, webAclArn: webAclArn}}'\''' get-rest-apis 'items[].id' ''
  once apigateway get-vpc-links '' 'aws apigateway get-vpc-links'
  once apigatewayv2 get-apis '' 'aws apigatewayv2 get-apis'
  each apigatewayv2 get-integrations 'NotFoundException' 'aws apigatewayv2 get-integrations --api-id "$item" --query '\''{Items: Items[].{IntegrationId: IntegrationId, IntegrationType: IntegrationType, IntegrationUri: IntegrationUri, ConnectionId: ConnectionId, ConnectionType: ConnectionType}}'\''' get-apis 'Items[].ApiId' ''
  each apigatewayv2 get-routes 'NotFoundException' 'aws apigatewayv2 get-routes --api-id "$item"' get-apis 'Items[].ApiId' ''
  once apigatewayv2 get-vpc-links '' 'aws apigatewayv2 get-vpc-links'
  once apprunner list-services '' 'aws apprunner list-services'
  once backup list-backup-plans '' 'aws backup list-backup-plans'
  once backup list-backup-vaults '' 'aws backup list-backup-vaults'
  once backup list-protected-resources '' 'aws backup list-protected-resources'
  once batch describe-compute-environments '' 'aws batch describe-compute-environments'
  once batch describe-job-definitions '' 'aws batch describe-job-definitions --status ACTIVE --query '\''{jobDefinitions: jobDefinitions[].{jobDefinitionArn: jobDefinitionArn, jobDefinitionName: jobDefinitionName, tags: tags, containerProperties: containerProperties.{image: image, jobRoleArn: jobRoleArn, executionRoleArn: executionRoleArn, privileged: privileged, environment: environment[].{name: name}}}}'\'''
  once bedrock-agent list-agents '' 'aws bedrock-agent list-agents'
  once bedrock-agentcore-control list-code-interpreters '' 'aws bedrock-agentcore-control list-code-interpreters --type CUSTOM'
  once cloudformation describe-stacks '' 'aws cloudformation describe-stacks --query '\''{Stacks: Stacks[].{StackId: StackId, StackName: StackName, StackStatus: StackStatus, RoleARN: RoleARN, ParentId: ParentId, Tags: Tags}}'\'''
  once cloudformation list-stack-sets '' 'aws cloudformation list-stack-sets --status ACTIVE'
  once cloudtrail describe-trails '' 'aws cloudtrail describe-trails'
  each cloudtrail get-trail-status 'TrailNotFoundException' 'aws cloudtrail get-trail-status --name "$item"' describe-trails 'trailList[].TrailARN' ''
  once codebuild list-projects '' 'aws codebuild list-projects'
  once codepipeline list-pipelines '' 'aws codepipeline list-pipelines'
  once cognito-identity list-identity-pools '' 'aws cognito-identity list-identity-pools --max-results 60'
  once cognito-idp list-user-pools '' 'aws cognito-idp list-user-pools --max-results 60'
  once configservice describe-configuration-recorder-status '' 'aws configservice describe-configuration-recorder-status'
  once configservice describe-configuration-recorders '' 'aws configservice describe-configuration-recorders'
  once dynamodb list-tables '' 'aws dynamodb list-tables'
  once ec2 describe-addresses '' 'aws ec2 describe-addresses'
  once ec2 describe-egress-only-internet-gateways '' 'aws ec2 describe-egress-only-internet-gateways'
  once ec2 describe-iam-instance-profile-associations '' 'aws ec2 describe-iam-instance-profile-associations'
  once ec2 describe-images '' 'aws ec2 describe-images --owners self'
  once ec2 describe-instances '' 'aws ec2 describe-instances'
  once ec2 describe-internet-gateways '' 'aws ec2 describe-internet-gateways'
  once ec2 describe-launch-template-versions '' 'aws ec2 describe-launch-template-versions --versions '\''$Default'\'' --query '\''{LaunchTemplateVersions: LaunchTemplateVersions[].merge(@, {LaunchTemplateData: merge(LaunchTemplateData, {UserData: null})})}'\'''
  once ec2 describe-launch-templates '' 'aws ec2 describe-launch-templates'
  once ec2 describe-locked-snapshots '' 'aws ec2 describe-locked-snapshots'
  once ec2 describe-managed-prefix-lists '' 'aws ec2 describe-managed-prefix-lists'
  once ec2 describe-nat-gateways '' 'aws ec2 describe-nat-gateways'
  once ec2 describe-network-acls '' 'aws ec2 describe-network-acls'
  once ec2 describe-network-interfaces '' 'aws ec2 describe-network-interfaces'
  once ec2 describe-route-tables '' 'aws ec2 describe-route-tables'
  once ec2 describe-security-groups '' 'aws ec2 describe-security-groups'
  once ec2 describe-snapshots '' 'aws ec2 describe-snapshots --owner-ids self'
  once ec2 describe-subnets '' 'aws ec2 describe-subnets'
  once ec2 describe-transit-gateway-attachments '' 'aws ec2 describe-transit-gateway-attachments'
  once ec2 describe-transit-gateway-route-tables '' 'aws ec2 describe-transit-gateway-route-tables'
  once ec2 describe-transit-gateway-vpc-attachments '' 'aws ec2 describe-transit-gateway-vpc-attachments'
  once ec2 describe-transit-gateways '' 'aws ec2 describe-transit-gateways'
  once ec2 describe-volumes '' 'aws ec2 describe-volumes'
  once ec2 describe-vpc-block-public-access-exclusions '' 'aws ec2 describe-vpc-block-public-access-exclusions'
  once ec2 describe-vpc-block-public-access-options '' 'aws ec2 describe-vpc-block-public-access-options'
  once ec2 describe-vpc-endpoint-service-configurations '' 'aws ec2 describe-vpc-endpoint-service-configurations'
  each ec2 describe-vpc-endpoint-service-permissions 'InvalidVpcEndpointServiceId.NotFound' 'aws ec2 describe-vpc-endpoint-service-permissions --service-id "$item"' describe-vpc-endpoint-service-configurations 'ServiceConfigurations[].ServiceId' ''
  once ec2 describe-vpc-endpoints '' 'aws ec2 describe-vpc-endpoints'
  once ec2 describe-vpc-peering-connections '' 'aws ec2 describe-vpc-peering-connections'
  once ec2 describe-vpcs '' 'aws ec2 describe-vpcs'
  each ec2 get-managed-prefix-list-entries 'InvalidPrefixListID.NotFound' 'aws ec2 get-managed-prefix-list-entries --prefix-list-id "${item##*/}"' describe-managed-prefix-lists 'PrefixLists[].PrefixListArn' ''
  each ec2 search-transit-gateway-routes 'InvalidRouteTableID.NotFound' 'aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$item" --filters Name=state,Values=active,blackhole' describe-transit-gateway-route-tables 'TransitGatewayRouteTables[].TransitGatewayRouteTableId' ''
  once ecr describe-repositories '' 'aws ecr describe-repositories'
  each ecr get-repository-policy 'RepositoryPolicyNotFoundException RepositoryNotFoundException' 'aws ecr get-repository-policy --repository-name "$item"' describe-repositories 'repositories[].repositoryName' ''
  once ecs list-clusters '' 'aws ecs list-clusters'
  each ecs list-container-instances 'ClusterNotFoundException' 'aws ecs list-container-instances --cluster "$item"' list-clusters 'clusterArns[]' ''
  each ecs list-services 'ClusterNotFoundException' 'aws ecs list-services --cluster "$item"' list-clusters 'clusterArns[]' ''
  once ecs list-task-definitions '' 'aws ecs list-task-definitions'
  each ecs list-tasks 'ClusterNotFoundException' 'aws ecs list-tasks --cluster "$item"' list-clusters 'clusterArns[]' ''
  once efs describe-file-systems '' 'aws efs describe-file-systems'
  each efs describe-mount-targets '' 'aws efs describe-mount-targets --file-system-id "$item"' describe-file-systems 'FileSystems[].FileSystemId' ''
  once eks list-clusters '' 'aws eks list-clusters'
  each eks list-nodegroups 'ResourceNotFoundException' 'aws eks list-nodegroups --cluster-name "$item"' list-clusters 'clusters[]' ''
  each eks list-pod-identity-associations 'ResourceNotFoundException' 'aws eks list-pod-identity-associations --cluster-name "$item"' list-clusters 'clusters[]' ''
  once elasticache describe-cache-clusters '' 'aws elasticache describe-cache-clusters'
  once elasticache describe-replication-groups '' 'aws elasticache describe-replication-groups'
  once elb describe-load-balancers '' 'aws elb describe-load-balancers'
  once elbv2 describe-load-balancers '' 'aws elbv2 describe-load-balancers'
  once elbv2 describe-target-groups '' 'aws elbv2 describe-target-groups'
  each elbv2 describe-target-health 'TargetGroupNotFound' 'aws elbv2 describe-target-health --target-group-arn "$item"' describe-target-groups 'TargetGroups[].TargetGroupArn' ''
  once emr list-clusters '' 'aws emr list-clusters --cluster-states STARTING BOOTSTRAPPING RUNNING WAITING'
  once events list-event-buses '' 'aws events list-event-buses'
  each events list-rules 'ResourceNotFoundException' 'aws events list-rules --event-bus-name "$item"' list-event-buses 'EventBuses[].Name' ''
  each events list-targets-by-rule 'ResourceNotFoundException' 'aws events list-targets-by-rule --event-bus-name "${item%%,*}" --rule "${item#*,}" --query '\''{Targets: Targets[].{Id: Id, Arn: Arn, RoleArn: RoleArn}}'\''' list-rules 'Rules[].Name' '' joined
  once glue get-data-catalog-encryption-settings '' 'aws glue get-data-catalog-encryption-settings'
  once glue get-dev-endpoints '' 'aws glue get-dev-endpoints --query '\''{DevEndpoints: DevEndpoints[].{EndpointName: EndpointName, RoleArn: RoleArn, Status: Status}}'\'''
  once glue get-jobs '' 'aws glue get-jobs --query '\''{Jobs: Jobs[].{Name: Name, Role: Role, Command: Command}}'\'''
  once glue get-resource-policy 'EntityNotFoundException' 'aws glue get-resource-policy'
  once glue list-sessions '' 'aws glue list-sessions --query '\''{Sessions: Sessions[].{Id: Id, Role: Role, Status: Status}}'\'''
  once guardduty list-detectors '' 'aws guardduty list-detectors'
  each guardduty list-findings '' 'aws guardduty list-findings --detector-id "$item" --finding-criteria '\''{"Criterion": {"severity": {"GreaterThanOrEqual": 4}, "service.archived": {"Equals": ["false"]}}}'\''' list-detectors 'DetectorIds[]' ''
  once identitystore list-identity-stores '' 'aws identitystore list-identity-stores'
  each identitystore list-users 'ResourceNotFoundException' 'aws identitystore list-users --identity-store-id "$item" --query '\''{Users: Users[].{UserId: UserId, UserName: UserName, UserStatus: UserStatus}}'\''' list-identity-stores 'IdentityStores[].IdentityStoreId' ''
  once inspector2 batch-get-account-status '' 'aws inspector2 batch-get-account-status'
  once inspector2 list-findings '' 'aws inspector2 list-findings --filter-criteria '\''{"findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}], "findingType": [{"comparison": "EQUALS", "value": "PACKAGE_VULNERABILITY"}]}'\'''
  once kms list-aliases '' 'aws kms list-aliases'
  once kms list-keys '' 'aws kms list-keys'
  each kms list-resource-tags '' 'aws kms list-resource-tags --key-id "$item"' list-keys 'Keys[].KeyId' ''
  once lambda list-functions '' 'aws lambda list-functions --query '\''{Functions: Functions[].{FunctionName: FunctionName, FunctionArn: FunctionArn, Runtime: Runtime, Role: Role, VpcConfig: VpcConfig, Layers: Layers, KMSKeyArn: KMSKeyArn, Environment: {Variables: keys(not_null(Environment.Variables, `{}`))}}}'\'''
  once lambda list-layers '' 'aws lambda list-layers'
  once macie2 get-macie-session 'AccessDeniedException ResourceNotFoundException' 'aws macie2 get-macie-session'
  once macie2 list-findings 'AccessDeniedException ResourceNotFoundException' 'aws macie2 list-findings --finding-criteria '\''{"criterion": {"category": {"eq": ["CLASSIFICATION"]}}}'\'''
  once network-firewall list-firewalls '' 'aws network-firewall list-firewalls'
  once network-firewall list-rule-groups '' 'aws network-firewall list-rule-groups'
  once opensearch list-domain-names '' 'aws opensearch list-domain-names'
  once ram get-resource-share-associations-principal '' 'aws ram get-resource-share-associations --association-type PRINCIPAL'
  once ram get-resource-share-associations-resource '' 'aws ram get-resource-share-associations --association-type RESOURCE'
  once ram get-resource-shares '' 'aws ram get-resource-shares --resource-owner SELF'
  once rds describe-db-cluster-snapshots '' 'aws rds describe-db-cluster-snapshots'
  once rds describe-db-clusters '' 'aws rds describe-db-clusters'
  once rds describe-db-instances '' 'aws rds describe-db-instances'
  each rds describe-db-parameters 'DBParameterGroupNotFound ClusterParameterGroupNotFound' 'aws rds describe-db-parameters --db-parameter-group-name "$item" --query '\''{Parameters: Parameters[?contains(`["rds.force_ssl","require_secure_transport","require_ssl"]`, ParameterName)].{ParameterName: ParameterName, ParameterValue: ParameterValue}}'\''' describe-db-instances 'DBInstances[].DBParameterGroups[].DBParameterGroupName' ''
  once rds describe-db-snapshots '' 'aws rds describe-db-snapshots'
  once rds describe-db-subnet-groups '' 'aws rds describe-db-subnet-groups'
  once redshift describe-clusters '' 'aws redshift describe-clusters'
  once sagemaker list-notebook-instances '' 'aws sagemaker list-notebook-instances'
  once scheduler list-schedules '' 'aws scheduler list-schedules'
  once secretsmanager list-secrets '' 'aws secretsmanager list-secrets'
  once securityhub describe-hub 'InvalidAccessException ResourceNotFoundException' 'aws securityhub describe-hub'
  once securityhub get-findings 'InvalidAccessException ResourceNotFoundException' 'aws securityhub get-findings --filters '\''{"RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}], "WorkflowStatus": [{"Value": "NEW", "Comparison": "EQUALS"}, {"Value": "NOTIFIED", "Comparison": "EQUALS"}], "SeverityLabel": [{"Value": "CRITICAL", "Comparison": "EQUALS"}, {"Value": "HIGH", "Comparison": "EQUALS"}, {"Value": "MEDIUM", "Comparison": "EQUALS"}]}'\'' --query '\''{Findings: Findings[].{Id: Id, AwsAccountId: AwsAccountId, Title: Title, Types: Types, Severity: Severity, FirstObservedAt: FirstObservedAt, UpdatedAt: UpdatedAt, Workflow: Workflow, Resources: Resources[].{Type: Type, Id: Id}}}'\'''
  once sns list-subscriptions '' 'aws sns list-subscriptions --query '\''{Subscriptions: Subscriptions[?contains([`sqs`, `lambda`, `firehose`], Protocol)].{TopicArn: TopicArn, Protocol: Protocol, Endpoint: Endpoint}}'\'''
  once sns list-topics '' 'aws sns list-topics'
  once sqs list-queues '' 'aws sqs list-queues'
  once ssm describe-instance-information '' 'aws ssm describe-instance-information'
  once ssm describe-parameters '' 'aws ssm describe-parameters'
  once sso-admin list-instances '' 'aws sso-admin list-instances'
  each sso-admin list-permission-sets 'ResourceNotFoundException' 'aws sso-admin list-permission-sets --instance-arn "$item"' list-instances 'Instances[].InstanceArn' ''
  once stepfunctions list-state-machines '' 'aws stepfunctions list-state-machines'
  once wafv2 list-web-acls '' 'aws wafv2 list-web-acls --scope REGIONAL'
  each acm describe-certificate 'ResourceNotFoundException' 'aws acm describe-certificate --certificate-arn "$item"' list-certificates 'CertificateSummaryList[].CertificateArn' ''
  each apigateway get-resources 'NotFoundException' 'aws apigateway get-resources --rest-api-id "$item" --embed methods --query '\''{items: items[].{id: id, path: path, resourceMethods: resourceMethods}}'\''' get-rest-apis 'items[].id' ''
  each apprunner describe-service 'ResourceNotFoundException' 'aws apprunner describe-service --service-arn "$item" --query '\''{Service: Service.{ServiceArn: ServiceArn, ServiceName: ServiceName, ServiceUrl: ServiceUrl, InstanceConfiguration: InstanceConfiguration, NetworkConfiguration: NetworkConfiguration}}'\''' list-services 'ServiceSummaryList[].ServiceArn' ''
  each backup get-backup-plan 'ResourceNotFoundException' 'aws backup get-backup-plan --backup-plan-id "$item"' list-backup-plans 'BackupPlansList[].BackupPlanId' ''
  each backup get-backup-vault-access-policy 'ResourceNotFoundException' 'aws backup get-backup-vault-access-policy --backup-vault-name "$item"' list-backup-vaults 'BackupVaultList[].BackupVaultName' ''
  each bedrock-agent get-agent 'ResourceNotFoundException' 'aws bedrock-agent get-agent --agent-id "$item" --query '\''{agent: agent.{agentArn: agentArn, agentName: agentName, agentStatus: agentStatus, agentResourceRoleArn: agentResourceRoleArn, foundationModel: foundationModel, customerEncryptionKeyArn: customerEncryptionKeyArn}}'\''' list-agents 'agentSummaries[].agentId' ''
  each bedrock-agent list-agent-action-groups 'ResourceNotFoundException' 'aws bedrock-agent list-agent-action-groups --agent-version DRAFT --agent-id "$item"' list-agents 'agentSummaries[].agentId' ''
  each bedrock-agentcore-control get-code-interpreter 'ResourceNotFoundException' 'aws bedrock-agentcore-control get-code-interpreter --code-interpreter-id "$item"' list-code-interpreters 'codeInterpreterSummaries[].codeInterpreterId' ''
  each cloudformation describe-stack-set 'StackSetNotFoundException' 'aws cloudformation describe-stack-set --stack-set-name "$item" --query '\''{StackSet: StackSet.{StackSetName: StackSetName, StackSetId: StackSetId, StackSetARN: StackSetARN, AdministrationRoleARN: AdministrationRoleARN, ExecutionRoleName: ExecutionRoleName, Tags: Tags}}'\''' list-stack-sets 'Summaries[].StackSetName' ''
  each codebuild batch-get-projects '' 'aws codebuild batch-get-projects --names "$item" --query '\''{projects: projects[].{name: name, arn: arn, serviceRole: serviceRole, tags: tags, source: {type: source.type, location: source.location}, environment: {privilegedMode: environment.privilegedMode, environmentVariables: environment.environmentVariables[].{name: name, type: type}}}}'\''' list-projects 'projects[]' ''
  each codepipeline get-pipeline 'PipelineNotFoundException' 'aws codepipeline get-pipeline --name "$item" --query '\''{metadata: metadata, pipeline: pipeline.{name: name, roleArn: roleArn, artifactStore: artifactStore, stages: stages[].{name: name, actions: actions[].{name: name, roleArn: roleArn, actionTypeId: actionTypeId, configuration: configuration.{ProjectName: ProjectName, S3Bucket: S3Bucket, S3ObjectKey: S3ObjectKey, FullRepositoryId: FullRepositoryId, RepositoryName: RepositoryName, ConnectionArn: ConnectionArn}}}}}'\''' list-pipelines 'pipelines[].name' ''
  each cognito-identity describe-identity-pool 'ResourceNotFoundException' 'aws cognito-identity describe-identity-pool --identity-pool-id "$item"' list-identity-pools 'IdentityPools[].IdentityPoolId' ''
  each cognito-identity get-identity-pool-roles 'ResourceNotFoundException' 'aws cognito-identity get-identity-pool-roles --identity-pool-id "$item"' list-identity-pools 'IdentityPools[].IdentityPoolId' ''
  each cognito-idp describe-user-pool 'ResourceNotFoundException' 'aws cognito-idp describe-user-pool --user-pool-id "$item"' list-user-pools 'UserPools[].Id' ''
  each dynamodb describe-continuous-backups 'TableNotFoundException' 'aws dynamodb describe-continuous-backups --table-name "$item"' list-tables 'TableNames[]' ''
  each dynamodb describe-table 'ResourceNotFoundException' 'aws dynamodb describe-table --table-name "$item"' list-tables 'TableNames[]' ''
  each dynamodb get-resource-policy 'PolicyNotFoundException' 'aws dynamodb get-resource-policy --resource-arn "$item"' describe-table 'Table.TableArn' ''
  each dynamodb list-tags-of-resource 'ResourceNotFoundException' 'aws dynamodb list-tags-of-resource --resource-arn "$item"' describe-table 'Table.TableArn' ''
  each ec2 describe-image-attribute-launchPermission 'InvalidAMIID.NotFound InvalidAMIID.Unavailable' 'aws ec2 describe-image-attribute --attribute launchPermission --image-id "$item"' describe-images 'Images[].ImageId' ''
  each ec2 describe-instance-attribute-userData 'InvalidInstanceID.NotFound' 'user_data "$item"' describe-instances 'Reservations[].Instances[].InstanceId' ''
  each ec2 describe-snapshot-attribute-createVolumePermission 'InvalidSnapshot.NotFound' 'aws ec2 describe-snapshot-attribute --attribute createVolumePermission --snapshot-id "$item"' describe-snapshots 'Snapshots[].SnapshotId' ''
  each ecr describe-images 'RepositoryNotFoundException' 'aws ecr describe-images --repository-name "$item" --query '\''{imageDetails: imageDetails[].{imageDigest: imageDigest, imageTags: imageTags}}'\''' describe-repositories 'repositories[].repositoryName' ''
  each ecs describe-clusters '' 'aws ecs describe-clusters --clusters "$item" --include TAGS' list-clusters 'clusterArns[]' ''
  each ecs describe-container-instances '' 'aws ecs describe-container-instances --cluster "$(dirname "${item#*:container-instance/}")" --container-instances "$item"' list-container-instances 'containerInstanceArns[]' ''
  each ecs describe-services '' 'aws ecs describe-services --cluster "$(dirname "${item#*:service/}")" --services "$item" --include TAGS' list-services 'serviceArns[]' ''
  each ecs describe-task-definition '' 'aws ecs describe-task-definition --task-definition "$item" --include TAGS --query '\''{tags: tags, taskDefinition: taskDefinition.{taskDefinitionArn: taskDefinitionArn, taskRoleArn: taskRoleArn, executionRoleArn: executionRoleArn, containerDefinitions: containerDefinitions[].{name: name, image: image, privileged: privileged, environment: environment[].{name: name}}}}'\''' list-task-definitions 'taskDefinitionArns[]' ''
  each ecs describe-tasks '' 'aws ecs describe-tasks --cluster "$(dirname "${item#*:task/}")" --tasks "$item" --include TAGS' list-tasks 'taskArns[]' ''
  each efs describe-backup-policy 'PolicyNotFound' 'aws efs describe-backup-policy --file-system-id "$item"' describe-file-systems 'FileSystems[].FileSystemId' ''
  each efs describe-file-system-policy 'PolicyNotFound' 'aws efs describe-file-system-policy --file-system-id "$item"' describe-file-systems 'FileSystems[].FileSystemId' ''
  each eks describe-cluster 'ResourceNotFoundException' 'aws eks describe-cluster --name "$item"' list-clusters 'clusters[]' ''
  each eks describe-nodegroup 'ResourceNotFoundException' 'aws eks describe-nodegroup --cluster-name "${item%%,*}" --nodegroup-name "${item#*,}"' list-nodegroups 'nodegroups[]' '' joined
  each eks describe-pod-identity-association 'ResourceNotFoundException' 'aws eks describe-pod-identity-association --cluster-name "${item%%,*}" --association-id "${item#*,}"' list-pod-identity-associations 'associations[].associationId' '' joined
  each eks list-access-entries 'ResourceNotFoundException InvalidRequestException' 'aws eks list-access-entries --cluster-name "$item"' list-clusters 'clusters[]' ''
  each eks list-associated-access-policies 'ResourceNotFoundException' 'aws eks list-associated-access-policies --cluster-name "${item%%,*}" --principal-arn "${item#*,}"' list-access-entries 'accessEntries[]' '' joined
  each elbv2 describe-listeners 'LoadBalancerNotFound' 'aws elbv2 describe-listeners --load-balancer-arn "$item"' describe-load-balancers 'LoadBalancers[].LoadBalancerArn' ''
  each elbv2 describe-rules 'ListenerNotFound UnsupportedProtocol' 'aws elbv2 describe-rules --listener-arn "$item"' describe-listeners 'Listeners[].ListenerArn' ''
  each elbv2 describe-target-group-attributes 'TargetGroupNotFound' 'aws elbv2 describe-target-group-attributes --target-group-arn "$item"' describe-target-groups 'TargetGroups[].TargetGroupArn' ''
  each emr describe-cluster '' 'aws emr describe-cluster --cluster-id "$item" --query '\''{Cluster: Cluster.{ClusterArn: ClusterArn, Name: Name, Status: Status, ServiceRole: ServiceRole, SecurityConfiguration: SecurityConfiguration, VisibleToAllUsers: VisibleToAllUsers, Ec2InstanceAttributes: Ec2InstanceAttributes, Tags: Tags}}'\''' list-clusters 'Clusters[].Id' ''
  each guardduty get-detector '' 'aws guardduty get-detector --detector-id "$item"' list-detectors 'DetectorIds[]' ''
  each guardduty get-findings '' 'aws guardduty get-findings --detector-id "${item%%,*}" --finding-ids "${item#*,}"' list-findings 'FindingIds[]' '' joined
  each identitystore list-groups 'ResourceNotFoundException' 'aws identitystore list-groups --identity-store-id "$item"' list-identity-stores 'IdentityStores[].IdentityStoreId' ''
  each kms describe-key '' 'aws kms describe-key --key-id "$item"' list-keys 'Keys[].KeyId' ''
  each kms get-key-policy '' 'aws kms get-key-policy --key-id "$item" --policy-name default' list-keys 'Keys[].KeyId' ''
  each kms get-key-rotation-status 'UnsupportedOperationException' 'aws kms get-key-rotation-status --key-id "$item"' list-keys 'Keys[].KeyId' ''
  each kms list-grants '' 'aws kms list-grants --key-id "$item"' list-keys 'Keys[].KeyId' ''
  each lambda get-function-url-config 'ResourceNotFoundException' 'aws lambda get-function-url-config --function-name "$item"' list-functions 'Functions[].FunctionName' ''
  each lambda get-layer-version-policy 'ResourceNotFoundException' 'aws lambda get-layer-version-policy --layer-name "${item%:*}" --version-number "${item##*:}"' list-layers 'Layers[].LatestMatchingVersion.LayerVersionArn' ''
  each lambda get-policy 'ResourceNotFoundException' 'aws lambda get-policy --function-name "$item"' list-functions 'Functions[].FunctionName' ''
  each macie2 get-findings '' 'aws macie2 get-findings --finding-ids "$item" --query '\''{findings: findings[].{id: id, accountId: accountId, title: title, type: type, severity: severity, createdAt: createdAt, updatedAt: updatedAt, resourcesAffected: {s3Bucket: {arn: resourcesAffected.s3Bucket.arn}}, classificationDetails: {result: {sensitiveData: classificationDetails.result.sensitiveData[].{category: category}}}}}'\''' list-findings 'findingIds[]' ''
  each network-firewall describe-firewall 'ResourceNotFoundException' 'aws network-firewall describe-firewall --firewall-arn "$item"' list-firewalls 'Firewalls[].FirewallArn' ''
  each network-firewall describe-firewall-policy 'ResourceNotFoundException' 'aws network-firewall describe-firewall-policy --firewall-policy-arn "$item"' describe-firewall 'Firewall.FirewallPolicyArn' ''
  each network-firewall describe-rule-group 'ResourceNotFoundException' 'aws network-firewall describe-rule-group --rule-group-arn "$item"' list-rule-groups 'RuleGroups[].Arn' ''
  each opensearch describe-domain 'ResourceNotFoundException' 'aws opensearch describe-domain --domain-name "$item"' list-domain-names 'DomainNames[].DomainName' ''
  each opensearch list-tags '' 'aws opensearch list-tags --arn "$item"' describe-domain 'DomainStatus.ARN' ''
  each rds describe-db-cluster-parameters 'DBParameterGroupNotFound ClusterParameterGroupNotFound' 'aws rds describe-db-cluster-parameters --db-cluster-parameter-group-name "$item" --query '\''{Parameters: Parameters[?contains(`["rds.force_ssl","require_secure_transport","require_ssl"]`, ParameterName)].{ParameterName: ParameterName, ParameterValue: ParameterValue}}'\''' describe-db-clusters 'DBClusters[].DBClusterParameterGroup' ''
  each rds describe-db-cluster-snapshot-attributes 'DBClusterSnapshotNotFoundFault' 'aws rds describe-db-cluster-snapshot-attributes --db-cluster-snapshot-identifier "$item"' describe-db-cluster-snapshots 'DBClusterSnapshots[].DBClusterSnapshotIdentifier' ''
  each rds describe-db-snapshot-attributes 'DBSnapshotNotFound DBSnapshotNotFoundFault' 'aws rds describe-db-snapshot-attributes --db-snapshot-identifier "$item"' describe-db-snapshots 'DBSnapshots[].DBSnapshotIdentifier' ''
  each redshift describe-cluster-parameters 'DBParameterGroupNotFound ClusterParameterGroupNotFound' 'aws redshift describe-cluster-parameters --parameter-group-name "$item" --query '\''{Parameters: Parameters[?contains(`["rds.force_ssl","require_secure_transport","require_ssl"]`, ParameterName)].{ParameterName: ParameterName, ParameterValue: ParameterValue}}'\''' describe-clusters 'Clusters[].ClusterParameterGroups[].ParameterGroupName' ''
  each sagemaker describe-notebook-instance '' 'aws sagemaker describe-notebook-instance --notebook-instance-name "$item"' list-notebook-instances 'NotebookInstances[].NotebookInstanceName' ''
  each scheduler get-schedule 'ResourceNotFoundException' 'group="${item%/*}" && aws scheduler get-schedule --group-name "${group##*/}" --name "${item##*/}" --query '\''{Arn: Arn, Name: Name, State: State, ScheduleExpression: ScheduleExpression, Target: Target.{Arn: Arn, RoleArn: RoleArn}}'\''' list-schedules 'Schedules[].Arn' ''
  each secretsmanager get-resource-policy '' 'aws secretsmanager get-resource-policy --secret-id "$item"' list-secrets 'SecretList[].Name' ''
  each sns get-topic-attributes 'NotFound' 'aws sns get-topic-attributes --topic-arn "$item"' list-topics 'Topics[].TopicArn' ''
  each sqs get-queue-attributes 'AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist' 'aws sqs get-queue-attributes --queue-url "$item" --attribute-names All' list-queues 'QueueUrls[]' ''
  each sqs list-queue-tags 'AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist' 'aws sqs list-queue-tags --queue-url "$item"' list-queues 'QueueUrls[]' ''
  each sso-admin describe-permission-set 'ResourceNotFoundException' 'aws sso-admin describe-permission-set --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"' list-permission-sets 'PermissionSets[]' '' joined
  each sso-admin get-inline-policy-for-permission-set 'ResourceNotFoundException' 'aws sso-admin get-inline-policy-for-permission-set --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"' list-permission-sets 'PermissionSets[]' '' joined
  each sso-admin list-accounts-for-provisioned-permission-set 'ResourceNotFoundException' 'aws sso-admin list-accounts-for-provisioned-permission-set --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"' list-permission-sets 'PermissionSets[]' '' joined
  each sso-admin list-customer-managed-policy-references-in-permission-set 'ResourceNotFoundException' 'aws sso-admin list-customer-managed-policy-references-in-permission-set --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"' list-permission-sets 'PermissionSets[]' '' joined
  each sso-admin list-managed-policies-in-permission-set 'ResourceNotFoundException' 'aws sso-admin list-managed-policies-in-permission-set --instance-arn "${item%%,*}" --permission-set-arn "${item#*,}"' list-permission-sets 'PermissionSets[]' '' joined
  each stepfunctions describe-state-machine 'StateMachineDoesNotExist' 'aws stepfunctions describe-state-machine --state-machine-arn "$item" --query '\''{stateMachineArn: stateMachineArn, name: name, type: type, roleArn: roleArn, loggingConfiguration: loggingConfiguration}'\''' list-state-machines 'stateMachines[].stateMachineArn' ''
  each wafv2 list-resources-for-web-acl 'WAFNonexistentItemException' 'aws wafv2 list-resources-for-web-acl --web-acl-arn "$item" --resource-type APPLICATION_LOAD_BALANCER' list-web-acls 'WebACLs[].ARN' ''
  each bedrock-agent get-agent-action-group 'ResourceNotFoundException' 'aws bedrock-agent get-agent-action-group --agent-id "${item%%,*}" --agent-version DRAFT --action-group-id "${item#*,}" --query '\''{agentActionGroup: agentActionGroup.{agentId: agentId, actionGroupExecutor: actionGroupExecutor}}'\''' list-agent-action-groups 'actionGroupSummaries[].actionGroupId' '' joined
  each eks describe-access-entry 'ResourceNotFoundException' 'aws eks describe-access-entry --cluster-name "${item%%,*}" --principal-arn "${item#*,}"' list-access-entries 'accessEntries[]' '' joined
  each identitystore list-group-memberships 'ResourceNotFoundException' 'aws identitystore list-group-memberships --identity-store-id "${item%%,*}" --group-id "${item#*,}"' list-groups 'Groups[].GroupId' '' joined
  each sso-admin list-account-assignments 'ResourceNotFoundException' 'rest="${item#*,}" && aws sso-admin list-account-assignments --instance-arn "${item%%,*}" --permission-set-arn "${rest%%,*}" --account-id "${rest#*,}"' list-accounts-for-provisioned-permission-set 'AccountIds[]' '' joined
done

manifest true
