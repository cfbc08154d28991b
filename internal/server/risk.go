package server

import (
	"context"
	"slices"

	"google.golang.org/grpc"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/assertion"
	"github.com/inroad-security/inroad/internal/threatmodel"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/scoring"
)

type risks struct {
	inroadv1.UnimplementedRiskServiceServer
	answers *answers
}

// ask reads a question, and gives the newest graph for it. release must be called when the answer is there.
func (service *risks) ask(ctx context.Context, wire *inroadv1.Question) (snapshot *graph.Snapshot, question analysis.Question, release func(), err error) {
	question = analysis.Question{From: wire.GetFrom(), To: wire.GetTo()}
	if question.Model, err = service.modelOf(wire.GetThreatModel()); err != nil {
		return nil, question, nil, err
	}
	if snapshot, err = service.answers.newest(ctx); err != nil {
		return nil, question, nil, err
	}
	selects := func(word string) bool { return threatmodel.Word(word).ID == "" }
	if err := exact(snapshot, slices.DeleteFunc(slices.Clone(question.From), selects), slices.DeleteFunc(slices.Clone(question.To), selects)); err != nil {
		return nil, question, nil, err
	}
	if err := service.answers.walks.Acquire(ctx, 1); err != nil {
		return nil, question, nil, err
	}
	return snapshot, question, func() { service.answers.walks.Release(1) }, nil
}

// modelOf reads a threat model; none is the server's own.
func (service *risks) modelOf(text string) (*threatmodel.Model, error) {
	if text == "" {
		return service.answers.model, nil
	}
	return threatmodel.Parse("threat_model", []byte(text))
}

func (service *risks) ExplainQuestion(ctx context.Context, request *inroadv1.ExplainQuestionRequest) (*inroadv1.ExplainQuestionResponse, error) {
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return nil, err
	}
	defer release()
	resolved, err := analysis.Resolve(snapshot, question)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ExplainQuestionResponse{
		Entries: wireAll(resolved.Entries, wireChoice), Jewels: wireAll(resolved.Jewels, wireChoice), Notes: resolved.Notes, Provenance: provenance(snapshot),
	}, nil
}

func (service *risks) AssessPosture(request *inroadv1.AssessPostureRequest, stream grpc.ServerStreamingServer[inroadv1.AssessPostureResponse]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return err
	}
	defer release()
	question.Limit = int(request.GetLimit())
	question.Progress = progress(cancel, func(told *inroadv1.WorkProgress) error {
		return stream.Send(&inroadv1.AssessPostureResponse{Event: &inroadv1.AssessPostureResponse_Progress{Progress: told}})
	})
	posture, err := analysis.Posture(ctx, snapshot, question)
	if err != nil {
		return err
	}
	return stream.Send(&inroadv1.AssessPostureResponse{Event: &inroadv1.AssessPostureResponse_Posture{Posture: wirePosture(posture, snapshot)}})
}

// progress sends how far the work is, at most a hundred times where its size is known; when nobody takes it, the work is stopped.
func progress(stop context.CancelFunc, send func(*inroadv1.WorkProgress) error) func(done, total int) {
	return func(done, total int) {
		if every := total / 100; every > 1 && done%every != 0 && done != total {
			return
		}
		if err := send(&inroadv1.WorkProgress{Done: int64(done), Total: int64(total)}); err != nil {
			stop()
		}
	}
}

func (service *risks) PlanFixes(request *inroadv1.PlanFixesRequest, stream grpc.ServerStreamingServer[inroadv1.PlanFixesResponse]) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return err
	}
	defer release()
	if budget := request.GetBudget(); budget > 0 {
		purchase, err := analysis.Within(ctx, snapshot, question, int(budget))
		if err != nil {
			return err
		}
		return stream.Send(&inroadv1.PlanFixesResponse{Event: &inroadv1.PlanFixesResponse_Purchase{Purchase: wirePurchase(purchase, snapshot)}})
	}
	question.Progress = progress(cancel, func(told *inroadv1.WorkProgress) error {
		return stream.Send(&inroadv1.PlanFixesResponse{Event: &inroadv1.PlanFixesResponse_Progress{Progress: told}})
	})
	plan, err := analysis.Fix(ctx, snapshot, question)
	if err != nil {
		return err
	}
	wire := wirePlan(plan, snapshot)
	if request.GetRehearse() && len(plan.Changes) > 0 {
		rehearsal, err := analysis.Rehearse(ctx, snapshot, question, plan)
		if err != nil {
			return err
		}
		wire.Rehearsal = wireRehearsal(rehearsal)
	}
	return stream.Send(&inroadv1.PlanFixesResponse{Event: &inroadv1.PlanFixesResponse_Plan{Plan: wire}})
}

func (service *risks) ListChokepoints(ctx context.Context, request *inroadv1.ListChokepointsRequest) (*inroadv1.ListChokepointsResponse, error) {
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return nil, err
	}
	defer release()
	changes, places, err := analysis.Chokepoints(ctx, snapshot, question)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListChokepointsResponse{
		Chokepoints: wireAll(changes, wireChokepoint), Waypoints: wireAll(places.Waypoints, wireWaypoint), Partial: places.Partial, Provenance: provenance(snapshot),
	}, nil
}

