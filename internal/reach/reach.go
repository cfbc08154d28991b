// Package reach answers which packets get from where to where on a snapshot, by the exact rules of its cloud's networks. The
// command line and the server share it, so that both say the same of the same graph.
package reach

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/scoring"
)

// Networks are the networks of one snapshot, ready to be asked. They are safe for use by several goroutines at once.
type Networks struct {
	snapshot *graph.Snapshot
	mutex    sync.Mutex
	reacher  *derive.Reacher
}

// New makes the networks of a snapshot ready.
func New(snapshot *graph.Snapshot) *Networks {
	return &Networks{snapshot: snapshot, reacher: derive.NewReacher(snapshot)}
}

// Question is who would send what to whom.
type Question struct {
	// From and To are "internet", or the id of what stands in a VPC: an instance, a network interface, a task or service of ECS, a function, a
	// load balancer, a cluster, an interface endpoint, a store; To also of an API, a distribution, or a store that its service leads to.
	From, To string
	// Port is a port or first-last, with /tcp or /udp where it is not TCP alone; empty is all traffic.
	Port string
}

// Answer is what gets through, and by what.
type Answer struct {
	From graph.ID `json:"from"`
	To   graph.ID `json:"to"`
	// Verdict is reached, blocked, or unknown where something that would decide was not collected.
	Verdict string `json:"verdict"`
	Ways    []Way  `json:"ways"`
}

// Way is one way from end to end, those that let something pass first.
type Way struct {
	Verdict string   `json:"verdict"`
	Packets []Flow   `json:"packets"`
	Hops    []Hop    `json:"hops"`
	Missing []string `json:"missing"`
}

// Flow is packets of one kind of traffic that pass; where the verdict is unknown, that may.
type Flow struct {
	Traffic      string `json:"traffic"`
	Sources      string `json:"sources"`
	Destinations string `json:"destinations"`
}

// Hop is an element on the way, with those of its rules that decided. Where the way is blocked Change says what of it would have to be
// another way.
type Hop struct {
	Kind   string   `json:"kind"`
	ID     graph.ID `json:"id"`
	Detail string   `json:"detail"`
	Rules  []string `json:"rules"`
	Change string   `json:"change,omitempty"`
}

// Ask answers a question. Notes tell what a name was taken for. A name that stands for no place in a network, and a port that cannot
// be read, are refused as graph.ErrInvalid or graph.ErrNotFound.
func (networks *Networks) Ask(question Question) (answer Answer, notes []string, err error) {
	ends := [2]graph.ID{}
	for i, name := range []string{question.From, question.To} {
		if ends[i], err = networks.resolve(name); err != nil {
			return Answer{}, nil, err
		}
		if string(ends[i]) != name && ends[i] != graph.Internet {
			notes = append(notes, fmt.Sprintf("%s is taken for %s", name, ends[i]))
		}
	}
	traffic, err := ParsePort(question.Port)
	if err != nil {
		return Answer{}, nil, err
	}
	networks.mutex.Lock()
	defer networks.mutex.Unlock()
	found, err := networks.reacher.Reach(ends[0], ends[1], traffic)
	if err != nil {
		return Answer{}, nil, err
	}
	answer = Answer{From: found.From, To: found.To, Verdict: string(found.Verdict()), Ways: []Way{}}
	for _, way := range found.Ways {
		answer.Ways = append(answer.Ways, wayOf(way))
	}
	return answer, notes, nil
}

func (networks *Networks) resolve(name string) (graph.ID, error) {
	if name == string(graph.Internet) || name == "internet" {
		return graph.Internet, nil
	}
	return scoring.Resolve(networks.snapshot, name)
}

func wayOf(way derive.Way) Way {
	said := Way{Verdict: string(way.Verdict), Packets: []Flow{}, Hops: []Hop{}, Missing: append([]string{}, way.Missing...)}
	for _, flow := range way.Packets {
		said.Packets = append(said.Packets, Flow(flow))
	}
	for _, hop := range way.Hops {
		said.Hops = append(said.Hops, Hop{hop.Kind, hop.ID, hop.Detail, append([]string{}, hop.Rules...), hop.Change})
	}
	return said
}

// ParsePort reads "443", "443/tcp", "53/udp", "8000-8010/tcp"; empty text is all traffic.
func ParsePort(text string) (packet.Traffic, error) {
	if text == "" {
		return packet.AnyTraffic(), nil
	}
	wrong := fmt.Errorf("%w: port %q: want a port or first-last, and /tcp or /udp after it, such as 443/tcp", graph.ErrInvalid, text)
	numbers, protocol, named := strings.Cut(text, "/")
	low, high, several := strings.Cut(numbers, "-")
	if !several {
		high = low
	}
	first, err := strconv.ParseUint(low, 10, 16)
	if err != nil {
		return packet.Traffic{}, wrong
	}
	last, err := strconv.ParseUint(high, 10, 16)
	if err != nil || last < first {
		return packet.Traffic{}, wrong
	}
	if !named {
		protocol = "tcp"
	}
	switch protocol {
	case "tcp":
		return packet.TCP(int(first), int(last)), nil
	case "udp":
		return packet.UDP(int(first), int(last)), nil
	}
	return packet.Traffic{}, wrong
}
