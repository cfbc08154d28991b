package neo4jstore

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/inroad-security/inroad/graph"
)

// The labels of the store's own nodes. No relationship ever touches one, and all their properties begin with _, as no property of
// the graph that analysts see is read by. A batch's kind may not begin so.
const (
	ownPrefix = "_Inroad"
	// labelHead is one node: the state of all the others.
	labelHead = "_InroadHead"
	// labelTurn is one node, which whoever writes holds locked from its first statement to its commit.
	labelTurn = "_InroadTurn"
	// labelScope is a version of a scope: its length, its SHA-256, and from which revision until which it holds.
	labelScope = "_InroadScope"
	// labelChunk is a piece of a version's bytes.
	labelChunk = "_InroadChunk"
)

const (
	// format is this layout's number. A change that an older program would misread takes the next number.
	format = 1
	// readable is how many revisions can be read, the newest among them.
	readable = 2
	// chunkSize is how many bytes of a part a chunk holds, before compression.
	chunkSize = 1 << 20
)

// The states of the graph that analysts see.
const (
	// graphWhole is as the newest revision says.
	graphWhole = "whole"
	// graphUnderWay is being written in several transactions, or was when a writer was cut off.
	graphUnderWay = "under way"
)

// digest is the exclusive or of the SHA-256 of each of a revision's versions. It finds one that is missing, which no check
// of each alone can.
type digest [sha256.Size]byte

func (digest digest) with(version version) digest {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s", version.key(), version.length, version.sum))
	subtle.XORBytes(digest[:], digest[:], sum[:])
	return digest
}

// state is one revision that can be read.
type state struct {
	revision graph.Revision
	scopes   int64
	digest   digest
}

// head is what the head node says.
type head struct {
	format   int64
	tenant   string
	schema   int64  // the last migration that was made
	declared string // the SHA-256 of the statements that kinds declare
	graph    string // graphWhole or graphUnderWay
	writer   string // who writes beside the turn, or was cut off doing so
	states   []state
}

func (head head) newest() state {
	if len(head.states) == 0 {
		return state{}
	}
	return head.states[0]
}

// find gives the state of a revision, or graph.ErrNotFound.
func (head head) find(wanted graph.Revision) (state, error) {
	if wanted == 0 {
		return head.newest(), nil
	}
	for _, state := range head.states {
		if state.revision == wanted {
			return state, nil
		}
	}
	return state{}, fmt.Errorf("revision %d: %w: the newest is %d, and %d are kept", wanted, graph.ErrNotFound, head.newest().revision, len(head.states))
}

// props are the head node's properties but for its name, which is never written again: while a commit is made, others see each
// property as it is at that moment.
func (head head) props() map[string]any {
	revisions, scopes, digests := make([]int64, len(head.states)), make([]int64, len(head.states)), make([]string, len(head.states))
	for i, state := range head.states {
		revisions[i], scopes[i], digests[i] = int64(state.revision), state.scopes, hex.EncodeToString(state.digest[:])
	}
	return map[string]any{
		"_format": head.format, "_tenant": head.tenant, "_schema": head.schema, "_declared": head.declared, "_graph": head.graph, "_writer": nil,
		"_revisions": revisions, "_scopes": scopes, "_digests": digests,
	}
}

// headFrom reads the head node's properties.
func headFrom(props map[string]any) (head, error) {
	read := head{}
	read.format, _ = props["_format"].(int64)
	if read.format > format {
		return head{}, fmt.Errorf("%w: it was made by a newer version of Inroad, in format %d, and this one reads up to %d: install the newer version",
			graph.ErrInvalid, read.format, format)
	}
	read.tenant, _ = props["_tenant"].(string)
	read.schema, _ = props["_schema"].(int64)
	read.declared, _ = props["_declared"].(string)
	read.graph, _ = props["_graph"].(string)
	read.writer, _ = props["_writer"].(string)
	revisions, _ := props["_revisions"].([]any)
	scopes, _ := props["_scopes"].([]any)
	digests, _ := props["_digests"].([]any)
	if read.format < 1 || read.tenant == "" || len(revisions) != len(scopes) || len(revisions) != len(digests) {
		return head{}, fmt.Errorf("%w: its head is not as it is written", graph.ErrCorrupt)
	}
	for i := range revisions {
		revision, _ := revisions[i].(int64)
		count, _ := scopes[i].(int64)
		text, _ := digests[i].(string)
		sum, err := hex.DecodeString(text)
		if err != nil || len(sum) != sha256.Size || revision < 1 || count < 0 {
			return head{}, fmt.Errorf("%w: its head is not as it is written", graph.ErrCorrupt)
		}
		read.states = append(read.states, state{graph.Revision(revision), count, digest(sum)})
	}
	return read, nil
}

// version is what one scope holds from a revision on.
type version struct {
	scope  graph.Scope
	from   graph.Revision
	until  graph.Revision // the revision that replaced it; 0 while it is the newest
	length int64
	sum    string // the SHA-256 of the part's bytes, in hexadecimal
}

func versionOf(scope graph.Scope, from graph.Revision, part []byte) version {
	sum := sha256.Sum256(part)
	return version{scope: scope, from: from, length: int64(len(part)), sum: hex.EncodeToString(sum[:])}
}

// key names the version. No scope holds a space.
func (version version) key() string {
	return string(version.scope) + " " + strconv.FormatUint(uint64(version.from), 10)
}

func (version version) chunks() int { return int((version.length + chunkSize - 1) / chunkSize) }

func (version version) chunkKey(number int) string { return version.key() + " " + strconv.Itoa(number) }

// holds reports whether a revision holds the version.
func (version version) holds(revision graph.Revision) bool {
	return version.from <= revision && (version.until == 0 || version.until > revision)
}

// alike reports whether two versions are of one content.
func (version version) alike(other version) bool {
	return version.length == other.length && version.sum == other.sum
}

func (version version) props() map[string]any {
	return map[string]any{
		"_key": version.key(), "_scope": string(version.scope), "_from": int64(version.from), "_length": version.length, "_sum": version.sum,
	}
}

func versionFrom(props map[string]any) version {
	scope, _ := props["_scope"].(string)
	from, _ := props["_from"].(int64)
	until, _ := props["_until"].(int64)
	length, _ := props["_length"].(int64)
	sum, _ := props["_sum"].(string)
	return version{graph.Scope(scope), graph.Revision(from), graph.Revision(until), length, sum}
}
