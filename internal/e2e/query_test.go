package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// answer is what programs read of "inroad query --format json"; the names are a promise.
type answer struct {
	Columns []string
	Rows    []map[string]any
	Stopped *string
}

func (store store) query(t *testing.T, args ...string) answer {
	t.Helper()
	var parsed answer
	output := store.inroad(t, append([]string{"query", "--format", "json"}, args...)...)
	if err := json.Unmarshal(output, &parsed); err != nil {
		t.Fatalf("the output is not one JSON document: %v\n%.2000s", err, output)
	}
	if parsed.Stopped != nil {
		t.Errorf("the answer is not whole: %s", *parsed.Stopped)
	}
	return parsed
}

// column gives one column's texts.
func (parsed answer) column(name string) []string {
	var texts []string
	for _, row := range parsed.Rows {
		text, _ := row[name].(string)
		texts = append(texts, text)
	}
	return texts
}

// shell runs statements that come through standard input.
func (store store) shell(t *testing.T, statements string, args ...string) (out, notes string, err error) {
	t.Helper()
	run := command(t, store.env, append([]string{"shell", "--store", store.name}, args...)...)
	var printed, noted bytes.Buffer
	run.Stdin, run.Stdout, run.Stderr = strings.NewReader(statements), &printed, &noted
	err = run.Run()
	return printed.String(), noted.String(), err
}

const users = "MATCH (u:AWSUser {account: $account}) RETURN u.name AS name ORDER BY name"

func TestAnAnalystAsksInCypherOnEachStore(t *testing.T) {
	folder := sample(t)
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)

			want := []string{"auditor", "helpdesk", "ops-admin", "release-bot"}
			if got := store.query(t, users, "--param", `account="200000000002"`).column("name"); !slices.Equal(got, want) {
				t.Errorf("users %v, want %v", got, want)
			}
			if got := store.query(t, "--name", "internet-to-administrator").column("account"); !slices.Equal(got, []string{production}) {
				t.Errorf("from the internet to %v", got)
			}
			if got := store.query(t, "--name", "who-can-read", "--param", "id="+exports).column("reader"); !slices.Contains(got, "internet") {
				t.Errorf("the public bucket is read by %v", got)
			}
			if rows := store.query(t, "MATCH p = (:Internet)-[r:CAN_READ]->(s:DataStore) RETURN p, r, s").Rows; len(rows) != 1 {
				t.Errorf("%d stores are public", len(rows))
			} else {
				node, _ := rows[0]["s"].(map[string]any)
				path, _ := rows[0]["p"].(map[string]any)
				if node["id"] != exports || !slices.Contains(node["labels"].([]any), any("AWSBucket")) || len(path["nodes"].([]any)) != 2 {
					t.Errorf("a node or a path came without its id, its labels or its nodes: %v", rows[0])
				}
			}
			drawn := string(store.inroad(t, "query", "MATCH p = (:Internet)-[:CAN_READ]->() RETURN p", "--format", "dot"))
			if !strings.Contains(drawn, `"internet" -> "`+exports+`"`) {
				t.Errorf("drawn:\n%s", drawn)
			}

			out, notes, err := store.shell(t, "MATCH (u:AWSUser)\nWHERE u.console = true AND u.mfa = false\nRETURN u.name AS name;\n:run accounts\nRETURN ';' AS last", "--format", "csv")
			if err != nil || !strings.HasPrefix(out, "name\nhelpdesk\naccount,name,") || !strings.HasSuffix(out, "last\n;\n") {
				t.Errorf("the shell: %v\n%s%s", err, out, notes)
			}
			out, notes, err = store.shell(t, "RETURN 1 AS a;\nMATCH (n RETURN n;\nRETURN 2 AS b;", "--format", "csv")
			if err == nil || out != "a\n1\n" || !strings.Contains(notes, "line 1, column") {
				t.Errorf("the shell goes on after an error: %v\n%s%s", err, out, notes)
			}
		})
	}
}

