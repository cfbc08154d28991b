package azure

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// exposure is how the internet reaches a target, and why.
type exposure struct {
	ports    string // as of the edge, such as tcp/443
	verdict  graph.Verdict
	cause    graph.Cause
	evidence []graph.Evidence
}

// reach is the fact that whoever it is gets packets to the target.
func (found exposure) reach(from, target graph.ID) graph.Edge {
	var protocols []string
	for _, word := range strings.Split(found.ports, ",") {
		protocol, _, _ := strings.Cut(word, "/")
		protocols = append(protocols, protocol)
	}
	protocol := strings.Join(graph.Sorted(protocols), ",")
	return graph.Edge{
		From: from, To: target, Kind: kinds.CanReach, Verdict: found.verdict, Cause: found.cause, Evidence: found.evidence,
		Props: graph.Props{"ports": found.ports, "protocol": protocol},
	}
}

// exploit is what a weakness of the reachable target would lead to.
func (found exposure) exploit(from, target graph.ID, technique, needs string) graph.Edge {
	edge := found.reach(from, target)
	edge.Kind, edge.Technique, edge.Verdict = kinds.CanExploit, technique, found.verdict.And(graph.Possible)
	edge.Evidence = append(slices.Clone(found.evidence), missing(target, technique, "%s", needs))
	return edge
}

// outside are the addresses that an outsider can send from.
func outside() packet.Addrs { return awsnet.Internet() }

// anyone is as much of the internet as must be let in for "any outsider" to be true: half of its IPv4 addresses. A rule for a
// partner's or a provider's addresses lets in those, and not anyone.
func anyone(let packet.Addrs) bool {
	return let.Intersect(outside()).V4Count() >= outside().V4Count()/2
}

// addresses reads addresses and blocks, written one by one or with commas; what is none is left out, and said.
func addresses(text string) (found packet.Addrs, odd []string) {
	var prefixes []netip.Prefix
	for _, word := range strings.Split(text, ",") {
		word = strings.TrimSpace(word)
		if prefix, err := netip.ParsePrefix(word); err == nil {
			prefixes = append(prefixes, prefix)
		} else if address, err := netip.ParseAddr(word); err == nil {
			prefixes = append(prefixes, netip.PrefixFrom(address, address.BitLen()))
		} else if word != "" {
			odd = append(odd, word)
		}
	}
	return packet.Prefixes(prefixes...), odd
}
