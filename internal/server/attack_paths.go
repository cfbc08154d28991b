package server

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

type attackPaths struct {
	inroadv1.UnimplementedAttackPathServiceServer
	answers *answers
}

func (service *attackPaths) ListAttackPaths(ctx context.Context, request *inroadv1.ListAttackPathsRequest) (*inroadv1.ListAttackPathsResponse, error) {
	snapshot, paths, err := service.matching(ctx, request.GetFilter(), request.GetOrder())
	if err != nil {
		return nil, err
	}
	page, next, err := paged(paths.items, snapshot, request, wirePath)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListAttackPathsResponse{Paths: page, Page: next, Provenance: provenance(snapshot), Truncated: wireTruncation(paths.cut)}, nil
}

func (service *attackPaths) GetAttackPath(ctx context.Context, request *inroadv1.GetAttackPathRequest) (*inroadv1.GetAttackPathResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	paths, err := service.answers.pathsOf(ctx, snapshot, request.GetEntries(), request.GetTargets())
	if err != nil {
		return nil, err
	}
	for _, path := range paths.items {
		if path.ID == request.GetId() {
			return &inroadv1.GetAttackPathResponse{Path: wirePath(path), Provenance: provenance(snapshot)}, nil
		}
	}
	return nil, fmt.Errorf("%w: attack path %s: give the entries and targets by which it was listed", graph.ErrNotFound, request.GetId())
}

func (service *attackPaths) StreamAttackPaths(request *inroadv1.StreamAttackPathsRequest, stream grpc.ServerStreamingServer[inroadv1.StreamAttackPathsResponse]) error {
	snapshot, paths, err := service.matching(stream.Context(), request.GetFilter(), request.GetOrder())
	if err != nil {
		return err
	}
	first := &inroadv1.StreamAttackPathsResponse{
		Provenance: provenance(snapshot), Truncated: wireTruncation(paths.cut), Total: int64(len(paths.items)),
	}
	if err := stream.Send(first); err != nil {
		return err
	}
	for _, path := range paths.items {
		if err := stream.Send(&inroadv1.StreamAttackPathsResponse{Path: wirePath(path)}); err != nil {
			return err
		}
	}
	return nil
}

// matching gives the paths that a filter lets through, in order.
func (service *attackPaths) matching(ctx context.Context, filter *inroadv1.AttackPathFilter, order inroadv1.AttackPathOrder) (*graph.Snapshot, found[scoring.Path], error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, found[scoring.Path]{}, err
	}
	all, err := service.answers.pathsOf(ctx, snapshot, filter.GetEntries(), filter.GetTargets())
	if err != nil {
		return nil, found[scoring.Path]{}, err
	}
	matching := found[scoring.Path]{cut: all.cut}
	for _, path := range all.items {
		if passes(path, filter) {
			matching.items = append(matching.items, path)
		}
	}
	if compare, ordered := orders[order]; ordered {
		slices.SortStableFunc(matching.items, compare)
	}
	return snapshot, matching, nil
}

// orders are those other than the one in which paths are found.
var orders = map[inroadv1.AttackPathOrder]func(a, b scoring.Path) int{
	inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_RISK:       func(a, b scoring.Path) int { return cmp.Compare(b.Risk, a.Risk) },
	inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_LIKELIHOOD: func(a, b scoring.Path) int { return cmp.Compare(b.Likelihood, a.Likelihood) },
	inroadv1.AttackPathOrder_ATTACK_PATH_ORDER_LENGTH:     func(a, b scoring.Path) int { return cmp.Compare(len(a.Steps), len(b.Steps)) },
}

func passes(path scoring.Path, filter *inroadv1.AttackPathFilter) bool {
	if wirePriority(path.Priority) < filter.GetAtLeast() {
		return false
	}
	if wanted := filter.GetVerdicts(); len(wanted) > 0 && !slices.Contains(wanted, wireVerdict(path.Verdict)) {
		return false
	}
	technique := filter.GetTechnique()
	return technique == "" || slices.ContainsFunc(path.Steps, func(step scoring.Step) bool { return step.Technique == technique })
}

func (service *attackPaths) ListEscalations(ctx context.Context, request *inroadv1.ListEscalationsRequest) (*inroadv1.ListEscalationsResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	principal := request.GetPrincipal()
	if at, held := snapshot.Find(graph.ID(principal)); principal != "" && (!held || !kinds.Is(snapshot.Kind(at), kinds.Principal)) {
		return nil, fmt.Errorf("%w: principal %s", graph.ErrNotFound, principal)
	}
	escalations, err := service.answers.escalationsOf(ctx, snapshot, principal)
	if err != nil {
		return nil, err
	}
	var chosen []scoring.Escalation
	for _, escalation := range escalations.items {
		if escalation.Admin || !request.GetAdminOnly() {
			chosen = append(chosen, escalation)
		}
	}
	page, next, err := paged(chosen, snapshot, request, wireEscalation)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListEscalationsResponse{
		Escalations: page, Page: next, Provenance: provenance(snapshot), Truncated: wireTruncation(escalations.cut),
	}, nil
}
