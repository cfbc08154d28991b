package neo4jstore

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
)

// chunksAhead is how many chunks are fetched before they are asked for, and how many are written at once.
const chunksAhead = 8

// chunkRows gives the rows of a version's chunks. Parts name alike things alike, so that even the quickest compression leaves a
// fifth of them; writing and reading the rest would cost more than compressing it.
func chunkRows(version version, data []byte) ([]any, error) {
	rows := make([]any, 0, version.chunks())
	for number := range version.chunks() {
		piece := data[number*chunkSize : min((number+1)*chunkSize, len(data))]
		var packed bytes.Buffer
		compressor, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			return nil, err
		}
		if _, err := compressor.Write(piece); err != nil {
			return nil, err
		}
		if err := compressor.Close(); err != nil {
			return nil, err
		}
		rows = append(rows, map[string]any{"_key": version.chunkKey(number), "_from": int64(version.from), "_bytes": packed.Bytes()})
	}
	return rows, nil
}

const (
	createChunks = "UNWIND $rows AS row CREATE (chunk:" + labelChunk + ") SET chunk = row RETURN count(chunk)"
	deleteChunks = "UNWIND $rows AS row MATCH (chunk:" + labelChunk + " {_key: row}) DELETE chunk RETURN count(chunk)"
	// readChunks gives the chunks one after the other, in the order of the keys or not.
	readChunks = "UNWIND range(0, size($keys) - 1) AS place MATCH (chunk:" + labelChunk + " {_key: $keys[place]}) RETURN place, chunk._bytes"
)

// wanting are versions whose bytes are being read.
type wanting struct {
	versions []version
	owners   []int // for each key, which version it is of
	pieces   [][]string
	missing  []int // for each version, how many of its chunks have not come
}

// fetch reads the bytes of versions and hands each version's over as soon as it is whole, with its number among them. Of the
// chunks only those fetched ahead and those of unfinished versions are in memory.
func fetch(ctx context.Context, tx runner, versions []version, whole func(number int, data string) error) error {
	wanting := wanting{versions: versions, pieces: make([][]string, len(versions)), missing: make([]int, len(versions))}
	var keys []string
	var first []int
	for i, version := range versions {
		first = append(first, len(keys))
		for number := range version.chunks() {
			keys, wanting.owners = append(keys, version.chunkKey(number)), append(wanting.owners, i)
		}
		wanting.pieces[i], wanting.missing[i] = make([]string, version.chunks()), version.chunks()
		if version.chunks() == 0 {
			return fmt.Errorf("%w: scope %s has no bytes", graph.ErrCorrupt, version.scope)
		}
	}
	result, err := tx.Run(ctx, readChunks, map[string]any{"keys": keys})
	if err != nil {
		return err
	}
	for result.Next(ctx) {
		owner, data, err := wanting.take(result.Record(), first)
		if err != nil {
			return err
		}
		if wanting.missing[owner] == 0 {
			if err := whole(owner, data); err != nil {
				return err
			}
		}
	}
	if err := result.Err(); err != nil {
		return err
	}
	for i, missing := range wanting.missing {
		if missing > 0 {
			return fmt.Errorf("scope %s: %w", versions[i].scope, errGone)
		}
	}
	return nil
}

// take takes a chunk that came, and gives the version's bytes with its last.
func (wanting *wanting) take(record *neo4j.Record, first []int) (owner int, data string, err error) {
	place, _ := record.Values[0].(int64)
	packed, _ := record.Values[1].([]byte)
	if place < 0 || int(place) >= len(wanting.owners) {
		return 0, "", fmt.Errorf("%w: a chunk came that was not asked for", graph.ErrCorrupt)
	}
	owner = wanting.owners[place]
	version := wanting.versions[owner]
	number := int(place) - first[owner]
	size := min(version.length-int64(number)*chunkSize, chunkSize)
	piece, err := unpack(packed, size)
	if err != nil {
		return 0, "", fmt.Errorf("%w: scope %s: chunk %d does not unpack", graph.ErrCorrupt, version.scope, number)
	}
	wanting.pieces[owner][number] = piece
	wanting.missing[owner]--
	if wanting.missing[owner] > 0 {
		return owner, "", nil
	}
	if data = wanting.pieces[owner][0]; len(wanting.pieces[owner]) > 1 {
		data = strings.Join(wanting.pieces[owner], "")
	}
	wanting.pieces[owner] = nil
	return owner, data, nil
}

// unpack gives the bytes of a chunk, which must be so many.
func unpack(packed []byte, size int64) (string, error) {
	var piece strings.Builder
	piece.Grow(int(size))
	read, err := io.Copy(&piece, io.LimitReader(flate.NewReader(bytes.NewReader(packed)), size+1))
	if err != nil {
		return "", err
	}
	if read != size {
		return "", io.ErrUnexpectedEOF
	}
	return piece.String(), nil
}

// openVersion checks a version's bytes against its checksum and opens them.
func openVersion(version version, data string) (*graph.Part, error) {
	if sum := sum(data); hex.EncodeToString(sum[:]) != version.sum {
		return nil, fmt.Errorf("%w: scope %s does not match its checksum", graph.ErrCorrupt, version.scope)
	}
	part, err := graph.OpenPart(data)
	if err != nil {
		return nil, fmt.Errorf("scope %s: %w", version.scope, err)
	}
	if part.Status().Scope != version.scope {
		return nil, fmt.Errorf("%w: scope %s holds the bytes of %s", graph.ErrCorrupt, version.scope, part.Status().Scope)
	}
	return part, nil
}
