package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const bucket = graph.ID("arn:aws:s3:::data")

// withBucket has a bucket whose four blocks were collected and are off, in an account likewise.
func withBucket(t *testing.T, statements string) *world {
	t.Helper()
	world := newWorld(t)
	props := graph.Props{"name": "data", "account": ours, "policy": "", "ownership": "ObjectWriter", "encryption": "AES256"}
	if statements != "" {
		props["policy"] = policy(statements)
	}
	for _, block := range []string{"block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets"} {
		props[block] = false
		world.set(root(ours), "s3_"+block, false)
	}
	world.add(bucket, kinds.AWSBucket, props)
	return world
}

func TestPublicBucketsByPolicy(t *testing.T) {
	open := share("*", "s3:GetObject", "arn:aws:s3:::data/*", "")
	for _, test := range []struct {
		name       string
		statements string
		change     func(*world)
		read       bool
		verdict    graph.Verdict
	}{
		{"anyone may get objects", open, nil, true, graph.Proven},
		{"anyone may get some objects", share("*", "s3:GetObject", "arn:aws:s3:::data/public/*", ""), nil, true, graph.Proven},
		{"no policy", "", nil, false, 0},
		{"an account may get objects", share(theirs, "s3:GetObject", "arn:aws:s3:::data/*", ""), nil, false, 0},
		{"anyone may list, not get", share("*", "s3:ListBucket", "arn:aws:s3:::data", ""), nil, false, 0},
		{"restricted at the bucket", open, func(world *world) { world.set(bucket, "restrict_public_buckets", true) }, false, 0},
		{"restricted at the account", open, func(world *world) { world.set(root(ours), "s3_restrict_public_buckets", true) }, false, 0},
		{"blocking new policies leaves this one", open, func(world *world) { world.set(bucket, "block_public_policy", true) }, true, graph.Proven},
		{"an explicit deny", open + "," + `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*"}`, nil, false, 0},
		{"TLS is asked for", open + "," + `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, nil, true, graph.Proven},
		{"addresses that are somebody's", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), nil, false, 0},
		{"one address", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"IpAddress":{"aws:SourceIp":"192.0.2.1"}}`), nil, false, 0},
		{"every address", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"IpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]}}`), nil, true, graph.Proven},
		{"half of all addresses", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"IpAddress":{"aws:SourceIp":"128.0.0.0/1"}}`), nil, true, graph.Proven},
		{"every address of the newer kind", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"IpAddress":{"aws:SourceIp":"::/0"}}`), nil, true, graph.Proven},
		{"all but some addresses", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), nil, true, graph.Proven},
		{"all addresses are denied but some", open + "," + `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}`, nil, false, 0},
		{"an endpoint", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), nil, false, 0},
		{"all networks are denied but one", open + "," + `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::data/*","Condition":{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}}`, nil, false, 0},
		{"an organization", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), nil, false, 0},
		{"a referer is the requester's choice", share("*", "s3:GetObject", "arn:aws:s3:::data/*", `{"StringLike":{"aws:Referer":"https://site.example/*"}}`), nil, true, graph.Proven},
		{"the account's block was not collected", open, func(world *world) { world.set(root(ours), "s3_restrict_public_buckets", nil) }, true, graph.Possible},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := withBucket(t, test.statements)
			if test.change != nil {
				test.change(world)
			}
			edges := world.derive()
			if test.read {
				edge := must(t, edges, graph.Internet, kinds.CanRead, bucket, test.verdict)
				if edge.Technique != publicPolicy {
					t.Errorf("technique is %s", edge.Technique)
				}
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanRead, bucket)
			}
			mustNot(t, edges, graph.Internet, kinds.CanWrite, bucket)
		})
	}
}

func TestPublicBucketsByList(t *testing.T) {
	for _, test := range []struct {
		name       string
		acl        string
		statements string
		change     func(*world)
		read       bool
		write      bool
	}{
		{"anyone may list", everyone + "=READ", "", nil, true, false},
		{"anyone may write", everyone + "=WRITE", "", nil, false, true},
		{"any account may write", anyAccount + "=WRITE", "", nil, false, true},
		{"anyone has full control", everyone + "=FULL_CONTROL", "", nil, true, true},
		{"the owner has full control", "0123456789abcdef=FULL_CONTROL", "", nil, false, false},
		{"S3 delivers its logs", "http://acs.amazonaws.com/groups/s3/LogDelivery=WRITE", "", nil, false, false},
		{"the owner is enforced", everyone + "=FULL_CONTROL", "", func(world *world) { world.set(bucket, "ownership", "BucketOwnerEnforced") }, false, false},
		{"public lists are ignored at the bucket", everyone + "=FULL_CONTROL", "", func(world *world) { world.set(bucket, "ignore_public_acls", true) }, false, false},
		{"public lists are ignored at the account", everyone + "=FULL_CONTROL", "", func(world *world) { world.set(root(ours), "s3_ignore_public_acls", true) }, false, false},
		{"blocking new lists leaves this one", everyone + "=WRITE", "", func(world *world) { world.set(bucket, "block_public_acls", true) }, false, true},
		{"the policy denies everyone", everyone + "=FULL_CONTROL", `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"]}`, nil, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := withBucket(t, test.statements)
			world.set(bucket, "acl", []string{test.acl})
			if test.change != nil {
				test.change(world)
			}
			edges := world.derive()
			if test.read {
				must(t, edges, graph.Internet, kinds.CanRead, bucket, graph.Possible)
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanRead, bucket)
			}
			if test.write {
				must(t, edges, graph.Internet, kinds.CanWrite, bucket, graph.Proven)
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanWrite, bucket)
			}
		})
	}
}
