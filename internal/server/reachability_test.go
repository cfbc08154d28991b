package server

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/reach"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

// The service says what package reach says, which the command line prints.
func TestReachabilityServiceSaysWhatTheCommandLineSays(t *testing.T) {
	card, vpc := graph.ID("arn:aws:ec2:eu-west-1:111111111111:network-interface/eni-1"), "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1"
	snapshot := snapshotOf(t, 1, append(world(), graph.Batch{Scope: "aws/111111111111/eu-west-1/network", Nodes: []graph.Node{
		{ID: card, Kind: kinds.AWSInterface, Props: graph.Props{"vpc": vpc, "subnet": "arn:aws:ec2:eu-west-1:111111111111:subnet/subnet-1", "instance": string(host), "private_ips": []string{"10.0.1.10"}}},
	}})...)
	client := inroadv1.NewReachabilityServiceClient(serve(t, of(snapshot, nil), Options{}))
	got, err := client.ExplainReach(within(t), &inroadv1.ExplainReachRequest{From: "internet", To: string(host), Port: "22/tcp"})
	if err != nil {
		t.Fatal(err)
	}
	answer, notes, err := reach.New(snapshot).Ask(reach.Question{From: "internet", To: string(host), Port: "22/tcp"})
	if err != nil || !proto.Equal(got, wireReach(snapshot, answer, notes)) {
		t.Errorf("got %v, want %v, %v", got, answer, err)
	}
	if got.GetVerdict() != inroadv1.ReachVerdict_REACH_VERDICT_BLOCKED || len(got.GetWays()) != 1 || got.GetWays()[0].GetHops()[0].GetChange() == "" {
		t.Errorf("an interface without a public address: %v", got)
	}
	for _, request := range []*inroadv1.ExplainReachRequest{{From: "internet", To: string(host), Port: "ssh"}, {From: "", To: string(host)}} {
		_, err := client.ExplainReach(within(t), request)
		refused(t, err, codes.InvalidArgument, "INVALID")
	}
	_, err = client.ExplainReach(within(t), &inroadv1.ExplainReachRequest{From: "internet", To: "arn:aws:ec2:eu-west-1:111111111111:instance/i-none"})
	refused(t, err, codes.NotFound, "NOT_FOUND")
}
