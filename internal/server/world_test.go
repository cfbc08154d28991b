package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The world of these tests. Chances are those of docs/scoring.md by kind of edge, since the catalogue does not know these
// techniques; a possible edge counts half and an unknown one a quarter.
//
//	internet ─CAN_EXPLOIT .5─▶ host ─RUNS_AS .9─▶ web ─CAN_READ .95─▶ secret (worth 6)
//	                           │                  └─CAN_ASSUME .95, possible─▶ admin ─CAN_ADMINISTER 1─▶ account (worth 10)
//	                           └─CAN_READ .95, unknown─▶ database (worth 6)
//	internet ─CAN_READ .95, possible─▶ bucket (public, worth 3)
//	dev ─CAN_ESCALATE_TO .8─▶ account
const (
	account  = graph.ID("arn:aws:iam::111111111111:root")
	admin    = graph.ID("arn:aws:iam::111111111111:role/admin")
	web      = graph.ID("arn:aws:iam::111111111111:role/web")
	dev      = graph.ID("arn:aws:iam::111111111111:user/dev")
	host     = graph.ID("arn:aws:ec2:eu-west-1:111111111111:instance/i-1")
	bucket   = graph.ID("arn:aws:s3:::exports")
	database = graph.ID("arn:aws:rds:eu-west-1:111111111111:db:orders")
	secret   = graph.ID("arn:aws:secretsmanager:eu-west-1:111111111111:secret:key")
	volume   = graph.ID("arn:aws:ec2:eu-west-1:222222222222:volume/vol-1")
	partner  = graph.ID("arn:aws:iam::333333333333:role/partner") // known by name alone
	ghosts   = graph.ID("arn:aws:iam::111111111111:group/ghosts") // named by an edge alone
)

var collected = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

func world() []graph.Batch {
	mine := func(props graph.Props) graph.Props {
		props["account"] = "111111111111"
		return props
	}
	return []graph.Batch{
		{Scope: "aws/111111111111/eu-west-1/data", Nodes: []graph.Node{
			{ID: bucket, Kind: kinds.AWSBucket, Props: mine(graph.Props{"tags": []string{"env=prod", "team=web"}})},
			{ID: database, Kind: kinds.AWSDatabase, Props: mine(graph.Props{"encrypted": false, "tags": []string{"env=test"}})},
			{ID: secret, Kind: kinds.AWSSecret, Props: mine(graph.Props{"name": "\xffkey"})},
		}},
		{Scope: "aws/111111111111/eu-west-1/ec2", Collected: collected, Nodes: []graph.Node{{ID: host, Kind: kinds.AWSInstance, Props: mine(graph.Props{})}}},
		{Scope: "aws/111111111111/global/iam", Incomplete: []string{"AccessDenied: iam:ListUsers"}, Nodes: []graph.Node{
			{ID: account, Kind: kinds.AWSAccount, Props: mine(graph.Props{})},
			{ID: admin, Kind: kinds.AWSRole, Props: mine(graph.Props{"service_linked": false})},
			{ID: web, Kind: kinds.AWSRole, Props: mine(graph.Props{})},
			{ID: dev, Kind: kinds.AWSUser, Props: mine(graph.Props{"access_keys": int64(2)})},
			{ID: partner, Kind: kinds.AWSRole, Stub: true},
		}, Edges: []graph.Edge{{From: dev, To: ghosts, Kind: kinds.MemberOf}}},
		{Scope: "aws/222222222222/eu-west-1/ec2", Nodes: []graph.Node{
			{ID: volume, Kind: kinds.AWSVolume, Props: graph.Props{"account": "222222222222", "encrypted": false}},
		}},
		{Scope: "derived/aws", Nodes: []graph.Node{{ID: graph.Internet, Kind: kinds.InternetKind}}, Edges: []graph.Edge{
			{From: graph.Internet, To: host, Kind: kinds.CanExploit, Technique: "open-port", Cause: "rule:sg-1#0"},
			{From: host, To: web, Kind: kinds.RunsAs, Technique: "profile", Cause: "config:host#profile"},
			{From: web, To: secret, Kind: kinds.CanRead, Technique: "store", Cause: "statement:web#0", Evidence: []graph.Evidence{
				{Kind: graph.Grant, Source: web, Locator: "Read", Detail: "allows it"},
				{Kind: graph.Guardrail, Source: account, Locator: "scp", Detail: "does not deny it"},
			}},
			{From: web, To: admin, Kind: kinds.CanAssume, Technique: "assume", Verdict: graph.Possible, Cause: "statement:admin#trust", Evidence: []graph.Evidence{
				{Kind: graph.Gap, Source: admin, Locator: "Condition", Detail: "wants an external id"},
			}},
			{From: admin, To: account, Kind: kinds.CanAdminister, Technique: "administrator", Cause: "statement:admin#0"},
			{From: host, To: database, Kind: kinds.CanRead, Technique: "store", Verdict: graph.Unknown, Cause: "statement:host#0"},
			{From: graph.Internet, To: bucket, Kind: kinds.CanRead, Technique: "public", Verdict: graph.Possible, Cause: "statement:exports#0"},
			{From: dev, To: account, Kind: kinds.CanEscalateTo, Technique: "attach", Cause: "statement:dev#0"},
		}},
	}
}

