package aws

import (
	"slices"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// kept is one store of each kind whose keeping is declared.
var kept = map[graph.NodeKind]graph.ID{
	kinds.AWSBucket: bucket, kinds.AWSSecret: secret, kinds.AWSKey: key,
	kinds.AWSParameter: regional("ssm", "parameter/app/password"), kinds.AWSQueue: regional("sqs", "orders"), kinds.AWSTopic: regional("sns", "alarms"),
	kinds.AWSTable: regional("dynamodb", "table/orders"), kinds.AWSRepository: regional("ecr", "repository/shop"), kinds.AWSWarehouse: regional("redshift", "cluster:sales"),
	kinds.AWSSearchDomain: regional("es", "domain/logs"), kinds.AWSCache: regional("elasticache", "replicationgroup:sessions"), kinds.AWSFileSystem: regional("elasticfilesystem", "file-system/fs-1"),
	kinds.AWSBackupVault: regional("backup", "backup-vault:daily"), kinds.AWSDataCatalog: regional("glue", "catalog"), kinds.AWSLayerVersion: regional("lambda", "layer:tools:3"),
	kinds.AWSDatabase: regional("rds", "db:orders"), kinds.AWSDatabaseSnapshot: regional("rds", "snapshot:orders-1"), kinds.AWSUserPool: regional("cognito-idp", "userpool/eu-west-1_a"), kinds.AWSVolume: ec2("volume", "vol-1"),
	kinds.AWSVolumeSnapshot: "arn:aws:ec2:eu-west-1::snapshot/snap-1", kinds.AWSImage: "arn:aws:ec2:eu-west-1::image/ami-1",
}

// Every action is one that AWS has, and what it has to be on is among what it takes: the published list says so of both.
func TestHandlingsSpeakOfActionsAsAWSDoes(t *testing.T) {
	world := newWorld(t)
	for kind, id := range kept {
		world.add(id, kind, graph.Props{"account": ours})
	}
	authorizer := NewAuthorizer(world.snapshot(), asOf)
	other := map[string]string{ // of two kinds of databases and snapshots each action takes one
		"rds:CreateDBClusterSnapshot": "cluster:x", "rds:DeleteDBCluster": "cluster:x", "rds:ModifyDBCluster": "cluster:x", "rds:CopyDBClusterSnapshot": "cluster-snapshot:x",
		"rds:ModifyDBClusterSnapshotAttribute": "cluster-snapshot:x", "rds:DeleteDBClusterSnapshot": "cluster-snapshot:x", "elasticache:DeleteCacheCluster": "cluster:x",
	}
	for _, declared := range handlings {
		id, sampled := kept[declared.kind]
		if !sampled {
			t.Errorf("%s is in no test", declared.kind)
			continue
		}
		requests := slices.Concat(declared.snapshots, declared.replicates, declared.losses)
		for _, keep := range declared.keeps {
			for action, lifts := range keep.stops {
				requests = append(requests, lifts...)
				if !slices.ContainsFunc(declared.losses, func(loss request) bool { return loss.action == action }) {
					t.Errorf("%s: %s stops %s, which is no loss", declared.kind, keep.name, action)
				}
			}
		}
		store, _ := authorizer.estate.find(id)
		for _, asked := range requests {
			known, found := iam.LookupAction(asked.action)
			if !found {
				t.Errorf("%s: AWS has no %s", declared.kind, asked.action)
				continue
			}
			places := asked.on
			if len(places) == 0 {
				places = []string{""}
			}
			for _, place := range places {
				name := string(id)
				switch {
				case place == "" && other[asked.action] != "":
					name = siblings(store, other[asked.action])
				case strings.HasPrefix(place, "/"):
					name += "/x"
				case place == "*":
					continue
				case place != "":
					name = strings.ReplaceAll(authorizer.placed(store, place), "*", "x")
				}
				if !slices.ContainsFunc(known.Resources, func(of iam.ResourceType) bool { return of.Pattern.Match(name) }) {
					t.Errorf("%s: %s is on none of %v, want one that is like %s", declared.kind, asked.action, known.Resources, name)
				}
			}
		}
	}
}

func TestEveryKindOfStoreIsKeptOrSaidNotToBe(t *testing.T) {
	nothing := []graph.NodeKind{kinds.AWSEventBus} // holds no data of its own
	for _, kind := range slices.Concat(kinds.Of(kinds.DataStore), kinds.Of(kinds.Key)) {
		if strings.HasPrefix(string(kind), "AWS") && len(handlingOf(kind).losses) == 0 && !slices.Contains(nothing, kind) {
			t.Errorf("nothing says how %s is lost", kind)
		}
	}
}

// may gives the holders of one use of a store.
func may(t *testing.T, world *world, id graph.ID, name string) map[graph.ID]graph.Verdict {
	t.Helper()
	uses, err := NewAuthorizer(world.snapshot(), asOf).UsesOf(id)
	if err != nil {
		t.Fatal(err)
	}
	found := map[graph.ID]graph.Verdict{}
	for _, use := range uses.Ways {
		if use.Name == name {
			for _, holder := range use.Holders {
				found[holder.Principal] = holder.Verdict
			}
		}
	}
	return found
}

func TestWhatKeepsAStore(t *testing.T) {
	const none = graph.Verdict(99)
	for _, test := range []struct {
		name    string
		kind    graph.NodeKind
		props   graph.Props
		own     string
		destroy graph.Verdict
	}{
		{"a bucket without versions", kinds.AWSBucket, graph.Props{"versioning": false}, "s3:DeleteObject", graph.Proven},
		{"a bucket with versions", kinds.AWSBucket, graph.Props{"versioning": true}, "s3:DeleteObject s3:PutObject s3:DeleteBucket", none},
		{"a bucket whose versioning is not known", kinds.AWSBucket, nil, "s3:DeleteObject", graph.Possible},
		{"versions deleted too", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "none"}, "s3:DeleteObjectVersion", graph.Proven},
		{"versions deleted by a lifecycle", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "none"}, "s3:PutLifecycleConfiguration", graph.Proven},
		{"versions that MFA guards", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": true, "object_lock": "none"}, "s3:*", none},
		{"versions locked for compliance", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "COMPLIANCE"}, "s3:*", none},
		{"versions locked by governance", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "GOVERNANCE"}, "s3:DeleteObjectVersion", none},
		{"a governance lock that is bypassed", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "GOVERNANCE"}, "s3:DeleteObjectVersion s3:BypassGovernanceRetention", graph.Proven},
		{"locks of single objects", kinds.AWSBucket, graph.Props{"versioning": true, "mfa_delete": false, "object_lock": "object by object"}, "s3:DeleteObjectVersion", graph.Possible},
		{"a table", kinds.AWSTable, graph.Props{"deletion_protection": false, "point_in_time_recovery": false}, "dynamodb:DeleteTable", graph.Proven},
		{"a table that is restored", kinds.AWSTable, graph.Props{"deletion_protection": false, "point_in_time_recovery": true}, "dynamodb:DeleteTable dynamodb:DeleteItem", none},
		{"a table whose recovery is turned off first", kinds.AWSTable, graph.Props{"deletion_protection": false, "point_in_time_recovery": true}, "dynamodb:DeleteTable dynamodb:UpdateContinuousBackups", graph.Proven},
		{"a table protected from deletion", kinds.AWSTable, graph.Props{"deletion_protection": true, "point_in_time_recovery": false}, "dynamodb:DeleteTable", none},
		{"whose protection is turned off first", kinds.AWSTable, graph.Props{"deletion_protection": true, "point_in_time_recovery": false}, "dynamodb:DeleteTable dynamodb:UpdateTable", graph.Proven},
		{"whose items are deleted instead", kinds.AWSTable, graph.Props{"deletion_protection": true, "point_in_time_recovery": false}, "dynamodb:DeleteItem", graph.Proven},
		{"a database", kinds.AWSDatabase, graph.Props{"deletion_protection": true}, "rds:DeleteDBInstance", none},
		{"a database after a change", kinds.AWSDatabase, graph.Props{"deletion_protection": true}, "rds:DeleteDBInstance rds:ModifyDBInstance", graph.Proven},
		{"a vault", kinds.AWSBackupVault, graph.Props{"locked": false}, "backup:DeleteRecoveryPoint", graph.Proven},
		{"a locked vault", kinds.AWSBackupVault, graph.Props{"locked": true}, "backup:DeleteRecoveryPoint", none},
		{"a vault that is unlocked first", kinds.AWSBackupVault, graph.Props{"locked": true}, "backup:*", graph.Proven},
		{"a vault whose lock cannot be taken away yet", kinds.AWSBackupVault, graph.Props{"locked": true, "lock_date": "2026-01-02T00:00:00Z"}, "backup:*", graph.Proven},
		{"nor any more", kinds.AWSBackupVault, graph.Props{"locked": true, "lock_date": "2025-12-31T00:00:00Z"}, "backup:*", none},
		{"a snapshot", kinds.AWSVolumeSnapshot, graph.Props{"lock": "expired"}, "ec2:DeleteSnapshot", graph.Proven},
		{"a locked snapshot", kinds.AWSVolumeSnapshot, graph.Props{"lock": "governance"}, "ec2:DeleteSnapshot", none},
		{"a snapshot that is unlocked first", kinds.AWSVolumeSnapshot, graph.Props{"lock": "governance"}, "ec2:DeleteSnapshot ec2:UnlockSnapshot", graph.Proven},
		{"a snapshot locked for compliance", kinds.AWSVolumeSnapshot, graph.Props{"lock": "compliance"}, "ec2:*", none},
		{"a snapshot of whose lock nothing is known", kinds.AWSVolumeSnapshot, nil, "ec2:DeleteSnapshot", graph.Possible},
		{"an image", kinds.AWSImage, graph.Props{"deregistration_protection": "disabled"}, "ec2:DeregisterImage", graph.Proven},
		{"a protected image", kinds.AWSImage, graph.Props{"deregistration_protection": "enabled-with-cooldown"}, "ec2:DeregisterImage", none},
		{"a key, after its waiting period", kinds.AWSKey, graph.Props{"policy": policy(delegates)}, "kms:ScheduleKeyDeletion", graph.Proven},
		{"a key that its policy keeps", kinds.AWSKey, graph.Props{"policy": policy(share(string(role("app")), "kms:*", "*", ""))}, "kms:ScheduleKeyDeletion", none},
		{"a cluster's snapshots are others", kinds.AWSWarehouse, nil, "redshift:CreateClusterSnapshot", none},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			props := graph.Props{"account": ours, "region": "eu-west-1", "policy": "", "tags": []string{}}
			for name, value := range test.props {
				props[name] = value
			}
			id := world.add(kept[test.kind], test.kind, props)
			world.user(user("ann"), allow(test.own, "*"))
			verdict, found := may(t, world, id, "destroy")[user("ann")]
			if !found {
				verdict = none
			}
			if verdict != test.destroy {
				t.Errorf("%v, want %v", verdict, test.destroy)
			}
		})
	}
}

