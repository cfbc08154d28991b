package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/semaphore"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
	"github.com/inroad-security/inroad/queries"
)

// mostQueries is how many queries run at once; others wait for their turn.
const mostQueries = 8

// largestPart is the most bytes of one streamed message: gRPC's clients take 4 MiB unless told otherwise.
const largestPart = 4<<20 - 1<<10

type cypher struct {
	inroadv1.UnimplementedGraphServiceServer
	source Source
	turns  *semaphore.Weighted
}

func newCypher(source Source) *cypher {
	return &cypher{source: source, turns: semaphore.NewWeighted(mostQueries)}
}

func (service *cypher) Query(request *inroadv1.QueryRequest, stream inroadv1.GraphService_QueryServer) error {
	ctx := stream.Context()
	query, err := asked(request)
	if err != nil {
		return err
	}
	if err := service.turns.Acquire(ctx, 1); err != nil {
		return err
	}
	defer service.turns.Release(1)
	limits, err := query.Limits.Or()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limits.Time+lag, fmt.Errorf("%w: time: the rows were not read within %s: read on while they come, ask for less or raise the limit on time", graph.ErrLimit, limits.Time))
	defer cancel()
	querier, err := service.source.Querier(ctx)
	if err != nil {
		return storeError{err}
	}
	rows, err := querier.Query(ctx, query)
	if err != nil {
		return queryError(err)
	}
	sender := send(ctx, stream)
	failed := sender.rows(rows)
	if err := sender.end(); failed == nil {
		failed = err
	}
	if cause := context.Cause(ctx); errors.Is(failed, context.DeadlineExceeded) && errors.Is(cause, graph.ErrLimit) {
		return cause
	}
	return failed
}

// lag is how long after its limit of time a query ends by itself. A caller that does not read is waited for no longer.
const lag = time.Second

// sender sends the parts of an answer. A send waits while the caller does not read and cannot be called off, so that it is made beside the
// query: that ends in time all the same, its turn goes to another, and its return ends the send.
type sender struct {
	ctx   context.Context //nolint:containedctx // it is the call's, which the sender does not outlive
	parts chan *inroadv1.QueryResponse
	sent  chan error // one, in the end
}

func send(ctx context.Context, stream inroadv1.GraphService_QueryServer) *sender {
	sender := &sender{ctx, make(chan *inroadv1.QueryResponse), make(chan error, 1)}
	go func() {
		for part := range sender.parts {
			if err := stream.Send(part); err != nil {
				sender.sent <- err
				return
			}
		}
		sender.sent <- nil
	}()
	return sender
}

// rows hands over the columns and all rows, and gives what ended them.
func (sender *sender) rows(rows *graph.Rows) error {
	if err := sender.part(&inroadv1.QueryResponse{Part: &inroadv1.QueryResponse_Columns{Columns: &inroadv1.QueryColumns{Names: rows.Columns}}}); err != nil {
		return err
	}
	for values, err := range rows.All {
		if err != nil {
			return queryError(err)
		}
		row := &inroadv1.QueryRow{Values: make([]*inroadv1.CypherValue, len(values))}
		for i, value := range values {
			row.Values[i] = wireCypher(value)
		}
		part := &inroadv1.QueryResponse{Part: &inroadv1.QueryResponse_Row{Row: row}}
		if size := proto.Size(part); size > largestPart {
			return fmt.Errorf("%w: a row of %d bytes; %d fit into a message: return less of it", graph.ErrLimit, size, largestPart)
		}
		if err := sender.part(part); err != nil {
			return err
		}
	}
	return nil
}

func (sender *sender) part(part *inroadv1.QueryResponse) error {
	select {
	case sender.parts <- part:
		return nil
	case err := <-sender.sent:
		sender.sent <- err // for end
		return err
	case <-sender.ctx.Done():
		return context.Cause(sender.ctx)
	}
}

// end waits until what was handed over is sent.
func (sender *sender) end() error {
	close(sender.parts)
	select {
	case err := <-sender.sent:
		return err
	case <-sender.ctx.Done():
		return context.Cause(sender.ctx)
	}
}

// queryError tells what is wrong with a query from what is wrong with the store.
func queryError(err error) error {
	for _, own := range []error{graph.ErrInvalid, graph.ErrLimit, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, own) {
			return err
		}
	}
	return storeError{err}
}

// asked reads a request: a statement, or a named one with its defaults.
func asked(request *inroadv1.QueryRequest) (graph.Query, error) {
	params := make(map[string]any, len(request.GetParams()))
	for name, wire := range request.GetParams() {
		value, err := parameter(wire)
		if err != nil {
			return graph.Query{}, fmt.Errorf("params: %s: %w", name, err)
		}
		params[name] = value
	}
	limits := request.GetLimits()
	query := graph.Query{Text: request.GetCypher(), Params: params, Limits: graph.QueryLimits{
		Rows: int(limits.GetRows()), Time: limits.GetTime().AsDuration(), Work: limits.GetWork(),
	}}
	if request.GetName() == "" {
		return query, nil
	}
	named, err := queries.Find(request.GetName())
	if err != nil {
		return graph.Query{}, err
	}
	query.Text = named.Text
	query.Params, err = named.Bind(params)
	return query, err
}

func (service *cypher) ListNamedQueries(_ context.Context, request *inroadv1.ListNamedQueriesRequest) (*inroadv1.ListNamedQueriesResponse, error) {
	response := &inroadv1.ListNamedQueriesResponse{}
	for _, query := range queries.All() {
		if topic := request.GetTopic(); topic != "" && topic != string(query.Topic) {
			continue
		}
		wire := &inroadv1.NamedQuery{
			Name: query.Name, Title: query.Title, Question: query.Question, Topic: string(query.Topic), Clouds: query.Clouds,
			Severity: query.Severity, References: query.References, Cypher: query.Text,
		}
		for _, param := range query.Params {
			described := &inroadv1.NamedQueryParameter{Name: param.Name, Type: string(param.Type), Doc: param.Doc}
			if param.Default != nil {
				described.Default = wireCypher(param.Default)
			}
			wire.Parameters = append(wire.Parameters, described)
		}
		response.Queries = append(response.Queries, wire)
	}
	return response, nil
}

func (service *cypher) GetSchema(context.Context, *inroadv1.GetSchemaRequest) (*inroadv1.GetSchemaResponse, error) {
	response := &inroadv1.GetSchemaResponse{RelationshipProperties: wireProps(view.RelationshipProps())}
	for _, label := range view.NodeLabels() {
		response.Labels = append(response.Labels, &inroadv1.SchemaLabel{Name: label.Name, Doc: label.Doc, Properties: wireProps(label.Props)})
	}
	for _, spec := range kinds.Edges() {
		response.RelationshipTypes = append(response.RelationshipTypes, &inroadv1.SchemaRelationshipType{
			Name: string(spec.Label), Doc: spec.Doc, Attack: spec.Attack, Traversable: spec.Traversable,
		})
	}
	return response, nil
}

func wireProps(specs []graph.PropSpec) []*inroadv1.SchemaProperty {
	wire := make([]*inroadv1.SchemaProperty, len(specs))
	for i, spec := range specs {
		wire[i] = &inroadv1.SchemaProperty{Name: spec.Name, Type: string(spec.Type), Doc: spec.Doc}
	}
	return wire
}
