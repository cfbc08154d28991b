package boltstore

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/inroad-security/inroad/graph"
)

// The file's buckets.
const (
	// bucketHead holds one key, "head": the state of all the others.
	bucketHead = "inroad"
	// bucketScopes holds, for each version of each scope, its entry. A version's key is the scope, a zero
	// byte and the revision that wrote it.
	bucketScopes = "scopes"
	// bucketChunks holds the bytes of the parts, in chunks, so that what shares a page with one is not written again with
	// all of it. A key is the version's and the chunk's number.
	bucketChunks = "chunks"
	// bucketReplaced holds the keys of the versions that are no longer the newest, each behind the revision that
	// replaced it, with which it can be deleted once no revision before that one can be read.
	bucketReplaced = "replaced"
)

var buckets = []string{bucketHead, bucketScopes, bucketChunks, bucketReplaced}

var keyHead = []byte("head")

const (
	// format is this layout's number. A change to the layout takes the next number.
	format = 1
	// readable is how many revisions can be read, the newest among them.
	readable = 2
	// chunkSize is the most that lies under one key.
	chunkSize = 1 << 20
)

// digest is the exclusive or of the SHA-256 of each of a revision's scopes, key and entry. It finds a scope that is
// missing, which no check of each scope alone can.
type digest [sha256.Size]byte

func (digest digest) with(key, entry []byte) digest {
	sum := sha256.Sum256(append(binary.AppendUvarint(nil, uint64(len(key))), append(bytes.Clone(key), entry...)...))
	subtle.XORBytes(digest[:], digest[:], sum[:])
	return digest
}

// state is one revision that can be read.
type state struct {
	revision graph.Revision
	scopes   uint64
	digest   digest
}

// head is the states that can be read, the newest first. A store to which nothing was applied has none.
type head []state

func (head head) newest() state {
	if len(head) == 0 {
		return state{}
	}
	return head[0]
}

const (
	magic     = "inroad store\n"
	stateSize = 8 + 8 + sha256.Size
)

func (head head) write(tx *bolt.Tx) error {
	out := append([]byte(magic), format)
	for _, state := range head {
		out = binary.BigEndian.AppendUint64(out, uint64(state.revision))
		out = binary.BigEndian.AppendUint64(out, state.scopes)
		out = append(out, state.digest[:]...)
	}
	sum := sha256.Sum256(out)
	return tx.Bucket([]byte(bucketHead)).Put(keyHead, append(out, sum[:]...))
}

func readHead(tx *bolt.Tx) (head, error) {
	for _, name := range buckets {
		if tx.Bucket([]byte(name)) == nil {
			return nil, fmt.Errorf("%w: it has no bucket %q", graph.ErrCorrupt, name)
		}
	}
	value := tx.Bucket([]byte(bucketHead)).Get(keyHead)
	rest, ours := bytes.CutPrefix(value, []byte(magic))
	if !ours || len(rest) < 1+sha256.Size {
		return nil, fmt.Errorf("%w: its head is missing", graph.ErrCorrupt)
	}
	if rest[0] > format {
		return nil, fmt.Errorf("%w: it was made by a newer version of Inroad, in format %d, and this one reads up to %d: install the newer version",
			graph.ErrInvalid, rest[0], format)
	}
	signed, sum := value[:len(value)-sha256.Size], value[len(value)-sha256.Size:]
	rest = rest[1 : len(rest)-sha256.Size]
	if expected := sha256.Sum256(signed); !bytes.Equal(expected[:], sum) || len(rest)%stateSize != 0 {
		return nil, fmt.Errorf("%w: its head does not match its checksum", graph.ErrCorrupt)
	}
	var states head
	for ; len(rest) > 0; rest = rest[stateSize:] {
		states = append(states, state{
			revision: graph.Revision(binary.BigEndian.Uint64(rest)), scopes: binary.BigEndian.Uint64(rest[8:]), digest: digest(rest[16:stateSize]),
		})
	}
	return states, nil
}

// entry says what a version's part must be.
type entry struct {
	length uint64
	sum    [sha256.Size]byte
}

const entrySize = 8 + sha256.Size

func entryOf(part []byte) entry { return entry{length: uint64(len(part)), sum: sha256.Sum256(part)} }

func (entry entry) bytes() []byte {
	return append(binary.BigEndian.AppendUint64(nil, entry.length), entry.sum[:]...)
}

func entryFrom(value []byte) (entry, error) {
	if len(value) != entrySize {
		return entry{}, fmt.Errorf("%w: a scope's entry is of %d bytes", graph.ErrCorrupt, len(value))
	}
	return entry{length: binary.BigEndian.Uint64(value), sum: [sha256.Size]byte(value[8:])}, nil
}

// versionKey names what a scope held from a revision on.
func versionKey(scope graph.Scope, revision graph.Revision) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(scope), 0), uint64(revision))
}

func splitVersionKey(key []byte) (graph.Scope, graph.Revision, error) {
	end := len(key) - 9
	if end < 0 || key[end] != 0 {
		return "", 0, fmt.Errorf("%w: %q names no version of a scope", graph.ErrCorrupt, key)
	}
	return graph.Scope(key[:end]), graph.Revision(binary.BigEndian.Uint64(key[end+1:])), nil
}

func chunkKey(version []byte, number uint32) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(version), number)
}

// chunks is how many chunks hold the part.
func (entry entry) chunks() uint32 { return uint32((entry.length + chunkSize - 1) / chunkSize) }
