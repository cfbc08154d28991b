package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// placed is a store that stands in a VPC and takes connections there.
type placed struct {
	*node
	network *network
	subnets []string
	groups  []string
	listens packet.Traffic
	// public tells that it has public addresses besides.
	public bool
	// keeps tells that whoever connects has to show a credential of its own: a password, a user. A file system mounts for all
	// who get to it unless its policy says otherwise.
	keeps bool
}

// placements finds the stores that stand in VPCs: databases, warehouses, caches, search domains and file systems. Where one
// does not tell its subnets it may stand in any of its VPC, and where it does not tell its VPC that of its groups counts.
func (estate *estate) placements(networks networks) []placed {
	var found []placed
	for _, store := range estate.all(kinds.AWSDatabase, kinds.AWSWarehouse, kinds.AWSCache, kinds.AWSSearchDomain, kinds.AWSFileSystem) {
		groups := store.Props.List("security_groups")
		vpc := store.Props.Text("vpc")
		if vpc == "" && store.Kind == kinds.AWSCache && len(groups) > 0 {
			if group, known := estate.find(graph.ID(groups[0])); known {
				vpc = group.Props.Text("vpc")
			}
		}
		network := networks.of(vpc)
		if vpc == "" || network == nil {
			continue
		}
		at := placed{
			node: store, network: network, subnets: store.Props.List("subnets"), groups: groupsOf(store), listens: listens(store),
			public: store.Props.Flag("publicly_accessible"), keeps: store.Kind != kinds.AWSFileSystem,
		}
		if !store.Props.Has("subnets") {
			for _, subnet := range network.world.Subnets {
				if subnet.VPC == last(vpc) {
					at.subnets = append(at.subnets, subnet.ID)
				}
			}
		}
		found = append(found, at)
	}
	return found
}

// listens is where a store takes connections: its port, its service's own, or where neither is known, any.
func listens(store *node) packet.Traffic {
	port := int(store.Props.Whole("port"))
	switch store.Kind {
	case kinds.AWSSearchDomain:
		port = 443
	case kinds.AWSFileSystem:
		port = 2049 // NFS
	}
	if port > 0 {
		return packet.TCP(port, port)
	}
	return packet.TCP(0, 65535)
}

// databases derives who reaches stores that stand in VPCs: the internet, and workloads. RDS and Redshift give one a
// public address when it is publicly accessible, and it is reached when its subnets lead to an internet gateway and its
// security group lets in ("Hiding a DB instance in a VPC from the internet",
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html; "Managing a cluster in a
// VPC", https://docs.aws.amazon.com/redshift/latest/mgmt/managing-clusters-vpc.html); caches, search domains in a VPC and file systems
// have private addresses alone (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/elasticache-vpc-accessing.html,
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html). In which of its subnets a store stands is not
// told, so it counts as reached for certain only when every one of them lets it be.
func (estate *estate) databases(networks networks) []graph.Edge {
	var edges []graph.Edge
	for _, store := range estate.placements(networks) {
		if store.public {
			found, everywhere := store.inAnySubnet(store.network.publicly(store.listens))
			found.evidence = append([]graph.Evidence{granted(store.ID, "publicly_accessible", "%s is publicly accessible", store.ID)}, found.evidence...)
			edges = append(edges, found.somewhere(store.node, everywhere).reached(graph.Internet, store)...)
		}
		edges = append(edges, store.inside()...)
	}
	return edges
}

// inAnySubnet judges the store in each of its subnets.
func (store placed) inAnySubnet(judge func(awsnet.Interface) exposure) (found exposure, everywhere bool) {
	everywhere = true
	for _, subnet := range store.subnets {
		one := judge(awsnet.Interface{ID: string(store.ID), Subnet: last(subnet), Groups: store.groups})
		everywhere = everywhere && one.cause != "" && one.verdict == graph.Proven
		found = found.with(one)
	}
	return found, everywhere
}

// somewhere weakens what holds in some of the store's subnets only.
func (found exposure) somewhere(store *node, everywhere bool) exposure {
	if !everywhere && found.verdict == graph.Proven {
		found.verdict = graph.Possible
		found.evidence = append(slices.Clone(found.evidence), missing(store.ID, "subnets", "some of its subnets let it be reached and some do not; in which it stands is not known"))
	}
	return found
}

// inside derives the workloads that reach a store from its VPC and from those joined to it. Interfaces that no rule
// tells apart are judged once, and stores that stand and are guarded alike as well. What a large class reaches its
// segment reaches, so that a class of m workloads and s stores have m + s edges and not m × s.
func (store placed) inside() []graph.Edge {
	var edges []graph.Edge
	for _, segment := range store.network.segments() {
		judged := store.judge(segment.member)
		found := judged.exposure.somewhere(store.node, judged.everywhere)
		if found.cause == "" {
			continue
		}
		for _, edge := range found.reached(segment.owners[0], store) {
			for _, source := range segment.sources() {
				edge.From = source
				edges = append(edges, edge)
			}
		}
	}
	return edges
}

// passage is what the network's answer about an interface and a store depends on.
type passage struct{ from, subnets, guards, port string }

// judgement is that answer.
type judgement struct {
	exposure   exposure
	everywhere bool
}

