package technique

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
)

// document is a technique's file.
type document struct {
	ID            string     `yaml:"id"`
	Title         string     `yaml:"title"`
	Summary       string     `yaml:"summary"`
	Category      Category   `yaml:"category"`
	Services      []string   `yaml:"services"`
	Severity      Severity   `yaml:"severity"`
	Likelihood    Likelihood `yaml:"likelihood"`
	Mitre         []string   `yaml:"mitre"`
	Prerequisites []string   `yaml:"prerequisites"`
	References    []string   `yaml:"references"`
	Detection     []string   `yaml:"detection"`
	Remediation   string     `yaml:"remediation"`

	Composes []string `yaml:"composes"`
	BuiltIn  bool     `yaml:"builtin"`

	Bind  map[string]bindDocument `yaml:"bind"`
	Needs []needDocument          `yaml:"needs"`
	Gain  *gainDocument           `yaml:"gain"`
}

type bindDocument struct {
	Kinds    []graph.NodeKind `yaml:"kinds"`
	Is       string           `yaml:"is"`     // actor, or not-actor
	Linked   string           `yaml:"linked"` // <variable> <EDGE>[?]…; a leading < walks an edge backward
	Where    []string         `yaml:"where"`
	Trusts   []string         `yaml:"trusts"`
	Anywhere bool             `yaml:"anywhere"` // other accounts' nodes too
}

// needDocument is a permission (action … by), a condition (of, is), the existence of a variable, an assumption that
// collected data cannot settle, or several needs joined by any or all.
type needDocument struct {
	Action  string            `yaml:"action"`
	On      string            `yaml:"on"`
	By      string            `yaml:"by"`
	Context map[string]string `yaml:"context"`

	Of string `yaml:"of"`
	Is string `yaml:"is"`

	Exists string `yaml:"exists"`
	Assume string `yaml:"assume"`

	Any []needDocument `yaml:"any"`
	All []needDocument `yaml:"all"`
}

type gainDocument struct {
	Edge     graph.EdgeKind `yaml:"edge"`
	To       string         `yaml:"to"`
	As       string         `yaml:"as"`       // whose permissions are raised; its boundary caps them, and it must be held
	Uncapped bool           `yaml:"uncapped"` // in place of as: no boundary caps what is gained
	Requires []string       `yaml:"requires"` // what must be held besides
}

// Load reads every .yaml file at the top of a file system as one technique; all are of one cloud. What a file says that this package does
// not know, or that cannot be meant, is an error that names the file and the line.
func Load(files fs.FS) (Catalogue, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return Catalogue{}, err
	}
	var catalogue Catalogue
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return Catalogue{}, fmt.Errorf("technique: %w", err)
		}
		technique, cloud, err := parse(name, data)
		if err != nil {
			return Catalogue{}, fmt.Errorf("technique: %s: %w", name, err)
		}
		if catalogue.cloud != nil && catalogue.cloud != cloud {
			return Catalogue{}, fmt.Errorf("technique: %s: it is of another cloud than those before it", name)
		}
		catalogue.cloud = cloud
		catalogue.techniques = append(catalogue.techniques, technique)
	}
	slices.SortFunc(catalogue.techniques, func(a, b Technique) int { return strings.Compare(a.ID, b.ID) })
	for _, technique := range catalogue.techniques {
		for _, part := range technique.Composes {
			if _, known := catalogue.Find(part); !known {
				return Catalogue{}, fmt.Errorf("technique: %s.yaml: composes %s, which the catalogue does not hold", technique.ID, part)
			}
		}
	}
	return catalogue, nil
}

func parse(name string, data []byte) (Technique, *cloud, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return Technique{}, nil, plain(err)
	}
	if len(root.Content) != 1 {
		return Technique{}, nil, errors.New("line 1: the file is empty")
	}
	var written document
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&written); err != nil {
		return Technique{}, nil, plain(err)
	}
	reading := &reading{root: root.Content[0], written: written, cloud: cloudOf(written)}
	reading.check(strings.TrimSuffix(path.Base(name), ".yaml"))
	technique := Technique{
		ID: written.ID, Title: written.Title, Summary: fold(written.Summary), Category: written.Category, Services: written.Services,
		Severity: written.Severity, Likelihood: written.Likelihood, Mitre: written.Mitre, Prerequisites: written.Prerequisites,
		References: written.References, Detection: written.Detection, Remediation: fold(written.Remediation),
		Composes: written.Composes, BuiltIn: written.BuiltIn,
	}
	if written.Gain != nil || len(written.Needs) > 0 || len(written.Bind) > 0 {
		technique.rule = reading.rule()
	}
	return technique, reading.cloud, reading.err
}

