package technique_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/technique"
)

// plainAuthorizer hides that the authorizer narrows.
type plainAuthorizer struct{ technique.Authorizer }

// everyWorld calls visit with each fixture's world and each case laid over it.
func everyWorld(t *testing.T, visit func(name string, snapshot *graph.Snapshot)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("aws", "testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		archive := txtar.Parse(data)
		for _, file := range archive.Files[1:] {
			visit(filepath.Base(path)+": "+file.Name, build(t, overlay(t, archive.Files[0].Data, file.Data)))
		}
	}
}

func edges(snapshot *graph.Snapshot, authorizer technique.Authorizer) []graph.Edge {
	return slices.Collect(technique.AWS().Derive(snapshot, authorizer, nil))
}

// What narrows only saves work.
func TestNarrowingChangesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("derives every fixture's world twice")
	}
	count := 0
	everyWorld(t, func(name string, snapshot *graph.Snapshot) {
		if count++; count%7 != 0 { // every world in turn would take a minute
			return
		}
		narrowed, plain := edges(snapshot, authorizer(snapshot)), edges(snapshot, plainAuthorizer{authorizer(snapshot)})
		if diff := cmp.Diff(lines(plain), lines(narrowed)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	})
}

func lines(edges []graph.Edge) []string {
	var all []string
	for _, edge := range edges {
		all = append(all, edge.Technique+": "+line(edge))
	}
	return all
}

// crowded is a world in which many bindings lead to one gain.
const crowded = `
users:
  dev:
    attached: [a, b]
    inline: {own: {"Effect": "Allow", "Action": ["iam:*Policy*", "iam:PassRole", "lambda:*", "ecs:*"], "Resource": "*"}}
  mate: {attached: [a, b]}
roles:
  one: {trust: lambda.amazonaws.com}
  two: {trust: ecs-tasks.amazonaws.com}
  aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda: {trust: lambda.amazonaws.com, inline: {own: {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}}}
policies:
  a: {document: {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
  b: {document: {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
nodes:
  arn:aws:ecs:eu-west-1:111111111111:cluster/a: {kind: AWSECSCluster, name: a}
  arn:aws:ecs:eu-west-1:111111111111:cluster/b: {kind: AWSECSCluster, name: b}
`

func TestOneEdgeForEachGain(t *testing.T) {
	snapshot := build(t, overlay(t, []byte(crowded), nil))
	seen := map[string]bool{}
	for _, edge := range edges(snapshot, authorizer(snapshot)) {
		key := fmt.Sprint(edge.From, edge.To, edge.Technique, edge.Requires)
		if seen[key] {
			t.Errorf("%s: %s comes twice", edge.Technique, line(edge))
		}
		seen[key] = true
		if edge.From == edge.To || edge.Cause == "" || len(edge.Evidence) == 0 {
			t.Errorf("%s: %s: from itself, without a cause or without evidence: %+v", edge.Technique, line(edge), edge)
		}
		if strings.Contains(string(edge.From+edge.To), "aws-service-role") {
			t.Errorf("%s: %s: a service-linked role takes part", edge.Technique, line(edge))
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d edges", len(seen))
	}
}

func TestEqualSnapshotsGiveEqualEdges(t *testing.T) {
	first := build(t, overlay(t, []byte(crowded), nil))
	second := build(t, overlay(t, []byte(crowded), nil))
	if diff := cmp.Diff(edges(first, authorizer(first)), edges(second, authorizer(second))); diff != "" {
		t.Error(diff)
	}
}

func TestWhoIsSkippedHasNoEdges(t *testing.T) {
	snapshot := build(t, overlay(t, []byte(crowded), nil))
	for edge := range technique.AWS().Derive(snapshot, authorizer(snapshot), func(id graph.ID) bool { return id == named("user/dev") }) {
		if edge.From == named("user/dev") {
			t.Errorf("%s: %s", edge.Technique, line(edge))
		}
	}
}

func TestDerivingStopsWhenAsked(t *testing.T) {
	snapshot := build(t, overlay(t, []byte(crowded), nil))
	count := 0
	for range technique.AWS().Derive(snapshot, authorizer(snapshot), nil) {
		if count++; count == 3 {
			break
		}
	}
	if count != 3 {
		t.Errorf("got %d edges", count)
	}
}