func TestCopiesAreTakenOfWhatTheyAreTakenOf(t *testing.T) {
	for _, test := range []struct {
		name  string
		kind  graph.NodeKind
		way   string
		own   string
		found bool
	}{
		{"a snapshot of a database needs both", kinds.AWSDatabase, "snapshot", allow("rds:CreateDBSnapshot", "*"), true},
		{"not the database alone", kinds.AWSDatabase, "snapshot", allow("rds:CreateDBSnapshot", string(kept[kinds.AWSDatabase])), false},
		{"a cluster's own snapshots", kinds.AWSWarehouse, "snapshot", allow("redshift:CreateClusterSnapshot", string(regional("redshift", "snapshot:sales/*"))), true},
		{"not another cluster's", kinds.AWSWarehouse, "snapshot", allow("redshift:CreateClusterSnapshot", string(regional("redshift", "snapshot:other/*"))), false},
		{"replication takes a role", kinds.AWSBucket, "replicate", allow("s3:PutReplicationConfiguration", "*"), false},
		{"that may be passed", kinds.AWSBucket, "replicate", allow("s3:PutReplicationConfiguration iam:PassRole", "*"), true},
		{"to S3", kinds.AWSBucket, "replicate", allow("s3:PutReplicationConfiguration", "*") + "," + allowIf("iam:PassRole", "*", `{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}`), false},
		{"sharing a snapshot", kinds.AWSVolumeSnapshot, "replicate", allow("ec2:ModifySnapshotAttribute", string(kept[kinds.AWSVolumeSnapshot])), true},
		{"not another one", kinds.AWSVolumeSnapshot, "replicate", allow("ec2:ModifySnapshotAttribute", "arn:aws:ec2:eu-west-1::snapshot/snap-2"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			id := world.add(kept[test.kind], test.kind, graph.Props{"account": ours, "region": "eu-west-1", "policy": "", "tags": []string{}})
			world.user(user("ann"), test.own)
			if _, found := may(t, world, id, test.way)[user("ann")]; found != test.found {
				t.Errorf("found %v", found)
			}
		})
	}
}

