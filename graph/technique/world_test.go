package technique_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const (
	ownAccount   = "111111111111"
	otherAccount = "222222222222"
)

// fixtureWorld is an account as fixtures write it. Principals are named user/x, role/x, group/x; a policy is a list of
// statements. Nodes of other kinds are named by their ARNs.
type fixtureWorld struct {
	Users    map[string]fixturePrincipal `yaml:"users"`
	Roles    map[string]fixturePrincipal `yaml:"roles"`
	Groups   map[string]fixturePrincipal `yaml:"groups"`
	Policies map[string]fixturePolicy    `yaml:"policies"` // customer managed
	Control  map[string]any              `yaml:"control"`  // service control policies on the account
	Nodes    map[string]map[string]any   `yaml:"nodes"`
	Links    []string                    `yaml:"links"` // structure edges, each "from EDGE to"
	Edges    []string                    `yaml:"edges"` // expected; read by the runner
}

type fixturePrincipal struct {
	Trust    any            `yaml:"trust"`    // a service, or statements
	Inline   map[string]any `yaml:"inline"`   // statements by name
	Attached []string       `yaml:"attached"` // managed policies; aws/<name> for AWS's own full-access ones
	Groups   []string       `yaml:"groups"`
	Boundary string         `yaml:"boundary"`
	Path     string         `yaml:"path"`
	Props    map[string]any `yaml:"props"` // null takes a default away
}

// administrator reports whether a principal plainly is one already, as the caller of Derive knows.
func (world fixtureWorld) administrator(id graph.ID) bool {
	kind, name, _ := strings.Cut(short(id), "/")
	holders := map[string]map[string]fixturePrincipal{"user": world.Users, "role": world.Roles, "group": world.Groups}
	held := holders[kind][name]
	return held.Boundary == "" && slices.Contains(held.Attached, "aws/AdministratorAccess")
}

type fixturePolicy struct {
	Document any            `yaml:"document"`
	Versions map[string]any `yaml:"versions"` // the others
}

// builder makes a snapshot of a fixture's world, as the collector would.
type builder struct {
	t     *testing.T
	batch graph.Batch
	known map[graph.ID]bool
}

