package neo4jstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/view"
)

// write writes everything but the commit: the graph that analysts see, the versions and the head.
func (writing *writing) write(ctx context.Context, anew bool) error {
	old, err := writing.held(ctx)
	if err != nil {
		return err
	}
	if err := writing.join(old); err != nil {
		return err
	}
	var difference difference
	if anew {
		difference = everything(writing.after.snapshot)
	} else if difference, err = compare(ctx, old, writing.after, writing.changes); err != nil {
		return err
	}
	chunks := 0
	for _, change := range writing.changes {
		chunks += change.version.chunks()
	}
	beside := &beside{store: writing.store, token: rand.Text(), graph: anew || difference.len() > writing.store.together}
	if beside.graph || chunks > chunksTogether || writing.before.writer != "" {
		if err := beside.begin(ctx, writing.before.newest().revision, anew); err != nil {
			return err
		}
	}
	if err := writing.project(ctx, difference, beside); err != nil {
		return err
	}
	if err := writing.keep(ctx, beside); err != nil {
		return err
	}
	return writing.prune(ctx)
}

// join makes what is held after the changes.
func (writing *writing) join(old *loaded) error {
	after := &loaded{state: old.state, versions: slices.Clone(old.versions), parts: slices.Clone(old.parts)}
	for _, change := range writing.changes {
		at, found := after.find(change.version.scope)
		if found {
			after.state.digest = after.state.digest.with(after.versions[at])
			after.state.scopes--
			after.versions[at], after.parts[at] = change.version, change.part
		} else {
			after.versions, after.parts = slices.Insert(after.versions, at, change.version), slices.Insert(after.parts, at, change.part)
		}
		after.state.digest = after.state.digest.with(change.version)
		after.state.scopes++
	}
	if len(writing.changes) > 0 {
		after.state.revision++
	}
	var err error
	after.snapshot, err = graph.Join(after.state.revision, after.parts...)
	writing.after = after
	return err
}

// chunksTogether is how many chunks go into the transaction that has the turn; more go beside it.
const chunksTogether = 16

// keep writes the chunks, the versions and the head.
func (writing *writing) keep(ctx context.Context, beside *beside) error {
	var fresh, replaced []any
	next := int64(writing.after.state.revision)
	for i, change := range writing.changes {
		rows, err := chunkRows(change.version, change.data)
		if err != nil {
			return err
		}
		for piece := range slices.Chunk(rows, chunksAhead) {
			if err := writing.statement(ctx, beside.begun, beside, createChunks, piece); err != nil {
				return err
			}
		}
		writing.changes[i].data = nil
		fresh = append(fresh, change.version.props())
		if change.held != nil {
			replaced = append(replaced, map[string]any{"key": change.held.key(), "until": next})
			change.held.until = writing.after.state.revision
		}
	}
	for _, step := range []struct {
		statement string
		rows      []any
	}{
		{"UNWIND $rows AS row MATCH (scope:" + labelScope + " {_key: row.key}) SET scope._until = row.until RETURN count(scope)", replaced},
		{"UNWIND $rows AS row CREATE (scope:" + labelScope + ") SET scope = row RETURN count(scope)", fresh},
	} {
		if err := writing.statement(ctx, false, beside, step.statement, step.rows); err != nil {
			return err
		}
	}
	head := writing.before
	head.graph = graphWhole
	if len(writing.changes) > 0 {
		head.states = append([]state{writing.after.state}, head.states...)
		head.states = head.states[:min(len(head.states), readable)]
	}
	writing.before = head
	changed, err := count(ctx, writing.tx, "MATCH (head:"+labelHead+` {_name: "head"}) SET head += $props RETURN count(head)`, map[string]any{"props": head.props()})
	if err == nil && changed != 1 {
		return fmt.Errorf("%w: its head is not there", graph.ErrCorrupt)
	}
	return err
}

