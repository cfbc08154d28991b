package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/finding"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

var spaces = regexp.MustCompile(` +`)

// told tells a stream's messages in a word each.
func told(message *inroadv1.RunAnalysisResponse) string {
	switch event := message.GetEvent().(type) {
	case *inroadv1.RunAnalysisResponse_Progress:
		return fmt.Sprintf("%s %d", event.Progress.GetStage(), event.Progress.GetPaths())
	case *inroadv1.RunAnalysisResponse_Path:
		return event.Path.GetTarget()
	case *inroadv1.RunAnalysisResponse_Summary:
		return fmt.Sprintf("%d paths, cut [%v], revision %d, %d gaps", event.Summary.GetPaths(), event.Summary.GetTruncated(),
			event.Summary.GetProvenance().GetRevision(), event.Summary.GetProvenance().GetTotalIncomplete())
	}
	return "nothing"
}

func TestRunAnalysis(t *testing.T) {
	client := inroadv1.NewAnalysisServiceClient(serveWorld(t))
	for _, test := range []struct {
		name    string
		request *inroadv1.RunAnalysisRequest
		want    []string
	}{
		{"the default question", &inroadv1.RunAnalysisRequest{}, []string{
			"STAGE_LOAD 0", "STAGE_WALK 0", "STAGE_SEND 4", string(account), string(secret), string(database), string(bucket), "4 paths, cut [<nil>], revision 7, 1 gaps",
		}},
		{"a limit cuts the gravest two, and says so", &inroadv1.RunAnalysisRequest{Limit: 2}, []string{
			"STAGE_LOAD 0", "STAGE_WALK 0", "STAGE_SEND 2", string(account), string(secret), "2 paths, cut [limit:2 shown:2 total:4], revision 7, 1 gaps",
		}},
		{"from one principal to the administrator", &inroadv1.RunAnalysisRequest{From: []string{string(dev)}, To: []string{"administrator"}}, []string{
			"STAGE_LOAD 0", "STAGE_WALK 0", "STAGE_SEND 1", string(account), "1 paths, cut [<nil>], revision 7, 1 gaps",
		}},
		{"no path is an answer", &inroadv1.RunAnalysisRequest{To: []string{string(volume)}}, []string{
			"STAGE_LOAD 0", "STAGE_WALK 0", "STAGE_SEND 0", "0 paths, cut [<nil>], revision 7, 1 gaps",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			stream, err := client.RunAnalysis(within(t), test.request)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for {
				message, err := stream.Recv()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, told(message))
			}
			for i := range got { // protobuf's text form has spaces that differ from build to build
				got[i] = spaces.ReplaceAllString(got[i], " ")
			}
			equal(t, "messages", got, test.want)
		})
	}
	stream, err := client.RunAnalysis(within(t), &inroadv1.RunAnalysisRequest{From: []string{"nobody"}})
	for err == nil {
		_, err = stream.Recv()
	}
	refused(t, err, codes.NotFound, "NOT_FOUND")
}

// fading is a context that ends once it has been asked so often whether it has.
type fading struct {
	context.Context
	left atomic.Int64
}

func (ctx *fading) Err() error {
	if ctx.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// recorded is the server's side of a stream.
type recorded struct {
	grpc.ServerStreamingServer[inroadv1.RunAnalysisResponse]
	ctx  context.Context
	sent []string
}

func (stream *recorded) Context() context.Context { return stream.ctx }

func (stream *recorded) Send(message *inroadv1.RunAnalysisResponse) error {
	stream.sent = append(stream.sent, told(message))
	return nil
}

func TestRunAnalysisStopsInTheMiddleOfItsWork(t *testing.T) {
	service := &analyses{answers: newAnswers(of(snapshotOf(t, 7, world()...), nil), nil)}
	stopped := 0
	for looks := int64(0); ; looks++ {
		ctx := &fading{Context: context.Background()}
		ctx.left.Store(looks)
		stream := &recorded{ctx: ctx}
		err := service.RunAnalysis(&inroadv1.RunAnalysisRequest{}, stream)
		if err == nil {
			break
		}
		stopped++
		if !errors.Is(err, context.Canceled) || len(stream.sent) > 2 {
			t.Fatalf("cancelled at look %d: %v after %q", looks, err, stream.sent)
		}
	}
	if stopped < 5 {
		t.Errorf("the work looks at its context %d times", stopped)
	}
	if !service.answers.walks.TryAcquire(mostWalks) {
		t.Error("a walk that was cancelled keeps its place")
	}
}

func TestRunAnalysisTellsTheSourceThatTheCallerHasGone(t *testing.T) {
	gone := make(chan error, 1)
	source := &source{newest: func(ctx context.Context) (*graph.Snapshot, error) {
		<-ctx.Done()
		gone <- ctx.Err()
		return nil, ctx.Err()
	}}
	ctx, cancel := context.WithCancel(within(t))
	stream, err := inroadv1.NewAnalysisServiceClient(serve(t, source, Options{})).RunAnalysis(ctx, &inroadv1.RunAnalysisRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if message, err := stream.Recv(); err != nil || message.GetProgress().GetStage() != inroadv1.Stage_STAGE_LOAD {
		t.Fatal(message, err)
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCallersWhoWaitCanGiveUp(t *testing.T) {
	answers := newAnswers(of(snapshotOf(t, 7, world()...), nil), nil)
	_ = answers.walks.Acquire(context.Background(), mostWalks)
	ctx, cancel := context.WithCancel(context.Background())
	snapshot, _ := answers.newest(ctx)
	impatient := make(chan error, 1)
	go func() {
		_, err := answers.allFindings(ctx, snapshot, finding.Limits{})
		impatient <- err
	}()
	patient := make(chan error, 1)
	go func() {
		got, err := answers.allFindings(context.Background(), snapshot, finding.Limits{})
		if len(got.items) != 3 {
			err = errors.Join(err, fmt.Errorf("%d findings", len(got.items)))
		}
		patient <- err
	}()
	cancel()
	if err := <-impatient; !errors.Is(err, context.Canceled) {
		t.Error("the one who gave up:", err)
	}
	answers.walks.Release(mostWalks)
	if err := <-patient; err != nil {
		t.Error("the one who waited:", err)
	}
}

func TestManyCallersAtOnceWhileTheGraphChanges(t *testing.T) {
	states := []*graph.Snapshot{snapshotOf(t, 7, world()...), snapshotOf(t, 8, world()[1:]...)}
	source := of(states[0], nil)
	all := lists(serve(t, source, Options{Log: slog.New(slog.DiscardHandler)}))
	var callers sync.WaitGroup
	for round := range 4 {
		for name, list := range all {
			callers.Go(func() {
				if _, _, err := list(within(t), nil); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		source.give(states[round%2], nil)
	}
	callers.Wait()
}