func build(t *testing.T, world fixtureWorld) *graph.Snapshot {
	t.Helper()
	b := &builder{t: t, batch: graph.Batch{Scope: "aws/" + ownAccount + "/global/iam"}, known: map[graph.ID]bool{}}
	account := named("account")
	props := graph.Props{"account": ownAccount, "organizations": "none"}
	if len(world.Control) > 0 {
		props["organizations"], props["organization"] = "member", "o-example"
		b.organization(account, world.Control)
	}
	b.node(account, kinds.AWSAccount, props)
	for _, name := range slices.Sorted(maps.Keys(world.Policies)) {
		policy := world.Policies[name]
		id := named("policy/" + name)
		b.node(id, kinds.AWSPolicy, graph.Props{"account": ownAccount, "name": name, "document": b.document(policy.Document, ""), "version": "v1", "aws_managed": false})
		for _, version := range slices.Sorted(maps.Keys(policy.Versions)) {
			child := id + graph.ID("/versions/"+version)
			b.node(child, kinds.AWSPolicyVersion, graph.Props{"account": ownAccount, "document": b.document(policy.Versions[version], ""), "version": version})
			b.edge(id, child, kinds.Contains)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(world.Groups)) {
		b.principal("group/"+name, kinds.AWSGroup, world.Groups[name], graph.Props{})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Users)) {
		b.principal("user/"+name, kinds.AWSUser, world.Users[name], graph.Props{
			"access_keys": int64(1), "active_keys": int64(1), "console": false, "mfa": false,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(world.Roles)) {
		role := world.Roles[name]
		b.principal("role/"+name, kinds.AWSRole, role, graph.Props{"trust": b.trust(role.Trust), "path": "/", "service_linked": false})
	}
	for _, id := range slices.Sorted(maps.Keys(world.Nodes)) {
		b.other(id, world.Nodes[id])
	}
	for _, link := range world.Links {
		words := strings.Fields(link)
		if len(words) != 3 {
			t.Fatalf("link %q: want from EDGE to", link)
		}
		b.edge(named(words[0]), named(words[2]), graph.EdgeKind(words[1]))
	}
	snapshot, err := graph.NewSnapshot(1, b.batch)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// named gives the id of a short name.
func named(name string) graph.ID {
	switch {
	case name == "account":
		return "arn:aws:iam::" + ownAccount + ":root"
	case strings.HasPrefix(name, "aws/"):
		return graph.ID("arn:aws:iam::aws:policy/" + name[len("aws/"):])
	case strings.HasPrefix(name, "arn:"):
		return graph.ID(name)
	default:
		return graph.ID("arn:aws:iam::" + ownAccount + ":" + name)
	}
}

func (b *builder) node(id graph.ID, kind graph.NodeKind, props graph.Props) {
	b.known[id] = true
	b.batch.Nodes = append(b.batch.Nodes, graph.Node{ID: id, Kind: kind, Props: props})
}

func (b *builder) edge(from, to graph.ID, kind graph.EdgeKind) {
	b.batch.Edges = append(b.batch.Edges, graph.Edge{From: from, To: to, Kind: kind})
}

func (b *builder) principal(name string, kind graph.NodeKind, written fixturePrincipal, props graph.Props) {
	id := named(name)
	props["account"], props["name"] = ownAccount, name[strings.IndexByte(name, '/')+1:]
	for prop, value := range written.Props {
		if value == nil {
			delete(props, prop)
		} else {
			props[prop] = propValue(value)
		}
	}
	b.node(id, kind, props)
	for _, policy := range slices.Sorted(maps.Keys(written.Inline)) {
		if written.Inline[policy] == nil {
			continue
		}
		child := id + graph.ID("/inline-policy/"+policy)
		b.node(child, kinds.AWSInlinePolicy, graph.Props{"account": ownAccount, "name": policy, "document": b.document(written.Inline[policy], "")})
		b.edge(id, child, kinds.HasPolicy)
	}
	for _, policy := range written.Attached {
		b.edge(id, b.policy(policy), kinds.HasPolicy)
	}
	for _, group := range written.Groups {
		b.edge(id, named("group/"+group), kinds.MemberOf)
	}
	if written.Boundary != "" {
		b.edge(id, b.policy(written.Boundary), kinds.BoundedBy)
	}
}

// policy gives a managed policy's id, and makes AWS's own: aws/AdministratorAccess allows everything, any other reads.
func (b *builder) policy(name string) graph.ID {
	if !strings.HasPrefix(name, "aws/") {
		return named("policy/" + name)
	}
	id := named(name)
	if !b.known[id] {
		action := "iam:Get*"
		if name == "aws/AdministratorAccess" {
			action = "*"
		}
		b.node(id, kinds.AWSPolicy, graph.Props{"aws_managed": true, "version": "v1", "document": b.document(
			map[string]any{"Effect": "Allow", "Action": action, "Resource": "*"}, "",
		)})
	}
	return id
}

// document writes a policy of one statement or several. A service stands for a role trust in it.
func (b *builder) document(statements any, service string) string {
	if service != "" {
		statements = map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": service}}
	}
	if _, several := statements.([]any); !several {
		statements = []any{statements}
	}
	data, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

func (b *builder) trust(written any) string {
	service, _ := written.(string)
	return b.document(written, service)
}

// organization puts the account into one, under policies that allow everything and those given.
func (b *builder) organization(account graph.ID, policies map[string]any) {
	root := graph.ID("arn:aws:organizations::" + otherAccount + ":root/o-example/r-root")
	b.node("arn:aws:organizations::"+otherAccount+":organization/o-example", kinds.AWSOrganization, graph.Props{"management": otherAccount})
	b.node(root, kinds.AWSOrganizationalUnit, graph.Props{"root": true})
	b.edge("arn:aws:organizations::"+otherAccount+":organization/o-example", root, kinds.Contains)
	b.edge(root, account, kinds.Contains)
	control := func(name string, statements any, targets ...graph.ID) {
		id := graph.ID("arn:aws:organizations::" + otherAccount + ":policy/o-example/service_control_policy/" + name)
		b.node(id, kinds.AWSControlPolicy, graph.Props{"name": name, "type": "SERVICE_CONTROL_POLICY", "document": b.document(statements, "")})
		for _, target := range targets {
			b.edge(id, target, kinds.AttachedTo)
		}
	}
	control("p-FullAWSAccess", map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"}, root, account)
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		control(name, policies[name], account)
	}
}

// other makes a node of any other kind: kind, then its properties; policy may be statements.
func (b *builder) other(id string, written map[string]any) {
	if written == nil {
		return
	}
	props := graph.Props{"account": ownAccount, "region": strings.SplitN(id+":::::", ":", 6)[3]}
	kind, _ := written["kind"].(string)
	for name, value := range written {
		switch _, statements := value.([]any); {
		case name == "kind" || value == nil:
		case name == "policy" && statements:
			props[name] = b.document(value, "")
		default:
			props[name] = propValue(value)
		}
	}
	if spec, known := kinds.NodeSpec(graph.NodeKind(kind)); known {
		for name := range props {
			if !slices.ContainsFunc(spec.Props, func(prop graph.PropSpec) bool { return prop.Name == name }) {
				b.t.Fatalf("%s: %s has no property %s", id, kind, name)
			}
		}
	} else {
		b.t.Fatalf("%s: no kind is called %q", id, kind)
	}
	b.node(graph.ID(id), graph.NodeKind(kind), props)
}

// propValue turns YAML's values into a graph's; user/x, role/x and so on become ARNs.
func propValue(value any) any {
	switch value := value.(type) {
	case int:
		return int64(value)
	case string:
		for _, kind := range []string{"user/", "role/", "group/", "policy/", "instance-profile/"} {
			if strings.HasPrefix(value, kind) {
				return string(named(value))
			}
		}
		return value
	case []any:
		var list []string
		for _, item := range value {
			list = append(list, fmt.Sprint(propValue(item)))
		}
		return graph.Sorted(list)
	default:
		return value
	}
}

// overlay lays one YAML document over another: maps are merged, all else is replaced.
func overlay(t *testing.T, base, over []byte) fixtureWorld {
	t.Helper()
	var world fixtureWorld
	overlaid(t, base, over, &world)
	return world
}

// overlaid is overlay for any cloud's world.
func overlaid(t *testing.T, base, over []byte, into any) {
	t.Helper()
	var under, above map[string]any
	for _, part := range []struct {
		data []byte
		into *map[string]any
	}{{base, &under}, {over, &above}} {
		if err := yaml.Unmarshal(part.data, part.into); err != nil {
			t.Fatalf("%v in\n%s", err, part.data)
		}
	}
	data, err := yaml.Marshal(merged(under, above))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
}

func merged(under, above map[string]any) map[string]any {
	result := maps.Clone(under)
	if result == nil {
		result = map[string]any{}
	}
	for key, value := range above {
		inner, both := value.(map[string]any)
		outer, also := result[key].(map[string]any)
		if both && also {
			result[key] = merged(outer, inner)
		} else {
			result[key] = value
		}
	}
	return result
}
