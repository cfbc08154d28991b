package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	"github.com/inroad-security/inroad/internal/estate"
	"github.com/inroad-security/inroad/internal/identity"
)

const (
	// nodesOfThousand is how many nodes a synthetic account with 1,000 users and roles has.
	nodesOfThousand = 7150
	// questions is how many requests are put one by one.
	questions = 20_000
)

// crowds are the thousands of principals whose escalations are looked for.
var crowds = []int{1, 4, 16}

// identities measures how fast one request is judged, and how the search for all escalations grows with the number of principals.
func identities(ctx context.Context, out io.Writer, seed uint64) error {
	said, err := start(ctx, "can", "", 1, seed)
	if err != nil {
		return fmt.Errorf("can: %w", err)
	}
	fmt.Fprintf(out, "bench: one request of one principal in an account of 1,000: %s\n\n", said[0].Made)
	fmt.Fprintln(out, "All escalations of accounts of 1,000 principals each:")
	fmt.Fprintln(out)
	if err := grown(ctx, out, "escalations", seed); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nAll escalations of one account:")
	fmt.Fprintln(out)
	return grown(ctx, out, "escalations-in-one", seed)
}

// grown prints what a stage takes for each crowd, and how that grows.
func grown(ctx context.Context, out io.Writer, stage string, seed uint64) error {
	printed := table.NewWriter()
	printed.SetOutputMirror(out)
	printed.AppendHeader(table.Row{"Principals", "Wall s", "CPU s", "Peak MiB", "At start MiB", "Made", "Exponent of CPU", "Exponent of memory"})
	var before *figures
	counted := 0
	for _, thousands := range crowds {
		all, err := start(ctx, stage, "", thousands, seed)
		if err != nil {
			return fmt.Errorf("%s of %d,000 principals: %w", stage, thousands, err)
		}
		now := all[0]
		principals, err := strconv.Atoi(now.Stage)
		if err != nil {
			return fmt.Errorf("%s of %d,000 principals: %w", stage, thousands, err)
		}
		row := table.Row{
			principals, fmt.Sprintf("%.2f", now.Wall), fmt.Sprintf("%.2f", now.CPU),
			fmt.Sprintf("%.0f", now.Peak), fmt.Sprintf("%.0f", now.Before), now.Made,
		}
		if before != nil {
			row = append(row, exponent(before.CPU, now.CPU, counted, principals), exponent(before.Peak-before.Before, now.Peak-now.Before, counted, principals))
		}
		printed.AppendRow(row)
		before, counted = &now, principals
	}
	printed.RenderMarkdown()
	return nil
}

// exponent is the k for which a cost grows with the k-th power of a number.
func exponent(before, now float64, from, to int) string {
	if before <= 0 || now <= 0 || from == to {
		return ""
	}
	return fmt.Sprintf("%.2f", math.Log(now/before)/math.Log(float64(to)/float64(from)))
}

// crowd makes accounts ready, each of so many thousand principals.
func crowd(accounts, thousands int, seed uint64) (*graph.Snapshot, error) {
	return graph.NewSnapshot(1, estate.Synthetic{Accounts: accounts, Nodes: thousands * nodesOfThousand, Seed: seed}.Batches()...)
}

// escalations looks for every way in which a principal becomes another, or controls an account. What an account holds by itself is no
// escalation and not counted.
func escalations(ctx context.Context, snapshot *graph.Snapshot) error {
	principals := 0
	for range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		principals++
	}
	var edges []graph.Edge
	took, err := measure(strconv.Itoa(principals), func() (err error) {
		edges, err = derive.Escalations(ctx, snapshot, derive.Options{AWS: technique.AWS(), Azure: technique.Azure()})
		return err
	})
	if err != nil {
		return err
	}
	found := 0
	for _, edge := range edges {
		if at, known := snapshot.Find(edge.From); known && snapshot.Kind(at) != kinds.AWSAccount {
			found++
		}
	}
	return say(took, "%d edges", found)
}

