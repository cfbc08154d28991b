package server

import (
	"context"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/inroad-security/inroad/graph"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type ingested struct {
	inroadv1.UnimplementedIngestServiceServer
	answers *answers
}

func (service *ingested) ListScopes(ctx context.Context, request *inroadv1.ListScopesRequest) (*inroadv1.ListScopesResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	var chosen []graph.Status
	for _, scope := range snapshot.Scopes() {
		if strings.HasPrefix(string(scope.Scope), request.GetPrefix()) && !(request.GetIncompleteOnly() && scope.Complete()) {
			chosen = append(chosen, scope)
		}
	}
	page, next, err := paged(chosen, snapshot, request, wireScope)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListScopesResponse{Scopes: page, Page: next, Revision: uint64(snapshot.Revision())}, nil
}

func wireScope(scope graph.Status) *inroadv1.ScopeStatus {
	wire := &inroadv1.ScopeStatus{
		Scope: string(scope.Scope), Complete: scope.Complete(), Reasons: scope.Incomplete, Nodes: int64(scope.Nodes), Edges: int64(scope.Edges),
	}
	if !scope.Collected.IsZero() {
		wire.Collected = timestamppb.New(scope.Collected)
	}
	return wire
}