func snapshotOf(t testing.TB, revision graph.Revision, batches ...graph.Batch) *graph.Snapshot {
	t.Helper()
	snapshot, err := graph.NewSnapshot(revision, batches...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// source is a Source whose newest state can be changed under a server.
type source struct {
	mu     sync.Mutex
	newest func(context.Context) (*graph.Snapshot, error)

	querier graph.Querier
}

func (source *source) Querier(context.Context) (graph.Querier, error) { return source.querier, nil }

func (source *source) Newest(ctx context.Context) (*graph.Snapshot, error) {
	source.mu.Lock()
	newest := source.newest
	source.mu.Unlock()
	return newest(ctx)
}

func (source *source) give(snapshot *graph.Snapshot, err error) {
	source.mu.Lock()
	defer source.mu.Unlock()
	source.newest = func(context.Context) (*graph.Snapshot, error) { return snapshot, err }
}

func of(snapshot *graph.Snapshot, err error) *source {
	source := &source{}
	source.give(snapshot, err)
	return source
}

// serve starts a server and gives a connection to it; both end with the test.
func serve(t testing.TB, source Source, options Options) *grpc.ClientConn {
	t.Helper()
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	api, err := New(source, options)
	if err != nil {
		t.Fatal(err)
	}
	listener := bufconn.Listen(1 << 20)
	served := make(chan error, 1)
	go func() { served <- api.Serve(listener) }()
	connection, err := grpc.NewClient("passthrough:///server", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = connection.Close()
		api.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return connection
}

// serveWorld serves the world of these tests at revision 7.
func serveWorld(t testing.TB) *grpc.ClientConn {
	t.Helper()
	return serve(t, of(snapshotOf(t, 7, world()...), nil), Options{})
}

// within bounds a test's calls.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// refused asserts an error's code and the reason in its ErrorInfo, and gives its message.
func refused(t *testing.T, err error, code codes.Code, reason string) string {
	t.Helper()
	given := status.Convert(err)
	var reasons []string
	for _, detail := range given.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == "inroad" {
			reasons = append(reasons, info.GetReason())
		}
	}
	if given.Code() != code || !slices.Equal(reasons, []string{reason}) {
		t.Fatalf("got %v with the reasons %q: want %s with %s", err, reasons, code, reason)
	}
	return given.Message()
}

func equal[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// records is a log that a test can read while it is written.
type records struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (records *records) Write(text []byte) (int, error) {
	records.mu.Lock()
	defer records.mu.Unlock()
	return records.text.Write(text)
}

func (records *records) String() string {
	records.mu.Lock()
	defer records.mu.Unlock()
	return records.text.String()
}

var errUnforeseen = errors.New("unforeseen: /var/lib/inroad/secret-place.db")
