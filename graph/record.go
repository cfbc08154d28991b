package graph

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// source holds records end to end, and the texts that they name by number. A text is kept once however many
// records use it, and reading it copies nothing.
type source struct {
	records string
	texts   string
	start   []uint32 // text i is texts[start[i]:start[i+1]]
}

// count is how many texts there are.
func (source *source) count() uint64 { return uint64(len(source.start)) - 1 }

func (source *source) text(i uint64) (string, bool) {
	if i >= source.count() {
		return "", false
	}
	return source.texts[source.start[i]:source.start[i+1]], true
}

// read gives a reader that stands at the record's first byte.
func (source *source) read(at uint32) reader {
	return reader{rest: source.records[at:], source: source}
}

// Tags of a property's value.
const (
	tagText byte = iota + 1
	tagFalse
	tagTrue
	tagWhole
	tagNumber
	tagList
)

// reader walks encoded bytes. After the first defect it yields zero values and keeps the error.
type reader struct {
	rest   string
	source *source
	err    error
}

func (in *reader) fail(what string) {
	if in.err == nil {
		in.err = fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	in.rest = ""
}

func (in *reader) uvarint() uint64 {
	var value uint64
	for i := range min(len(in.rest), binary.MaxVarintLen64) {
		octet := in.rest[i]
		value |= uint64(octet&0x7f) << (7 * i)
		if octet < 0x80 {
			in.rest = in.rest[i+1:]
			return value
		}
	}
	in.fail("a number runs past the end")
	return 0
}

func (in *reader) varint() int64 {
	value := in.uvarint()
	return int64(value>>1) ^ -int64(value&1)
}

// count reads how many things of at least one byte follow.
func (in *reader) count() int {
	value := in.uvarint()
	if value > uint64(len(in.rest)) {
		in.fail("a length runs past the end")
		return 0
	}
	return int(value)
}

// take gives the next bytes.
func (in *reader) take(size uint64) string {
	if size > uint64(len(in.rest)) {
		in.fail("a text runs past the end")
		return ""
	}
	taken := in.rest[:size]
	in.rest = in.rest[size:]
	return taken
}

func (in *reader) byte() byte {
	if octet := in.take(1); octet != "" {
		return octet[0]
	}
	return 0
}

func (in *reader) text() string {
	text, ok := in.source.text(in.uvarint())
	if !ok {
		in.fail("a text is named that is not there")
	}
	return text
}

func (in *reader) number() float64 {
	var bits uint64
	for _, octet := range []byte(in.take(8)) {
		bits = bits<<8 | uint64(octet)
	}
	return math.Float64frombits(bits)
}

func (in *reader) props() Props {
	count := in.count()
	if count == 0 {
		return nil
	}
	props := make(Props, count)
	for range count {
		name := in.text()
		value := in.value()
		if in.err != nil {
			return props
		}
		props[name] = value
	}
	return props
}

// value reads a property's value.
func (in *reader) value() any {
	switch tag := in.byte(); tag {
	case tagText:
		return in.text()
	case tagTrue, tagFalse:
		return tag == tagTrue
	case tagWhole:
		return in.varint()
	case tagNumber:
		return in.number()
	case tagList:
		list := make([]string, in.count())
		for i := range list {
			list[i] = in.text()
		}
		return list
	default:
		in.fail("a property has no known type")
		return nil
	}
}

// prop reads the one property of the name among those that follow, and passes over those before it.
func (in *reader) prop(name string) (any, bool) {
	for range in.count() {
		if in.text() == name {
			value := in.value()
			return value, in.err == nil
		}
		in.checkValue()
		if in.err != nil {
			break
		}
	}
	return nil, false
}

// edgeData reads what an edge carries beside its ends, kind and verdict.
func (in *reader) edgeData(edge *Edge) {
	edge.Technique, edge.Requires = in.identity()
	edge.Cause = Cause(in.text())
	if count := in.count(); count > 0 {
		edge.Evidence = make([]Evidence, count)
		for i := range edge.Evidence {
			edge.Evidence[i] = Evidence{Kind: EvidenceKind(in.text()), Source: ID(in.text()), Locator: in.text(), Detail: in.text()}
		}
	}
	edge.Props = in.props()
}

// identity reads the part of an edge's identity that is not in its row.
func (in *reader) identity() (technique string, requires []ID) {
	technique = in.text()
	if count := in.count(); count > 0 {
		requires = make([]ID, count)
		for i := range requires {
			requires[i] = ID(in.text())
		}
	}
	return technique, requires
}

// checkTexts, checkProps and checkEdgeData walk what text, props and edgeData read, and build nothing.
func (in *reader) checkTexts(count int) {
	for range count {
		if in.uvarint() >= in.source.count() {
			in.fail("a text is named that is not there")
		}
		if in.err != nil {
			return
		}
	}
}

func (in *reader) checkProps() {
	for range in.count() {
		in.checkTexts(1)
		in.checkValue()
		if in.err != nil {
			return
		}
	}
}

func (in *reader) checkValue() {
	switch in.byte() {
	case tagText:
		in.checkTexts(1)
	case tagTrue, tagFalse:
	case tagWhole:
		in.uvarint()
	case tagNumber:
		in.take(8)
	case tagList:
		in.checkTexts(in.count())
	default:
		in.fail("a property has no known type")
	}
}

func (in *reader) checkEdgeData() {
	in.checkTexts(1)
	in.checkTexts(in.count())
	in.checkTexts(1)
	in.checkTexts(4 * in.count())
	in.checkProps()
}

// spellProps and spellEdgeData append what props and edgeData read with its texts in full, so that equal content is equal bytes whatever
// record it lies in.
func (in *reader) spellProps(out []byte) []byte {
	count := in.count()
	out = binary.AppendUvarint(out, uint64(count))
	for range count {
		out = appendText(out, in.text())
		tag := in.byte()
		out = append(out, tag)
		switch tag {
		case tagText:
			out = appendText(out, in.text())
		case tagWhole:
			out = binary.AppendUvarint(out, in.uvarint())
		case tagNumber:
			out = append(out, in.take(8)...)
		case tagList:
			out = in.spellTexts(out, in.count())
		}
	}
	return out
}

func (in *reader) spellTexts(out []byte, count int) []byte {
	out = binary.AppendUvarint(out, uint64(count))
	for range count {
		out = appendText(out, in.text())
	}
	return out
}

func (in *reader) spellEdgeData(out []byte) []byte {
	out = in.spellTexts(out, 1)
	out = in.spellTexts(out, in.count())
	out = in.spellTexts(out, 1)
	out = in.spellTexts(out, 4*in.count())
	return in.spellProps(out)
}

// writer makes a source, record by record.
type writer struct {
	record  []byte   // the one being written
	blocks  [][]byte // the records before it
	records int      // their length
	texts   []string
	refs    map[string]uint32
	names   []string // of the properties being written
	// recent holds the texts of the record before: what stands in one place is often what stood there last.
	recent [32]numbered
	place  int
	err    error
}

// numbered is a text and its number.
type numbered struct {
	text  string
	ref   uint32
	known bool
}

// newWriter makes a writer that has room for about so many texts.
func newWriter(room int) *writer {
	return &writer{refs: make(map[string]uint32, room), texts: make([]string, 0, room)}
}

// intern numbers a text.
func (out *writer) intern(text string) uint32 {
	ref, ok := out.refs[text]
	if !ok {
		ref = uint32(len(out.texts))
		out.refs[text] = ref
		out.texts = append(out.texts, text)
	}
	return ref
}

func (out *writer) text(text string) {
	recent := &out.recent[out.place%len(out.recent)]
	out.place++
	if !recent.known || recent.text != text {
		*recent = numbered{text, out.intern(text), true}
	}
	out.length(int(recent.ref))
}

func (out *writer) length(length int) { out.record = binary.AppendUvarint(out.record, uint64(length)) }

// props and edgeData write what props and edgeData read; out.err is the first value that a graph cannot hold.
func (out *writer) props(props Props) {
	out.names = out.names[:0]
	for name := range props {
		out.names = append(out.names, name)
	}
	slices.Sort(out.names)
	out.length(len(props))
	for _, name := range out.names {
		out.text(name)
		switch value := props[name].(type) {
		case string:
			out.record = append(out.record, tagText)
			out.text(value)
		case bool:
			tag := tagFalse
			if value {
				tag = tagTrue
			}
			out.record = append(out.record, tag)
		case int64:
			out.record = binary.AppendVarint(append(out.record, tagWhole), value)
		case float64:
			out.record = binary.BigEndian.AppendUint64(append(out.record, tagNumber), math.Float64bits(value))
		case []string:
			out.record = append(out.record, tagList)
			out.length(len(value))
			for _, item := range value {
				out.text(item)
			}
		default:
			if out.err == nil {
				out.err = fmt.Errorf("%w: property %q: a value of type %T is not one that a graph can hold", ErrInvalid, name, value)
			}
		}
	}
}

func (out *writer) edgeData(edge Edge) {
	out.text(edge.Technique)
	out.length(len(edge.Requires))
	for _, id := range edge.Requires {
		out.text(string(id))
	}
	out.text(string(edge.Cause))
	out.length(len(edge.Evidence))
	for _, piece := range edge.Evidence {
		out.text(string(piece.Kind))
		out.text(string(piece.Source))
		out.text(piece.Locator)
		out.text(piece.Detail)
	}
	out.props(edge.Props)
}

// close ends the record and gives its place.
func (out *writer) close() (at uint32) {
	last := len(out.blocks) - 1
	if last < 0 || cap(out.blocks[last])-len(out.blocks[last]) < len(out.record) {
		size := max(min(out.records, 1<<20), 1<<8, len(out.record))
		out.blocks = append(out.blocks, make([]byte, 0, size))
		last++
	}
	out.blocks[last] = append(out.blocks[last], out.record...)
	at = uint32(out.records)
	out.records += len(out.record)
	out.record, out.place = out.record[:0], 0
	return at
}

// source gives what was written, or ErrInvalid when something in it does not fit.
func (out *writer) source() (*source, error) {
	if out.err != nil {
		return nil, out.err
	}
	written := &source{start: make([]uint32, 1, len(out.texts)+1)}
	length := 0
	for _, text := range out.texts {
		length += len(text)
		written.start = append(written.start, uint32(length))
	}
	if max(length, out.records) >= none {
		return nil, fmt.Errorf("%w: more than 4 GiB in one scope: split it", ErrInvalid)
	}
	var texts, records strings.Builder
	texts.Grow(length)
	for _, text := range out.texts {
		texts.WriteString(text)
	}
	records.Grow(out.records)
	for _, block := range out.blocks {
		records.Write(block)
	}
	written.texts, written.records = texts.String(), records.String()
	return written, nil
}