func TestEncryptionInTransit(t *testing.T) {
	plain := `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	for _, test := range []struct {
		name     string
		kind     graph.NodeKind
		props    graph.Props
		required string
	}{
		{"a policy that denies plain requests", kinds.AWSBucket, graph.Props{"policy": policy(plain)}, On},
		{"one that denies them to one user", kinds.AWSBucket, graph.Props{"policy": policy(strings.Replace(plain, `"Principal":"*"`, `"Principal":{"AWS":"`+string(user("ann"))+`"}`, 1))}, Off},
		{"none", kinds.AWSBucket, graph.Props{"policy": ""}, Off},
		{"one that was not collected", kinds.AWSBucket, graph.Props{}, Unknown},
		{"a domain", kinds.AWSSearchDomain, graph.Props{"https_only": true}, On},
		{"a domain that takes HTTP", kinds.AWSSearchDomain, graph.Props{"https_only": false}, Off},
		{"a secret", kinds.AWSSecret, graph.Props{"policy": ""}, On},
		{"a database", kinds.AWSDatabase, graph.Props{}, Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			test.props["account"] = ours
			id := world.add(kept[test.kind], test.kind, test.props)
			uses, err := NewAuthorizer(world.snapshot(), asOf).UsesOf(id)
			if err != nil || uses.Transit.Required != test.required || len(uses.Transit.Evidence) == 0 {
				t.Errorf("%+v, %v; want %s", uses.Transit, err, test.required)
			}
		})
	}
}
