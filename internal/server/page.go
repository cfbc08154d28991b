package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

const (
	defaultPage = 50
	// largestPage is the most bytes of items on a page: gRPC's clients take messages of 4 MiB where they are not told otherwise.
	largestPage = 3 << 20
	placeLength = 8
)

// listing is a request for a list.
type listing interface {
	proto.Message
	GetPage() *inroadv1.PageRequest
}

// paged cuts one page out of a list and puts it on the wire. A token is a place and a digest of it, the state of the graph and
// the question, so that a token of another list is refused rather than misread.
func paged[T any, W proto.Message](items []T, snapshot *graph.Snapshot, request listing, wire func(T) W) ([]W, *inroadv1.PageResponse, error) {
	size := int(request.GetPage().GetSize())
	if size == 0 {
		size = defaultPage
	}
	question, err := digestOf(snapshot, request)
	if err != nil {
		return nil, nil, err
	}
	start, err := placeIn(request.GetPage().GetToken(), question)
	if err != nil {
		return nil, nil, err
	}
	var page []W
	filled, end := 0, min(start, len(items))
	for ; end < len(items) && len(page) < size; end++ {
		item := wire(items[end])
		if filled += proto.Size(item); filled > largestPage && len(page) > 0 {
			break
		}
		page = append(page, item)
	}
	response := &inroadv1.PageResponse{Total: int64(len(items))}
	if end < len(items) {
		response.NextToken = base64.RawURLEncoding.EncodeToString(mark(end, question))
	}
	return page, response, nil
}

func placeIn(token string, question []byte) (int, error) {
	if token == "" {
		return 0, nil
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(decoded) < placeLength {
		return 0, fmt.Errorf("%w: page.token is not one that this server gave", graph.ErrInvalid)
	}
	place := int(binary.BigEndian.Uint64(decoded))
	if place < 0 || !bytes.Equal(decoded, mark(place, question)) {
		return 0, fmt.Errorf("%w: page.token belongs to another state of the graph or to another question: start again without it", graph.ErrInvalid)
	}
	return place, nil
}

// mark is what a token says, before it is made text.
func mark(place int, question []byte) []byte {
	at := binary.BigEndian.AppendUint64(nil, uint64(place))
	sum := sha256.Sum256(append(at[:placeLength:placeLength], question...))
	return append(at, sum[:16]...)
}

// digestOf identifies a question to a state of the graph. The page that is asked for is no part of it. The scopes speak for the
// state as well as its revision, for a store that was made anew counts its revisions from 1 again.
func digestOf(snapshot *graph.Snapshot, request listing) ([]byte, error) {
	question := proto.Clone(request)
	message := question.ProtoReflect()
	message.Clear(message.Descriptor().Fields().ByName("page"))
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(question)
	if err != nil {
		return nil, err
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "%s %x %d\n", message.Descriptor().FullName(), encoded, snapshot.Revision())
	for _, scope := range snapshot.Scopes() {
		fmt.Fprintf(digest, "%q %d %d %d %q\n", scope.Scope, scope.Nodes, scope.Edges, scope.Collected.Unix(), scope.Incomplete)
	}
	return digest.Sum(nil), nil
}