func (service *risks) GetBlastRadius(ctx context.Context, request *inroadv1.GetBlastRadiusRequest) (*inroadv1.GetBlastRadiusResponse, error) {
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return nil, err
	}
	defer release()
	question.Limit = int(request.GetLimit())
	blast, err := analysis.Blast(ctx, snapshot, question, graph.ID(request.GetId()))
	if err != nil {
		return nil, err
	}
	wire := &inroadv1.GetBlastRadiusResponse{
		Total: int32(blast.Total), Value: int32(blast.Value), Gains: wireAll(blast.Gains, wireGain), Truncated: wireTruncation(blast.Truncated), Provenance: provenance(snapshot),
	}
	for _, count := range blast.Classes {
		wire.Classes = append(wire.Classes, &inroadv1.ClassCount{Class: string(count.Class), Count: int32(count.Count)})
	}
	return wire, nil
}

func (service *risks) GetExposure(ctx context.Context, request *inroadv1.GetExposureRequest) (*inroadv1.GetExposureResponse, error) {
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return nil, err
	}
	defer release()
	question.Limit = int(request.GetLimit())
	paths, cut, err := analysis.Exposure(ctx, snapshot, question, graph.ID(request.GetId()))
	if err != nil {
		return nil, err
	}
	return &inroadv1.GetExposureResponse{Paths: wireAll(paths, wirePath), Truncated: wireTruncation(cut), Provenance: provenance(snapshot)}, nil
}

func (service *risks) ListDistinctPaths(ctx context.Context, request *inroadv1.ListDistinctPathsRequest) (*inroadv1.ListDistinctPathsResponse, error) {
	snapshot, question, release, err := service.ask(ctx, &inroadv1.Question{
		From: []string{request.GetEntry()}, To: []string{request.GetTarget()}, ThreatModel: request.GetThreatModel(),
	})
	if err != nil {
		return nil, err
	}
	defer release()
	k := int(request.GetK())
	if k == 0 {
		k = 10
	}
	paths, partial, err := analysis.Distinct(ctx, snapshot, question, k)
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListDistinctPathsResponse{Paths: wireAll(paths, wirePath), Partial: partial, Provenance: provenance(snapshot)}, nil
}

func (service *risks) WhatIf(ctx context.Context, request *inroadv1.WhatIfRequest) (*inroadv1.WhatIfResponse, error) {
	snapshot, question, release, err := service.ask(ctx, request.GetQuestion())
	if err != nil {
		return nil, err
	}
	defer release()
	edited, err := analysis.WhatIf(snapshot, request.GetRemove(), request.GetAdd())
	if err != nil {
		return nil, err
	}
	comparison, err := analysis.Compare(ctx, snapshot, edited, question)
	if err != nil {
		return nil, err
	}
	return &inroadv1.WhatIfResponse{
		New: wireAll(comparison.New, wireDifference), Gone: wireAll(comparison.Gone, wireDifference), Changed: wireAll(comparison.Changed, wireDifference),
		Same: int32(comparison.Same), Provenance: provenance(snapshot),
	}, nil
}

func (service *risks) CheckAssertions(ctx context.Context, request *inroadv1.CheckAssertionsRequest) (*inroadv1.CheckAssertionsResponse, error) {
	assertions, err := assertion.Parse("assertions", []byte(request.GetAssertions()))
	if err != nil {
		return nil, err
	}
	snapshot, question, release, err := service.ask(ctx, &inroadv1.Question{ThreatModel: request.GetThreatModel()})
	if err != nil {
		return nil, err
	}
	defer release()
	report, err := assertion.Check(ctx, snapshot, question.Model, "assertions", assertions)
	if err != nil {
		return nil, err
	}
	wire := &inroadv1.CheckAssertionsResponse{Failed: int32(report.Failed), Provenance: provenance(snapshot)}
	for _, result := range report.Results {
		wire.Results = append(wire.Results, &inroadv1.AssertionResult{
			Name: result.Name, Passed: result.Passed, Message: result.Message, Line: int32(result.Line), Paths: wireAll(result.Paths, wirePath),
		})
	}
	return wire, nil
}

// wireAll turns a list into wire's.
func wireAll[T, W any](items []T, wire func(T) W) []W {
	all := make([]W, len(items))
	for i, item := range items {
		all[i] = wire(item)
	}
	return all
}

func wireDifference(difference scoring.Difference) *inroadv1.PathDifference {
	wire := &inroadv1.PathDifference{
		Entry: string(difference.Entry), Target: string(difference.Target), Added: wireSteps(difference.Added), Removed: wireSteps(difference.Removed),
	}
	if difference.Before != nil {
		wire.Before = wirePath(*difference.Before)
	}
	if difference.After != nil {
		wire.After = wirePath(*difference.After)
	}
	return wire
}
