package estate

import (
	"fmt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// data makes keys, buckets, secrets, parameters and databases.
func (account *account) data() {
	account.service(region, "kms")
	for i := range account.share(10) {
		id := account.arn("kms", region, fmt.Sprintf("key/%08x-0000-4000-8000-%012d", account.number, i))
		account.keys = append(account.keys, account.add(id, kinds.AWSKey, region, graph.Props{
			"manager": "CUSTOMER", "state": "Enabled", "usage": "ENCRYPT_DECRYPT", "rotation": !account.chance(3), "aliases": []string{fmt.Sprintf("alias/key-%d", i)},
			"policy": fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"%s"},"Action":"kms:*","Resource":"*"}]}`, rootOf(account.digits)),
		}))
	}
	account.service("global", "s3")
	for i := range account.share(80) {
		account.buckets = append(account.buckets, account.bucket(i))
	}
	account.service(region, "secretsmanager")
	for i := range account.share(40) {
		props := graph.Props{"policy": "", "rotation": account.chance(2)}
		if account.chance(3) {
			props["kms_key"] = string(pick(account, account.keys))
		}
		id := account.arn("secretsmanager", region, fmt.Sprintf("secret:service-%d/db-%06d", i, i))
		account.secrets = append(account.secrets, account.add(id, kinds.AWSSecret, region, props))
	}
	account.service(region, "ssm")
	for i := range account.share(80) {
		kind := "String"
		if account.chance(3) {
			kind = "SecureString"
		}
		id := account.arn("ssm", region, fmt.Sprintf("parameter/service-%d/config", i))
		account.parameters = append(account.parameters, account.add(id, kinds.AWSParameter, region, graph.Props{"type": kind}))
	}
	account.databases()
}

// bucket makes one bucket: one in 50 holds personal data, one in 200 is public, one in four is encrypted with a customer's key.
func (account *account) bucket(i int) graph.ID {
	name := fmt.Sprintf("synthetic-%s-%d", account.digits, i)
	id := graph.ID("arn:aws:s3:::" + name)
	public := account.chance(200)
	props := graph.Props{
		"policy": "", "ownership": "BucketOwnerEnforced", "encryption": "AES256", "versioning": account.chance(2), "logging": account.chance(3), "website": false,
		"block_public_acls": !public, "ignore_public_acls": !public, "block_public_policy": !public, "restrict_public_buckets": !public,
	}
	if account.chance(50) {
		props["tags"] = []string{"data-classification=pii"}
	}
	if account.chance(4) {
		props["encryption"], props["kms_key"] = "aws:kms", string(pick(account, account.keys))
	}
	if public {
		props["encryption"] = "AES256"
		delete(props, "kms_key")
		props["policy"] = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Public","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"%s/*"}]}`, id)
		account.gain(graph.Internet, kinds.CanRead, id, "aws-public-bucket-policy", graph.Cause("statement:"+id+"#Public"), id)
	}
	return account.add(id, kinds.AWSBucket, region, props)
}

func (account *account) databases() {
	account.service(region, "rds")
	for i := range account.share(10) {
		id := account.arn("rds", region, fmt.Sprintf("db:db-%d", i))
		props := graph.Props{
			"engine": "postgres", "publicly_accessible": false, "encrypted": !account.chance(5), "port": int64(5432), "iam_auth": account.chance(3),
			"backup_days": int64(7), "deletion_protection": account.chance(2), "vpc": string(account.vpc()), "cluster": false,
			"endpoint":        fmt.Sprintf("db-%d.%s.rds.amazonaws.com", i, region),
			"subnets":         []string{string(account.subnet(subnetCount - 1)), string(account.subnet(subnetCount - 2))},
			"security_groups": []string{string(account.group(0))},
		}
		if account.chance(2) {
			props["master_secret"] = string(pick(account, account.secrets))
		}
		account.add(id, kinds.AWSDatabase, region, props)
		for copied := range 3 {
			account.add(account.arn("rds", region, fmt.Sprintf("snapshot:db-%d-%d", i, copied)), kinds.AWSDatabaseSnapshot, region, graph.Props{
				"database": string(id), "encrypted": props["encrypted"], "engine": "postgres", "shared_with": []string{},
			})
		}
	}
}
