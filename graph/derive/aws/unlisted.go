package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// Suppose implements technique.Supposer. A key that nobody listed is taken to have the default policy.
func (authorizer *Authorizer) Suppose(principal graph.ID, need technique.Need, place kinds.Unread) technique.Decision {
	partition := parseARN(string(principal)).partition
	authorizer.mutex.Lock()
	who := authorizer.subject(principal)
	unlisted := target{account: authorizer.estate.account(partition, place.Account), region: place.Region}
	above := authorizer.levels(unlisted.account, resourceControl)
	unlisted.policies.RCPs, unlisted.keys, unlisted.gaps = above.levels, above.keys, above.gaps
	if place.Kind == kinds.AWSKey {
		unlisted.policies.Resource = authorizer.usualKeyPolicy("arn:"+graph.ID(partition)+":kms:::key/*", unlisted.account)
	}
	authorizer.mutex.Unlock()
	var best technique.Decision
	for _, pattern := range namesAt(need.Action, partition, place) {
		_, decision := authorizer.some(who, &unlisted, pattern, []technique.Need{need})
		if decision.Holds && (!best.Holds || decision.Verdict < best.Verdict) {
			best = decision
		}
	}
	return best
}

// serviceInNames gives the service that ARNs name, where it is not the command line's word.
var serviceInNames = map[string]string{
	"bedrock-agentcore-control": "bedrock-agentcore", "efs": "elasticfilesystem", "emr": "elasticmapreduce", "opensearch": "es", "stepfunctions": "states",
}

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// namesAt gives patterns for the names that things at a place may have, as far as the action acts on such ("Resource types defined by …",
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
func namesAt(action, partition string, place kinds.Unread) []string {
	service, _, _ := strings.Cut(place.Operation, "/")
	if other, differs := serviceInNames[service]; differs {
		service = other
	}
	known, _ := iam.LookupAction(action)
	var patterns []string
	for _, acted := range known.Resources {
		pattern := strings.NewReplacer("${Partition}", partition, "${Region}", place.Region, "${Account}", place.Account).Replace(acted.ARN)
		if parseARN(pattern).service == service {
			patterns = append(patterns, placeholder.ReplaceAllString(pattern, "*"))
		}
	}
	if len(known.Resources) == 0 {
		patterns = append(patterns, "*")
	}
	return slices.Compact(patterns)
}

// unlistedStores says, of each principal that administers nothing, that it may read stores which nobody listed: whether there are any
// is not known, so that nothing is walked ("What was not listed is a gap", docs/adr/0012-gaps-of-techniques.md).
func (authorizer *Authorizer) unlistedStores(administers map[graph.ID]string) []graph.Edge {
	unread := kinds.UnreadIn(authorizer.estate.snapshot.Scopes())
	var edges []graph.Edge
	for _, account := range authorizer.estate.mine() {
		for _, principal := range account.principals {
			if principal.Kind == kinds.AWSGroup || serviceLinked(principal) || !principal.known() || administers[principal.ID] != "" {
				continue
			}
			edges = append(edges, authorizer.unlistedFor(principal, account, unread)...)
		}
	}
	return edges
}

// unlistedFor gives a principal's gaps, one for each technique by which stores are read.
func (authorizer *Authorizer) unlistedFor(principal *node, account *account, unread map[graph.NodeKind][]kinds.Unread) []graph.Edge {
	var edges []graph.Edge
	who := authorizer.subject(principal.ID)
	for _, way := range accesses {
		if way.edge == kinds.CanWrite || way.edge == kinds.CanAdminister {
			continue // whoever could is named by the techniques that do
		}
		for _, place := range unread[way.kind] {
			if place.Account != account.digits {
				continue
			}
			for _, action := range way.actions {
				if !authorizer.may(who, strings.ToLower(action)) {
					continue
				}
				decision := authorizer.Suppose(principal.ID, technique.Need{Action: action}, place)
				if !decision.Holds {
					continue
				}
				at := slices.IndexFunc(edges, func(known graph.Edge) bool { return known.Technique == way.called() })
				if at < 0 {
					at = len(edges)
					edges = append(edges, graph.Edge{From: principal.ID, To: account.id, Kind: kinds.NotAssessed, Technique: way.called(), Verdict: graph.Unknown})
				}
				for _, piece := range append(slices.Clone(decision.Evidence), missing(account.id, string(place.Scope), kinds.NotCollected+"%s", place.Operation)) {
					if !slices.Contains(edges[at].Evidence, piece) {
						edges[at].Evidence = append(edges[at].Evidence, piece)
					}
				}
				break
			}
		}
	}
	return edges
}
