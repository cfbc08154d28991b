package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// mover is a principal whose own policies allow sts:AssumeRole somewhere.
type mover struct {
	id       graph.ID
	patterns []*iam.Pattern
}

// movers are all movers, and whom each role is asked for by. Most roles trust a whole account, and few of its movers speak of any one role.
type movers struct {
	of    map[string][]mover                    // by account
	roles map[string][]graph.ID                 // of each account, in order
	asked map[[2]string]map[graph.ID][]graph.ID // by the movers' account and the roles', filled when first asked for
}

func (authorizer *Authorizer) movers() *movers {
	found := &movers{of: map[string][]mover{}, roles: map[string][]graph.ID{}, asked: map[[2]string]map[graph.ID][]graph.ID{}}
	for _, role := range authorizer.estate.seen(kinds.AWSRole) {
		digits := parseARN(string(role.ID)).account
		found.roles[digits] = append(found.roles[digits], role.ID)
	}
	for _, account := range authorizer.estate.mine() {
		for _, principal := range account.principals {
			patterns := authorizer.subject(principal.ID).policies.ResourcePatterns("sts:AssumeRole")
			if len(patterns) == 0 {
				continue
			}
			one := mover{id: principal.ID}
			for _, pattern := range patterns {
				one.patterns = append(one.patterns, iam.CompilePattern(pattern))
			}
			found.of[account.digits] = append(found.of[account.digits], one)
		}
	}
	return found
}

// askingFor gives the movers of an account whose policies speak of a role, in the order of principals.
func (movers *movers) askingFor(role graph.ID, from string) []graph.ID {
	within := parseARN(string(role)).account
	key := [2]string{from, within}
	asked, known := movers.asked[key]
	if !known {
		asked = map[graph.ID][]graph.ID{}
		for _, mover := range movers.of[from] {
			for _, pattern := range mover.patterns {
				for _, role := range matched(movers.roles[within], pattern) {
					if by := asked[role]; len(by) == 0 || by[len(by)-1] != mover.id {
						asked[role] = append(by, mover.id)
					}
				}
			}
		}
		movers.asked[key] = asked
	}
	return asked[role]
}

// matched gives the ids, which are in order, that a pattern matches.
func matched(ids []graph.ID, pattern *iam.Pattern) []graph.ID {
	literal := pattern.String()
	if at := strings.IndexAny(literal, "*?"); at >= 0 {
		literal = literal[:at]
	}
	start, _ := slices.BinarySearchFunc(ids, literal, func(id graph.ID, literal string) int { return cmp.Compare(string(id), literal) })
	var found []graph.ID
	for _, id := range ids[start:] {
		if !strings.HasPrefix(string(id), literal) {
			break
		}
		if pattern.Match(string(id)) {
			found = append(found, id)
		}
	}
	return found
}
