package aws

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
	"github.com/inroad-security/inroad/internal/packet/awsnet"
)

// TestTwins checks each semantic of docs/network.md that takes more than packets, and how each kind of store is shared. A fixture is a txtar archive whose comment
// cites the provider's page. Its files "base" and "world" are resources, each "id: {kind: AWSKind, property: value}"; "base" is base.yaml
// beside the fixtures where it is not given. Each file "found: …" or "not found: …" is laid over them, property by property (null takes a
// resource or a property away), and lists under edges what must be derived, or must not: "from KIND to", with the ports of a
// CAN_REACH, the technique of a vulnerability, and "(possible)" or "(unknown)" where it is not proven. Ids are the ends of ARNs, or internet. Under questions stands what
// Reach must answer: "from -> to port: reached", or blocked or unknown, "by" an element among its hops and "from" or "to" addresses where
// that is said.
func TestTwins(t *testing.T) {
	for _, subject := range []string{"network", "sharing", "worlds"} {
		t.Run(subject, func(t *testing.T) { twins(t, subject) })
	}
}

func twins(t *testing.T, subject string) {
	files, err := filepath.Glob("testdata/" + subject + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	base, err := os.ReadFile("testdata/" + subject + "/base.yaml")
	if err != nil {
		t.Fatal(err)
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
					resources := map[string]map[string]any{}
					for _, layer := range [][]byte{base, archive.Files[0].Data, twin.Data} {
						lay(t, resources, layer)
					}
					expected := resources["edges"]
					questions := resources["questions"]
					delete(resources, "edges")
					delete(resources, "questions")
					world := build(t, resources)
					derived := tellEdges(world.derive())
					answers := asked(t, world, questions["are"])
					wanted := func(name string) []string {
						var lines []string
						list, _ := expected[name].([]any)
						for _, line := range list {
							lines = append(lines, fmt.Sprint(line))
						}
						return lines
					}
					is, not := wanted("are"), wanted("are not")
					for _, line := range is {
						if !slices.Contains(derived, line) {
							t.Errorf("not derived: %s\nbut\n%s", line, strings.Join(derived, "\n"))
						}
					}
					for _, line := range not {
						if slices.ContainsFunc(derived, func(one string) bool { return one == line || strings.HasPrefix(one, line+" ") }) {
							t.Errorf("derived what must not be: %s\namong\n%s", line, strings.Join(derived, "\n"))
						}
					}
					switch {
					case strings.HasPrefix(twin.Name, "found: "):
						if found++; len(is) == 0 && answers[awsnet.Reached] == 0 {
							t.Error("nothing is to be found")
						}
					case strings.HasPrefix(twin.Name, "not found: "):
						if missed++; len(not) == 0 && answers[awsnet.Blocked] == 0 {
							t.Error("nothing is not to be found")
						}
					case strings.HasPrefix(twin.Name, "unknown: "):
						if answers[awsnet.Unknown] == 0 {
							t.Error("nothing is unknown")
						}
					default:
						t.Errorf("%q is neither found, nor not found, nor unknown", twin.Name)
					}
				})
			}
			if found == 0 || missed == 0 {
				t.Errorf("%d found and %d not found: want a twin of each", found, missed)
			}
		})
	}
}

// asked asks Reach the questions of a twin, and counts the answers by their verdicts.
func asked(t *testing.T, world *world, questions any) map[awsnet.Verdict]int {
	t.Helper()
	answers := map[awsnet.Verdict]int{}
	list, _ := questions.([]any)
	if len(list) == 0 {
		return answers
	}
	reacher := NewReacher(world.snapshot())
	for _, text := range list {
		question, want, said := strings.Cut(fmt.Sprint(text), ": ")
		from, rest, aimed := strings.Cut(question, " -> ")
		to, port, ported := strings.Cut(rest, " ")
		traffic := packet.AnyTraffic()
		if ported {
			var number int
			protocol, digits, _ := strings.Cut(port, "/")
			if _, err := fmt.Sscan(digits, &number); err != nil {
				t.Fatalf("%q: want tcp/443, not %q", text, port)
			}
			if traffic = packet.TCP(number, number); protocol == "udp" {
				traffic = packet.UDP(number, number)
			}
		}
		if !said || !aimed {
			t.Fatalf("%q: want from -> to port: verdict", text)
		}
		reach, err := reacher.Reach(full(from), full(to), traffic)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		answers[reach.Verdict()]++
		if got := tellReach(reach, want); got != want {
			t.Errorf("%s -> %s %s: got %s, want %s\n%s", from, to, port, got, want, wayWords(reach))
		}
	}
	return answers
}

// tellReach gives the answer as far as the fixture wants it told.
func tellReach(reach Reach, want string) string {
	told := string(reach.Verdict())
	words := strings.Fields(want)
	for i, word := range words {
		if i+1 == len(words) || word != "by" && word != "from" && word != "to" {
			continue
		}
		for _, way := range reach.Ways {
			says := func(hop Hop) bool { return word == "by" && brief(hop.ID) == words[i+1] }
			flows := func(flow Flow) bool {
				return word == "from" && flow.Sources == words[i+1] || word == "to" && flow.Destinations == words[i+1]
			}
			if way.Verdict == reach.Verdict() && (slices.ContainsFunc(way.Hops, says) || slices.ContainsFunc(way.Packets, flows)) {
				told += " " + word + " " + words[i+1]
				break
			}
		}
	}
	return told
}

