package graph

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"
)

// Part is what one scope holds, packed and immutable: the form in which stores keep scopes, and from which snapshots
// are joined. Equal content is equal bytes.
type Part struct {
	table
	status Status
	digest func() Digest // of the content
	made   sync.Map      // what Once made, by its name: func() any
}

// Once gives what work makes of the part, of which it hangs on nothing else. It is worked out when it is first asked for by a name, and kept for as long as the
// part is: whoever takes one snapshot after the other of a store works it out for the parts that changed.
func (part *Part) Once(name string, work func() any) any {
	kept, _ := part.made.LoadOrStore(name, sync.OnceValue(work))
	return kept.(func() any)()
}

// Texts gives every text that the part holds, each once: ids, what properties say, and names.
func (part *Part) Texts() iter.Seq[string] {
	return func(yield func(string) bool) {
		held := part.sources[0]
		for i := range held.count() {
			if text, _ := held.text(i); !yield(text) {
				return
			}
		}
	}
}

// Digest is the SHA-256 of a content.
type Digest [sha256.Size]byte

// partFormat is the first byte of a part. A change to what follows takes the next number.
const partFormat = 2

// Status is the completeness of the scope.
func (part *Part) Status() Status { return part.status }

// Batch unpacks the part; Pack makes it the same part again.
func (part *Part) Batch() Batch {
	batch := Batch{Scope: part.status.Scope, Collected: part.status.Collected, Incomplete: part.status.Incomplete, Basis: part.status.Basis}
	said := make([]bool, len(part.ids)) // by an edge, so that the batch need not repeat it as a node
	for _, row := range part.edges {
		edge := part.edge(row)
		said[row.from], said[row.to] = true, true
		for _, id := range edge.Requires {
			if at, found := slices.BinarySearch(part.ids, id); found {
				said[at] = true
			}
		}
		batch.Edges = append(batch.Edges, edge)
	}
	for i := range part.ids {
		if !said[i] || !part.named(Index(i)) {
			batch.Nodes = append(batch.Nodes, part.node(Index(i)))
		}
	}
	return batch
}

// Onto gives what the scope holds when this part, of an incomplete batch, is added to what it held: all that either
// says, this part first, with this part's status.
func (part *Part) Onto(held *Part) (*Part, error) {
	joined, err := join([]*table{&part.table, &held.table})
	if err != nil {
		return nil, fmt.Errorf("scope %s: %w", part.status.Scope, err)
	}
	return Pack((&Part{table: *joined, status: part.status}).Batch())
}

// nameIDs points the ids into the texts, which begin with them.
func (part *Part) nameIDs() {
	for i := range part.ids {
		id, _ := part.sources[0].text(uint64(i))
		part.ids[i] = ID(id)
	}
}

// Digest tells contents apart: parts of one scope that hold the same nodes and edges, and lack the same, have one digest, whenever they were
// collected and whatever they were made from.
func (part *Part) Digest() Digest { return part.digest() }

// digested gives the digest of a part that was not read from bytes, which is worked out when it is first asked for.
func (part *Part) digested() func() Digest {
	return sync.OnceValue(func() Digest { return sha256.Sum256(part.appendContent(nil)) })
}

// Append appends the part's encoding, to be read by OpenPart.
func (part *Part) Append(out []byte) []byte {
	out = append(out, partFormat)
	out = binary.AppendVarint(out, part.status.Collected.Unix())
	out = binary.AppendUvarint(out, uint64(part.status.Collected.Nanosecond()))
	out = appendText(out, part.status.Basis)
	var digest Digest
	place := len(out)
	out = part.appendContent(append(out, digest[:]...))
	digest = sha256.Sum256(out[place+len(digest):])
	copy(out[place:], digest[:])
	return out
}

func (part *Part) appendContent(out []byte) []byte {
	data := part.sources[0]
	out = slices.Grow(out, len(data.texts)+len(data.records)+2*len(data.start)+2*len(part.nodes)+8*len(part.edges)+256)
	out = appendText(out, string(part.status.Scope))
	out = appendTexts(out, part.status.Incomplete)
	out = appendTexts(out, part.labels)
	out = appendTexts(out, part.names)
	out = binary.AppendUvarint(out, data.count())
	for i := 1; i < len(data.start); i++ {
		out = binary.AppendUvarint(out, uint64(data.start[i]-data.start[i-1]))
	}
	out = appendText(out, data.texts)
	out = appendText(out, data.records)
	out = binary.AppendUvarint(out, uint64(len(part.nodes)))
	for _, row := range part.nodes { // records lie in the order of the rows and know their own ends
		bits := uint64(row.label) << 2
		if row.at != none {
			bits |= 2
		}
		if row.stub {
			bits |= 1
		}
		out = binary.AppendUvarint(out, bits)
	}
	out = binary.AppendUvarint(out, uint64(len(part.edges)))
	var last edgeRow
	for _, row := range part.edges {
		if row.from != last.from {
			last.to = 0
		}
		out = binary.AppendUvarint(out, uint64(row.from-last.from))
		out = binary.AppendUvarint(out, uint64(row.to-last.to))
		out = binary.AppendUvarint(out, uint64(row.name)<<2|uint64(row.verdict))
		last = row
	}
	return out
}

func appendText[Text ~string](out []byte, text Text) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

