package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/inroad-security/inroad/graph"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

var services = []string{"inroad.v1.AnalysisService", "inroad.v1.AttackPathService", "inroad.v1.FindingService", "inroad.v1.GraphService", "inroad.v1.IdentityService", "inroad.v1.IngestService", "inroad.v1.InventoryService", "inroad.v1.ReachabilityService", "inroad.v1.RiskService"}

func TestReflectionListsTheServices(t *testing.T) {
	connection := serveWorld(t)
	stream, err := reflectionv1.NewServerReflectionClient(connection).ServerReflectionInfo(within(t))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(stream reflectionv1.ServerReflection_ServerReflectionInfoClient, request *reflectionv1.ServerReflectionRequest) *reflectionv1.ServerReflectionResponse {
		t.Helper()
		if err := stream.Send(request); err != nil {
			t.Fatal(err)
		}
		response, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	listed := ask(stream, &reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}})
	var names []string
	for _, service := range listed.GetListServicesResponse().GetService() {
		if strings.HasPrefix(service.GetName(), "inroad.") {
			names = append(names, service.GetName())
		}
	}
	slices.Sort(names)
	equal(t, "services", names, services)
	for _, name := range services { // as grpcurl does, each by itself with all that it imports
		stream, err := reflectionv1.NewServerReflectionClient(connection).ServerReflectionInfo(within(t))
		if err != nil {
			t.Fatal(err)
		}
		described := ask(stream, &reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name}})
		var set descriptorpb.FileDescriptorSet
		for _, file := range described.GetFileDescriptorResponse().GetFileDescriptorProto() {
			var descriptor descriptorpb.FileDescriptorProto
			if err := proto.Unmarshal(file, &descriptor); err != nil {
				t.Fatal(err)
			}
			set.File = append(set.File, &descriptor)
		}
		files, err := protodesc.NewFiles(&set)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := files.FindDescriptorByName(protoreflect.FullName(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheTokenIsWanted(t *testing.T) {
	const token = "correct-horse-battery-staple"
	var log records
	connection := serve(t, of(snapshotOf(t, 7, world()...), nil), Options{Token: token, Log: slog.New(slog.NewTextHandler(&log, nil))})
	calls := map[string]func(context.Context) error{
		"a call with one reply": func(ctx context.Context) error {
			_, err := inroadv1.NewIngestServiceClient(connection).ListScopes(ctx, &inroadv1.ListScopesRequest{})
			return err
		},
		"a stream": func(ctx context.Context) error {
			stream, err := inroadv1.NewAttackPathServiceClient(connection).StreamAttackPaths(ctx, &inroadv1.StreamAttackPathsRequest{})
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		},
		"reflection": func(ctx context.Context) error {
			stream, err := reflectionv1.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
			if err != nil {
				return err
			}
			_ = stream.Send(&reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}})
			_, err = stream.Recv()
			return err
		},
	}
	for name, call := range calls {
		for _, test := range []struct {
			name string
			send []string
			ok   bool
		}{
			{"no token", nil, false},
			{"an empty one", []string{""}, false},
			{"a wrong one", []string{"Bearer wrong-horse-battery-staple"}, false},
			{"its beginning", []string{"Bearer correct-horse"}, false},
			{"it with more", []string{"Bearer " + token + "x"}, false},
			{"it without its scheme", []string{token}, false},
			{"it", []string{"Bearer " + token}, true},
			{"it beside another", []string{"Bearer other", "Bearer " + token}, true},
		} {
			t.Run(name+" with "+test.name, func(t *testing.T) {
				ctx := within(t)
				for _, value := range test.send {
					ctx = metadata.AppendToOutgoingContext(ctx, "authorization", value)
				}
				err := call(ctx)
				if test.ok {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				refused(t, err, codes.Unauthenticated, "TOKEN_WANTED")
			})
		}
	}
	for _, service := range append([]string{""}, services...) {
		reply, err := healthv1.NewHealthClient(connection).Check(within(t), &healthv1.HealthCheckRequest{Service: service})
		if err != nil || reply.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("health of %q without a token: %v, %v", service, reply, err)
		}
	}
	if strings.Contains(log.String(), "horse") {
		t.Errorf("the log holds a token:\n%s", log.String())
	}
}

