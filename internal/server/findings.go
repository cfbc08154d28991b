package server

import (
	"context"
	"fmt"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/finding"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type findings struct {
	inroadv1.UnimplementedFindingServiceServer
	answers *answers
}

func (service *findings) ListFindings(ctx context.Context, request *inroadv1.ListFindingsRequest) (*inroadv1.ListFindingsResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	all, err := service.answers.allFindings(ctx, snapshot, limitsOf(request.GetLimits()))
	if err != nil {
		return nil, err
	}
	var chosen []finding.Finding
	for _, each := range all.items {
		if wirePriority(each.Priority) < request.GetAtLeast() || request.GetCheck() != "" && each.Check != request.GetCheck() {
			continue
		}
		if account := request.GetAccount(); account != "" {
			at, held := snapshot.Find(each.Resource)
			if !held || snapshot.Props(at).Text("account") != account {
				continue
			}
		}
		chosen = append(chosen, each)
	}
	page, next, err := paged(chosen, snapshot, request, wireFinding)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListFindingsResponse{Findings: page, Page: next, Provenance: provenance(snapshot), PathsTruncated: wireTruncation(all.cut)}, nil
}

func (service *findings) GetFinding(ctx context.Context, request *inroadv1.GetFindingRequest) (*inroadv1.GetFindingResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	all, err := service.answers.allFindings(ctx, snapshot, limitsOf(request.GetLimits()))
	if err != nil {
		return nil, err
	}
	for _, each := range all.items {
		if each.ID == request.GetId() {
			return &inroadv1.GetFindingResponse{Finding: wireFinding(each), Provenance: provenance(snapshot), PathsTruncated: wireTruncation(all.cut)}, nil
		}
	}
	return nil, fmt.Errorf("%w: finding %s", graph.ErrNotFound, request.GetId())
}

func limitsOf(wire *inroadv1.FindingLimits) finding.Limits {
	return finding.Limits{KeyAge: int(wire.GetKeyAgeDays()), Unused: int(wire.GetUnusedDays())}
}

func wireFinding(each finding.Finding) *inroadv1.Finding {
	wire := &inroadv1.Finding{
		Id: each.ID, Check: each.Check, Title: each.Title, Resource: string(each.Resource), Severity: wireSeverity(each.Severity),
		Priority: wirePriority(each.Priority), Exposed: each.Exposed, OnPath: each.OnPath, Paths: each.Paths,
		Remediation: each.Remediation, Verdict: wireVerdict(each.Verdict.String()),
	}
	for _, piece := range each.Evidence {
		wire.Evidence = append(wire.Evidence, wireEvidence(piece.Kind, piece.Source, piece.Locator, piece.Detail))
	}
	return wire
}
