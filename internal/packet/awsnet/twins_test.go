package awsnet

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/internal/packet"
)

// TestTwins checks each semantic of docs/network.md on a world that a person can read. A fixture is a txtar archive whose comment
// names the provider's page. Its file "world" is one line an element; each file "found: …" or "not found: …" changes the world ("- "
// takes a line away, any other adds one), asks with "? from -> to", and gives the whole answer below.
func TestTwins(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			if !strings.Contains(string(archive.Comment), "https://docs.aws.amazon.com/") {
				t.Error("the comment must cite the provider's documentation")
			}
			if len(archive.Files) == 0 || archive.Files[0].Name != "world" {
				t.Fatal("the first file must be the world")
			}
			found, missed := 0, 0
			for _, twin := range archive.Files[1:] {
				t.Run(twin.Name, func(t *testing.T) {
					answer := ask(t, string(archive.Files[0].Data), string(twin.Data))
					switch {
					case strings.HasPrefix(twin.Name, "found: "):
						if found++; answer.Verdict != Reached {
							t.Errorf("nothing is found: %s", answer.Verdict)
						}
					case strings.HasPrefix(twin.Name, "not found: "):
						if missed++; answer.Verdict != Blocked {
							t.Errorf("something is found: %s", answer.Verdict)
						}
					case strings.HasPrefix(twin.Name, "unknown: "):
						if answer.Verdict != Unknown {
							t.Errorf("it is said to be known: %s", answer.Verdict)
						}
					default:
						t.Fatalf("%q is neither found, nor not found, nor unknown", twin.Name)
					}
				})
			}
			if found == 0 || missed == 0 {
				t.Errorf("%d found and %d not found: want a twin of each", found, missed)
			}
		})
	}
}

