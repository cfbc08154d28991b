package server

import (
	"context"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/reach"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type reachability struct {
	inroadv1.UnimplementedReachabilityServiceServer
	answers *answers
}

func (service *reachability) ExplainReach(ctx context.Context, request *inroadv1.ExplainReachRequest) (*inroadv1.ExplainReachResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	networks, err := service.answers.networks.get(ctx, snapshot, "", func(context.Context) (*reach.Networks, error) {
		return reach.New(snapshot), nil
	})
	if err != nil {
		return nil, err
	}
	answer, notes, err := networks.Ask(reach.Question{From: request.GetFrom(), To: request.GetTo(), Port: request.GetPort()})
	if err != nil {
		return nil, err
	}
	return wireReach(snapshot, answer, notes), nil
}

var reachVerdicts = map[string]inroadv1.ReachVerdict{
	"reached": inroadv1.ReachVerdict_REACH_VERDICT_REACHED, "blocked": inroadv1.ReachVerdict_REACH_VERDICT_BLOCKED, "unknown": inroadv1.ReachVerdict_REACH_VERDICT_UNKNOWN,
}

func wireReach(snapshot *graph.Snapshot, answer reach.Answer, notes []string) *inroadv1.ExplainReachResponse {
	response := &inroadv1.ExplainReachResponse{
		From: string(answer.From), To: string(answer.To), Verdict: reachVerdicts[answer.Verdict], Notes: notes, Provenance: provenance(snapshot),
	}
	for _, way := range answer.Ways {
		wired := &inroadv1.ReachWay{Verdict: reachVerdicts[way.Verdict], Missing: way.Missing}
		for _, flow := range way.Packets {
			wired.Packets = append(wired.Packets, &inroadv1.PacketFlow{Traffic: flow.Traffic, Sources: flow.Sources, Destinations: flow.Destinations})
		}
		for _, hop := range way.Hops {
			wired.Hops = append(wired.Hops, &inroadv1.ReachHop{Kind: hop.Kind, Id: string(hop.ID), Detail: hop.Detail, Rules: hop.Rules, Change: hop.Change})
		}
		response.Ways = append(response.Ways, wired)
	}
	return response
}
