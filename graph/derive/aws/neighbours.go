package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// networked are the kinds by which packets get from one account to another: whatever names one that another account has is joined to it.
var networked = []graph.NodeKind{
	kinds.AWSVPC, kinds.AWSSubnet, kinds.AWSRouteTable, kinds.AWSInternetGateway, kinds.AWSNATGateway, kinds.AWSNetworkACL, kinds.AWSSecurityGroup,
	kinds.AWSInterface, kinds.AWSElasticIP, kinds.AWSPeering, kinds.AWSEndpoint, kinds.AWSLoadBalancer, kinds.AWSListener, kinds.AWSTargetGroup,
	kinds.AWSTransitGateway, kinds.AWSTransitGatewayAttachment, kinds.AWSTransitGatewayRouteTable, kinds.AWSEndpointService, kinds.AWSVPCLink,
	kinds.AWSFirewall, kinds.AWSInstance, kinds.AWSECSTask,
}

// joints are the properties by whose equal values, besides, resources of several accounts are joined: a VPC that is shared, a transit
// gateway, a service that endpoints lead to, a balancer that a distribution names by its address.
var joints = []struct {
	kind     graph.NodeKind
	property string
	key      func(value string) string
}{
	{kinds.AWSSubnet, "vpc", placeOf},
	{kinds.AWSRouteTable, "vpc", placeOf},
	{kinds.AWSNetworkACL, "vpc", placeOf},
	{kinds.AWSSecurityGroup, "vpc", placeOf},
	{kinds.AWSInterface, "vpc", placeOf},
	{kinds.AWSNATGateway, "vpc", placeOf},
	{kinds.AWSInstance, "vpc", placeOf},
	{kinds.AWSDatabase, "vpc", placeOf},
	{kinds.AWSWarehouse, "vpc", placeOf},
	{kinds.AWSCache, "vpc", placeOf},
	{kinds.AWSSearchDomain, "vpc", placeOf},
	{kinds.AWSFileSystem, "vpc", placeOf},
	{kinds.AWSLoadBalancer, "vpc", placeOf},
	{kinds.AWSEndpoint, "vpc", placeOf},
	{kinds.AWSFirewall, "vpc", placeOf},
	{kinds.AWSTransitGatewayAttachment, "vpc", placeOf},
	{kinds.AWSInternetGateway, "vpcs", placeOf},
	{kinds.AWSPeering, "requester_vpc", placeOf},
	{kinds.AWSPeering, "accepter_vpc", placeOf},
	{kinds.AWSTransitGatewayAttachment, "gateway", last},
	{kinds.AWSTransitGatewayRouteTable, "gateway", last},
	{kinds.AWSEndpoint, "service", strings.ToLower},
	{kinds.AWSEndpointService, "service", strings.ToLower},
	{kinds.AWSLoadBalancer, "dns", strings.ToLower},
}

// neighbours joins the accounts between whose networks packets may get, and gives each account the first of those that it is joined to.
func (sighting *sighting) neighbours() []int {
	root := make([]int, len(sighting.accounts))
	for account := range root {
		root[account] = account
	}
	find := func(account int) int {
		for root[account] != account {
			root[account] = root[root[account]]
			account = root[account]
		}
		return account
	}
	join := func(a, b int) {
		if a, b = find(a), find(b); a != b {
			root[max(a, b)] = min(a, b)
		}
	}
	facts := sighting.facts
	for account, named := range sighting.named {
		for _, i := range named {
			if slices.Contains(networked, facts.Kind(i)) {
				join(account, sighting.owner[i])
			}
		}
	}
	first := map[string]int{}
	meet := func(key string, account int) {
		if known, ok := first[key]; ok {
			join(known, account)
		} else {
			first[key] = account
		}
	}
	for i := range facts.OfKind(kinds.AWSVPC) {
		meet(placeOf(string(facts.ID(i))), sighting.owner[i])
	}
	for _, joint := range joints {
		for i := range facts.OfKind(joint.kind) {
			for _, value := range said(facts, i, joint.property) {
				meet(joint.key(value), sighting.owner[i])
			}
		}
	}
	for i := range facts.OfKind(kinds.AWSDistribution) {
		for _, origin := range facts.Props(i).List("origins") {
			if parts := strings.Split(origin, "|"); len(parts) == 3 {
				meet(strings.ToLower(parts[1]), sighting.owner[i])
			}
		}
	}
	for account := range root {
		root[account] = find(account)
	}
	return root
}

// said gives what a property says that is a text or a list of them, without the empty ones.
func said(facts *graph.Snapshot, i graph.Index, property string) []string {
	value, _ := facts.Prop(i, property)
	switch value := value.(type) {
	case string:
		if value != "" {
			return []string{value}
		}
	case []string:
		return value
	}
	return nil
}

// byAccount orders accounts' places by their digits.
func (sighting *sighting) byAccount(accounts []int) []int {
	slices.SortFunc(accounts, func(a, b int) int { return cmp.Compare(sighting.accounts[a], sighting.accounts[b]) })
	return accounts
}
