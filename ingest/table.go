// Package ingest turns what a cloud's read API says into facts for the graph. All data takes one way: a
// collector writes each answer as the file that the provider's own command line would print, and the same pure
// mapping reads such a file whether we, the customer's script or a recording made it.
package ingest

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/inroad-security/inroad/graph"
)

// Site is where an answer was read: a partition (aws, aws-cn …), an account, and a region that is empty for a global service.
type Site struct {
	Partition string
	Account   string
	Region    string
	// Tenant is the directory that the account belongs to, where a cloud has one (Azure); the site of the directory
	// itself has it for its account.
	Tenant string
}

// ofTenant tells the site of a directory from that of an account.
func (site Site) ofTenant() bool { return site.Tenant != "" && site.Tenant == site.Account }

// ARN names a regional resource at the site: arn:<partition>:<service>:<region>:<account>:<resource>.
func (site Site) ARN(service, resource string) graph.ID {
	return graph.ID("arn:" + site.Partition + ":" + service + ":" + site.Region + ":" + site.Account + ":" + resource)
}

// GlobalARN names a resource that has no region: arn:<partition>:<service>::<account>:<resource>.
func (site Site) GlobalARN(service, resource string) graph.ID {
	return graph.ID("arn:" + site.Partition + ":" + service + "::" + site.Account + ":" + resource)
}

// AccountID names the site's account as a node.
func (site Site) AccountID() graph.ID { return site.GlobalARN("iam", "root") }

// Table is one read operation of a provider and its mapping to the graph. C is what its calls are made with,
// such as aws.Config set to the site's region. A new service is one file of tables and one recording.
type Table[C any] struct {
	// Service and Operation are the command line's words, such as "ec2" and "describe-instances"; they name the file.
	Service, Operation string
	// Global tables are read once an account, not once a region.
	Global bool
	// Tenant tables are read once a directory, not once an account; they are global.
	Tenant bool
	// Actions are the permissions that the call needs; the collector's least-privilege policy is made of them.
	Actions []string
	// Parent is the operation, of the same service, whose answer names the items that this one is called for, one
	// by one; empty for a table called once. A parent may have a parent itself.
	Parent string
	// Items leads to the items' names in the parent's answer: names of fields joined by dots, [] after a list, as in
	// "Reservations[].Instances[].InstanceId", or several such as in "[Users[].Arn, Roles[].Arn][]" (JMESPath's words, so that a command
	// line's --query takes it too).
	Items string
	// Joined tells that the item is the parent's own item, a comma and the name, for what is only named within another.
	Joined bool
	// Again leads, as Items does, to names in this operation's own answer for which it is called in turn, as
	// units inside units are.
	Again string
	// Combined names the file that some exporters write instead of one file an item, holding the lists of all the items
	// end to end; an item that is not in it has the answer {}. A file with the operation's own name and no item is read
	// as the answer for all items, too, and says nothing of those that are not in it.
	Combined string
	// Command is the shell text that prints the same answer by the provider's own command line alone, where that is
	// more than "aws <service> <operation>". $item is the item.
	Command string
	// Call reads the answer, all pages merged; item is empty where there is no Parent. The answer is encoded as
	// the command line prints it. It never asks for a secret's value.
	Call func(ctx context.Context, clients C, item string) (any, error)
	// Absent lists the API error codes which mean that there is nothing to read (no bucket policy, say): not
	// a failure, but the answer {}.
	Absent []string
	// Map is pure: it turns one file's body into facts. Several tables may contribute to one node.
	Map func(site Site, item string, body []byte) (Facts, error)
}

// Facts is what one answer adds to the graph. Contributions to one id are merged.
type Facts struct {
	Nodes []graph.Node
	Edges []graph.Edge
	// Gaps are the parts of the answer that could not be used, each with the reason; they make the scope incomplete.
	Gaps []string
	// Aliases lead from the ids by which other answers of the scope have to name things to the ids that they truly have.
	Aliases map[graph.ID]graph.ID
}

// Alias says that what other answers of the same scope call name is id. The IAM API, for one, names a user without
// the path that its ARN has. An empty id says that the graph does not hold it: edges from and to it are left out.
func (facts *Facts) Alias(name, id graph.ID) {
	if facts.Aliases == nil {
		facts.Aliases = map[graph.ID]graph.ID{}
	}
	if _, ok := facts.Aliases[name]; !ok && name != id {
		facts.Aliases[name] = id
	}
}

// Gap records a part of the answer that could not be used, and why; the rest of the answer stands.
func (facts *Facts) Gap(format string, values ...any) {
	facts.Gaps = append(facts.Gaps, fmt.Sprintf(format, values...))
}

// Node adds a node. Properties that are nil or empty text are left out: absent means not known. A thing without an id
// becomes a gap.
func (facts *Facts) Node(id graph.ID, kind graph.NodeKind, props graph.Props) {
	if id == "" {
		facts.Gap("one %s has no name or ARN in the answer", kind)
		return
	}
	facts.Nodes = append(facts.Nodes, graph.Node{ID: id, Kind: kind, Props: known(props)})
}

// Stub names a node that another scope holds.
func (facts *Facts) Stub(id graph.ID, kind graph.NodeKind) {
	if id != "" {
		facts.Nodes = append(facts.Nodes, graph.Node{ID: id, Kind: kind, Stub: true})
	}
}

// Edge adds a structure edge.
func (facts *Facts) Edge(from graph.ID, kind graph.EdgeKind, to graph.ID) {
	if from != "" && to != "" {
		facts.Edges = append(facts.Edges, graph.Edge{From: from, To: to, Kind: kind})
	}
}

func known(props graph.Props) graph.Props {
	for name, value := range props {
		switch value := value.(type) {
		case nil:
			delete(props, name)
		case *string:
			if value == nil {
				delete(props, name)
			} else {
				props[name] = *value
			}
		case *bool:
			if value == nil {
				delete(props, name)
			} else {
				props[name] = *value
			}
		case *int32:
			if value == nil {
				delete(props, name)
			} else {
				props[name] = int64(*value)
			}
		case *int64:
			if value == nil {
				delete(props, name)
			} else {
				props[name] = *value
			}
		case int:
			props[name] = int64(value)
		case int32:
			props[name] = int64(value)
		case []string:
			if value == nil {
				delete(props, name)
			}
		}
		if text, ok := props[name].(string); ok && text == "" && name != "policy" { // an empty policy says that there is none
			delete(props, name)
		}
	}
	return props
}

// Mapping makes a Table's Map from a function over the decoded body.
func Mapping[T any](add func(facts *Facts, site Site, item string, body T)) func(Site, string, []byte) (Facts, error) {
	return func(site Site, item string, body []byte) (Facts, error) {
		var decoded T
		if err := json.Unmarshal(body, &decoded); err != nil {
			return Facts{}, err
		}
		var facts Facts
		add(&facts, site, item, decoded)
		return facts, nil
	}
}
