"""Fills a local AWS server with an organization of three accounts and prints what an attacker must, and must not, get.

Usage: estate.py ENDPOINT. Prints one JSON document: accounts with credentials, found (from, to), and absent ids.
"""

import json
import sys

import boto3

ENDPOINT = sys.argv[1]
REGION = "eu-west-1"


def session(keys):
    return lambda service: boto3.client(service, endpoint_url=ENDPOINT, region_name=REGION, **keys)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal):
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


management = session({"aws_access_key_id": "test", "aws_secret_access_key": "test"})
management_id = management("sts").get_caller_identity()["Account"]
organizations = management("organizations")
organizations.create_organization(FeatureSet="ALL")
root = organizations.list_roots()["Roots"][0]["Id"]


def member(name):
    created = organizations.create_account(Email=f"{name}@northwind.example", AccountName=name)["CreateAccountStatus"]["AccountId"]
    # the local server takes the account from the role's ARN
    keys = management("sts").assume_role(RoleArn=f"arn:aws:iam::{created}:role/OrganizationAccountAccessRole", RoleSessionName="e2e")["Credentials"]
    return created, {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


production, production_keys = member("production")
staging, staging_keys = member("staging")
unit = organizations.create_organizational_unit(ParentId=root, Name="Production")["OrganizationalUnit"]["Id"]
organizations.move_account(AccountId=production, SourceParentId=root, DestinationParentId=unit)
organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
guardrail = organizations.create_policy(
    Name="no-long-lived-credentials", Description="-", Type="SERVICE_CONTROL_POLICY",
    Content=policy({"Effect": "Deny", "Action": ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"], "Resource": "*"}),
)["Policy"]["PolicySummary"]["Id"]
organizations.attach_policy(PolicyId=guardrail, TargetId=unit)

# production: administrators to be reached, or not
in_production = session(production_keys)
iam = in_production("iam")
administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=policy(allow("logs:*", "*")))["Policy"]["Arn"]
iam.create_role(RoleName="platform-admin", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{staging}:role/ci-deployer"}))
iam.create_role(RoleName="untrusting-admin", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{management_id}:role/nobody"}))
iam.create_role(RoleName="bounded-admin", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{staging}:role/web-guest"}), PermissionsBoundary=boundary)
for role in ("platform-admin", "untrusting-admin", "bounded-admin"):
    iam.attach_role_policy(RoleName=role, PolicyArn=administrator)
iam.create_user(UserName="ops-admin")
iam.attach_user_policy(UserName="ops-admin", PolicyArn=administrator)
iam.create_user(UserName="helpdesk")
iam.put_user_policy(UserName="helpdesk", PolicyName="reset", PolicyDocument=policy(allow("iam:CreateAccessKey", "*")))

s3 = in_production("s3")


def bucket(name):
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}, ObjectOwnership="ObjectWriter")
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "data-classification", "Value": "PII"}]})


bucket("northwind-exports")
s3.put_bucket_policy(Bucket="northwind-exports", Policy=policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::northwind-exports/*"}))
bucket("northwind-archive")
s3.put_bucket_acl(Bucket="northwind-archive", ACL="public-read")
s3.put_public_access_block(Bucket="northwind-archive", PublicAccessBlockConfiguration={
    "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True,
})

# staging: hosts that lead to production, or not
in_staging = session(staging_keys)
iam = in_staging("iam")
for role, targets in {
    "ci-deployer": ["platform-admin", "untrusting-admin"],
    "web-guest": ["bounded-admin"],
    "runner": ["platform-admin"],
}.items():
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))
    iam.put_role_policy(RoleName=role, PolicyName="deploy", PolicyDocument=policy(allow("sts:AssumeRole", [f"arn:aws:iam::{production}:role/{t}" for t in targets])))
    iam.create_instance_profile(InstanceProfileName=role)
    iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)

ec2 = in_staging("ec2")
vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
subnets = {name: ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24")["Subnet"]["SubnetId"] for n, name in enumerate(["public", "private", "closed"])}
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
for name in ("public", "closed"):
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[name])
acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
for number, port, action in ((90, {"From": 22, "To": 22}, "deny"), (100, {"From": 0, "To": 65535}, "allow")):
    ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=number, Protocol="6", RuleAction=action, Egress=False, CidrBlock="0.0.0.0/0", PortRange=port)
ec2.create_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=True, CidrBlock="0.0.0.0/0")
current = next(
    association["NetworkAclAssociationId"]
    for each in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    for association in each["Associations"] if association["SubnetId"] == subnets["closed"]
)
ec2.replace_network_acl_association(AssociationId=current, NetworkAclId=acl)
group = ec2.create_security_group(GroupName="ssh", Description="ssh", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


def instance(name, subnet, profile, public):
    launched = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, IamInstanceProfile={"Name": profile},
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnets[subnet], "Groups": [group], "AssociatePublicIpAddress": public}],
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
    )["Instances"][0]["InstanceId"]
    return f"arn:aws:ec2:{REGION}:{staging}:instance/{launched}"


jump = instance("jump-host", "public", "ci-deployer", True)
guest = instance("guest-web", "public", "web-guest", True)
private = instance("build-runner", "private", "runner", False)
closed = instance("old-jump-host", "closed", "runner", True)

role = lambda account, name: f"arn:aws:iam::{account}:role/{name}"
print(json.dumps({
    "region": REGION,
    "accounts": [
        {"id": management_id, "keys": {"aws_access_key_id": "test", "aws_secret_access_key": "test"}},
        {"id": production, "keys": production_keys},
        {"id": staging, "keys": staging_keys},
    ],
    "found": [
        {"from": "internet", "to": "arn:aws:s3:::northwind-exports", "through": []},
        {"from": "internet", "to": f"arn:aws:iam::{production}:root", "through": [jump, role(staging, "ci-deployer"), role(production, "platform-admin")]},
    ],
    "absent": {
        "public access block": "arn:aws:s3:::northwind-archive",
        "missing trust": role(production, "untrusting-admin"),
        "private subnet": private,
        "network ACL deny": closed,
    },
    "not_administrator": {
        "permissions boundary": role(production, "bounded-admin"),
        "service control policy": f"arn:aws:iam::{production}:user/helpdesk",
        "host of the bounded role": guest,
    },
}))
