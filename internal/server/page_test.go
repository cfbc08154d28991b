package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// list gives one page of a list as text, with its answer on pages.
type list func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error)

func texts[T fmt.Stringer](items []T) []string {
	var texts []string
	for _, item := range items {
		texts = append(texts, item.String())
	}
	return texts
}

// lists are the lists of all services over a connection.
func lists(connection *grpc.ClientConn) map[string]list {
	paths := inroadv1.NewAttackPathServiceClient(connection)
	return map[string]list{
		"attack paths": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := paths.ListAttackPaths(ctx, &inroadv1.ListAttackPathsRequest{Page: page})
			return texts(response.GetPaths()), response.GetPage(), err
		},
		"attack paths of another order": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := paths.ListAttackPaths(ctx, &inroadv1.ListAttackPathsRequest{Page: page, Order: inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_RISK})
			return texts(response.GetPaths()), response.GetPage(), err
		},
		"attack paths of another filter": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			filter := &inroadv1.AttackPathFilter{Entries: []string{string(dev), "internet"}}
			response, err := paths.ListAttackPaths(ctx, &inroadv1.ListAttackPathsRequest{Page: page, Filter: filter})
			return texts(response.GetPaths()), response.GetPage(), err
		},
		"escalations": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := paths.ListEscalations(ctx, &inroadv1.ListEscalationsRequest{Page: page})
			return texts(response.GetEscalations()), response.GetPage(), err
		},
		"findings": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := inroadv1.NewFindingServiceClient(connection).ListFindings(ctx, &inroadv1.ListFindingsRequest{Page: page})
			return texts(response.GetFindings()), response.GetPage(), err
		},
		"assets": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := inroadv1.NewInventoryServiceClient(connection).ListAssets(ctx, &inroadv1.ListAssetsRequest{Page: page})
			var ids []string
			for _, asset := range response.GetAssets() {
				ids = append(ids, asset.GetId())
			}
			return ids, response.GetPage(), err
		},
		"scopes": func(ctx context.Context, page *inroadv1.PageRequest) ([]string, *inroadv1.PageResponse, error) {
			response, err := inroadv1.NewIngestServiceClient(connection).ListScopes(ctx, &inroadv1.ListScopesRequest{Page: page})
			return texts(response.GetScopes()), response.GetPage(), err
		},
	}
}

var lengths = map[string]int{
	"attack paths": 4, "attack paths of another order": 4, "attack paths of another filter": 5, "escalations": 4, "findings": 3, "assets": 10, "scopes": 5,
}

func TestAllPagesTogetherAreTheList(t *testing.T) {
	for name, list := range lists(serveWorld(t)) {
		t.Run(name, func(t *testing.T) {
			ctx := within(t)
			whole, page, err := list(ctx, nil)
			if err != nil || page.GetNextToken() != "" || len(whole) != lengths[name] || page.GetTotal() != int64(len(whole)) {
				t.Fatalf("%d items, %v, %v: want %d on one page", len(whole), page, err, lengths[name])
			}
			for size := 1; size <= len(whole)+1; size++ {
				var pages []string
				for token := ""; ; {
					items, page, err := list(ctx, &inroadv1.PageRequest{Size: int32(size), Token: token})
					if err != nil || page.GetTotal() != int64(len(whole)) || len(items) != min(size, len(whole)-len(pages)) {
						t.Fatalf("size %d after %d: %d items, %v, %v", size, len(pages), len(items), page, err)
					}
					pages = append(pages, items...)
					if token = page.GetNextToken(); token == "" {
						break
					}
				}
				equal(t, fmt.Sprintf("pages of %d", size), pages, whole)
			}
		})
	}
}

func TestATokenOfAnotherListIsRefused(t *testing.T) {
	all := lists(serveWorld(t))
	for mine, list := range all {
		_, page, err := list(within(t), &inroadv1.PageRequest{Size: 1})
		if err != nil || page.GetNextToken() == "" {
			t.Fatal(mine, page, err)
		}
		for other, list := range all {
			t.Run(mine+" for "+other, func(t *testing.T) {
				items, _, err := list(within(t), &inroadv1.PageRequest{Size: 2, Token: page.GetNextToken()})
				if mine == other {
					if err != nil || len(items) != 2 { // a page may have another size than the one before
						t.Fatal(items, err)
					}
					return
				}
				refused(t, err, codes.InvalidArgument, "INVALID")
			})
		}
	}
}