func wayWords(reach Reach) string {
	var lines []string
	for _, way := range reach.Ways {
		lines = append(lines, fmt.Sprintf("%s %v missing %v", way.Verdict, way.Packets, way.Missing))
		for _, hop := range way.Hops {
			lines = append(lines, fmt.Sprintf("  %s %s: %s %v", hop.Kind, brief(hop.ID), hop.Detail, hop.Rules))
		}
	}
	return strings.Join(lines, "\n")
}

// lay puts one layer of resources over the others.
func lay(t *testing.T, resources map[string]map[string]any, layer []byte) {
	t.Helper()
	var read map[string]map[string]any
	if err := yaml.Unmarshal(layer, &read); err != nil {
		t.Fatal(err)
	}
	for id, props := range read {
		if props == nil {
			delete(resources, id)
			continue
		}
		if resources[id] == nil {
			resources[id] = map[string]any{}
		}
		for name, value := range props {
			if resources[id][name] = value; value == nil {
				delete(resources[id], name)
			}
		}
	}
}

// arns says which service's ARN an id of a fixture stands for.
var arns = []struct{ prefix, arn string }{
	{"vpc-", "arn:aws:ec2:eu-west-1:" + ours + ":vpc/"},
	{"subnet-", "arn:aws:ec2:eu-west-1:" + ours + ":subnet/"},
	{"sg-", "arn:aws:ec2:eu-west-1:" + ours + ":security-group/"},
	{"i-", "arn:aws:ec2:eu-west-1:" + ours + ":instance/"},
	{"eni-", "arn:aws:ec2:eu-west-1:" + ours + ":network-interface/"},
	{"rtb-", "arn:aws:ec2:eu-west-1:" + ours + ":route-table/"},
	{"igw-", "arn:aws:ec2:eu-west-1:" + ours + ":internet-gateway/"},
	{"acl-", "arn:aws:ec2:eu-west-1:" + ours + ":network-acl/"},
	{"pcx-", "arn:aws:ec2:eu-west-1:" + ours + ":vpc-peering-connection/"},
	{"vpce-svc-", "arn:aws:ec2:eu-west-1:" + ours + ":vpc-endpoint-service/"},
	{"vpce-", "arn:aws:ec2:eu-west-1:" + ours + ":vpc-endpoint/"},
	{"balancer/", "arn:aws:elasticloadbalancing:eu-west-1:" + ours + ":loadbalancer/"},
	{"listener/", "arn:aws:elasticloadbalancing:eu-west-1:" + ours + ":listener/"},
	{"targets/", "arn:aws:elasticloadbalancing:eu-west-1:" + ours + ":targetgroup/"},
	{"nat-", "arn:aws:ec2:eu-west-1:" + ours + ":natgateway/"},
	{"pl-", "arn:aws:ec2:eu-west-1:" + ours + ":prefix-list/"},
	{"eipalloc-", "arn:aws:ec2:eu-west-1:" + ours + ":elastic-ip/"},
	{"tgw-attach-", "arn:aws:ec2:eu-west-1:" + ours + ":transit-gateway-attachment/"},
	{"tgw-rtb-", "arn:aws:ec2:eu-west-1:" + ours + ":transit-gateway-route-table/"},
	{"tgw-", "arn:aws:ec2:eu-west-1:" + ours + ":transit-gateway/"},
	{"eice-", "arn:aws:ec2:eu-west-1:" + ours + ":instance-connect-endpoint/"},
	{"service/", "arn:aws:ecs:eu-west-1:" + ours + ":service/"},
	{"task/", "arn:aws:ecs:eu-west-1:" + ours + ":task/"},
	{"function:", "arn:aws:lambda:eu-west-1:" + ours + ":function:"},
	{"restapis/", "arn:aws:apigateway:eu-west-1::/restapis/"},
	{"apis/", "arn:aws:apigateway:eu-west-1::/apis/"},
	{"vpclinks/", "arn:aws:apigateway:eu-west-1::/vpclinks/"},
	{"distribution/", "arn:aws:cloudfront::" + ours + ":distribution/"},
	{"origin-access-control/", "arn:aws:cloudfront::" + ours + ":origin-access-control/"},
	{"bucket/", "arn:aws:s3:::"},
	{"db:", "arn:aws:rds:eu-west-1:" + ours + ":db:"},
	{"cluster:", "arn:aws:rds:eu-west-1:" + ours + ":cluster:"},
	{"parameter/", "arn:aws:ssm:eu-west-1:" + ours + ":parameter/"},
	{"resource-share/", "arn:aws:ram:eu-west-1:" + ours + ":resource-share/"},
	{"subnet/", "arn:aws:ec2:eu-west-1:" + ours + ":subnet/"},
	{"secret:", "arn:aws:secretsmanager:eu-west-1:" + ours + ":secret:"},
	{"warehouse:", "arn:aws:redshift:eu-west-1:" + ours + ":cluster:"},
	{"domain/", "arn:aws:es:eu-west-1:" + ours + ":domain/"},
	{"cache:", "arn:aws:elasticache:eu-west-1:" + ours + ":replicationgroup:"},
	{"file-system/", "arn:aws:elasticfilesystem:eu-west-1:" + ours + ":file-system/"},
	{"cluster/", "arn:aws:eks:eu-west-1:" + ours + ":cluster/"},
	{"webacl/", "arn:aws:wafv2:eu-west-1:" + ours + ":regional/webacl/"},
	{"queue:", "arn:aws:sqs:eu-west-1:" + ours + ":"},
	{"topic:", "arn:aws:sns:eu-west-1:" + ours + ":"},
	{"table/", "arn:aws:dynamodb:eu-west-1:" + ours + ":table/"},
	{"repository/", "arn:aws:ecr:eu-west-1:" + ours + ":repository/"},
	{"key/", "arn:aws:kms:eu-west-1:" + ours + ":key/"},
	{"layer:", "arn:aws:lambda:eu-west-1:" + ours + ":layer:"},
	{"event-bus/", "arn:aws:events:eu-west-1:" + ours + ":event-bus/"},
	{"vault:", "arn:aws:backup:eu-west-1:" + ours + ":backup-vault:"},
	{"catalog", "arn:aws:glue:eu-west-1:" + ours + ":catalog"},
	{"snap-", "arn:aws:ec2:eu-west-1::snapshot/"},
	{"ami-", "arn:aws:ec2:eu-west-1::image/"},
	{"copy:", "arn:aws:rds:eu-west-1:" + ours + ":snapshot:"},
	{"root:", "arn:aws:iam::"},
}

