// Package graph is Inroad's domain: one security graph of resources, identities, network reachability and
// data stores, in two layers. Structure edges say what a provider says; attack edges say what whoever stands on
// their source gains by walking them. The package imports the standard library alone: every cloud, store
// and report depends on it, and it depends on none of them.
package graph

// ID names a node for ever and everywhere: an ARN, an Azure resource id in lower case, a GCP full resource name.
// An AWS account is named by its root ARN (arn:aws:iam::111111111111:root), as trust policies name it.
type ID string

// Internet is the node that stands for any unauthenticated outsider.
const Internet ID = "internet"

// Scope is the unit of replacement: <cloud>/<account>/<region|global>/<collector>, such as
// aws/111111111111/eu-west-1/ec2. What Inroad derives lives in scopes that begin with "derived/".
type Scope string

// NodeKind is a node's label, such as AWSRole. Kinds are declared in graph/kinds.
type NodeKind string

// EdgeKind is an edge's type, such as CAN_ASSUME. Kinds are declared in graph/kinds.
type EdgeKind string

// Class is a label that kinds share across clouds, such as Principal or Workload.
type Class string

// Type is the type of a property's value.
type Type string

// The types a property may have.
const (
	Text   Type = "text"
	Flag   Type = "flag"
	Whole  Type = "whole"
	Number Type = "number"
	List   Type = "list" // of text
)

// PropSpec declares a property of a kind.
type PropSpec struct {
	Name string
	Type Type
	Doc  string // meaning and unit
}

// NodeSpec declares a kind of node.
type NodeSpec struct {
	Label   NodeKind
	Doc     string
	Classes []Class
	// Listed names the read operations, <service>/<operation> in the words of the provider's command line, without any of which
	// things of the kind may exist that nobody knows of.
	Listed []string
	Props  []PropSpec
}

// EdgeSpec declares a kind of edge.
type EdgeSpec struct {
	Label EdgeKind
	Doc   string
	// Attack tells the attack layer from the structure layer.
	Attack bool
	// Traversable edges are walked: whoever holds the source (and all that the edge requires) holds the target too.
	Traversable bool
}

// Node is a resource, an identity or a place.
type Node struct {
	ID    ID
	Kind  NodeKind
	Props Props
	// Stub marks a node that another scope knows only by name. Any scope that holds the real one overrides it.
	Stub bool
}

// Edge is one fact between two nodes. Its identity is (From, To, Kind, Technique, Requires).
type Edge struct {
	From, To ID
	Kind     EdgeKind
	// Technique is the id of the catalogue's entry by which an attack edge is traversed; empty for structure.
	Technique string
	// Requires names what must be held as well as From: a set, kept sorted.
	Requires []ID
	Verdict  Verdict
	// Cause is what makes the edge exist; edges that share a cause stand or fall together.
	Cause    Cause
	Evidence []Evidence
	Props    Props
}

// Cause identifies a statement, a rule or a vulnerability: "statement:<policy>#<Sid or index>", "rule:<id>",
// "cve:<id>", "config:<resource>#<property>", "contains:<scope>".
type Cause string

// Verdict is three-valued. The zero value is Proven, the verdict of plain structure.
type Verdict uint8

const (
	// Proven holds by the data that was collected.
	Proven Verdict = iota
	// Possible depends on a condition that cannot be known from what was collected; the evidence names it.
	Possible
	// Unknown means that the data needed was not collected; the evidence names it.
	Unknown
)

// String gives the verdict's stable name, as in JSON documents and on the wire.
func (verdict Verdict) String() string {
	switch verdict {
	case Proven:
		return "proven"
	case Possible:
		return "possible"
	default:
		return "unknown"
	}
}

// And is the verdict of a conjunction: as weak as its weakest part.
func (verdict Verdict) And(other Verdict) Verdict { return max(verdict, other) }

// EvidenceKind tells what a piece of evidence does for its edge.
type EvidenceKind string

const (
	// Grant is what makes the edge hold: a statement, a rule, a setting.
	Grant EvidenceKind = "grant"
	// Guardrail was looked at and did not stop the edge, or left it uncertain.
	Guardrail EvidenceKind = "guardrail"
	// Gap is what is not known; its detail names the condition, or what to collect.
	Gap EvidenceKind = "gap"
)

// Evidence is the provenance of one part of an edge.
type Evidence struct {
	Kind EvidenceKind
	// Source is the policy, rule, route or resource that says so.
	Source ID
	// Locator is the place inside the source: a statement's Sid or index, a rule number, a property.
	Locator string
	// Detail is one sentence for a person.
	Detail string
}
