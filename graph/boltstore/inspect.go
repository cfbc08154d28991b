package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"github.com/inroad-security/inroad/graph"
)

// A file of bbolt is a row of pages of one size; a number larger than a page goes on in the pages that follow it.
// Pages 0 and 1 hold the meta records of the last two transactions, each with a checksum. The newer names the root
// page, whose leaves name the buckets, and the page that lists the free ones. See
// https://pkg.go.dev/go.etcd.io/bbolt and its internal/common. Numbers are in the byte order of the machine.
const (
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	headerSize   = 16
	elementSize  = 16
	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
	flagBucket   = 0x01
	deepest      = 64 // more levels than any file has
)

// page is one page with those that it goes on in.
type page struct {
	inspection *inspection
	start      int64 // its place in the file
	size       int64
	first      []byte // its first bytes
	flags      uint16
	count      int
}

// inspection walks all that a store's file holds but the values, and finds what would lead the database astray: it
// follows what it reads without a look at whether that can be.
type inspection struct {
	file  io.ReaderAt
	pages uint64
	seen  []bool
}

// inspect reports as graph.ErrCorrupt the first thing that is wrong with the structure of the file, and as
// graph.ErrInvalid a file that is none of ours.
func inspect(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	meta, err := readMeta(file, info.Size())
	if err != nil {
		return err
	}
	if meta.pages > uint64(info.Size()/pageSize) {
		return fmt.Errorf("%w: the file was cut short: it is of %d bytes and should have at least %d", graph.ErrCorrupt, info.Size(), meta.pages*pageSize)
	}
	inspection := &inspection{file: file, pages: meta.pages, seen: make([]bool, meta.pages)}
	inspection.seen[0], inspection.seen[1] = true, true
	if err := inspection.root(meta.root); err != nil {
		return err
	}
	if err := inspection.freelist(meta.freelist); err != nil {
		return err
	}
	for number, seen := range inspection.seen {
		if !seen {
			return inspection.corrupt(uint64(number), "is neither used nor free")
		}
	}
	return nil
}

// meta is the record of a transaction.
type meta struct {
	root, freelist, pages, transaction uint64
}

// readMeta gives the newer of the two metas. Both must be whole: a process that is killed leaves neither half written,
// and going back to the older one would undo what was applied.
func readMeta(file io.ReaderAt, size int64) (newer meta, err error) {
	if size < 2*pageSize {
		head := make([]byte, min(size, headerSize+4))
		if _, err := file.ReadAt(head, 0); err != nil {
			return meta{}, err
		}
		if len(head) < headerSize+4 || binary.NativeEndian.Uint32(head[headerSize:]) != boltMagic {
			return meta{}, errNotOurs
		}
		return meta{}, fmt.Errorf("%w: the file was cut short to %d bytes", graph.ErrCorrupt, size)
	}
	var metas [2]meta
	var errs [2]error
	for number := range metas {
		record := make([]byte, 64)
		if _, err := file.ReadAt(record, int64(number)*pageSize+headerSize); err != nil {
			return meta{}, err
		}
		metas[number], errs[number] = parseMeta(record)
	}
	switch older, newer := metas[0], metas[1]; {
	case errors.Is(errs[0], errNotOurs) && errors.Is(errs[1], errNotOurs):
		return meta{}, errNotOurs
	case errs[0] != nil || errs[1] != nil:
		return meta{}, fmt.Errorf("%w: one of its two headers is damaged", graph.ErrCorrupt)
	default:
		if older.transaction > newer.transaction {
			older, newer = newer, older
		}
		if newer.transaction != older.transaction+1 {
			return meta{}, fmt.Errorf("%w: its headers are of the transactions %d and %d", graph.ErrCorrupt, older.transaction, newer.transaction)
		}
		return newer, nil
	}
}

// errNotOurs is the error for a file that something else made.
var errNotOurs = fmt.Errorf("%w: it is not a store of Inroad: name another file", graph.ErrInvalid)