// prune deletes the versions that no readable revision holds. It comes after the head is written, in its transaction.
func (writing *writing) prune(ctx context.Context) error {
	states := writing.before.states
	if len(states) == 0 {
		return nil
	}
	oldest := states[len(states)-1].revision
	var versions, chunks []any
	for _, version := range writing.versions {
		if version.until == 0 || version.until > oldest {
			continue
		}
		versions = append(versions, version.key())
		for number := range version.chunks() {
			chunks = append(chunks, version.chunkKey(number))
		}
	}
	for piece := range slices.Chunk(chunks, 64*chunksAhead) {
		if err := writing.statement(ctx, false, nil, deleteChunks, piece); err != nil {
			return err
		}
	}
	return writing.statement(ctx, false, nil, "UNWIND $rows AS row MATCH (scope:"+labelScope+" {_key: row}) DELETE scope RETURN count(scope)", versions)
}

// statement runs a statement that does something to each row and returns how many it did it to.
func (writing *writing) statement(ctx context.Context, aside bool, beside *beside, statement string, rows []any) error {
	if len(rows) == 0 {
		return nil
	}
	done := 0
	act := func(tx runner) (err error) {
		done, err = count(ctx, tx, statement, map[string]any{"rows": rows})
		return err
	}
	var err error
	if aside {
		err = beside.do(ctx, act)
	} else {
		err = act(writing.tx)
	}
	if err == nil && done != len(rows) {
		return fmt.Errorf("%w: %d of %d were found", errDamaged, done, len(rows))
	}
	return err
}

// beside writes in transactions of their own while another has the turn: what no reader looks at yet, and a change of the graph
// that is too large for one transaction. Each of them makes sure that the turn was not lost meanwhile, as it is when the
// connection of the transaction that has it breaks.
type beside struct {
	store *Store
	token string // names this writing in the head
	graph bool   // the graph that analysts see is written so too
	begun bool
}

// begin tells others by the head, and deletes what a writer that was cut off left behind.
func (beside *beside) begin(ctx context.Context, newest graph.Revision, anew bool) error {
	beside.begun = true
	state := any(nil)
	if beside.graph {
		state = graphUnderWay
	}
	err := beside.store.write(ctx, func(tx neo4j.ManagedTransaction) error {
		_, err := run(ctx, tx, "MATCH (head:"+labelHead+` {_name: "head"}) SET head._writer = $token, head._graph = coalesce($state, head._graph)`,
			map[string]any{"token": beside.token, "state": state})
		return err
	})
	if err != nil {
		return err
	}
	leftovers := []string{"MATCH (chunk:" + labelChunk + ") WHERE chunk._from > $newest WITH chunk LIMIT 512 DELETE chunk RETURN count(chunk)"}
	if anew {
		leftovers = append(leftovers,
			"MATCH (:"+view.Entity+")-[r]->() WITH r LIMIT 20000 DELETE r RETURN count(r)",
			"MATCH (n:"+view.Entity+") WITH n LIMIT 20000 DETACH DELETE n RETURN count(n)")
	}
	for _, statement := range leftovers {
		if err := beside.clear(ctx, statement, newest); err != nil {
			return err
		}
	}
	return nil
}

// clear runs a statement that deletes some until it finds no more.
func (beside *beside) clear(ctx context.Context, statement string, newest graph.Revision) error {
	for deleted := 1; deleted > 0; {
		err := beside.do(ctx, func(tx runner) (err error) {
			deleted, err = count(ctx, tx, statement, map[string]any{"newest": int64(newest)})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (beside *beside) do(ctx context.Context, work func(tx runner) error) error {
	return beside.store.write(ctx, func(tx neo4j.ManagedTransaction) error {
		// Writing the token that is there already locks the head, so that nobody else begins before this is committed.
		mine, err := count(ctx, tx, "MATCH (head:"+labelHead+` {_name: "head", _writer: $token}) SET head._writer = $token RETURN count(head)`, map[string]any{"token": beside.token})
		if err != nil {
			return err
		}
		if mine != 1 {
			return fmt.Errorf("%w: the connection that had the turn broke, and another ingest writes now: wait for it to end and try again", graph.ErrBusy)
		}
		return work(tx)
	})
}