func appendTexts[Text ~string](out []byte, texts []Text) []byte {
	out = binary.AppendUvarint(out, uint64(len(texts)))
	for _, text := range texts {
		out = appendText(out, text)
	}
	return out
}

// OpenPart reads what Append wrote and checks all of it, so that no later reading can fail. The part keeps data and
// copies none of it. Bytes that no Append wrote are ErrCorrupt, save that the digest is taken as it is written: whoever keeps
// parts checks that their bytes are those that it kept.
func OpenPart(data string) (*Part, error) {
	in := reader{rest: data}
	part := &Part{}
	if format := in.byte(); in.err == nil && format != partFormat {
		return nil, fmt.Errorf("%w: a part of format %d; this program reads format %d", ErrCorrupt, format, partFormat)
	}
	part.openStatus(&in)
	part.openTexts(&in)
	part.openRows(&in)
	if in.err == nil && in.rest != "" {
		in.fail("bytes follow the end")
	}
	if in.err != nil {
		return nil, in.err
	}
	return part, nil
}

func (part *Part) openStatus(in *reader) {
	seconds, nanoseconds := in.varint(), in.uvarint()
	part.status.Collected = time.Unix(seconds, int64(nanoseconds)).UTC()
	part.status.Basis = in.take(in.uvarint())
	var digest Digest
	copy(digest[:], in.take(sha256.Size))
	part.digest = func() Digest { return digest }
	part.status.Scope = Scope(in.take(in.uvarint()))
	part.status.Incomplete = openTexts[string](in)
	part.labels = openTexts[NodeKind](in)
	part.names = openTexts[EdgeKind](in)
	if err := (Batch{Scope: part.status.Scope}).Validate(); err != nil && in.err == nil {
		in.fail(err.Error())
	}
	if nanoseconds >= uint64(time.Second) || max(len(part.labels), len(part.names)) > most ||
		!ascending(part.status.Incomplete) || !ascending(part.labels) || !ascending(part.names) {
		in.fail("a part's head is not as it is written")
	}
}

func openTexts[Text ~string](in *reader) []Text {
	var texts []Text
	for range in.count() {
		texts = append(texts, Text(in.take(in.uvarint())))
		if in.err != nil {
			return nil
		}
	}
	return texts
}

// ascending reports whether the items are in order, each once.
func ascending[Item ~string](items []Item) bool {
	for i := 1; i < len(items); i++ {
		if items[i] <= items[i-1] {
			return false
		}
	}
	return true
}

func (part *Part) openTexts(in *reader) {
	count := in.count()
	opened := &source{start: make([]uint32, 1, count+1)}
	var end uint64
	for range count {
		end += in.uvarint()
		if end >= none {
			in.fail("texts are longer than a part can be")
			return
		}
		opened.start = append(opened.start, uint32(end))
	}
	opened.texts = in.take(in.uvarint())
	opened.records = in.take(in.uvarint())
	if end != uint64(len(opened.texts)) || len(opened.records) >= none {
		in.fail("texts are not as long as they say")
		return
	}
	part.sources = []*source{opened}
}

// openRows reads the rows of nodes and edges beside their records.
func (part *Part) openRows(in *reader) {
	if in.err != nil {
		return
	}
	records := part.sources[0].read(0)
	part.openNodes(in, &records)
	part.openEdges(in, &records)
	if records.rest != "" {
		in.fail("records follow the last row")
	}
	if records.err != nil && in.err == nil {
		in.err = records.err
	}
}

func (part *Part) openNodes(in, records *reader) {
	count := in.count()
	if uint64(count) > part.sources[0].count() {
		in.fail("there are more ids than texts")
		return
	}
	part.ids = make([]ID, count)
	part.nameIDs()
	if !ascending(part.ids) || count > 0 && part.ids[0] == "" {
		in.fail("ids are out of order")
		return
	}
	part.nodes = make([]nodeRow, count)
	all := len(records.rest)
	for i := range part.nodes {
		bits := in.uvarint()
		if bits>>2 >= uint64(len(part.labels)) || part.labels[bits>>2] == Stub && bits&1 == 0 {
			in.fail("a node has no known kind")
			return
		}
		row := nodeRow{at: none, label: uint16(bits >> 2), stub: bits&1 != 0}
		if bits&2 != 0 {
			row.at = uint32(all - len(records.rest))
			records.checkProps()
		}
		if !row.stub {
			part.status.Nodes++
		}
		part.nodes[i] = row
	}
}

func (part *Part) openEdges(in, records *reader) {
	part.status.Edges = in.count()
	part.edges = make([]edgeRow, part.status.Edges)
	all := len(part.sources[0].records)
	var last edgeRow
	for i := range part.edges {
		step := in.uvarint()
		if step != 0 {
			last.to = 0
		}
		from, to, bits := uint64(last.from)+step, uint64(last.to)+in.uvarint(), in.uvarint()
		if max(from, to) >= uint64(len(part.ids)) || bits>>2 >= uint64(len(part.names)) || Verdict(bits&3) > Unknown {
			in.fail("an edge has no known end, kind or verdict")
			return
		}
		row := edgeRow{from: Index(from), to: Index(to), at: uint32(all - len(records.rest)), name: uint16(bits >> 2), verdict: Verdict(bits & 3)}
		if records.checkEdgeData(); records.err != nil {
			return
		}
		if i > 0 && part.compare(last, row) >= 0 {
			in.fail("edges are out of order")
			return
		}
		part.edges[i], last = row, row
	}
}
