package cypher

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
)

func TestDeepNestingIsRefusedAndDoesNotTakeForEver(t *testing.T) {
	for _, text := range []string{
		"RETURN " + strings.Repeat("(", 100_000),
		"RETURN " + strings.Repeat("[", 100_000),
		"RETURN " + strings.Repeat("NOT ", 50_000) + "true",
		"RETURN " + strings.Repeat("-", 100_000) + "1",
		"RETURN " + strings.Repeat("{a: ", 50_000),
		"MATCH (n:" + strings.Repeat("!", 100_000) + "A) RETURN n",
		"MATCH (n:" + strings.Repeat("(", 100_000) + "A) RETURN n",
		"RETURN " + strings.Repeat("EXISTS { MATCH (n) WHERE ", 5_000),
		strings.Repeat("CALL { ", 20_000),
		// Each level might be read twice, as a pattern and as an expression.
		"RETURN " + strings.Repeat("(x {a: ", 150) + "1" + strings.Repeat("})--(y)", 150) + " +",
		"RETURN " + strings.Repeat("[(x {a: ", 90) + "1" + strings.Repeat("})--(y)]", 90) + " +",
	} {
		_, err := parse(text)
		if !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%.60s gives %v", text, err)
		}
	}
}

func TestAConstructThatOnlyNeo4jHasIsNamed(t *testing.T) {
	memory := &memory{}
	memory.settle()
	for _, test := range [][2]string{
		{"MATCH ((a)-->(b)){2} RETURN a", "quantified path pattern"},
		{"MATCH (x)((a)-->(b))+(y) RETURN a", "quantified path pattern"},
		{"MATCH p = ANY SHORTEST (a)-->+(b) RETURN p", "the path selector ANY"},
		{"MATCH p = SHORTEST 2 (a)-->+(b) RETURN p", "the path selector SHORTEST"},
		{"RETURN 1 IS :: INTEGER", "a check of a value's type"},
		{"RETURN 'a' IS NORMALIZED", "a check of a value's type"},
		{"MATCH (n) USING SCAN n:A RETURN n", "USING"},
		{"RETURN point({x: 1, y: 2})", "the function point"},
		{"RETURN trim(BOTH 'x' FROM 'xax')", "trim with BOTH"},
		{"CALL db.labels() YIELD label RETURN label", "CALL of a procedure"},
		{"MATCH (n) CALL (n) { RETURN 1 AS x } IN TRANSACTIONS RETURN x", "IN TRANSACTIONS"},
		{"LOAD CSV FROM 'x' AS row RETURN row", "LOAD"},
		{"MATCH (n) FINISH", "FINISH"},
		{"RETURN 'a' =~ '(?=a)a'", "a group that begins with (?"},
		{"RETURN 'aa' =~ '(a)\\\\1'", `\1`},
		{"RETURN 'a' =~ 'a*+'", "a possessive quantifier"},
		{"RETURN CASE 1 WHEN 1, 2 THEN 3 END", "several values after WHEN"},
	} {
		_, _, early, late := collect(&querier{graph: memory}, graph.Query{Text: test[0]})
		err := errors.Join(early, late)
		if err == nil || !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test[1]) || !strings.Contains(err.Error(), "not supported on the embedded store; supported on Neo4j") {
			t.Errorf("%s\ngives %v; want it refused by the name %q", test[0], err, test[1])
		}
	}
}

func TestRegularExpressionsMeanWhatTheyMeanInJava(t *testing.T) {
	for _, test := range []struct {
		text, pattern string
		want          any
	}{
		{"abc", "a.c", true},
		{"abc", "b", false}, // the whole text must match
		{"a\rc", "a.c", false},
		{"a\nc", "(?s)a.c", true},
		{"a\vb", `a\sb`, true},
		{"ABC", "(?i)a[b]c", true},
		{"a.c", `a\.c`, true},
		{"x", "[^a-c]", true},
		{"a-b", `[\w-]+`, true},
		{"ab", "ab$", true},
		{"ab\n", "ab$", false},
		{"aXb|c", `a\p{Lu}b\|c`, true},
		{"a", "(", nil},
		{"K", "(?i)k", true},
		{"\u212A", "(?i)k", nil}, // Java does not fold it
		{"é", "(?i)É", nil},
		{"a b", `a\bb`, nil},
	} {
		got, err := (&run{}).matches(test.text, test.pattern)
		if got != test.want || (err != nil) != (test.want == nil) {
			t.Errorf("%q =~ %q gives %v, %v; want %v", test.text, test.pattern, got, err, test.want)
		}
	}
}

// Whatever the text, a query ends with an answer or with an error that says what is wrong.
func FuzzQuery(f *testing.F) {
	for _, text := range append(writing[:3:3], reading...) {
		f.Add(strings.NewReplacer("@", "n", "~", " ").Replace(text))
	}
	f.Add("MATCH p = shortestPath((a)-[r:A|B*..3]->(b:X&!Y {n: 1})) WHERE all(x IN r WHERE x.w > 0) RETURN p, [x IN nodes(p) | x {.n, m: 1}]")
	f.Add("WITH duration('P1Y2M3DT4.5S') AS d RETURN date('2020-W05') + d, datetime({year: 2020, timezone: '+01:00'}).epochMillis, d * 2.5")
	f.Add("UNWIND range(1, 3) AS x WITH x, count(*) AS c ORDER BY x DESC SKIP 1 LIMIT 2 WHERE x =~ '[a-z]+' RETURN CASE x WHEN 1 THEN $p ELSE c END UNION ALL RETURN reduce(a = 0, y IN [1] | a + y) AS z")
	f.Add("CALL { MATCH (a) RETURN a } RETURN EXISTS { (a)-->() }, COUNT { MATCH (a)--(b) }, [(a)-->(b) | b.n][0..1], a.n % 2 ^ 3 || 'x'")
	memory := &memory{
		nodes: []memoryNode{{tags: []string{"A", "X"}, props: map[string]any{"n": int64(1)}}, {tags: []string{"B"}, props: map[string]any{"s": "x"}}},
		links: []memoryEdge{{from: 0, to: 1, kind: "A"}, {from: 1, to: 0, kind: "B", props: map[string]any{"w": int64(2)}}, {from: 1, to: 1, kind: "A"}},
	}
	memory.settle()
	querier := &querier{graph: memory, now: func() time.Time { return time.Unix(1_800_000_000, 0) }}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return
		}
		rows, err := querier.Query(context.Background(), graph.Query{Text: text, Params: map[string]any{"p": int64(1)}, Limits: graph.QueryLimits{Rows: 100, Work: 20_000}})
		if err == nil {
			for row, failure := range rows.All {
				if err = failure; err == nil && len(row) != len(rows.Columns) {
					t.Fatalf("%q: a row of %d values under %d columns", text, len(row), len(rows.Columns))
				}
			}
		}
		if err != nil && !errors.Is(err, graph.ErrInvalid) && !errors.Is(err, graph.ErrLimit) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