func TestWhatCannotBeAnsweredIsSaidAndWhatIsCutIsShown(t *testing.T) {
	folder := sample(t)
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)
			nodes := store.query(t, "MATCH (n:Entity) RETURN count(n) AS n").Rows[0]["n"]
			for _, example := range []struct{ args, says string }{
				{"MATCH (n RETURN n", "line 1, column 10"},
				{"MATCH (n)\nRETURN nothing", "line 2, column 8"},
				{"MATCH (n) WHERE n.id = $id RETURN n", "id"},
				{"MATCH (n) DETACH DELETE n", "line 1, column 11"},
				{"CREATE (n:Entity {id: 'x'}) RETURN n", "CREATE"},
				{"MATCH (n) SET n.id = 'x' RETURN n", "SET"},
				{"MATCH (n) RETURN n; MATCH (m) DETACH DELETE m", ""},
				{"LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row", "LOAD"},
				{"", ""},
			} {
				if text := store.fails(t, "query", example.args); !strings.Contains(text, example.says) {
					t.Errorf("%q: %s", example.args, text)
				}
			}
			for _, args := range [][]string{
				{},
				{"RETURN 1", "--name", "accounts"},
				{"--name", "no-such-query"},
				{"--name", "blast-radius"},
				{"--name", "blast-radius", "--param", "idd=x"},
				{"--name", "choke-points", "--param", "least=many"},
				{"RETURN 1", "--param", "x"},
				{"RETURN 1", "--format", "xml"},
				{"RETURN 1", "--limit-rows", "-1"},
			} {
				store.fails(t, append([]string{"query"}, args...)...)
			}
			for _, format := range []string{"table", "csv", "json"} {
				text := store.fails(t, "query", "MATCH (u:AWSUser) RETURN u.name AS name ORDER BY name", "--limit-rows", "2", "--format", format)
				if !strings.Contains(text, "auditor") || !strings.Contains(text, "contractor") || strings.Contains(text, "helpdesk") || !strings.Contains(text, "limit reached") || !strings.Contains(text, "--limit-rows") {
					t.Errorf("%s: a cut answer:\n%s", format, text)
				}
			}
			if text := store.fails(t, "query", "UNWIND range(1, 3000) AS a UNWIND range(1, 3000) AS b UNWIND range(1, 3000) AS c RETURN sum(a * b * c) AS n", "--timeout", "1s", "--limit-work", "10000000000"); !strings.Contains(text, "limit reached") {
				t.Errorf("a query that goes on and on: %s", text)
			}
			if after := store.query(t, "MATCH (n:Entity) RETURN count(n) AS n").Rows[0]["n"]; after != nodes {
				t.Errorf("%v nodes, and %v before", after, nodes)
			}
		})
	}
}

// evil is what an attacker who may name things would call them.
const evil = "=HYPERLINK(\"http://evil.example\")'}) DETACH DELETE n //`\\u0027\\u0060\"];\n}\x1b]0;owned\x07</data><script>"

// hostileSample gives the sample with a security group of that name.
func hostileSample(t *testing.T) string {
	t.Helper()
	folder := sample(t)
	file := filepath.Join(folder, "aws/300000000003/eu-west-1/ec2/describe-security-groups.json")
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := bytes.Replace(body, []byte(`"ssh-from-anywhere"`), name, 1)
	if bytes.Equal(spoiled, body) {
		t.Fatal("the sample has no such group")
	}
	if err := os.WriteFile(file, spoiled, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestNamesAndParametersAreNeverMoreThanText(t *testing.T) {
	folder := hostileSample(t)
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)
			nodes := store.query(t, "MATCH (n:Entity) RETURN count(n) AS n").Rows[0]["n"]
			const named = "MATCH (g:AWSSecurityGroup {name: $name}) RETURN g.name AS name, g"
			if got := store.query(t, named, "--param", "name="+evil).column("name"); !slices.Equal(got, []string{evil}) {
				t.Errorf("the group of that name: %q", got)
			}
			for _, value := range []string{`' OR 1=1 //`, `x'}) RETURN 1 UNION MATCH (n) DETACH DELETE n //`, `\u0027}) DETACH DELETE n //`, `$name`, "`"} {
				if rows := store.query(t, named, "--param", "name="+value).Rows; len(rows) != 0 {
					t.Errorf("%q finds %v", value, rows)
				}
				if rows := store.query(t, "--name", "blast-radius", "--param", "id="+value).Rows; len(rows) != 0 {
					t.Errorf("%q gains %v", value, rows)
				}
			}
			if rows := store.query(t, "MATCH (n) WHERE $label IN labels(n) RETURN n", "--param", "label=AWSRole`) DETACH DELETE n //").Rows; len(rows) != 0 {
				t.Errorf("a label finds %v", rows)
			}
			for _, format := range []string{"table", "csv", "json", "dot"} {
				out := store.inroad(t, "query", named, "--param", "name="+evil, "--format", format)
				if format != "csv" && bytes.ContainsAny(out, "\x1b\x07") {
					t.Errorf("%s: control characters reach the terminal: %q", format, out)
				}
				if format == "csv" && !bytes.Contains(out, []byte("'=HYPERLINK")) {
					t.Errorf("a spreadsheet takes a name for a formula: %q", out)
				}
			}
			if after := store.query(t, "MATCH (n:Entity) RETURN count(n) AS n").Rows[0]["n"]; after != nodes {
				t.Errorf("%v nodes, and %v before", after, nodes)
			}
		})
	}
}

