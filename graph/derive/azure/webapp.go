package azure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
)

// webApps derives the apps of App Service that the internet reaches: by public network access and access restrictions, the
// lowest priority number first, and what no rule speaks of by the rule for the unmatched
// (https://learn.microsoft.com/azure/app-service/overview-access-restrictions). Whom App Service authentication
// turns away reaches the app's code no further
// (https://learn.microsoft.com/azure/app-service/overview-authentication-authorization#how-it-works).
func (authorizer *Authorizer) webApps() []graph.Edge {
	var edges []graph.Edge
	for _, app := range authorizer.estate.all(kinds.AzureWebApp) {
		found, open := published(app)
		if !open {
			continue
		}
		edges = append(edges, found.reach(graph.Internet, app.ID))
		if app.Props.Flag("authenticated") {
			continue
		}
		if !app.Props.Has("authenticated") {
			found.evidence = append(slices.Clone(found.evidence), missing(app.ID, "authenticated", "whether App Service authentication stands before it was not collected: collect webapp/auth-show"))
		}
		edges = append(edges, found.exploit(graph.Internet, app.ID, exposedService, "needs a vulnerability or a weak credential in the app; no scan of it was collected"))
	}
	return edges
}

// restriction is one access restriction (https://learn.microsoft.com/rest/api/appservice/web-apps/get-configuration#ipsecurityrestriction).
type restriction struct {
	Name, Action, IPAddress, Tag string
	VNetSubnetResourceID         string
	Priority                     int64
	Headers                      map[string][]string
}

// published judges whether anyone on the internet gets a request to an app.
func published(app *node) (exposure, bool) {
	props := app.Props
	found := exposure{ports: "tcp/443", cause: setting(app.ID, "public_access")}
	switch {
	case !props.Has("state") && !props.Has("hosts"): // known by name alone
		return found, false
	case strings.EqualFold(props.Text("state"), "Stopped"), strings.EqualFold(props.Text("public_access"), "Disabled"):
		return found, false
	case !props.Has("restrictions"):
		found.verdict = graph.Possible
		found.evidence = []graph.Evidence{
			granted(app.ID, "hosts", "it answers at %s", strings.Join(props.List("hosts"), ", ")),
			missing(app.ID, "restrictions", "its access restrictions were not collected: collect webapp/config-show"),
		}
		return found, true
	}
	found.evidence = []graph.Evidence{granted(app.ID, "hosts", "it answers at %s", strings.Join(props.List("hosts"), ", "))}
	rules := restrictions(props.List("restrictions"))
	left := packet.AnyAddr()
	let := packet.Addrs{}
	for _, rule := range rules {
		from, odd := rule.sources()
		if rule.Tag != "" && !strings.EqualFold(rule.Tag, "Default") && strings.EqualFold(rule.Action, "Allow") && len(rule.Headers) == 0 && openTag(rule.IPAddress) {
			found.verdict, found.cause = graph.Possible, graph.Cause(fmt.Sprintf("rule:%s#%s", app.ID, rule.Name))
			found.evidence = append(found.evidence, granted(app.ID, rule.Name, "rule %s lets %s in, in which anyone can rent a place to send from", rule.Name, rule.IPAddress),
				missing(app.ID, rule.Name, "takes a resource of the attacker's own in %s that forwards to this host", rule.IPAddress))
			return found, true
		}
		if len(odd) > 0 || rule.Tag != "" && !strings.EqualFold(rule.Tag, "Default") || rule.VNetSubnetResourceID != "" {
			found.evidence = append(found.evidence, guarded(app.ID, rule.Name, "rule %s, %s of %s, is not about any outsider", rule.Name, rule.Action, cmp.Or(rule.IPAddress, rule.VNetSubnetResourceID)))
			continue
		}
		if strings.EqualFold(rule.Action, "Allow") {
			let = let.Union(from.Intersect(left))
			if anyone(let) {
				found.cause = graph.Cause(fmt.Sprintf("rule:%s#%s", app.ID, rule.Name))
				found.evidence = append(found.evidence, granted(app.ID, rule.Name, "rule %s lets %s in", rule.Name, cmp.Or(rule.IPAddress, "Any")))
				if len(rule.Headers) > 0 {
					found.verdict = graph.Possible
					found.evidence = append(found.evidence, missing(app.ID, rule.Name, "it asks for headers that an outsider may or may not know"))
				}
				return found, true
			}
		}
		left = left.Minus(from)
	}
	if unmatched(props.Text("default_action"), len(rules)) && anyone(let.Union(left)) {
		found.cause = setting(app.ID, "restrictions")
		found.evidence = append(found.evidence, granted(app.ID, "restrictions", "no rule keeps outsiders out"))
		return found, true
	}
	return found, false
}

// unmatched tells whether what no rule speaks of is let in: without a word on it, where there is no rule.
func unmatched(defaultAction string, rules int) bool {
	if defaultAction == "" {
		return rules == 0
	}
	return strings.EqualFold(defaultAction, "Allow")
}

func restrictions(list []string) []restriction {
	var rules []restriction
	for _, text := range list {
		var rule restriction
		if json.Unmarshal([]byte(text), &rule) == nil {
			rules = append(rules, rule)
		}
	}
	slices.SortStableFunc(rules, func(a, b restriction) int { return cmp.Compare(a.Priority, b.Priority) })
	return rules
}

// sources gives the addresses that a rule speaks of; Any and 0.0.0.0/0 are all.
func (rule restriction) sources() (packet.Addrs, []string) {
	if rule.IPAddress == "" && rule.VNetSubnetResourceID == "" || strings.EqualFold(rule.IPAddress, "Any") {
		return packet.AnyAddr(), nil
	}
	return addresses(rule.IPAddress)
}

// openTag tells the service tags that hold addresses from which anyone can send: the internet itself, and clouds in which
// anyone rents (https://learn.microsoft.com/azure/virtual-network/service-tags-overview#available-service-tags; as of 2026-11).
func openTag(tag string) bool {
	return slices.ContainsFunc([]string{"Internet", "AzureCloud", "AzureFrontDoor.Backend", "ApiManagement", "LogicApps"}, func(open string) bool {
		return strings.EqualFold(tag, open) || strings.HasPrefix(strings.ToLower(tag), strings.ToLower(open)+".")
	})
}
