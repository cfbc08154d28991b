package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"google.golang.org/grpc"

	"github.com/inroad-security/inroad/graph"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
	"github.com/inroad-security/inroad/internal/identity"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type identities struct {
	inroadv1.UnimplementedIdentityServiceServer
	answers *answers
}

// policies gives the newest state of the graph with its policies.
func (service *identities) policies(ctx context.Context) (*graph.Snapshot, *identity.Policies, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, nil, err
	}
	policies, err := service.answers.policies.get(ctx, snapshot, "", func(context.Context) (*identity.Policies, error) {
		return identity.New(snapshot), nil
	})
	return snapshot, policies, err
}

// principal finds whom a request names.
func principal(policies *identity.Policies, name string) (id graph.ID, notes []string, err error) {
	id, note, err := policies.Principal(name)
	if note != "" {
		notes = []string{note}
	}
	return id, notes, err
}

func (service *identities) Can(ctx context.Context, request *inroadv1.CanRequest) (*inroadv1.CanResponse, error) {
	snapshot, policies, err := service.policies(ctx)
	if err != nil {
		return nil, err
	}
	who, notes, err := principal(policies, request.GetPrincipal())
	if err != nil {
		return nil, err
	}
	asked := identity.Request{Action: request.GetAction(), Resource: request.GetResource(), Context: request.GetContext()}
	more, err := policies.Check(asked)
	if err != nil {
		return nil, err
	}
	return &inroadv1.CanResponse{Answer: wireAnswer(policies.Can(who, asked)), Notes: append(notes, more...), Provenance: provenance(snapshot)}, nil
}

func (service *identities) WhoCan(ctx context.Context, request *inroadv1.WhoCanRequest) (*inroadv1.WhoCanResponse, error) {
	snapshot, policies, err := service.policies(ctx)
	if err != nil {
		return nil, err
	}
	asked := identity.Request{Action: request.GetAction(), Resource: request.GetResource(), Context: request.GetContext()}
	notes, err := policies.Check(asked)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%q %q", asked.Action, asked.Resource)
	for _, name := range slices.Sorted(maps.Keys(asked.Context)) {
		key += fmt.Sprintf(" %q=%q", name, asked.Context[name])
	}
	found, err := service.answers.whoCan.get(ctx, snapshot, key, func(ctx context.Context) (identity.WhoCan, error) {
		if err := service.answers.walks.Acquire(ctx, 1); err != nil {
			return identity.WhoCan{}, err
		}
		defer service.answers.walks.Release(1)
		return policies.WhoCan(asked), nil
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paged(found.Answers, snapshot, request, wireAnswer)
	if err != nil {
		return nil, err
	}
	return &inroadv1.WhoCanResponse{
		Answers: page, Page: next, Asked: int64(found.Asked), Uncollected: int64(found.Uncollected), Notes: notes, Provenance: provenance(snapshot),
	}, nil
}

func (service *identities) WhatCan(ctx context.Context, request *inroadv1.WhatCanRequest) (*inroadv1.WhatCanResponse, error) {
	snapshot, policies, err := service.policies(ctx)
	if err != nil {
		return nil, err
	}
	who, notes, err := principal(policies, request.GetPrincipal())
	if err != nil {
		return nil, err
	}
	found := policies.WhatCan(who)
	page, next, err := paged(found.Permissions, snapshot, request, wirePermission)
	if err != nil {
		return nil, err
	}
	return &inroadv1.WhatCanResponse{
		Permissions: page, Page: next, Gaps: wireEvidences(found.Gaps), Complete: found.Complete, Notes: notes, Provenance: provenance(snapshot),
	}, nil
}

func (service *identities) WhoCanBecome(ctx context.Context, request *inroadv1.WhoCanBecomeRequest) (*inroadv1.WhoCanBecomeResponse, error) {
	snapshot, policies, err := service.policies(ctx)
	if err != nil {
		return nil, err
	}
	target, notes, err := principal(policies, request.GetTarget())
	if err != nil {
		return nil, err
	}
	found, err := service.answers.becoming.get(ctx, snapshot, string(target), func(ctx context.Context) (*identity.WhoCanBecome, error) {
		if err := service.answers.walks.Acquire(ctx, 1); err != nil {
			return nil, err
		}
		defer service.answers.walks.Release(1)
		return identity.Become(ctx, snapshot, target)
	})
	if err != nil {
		return nil, err
	}
	page, next, err := paged(found.Becoming, snapshot, request, wireBecoming)
	if err != nil {
		return nil, err
	}
	return &inroadv1.WhoCanBecomeResponse{Becoming: page, Page: next, Notes: notes, Provenance: provenance(snapshot), Truncated: wireTruncation(found.Truncated)}, nil
}

func (service *identities) Simulate(stream grpc.BidiStreamingServer[inroadv1.SimulateRequest, inroadv1.SimulateResponse]) error {
	for {
		request, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := stream.Send(wireSimulated(iam.Simulate([]byte(request.GetCaseJson())))); err != nil {
			return err
		}
	}
}
