package rehearsal

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// rule is a security group's rule as evidence words it: "inbound sgr-1 tcp/80-90 0.0.0.0/0", where the rule's id may be missing and a rule of all traffic is "any".
type rule struct {
	property    string // ingress or egress
	id          string
	protocol    string // as IpProtocol has it
	first, last int    // ports; 0 to 65535 where the rule names none
	source      string
}

// read reads a rule's words. It knows rules of TCP, UDP and of everything, whose source is one range of addresses or one list of prefixes.
func read(words string) (rule, bool) {
	var read rule
	parts := strings.Fields(words)
	if len(parts) == 4 && strings.HasPrefix(parts[1], "sgr-") {
		read.id = parts[1]
		parts = append(parts[:1:1], parts[2:]...)
	}
	if len(parts) != 3 {
		return read, false
	}
	read.property = map[string]string{"inbound": "ingress", "outbound": "egress"}[parts[0]]
	protocol, ports, narrowed := strings.Cut(parts[1], "/")
	read.protocol = map[string]string{"tcp": "tcp", "udp": "udp", "any": "-1"}[protocol]
	read.first, read.last, read.source = 0, 65535, parts[2]
	if narrowed {
		low, high, isRange := strings.Cut(ports, "-")
		if !isRange {
			high = low
		}
		var failed [2]error
		read.first, failed[0] = strconv.Atoi(low)
		read.last, failed[1] = strconv.Atoi(high)
		if failed[0] != nil || failed[1] != nil {
			return read, false
		}
	}
	return read, read.property != "" && read.protocol != ""
}

// permission is one entry of a group's rules as EC2 prints it; what is not named here is kept as it is.
type permission struct {
	IPProtocol    string `json:"IpProtocol"`
	FromPort      *int
	ToPort        *int
	IPRanges      []json.RawMessage `json:"IpRanges"`
	IPv6Ranges    []json.RawMessage `json:"Ipv6Ranges"`
	PrefixListIDs []json.RawMessage `json:"PrefixListIds"`
}

// removeRule takes one source out of the entry of a group's rules that the change names.
func removeRule(draft *draft, change scoring.Change) bool {
	kind, props, found := draft.of(change.Subject)
	rule, read := read(change.Detail)
	if !found || !read || kind != kinds.AWSSecurityGroup {
		return false
	}
	texts := props.List(rule.property)
	left := make([]string, len(texts))
	removed := 0
	for i, text := range texts {
		var count int
		left[i], count = rule.outOf(text)
		removed += count
	}
	return removed > 0 && draft.set(change.Subject, rule.property, left)
}

// outOf gives an entry less the rule, and how many sources were taken out of it.
func (rule rule) outOf(text string) (string, int) {
	var whole map[string]json.RawMessage
	var entry permission
	if json.Unmarshal([]byte(text), &whole) != nil || json.Unmarshal([]byte(text), &entry) != nil || !rule.speaksOf(entry) {
		return text, 0
	}
	removed := 0
	for _, list := range []struct {
		name    string
		sources []json.RawMessage
	}{{"IpRanges", entry.IPRanges}, {"Ipv6Ranges", entry.IPv6Ranges}, {"PrefixListIds", entry.PrefixListIDs}} {
		kept := []json.RawMessage{}
		for _, raw := range list.sources {
			if rule.isFrom(raw) {
				removed++
			} else {
				kept = append(kept, raw)
			}
		}
		if len(list.sources) > 0 {
			whole[list.name], _ = json.Marshal(kept) // what was read can be written
		}
	}
	written, _ := json.Marshal(whole)
	return string(written), removed
}

func (rule rule) speaksOf(entry permission) bool {
	protocol := map[string]string{"6": "tcp", "17": "udp"}[entry.IPProtocol]
	if protocol == "" {
		protocol = entry.IPProtocol
	}
	first, last := 0, 65535
	if entry.FromPort != nil && entry.ToPort != nil && *entry.FromPort != -1 {
		first, last = *entry.FromPort, *entry.ToPort
	}
	return protocol == rule.protocol && (protocol == "-1" || first == rule.first && last == rule.last)
}

func (rule rule) isFrom(raw json.RawMessage) bool {
	var source struct {
		CIDR         string `json:"CidrIp"`
		CIDRv6       string `json:"CidrIpv6"`
		PrefixListID string `json:"PrefixListId"`
		ID           string `json:"SecurityGroupRuleId"`
	}
	if json.Unmarshal(raw, &source) != nil || rule.id != "" && source.ID != rule.id {
		return false
	}
	if source.PrefixListID != "" {
		return source.PrefixListID == rule.source
	}
	prefix, err := netip.ParsePrefix(source.CIDR + source.CIDRv6)
	return err == nil && prefix.Masked().String() == rule.source
}
