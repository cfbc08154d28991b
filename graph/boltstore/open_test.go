package boltstore_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/storetest"
)

var role = graph.Batch{Scope: "aws/111111111111/global/iam", Nodes: []graph.Node{{ID: "role", Kind: "AWSRole"}}}

// made makes a store that holds one role and gives its file.
func made(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inroad.db")
	store := mustOpen(t, path, boltstore.Options{})
	mustApply(t, store, role)
	mustClose(t, store)
	return path
}

func mustApply(t testing.TB, store *boltstore.Store, batches ...graph.Batch) {
	t.Helper()
	if _, err := store.Apply(context.Background(), batches...); err != nil {
		t.Fatal(err)
	}
}

func mustClose(t testing.TB, store *boltstore.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeOpenedIsNamedWithWhatToDo(t *testing.T) {
	for _, test := range []struct {
		name     string
		make     func(t *testing.T) string
		readOnly bool
		want     error
		says     string
	}{
		{"a folder", func(t *testing.T) string { return t.TempDir() }, false, graph.ErrInvalid, "name a file"},
		{"a folder, read-only", func(t *testing.T) string { return t.TempDir() }, true, graph.ErrInvalid, "name a file"},
		{"a file in no folder", func(t *testing.T) string { return filepath.Join(t.TempDir(), "none", "x.db") }, false, fs.ErrNotExist, "create the folder"},
		{"no file, read-only", func(t *testing.T) string { return filepath.Join(t.TempDir(), "x.db") }, true, graph.ErrNotFound, "ingest something"},
		{"an empty file, read-only", file(nil), true, graph.ErrNotFound, "ingest something"},
		{"a word", file([]byte("hello")), false, graph.ErrInvalid, "not a store of Inroad"},
		{"a text", file(bytes.Repeat([]byte("All work and no play.\n"), 2000)), false, graph.ErrInvalid, "not a store of Inroad"},
		{"zeros", file(make([]byte, 1<<16)), false, graph.ErrInvalid, "not a store of Inroad"},
		{"zeros, read-only", file(make([]byte, 1<<16)), true, graph.ErrInvalid, "not a store of Inroad"},
		{"another program's database", foreign, false, graph.ErrInvalid, "not a store of Inroad"},
		{"another program's database, read-only", foreign, true, graph.ErrInvalid, "not a store of Inroad"},
		{"a database that holds nothing, read-only", bare, true, graph.ErrNotFound, "nothing was ever ingested"},
		{"a store of a newer version", newer, false, graph.ErrInvalid, "install the newer version"},
		{"a store of a newer version, read-only", newer, true, graph.ErrInvalid, "install the newer version"},
		{"the first page of a store", cut(4096), false, graph.ErrCorrupt, "cut short"},
		{"half a store", cut(10000), false, graph.ErrCorrupt, "cut short"},
		{"half a store, read-only", cut(10000), true, graph.ErrCorrupt, "ingest again"},
		{"a store whose newest header is damaged", damagedHeader(0), false, graph.ErrCorrupt, "headers is damaged"},
		{"a store whose older header is damaged", damagedHeader(1), true, graph.ErrCorrupt, "headers is damaged"},
		{"a file of someone else", secret, false, fs.ErrPermission, "own"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := test.make(t)
			before, _ := os.ReadFile(path)
			store, err := boltstore.Open(path, boltstore.Options{ReadOnly: test.readOnly})
			if err == nil {
				store.Close()
				t.Fatal("it opens")
			}
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) {
				t.Fatalf("got %v, want it to be %v, to name %s and to say %q", err, test.want, path, test.says)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Fatal("opening changed the file")
			}
		})
	}
}

