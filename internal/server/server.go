// Package server serves answers over gRPC. It knows interfaces and the analysis, never a store's driver.
package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	"buf.build/go/protovalidate"
	protovalidatemiddleware "github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/threatmodel"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// Source gives the newest state of the graph. Two calls between which nothing was written give the same snapshot.
type Source interface {
	Newest(ctx context.Context) (*graph.Snapshot, error)
	// Querier gives what answers Cypher about the newest state.
	Querier(ctx context.Context) (graph.Querier, error)
}

// Options say how a server meets its callers.
type Options struct {
	// TLS is how connections are secured; nil serves plain text, which only loopback should see.
	TLS *tls.Config
	// Token must come with every call as "authorization: Bearer <token>", health excepted; empty asks for none.
	Token string
	// Model is the threat model of every question that brings none of its own; nil means the default one.
	Model *threatmodel.Model
	// Log takes one record a call, and the errors that callers are not shown; slog.Default() when nil.
	Log *slog.Logger
}

// The bounds of one message and one call.
const (
	largestRequest = 4 << 20 // 1,000 entries and 1,000 targets of 2,048 bytes
	longestCall    = 5 * time.Minute
)

// New gives a server with all services, reflection and health.
func New(source Source, options Options) (*grpc.Server, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	guard := guard{token: options.Token, log: options.Log}
	settings := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(largestRequest),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: 15 * time.Minute, Time: time.Minute}),
		grpc.ChainUnaryInterceptor(guard.unary, protovalidatemiddleware.UnaryServerInterceptor(validator)),
		grpc.ChainStreamInterceptor(guard.stream, protovalidatemiddleware.StreamServerInterceptor(validator)),
	}
	if options.TLS != nil {
		settings = append(settings, grpc.Creds(credentials.NewTLS(options.TLS)))
	}
	server := grpc.NewServer(settings...)
	answers := newAnswers(source, options.Model)
	inroadv1.RegisterAttackPathServiceServer(server, &attackPaths{answers: answers})
	inroadv1.RegisterFindingServiceServer(server, &findings{answers: answers})
	inroadv1.RegisterInventoryServiceServer(server, &inventory{answers: answers})
	inroadv1.RegisterIngestServiceServer(server, &ingested{answers: answers})
	inroadv1.RegisterAnalysisServiceServer(server, &analyses{answers: answers})
	inroadv1.RegisterReachabilityServiceServer(server, &reachability{answers: answers})
	inroadv1.RegisterIdentityServiceServer(server, &identities{answers: answers})
	inroadv1.RegisterGraphServiceServer(server, newCypher(source))
	inroadv1.RegisterRiskServiceServer(server, &risks{answers: answers})
	status := health.NewServer()
	for name := range server.GetServiceInfo() {
		status.SetServingStatus(name, healthv1.HealthCheckResponse_SERVING)
	}
	healthv1.RegisterHealthServer(server, status)
	reflection.Register(server)
	return server, nil
}