// can puts requests of all kinds one by one, the same for the same seed: every other one is about what the principal's policies speak
// of. It tells the median time of the first question about each principal, whose policies have to be read, and of those after it.
func can(seed uint64) error {
	snapshot, err := crowd(1, 1, seed)
	if err != nil {
		return err
	}
	mix := newMix(snapshot, seed)
	policies := identity.New(snapshot)
	met := map[graph.ID]bool{}
	var first, after []time.Duration
	allowed := 0
	for i := range questions {
		principal, request := mix.draw(i%2 == 0)
		started := time.Now()
		answer := policies.Can(principal, request)
		took := time.Since(started)
		if answer.Verdict != identity.Denied {
			allowed++
		}
		if met[principal] {
			after = append(after, took)
		} else {
			first = append(first, took)
		}
		met[principal] = true
	}
	slices.Sort(first)
	slices.Sort(after)
	return json.NewEncoder(os.Stdout).Encode(figures{Stage: "can", Made: fmt.Sprintf(
		"median %s (99 in 100 within %s); the first of each principal, whose policies are read: %s; %d principals, %d requests, %d of them allowed",
		short(after[len(after)/2]), short(after[len(after)*99/100]), short(first[len(first)/2]), len(mix.principals), questions, allowed)})
}

// mix draws requests.
type mix struct {
	random     *rand.Rand
	principals []graph.ID
	anything   []identity.Request
	authorizer *aws.Authorizer // tells what a principal's policies speak of, and is not the one that is measured
}

// asked are the actions of the mix, by the kind of resource.
var asked = []struct {
	kind    graph.NodeKind
	actions []string
}{
	{kinds.AWSBucket, []string{"s3:GetObject", "s3:PutBucketPolicy"}},
	{kinds.AWSSecret, []string{"secretsmanager:GetSecretValue"}},
	{kinds.AWSKey, []string{"kms:Decrypt"}},
	{kinds.AWSRole, []string{"sts:AssumeRole", "iam:PassRole", "iam:PutRolePolicy"}},
	{kinds.AWSUser, []string{"iam:CreateAccessKey"}},
	{kinds.AWSFunction, []string{"lambda:UpdateFunctionCode"}},
}

func newMix(snapshot *graph.Snapshot, seed uint64) *mix {
	made := &mix{random: rand.New(rand.NewPCG(seed, 0)), authorizer: aws.NewAuthorizer(snapshot, aws.Newest(snapshot))} //nolint:gosec // the same questions every time
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		made.principals = append(made.principals, snapshot.ID(i))
	}
	for _, of := range asked {
		for i := range snapshot.OfKind(of.kind) {
			for _, action := range of.actions {
				made.anything = append(made.anything, identity.Request{Action: action, Resource: object(action, string(snapshot.ID(i)))})
			}
		}
	}
	return made
}

// object is what lies in a bucket, where the action is about that.
func object(action, resource string) string {
	if action == "s3:GetObject" && !strings.Contains(resource, "/") {
		return resource + "/key"
	}
	return resource
}

// draw gives a request about anything, or about what the principal's policies speak of, if they speak of something.
func (mix *mix) draw(own bool) (graph.ID, identity.Request) {
	principal := mix.principals[mix.random.IntN(len(mix.principals))]
	other := mix.anything[mix.random.IntN(len(mix.anything))]
	if !own {
		return principal, other
	}
	action := []string{"s3:GetObject", "secretsmanager:GetSecretValue", "kms:Decrypt", "sts:AssumeRole"}[mix.random.IntN(4)]
	patterns, _ := mix.authorizer.Where(principal, action)
	if len(patterns) == 0 {
		return principal, other
	}
	resource := strings.ReplaceAll(patterns[mix.random.IntN(len(patterns))], "*", "key")
	return principal, identity.Request{Action: action, Resource: object(action, resource)}
}
