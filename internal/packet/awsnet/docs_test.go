package awsnet

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const repository = "../../.."

// fixtureFolders hold the fixtures that docs/network.md names.
var fixtureFolders = []string{"testdata", repository + "/graph/derive/aws/testdata/network", repository + "/graph/derive/aws/testdata/worlds"}

// documentation are the hosts of the pages by which a rule may be proven: the provider's own, and those of who publishes the inputs.
var documentation = []string{
	"https://docs.aws.amazon.com/", "https://trivy.dev/", "https://github.com/anchore/grype", "https://www.first.org/epss/", "https://www.cisa.gov/",
}

func page(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(repository + "/docs/network.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

func fixtures(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, folder := range fixtureFolders {
		files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no fixtures: %v", folder, err)
		}
		for _, file := range files {
			names = append(names, strings.TrimSuffix(filepath.Base(file), ".txtar"))
		}
	}
	return names
}

// tests are the names of all tests and benchmarks of the repository.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
	found := map[string]bool{}
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != repository:
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range declared.FindAllSubmatch(source, -1) {
			found[string(match[1])] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// docs/network.md lists every fixture.
func TestEveryFixtureIsListed(t *testing.T) {
	text := page(t)
	for _, name := range fixtures(t) {
		if !strings.Contains(text, "| "+name+" |") && !strings.Contains(text, "| "+name+", ") {
			t.Errorf("docs/network.md does not list %s", name)
		}
	}
}

// Each row of docs/network.md has a rule, links to the provider's documentation, and tests that there are.
func TestEveryRuleHasASourceAndATest(t *testing.T) {
	link := regexp.MustCompile(`\]\((https?://[^)]+)\)`)
	known, declared := fixtures(t), tests(t)
	rows, linked := 0, false
	for i, line := range strings.Split(page(t), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.Contains(line, "---") || strings.TrimSpace(cells[2]) == "Source" {
			continue
		}
		rows++
		rule, source := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		links := link.FindAllStringSubmatch(source, -1)
		for _, one := range links {
			if !slices.ContainsFunc(documentation, func(host string) bool { return strings.HasPrefix(one[1], host) }) {
				t.Errorf("line %d: %s is no page of documentation", i+1, one[1])
			}
		}
		if linked = len(links) > 0 || linked && strings.HasPrefix(source, "the same"); !linked {
			t.Errorf("line %d: %q has no source", i+1, rule)
		}
		for _, name := range strings.Split(cells[3], ",") {
			name = strings.TrimSpace(name)
			_, err := os.Stat(filepath.Join(repository, name))
			if !slices.Contains(known, name) && !declared[name] && (name == "" || err != nil) {
				t.Errorf("line %d: %q: there is no fixture, test or folder %q", i+1, rule, name)
			}
		}
	}
	if rows < 60 {
		t.Errorf("%d rows were read", rows)
	}
}

// Tests and benchmarks that its prose names are there.
func TestTheTestsThatTheProseNamesExist(t *testing.T) {
	declared := tests(t)
	for _, name := range regexp.MustCompile(`\b(?:Test|Benchmark)[A-Z]\w+`).FindAllString(page(t), -1) {
		if !declared[name] {
			t.Errorf("there is no %s", name)
		}
	}
}
