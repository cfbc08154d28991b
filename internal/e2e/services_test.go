package e2e

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// served starts "inroad serve" on a store and gives a connection to it; both end with the test.
func (store store) served(t *testing.T) *grpc.ClientConn {
	t.Helper()
	run := command(t, store.env, "serve", "--store", store.name, "--listen", "127.0.0.1:0")
	notes, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(os.Interrupt)
		_ = run.Wait()
	})
	said, err := bufio.NewReader(notes).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, notes) }()
	_, address, _ := strings.Cut(said, " on ")
	address, _, _ = strings.Cut(address, ";")
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return connection
}

func TestServicesAskInCypherOnEachStore(t *testing.T) {
	folder := sample(t)
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)
			client := inroadv1.NewGraphServiceClient(store.served(t))
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			ask := func(request *inroadv1.QueryRequest) (texts []string, err error) {
				stream, err := client.Query(ctx, request)
				if err != nil {
					t.Fatal(err)
				}
				for {
					part, err := stream.Recv()
					if errors.Is(err, io.EOF) {
						return texts, nil
					}
					if err != nil {
						return texts, err
					}
					for _, value := range part.GetRow().GetValues() {
						texts = append(texts, value.GetText())
					}
				}
			}
			request := &inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Cypher{Cypher: users}, Params: map[string]*inroadv1.CypherValue{
				"account": {Kind: &inroadv1.CypherValue_Text{Text: "200000000002"}},
			}}
			want := []string{"auditor", "helpdesk", "ops-admin", "release-bot"}
			if got, err := ask(request); err != nil || !slices.Equal(got, want) {
				t.Errorf("users %v, %v", got, err)
			}
			request.Limits = &inroadv1.QueryLimits{Rows: 1}
			if got, err := ask(request); status.Code(err) != codes.ResourceExhausted || !slices.Equal(got, want[:1]) {
				t.Errorf("cut to one: %v, %v", got, err)
			}
			if got, err := ask(&inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Name{Name: "internet-to-administrator"}}); err != nil || len(got) == 0 || got[0] != production {
				t.Errorf("a named query: %v, %v", got, err)
			}
			for _, bad := range []string{"MATCH (n) DETACH DELETE n", "MATCH (n"} {
				if _, err := ask(&inroadv1.QueryRequest{Statement: &inroadv1.QueryRequest_Cypher{Cypher: bad}}); status.Code(err) != codes.InvalidArgument {
					t.Errorf("%s: %v", bad, err)
				}
			}
		})
	}
}
