package access

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/estate"
)

// What attack edges say of principals and stores, the answer says: each holder with its verdict, and nobody else but those whom no such edge
// leads from, since they get there by administering the account.
func TestHoldersAreThoseOfTheAttackEdges(t *testing.T) {
	snapshot, err := analysis.Read(context.Background(), estate.Synthetic{Accounts: 2, Seed: 3}.Batches()...)
	if err != nil {
		t.Fatal(err)
	}
	names := map[graph.EdgeKind]string{kinds.CanRead: "read", kinds.CanWrite: "write", kinds.CanDecrypt: "decrypt"}
	asked, compared := 0, 0
	for store := range snapshot.OfKind(slices.Concat(kinds.Of(kinds.DataStore), kinds.Of(kinds.Key))...) {
		if snapshot.Stub(store) || asked == 60 {
			continue
		}
		asked++
		answer, _, err := Ask(snapshot, string(snapshot.ID(store)), nil)
		if err != nil {
			t.Fatal(err)
		}
		led := map[string]map[graph.ID]graph.Edge{}
		for e := range snapshot.In(store) {
			edge := snapshot.Edge(e)
			if from, _ := snapshot.Find(edge.From); names[edge.Kind] != "" && (snapshot.Kind(from) == kinds.AWSUser || snapshot.Kind(from) == kinds.AWSRole) {
				if led[names[edge.Kind]] == nil {
					led[names[edge.Kind]] = map[graph.ID]graph.Edge{}
				}
				led[names[edge.Kind]][edge.From] = edge
			}
		}
		for _, way := range answer.Ways {
			if way.Name == "decrypt" && !kinds.Is(answer.Kind, kinds.Key) || !slices.Contains([]string{"read", "write", "decrypt"}, way.Name) {
				continue // of its key
			}
			for _, holder := range way.Holders {
				at, known := snapshot.Find(holder.ID)
				if !known || snapshot.Kind(at) != kinds.AWSUser && snapshot.Kind(at) != kinds.AWSRole {
					continue
				}
				edge, found := led[way.Name][holder.ID]
				delete(led[way.Name], holder.ID)
				switch {
				case !found && !administers(snapshot, at):
					t.Errorf("%s: %s may %s, and no edge says so", answer.Store, holder.ID, way.Name)
				case found && len(holder.Requires) == len(edge.Requires) && holder.Verdict != edge.Verdict.String():
					t.Errorf("%s: %s may %s: %s, and the edge says %s", answer.Store, holder.ID, way.Name, holder.Verdict, edge.Verdict)
				case found:
					compared++
				}
			}
		}
		for name, left := range led {
			for id := range left {
				t.Errorf("%s: an edge says that %s may %s, and the answer does not", answer.Store, id, name)
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d were compared, of %d stores", compared, asked)
	}
}

func administers(snapshot *graph.Snapshot, principal graph.Index) bool {
	for range snapshot.Successors(principal, kinds.CanAdminister) {
		return true
	}
	return false
}

const holder, elsewhere = "111111111111", "222222222222"

// guarded is a database that ann and bob may delete, with a snapshot in its account that bob may delete, and backups in another.
func guarded(t *testing.T, more ...graph.Node) *graph.Snapshot {
	t.Helper()
	policy := func(actions string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + actions + `,"Resource":"*"}]}`
	}
	user := func(name, actions string) ([]graph.Node, graph.Edge) {
		id := graph.ID("arn:aws:iam::" + holder + ":user/" + name)
		return []graph.Node{
			{ID: id, Kind: kinds.AWSUser, Props: graph.Props{"name": name, "account": holder, "tags": []string{}, "mfa": false}},
			{ID: id + "/inline", Kind: kinds.AWSInlinePolicy, Props: graph.Props{"document": policy(actions)}},
		}, graph.Edge{From: id, To: id + "/inline", Kind: kinds.HasPolicy}
	}
	ann, has := user("ann", `"rds:DeleteDBInstance"`)
	bob, hasToo := user("bob", `["rds:DeleteDBInstance","rds:DeleteDBSnapshot","backup:DeleteRecoveryPoint"]`)
	nodes := slices.Concat(ann, bob, []graph.Node{
		{ID: "arn:aws:iam::" + holder + ":root", Kind: kinds.AWSAccount, Props: graph.Props{"account": holder, "organizations": "none"}},
		{ID: database, Kind: kinds.AWSDatabase, Props: graph.Props{"account": holder, "region": "eu-west-1", "encrypted": true, "deletion_protection": false}},
		{ID: taken, Kind: kinds.AWSDatabaseSnapshot, Props: graph.Props{"account": holder, "region": "eu-west-1", "database": database}},
	}, more)
	snapshot, err := analysis.Read(context.Background(), graph.Batch{
		Scope: graph.Scope("aws/" + holder + "/global/test"), Nodes: nodes, Edges: []graph.Edge{has, hasToo},
	})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

const (
	database = "arn:aws:rds:eu-west-1:" + holder + ":db:orders"
	taken    = "arn:aws:rds:eu-west-1:" + holder + ":snapshot:orders-1"
	vault    = "arn:aws:backup:eu-west-1:" + elsewhere + ":backup-vault:far"
)

func way(answer Answer, name string) []graph.ID {
	var ids []graph.ID
	for _, way := range answer.Ways {
		if way.Name == name {
			for _, holder := range way.Holders {
				ids = append(ids, holder.ID)
			}
		}
	}
	return ids
}

func TestWhoMayTakeAStoreHostage(t *testing.T) {
	const ann, bob, root = graph.ID("arn:aws:iam::" + holder + ":user/ann"), graph.ID("arn:aws:iam::" + holder + ":user/bob"), graph.ID("arn:aws:iam::" + holder + ":root")
	snapshot := guarded(t)
	answer, _, err := Ask(snapshot, database, nil)
	if err != nil {
		t.Fatal(err)
	}
	if found := way(answer, "destroy"); !slices.Equal(found, []graph.ID{root, ann, bob}) {
		t.Errorf("destroyed by %v", found)
	}
	if len(answer.Copies) != 1 || answer.Copies[0].ID != taken || answer.Copies[0].Elsewhere || !answer.Copies[0].Known {
		t.Errorf("copies %+v", answer.Copies)
	}
	var hostage []graph.ID
	for _, one := range answer.Hostage {
		hostage = append(hostage, one.ID)
	}
	if !slices.Equal(hostage, []graph.ID{root, bob}) {
		t.Errorf("held hostage by %v", hostage)
	}
	if answer.AtRest.State != "on" || answer.InTransit.State != "unknown" {
		t.Errorf("encrypted %+v, %+v", answer.AtRest, answer.InTransit)
	}

	// A copy of which nothing was collected leaves it open.
	far, err := snapshot.With(graph.Batch{Scope: "aws/" + holder + "/eu-west-1/backup", Nodes: []graph.Node{{ID: vault, Kind: kinds.AWSBackupVault, Stub: true}}, Edges: []graph.Edge{{From: database, To: vault, Kind: kinds.CopiedTo}}})
	if err != nil {
		t.Fatal(err)
	}
	answer, _, err = Ask(far, database, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Copies) != 2 || !answer.Copies[0].Elsewhere || answer.Copies[0].Known || answer.Copies[0].Account != elsewhere {
		t.Errorf("copies %+v", answer.Copies)
	}
	if len(answer.Hostage) != 2 || answer.Hostage[0].Verdict != "unknown" {
		t.Errorf("hostage %+v", answer.Hostage)
	}

	// One that was, in an account where they may do nothing, ends it.
	known, err := far.With(graph.Batch{Scope: "aws/" + elsewhere + "/eu-west-1/backup", Nodes: []graph.Node{
		{ID: vault, Kind: kinds.AWSBackupVault, Props: graph.Props{"account": elsewhere, "region": "eu-west-1", "policy": "", "locked": false}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	answer, _, err = Ask(known, database, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Hostage) != 0 {
		t.Errorf("hostage %+v", answer.Hostage)
	}
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	snapshot := guarded(t)
	if _, _, err := Ask(snapshot, "arn:aws:iam::"+holder+":user/ann", nil); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("a user: %v", err)
	}
	if _, _, err := Ask(snapshot, "arn:aws:s3:::nothing", nil); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
}
