package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// listens is where a database takes connections: its port or, where that is not known, any.
func listens(database *node) packet.Traffic {
	if port := int(database.Props.Whole("port")); port > 0 {
		return packet.TCP(port, port)
	}
	return packet.TCP(0, 65535)
}

// databases derives who reaches databases: the internet, and the workloads of the same VPC. RDS gives a database a
// public address when it is publicly accessible, and it is reached when its subnets lead to an internet gateway and its
// security group lets in ("Hiding a DB instance in a VPC from the internet",
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html). In which of its
// subnets it stands is not told, so it counts as reached for certain only when every one of them lets it be.
func (estate *estate) databases(networks networks) []graph.Edge {
	var edges []graph.Edge
	for _, database := range estate.all(kinds.AWSDatabase) {
		network := networks.of(database.Props.Text("vpc"))
		if network == nil {
			continue
		}
		if database.Props.Flag("publicly_accessible") {
			found, everywhere := inAnySubnet(database, groupsOf(database), network.publicly(listens(database)))
			found.evidence = append([]graph.Evidence{granted(database.ID, "publicly_accessible", "the database is publicly accessible")}, found.evidence...)
			edges = append(edges, found.somewhere(database, everywhere).reached(graph.Internet, database)...)
		}
		edges = append(edges, network.inside(database)...)
	}
	return edges
}

// somewhere weakens what holds in some of the database's subnets only.
func (found exposure) somewhere(database *node, everywhere bool) exposure {
	if !everywhere && found.verdict == graph.Proven {
		found.verdict = graph.Possible
		found.evidence = append(slices.Clone(found.evidence), missing(database.ID, "subnets", "some of its subnets let it be reached and some do not; in which it stands is not known"))
	}
	return found
}

// inside derives the workloads of the VPC that reach a database. Interfaces that no rule tells apart are judged once, and
// databases that stand and are guarded alike as well.
func (network *network) inside(database *node) []graph.Edge {
	var edges []graph.Edge
	for _, class := range network.classes() {
		var owners []graph.ID
		for _, id := range class.Members {
			if owner := network.owners[id]; owner != "" {
				owners = append(owners, owner)
			}
		}
		if len(owners) == 0 {
			continue
		}
		judged := network.judge(class.Members[0], database)
		found := judged.exposure.somewhere(database, judged.everywhere)
		for _, edge := range found.reached(owners[0], database) {
			for _, owner := range owners {
				edge.From = owner
				edges = append(edges, edge)
			}
		}
	}
	return edges
}

// passage is what the network's answer about an interface and a database depends on.
type passage struct{ from, subnets, guards, port string }

// judgement is that answer.
type judgement struct {
	exposure   exposure
	everywhere bool
}

// judge decides whether an interface reaches a database in any of its subnets, once for all databases that are alike.
func (network *network) judge(from string, database *node) judgement {
	groups := groupsOf(database)
	guards := strings.Join(groups, " ")
	if guards == "" {
		guards = string(database.ID) // the evidence names what no security group guards
	}
	key := passage{from, strings.Join(database.Props.List("subnets"), " "), guards, fmt.Sprint(database.Props.Whole("port"))}
	known, ok := network.judged[key]
	if !ok {
		found, everywhere := inAnySubnet(database, groups, func(to awsnet.Interface) exposure {
			return network.passed(network.engine.BetweenTwo(network.cards[from], to), listens(database))
		})
		found.evidence = slices.Clip(found.evidence)
		known = judgement{found, everywhere}
		network.judged[key] = known
	}
	return known
}

// classes groups the VPC's interfaces by what the rules tell of them.
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

// reached says that somebody reaches a database, and reads it with its credential. Where RDS manages the master
// user's password in a secret, the edge requires that secret. Else it needs a credential that is not known: of the
// internet that is said as Possible, and of a workload, which may well have none, it is not said at all.
func (found exposure) reached(from graph.ID, database *node) []graph.Edge {
	if found.cause == "" {
		return nil
	}
	reach := found.edges(database.ID, false)[0]
	reach.From = from
	read := reach
	read.Kind, read.Technique, read.Evidence = kinds.CanRead, exposedService, slices.Clone(found.evidence)
	if secret := database.Props.Text("master_secret"); secret != "" {
		read.Requires = []graph.ID{graph.ID(secret)}
		read.Evidence = append(read.Evidence, granted(graph.ID(secret), "master_secret", "the secret holds the master user's password"))
		return []graph.Edge{reach, read}
	}
	if from != graph.Internet {
		return []graph.Edge{reach}
	}
	read.Verdict = read.Verdict.And(graph.Possible)
	read.Evidence = append(read.Evidence, missing(database.ID, "credential", "needs a credential of the database, or a vulnerability in it"))
	return []graph.Edge{reach, read}
}
