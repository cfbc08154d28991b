package aws

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Action is one entry of AWS's Service Authorization Reference
// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
type Action struct {
	Name          string         // as AWS writes it: "s3:GetObject"
	Access        string         // "Read", "List", "Write", "Tagging, Write", "Permissions management, Write"
	Resources     []ResourceType // what it acts on; none: a policy can only grant it on "*"
	ConditionKeys []string       // that AWS gives for it beside the global ones, sorted
}

// ResourceType is a kind of resource an action acts on.
type ResourceType struct {
	Name     string
	ARN      string // with placeholders: "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
	Pattern  *Pattern
	Required bool // the action always acts on one
}

//go:embed actions.txt.gz
var packedActions []byte

// actionTable holds the text of each service's entries, which are parsed when first asked for.
type actionTable struct {
	rcp      []string
	services map[string]*serviceTable
}

type serviceTable struct {
	name  string
	text  string
	parse sync.Once
	by    map[string]*Action // by lower-case action name without the service
}

var actions = sync.OnceValue(func() *actionTable {
	table := &actionTable{services: map[string]*serviceTable{}}
	z, err := gzip.NewReader(bytes.NewReader(packedActions))
	if err != nil {
		return table
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return table
	}
	head, rest, _ := strings.Cut(string(text), "\nS\t")
	table.rcp = strings.Fields(head)[1:]
	for _, section := range strings.Split(rest, "\nS\t") {
		name, body, _ := strings.Cut(section, "\n")
		table.services[name] = &serviceTable{name: name, text: body}
	}
	return table
})

// LookupAction finds an action by its name in any case.
func LookupAction(name string) (Action, bool) {
	if a := findAction(strings.ToLower(name)); a != nil {
		return *a, true
	}
	return Action{}, false
}

func findAction(lower string) *Action {
	prefix, name, _ := strings.Cut(lower, ":")
	service := actions().services[prefix]
	if service == nil {
		return nil
	}
	service.parse.Do(service.read)
	return service.by[name]
}

func (s *serviceTable) read() {
	s.by = map[string]*Action{}
	var types []ResourceType
	var keys []string
	for line := range strings.Lines(s.text) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch f[0] {
		case "R":
			types = append(types, ResourceType{Name: f[1], ARN: f[2], Pattern: placeholderPattern(f[2])})
		case "K":
			keys = append(keys, f[1])
		case "A":
			s.by[strings.ToLower(f[1])] = newAction(s.name, f, types, keys)
		}
	}
}

func newAction(service string, f []string, types []ResourceType, keys []string) *Action {
	a := &Action{Name: service + ":" + f[1], Access: f[2]}
	for number := range strings.SplitSeq(f[3], ",") {
		number, required := strings.CutSuffix(number, "!")
		if i, err := strconv.Atoi(number); err == nil && i < len(types) {
			t := types[i]
			t.Required = required
			a.Resources = append(a.Resources, t)
		}
	}
	for number := range strings.SplitSeq(f[4], ",") {
		if i, err := strconv.Atoi(number); err == nil && i < len(keys) {
			a.ConditionKeys = append(a.ConditionKeys, keys[i])
		}
	}
	return a
}

// within narrows the type to the ARNs of a partition; "" leaves it as it is. "Each partition is an isolated set of Regions"
// (AWS fault isolation boundaries, "Partitions",
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html), so that no principal acts
// on another's resources.
func (t *ResourceType) within(partition string) *Pattern {
	const placeholder = "${Partition}"
	if partition == "" || !strings.Contains(t.ARN, placeholder) {
		return t.Pattern
	}
	return placeholderPattern(strings.Replace(t.ARN, placeholder, partition, 1))
}

// placeholderPattern turns "${Name}" into a wildcard.
func placeholderPattern(arn string) *Pattern {
	var tokens []rune
	for arn != "" {
		before, rest, found := strings.Cut(arn, "${")
		tokens = append(tokens, []rune(before)...)
		if !found {
			break
		}
		tokens = append(tokens, star)
		_, arn, _ = strings.Cut(rest, "}")
	}
	return newPattern(tokens)
}

// inapplicable settles what the action can act on: one without resource types acts on "*" and a policy that names
// resources does not grant it ("If this column is empty, the action does not support resource-level permissions and you
// must specify all resources ("*") in the Resource element", Service Authorization Reference); one with types acts on
// those only. It gives the reason why a request cannot exist, or "".
func (e *evaluation) inapplicable() string {
	a := findAction(e.action)
	switch {
	case a == nil:
	case len(a.Resources) == 0:
		e.target = "*"
		e.result.Resource = "*"
		if target, ok := everyBucket(e.action); ok {
			e.target = target
		}
	case e.whole == nil && !a.actsOn(e.target):
		return "the action does not act on resources of this kind"
	}
	return ""
}

func (a *Action) actsOn(target string) bool {
	return slices.ContainsFunc(a.Resources, func(t ResourceType) bool { return t.covers(target) })
}

// actsOnResources reports whether the action supports resource-level permissions, as far as is known.
func (e *evaluation) actsOnResources() bool {
	a := findAction(e.action)
	return a == nil || len(a.Resources) > 0
}

// resourceTypes gives the patterns of what an action, named in lower case, acts on in a partition ("" = in any); none when it
// is not known.
func resourceTypes(lower, partition string) []*Pattern {
	a := findAction(lower)
	if a == nil {
		return nil
	}
	patterns := make([]*Pattern, 0, len(a.Resources)+1)
	for _, t := range a.Resources {
		patterns = append(patterns, t.within(partition))
		if t.ARN == bucketARN {
			patterns = append(patterns, anyObject)
		}
	}
	return patterns
}

// supportsRCPs reports whether resource control policies bind the service's resources (Resource control policies, "List
// of AWS services that support RCPs").
func supportsRCPs(service string) bool {
	_, found := slices.BinarySearch(actions().rcp, service)
	return found
}

// SpellAction writes a pattern of actions, whose letters are all lower case, as AWS spells the names of its actions, as far as
// they begin alike.
func SpellAction(p *Pattern) string {
	service, name, found := strings.Cut(p.text, ":")
	literal := name
	if end := strings.IndexAny(name, "*?"); end >= 0 {
		literal = name[:end]
	}
	table := actions().services[service]
	if !found || literal == "" || table == nil {
		return p.text
	}
	table.parse.Do(table.read)
	spelled := ""
	for lower, action := range table.by {
		if strings.HasPrefix(lower, literal) && (len(literal) < len(name) || lower == name) {
			_, proper, _ := strings.Cut(action.Name, ":")
			if candidate := proper[:len(literal)]; spelled == "" || candidate < spelled {
				spelled = candidate
			}
		}
	}
	if spelled == "" {
		return p.text
	}
	return service + ":" + spelled + name[len(literal):]
}