// judge decides whether an interface reaches a store in any of its subnets, once for all stores that are alike.
func (store placed) judge(from string) judgement {
	network := store.network
	guards := strings.Join(store.groups, " ")
	if guards == "" {
		guards = string(store.ID) // the evidence names what no security group guards
	}
	key := passage{from, strings.Join(store.subnets, " "), guards, fmt.Sprint(store.listens)}
	known, ok := network.judged[key]
	if !ok {
		found, everywhere := store.inAnySubnet(func(to awsnet.Interface) exposure {
			return network.passed(network.engine.BetweenTwo(network.cards[from], to), store.listens)
		})
		found.evidence = slices.Clip(found.evidence)
		known = judgement{found, everywhere}
		network.judged[key] = known
	}
	return known
}

// reached says that somebody reaches a store, and reads it with its credential. Where a secret holds the master
// user's password, the edge requires that secret. Else it needs a credential that is not known: of the
// internet that is said as Possible, and of a workload, which may well have none, it is not said at all. A cache that asks for
// none at all is read by whoever reaches it ("Authenticating with AUTH",
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html).
func (found exposure) reached(from graph.ID, store placed) []graph.Edge {
	if found.cause == "" {
		return nil
	}
	reach := found.edges(store.ID, false)[0]
	reach.From = from
	read := reach
	read.Kind, read.Technique, read.Evidence = kinds.CanRead, exposedService, slices.Clone(found.evidence)
	if secret := store.Props.Text("master_secret"); secret != "" {
		read.Requires = []graph.ID{graph.ID(secret)}
		read.Evidence = append(read.Evidence, granted(graph.ID(secret), "master_secret", "the secret holds the master user's password"))
		return []graph.Edge{reach, read}
	}
	if store.Kind == kinds.AWSCache && store.Props.Has("token") && !store.Props.Flag("token") && len(store.Props.List("user_groups")) == 0 {
		read.Evidence = append(read.Evidence, granted(store.ID, "token", "the cache asks its clients for no credential"))
		return []graph.Edge{reach, read}
	}
	if from != graph.Internet || !store.keeps {
		return []graph.Edge{reach}
	}
	read.Verdict = read.Verdict.And(graph.Possible)
	read.Evidence = append(read.Evidence, missing(store.ID, "credential", "needs a credential of the database, or a vulnerability in it"))
	return []graph.Edge{reach, read}
}

// segment is a class of interfaces that no rule or route tells apart, with the workloads behind them.
type segment struct {
	id      graph.ID
	member  string // one of its interfaces: an answer for it holds for all
	members []string
	owners  []graph.ID
}

// foldFrom is how many workloads a class must have for a segment to stand for them. Below it each is named, which reads better;
// what is found is the same.
var foldFrom = 8

// sources are what the edges of a segment start from.
func (segment segment) sources() []graph.ID {
	if len(segment.owners) >= foldFrom {
		return []graph.ID{segment.id}
	}
	return segment.owners
}

// segments groups the network's interfaces by what its rules tell of them, leaving out those behind which nothing runs.
func (network *network) segments() []segment {
	network.classes()
	if network.parts == nil {
		network.parts = []segment{}
		for _, class := range network.alike {
			var members []string
			var owners []graph.ID
			for _, id := range class.Members {
				if owner := network.owners[id]; owner != "" {
					members, owners = append(members, id), append(owners, owner)
				}
			}
			if len(owners) == 0 {
				continue
			}
			slices.Sort(owners)
			owners = slices.Compact(owners)
			network.parts = append(network.parts, segment{network.segmentID(class.Members[0]), members[0], members, owners})
		}
	}
	return network.parts
}

// segmentID names a segment by its first interface, beside the provider's own names.
func (network *network) segmentID(member string) graph.ID {
	name := cmp.Or(network.names[member], graph.ID(member))
	if name == network.owners[member] {
		name = graph.ID(member) // of a workload that stands in several subnets
	}
	return name + "/segment"
}

// classes groups the interfaces by what the rules tell of them.
func (network *network) classes() []awsnet.Class {
	if network.alike == nil {
		network.alike = network.engine.Classes()
		network.cards, network.judged = map[string]awsnet.Interface{}, map[passage]judgement{}
		for _, card := range network.world.Interfaces {
			network.cards[card.ID] = card
		}
	}
	return network.alike
}

// segmented says which workloads send packets from the segments that stand for them.
func (networks networks) segmented() []graph.Edge {
	var edges []graph.Edge
	for _, network := range networks.order {
		for _, segment := range network.parts {
			if len(segment.owners) < foldFrom {
				continue
			}
			card := network.cards[segment.member]
			like := fmt.Sprintf("stands in %s in %s; no rule or route tells it from %s", card.Subnet, strings.Join(card.Groups, " "), segment.member)
			for _, owner := range segment.owners {
				edges = append(edges, graph.Edge{
					From: owner, To: segment.id, Kind: kinds.SendsFrom, Cause: setting(owner, "interfaces"),
					Evidence: []graph.Evidence{granted(cmp.Or(network.names[segment.member], graph.ID(segment.member)), "class", "%s", like)},
				})
			}
		}
	}
	return edges
}
