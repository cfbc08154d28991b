package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// stored is one store of a kind, with one permission that reads it and one that does not.
type stored struct {
	id    graph.ID
	kind  graph.NodeKind
	props graph.Props
	reads string
	// edge is what the permission gives, where that is not reading.
	edge graph.EdgeKind
	// on is what the permission is on, where that is not the store itself.
	on    string
	other string
	// verdict is what a permission alone is worth.
	verdict graph.Verdict
}

func regional(service, resource string) graph.ID {
	return graph.ID("arn:aws:" + service + ":eu-west-1:" + ours + ":" + resource)
}

// everyStored has a line for each kind of store that has a policy of its own, but buckets, secrets and keys.
var everyStored = []stored{
	{id: regional("sqs", "orders"), kind: kinds.AWSQueue, reads: "sqs:ReceiveMessage", other: "sqs:GetQueueAttributes"},
	{id: regional("sns", "alarms"), kind: kinds.AWSTopic, reads: "sns:Subscribe", other: "sns:GetTopicAttributes"},
	{id: regional("dynamodb", "table/orders"), kind: kinds.AWSTable, reads: "dynamodb:Scan", other: "dynamodb:DescribeTable"},
	{id: regional("ecr", "repository/shop/web"), kind: kinds.AWSRepository, reads: "ecr:BatchGetImage", other: "ecr:DescribeImages"},
	{id: regional("es", "domain/logs"), kind: kinds.AWSSearchDomain, reads: "es:ESHttpGet", on: string(regional("es", "domain/logs/*")), other: "es:DescribeDomain"},
	{
		id: regional("elasticfilesystem", "file-system/fs-1"), kind: kinds.AWSFileSystem, reads: "elasticfilesystem:ClientMount", other: "elasticfilesystem:DescribeFileSystems",
		props: graph.Props{"vpc": string(ec2("vpc", "vpc-1"))}, verdict: graph.Possible, // packets have to arrive
	},
	{id: regional("lambda", "layer:tools:3"), kind: kinds.AWSLayerVersion, reads: "lambda:GetLayerVersion", other: "lambda:ListLayers"},
	{
		id: regional("glue", "catalog"), kind: kinds.AWSDataCatalog, reads: "glue:GetTable", on: string(regional("glue", "catalog")) + " " + string(regional("glue", "table/*")), other: "glue:GetConnection",
		verdict: graph.Possible, // Lake Formation has to let it
	},
	{id: regional("events", "event-bus/orders"), kind: kinds.AWSEventBus, edge: kinds.CanWrite, reads: "events:PutEvents", other: "events:DescribeEventBus"},
	{id: regional("backup", "backup-vault:daily"), kind: kinds.AWSBackupVault, edge: kinds.CanWrite, reads: "backup:CopyIntoBackupVault", other: "backup:DescribeBackupVault"},
}

func (one stored) resource() string {
	if one.on != "" {
		return one.on
	}
	return string(one.id)
}

func (one stored) gives() graph.EdgeKind {
	if one.edge != "" {
		return one.edge
	}
	return kinds.CanRead
}

func TestEveryKindOfStoreWithAPolicyIsTried(t *testing.T) {
	for _, declared := range storages {
		tried := slices.ContainsFunc(everyStored, func(one stored) bool { return one.kind == declared.kind })
		if declared.policy != "" && !tried && !slices.Contains([]graph.NodeKind{kinds.AWSBucket, kinds.AWSSecret, kinds.AWSKey}, declared.kind) {
			t.Errorf("%s is in no test", declared.kind)
		}
	}
}

func TestStoresWithPoliciesOfTheirOwn(t *testing.T) {
	for _, one := range everyStored {
		name, _, _ := strings.Cut(one.reads, ":")
		on, reads := one.resource(), one.reads
		everyone := strings.Replace(share("*", reads, on, ""), `"Allow"`, `"Deny"`, 1)
		for _, test := range []struct {
			name   string
			who    graph.ID
			own    string
			policy any
			change func(*world)
			found  bool
			weaker graph.Verdict
		}{
			{"permission within the account", user("ann"), allow(reads, on), "", nil, true, graph.Proven},
			{"permission that only looks", user("ann"), allow(one.other, "*"), "", nil, false, 0},
			{"permission for another one", user("ann"), allow(reads, strings.Replace(on, string(one.id), string(one.id)+"-2", 1)), "", nil, false, 0},
			{"its policy names the user", user("ann"), allow("ec2:Describe*", "*"), policy(share(string(user("ann")), reads, on, "")), nil, true, graph.Proven},
			{"its policy denies", user("ann"), allow(reads, on), policy(everyone), nil, false, 0},
			{"its policy was not collected", user("ann"), allow(reads, on), nil, nil, true, graph.Possible},
			{"another account with both", foreignUser("bob"), allow(reads, on), policy(share(theirs, reads, on, "")), nil, true, graph.Proven},
			{"another account with permission alone", foreignUser("bob"), allow(reads, on), "", nil, false, 0},
			{"another account with its policy alone", foreignUser("bob"), allow("ec2:Describe*", "*"), policy(share(string(foreignUser("bob")), reads, on, "")), nil, false, 0},
			{"a boundary leaves it out", user("ann"), allow(reads, on), "", func(world *world) { world.boundary(user("ann"), allow("ec2:*", "*")) }, false, 0},
			{"a control policy denies it", user("ann"), allow(reads, on), "", func(world *world) { world.organization(deny(reads, "*")) }, false, 0},
			{"anyone at all", graph.Internet, "", policy(share("*", reads, on, "")), nil, true, graph.Proven},
			{"anyone of one account", graph.Internet, "", policy(share("*", reads, on, `{"StringEquals":{"aws:PrincipalAccount":"`+ours+`"}}`)), nil, false, 0},
			{"anyone but for a deny", graph.Internet, "", policy(share("*", reads, on, "") + "," + everyone), nil, false, 0},
		} {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				world := newWorld(t)
				props := graph.Props{"account": ours, "region": "eu-west-1", "tags": []string{}}
				for property, value := range one.props {
					props[property] = value
				}
				if test.policy != nil {
					props["policy"] = test.policy
				}
				world.add(one.id, one.kind, props)
				if test.who != graph.Internet {
					world.user(test.who, test.own)
				}
				if test.change != nil {
					test.change(world)
				}
				edges := world.derive()
				if test.found {
					must(t, edges, test.who, one.gives(), one.id, one.verdict.And(test.weaker))
				} else {
					mustNot(t, edges, test.who, one.gives(), one.id)
				}
			})
		}
	}
}

