package awsnet

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/internal/packet"
)

// Verdict says whether packets get through.
type Verdict string

// The verdicts: Unknown when it hangs on what was not collected.
const (
	Reached Verdict = "reached"
	Blocked Verdict = "blocked"
	Unknown Verdict = "unknown"
)

// Answer tells which packets get from a source to an interface. Sets are seen at the interface: the destination is a
// private IPv4 or an IPv6 address of it.
type Answer struct {
	Verdict  Verdict
	Proven   packet.Set // arrive, whatever the missing data says; TCP only where answers get back too
	Answered packet.Set // the part of Proven whose answers get back
	Possible packet.Set // could arrive for some value of the missing data; holds Proven
	Through  []Step     // what lets Proven pass, in the order in which packets meet it
	Blocks   []Step     // when Blocked: what stops everything, in that order; each would have to change
	Missing  []string   // what is not known and would decide, sorted: mostly what was not collected

	base   packet.Set
	stages []stage
}

// Kind names a sort of element that packets meet.
type Kind string

// The kinds of elements.
const (
	PublicIP         Kind = "public address"
	Gateway          Kind = "internet gateway"
	RoutingTable     Kind = "route table"
	PeeringLink      Kind = "peering connection"
	TransitGateway   Kind = "transit gateway"
	TransitRoutes    Kind = "transit gateway route table"
	NetworkFirewall  Kind = "network firewall"
	PublicAccessRule Kind = "VPC Block Public Access"
	NAT              Kind = "NAT gateway"
	NetworkACL       Kind = "network ACL"
	Group            Kind = "security group"
	NetworkInterface Kind = "network interface"
)

// Step is one element that packets meet, with those of its rules that decided them.
type Step struct {
	Kind   Kind
	ID     string
	Rules  []string // each a rule as configured: "inbound 100 allow tcp/22 0.0.0.0/0", "0.0.0.0/0 to igw-1"
	Detail string   // what happens there, in words
}

// String is the step in one line.
func (step Step) String() string {
	words := strings.TrimSpace(string(step.Kind) + " " + step.ID)
	if step.Detail != "" {
		words += ": " + step.Detail
	}
	if len(step.Rules) > 0 {
		words += " (" + strings.Join(step.Rules, "; ") + ")"
	}
	return words
}

// Only is the answer for a part of the traffic: a port, a listener.
func (answer Answer) Only(traffic packet.Traffic) Answer {
	return answer.Within(packet.Of(packet.AnyAddr(), packet.AnyAddr(), traffic))
}

// Within is the answer for a part of the packets.
func (answer Answer) Within(set packet.Set) Answer {
	return evaluate(answer.base.Intersect(set), answer.stages)
}

// Exposures are the protocols and destination ports of Proven with the sources that reach them.
func (answer Answer) Exposures() []packet.Service { return answer.Proven.Services() }

// Anyone is the traffic of Proven that comes from anywhere rather than from listed sources. "Anywhere" is taken as an
// IPv4 /8 or an IPv6 /12 or more: what the IANA hands to a whole regional registry at a time (IANA, "IPv4 Address
// Space" and "IPv6 Global Unicast Address Assignments"), so that an attacker finds a place to send from; 0.0.0.0/0
// written in halves, or with a block list before it, counts.
func (answer Answer) Anyone() []packet.Traffic {
	var open []packet.Traffic
	for _, service := range answer.Exposures() {
		if broad(service.Sources) {
			open = append(open, service.Traffic)
		}
	}
	return open
}

func broad(sources packet.Addrs) bool {
	return sources.V4Count() >= 1<<24 || slices.ContainsFunc(sources.Prefixes(), isBroadV6)
}

// stage is one thing in the way: it lets pass sure for certain, maybe at most.
type stage struct {
	sure, maybe packet.Set
	missing     []string
	last        bool // blamed after the others: for a network ACL that denies what no group allows, the group is to blame
	returns     bool // sure and maybe are of packets whose answers pass
	explain     func(passed packet.Set) []Step
	refuse      func(stopped packet.Set) Step
}

var (
	tcp        = packet.Of(packet.AnyAddr(), packet.AnyAddr(), packet.Protocol(packet.ProtocolTCP))
	everything = packet.All()
	notTCP     = everything.Minus(tcp)
)

// within is a stage that only packets of the set meet; others pass it.
func (whole stage) within(set packet.Set) stage {
	beyond, part := everything.Minus(set), whole
	part.sure, part.maybe = whole.sure.Union(beyond), whole.maybe.Union(beyond)
	part.explain = func(passed packet.Set) []Step {
		if passed = passed.Intersect(set); passed.IsEmpty() {
			return nil
		}
		return whole.explain(passed)
	}
	return part
}

// lets are the bounds on arriving packets. TCP without the way back does not come about.
func (stage stage) lets() (sure, maybe packet.Set) {
	if stage.returns {
		return stage.sure.Union(notTCP), stage.maybe.Union(notTCP)
	}
	return stage.sure, stage.maybe
}

func evaluate(base packet.Set, stages []stage) Answer {
	answer := Answer{Proven: base, Possible: base, base: base, stages: stages}
	for _, stage := range stages {
		sure, maybe := stage.lets()
		answer.Proven = answer.Proven.Intersect(sure)
		answer.Possible = answer.Possible.Intersect(maybe)
	}
	answer.Answered = answer.Proven
	for _, stage := range stages {
		if stage.returns {
			answer.Answered = answer.Answered.Intersect(stage.sure)
		}
	}
	if answer.Possible.IsEmpty() {
		answer.Verdict = Blocked
		answer.Blocks = blame(base, stages)
		return answer
	}
	answer.Verdict = Unknown
	if !answer.Proven.IsEmpty() {
		answer.Verdict = Reached
		for _, stage := range stages {
			answer.Through = append(answer.Through, stage.explain(answer.Proven)...)
		}
	}
	if !answer.Proven.Equal(answer.Possible) {
		for _, stage := range stages {
			if sure, maybe := stage.lets(); !answer.Possible.Intersect(maybe).Equal(answer.Possible.Intersect(sure)) {
				answer.Missing = append(answer.Missing, stage.missing...)
			}
		}
		slices.Sort(answer.Missing)
		answer.Missing = slices.Compact(answer.Missing)
	}
	return answer
}

// blame finds a set of stages that stop everything, each stopping all that the ones not blamed let pass.
func blame(base packet.Set, stages []stage) []Step {
	if base.IsEmpty() {
		return []Step{{Kind: NetworkInterface, Detail: "there is no such packet"}}
	}
	blocks := make([]*Step, len(stages))
	left := base
	for _, last := range []bool{false, true} {
		for i, stage := range stages {
			if stage.last != last {
				continue
			}
			_, maybe := stage.lets()
			if rest := left.Intersect(maybe); !rest.IsEmpty() {
				left = rest
				continue
			}
			step := stage.refuse(left)
			blocks[i] = &step
		}
	}
	var blamed []Step
	for _, step := range blocks {
		if step != nil {
			blamed = append(blamed, *step)
		}
	}
	return blamed
}
