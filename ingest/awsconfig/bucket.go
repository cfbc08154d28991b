package awsconfig

import "cmp"

// bucket reads a bucket, whose settings are the supplementary configuration. A setting that is not among them is not collected: AWS Config
// leaves out what is not set and what it does not keep alike
// (https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html, Amazon S3).
func bucket(made *builder, item item) {
	region := item.Region
	item = item.global()
	element := item.element()
	name, _ := element["Name"].(string)
	name = cmp.Or(name, item.Name, item.ID)
	list := item.at("s3", "list-buckets", "")
	made.add(item, list, "Buckets", map[string]any{"Name": name, "CreationDate": element["CreationDate"], "BucketRegion": region})
	setting := func(operation string, answer map[string]any) { made.set(item, item.at("s3", operation, name), answer) }
	setting("get-bucket-location", map[string]any{"LocationConstraint": region})
	setting("get-bucket-tagging", map[string]any{"TagSet": item.tagged("Key", "Value")})
	for supplement, operation := range map[string]string{
		"PublicAccessBlockConfiguration": "get-public-access-block", "ServerSideEncryptionConfiguration": "get-bucket-encryption",
	} {
		if value, found := item.supplement(supplement); found {
			setting(operation, map[string]any{supplement: asAPI(value)})
		}
	}
	if value, found := item.supplement("BucketPolicy"); found {
		setting("get-bucket-policy", map[string]any{"Policy": member(value, "policyText")})
	}
	if value, found := item.supplement("BucketVersioningConfiguration"); found {
		answer := map[string]any{"Status": member(value, "status")}
		if on, _ := member(value, "isMfaDeleteEnabled").(bool); on {
			answer["MFADelete"] = "Enabled"
		}
		setting("get-bucket-versioning", answer)
	}
	if value, found := item.supplement("BucketLoggingConfiguration"); found {
		answer := map[string]any{}
		if target := member(value, "destinationBucketName"); target != nil {
			answer["LoggingEnabled"] = map[string]any{"TargetBucket": target}
		}
		setting("get-bucket-logging", answer)
	}
	if value, found := item.supplement("AccessControlList"); found {
		setting("get-bucket-acl", accessControl(value))
	}
}

func member(of any, name string) any {
	members, _ := of.(map[string]any)
	return members[name]
}

// permissions and groups are the words of S3's API for those of AWS Config ("Access control list (ACL) overview",
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html).
var (
	permissions = map[string]string{"FullControl": "FULL_CONTROL", "Read": "READ", "Write": "WRITE", "ReadAcp": "READ_ACP", "WriteAcp": "WRITE_ACP"}
	groups      = map[string]string{
		"AllUsers": "http://acs.amazonaws.com/groups/global/AllUsers", "AuthenticatedUsers": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
		"LogDelivery": "http://acs.amazonaws.com/groups/s3/LogDelivery",
	}
)

// accessControl gives an access control list as the API does: a grantee is a group by its name, or an account by its canonical id.
func accessControl(value any) map[string]any {
	grants := []any{}
	given, _ := member(value, "grantList").([]any)
	for _, grant := range given {
		word, _ := member(grant, "permission").(string)
		grantee := map[string]any{"ID": member(member(grant, "grantee"), "id")}
		if group, is := member(grant, "grantee").(string); is {
			grantee = map[string]any{"URI": cmp.Or(groups[group], group)}
		}
		grants = append(grants, map[string]any{"Grantee": grantee, "Permission": cmp.Or(permissions[word], word)})
	}
	return map[string]any{"Owner": map[string]any{"ID": member(member(value, "owner"), "id")}, "Grants": grants}
}
