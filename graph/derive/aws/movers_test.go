package aws

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// Whoever asks for a role by any of its patterns is found once, in order, and nobody else.
func TestMoversAreFoundByTheRolesTheySpeakOf(t *testing.T) {
	rapid.Check(t, func(draw *rapid.T) {
		name := rapid.StringMatching(`[ab]{0,3}(/[ab]{1,2})?`)
		pattern := rapid.StringMatching(`(\*|arn:aws:iam::(111111111111|222222222222|\*|1*):role/[ab*?]{0,4}(/[ab*]{1,2})?)`)
		world := newWorld(t)
		for _, each := range rapid.SliceOfNDistinct(name, 1, 8, rapid.ID).Draw(draw, "roles") {
			world.role(role(each), "")
		}
		wanted := map[graph.ID][]*iam.Pattern{}
		for _, each := range []string{"ann", "bob", "eve"} {
			resources := rapid.SliceOfN(pattern, 0, 3).Draw(draw, each)
			if len(resources) == 0 {
				world.user(user(each))
				continue
			}
			var statements string
			for i, resource := range resources {
				if i > 0 {
					statements += ","
				}
				statements += allow("sts:AssumeRole", resource)
				wanted[user(each)] = append(wanted[user(each)], iam.CompilePattern(resource))
			}
			world.user(user(each), statements)
		}
		authorizer := world.authorizer()
		movers := authorizer.movers()
		for _, role := range authorizer.estate.all(kinds.AWSRole) {
			var want []graph.ID
			for _, each := range []string{"ann", "bob", "eve"} {
				if slices.ContainsFunc(wanted[user(each)], func(pattern *iam.Pattern) bool { return pattern.Match(string(role.ID)) }) {
					want = append(want, user(each))
				}
			}
			if got := movers.askingFor(role.ID, ours); !slices.Equal(got, want) {
				draw.Fatalf("%s is asked for by %v, want %v", role.ID, got, want)
			}
			if got := movers.askingFor(role.ID, theirs); len(got) > 0 {
				draw.Fatalf("%s is asked for from elsewhere by %v", role.ID, got)
			}
		}
	})
}
