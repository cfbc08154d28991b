package server

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

type inventory struct {
	inroadv1.UnimplementedInventoryServiceServer
	answers *answers
}

// mostRelations is the most edges that come with an asset.
const mostRelations = 1000

func (service *inventory) ListAssets(ctx context.Context, request *inroadv1.ListAssetsRequest) (*inroadv1.ListAssetsResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := kindsOf(request.GetKinds())
	if err != nil {
		return nil, err
	}
	var chosen []graph.Index
	for i := range snapshot.Len() {
		at := graph.Index(i)
		if snapshot.Stub(at) || len(wanted) > 0 && !wanted[snapshot.Kind(at)] {
			continue
		}
		if request.GetAccount() == "" && request.GetTag() == "" || selected(snapshot.Props(at), request) {
			chosen = append(chosen, at)
		}
	}
	page, next, err := paged(chosen, snapshot, request, func(at graph.Index) *inroadv1.Asset { return wireAsset(snapshot.Node(at)) })
	if err != nil {
		return nil, err
	}
	return &inroadv1.ListAssetsResponse{Assets: page, Page: next, Provenance: provenance(snapshot)}, nil
}

// kindsOf reads names of kinds and of classes.
func kindsOf(names []string) (map[graph.NodeKind]bool, error) {
	wanted := map[graph.NodeKind]bool{}
	for _, name := range names {
		of := kinds.Of(graph.Class(name))
		if _, known := kinds.NodeSpec(graph.NodeKind(name)); known {
			of = append(of, graph.NodeKind(name))
		}
		if len(of) == 0 {
			return nil, fmt.Errorf("%w: kinds: %q is neither a kind nor a class: docs/kinds.md lists them", graph.ErrInvalid, name)
		}
		for _, kind := range of {
			wanted[kind] = true
		}
	}
	return wanted, nil
}

func selected(props graph.Props, request *inroadv1.ListAssetsRequest) bool {
	if account := request.GetAccount(); account != "" && props.Text("account") != account {
		return false
	}
	tag := request.GetTag()
	return tag == "" || slices.ContainsFunc(props.List("tags"), func(have string) bool {
		return have == tag || !strings.Contains(tag, "=") && strings.HasPrefix(have, tag+"=")
	})
}

func (service *inventory) GetAsset(ctx context.Context, request *inroadv1.GetAssetRequest) (*inroadv1.GetAssetResponse, error) {
	snapshot, err := service.answers.newest(ctx)
	if err != nil {
		return nil, err
	}
	at, held := snapshot.Find(graph.ID(request.GetId()))
	if !held {
		return nil, fmt.Errorf("%w: asset %s", graph.ErrNotFound, request.GetId())
	}
	response := &inroadv1.GetAssetResponse{Asset: wireAsset(snapshot.Node(at)), Provenance: provenance(snapshot)}
	add := func(e graph.EdgeIndex) {
		response.TotalRelations++
		if len(response.Relations) < mostRelations {
			edge := snapshot.Edge(e)
			response.Relations = append(response.Relations, &inroadv1.Relation{
				From: string(edge.From), To: string(edge.To), Kind: string(edge.Kind), Technique: edge.Technique, Verdict: wireVerdict(edge.Verdict.String()),
			})
		}
	}
	for e := range snapshot.Out(at) {
		add(e)
	}
	for e := range snapshot.In(at) {
		if from, to := snapshot.Ends(e); from != to { // a self-loop was told already
			add(e)
		}
	}
	return response, nil
}

func wireAsset(node graph.Node) *inroadv1.Asset {
	asset := &inroadv1.Asset{Id: string(node.ID), Kind: string(node.Kind), Stub: node.Stub}
	spec, _ := kinds.NodeSpec(node.Kind)
	for _, class := range spec.Classes {
		asset.Classes = append(asset.Classes, string(class))
	}
	asset.Properties = &structpb.Struct{Fields: make(map[string]*structpb.Value, len(node.Props))}
	for name, value := range node.Props {
		asset.Properties.Fields[name] = wireValue(value)
	}
	return asset
}

// wireValue knows the five types of graph.Props. What a cloud gave as text need not be UTF-8, which the wire wants.
func wireValue(value any) *structpb.Value {
	switch value := value.(type) {
	case bool:
		return structpb.NewBoolValue(value)
	case int64:
		return structpb.NewNumberValue(float64(value))
	case float64:
		return structpb.NewNumberValue(value)
	case string:
		return structpb.NewStringValue(strings.ToValidUTF8(value, "\uFFFD"))
	case []string:
		list := &structpb.ListValue{Values: make([]*structpb.Value, len(value))}
		for i, item := range value {
			list.Values[i] = structpb.NewStringValue(strings.ToValidUTF8(item, "\uFFFD"))
		}
		return structpb.NewListValue(list)
	default:
		return structpb.NewNullValue()
	}
}
