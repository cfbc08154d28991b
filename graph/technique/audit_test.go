package technique_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v3"

	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// entry is what the audit reads of a technique's file.
type entry struct {
	ID   string
	Bind map[string]struct {
		Trusts []string
		Where  []string
	}
	Needs     []need
	Mitre     []string
	Detection []string
}

type need struct {
	Action, On, By string
	Context        map[string]string
	Any, All       []need
}

// permissions gives every need that is a permission.
func (asked need) permissions() []need {
	var found []need
	if asked.Action != "" {
		found = append(found, asked)
	}
	for _, part := range slices.Concat(asked.Any, asked.All) {
		found = append(found, part.permissions()...)
	}
	return found
}

// TestAudit holds every technique that has a rule to what a reader relies on: its actions exist, each is scoped to a resource
// that AWS checks it against, a role is passed to a service that may have it, and the log shows what is done.
func TestAudit(t *testing.T) {
	files, err := filepath.Glob("aws/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no techniques: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var read entry
		if err := yaml.Unmarshal(data, &read); err != nil {
			t.Fatal(err)
		}
		t.Run(read.ID, func(t *testing.T) {
			var own []need
			for _, asked := range read.Needs {
				for _, permission := range asked.permissions() {
					read.scoped(t, permission)
					read.passes(t, permission)
					if permission.By == "" {
						own = append(own, permission)
					}
				}
			}
			if len(own) > 0 && !slices.ContainsFunc(own, read.logs) {
				t.Errorf("detection %v names the event of none of its actions", read.Detection)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// scoped checks the resource of a permission against AWS's table of actions.
func (entry entry) scoped(t *testing.T, permission need) {
	t.Helper()
	action, known := iam.LookupAction(permission.Action)
	if !known {
		t.Errorf("%s: AWS has no such action", permission.Action)
		return
	}
	switch {
	case permission.On == "*":
		if slices.ContainsFunc(action.Resources, func(kind iam.ResourceType) bool { return kind.Required }) {
			t.Errorf("%s acts on a resource, and is asked for on none", permission.Action)
		}
	case strings.HasPrefix(permission.On, "arn:"):
		asked := strings.SplitN(placeholder.ReplaceAllString(permission.On, "*"), ":", 6)
		if !slices.ContainsFunc(action.Resources, func(kind iam.ResourceType) bool {
			known := strings.SplitN(kind.ARN, ":", 6)
			return len(known) == 6 && known[2] == asked[2] && (word(known[5]) == "" || word(known[5]) == word(asked[5]))
		}) {
			t.Errorf("%s does not act on %s", permission.Action, permission.On)
		}
	}
}

// word gives the type of resource that an ARN's last part begins with; empty where that is a name.
func word(resource string) string {
	end := strings.IndexAny(resource, "/:*$")
	if end <= 0 || resource[end] == '*' || resource[end] == '$' {
		return ""
	}
	return resource[:end]
}

// passes checks that a role is passed to one service, which its trust must let in.
func (entry entry) passes(t *testing.T, permission need) {
	t.Helper()
	if permission.Action != "iam:PassRole" {
		return
	}
	service := permission.Context["iam:PassedToService"]
	switch role, bound := entry.Bind[permission.On]; {
	case !bound:
		t.Errorf("iam:PassRole on %q: want a bound role", permission.On)
	case service == "":
		t.Errorf("iam:PassRole on %s does not say to which service", permission.On)
	case len(role.Trusts) > 0 && !slices.Contains(role.Trusts, service):
		t.Errorf("%s is passed to %s, and trusts %v", permission.On, service, role.Trusts)
	case len(role.Trusts) == 0 && !slices.ContainsFunc(role.Where, func(where string) bool { return strings.HasPrefix(where, "id ") }):
		t.Errorf("%s need not trust %s", permission.On, service)
	}
}

// eventNames are the events of permissions that are not called as the operations are: API Gateway's permissions are HTTP methods,
// and a login to a database is no call of AWS, so that what comes before it is all that is logged.
var eventNames = map[string]string{"apigateway:POST": "CreateDeployment", "rds-db:connect": "DescribeDBInstances"}

// logs reports whether an event of the entry is what CloudTrail calls the permission's action: by its name, to which
// some services add their API's version.
func (entry entry) logs(permission need) bool {
	_, name, _ := strings.Cut(permission.Action, ":")
	if called, other := eventNames[permission.Action]; other {
		name = called
	}
	return slices.ContainsFunc(entry.Detection, func(event string) bool {
		_, event, _ = strings.Cut(event, "/")
		return strings.HasPrefix(event, name)
	})
}

// TestNearMisses checks that each fixture's misses fail for reasons of at least two sorts, one of which is that something
// forbids: what only ever lacks a permission says little of what is derived.
func TestNearMisses(t *testing.T) {
	fixtures, err := filepath.Glob("aws/testdata/*.txtar")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, fixture := range fixtures {
		t.Run(strings.TrimSuffix(filepath.Base(fixture), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(fixture)
			if err != nil {
				t.Fatal(err)
			}
			archive := txtar.Parse(data)
			world := overlay(t, archive.Files[0].Data, nil)
			found := map[string]bool{}
			for _, file := range archive.Files[1:] {
				if strings.HasPrefix(file.Name, "miss: ") {
					found[reason(world, overlay(t, archive.Files[0].Data, file.Data))] = true
				}
			}
			if len(found) < 2 || !found["deny"] && !found["boundary"] && !found["control policy"] {
				t.Errorf("misses for %v: want two sorts of reasons or more, among them a deny, a boundary or a control policy", found)
			}
		})
	}
}

// reason says in what a miss differs from the world, by the first of what it adds or changes.
func reason(world, missed fixtureWorld) string {
	denies := func(world fixtureWorld) (count int) {
		for _, holders := range []map[string]fixturePrincipal{world.Users, world.Roles, world.Groups} {
			for _, held := range holders {
				for _, statements := range held.Inline {
					count += strings.Count(text(statements), "effect: deny")
				}
			}
		}
		return count
	}
	boundaries := func(world fixtureWorld) (count int) {
		for _, holders := range []map[string]fixturePrincipal{world.Users, world.Roles} {
			for _, held := range holders {
				if held.Boundary != "" {
					count++
				}
			}
		}
		return count
	}
	trusts := func(world fixtureWorld) map[string]any {
		found := map[string]any{}
		for name, role := range world.Roles {
			found[name] = role.Trust
		}
		return found
	}
	switch {
	case len(missed.Control) > len(world.Control):
		return "control policy"
	case boundaries(missed) > boundaries(world):
		return "boundary"
	case denies(missed) > denies(world):
		return "deny"
	case !reflect.DeepEqual(trusts(missed), trusts(world)):
		return "trust"
	case strings.Count(text(missed.Users), "condition:") > strings.Count(text(world.Users), "condition:"):
		return "condition"
	case !reflect.DeepEqual(missed.Nodes, world.Nodes) || !reflect.DeepEqual(missed.Links, world.Links):
		return "resource"
	case len(regexp.MustCompile(`\b[a-z0-9-]+:[A-Z]\w+`).FindAllString(text(missed.Users), -1)) < len(regexp.MustCompile(`\b[a-z0-9-]+:[A-Z]\w+`).FindAllString(text(world.Users), -1)):
		return "permission"
	default:
		return "scope"
	}
}

// text gives a value as YAML with small keys and effects.
func text(value any) string {
	data, err := yaml.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.NewReplacer("Effect: Deny", "effect: deny", "Condition:", "condition:").Replace(string(data))
}