func TestWhatBreaksTheContractIsRefused(t *testing.T) {
	connection := serveWorld(t)
	paths, inventory := inroadv1.NewAttackPathServiceClient(connection), inroadv1.NewInventoryServiceClient(connection)
	listPaths := func(request *inroadv1.ListAttackPathsRequest) func(context.Context) error {
		return func(ctx context.Context) error { _, err := paths.ListAttackPaths(ctx, request); return err }
	}
	run := func(request *inroadv1.RunAnalysisRequest) func(context.Context) error {
		return func(ctx context.Context) error {
			stream, err := inroadv1.NewAnalysisServiceClient(connection).RunAnalysis(ctx, request)
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		}
	}
	many := make([]string, 2000)
	for i := range many {
		many[i] = fmt.Sprintf("arn:aws:iam::111111111111:user/u%d", i)
	}
	for _, test := range []struct {
		name  string
		field string
		call  func(context.Context) error
	}{
		{"a page of -1", "page.size", listPaths(&inroadv1.ListAttackPathsRequest{Page: &inroadv1.PageRequest{Size: -1}})},
		{"a page of 1,001", "page.size", listPaths(&inroadv1.ListAttackPathsRequest{Page: &inroadv1.PageRequest{Size: 1001}})},
		{"a token of 513 letters", "page.token", listPaths(&inroadv1.ListAttackPathsRequest{Page: &inroadv1.PageRequest{Token: strings.Repeat("A", 513)}})},
		{"2,000 entries", "filter.entries", listPaths(&inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Entries: many}})},
		{"2,000 targets", "filter.targets", listPaths(&inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Targets: many}})},
		{"an entry without a name", "filter.entries[0]", listPaths(&inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Entries: []string{""}}})},
		{"an order that is none", "order", listPaths(&inroadv1.ListAttackPathsRequest{Order: 99})},
		{"a priority that is none", "filter.at_least", listPaths(&inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{AtLeast: -1}})},
		{"a verdict that says nothing", "filter.verdicts[0]", listPaths(&inroadv1.ListAttackPathsRequest{Filter: &inroadv1.AttackPathFilter{Verdicts: []inroadv1.Verdict{0}}})},
		{"a path without an id", "id", func(ctx context.Context) error {
			_, err := paths.GetAttackPath(ctx, &inroadv1.GetAttackPathRequest{})
			return err
		}},
		{"an asset without an id", "id", func(ctx context.Context) error {
			_, err := inventory.GetAsset(ctx, &inroadv1.GetAssetRequest{})
			return err
		}},
		{"a finding's id of 129 letters", "id", func(ctx context.Context) error {
			_, err := inroadv1.NewFindingServiceClient(connection).GetFinding(ctx, &inroadv1.GetFindingRequest{Id: strings.Repeat("a", 129)})
			return err
		}},
		{"a tag of 513 letters", "tag", func(ctx context.Context) error {
			_, err := inventory.ListAssets(ctx, &inroadv1.ListAssetsRequest{Tag: strings.Repeat("t", 513)})
			return err
		}},
		{"an analysis from 2,000 entries", "from", run(&inroadv1.RunAnalysisRequest{From: many})},
		{"an analysis with a limit of -1", "limit", run(&inroadv1.RunAnalysisRequest{Limit: -1})},
	} {
		t.Run(test.name, func(t *testing.T) {
			message := refused(t, test.call(within(t)), codes.InvalidArgument, "INVALID")
			if !strings.Contains(message, test.field+":") && !strings.Contains(message, test.field+" ") {
				t.Errorf("%q does not name %s", message, test.field)
			}
		})
	}
	most := &inroadv1.AttackPathFilter{}
	for i := range 1000 {
		id := fmt.Sprintf("%04d%s", i, strings.Repeat("x", 2044))
		most.Entries, most.Targets = append(most.Entries, id), append(most.Targets, id)
	}
	refused(t, listPaths(&inroadv1.ListAttackPathsRequest{Filter: most})(within(t)), codes.NotFound, "NOT_FOUND") // as long as the contract allows
}