func TestEncryptedQueuesAndTablesNeedTheirKey(t *testing.T) {
	for _, one := range everyStored[:3] {
		t.Run(string(one.kind), func(t *testing.T) {
			world := newWorld(t)
			world.key(delegates)
			world.add(one.id, one.kind, graph.Props{"account": ours, "region": "eu-west-1", "policy": policy(share(theirs, one.reads, string(one.id), "")), "kms_key": string(key)})
			world.user(user("ann"), allow(one.reads, "*"))
			world.user(foreignUser("bob"), allow(one.reads+" kms:Decrypt", "*"))
			edges := world.derive()
			for _, who := range []graph.ID{user("ann"), foreignUser("bob")} {
				edge := must(t, edges, who, kinds.CanRead, one.id, graph.Proven)
				if open := storageOf(one.kind).open; open != (len(edge.Requires) == 0) {
					t.Errorf("%s requires %v", who, edge.Requires)
				}
			}
			mustNot(t, edges, foreignUser("bob"), kinds.CanDecrypt, key)
		})
		t.Run(string(one.kind)+" with a key that AWS keeps", func(t *testing.T) {
			world := newWorld(t)
			world.add(one.id, one.kind, graph.Props{"account": ours, "region": "eu-west-1", "policy": policy(share(theirs, one.reads, string(one.id), "")), "kms_key": "alias/aws/" + parseARN(string(one.id)).service})
			world.user(user("ann"), allow(one.reads, "*"))
			world.user(foreignUser("bob"), allow(one.reads, "*"))
			edges := world.derive()
			must(t, edges, user("ann"), kinds.CanRead, one.id, graph.Proven)
			if storageOf(one.kind).open {
				must(t, edges, foreignUser("bob"), kinds.CanRead, one.id, graph.Proven)
			} else {
				mustNot(t, edges, foreignUser("bob"), kinds.CanRead, one.id)
			}
		})
	}
}

func TestACatalogIsReadWithPermissionOnItsTablesAsWell(t *testing.T) {
	world := newWorld(t)
	catalog := world.add(regional("glue", "catalog"), kinds.AWSDataCatalog, graph.Props{"account": ours, "policy": "", "tags": []string{}})
	world.user(user("ann"), allow("glue:GetTable", string(catalog)+" "+string(regional("glue", "table/sales/*"))))
	world.user(user("bea"), allow("glue:GetTable", string(catalog)))
	world.user(user("cid"), allow("glue:GetTable", string(regional("glue", "table/*"))))
	edges := world.derive()
	must(t, edges, user("ann"), kinds.CanRead, catalog, graph.Possible)
	mustNot(t, edges, user("bea"), kinds.CanRead, catalog)
	mustNot(t, edges, user("cid"), kinds.CanRead, catalog)
}

func TestWhoChangesAStoresPolicyAdministersIt(t *testing.T) {
	world := newWorld(t)
	queue := world.add(regional("sqs", "orders"), kinds.AWSQueue, graph.Props{"account": ours, "policy": "", "tags": []string{}})
	world.user(user("ann"), allow("sqs:SetQueueAttributes", string(queue)))
	world.user(user("bea"), allow("sqs:SendMessage sqs:GetQueueAttributes", "*"))
	edges := world.derive()
	must(t, edges, user("ann"), kinds.CanAdminister, queue, graph.Proven)
	mustNot(t, edges, user("ann"), kinds.CanRead, queue)
	mustNot(t, edges, user("bea"), kinds.CanAdminister, queue)
	must(t, edges, user("bea"), kinds.CanWrite, queue, graph.Proven)
}