func TestTheLibraryIsListed(t *testing.T) {
	var listed struct {
		Queries []struct {
			Name, Title, Question, Topic, Cypher string
			Parameters                           []struct{ Name, Type, Doc string }
		}
	}
	if err := json.Unmarshal(inroad(t, nil, "queries", "--format", "json"), &listed); err != nil || len(listed.Queries) < 40 {
		t.Fatalf("%d queries, %v", len(listed.Queries), err)
	}
	shown := inroad(t, nil, "queries", "blast-radius")
	for _, part := range []string{"Blast radius", "--param id=…", "MATCH (start:Entity {id: $id})"} {
		if !bytes.Contains(shown, []byte(part)) {
			t.Errorf("%q is missing in\n%s", part, shown)
		}
	}
	if text := fails(t, "queries", "blast-radios"); !strings.Contains(text, "blast-radius") {
		t.Errorf("a slip brings no near name: %s", text)
	}
}

func TestTheShellOnATerminalCompletesRemembersAndOutlivesCtrlC(t *testing.T) {
	python := tool(t, "INROAD_PYTHON")
	embedded, state := embeddedWith(t, sample(t)), t.TempDir()
	typed := func(script [][2]string) (said string, status int) {
		t.Helper()
		keys, err := json.Marshal(script)
		if err != nil {
			t.Fatal(err)
		}
		run := command(t, nil)
		run.Path, run.Args = python, append([]string{python, "terminal.py", string(keys), run.Path}, "shell", "--store", embedded.name, "--timeout", "50s", "--limit-work", "100000000000")
		run.Env = append(run.Env, "XDG_STATE_HOME="+state)
		output, err := run.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		var parsed struct {
			Said   string
			Status int
		}
		if err := json.Unmarshal(output, &parsed); err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		return parsed.Said, parsed.Status
	}
	said, status := typed([][2]string{
		{"inroad> ", "MATCH (d:AWSDatabaseSn\t) RETURN 1;\r"},
		{"inroad> ", "MATCH (u:AWSUser {name: 'auditor'})\r"},
		{"...> ", "RETURN u.name AS completed;\r"},
		{"inroad> ", "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b UNWIND range(1, 9) AS c RETURN sum(a * b) AS n;\r"},
		{"AS n;", "\x03"},
		{"inroad> ", "RETURN 'still here' AS answer;\r"},
		{"inroad> ", "\x04"},
	})
	if status != 0 || !strings.Contains(said, "completed") || !strings.Contains(said, "auditor") || !strings.Contains(said, "the query stops") || strings.Count(said, "still here") < 2 {
		t.Errorf("status %d:\n%s", status, said)
	}
	history := filepath.Join(state, "inroad", "history")
	content, err := os.ReadFile(history)
	if err != nil || !strings.Contains(string(content), "MATCH (d:AWSDatabaseSnapshot) RETURN 1;\nMATCH (u:AWSUser {name: 'auditor'})\n") {
		t.Errorf("the history: %v\n%s", err, content)
	}
	if info, err := os.Stat(history); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history's mode %v, %v", info.Mode(), err)
	}
	if said, status = typed([][2]string{{"inroad> ", "\x1b[A\r"}, {"still here", ":quit\r"}}); status != 0 || strings.Count(said, "still here") < 2 {
		t.Errorf("the arrow brings nothing back: status %d:\n%s", status, said)
	}
}

func TestCtrlCEndsAQuery(t *testing.T) {
	embedded := embeddedWith(t, sample(t))
	run := command(t, nil, "query", "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS n", "--store", embedded.name, "--limit-work", "100000000000")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // by then it runs, and it would for a minute
	if err := run.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _ = run.Wait(); run.ProcessState.ExitCode() != 130 {
		t.Errorf("status %d, want 130", run.ProcessState.ExitCode())
	}
}