func parseMeta(record []byte) (meta, error) {
	number := func(at int) uint64 { return binary.NativeEndian.Uint64(record[at:]) }
	half := func(at int) uint32 { return binary.NativeEndian.Uint32(record[at:]) }
	if half(0) != boltMagic || half(4) != boltVersion || half(8) != pageSize {
		return meta{}, errNotOurs
	}
	hash := fnv.New64a()
	hash.Write(record[:56])
	parsed := meta{root: number(16), freelist: number(32), pages: number(40), transaction: number(48)}
	if hash.Sum64() != number(56) || parsed.pages < 3 {
		return meta{}, graph.ErrCorrupt
	}
	return parsed, nil
}

func (inspection *inspection) corrupt(number uint64, what string) error {
	return fmt.Errorf("%w: page %d %s", graph.ErrCorrupt, number, what)
}

// open reads a page's header and marks its pages, so that nothing is used twice.
func (inspection *inspection) open(number uint64) (page, error) {
	if number < 2 || number >= inspection.pages {
		return page{}, inspection.corrupt(number, "is named but not there")
	}
	header := make([]byte, pageSize)
	if _, err := inspection.file.ReadAt(header, int64(number)*pageSize); err != nil {
		return page{}, err
	}
	length := 1 + uint64(binary.NativeEndian.Uint32(header[12:]))
	if binary.NativeEndian.Uint64(header) != number || number+length > inspection.pages {
		return page{}, inspection.corrupt(number, "has a header that is not its own")
	}
	for i := number; i < number+length; i++ {
		if inspection.seen[i] {
			return page{}, inspection.corrupt(i, "is used twice")
		}
		inspection.seen[i] = true
	}
	return page{
		inspection: inspection, start: int64(number) * pageSize, size: int64(length) * pageSize, first: header,
		flags: binary.NativeEndian.Uint16(header[8:]), count: int(binary.NativeEndian.Uint16(header[10:])),
	}, nil
}

// read gives bytes of the page.
func (page page) read(at, size int64) ([]byte, error) {
	if at < 0 || size < 0 || at+size > page.size {
		return nil, page.inspection.corrupt(uint64(page.start/pageSize), "names bytes beyond its end")
	}
	if at+size <= int64(len(page.first)) {
		return page.first[at : at+size], nil
	}
	out := make([]byte, size)
	_, err := page.inspection.file.ReadAt(out, page.start+at)
	return out, err
}

// element is one entry of a leaf or a branch.
type element struct {
	key           []byte
	child         uint64 // of a branch
	bucket        bool   // of a leaf
	value, length int64  // of a leaf: where the value lies in the page
}

// elements gives the page's entries, which must have keys in order from least, if any, and below bound, if any.
func (page page) elements(least, bound []byte) ([]element, error) {
	number := uint64(page.start / pageSize)
	table, err := page.read(headerSize, int64(page.count)*elementSize)
	if err != nil {
		return nil, err
	}
	all := make([]element, page.count)
	for i := range all {
		record := table[i*elementSize:]
		place := headerSize + int64(i)*elementSize
		half := func(at int) int64 { return int64(binary.NativeEndian.Uint32(record[at:])) }
		element := &all[i]
		var position, size int64
		if page.flags == flagBranch {
			position, size, element.child = half(0), half(4), binary.NativeEndian.Uint64(record[8:])
		} else {
			position, size = half(4), half(8)
			element.bucket, element.value, element.length = half(0) == flagBucket, place+position+size, half(12)
			if half(0) > flagBucket || element.value+element.length > page.size {
				return nil, page.inspection.corrupt(number, "has an entry that cannot be")
			}
		}
		if element.key, err = page.read(place+position, size); err != nil {
			return nil, err
		}
		if position < elementSize || size == 0 {
			return nil, page.inspection.corrupt(number, "has an entry that cannot be")
		}
		if i == 0 && bytes.Compare(element.key, least) < 0 || i > 0 && bytes.Compare(element.key, all[i-1].key) <= 0 ||
			bound != nil && bytes.Compare(element.key, bound) >= 0 {
			return nil, page.inspection.corrupt(number, "has keys out of order")
		}
	}
	return all, nil
}

