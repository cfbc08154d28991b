package cypher

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// scenario is one example of the openCypher TCK.
type scenario struct {
	feature, name string
	graph         string   // of the graphs that have names; empty for an empty one
	before        []string // statements that make the graph
	params        [][2]string
	query         string
	then          string     // what the answer must be
	table         [][]string // with its head
	procedure     bool       // it calls one that the scenario brings along
}

// features reads every scenario below a folder, outlines as one scenario for each example.
func features(folder string) ([]scenario, error) {
	var all []scenario
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".feature") {
			return err
		}
		written, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		reader := gherkin{lines: strings.Split(string(written), "\n"), feature: strings.TrimSuffix(filepath.ToSlash(relative), ".feature")}
		found, err := reader.read()
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, found...)
		return nil
	})
	return all, err
}

// gherkin reads the subset of Gherkin in which the TCK is written.
type gherkin struct {
	lines   []string
	at      int
	feature string
	before  scenario // what the steps of a background give each scenario
}

// line gives the next line that says something, without its indent.
func (reader *gherkin) line() (string, bool) {
	for ; reader.at < len(reader.lines); reader.at++ {
		line := strings.TrimSpace(reader.lines[reader.at])
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "@") {
			return line, true
		}
	}
	return "", false
}

func (reader *gherkin) read() ([]scenario, error) {
	var all []scenario
	for {
		line, more := reader.line()
		if !more {
			return all, nil
		}
		reader.at++
		if line == "Background:" {
			background, err := reader.scenario("")
			if err != nil {
				return nil, err
			}
			reader.before = background[0]
			continue
		}
		name, outline := strings.CutPrefix(line, "Scenario Outline: ")
		if !outline {
			var plain bool
			if name, plain = strings.CutPrefix(line, "Scenario: "); !plain {
				continue // the head of the feature
			}
		}
		scenarios, err := reader.scenario(name)
		if err != nil {
			return nil, err
		}
		all = append(all, scenarios...)
	}
}

// scenario reads the steps of one, and the examples of an outline.
func (reader *gherkin) scenario(name string) ([]scenario, error) {
	found := scenario{feature: reader.feature, name: name, graph: reader.before.graph, before: slices.Clone(reader.before.before)}
	examples := [][]string{}
	for {
		line, more := reader.line()
		if !more || strings.HasPrefix(line, "Scenario") {
			break
		}
		reader.at++
		_, step, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "Examples:"):
			table := reader.table()
			if len(examples) > 0 {
				table = table[1:]
			}
			examples = append(examples, table...)
		case strings.HasPrefix(step, "having executed"):
			found.before = append(found.before, reader.text())
		case strings.HasPrefix(step, "executing query"):
			found.query = reader.text()
		case strings.HasPrefix(step, "executing control query"):
			// The scenario's own query writes: what it leaves is not looked at here.
			reader.text()
			reader.skipAnswer()
		case strings.HasPrefix(step, "parameters are"):
			for _, row := range reader.table() {
				found.params = append(found.params, [2]string{row[0], row[1]})
			}
		case strings.HasPrefix(step, "the result should be"), strings.Contains(step, "should be raised"):
			found.then = step
			found.table = reader.table()
		case strings.HasPrefix(step, "there exists a procedure"):
			found.procedure = true
			reader.table()
		case strings.HasSuffix(step, " graph"):
			found.graph = strings.TrimSuffix(strings.TrimPrefix(step, "the "), " graph")
		case strings.HasPrefix(step, "the side effects should be"):
			reader.table()
		case step == "no side effects":
		default:
			return nil, fmt.Errorf("line %d: no step is known that reads %q", reader.at, line)
		}
	}
	if len(examples) == 0 {
		return []scenario{found}, nil
	}
	var all []scenario
	for i, example := range examples[1:] {
		all = append(all, found.example(fmt.Sprintf("%s, example %d", name, i+1), examples[0], example))
	}
	return all, nil
}

func (reader *gherkin) skipAnswer() {
	if line, more := reader.line(); more && strings.Contains(line, "the result should be") {
		reader.at++
		reader.table()
	}
}

// example puts an example's values in place of their names.
func (outline scenario) example(name string, head, values []string) scenario {
	var pairs []string
	for i, key := range head {
		pairs = append(pairs, "<"+key+">", values[i])
	}
	fill := strings.NewReplacer(pairs...).Replace
	filled := outline
	filled.name, filled.query, filled.then, filled.before, filled.params, filled.table = name, fill(outline.query), fill(outline.then), nil, nil, nil
	for _, statement := range outline.before {
		filled.before = append(filled.before, fill(statement))
	}
	for _, param := range outline.params {
		filled.params = append(filled.params, [2]string{param[0], fill(param[1])})
	}
	for _, row := range outline.table {
		var cells []string
		for _, cell := range row {
			cells = append(cells, fill(cell))
		}
		filled.table = append(filled.table, cells)
	}
	return filled
}

// text reads what stands between two lines of """.
func (reader *gherkin) text() string {
	if line, _ := reader.line(); line != `"""` {
		return ""
	}
	reader.at++
	var text []string
	for ; strings.TrimSpace(reader.lines[reader.at]) != `"""`; reader.at++ {
		text = append(text, reader.lines[reader.at])
	}
	reader.at++
	return strings.Join(text, "\n")
}

// table reads the rows that follow; \| is a bar inside a cell.
func (reader *gherkin) table() [][]string {
	var rows [][]string
	for {
		line, more := reader.line()
		if !more || !strings.HasPrefix(line, "|") {
			return rows
		}
		reader.at++
		line = strings.ReplaceAll(strings.ReplaceAll(line, `\\`, "\x01"), `\|`, "\x00")
		var cells []string
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			cells = append(cells, strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"), "\x01", `\`))
		}
		rows = append(rows, cells)
	}
}
