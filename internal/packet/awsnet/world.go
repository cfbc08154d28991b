package awsnet

import (
	"net/netip"

	"github.com/inroad-security/inroad/internal/packet"
)

// World is what is known of one or several VPCs. Order is of no importance, except that of duplicates: the first
// of two elements with one ID counts.
type World struct {
	VPCs             []VPC
	Subnets          []Subnet
	RouteTables      []RouteTable
	InternetGateways []InternetGateway
	NACLs            []NACL
	SecurityGroups   []SecurityGroup
	PrefixLists      []PrefixList
	Peerings         []Peering
	NATGateways      []NATGateway
	Attachments      []TransitAttachment
	TransitTables    []TransitTable
	Firewalls        []Firewall
	Interfaces       []Interface

	// NotCollected names the parts whose list is incomplete. An element that is referred to and absent is always
	// taken as not collected; this is for the absences that nothing refers to: a route table explicitly
	// associated with a subnet.
	NotCollected []Part
}

// Part names a list of the World.
type Part string

// The parts whose absence cannot be told from their being empty.
const (
	RouteTables Part = "route tables"
	NACLs       Part = "network ACLs"
)

// VPC is a virtual network. CIDRs are all its associated blocks, IPv4 and IPv6. Region is empty when not known.
type VPC struct {
	ID     string
	CIDRs  []netip.Prefix
	Region string
}

// Subnet is a range of one VPC. CIDRs may be empty when not known; they stand in for an interface's
// address where that is not known. Zone is its availability zone, empty when not known. PublicAccess is what VPC Block
// Public Access leaves it, with exclusions reckoned in.
type Subnet struct {
	ID, VPC      string
	CIDRs        []netip.Prefix
	Zone         string
	PublicAccess PublicAccess
}

// PublicAccess is what VPC Block Public Access leaves of internet gateways and egress-only ones ("Block public access to
// VPCs and subnets", https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html).
type PublicAccess string

// The modes: without a block; NAT gateways and egress-only gateways alone; nothing.
const (
	PublicAccessOpen       PublicAccess = ""
	PublicAccessEgressOnly PublicAccess = "block-ingress"
	PublicAccessNone       PublicAccess = "block-bidirectional"
)

// NATGateway stands in Subnet. Only a Public one leads to the internet, from Address, which is zero where it is not known.
type NATGateway struct {
	ID, Subnet string
	Public     bool
	Address    netip.Addr
}

// RouteTable belongs to a VPC. A subnet uses the one that names it in Subnets, else the VPC's main one.
// Gateways are the internet gateways it is associated with (edge association, ingress routing).
type RouteTable struct {
	ID, VPC  string
	Main     bool
	Subnets  []string
	Gateways []string
	Routes   []Route
}

// Route sends Destination, or the entries of PrefixList, to Target.
// Target is "local" or the identifier of what the route leads to: igw-, eigw-, nat-, pcx-, tgw-, vpce-, eni-, i-, …
type Route struct {
	Destination netip.Prefix
	PrefixList  string
	Target      string
	State       RouteState
	Propagated  bool // from a virtual private gateway; a static route wins against it for the same destination
}

// RouteState is the state AWS reports for a route.
type RouteState string

// The states of a route; StateUnknown is for worlds that were planned rather than collected.
const (
	StateUnknown RouteState = ""
	Active       RouteState = "active"
	Blackhole    RouteState = "blackhole" // the target is gone or detached: matching traffic is dropped
)

// InternetGateway is attached to VPC, or to none when VPC is empty.
type InternetGateway struct{ ID, VPC string }

// NACL is a network ACL, in force on its Subnets; a subnet has exactly one. A VPC's default ACL is in force on
// the subnets that no other names.
type NACL struct {
	ID, VPC  string
	Default  bool
	Subnets  []string
	Inbound  []NACLRule
	Outbound []NACLRule
}

// NACLRule is evaluated in ascending Number; the first that matches decides. What no rule matches is denied (the
// rule shown as "*", number 32767, which may be given or left out). CIDR is the source of inbound and the
// destination of outbound packets.
type NACLRule struct {
	Number  int
	Allow   bool
	CIDR    netip.Prefix
	Traffic packet.Traffic
}

// SecurityGroup allows what one of its rules allows, and the answers to that.
type SecurityGroup struct {
	ID, VPC string
	Ingress []GroupRule
	Egress  []GroupRule
}

// GroupRule allows Traffic from (ingress) or to (egress) any of its peers. ID is the rule's own identifier
// (sgr-…), where known. Groups holds the identifiers of referenced security groups, the own one for a self reference.
type GroupRule struct {
	ID          string
	Traffic     packet.Traffic
	CIDRs       []netip.Prefix
	PrefixLists []string
	Groups      []string
}

// PrefixList is a customer-managed or AWS-managed list of CIDR blocks.
type PrefixList struct {
	ID      string
	Entries []netip.Prefix
}

// Peering connects two VPCs when Active. It carries only what has its source in one and its destination in the other.
type Peering struct {
	ID, Requester, Accepter string
	Active                  bool
}

// Interface is an elastic network interface. Addresses are its private IPv4 addresses and its IPv6 addresses; empty
// means not known, and stands for any IPv4 address of the subnet. Public holds its public IPv4 addresses. Without Groups nothing
// filters at the interface, as for a Network Load Balancer that was made without security groups.
type Interface struct {
	ID        string
	Subnet    string
	Addresses []netip.Addr
	Public    []PublicAddress
	Groups    []string
	Closed    string // why it lets no connection in, such as that it belongs to a NAT gateway; empty where it may
}

// PublicAddress is an IPv4 address that the internet gateway translates one to one to Private. A zero Private means the
// interface's private addresses (the primary one is not known); a zero Address means that there is one, not known which.
type PublicAddress struct {
	Address    netip.Addr
	Private    netip.Addr
	Allocation string // eipalloc-…, empty for an automatically assigned address
}
