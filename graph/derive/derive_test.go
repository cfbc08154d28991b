package derive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// small has an administrator's role that a user of another, uncollected account may have, and a user who may make
// itself an administrator.
func small(t *testing.T) *graph.Snapshot {
	t.Helper()
	const root, role, user = "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/admin", "arn:aws:iam::111111111111:user/ann"
	inline := func(owner, statements string) (graph.Node, graph.Edge) {
		id := graph.ID(owner + "/inline-policy/p")
		return graph.Node{ID: id, Kind: kinds.AWSInlinePolicy, Props: graph.Props{"document": `{"Version":"2012-10-17","Statement":` + statements + `}`}},
			graph.Edge{From: graph.ID(owner), To: id, Kind: kinds.HasPolicy}
	}
	all, has := inline(role, `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	own, hasOwn := inline(user, `{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}"}`)
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{
		{ID: root, Kind: kinds.AWSAccount, Props: graph.Props{"account": "111111111111", "organizations": "none"}},
		{ID: role, Kind: kinds.AWSRole, Props: graph.Props{"name": "admin", "trust": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:user/bob","arn:aws:iam::333333333333:root"]},"Action":"sts:AssumeRole"}}`}},
		{ID: "arn:aws:iam::111111111111:role/open", Kind: kinds.AWSRole, Props: graph.Props{"name": "open", "trust": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}}`}},
		{ID: user, Kind: kinds.AWSUser, Props: graph.Props{"name": "ann"}},
		all, own,
	}, Edges: []graph.Edge{has, hasOwn}})
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func derivedFrom(t *testing.T, snapshot *graph.Snapshot) []graph.Batch {
	t.Helper()
	batches, err := derive.Derive(context.Background(), snapshot, derive.Options{AWS: technique.AWS()})
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

func edgesOf(batches []graph.Batch) []graph.Edge {
	var edges []graph.Edge
	for _, batch := range batches {
		edges = append(edges, batch.Edges...)
	}
	return edges
}

func encoded(t *testing.T, batches []graph.Batch) []byte {
	t.Helper()
	out, err := json.Marshal(batches)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEqualSnapshotsGiveEqualBytes(t *testing.T) {
	first := encoded(t, derivedFrom(t, small(t)))
	for range 5 {
		if !bytes.Equal(first, encoded(t, derivedFrom(t, small(t)))) {
			t.Fatal("the bytes differ")
		}
	}
}

func TestDerivingAgainChangesNothing(t *testing.T) {
	snapshot := small(t)
	first := derivedFrom(t, snapshot)
	extended, err := snapshot.With(first...)
	if err != nil {
		t.Fatal(err)
	}
	if again := derivedFrom(t, extended); !bytes.Equal(encoded(t, first), encoded(t, again)) {
		t.Errorf("first %s\nagain %s", encoded(t, first), encoded(t, again))
	}
}

func TestBatchIsOneThatAStoreTakes(t *testing.T) {
	snapshot := small(t)
	batches := derivedFrom(t, snapshot)
	extended, err := snapshot.With(batches...)
	if err != nil {
		t.Fatal(err)
	}
	for id, kind := range map[graph.ID]graph.NodeKind{
		graph.Internet:                         kinds.InternetKind,
		"arn:aws:iam::222222222222:user/bob":   kinds.AWSUser,
		"arn:aws:iam::111111111111:role/admin": kinds.AWSRole,
		"arn:aws:iam::111111111111:root":       kinds.AWSAccount,
	} {
		if i, found := extended.Find(id); !found || extended.Kind(i) != kind {
			t.Errorf("%s: found %v of kind %s", id, found, extended.Kind(i))
		}
	}
	for _, edge := range edgesOf(batches) {
		spec, known := kinds.EdgeSpec(edge.Kind)
		if !known || !spec.Attack {
			t.Errorf("%s is no attack edge", edge.Kind)
		}
	}
}

func TestTechniquesAreAsked(t *testing.T) {
	for _, edge := range edgesOf(derivedFrom(t, small(t))) {
		if edge.From == "arn:aws:iam::111111111111:user/ann" && edge.Kind == kinds.CanEscalateTo {
			return
		}
	}
	t.Error("a user that may write its own policy escalates to nothing")
}

func TestAnEndedContextEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := derive.Derive(ctx, small(t), derive.Options{AWS: technique.AWS()}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