// root walks the buckets.
func (inspection *inspection) root(number uint64) error {
	page, err := inspection.open(number)
	if err != nil {
		return err
	}
	if page.flags != flagLeaf {
		return inspection.corrupt(number, "should hold the buckets and does not")
	}
	elements, err := page.elements(nil, nil)
	if err != nil {
		return err
	}
	ours := len(elements) == 0
	for _, element := range elements {
		ours = ours || string(element.key) == bucketHead
	}
	if !ours {
		return errNotOurs
	}
	for _, element := range elements {
		if !element.bucket || element.length < headerSize {
			return inspection.corrupt(number, "holds something that is no bucket")
		}
		header, err := page.read(element.value, headerSize)
		if err != nil {
			return err
		}
		if root := binary.NativeEndian.Uint64(header); root != 0 {
			err = inspection.tree(root, nil, nil, 0)
		} else {
			err = page.inline(element)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inline checks a small bucket, whose only page lies in its value.
func (page page) inline(element element) error {
	start := element.value + headerSize // behind the bucket's own header
	header, err := page.read(start, headerSize)
	if err != nil {
		return err
	}
	within := page
	within.start, within.size, within.first = page.start+start, element.length-headerSize, nil
	within.flags, within.count = binary.NativeEndian.Uint16(header[8:]), int(binary.NativeEndian.Uint16(header[10:]))
	if within.flags != flagLeaf || within.size < headerSize {
		return page.inspection.corrupt(uint64(page.start/pageSize), "holds a bucket that cannot be")
	}
	elements, err := within.elements(nil, nil)
	if err != nil {
		return err
	}
	return within.plain(elements)
}

// plain checks that no entry is a bucket: ours do not nest.
func (page page) plain(elements []element) error {
	for _, element := range elements {
		if element.bucket {
			return page.inspection.corrupt(uint64(page.start/pageSize), "holds a bucket within a bucket")
		}
	}
	return nil
}

// tree walks a bucket's pages below one.
func (inspection *inspection) tree(number uint64, least, bound []byte, depth int) error {
	page, err := inspection.open(number)
	if err != nil {
		return err
	}
	if page.flags != flagLeaf && (page.flags != flagBranch || page.count == 0) || depth > deepest || depth > 0 && page.count == 0 {
		return inspection.corrupt(number, "is neither branch nor leaf")
	}
	elements, err := page.elements(least, bound)
	if err != nil || page.flags == flagLeaf {
		if err == nil {
			err = page.plain(elements)
		}
		return err
	}
	for i, element := range elements {
		end := bound
		if i+1 < len(elements) {
			end = elements[i+1].key
		}
		if err := inspection.tree(element.child, element.key, end, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// freelist marks the free pages.
func (inspection *inspection) freelist(number uint64) error {
	page, err := inspection.open(number)
	if err != nil {
		return err
	}
	if page.flags != flagFreelist {
		return inspection.corrupt(number, "should list the free pages and does not")
	}
	start, count := int64(headerSize), int64(page.count)
	if count == 0xFFFF { // too many for the header
		first, err := page.read(start, 8)
		if err != nil {
			return err
		}
		start, count = start+8, int64(min(binary.NativeEndian.Uint64(first), inspection.pages))
	}
	ids, err := page.read(start, 8*count)
	if err != nil {
		return err
	}
	for ; len(ids) > 0; ids = ids[8:] {
		free := binary.NativeEndian.Uint64(ids)
		if free >= inspection.pages || inspection.seen[free] {
			return inspection.corrupt(free, "is listed as free and is not")
		}
		inspection.seen[free] = true
	}
	return nil
}