func TestATokenThatWasTamperedWithIsRefused(t *testing.T) {
	list := lists(serveWorld(t))["assets"]
	_, page, err := list(within(t), &inroadv1.PageRequest{Size: 3})
	if err != nil {
		t.Fatal(err)
	}
	token := page.GetNextToken()
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]string{
		"cut short": token[:len(token)-2], "longer": token + "AA", "not base64": "!" + token[1:], "of spaces": " ", "empty after decoding": "AA",
		"a huge place": base64.RawURLEncoding.EncodeToString(append([]byte{255, 255, 255, 255, 255, 255, 255, 255}, raw[8:]...)),
	}
	for at := range raw {
		changed := append([]byte{}, raw...)
		changed[at] ^= 1
		broken[fmt.Sprintf("with byte %d changed", at)] = base64.RawURLEncoding.EncodeToString(changed)
	}
	for name, token := range broken {
		t.Run(name, func(t *testing.T) {
			_, _, err := list(within(t), &inroadv1.PageRequest{Token: token})
			refused(t, err, codes.InvalidArgument, "INVALID")
		})
	}
}

func TestATokenThatWasMadeUpLeadsNowhere(t *testing.T) {
	snapshot := snapshotOf(t, 7, world()...)
	request := &inroadv1.ListScopesRequest{}
	question, err := digestOf(snapshot, request)
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []int{-1, 5, 6, 1 << 62} {
		request.Page = &inroadv1.PageRequest{Token: base64.RawURLEncoding.EncodeToString(mark(place, question))}
		page, next, err := paged(snapshot.Scopes(), snapshot, request, wireScope)
		if refused := errors.Is(err, graph.ErrInvalid); refused != (place < 0) || len(page) != 0 || next.GetNextToken() != "" {
			t.Errorf("place %d of 5: %v, %v, %v", place, page, next, err)
		}
	}
}

func TestANewStateGivesNewAnswersAndRefusesOldTokens(t *testing.T) {
	source := of(snapshotOf(t, 7, world()...), nil)
	all := lists(serve(t, source, Options{}))
	old := map[string]string{}
	for name, list := range all {
		_, page, err := list(within(t), &inroadv1.PageRequest{Size: 1})
		if err != nil {
			t.Fatal(name, err)
		}
		old[name] = page.GetNextToken()
	}
	grown := append(world(), graph.Batch{
		Scope: "aws/111111111111/eu-west-1/more", Nodes: []graph.Node{
			{ID: "arn:aws:s3:::more", Kind: kinds.AWSBucket},
			{ID: "arn:aws:iam::111111111111:user/more", Kind: kinds.AWSUser},
		}, Edges: []graph.Edge{
			{From: graph.Internet, To: "arn:aws:s3:::more", Kind: kinds.CanRead},
			{From: "arn:aws:iam::111111111111:user/more", To: account, Kind: kinds.CanEscalateTo},
		},
	})
	source.give(snapshotOf(t, 8, world()...), nil)
	for name, list := range all {
		t.Run("another revision with scopes that look alike: "+name, func(t *testing.T) {
			_, _, err := list(within(t), &inroadv1.PageRequest{Token: old[name]})
			refused(t, err, codes.InvalidArgument, "INVALID")
		})
	}
	for name, test := range map[string]graph.Revision{"another revision": 8, "another store with the same revision": 7} {
		t.Run(name, func(t *testing.T) {
			source.give(snapshotOf(t, test, grown...), nil)
			for name, list := range all {
				more := map[string]int{"assets": 2}[name]
				whole, _, err := list(within(t), nil)
				if want := lengths[name] + max(1, more); err != nil || len(whole) != want {
					t.Errorf("%s: %d, %v: want %d", name, len(whole), err, want)
				}
				_, _, err = list(within(t), &inroadv1.PageRequest{Token: old[name]})
				refused(t, err, codes.InvalidArgument, "INVALID")
			}
		})
	}
}

func TestAPageIsNoLargerThanClientsTake(t *testing.T) {
	const mebibyte = 1 << 20
	var batches []graph.Batch
	for i, size := range []int{mebibyte, mebibyte, mebibyte, mebibyte, mebibyte, 7 * mebibyte / 2, 10} {
		batches = append(batches, graph.Batch{Scope: graph.Scope(fmt.Sprintf("aws/111111111111/global/%d", i)), Incomplete: []string{strings.Repeat("x", size)}})
	}
	client := inroadv1.NewIngestServiceClient(serve(t, of(snapshotOf(t, 1, batches...), nil), Options{}))
	var sizes []int
	want := []int{2, 2, 1, 1, 1} // three would be over 3 MiB, as is the one of 3.5 MiB by itself
	for token := ""; ; {
		response, err := client.ListScopes(within(t), &inroadv1.ListScopesRequest{Page: &inroadv1.PageRequest{Token: token}})
		if err != nil || proto.Size(response) > 4*mebibyte {
			t.Fatal(err)
		}
		sizes = append(sizes, len(response.GetScopes()))
		if token = response.GetPage().GetNextToken(); token == "" {
			break
		}
	}
	equal(t, "sizes of pages", sizes, want)
}
