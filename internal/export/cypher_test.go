package export_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/view"
	"github.com/inroad-security/inroad/internal/export"
)

// texts splits Cypher into what stands outside of text literals and the texts. Neo4j's readers differ in when they take \uXXXX for
// a character: before they look for quotes, or within a literal; early says which.
func texts(t interface{ Fatal(...any) }, statements string, early bool) (outside string, inside []string) {
	if early {
		statements = regexp.MustCompile(`\\u[0-9A-Fa-f]{4}`).ReplaceAllStringFunc(statements, func(escape string) string {
			code, _ := strconv.ParseUint(escape[2:], 16, 32)
			return string(rune(code))
		})
	}
	for {
		before, rest, found := strings.Cut(statements, "'")
		outside += before
		if !found {
			return outside, inside
		}
		var text strings.Builder
		at := 0
		for ; at < len(rest) && rest[at] != '\''; at++ {
			if rest[at] != '\\' {
				text.WriteByte(rest[at])
				continue
			}
			at++
			switch rest[at] {
			case 'n':
				text.WriteByte('\n')
			case 'r':
				text.WriteByte('\r')
			case 't':
				text.WriteByte('\t')
			case 'u':
				code, err := strconv.ParseUint(rest[at+1:at+5], 16, 32)
				if err != nil {
					t.Fatal(err)
				}
				text.WriteRune(rune(code))
				at += 4
			case '\\', '\'':
				text.WriteByte(rest[at])
			default:
				t.Fatal("an escape that Cypher does not have: ", rest[at-1:at+1])
			}
		}
		inside, statements = append(inside, text.String()), rest[at+1:]
		outside += "''"
	}
}

func TestCypherHoldsWhatACloudGaveInTextsAlone(t *testing.T) {
	allowed := regexp.MustCompile("^(?:" + strings.Join([]string{
		`//[^\n]*\n`, `CREATE CONSTRAINT inroad_entity_id IF NOT EXISTS FOR \(n:Entity\) REQUIRE n\.id IS UNIQUE;\n`,
		`UNWIND \[\n`, `\] AS row `, "CREATE \\(n(?::`[A-Za-z]+`)+\\) SET n = row;\n",
		`MATCH \(a:Entity \{id: row\.from\}\) MATCH \(b:Entity \{id: row\.to\}\) CREATE \(a\)-\[r:` + "`[A-Z_]+`" + `\]->\(b\) SET r = row\.props;` + "\n",
		`[a-z_]+: `, `''`, ` \+ `, `[{}\[\],\n ]`, `-?[0-9.]+(?:e-?[0-9]+)?`, `true`, `false`, `toInteger\(''\)`,
	}, "|") + ")*$")
	rapid.Check(t, func(t *rapid.T) {
		snapshot := worlds(t)
		statements := string(written(t, "cypher", snapshot))
		outside, inside := texts(t, statements, false)
		if !allowed.MatchString(outside) {
			t.Fatalf("outside of texts:\n%s", outside)
		}
		early, insideEarly := texts(t, statements, true)
		if early != outside || !cmp.Equal(inside, insideEarly) {
			t.Fatalf("two ways to read escapes give two readings of\n%s", statements)
		}
		told := strings.Join(inside, "")
		nodes, edges := snapshot.All()
		for node := range nodes {
			if id := view.NodeProps(node)["id"].(string); !strings.Contains(told, id) {
				t.Fatalf("the id %q is not to be read in\n%s", id, statements)
			}
		}
		for edge := range edges {
			if cause, ok := view.EdgeProps(edge)["cause"].(string); ok && !strings.Contains(told, cause) {
				t.Fatalf("the cause %q is not to be read", cause)
			}
		}
	})
}

func TestCypherIsCutIntoStatementsOfABoundedSize(t *testing.T) {
	batch := graph.Batch{Scope: "test/many"}
	for i := range 1201 {
		batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID("n" + strconv.Itoa(i)), Kind: kinds.AWSRole})
	}
	batch.Nodes = append(batch.Nodes, graph.Node{ID: "large", Kind: kinds.AWSBucket, Props: graph.Props{"policy": strings.Repeat("x", 300_000)}}, graph.Node{ID: "small", Kind: kinds.AWSBucket})
	snapshot, err := graph.NewSnapshot(1, batch)
	if err != nil {
		t.Fatal(err)
	}
	statements := string(written(t, "cypher", snapshot))
	if got := strings.Count(statements, ":`AWSRole`"); got != 3 {
		t.Errorf("1,201 roles in %d statements, want 3", got)
	}
	if got := strings.Count(statements, "`AWSBucket`"); got != 2 {
		t.Errorf("a large bucket and a small one in %d statements, want 2", got)
	}
}

func TestANameThatCypherCannotQuoteIsRefused(t *testing.T) {
	for _, kind := range []graph.NodeKind{"A\\u0060) DETACH DELETE n //", "A\x00"} {
		snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/names", Nodes: []graph.Node{{ID: "a", Kind: kind}}})
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := export.Write(&out, "cypher", snapshot); err == nil {
			t.Errorf("the kind %q is written:\n%s", kind, out.String())
		}
	}
	snapshot, err := graph.NewSnapshot(1, graph.Batch{Scope: "test/names", Nodes: []graph.Node{{ID: "a", Kind: "A`B", Props: graph.Props{"x`: 1}) //": "y"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if statements := string(written(t, "cypher", snapshot)); !strings.Contains(statements, "(n:`A``B`:`Entity`)") || !strings.Contains(statements, "`x``: 1}) //`: 'y'") {
		t.Error(statements)
	}
}
