package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	secret = graph.ID("arn:aws:secretsmanager:eu-west-1:" + ours + ":secret:db-AbCdEf")
	key    = graph.ID("arn:aws:kms:eu-west-1:" + ours + ":key/11111111-2222-3333-4444-555555555555")
)

func (world *world) key(statements string) {
	world.add(key, kinds.AWSKey, graph.Props{"account": ours, "manager": "CUSTOMER", "state": "Enabled", "aliases": []string{"alias/data"}, "policy": policy(statements)})
}

// delegates is the statement of a default key policy.
var delegates = share("arn:aws:iam::"+ours+":root", "kms:*", "*", "")

func TestReadingBuckets(t *testing.T) {
	get := allow("s3:GetObject", "arn:aws:s3:::data/*")
	for _, test := range []struct {
		name    string
		who     graph.ID
		own     string
		bucket  string
		change  func(*world)
		read    bool
		verdict graph.Verdict
	}{
		{"permission within the account", user("ann"), get, "", nil, true, graph.Proven},
		{"permission for everything", user("ann"), allow("s3:*", "*"), "", nil, true, graph.Proven},
		{"permission for a folder", user("ann"), allow("s3:GetObject", "arn:aws:s3:::data/reports/*"), "", nil, true, graph.Proven},
		{"permission for another bucket", user("ann"), allow("s3:GetObject", "arn:aws:s3:::data-2/*"), "", nil, false, 0},
		{"permission to list", user("ann"), allow("s3:ListBucket", "arn:aws:s3:::data"), "", nil, false, 0},
		{"the bucket's policy names the user", user("ann"), allow("s3:ListAllMyBuckets", "*"), share(string(user("ann")), "s3:GetObject", "arn:aws:s3:::data/*", ""), nil, true, graph.Proven},
		{"the bucket's policy denies", user("ann"), get, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`, nil, false, 0},
		{"the bucket's policy denies all but another role", user("ann"), get, `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + string(role("app")) + `"}}}`, nil, false, 0},
		{"the bucket's policy was not collected", user("ann"), get, "", func(world *world) { world.set(bucket, "policy", nil) }, true, graph.Possible},
		{"a boundary leaves it out", user("ann"), get, "", func(world *world) { world.boundary(user("ann"), allow("ec2:*", "*")) }, false, 0},
		{"another account with both", foreignUser("bob"), get, share(theirs, "s3:GetObject", "arn:aws:s3:::data/*", ""), nil, true, graph.Proven},
		{"another account with permission alone", foreignUser("bob"), get, "", nil, false, 0},
		{"another account with the bucket's policy alone", foreignUser("bob"), allow("ec2:*", "*"), share(string(foreignUser("bob")), "s3:GetObject", "arn:aws:s3:::data/*", ""), nil, false, 0},
		{"a control policy denies it", user("ann"), get, "", func(world *world) { world.organization(deny("s3:GetObject", "*")) }, false, 0},
		{"an endpoint that cannot be known", user("ann"), allowIf("s3:GetObject", "*", `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), "", nil, true, graph.Possible},
		{"a tag on the bucket", user("ann"), allowIf("s3:GetObject", "*", `{"StringEquals":{"aws:ResourceTag/open":"yes"}}`), "", func(world *world) { world.set(bucket, "tags", []string{"open=yes"}) }, true, graph.Proven},
		{"a tag that the bucket lacks", user("ann"), allowIf("s3:GetObject", "*", `{"StringEquals":{"aws:ResourceTag/open":"yes"}}`), "", func(world *world) { world.set(bucket, "tags", []string{"open=no"}) }, false, 0},
		{"the account of the bucket", user("ann"), allowIf("s3:GetObject", "*", `{"StringEquals":{"aws:ResourceAccount":"`+ours+`"}}`), "", nil, true, graph.Proven},
		{"another account's buckets only", user("ann"), allowIf("s3:GetObject", "*", `{"StringNotEquals":{"aws:ResourceAccount":"`+ours+`"}}`), "", nil, false, 0},
		{"objects under the user's name", user("ann"), allow("s3:GetObject", "arn:aws:s3:::data/home/${aws:username}/*"), "", nil, true, graph.Proven},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := withBucket(t, test.bucket)
			world.user(test.who, test.own)
			if test.change != nil {
				test.change(world)
			}
			edges := world.derive()
			if test.read {
				must(t, edges, test.who, kinds.CanRead, bucket, test.verdict)
			} else {
				mustNot(t, edges, test.who, kinds.CanRead, bucket)
			}
		})
	}
}

func TestEncryptedStoresNeedTheirKey(t *testing.T) {
	read := allow("s3:GetObject", "*")
	t.Run("a customer's key, by alias", func(t *testing.T) {
		world := withBucket(t, "")
		world.key(delegates)
		world.set(bucket, "encryption", "aws:kms")
		world.set(bucket, "kms_key", "alias/data")
		world.set(bucket, "region", "eu-west-1")
		world.user(user("ann"), read)
		world.user(user("bea"), read, allow("kms:Decrypt", string(key)))
		edges := world.derive()
		for _, who := range []graph.ID{user("ann"), user("bea")} {
			if edge := must(t, edges, who, kinds.CanRead, bucket, graph.Proven); len(edge.Requires) != 1 || edge.Requires[0] != key {
				t.Errorf("%s requires %v", who, edge.Requires)
			}
		}
		must(t, edges, user("bea"), kinds.CanDecrypt, key, graph.Proven)
		mustNot(t, edges, user("ann"), kinds.CanDecrypt, key)
	})
	t.Run("a customer's key that was not collected", func(t *testing.T) {
		world := withBucket(t, "")
		world.set(bucket, "encryption", "aws:kms")
		world.set(bucket, "kms_key", string(key))
		world.user(user("ann"), read)
		world.user(user("bea"), read, allow("kms:Decrypt", string(key)))
		edges := world.derive()
		if edge := must(t, edges, user("ann"), kinds.CanRead, bucket, graph.Proven); len(edge.Requires) != 1 {
			t.Errorf("ann requires %v", edge.Requires)
		}
		if edge := must(t, edges, user("bea"), kinds.CanRead, bucket, graph.Unknown); len(edge.Requires) != 0 {
			t.Errorf("bea requires %v", edge.Requires)
		}
	})
	t.Run("the key that AWS keeps", func(t *testing.T) {
		world := withBucket(t, "")
		world.set(bucket, "encryption", "aws:kms")
		world.set(bucket, "kms_key", "alias/aws/s3")
		world.user(user("ann"), read)
		if edge := must(t, world.derive(), user("ann"), kinds.CanRead, bucket, graph.Proven); len(edge.Requires) != 0 {
			t.Errorf("requires %v", edge.Requires)
		}
	})
}

func TestDecrypting(t *testing.T) {
	permission := allow("kms:Decrypt", "*")
	for _, test := range []struct {
		name    string
		own     string
		key     string
		grants  []string
		found   bool
		verdict graph.Verdict
	}{
		{"the key leaves it to the account and a policy allows", permission, delegates, nil, true, graph.Proven},
		{"the key leaves it to the account and no policy allows", allow("s3:*", "*"), delegates, nil, false, 0},
		{"a policy allows and the key does not", permission, share(string(role("app")), "kms:*", "*", ""), nil, false, 0},
		{"the key names the user", allow("s3:*", "*"), share(string(user("ann")), "kms:Decrypt", "*", ""), nil, true, graph.Proven},
		{"a grant names the user", allow("s3:*", "*"), share(string(role("app")), "kms:*", "*", ""), []string{string(user("ann")) + "|Decrypt,DescribeKey|"}, true, graph.Proven},
		{"a grant to encrypt", allow("s3:*", "*"), share(string(role("app")), "kms:*", "*", ""), []string{string(user("ann")) + "|Encrypt|"}, false, 0},
		{"a grant within a context that cannot be known", allow("s3:*", "*"), share(string(role("app")), "kms:*", "*", ""), []string{string(user("ann")) + `|Decrypt|{"EncryptionContextSubset":{"a":"b"}}`}, true, graph.Possible},
		{"by way of a service", permission, share("arn:aws:iam::"+ours+":root", "kms:*", "*", `{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}`), nil, true, graph.Proven},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.key(test.key)
			world.set(key, "grants", test.grants)
			world.user(user("ann"), test.own)
			edges := world.derive()
			if test.found {
				must(t, edges, user("ann"), kinds.CanDecrypt, key, test.verdict)
			} else {
				mustNot(t, edges, user("ann"), kinds.CanDecrypt, key)
			}
		})
	}
}

func TestReadingSecrets(t *testing.T) {
	world := newWorld(t)
	parameter := graph.ID("arn:aws:ssm:eu-west-1:" + ours + ":parameter/app/password")
	world.add(secret, kinds.AWSSecret, graph.Props{"account": ours, "policy": ""})
	world.add(parameter, kinds.AWSParameter, graph.Props{"account": ours, "type": "SecureString", "kms_key": "alias/aws/ssm"})
	world.user(user("ann"), allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:db-*"))
	world.user(user("bea"), allow("secretsmanager:DescribeSecret ssm:DescribeParameters", "*"))
	world.user(user("cid"), allow("ssm:GetParameter*", "arn:aws:ssm:*:*:parameter/app/*"))
	world.user(foreignUser("dan"), allow("secretsmanager:* ssm:*", "*"))
	edges := world.derive()
	must(t, edges, user("ann"), kinds.CanRead, secret, graph.Proven)
	mustNot(t, edges, user("bea"), kinds.CanRead, secret)
	mustNot(t, edges, user("bea"), kinds.CanRead, parameter)
	must(t, edges, user("cid"), kinds.CanRead, parameter, graph.Proven)
	mustNot(t, edges, user("cid"), kinds.CanRead, secret)
	mustNot(t, edges, foreignUser("dan"), kinds.CanRead, secret)
	mustNot(t, edges, foreignUser("dan"), kinds.CanRead, parameter)
}

func TestKeysOfAWSServeTheirAccountAlone(t *testing.T) {
	world := newWorld(t)
	shared := share(theirs, "secretsmanager:GetSecretValue", "*", "")
	world.add(secret, kinds.AWSSecret, graph.Props{"account": ours, "policy": policy(shared)})
	other := secret + "-own"
	world.key(delegates + "," + share(theirs, "kms:Decrypt", "*", ""))
	world.add(other, kinds.AWSSecret, graph.Props{"account": ours, "policy": policy(shared), "kms_key": string(key)})
	world.user(foreignUser("bob"), allow("secretsmanager:GetSecretValue kms:Decrypt", "*"))
	edges := world.derive()
	mustNot(t, edges, foreignUser("bob"), kinds.CanRead, secret)
	if edge := must(t, edges, foreignUser("bob"), kinds.CanRead, other, graph.Proven); len(edge.Requires) != 1 || edge.Requires[0] != key {
		t.Errorf("requires %v", edge.Requires)
	}
	must(t, edges, foreignUser("bob"), kinds.CanDecrypt, key, graph.Proven)
}

func TestSharedSnapshots(t *testing.T) {
	world := newWorld(t)
	public, given, own := ec2("snapshot", "snap-1"), ec2("snapshot", "snap-2"), ec2("snapshot", "snap-3")
	world.add(public, kinds.AWSVolumeSnapshot, graph.Props{"account": ours, "shared_with": []string{"all"}})
	world.add(given, kinds.AWSVolumeSnapshot, graph.Props{"account": ours, "shared_with": []string{theirs}})
	world.add(own, kinds.AWSVolumeSnapshot, graph.Props{"account": ours, "shared_with": []string{}})
	edges := world.derive()
	must(t, edges, graph.Internet, kinds.CanRead, public, graph.Proven)
	must(t, edges, root(theirs), kinds.CanRead, given, graph.Proven)
	mustNot(t, edges, graph.Internet, kinds.CanRead, given)
	mustNot(t, edges, graph.Internet, kinds.CanRead, own)
	mustNot(t, edges, root(theirs), kinds.CanRead, own)
}