func TestErrorsOfTheStore(t *testing.T) {
	for _, test := range []struct {
		name   string
		err    error
		code   codes.Code
		reason string
		logged bool
	}{
		{"busy", fmt.Errorf("boltstore: /var/lib/secret-place.db: %w", graph.ErrBusy), codes.Unavailable, "STORE_BUSY", false},
		{"damaged", fmt.Errorf("boltstore: /var/lib/secret-place.db: %w", graph.ErrCorrupt), codes.DataLoss, "STORE_CORRUPT", true},
		{"gone, which is no fault of the question", fmt.Errorf("boltstore: /var/lib/secret-place.db: %w", graph.ErrNotFound), codes.Internal, "STORE_UNREADABLE", true},
		{"not a store, which is no fault of the question", fmt.Errorf("boltstore: /var/lib/secret-place.db: %w", graph.ErrInvalid), codes.Internal, "STORE_UNREADABLE", true},
		{"unforeseen", errUnforeseen, codes.Internal, "STORE_UNREADABLE", true},
		{"late", fmt.Errorf("/var/lib/secret-place.db: %w", context.DeadlineExceeded), codes.DeadlineExceeded, "DEADLINE_EXCEEDED", false},
		{"cancelled", fmt.Errorf("/var/lib/secret-place.db: %w", context.Canceled), codes.Canceled, "CANCELED", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log records
			for name, list := range lists(serve(t, of(nil, test.err), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})) {
				_, _, err := list(within(t), nil)
				message := refused(t, err, test.code, test.reason)
				if strings.Contains(message, "secret-place") || strings.Contains(message, "boltstore") {
					t.Errorf("%s: a caller is shown %q", name, message)
				}
				if correlation := regexp.MustCompile(`[0-9a-f]{16}$`).FindString(message); test.logged {
					record := regexp.MustCompile(`(?m)^.*level=ERROR.*correlation=` + correlation + `.*secret-place.*$`).FindString(log.String())
					if correlation == "" || record == "" {
						t.Errorf("%s: %q is not in the log:\n%s", name, message, log.String())
					}
				} else if strings.Contains(log.String(), "level=ERROR") {
					t.Errorf("logged:\n%s", log.String())
				}
			}
		})
	}
}

func TestErrorsOfTheDomain(t *testing.T) {
	var log records
	guard := guard{log: slog.New(slog.NewTextHandler(&log, nil))}
	if guard.status("m", nil) != nil {
		t.Error("no error is an error")
	}
	message := refused(t, guard.status("m", fmt.Errorf("%w: asset x", graph.ErrNotFound)), codes.NotFound, "NOT_FOUND")
	if message != "not found: asset x" {
		t.Errorf("the message %q does not say what", message)
	}
	message = refused(t, guard.status("m", fmt.Errorf("%w: kinds", graph.ErrInvalid)), codes.InvalidArgument, "INVALID")
	if message != "invalid: kinds" {
		t.Errorf("the message %q does not say what", message)
	}
	if log.String() != "" {
		t.Errorf("what the caller is told is logged too:\n%s", log.String())
	}
	message = refused(t, guard.status("m", errUnforeseen), codes.Internal, "INTERNAL")
	if strings.Contains(message, "unforeseen") || !strings.Contains(log.String(), "secret-place") {
		t.Errorf("the caller is shown %q, the log %q", message, log.String())
	}
	if again := refused(t, guard.status("m", errUnforeseen), codes.Internal, "INTERNAL"); again == message {
		t.Error("two calls have one correlation id")
	}
}

func TestAPanicIsOneCallsFailure(t *testing.T) {
	var log records
	source := of(snapshotOf(t, 7, world()...), nil)
	source.newest = func(context.Context) (*graph.Snapshot, error) { panic("secret-place") }
	connection := serve(t, source, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	list := lists(connection)["assets"]
	_, _, err := list(within(t), nil)
	message := refused(t, err, codes.Internal, "INTERNAL")
	stream, err := inroadv1.NewAttackPathServiceClient(connection).StreamAttackPaths(within(t), &inroadv1.StreamAttackPathsRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	refused(t, err, codes.Internal, "INTERNAL")
	if strings.Contains(message, "secret-place") || !strings.Contains(log.String(), "secret-place") || !strings.Contains(log.String(), "guard_test.go") {
		t.Errorf("the caller is shown %q; the log:\n%s", message, log.String())
	}
	source.give(snapshotOf(t, 7, world()...), nil)
	if _, _, err := list(within(t), nil); err != nil {
		t.Error("the next call:", err)
	}
}

func TestTheLogSaysWhatWasCalledAndNotWhatWasSaid(t *testing.T) {
	var log records
	connection := serve(t, of(snapshotOf(t, 7, world()...), nil), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	_, err := inroadv1.NewInventoryServiceClient(connection).GetAsset(within(t), &inroadv1.GetAssetRequest{Id: "secret-place"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
	if got := log.String(); !strings.Contains(got, "method=/inroad.v1.InventoryService/GetAsset code=NotFound took=") || strings.Contains(got, "secret-place") || strings.Count(got, "\n") != 1 {
		t.Errorf("%s", got)
	}
}

func TestNewWantsNoLog(t *testing.T) {
	if _, err := New(of(nil, errors.New("never asked")), Options{}); err != nil {
		t.Fatal(err)
	}
}
