package server

import (
	"google.golang.org/grpc"

	"github.com/inroad-security/inroad/internal/analysis"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type analyses struct {
	inroadv1.UnimplementedAnalysisServiceServer
	answers *answers
}

func (service *analyses) RunAnalysis(request *inroadv1.RunAnalysisRequest, stream grpc.ServerStreamingServer[inroadv1.RunAnalysisResponse]) error {
	ctx := stream.Context()
	begin := func(progress *inroadv1.Progress) error {
		return stream.Send(&inroadv1.RunAnalysisResponse{Event: &inroadv1.RunAnalysisResponse_Progress{Progress: progress}})
	}
	if err := begin(&inroadv1.Progress{Stage: inroadv1.Stage_STAGE_LOAD}); err != nil {
		return err
	}
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return err
	}
	if err := begin(&inroadv1.Progress{Stage: inroadv1.Stage_STAGE_WALK}); err != nil {
		return err
	}
	paths, err := service.answers.walk(ctx, snapshot, analysis.Question{From: request.GetFrom(), To: request.GetTo(), Limit: int(request.GetLimit())})
	if err != nil {
		return err
	}
	if err := begin(&inroadv1.Progress{Stage: inroadv1.Stage_STAGE_SEND, Paths: int64(len(paths.items))}); err != nil {
		return err
	}
	for _, path := range paths.items {
		if err := stream.Send(&inroadv1.RunAnalysisResponse{Event: &inroadv1.RunAnalysisResponse_Path{Path: wirePath(path)}}); err != nil {
			return err
		}
	}
	return stream.Send(&inroadv1.RunAnalysisResponse{Event: &inroadv1.RunAnalysisResponse_Summary{Summary: &inroadv1.AnalysisSummary{
		Paths: int64(len(paths.items)), Truncated: wireTruncation(paths.cut), Provenance: provenance(snapshot),
	}}})
}