func full(id string) graph.ID {
	if id == "internet" {
		return graph.Internet
	}
	if digits, ok := strings.CutPrefix(id, "account "); ok {
		return root(digits)
	}
	for _, known := range arns {
		if rest, ok := strings.CutPrefix(id, known.prefix); ok {
			if strings.HasSuffix(known.prefix, "-") {
				rest = id
			}
			return graph.ID(known.arn + rest)
		}
	}
	return graph.ID(id)
}

func brief(id graph.ID) string {
	if id == graph.Internet {
		return "internet"
	}
	if name := parseARN(string(id)); name.service == "iam" && name.resource == "root" {
		return "account " + name.account
	}
	for _, known := range arns {
		if rest, ok := strings.CutPrefix(string(id), known.arn); ok {
			if strings.HasSuffix(known.prefix, "-") {
				if !strings.HasPrefix(rest, known.prefix) {
					continue
				}
				return rest
			}
			return known.prefix + rest
		}
	}
	return string(id)
}

// references are the properties that hold ids.
var references = []string{
	"vpc", "vpcs", "subnet", "subnets", "security_groups", "instance", "load_balancer", "load_balancers", "target_groups", "instances", "master_secret",
	"requester_vpc", "accepter_vpc", "interfaces", "interface", "web_acl", "cluster", "eni", "gateway", "route_table",
}

func build(t *testing.T, resources map[string]map[string]any) *world {
	t.Helper()
	world := newWorld(t)
	ids := make([]string, 0, len(resources))
	for id := range resources {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		kind, props := graph.NodeKind(fmt.Sprint(resources[id]["kind"])), graph.Props{"account": ours, "region": "eu-west-1"}
		spec, declared := kinds.NodeSpec(kind)
		if !declared {
			t.Fatalf("%s: there is no kind %s", id, kind)
		}
		for name, value := range resources[id] {
			if name == "kind" {
				continue
			}
			if !slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == name }) {
				t.Fatalf("%s: %s has no property %s", id, kind, name)
			}
			expand := func(text string) string {
				if slices.Contains(references, name) {
					return string(full(text))
				}
				return expanded(text)
			}
			switch value := value.(type) {
			case []any:
				list := []string{}
				for _, item := range value {
					list = append(list, expand(fmt.Sprint(item)))
				}
				props[name] = list
			case int:
				props[name] = int64(value)
			case string:
				props[name] = expand(value)
			default:
				props[name] = value
			}
		}
		world.add(full(id), kind, props)
	}
	return world
}

// expanded replaces <id> by the ARN that it stands for.
func expanded(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<")
		id, after, closed := strings.Cut(rest, ">")
		if !found || !closed {
			return text
		}
		text = before + string(full(id)) + after
	}
}

// tellEdges gives the edges as the fixtures write them.
func tellEdges(edges []graph.Edge) []string {
	var lines []string
	for _, edge := range edges {
		line := fmt.Sprintf("%s %s %s", brief(edge.From), edge.Kind, brief(edge.To))
		if edge.Kind == kinds.CanReach {
			line += " " + edge.Props.Text("ports")
		}
		if strings.HasSuffix(edge.Technique, "-vulnerability") {
			line += " by " + edge.Technique
		}
		for _, id := range edge.Requires {
			line += " with " + brief(id)
		}
		if edge.Verdict != graph.Proven {
			line += fmt.Sprintf(" (%s)", edge.Verdict)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