// file makes one with the content.
func file(content []byte) func(t *testing.T) string {
	return func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func database(t *testing.T, path string, change func(tx *bolt.Tx) error) string {
	db, err := bolt.Open(path, 0o600, &bolt.Options{PageSize: 4096})
	if err == nil && change != nil {
		err = db.Update(change)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func foreign(t *testing.T) string {
	return database(t, filepath.Join(t.TempDir(), "x.db"), func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucket([]byte("members"))
		if err == nil {
			_, err = bucket.CreateBucket([]byte("nested"))
		}
		return err
	})
}

func bare(t *testing.T) string { return database(t, filepath.Join(t.TempDir(), "x.db"), nil) }

func newer(t *testing.T) string {
	return database(t, made(t), func(tx *bolt.Tx) error {
		head := bytes.Clone(tx.Bucket([]byte("inroad")).Get([]byte("head")))
		head[len("inroad store\n")]++
		return tx.Bucket([]byte("inroad")).Put([]byte("head"), head)
	})
}

func cut(size int64) func(t *testing.T) string {
	return func(t *testing.T) string {
		path := made(t)
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func damagedHeader(number int64) func(t *testing.T) string {
	return func(t *testing.T) string {
		path := made(t)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content[number*4096+16+48] ^= 1
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

func secret(t *testing.T) string {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("this user may read every file")
	}
	path := made(t)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestADatabaseThatHoldsNothingBecomesAStore(t *testing.T) {
	for _, path := range []string{bare(t), file(nil)(t)} {
		store := mustOpen(t, path, boltstore.Options{})
		mustApply(t, store, role)
		mustClose(t, store)
	}
}

func TestOnlyTheOwnerMayReadTheFile(t *testing.T) {
	info, err := os.Stat(made(t))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Fatalf("the file's mode is %s", info.Mode())
	}
}

func TestOneWritesOrManyRead(t *testing.T) {
	path := made(t)
	busy := func(options boltstore.Options) {
		t.Helper()
		store, err := boltstore.Open(path, options)
		if err == nil {
			store.Close()
		}
		if !errors.Is(err, graph.ErrBusy) || !strings.Contains(err.Error(), path) {
			t.Fatalf("got %v, want it to be %v and to name %s", err, graph.ErrBusy, path)
		}
	}
	writer := mustOpen(t, path, boltstore.Options{})
	busy(boltstore.Options{})
	busy(boltstore.Options{ReadOnly: true, Wait: 20 * time.Millisecond})
	mustClose(t, writer)
	first, second := mustOpen(t, path, boltstore.Options{ReadOnly: true}), mustOpen(t, path, boltstore.Options{ReadOnly: true})
	busy(boltstore.Options{})
	if _, err := first.Apply(context.Background(), role); !errors.Is(err, graph.ErrInvalid) {
		t.Fatalf("applying to a store open for reading: %v", err)
	}
	mustClose(t, first)
	go func() {
		time.Sleep(50 * time.Millisecond)
		second.Close()
	}()
	mustClose(t, mustOpen(t, path, boltstore.Options{Wait: 10 * time.Second}))
}

func TestTheRevisionBeforeTheNewestCanBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	store := mustOpen(t, path, boltstore.Options{})
	var dumps []string
	for i := range 9 {
		mustApply(t, store, states(i)...)
		snapshot, err := store.Snapshot(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		dumps = append(dumps, storetest.Dump(snapshot))
	}
	mustClose(t, store)
	store = mustOpen(t, path, boltstore.Options{ReadOnly: true})
	defer mustClose(t, store)
	for i, want := range dumps {
		snapshot, err := store.Snapshot(context.Background(), graph.Revision(i+1))
		switch {
		case i < len(dumps)-2:
			if !errors.Is(err, graph.ErrNotFound) {
				t.Fatalf("revision %d: %v", i+1, err)
			}
		case err != nil:
			t.Fatal(err)
		case storetest.Dump(snapshot) != want:
			t.Fatalf("revision %d is not as it was", i+1)
		}
	}
}

func TestAStoreWrittenOftenDoesNotGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	store := mustOpen(t, path, boltstore.Options{})
	defer mustClose(t, store)
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	for i := range 40 {
		mustApply(t, store, states(i)...)
	}
	before := size()
	for i := range 120 {
		mustApply(t, store, states(i)...)
	}
	if after := size(); after > 2*before {
		t.Fatalf("the file grew from %d to %d bytes", before, after)
	}
}

func TestAFileCutShortUnderAnOpenStoreIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inroad.db")
	store := mustOpen(t, path, boltstore.Options{})
	mustApply(t, store, states(7)...)
	if err := os.Truncate(path, 8192); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := store.Snapshot(context.Background(), 0); !errors.Is(err, graph.ErrCorrupt) {
			t.Fatalf("got %v, want %v", err, graph.ErrCorrupt)
		}
		if _, err := store.Apply(context.Background(), role); !errors.Is(err, graph.ErrCorrupt) {
			t.Fatalf("got %v, want %v", err, graph.ErrCorrupt)
		}
	}
	mustClose(t, store)
}