// fold joins the lines of a paragraph.
func fold(text string) string { return strings.Join(strings.Fields(text), " ") }

// plain drops the decoder's own heading, so that what is left reads "line 3: …".
func plain(err error) error {
	var several *yaml.TypeError
	if errors.As(err, &several) {
		return errors.New(strings.Join(several.Errors, "; "))
	}
	return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
}

// reading is a file on its way to a Technique. It keeps the first defect.
type reading struct {
	root    *yaml.Node
	written document
	cloud   *cloud
	names   []string // of variables, in the order of the file
	err     error
}

// fail records a defect at a place: a path of keys and list positions.
func (reading *reading) fail(place []any, format string, args ...any) {
	if reading.err == nil {
		reading.err = fmt.Errorf("line %d: %w", reading.line(place), fmt.Errorf(format, args...))
	}
}

// line gives the line of a place, or of the deepest part of it that the file has.
func (reading *reading) line(place []any) int {
	node, line := reading.root, 1
	for _, step := range place {
		switch step := step.(type) {
		case string:
			at := -1
			for i := 0; i+1 < len(node.Content); i += 2 {
				if node.Content[i].Value == step {
					at = i
				}
			}
			if at < 0 {
				return line
			}
			line, node = node.Content[at].Line, node.Content[at+1]
		case int:
			if step >= len(node.Content) {
				return line
			}
			node = node.Content[step]
			line = node.Line
		}
	}
	return line
}

var (
	idForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`)
	mitreForm = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)
	nameForm  = regexp.MustCompile(`^[a-z][a-z_]*$`)
)

// check holds the entry to what every reader may rely on.
func (reading *reading) check(file string) {
	written := reading.written
	at := func(keys ...any) []any { return keys }
	switch {
	case !idForm.MatchString(written.ID):
		reading.fail(at("id"), "id %q: want words of small letters and digits joined by -", written.ID)
	case written.ID != file:
		reading.fail(at("id"), "id %q: the file must be called %s.yaml", written.ID, written.ID)
	case written.Title == "" || written.Summary == "" || written.Remediation == "":
		reading.fail(nil, "title, summary and remediation must each say something")
	case !slices.Contains(Categories(), written.Category):
		reading.fail(at("category"), "category %q is none of %v", written.Category, Categories())
	case !slices.Contains([]Severity{Critical, High, Medium, Low}, written.Severity):
		reading.fail(at("severity"), "severity %q is none of CRITICAL, HIGH, MEDIUM, LOW", written.Severity)
	case written.Likelihood.Value <= 0 || written.Likelihood.Value > 1 || written.Likelihood.Reason == "":
		reading.fail(at("likelihood"), "likelihood needs a value in (0, 1] and a reason")
	case len(written.Services) == 0 || len(written.Mitre) == 0 || len(written.References) == 0 || len(written.Detection) == 0:
		reading.fail(nil, "services, mitre, references and detection must each name something")
	}
	for i, id := range written.Mitre {
		if !mitreForm.MatchString(id) {
			reading.fail(at("mitre", i), "%q is not an id of MITRE ATT&CK such as T1098.001", id)
		}
	}
	for i, url := range written.References {
		if !strings.HasPrefix(url, "https://") {
			reading.fail(at("references", i), "%q does not begin with https://", url)
		}
	}
	for i, event := range written.Detection {
		if !reading.cloud.event.MatchString(event) {
			reading.fail(at("detection", i), "%q: want <event source>/<event name>, such as %s", event, reading.cloud.eventExample)
		}
	}
	ways := 0
	for _, way := range []bool{len(written.Composes) > 0, written.BuiltIn, written.Gain != nil} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		reading.fail(nil, "an entry has either a gain (with bind and needs), or composes, or builtin: true")
	}
	if written.Gain == nil && len(written.Bind)+len(written.Needs) > 0 {
		reading.fail(nil, "bind and needs lead nowhere without a gain")
	}
}