// ask lays a twin over the world and checks its answer.
func ask(t *testing.T, world, twin string) Answer {
	t.Helper()
	lines := slices.DeleteFunc(strings.Split(world, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	changes, rest, asked := strings.Cut(twin, "? ")
	if !asked {
		t.Fatal("nothing is asked")
	}
	for _, line := range strings.Split(strings.TrimSpace(changes), "\n") {
		gone, takes := strings.CutPrefix(line, "- ")
		switch at := slices.Index(lines, gone); {
		case line == "":
		case !takes:
			lines = append(lines, line)
		case at < 0:
			t.Fatalf("the world has no line %q", gone)
		default:
			lines = slices.Delete(slices.Clone(lines), at, at+1)
		}
	}
	question, want, _ := strings.Cut(rest, "\n")
	from, to, ok := strings.Cut(strings.TrimSpace(question), " -> ")
	if !ok {
		t.Fatalf("want from -> to, not %q", question)
	}
	network := New(read(t, lines))
	var answer Answer
	switch {
	case from == "internet":
		answer = network.FromInternet(to)
	case to == "internet":
		answer = network.ToInternet(from)
	default:
		answer = network.Between(from, to)
	}
	consistent(t, answer)
	if got := told(answer); got != strings.TrimSpace(want) {
		t.Errorf("got:\n%s\nwant:\n%s\nthrough: %v", got, strings.TrimSpace(want), answer.Through)
	}
	return answer
}

// reader reads a world, line by line.
type reader struct {
	t     *testing.T
	world World
}

func read(t *testing.T, lines []string) World {
	t.Helper()
	reader := &reader{t: t}
	for _, line := range lines {
		reader.line(line, strings.Fields(line))
	}
	return reader.world
}

// flags splits "a b key value word" into what comes before the named options and their values; a flag has none.
func flags(words []string, options ...string) (plain []string, values map[string][]string) {
	values = map[string][]string{}
	at := ""
	for _, word := range words {
		switch {
		case slices.Contains(options, word):
			at = word
			values[at] = []string{}
		case at == "":
			plain = append(plain, word)
		default:
			values[at] = append(values[at], word)
		}
	}
	return plain, values
}

func has(values map[string][]string, name string) bool { _, ok := values[name]; return ok }

func one(values map[string][]string, name string) string { return strings.Join(values[name], " ") }

func (reader *reader) line(line string, words []string) {
	world := &reader.world
	plain, options := flags(words[1:], "region", "zone", "public-access", "main", "for", "edge", "default", "private", "pending", "blackhole",
		"propagated", "table", "subnets", "references", "public", "groups", "stateless-default", "stateful-default", "both")
	if len(plain) == 0 {
		reader.t.Fatalf("%q names nothing", line)
	}
	id, rest := plain[0], plain[1:]
	switch words[0] {
	case "vpc":
		world.VPCs = append(world.VPCs, VPC{ID: id, CIDRs: blocks(rest), Region: one(options, "region")})
	case "subnet":
		world.Subnets = append(world.Subnets, Subnet{
			ID: id, VPC: rest[0], CIDRs: blocks(rest[1:]), Zone: one(options, "zone"), PublicAccess: PublicAccess(one(options, "public-access")),
		})
	case "table":
		world.RouteTables = append(world.RouteTables, RouteTable{ID: id, VPC: rest[0], Main: has(options, "main"), Subnets: options["for"], Gateways: options["edge"]})
	case "route":
		route := Route{Target: rest[1], State: Active, Propagated: has(options, "propagated")}
		if strings.HasPrefix(rest[0], "pl-") {
			route.PrefixList = rest[0]
		} else {
			route.Destination = cidr(rest[0])
		}
		if has(options, "blackhole") {
			route.State = Blackhole
		}
		table := find(reader, world.RouteTables, id, func(table RouteTable) string { return table.ID })
		table.Routes = append(table.Routes, route)
	case "gateway":
		world.InternetGateways = append(world.InternetGateways, InternetGateway{id, strings.Join(rest, "")})
	case "nat":
		world.NATGateways = append(world.NATGateways, NATGateway{ID: id, Subnet: rest[0], Public: !has(options, "private")})
	case "list":
		world.PrefixLists = append(world.PrefixLists, PrefixList{id, blocks(rest)})
	case "acl":
		world.NACLs = append(world.NACLs, NACL{ID: id, VPC: rest[0], Default: has(options, "default"), Subnets: options["for"]})
	case "entry":
		number, err := strconv.Atoi(rest[1])
		if err != nil {
			reader.t.Fatal(err)
		}
		rule := NACLRule{number, rest[2] == "allow", cidr(rest[4]), traffics(rest[3])}
		acl := find(reader, world.NACLs, id, func(acl NACL) string { return acl.ID })
		if rest[0] == "in" {
			acl.Inbound = append(acl.Inbound, rule)
		} else {
			acl.Outbound = append(acl.Outbound, rule)
		}
	case "group":
		world.SecurityGroups = append(world.SecurityGroups, SecurityGroup{ID: id, VPC: rest[0]})
	case "rule":
		rule := GroupRule{Traffic: traffics(rest[1])}
		switch peer := rest[2]; {
		case strings.HasPrefix(peer, "sg-"):
			rule.Groups = []string{peer}
		case strings.HasPrefix(peer, "pl-"):
			rule.PrefixLists = []string{peer}
		default:
			rule.CIDRs = blocks([]string{peer})
		}
		group := find(reader, world.SecurityGroups, id, func(group SecurityGroup) string { return group.ID })
		if rest[0] == "in" {
			group.Ingress = append(group.Ingress, rule)
		} else {
			group.Egress = append(group.Egress, rule)
		}
	case "peering":
		world.Peerings = append(world.Peerings, Peering{id, rest[0], rest[1], !has(options, "pending")})
	case "attachment":
		world.Attachments = append(world.Attachments, TransitAttachment{
			ID: id, Gateway: rest[0], VPC: strings.Join(rest[1:], ""), Table: one(options, "table"), Subnets: options["subnets"],
			Available: !has(options, "pending"), GroupReferences: has(options, "references"),
		})
	case "transit":
		world.TransitTables = append(world.TransitTables, TransitTable{ID: id, Gateway: rest[0]})
	case "hop":
		hop := TransitRoute{Destination: cidr(rest[0]), Attachments: rest[1:], State: Active, Propagated: has(options, "propagated")}
		if has(options, "blackhole") {
			hop.State = Blackhole
		}
		table := find(reader, world.TransitTables, id, func(table TransitTable) string { return table.ID })
		table.Routes = append(table.Routes, hop)
	case "firewall":
		firewall := Firewall{ID: id, StatelessDefault: FirewallAction(one(options, "stateless-default")), StatefulDefault: FirewallAction(one(options, "stateful-default"))}
		for _, pair := range rest {
			endpoint, subnet, _ := strings.Cut(pair, "@")
			firewall.Endpoints = append(firewall.Endpoints, FirewallEndpoint{endpoint, subnet})
		}
		world.Firewalls = append(world.Firewalls, firewall)
	case "stateless", "stateful":
		rule := FirewallRule{
			Action: FirewallAction(rest[0]), Both: has(options, "both"), Words: strings.Join(words, " "),
			Box: packet.Box{Traffic: traffics(rest[1]), Src: packet.Prefixes(cidr(rest[2])), Dst: packet.Prefixes(cidr(rest[3]))},
		}
		firewall := find(reader, world.Firewalls, id, func(firewall Firewall) string { return firewall.ID })
		if words[0] == "stateless" {
			firewall.Stateless = append(firewall.Stateless, rule)
		} else {
			firewall.Stateful = append(firewall.Stateful, rule)
		}
	case "interface":
		eni := Interface{ID: id, Subnet: rest[0], Groups: options["groups"]}
		for _, address := range rest[1:] {
			eni.Addresses = append(eni.Addresses, addr(address))
		}
		for _, address := range options["public"] {
			eni.Public = append(eni.Public, PublicAddress{Address: addr(address)})
		}
		world.Interfaces = append(world.Interfaces, eni)
	default:
		reader.t.Fatalf("%q: no element is called %q", line, words[0])
	}
}

// find gives the element of that name among those read so far.
func find[T any](reader *reader, list []T, name string, id func(T) string) *T {
	for i := range list {
		if id(list[i]) == name {
			return &list[i]
		}
	}
	reader.t.Fatalf("%s comes before its own line", name)
	return nil
}

func blocks(words []string) []netip.Prefix {
	var list []netip.Prefix
	for _, word := range words {
		list = append(list, cidr(word))
	}
	return list
}

// traffics reads "any", "tcp/22", "tcp/1024-65535", "udp/53", "icmp".
func traffics(word string) packet.Traffic {
	name, ports, _ := strings.Cut(word, "/")
	first, last := 0, 65535
	if ports != "" {
		if _, err := fmt.Sscanf(ports+"-"+ports, "%d-%d", &first, &last); err != nil {
			panic(err)
		}
	}
	switch name {
	case "tcp":
		return packet.TCP(first, last)
	case "udp":
		return packet.UDP(first, last)
	case "icmp":
		return packet.ICMP(-1, -1)
	}
	return packet.AnyTraffic()
}
