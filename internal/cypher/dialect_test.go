package cypher

import (
	"errors"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
)

// refusal stands for an error that comes before the first row or with it.
const refusal = "fails"

// dialect is what no random query asks: numbers at the ends of their range, texts beyond ASCII, values that are seldom compared, and
// places where one reading of a text is as good as another. The rows are Neo4j's.
var dialect = []struct{ query, want string }{
	// A text is counted in characters, and changes case by the full mapping.
	{`WITH 'a😀b' AS s RETURN size(s), left(s, 2), right(s, 2), substring(s, 1, 1), substring(s, 2), reverse(s)`, `3 | "a😀" | "😀b" | "😀" | "b" | "b😀a"`},
	{`RETURN char_length('👨‍👩‍👧'), size('é'), substring('äöü', 1), left('äöü', 9), substring('äöü', 3)`, `5 | 1 | "öü" | "äöü" | ""`},
	{`RETURN toUpper('straße'), toUpper('ﬁ'), toLower('ΑΣ Σ'), size(toLower('İ')), toUpper('ŉ')`, `"STRASSE" | "FI" | "ας σ" | 2 | "ʼN"`},

	// Numbers are read from texts as Java reads them.
	{`RETURN toInteger(' 1 '), toInteger('1.9'), toInteger('-1.9'), toInteger('1e3'), toInteger('1d'), toInteger('0x10'), toInteger('.5'), toInteger('NaN')`, `null | 1 | -1 | 1000 | null | null | 0 | null`},
	{`RETURN toInteger('9223372036854775807'), toInteger('-9223372036854775808'), toInteger('9e18'), toInteger('0e999999999')`, `9223372036854775807 | -9223372036854775808 | 9000000000000000000 | 0`},
	{`RETURN toInteger('9223372036854775808')`, refusal},
	{`RETURN toInteger('9223372036854775807.5')`, refusal},
	{`RETURN toInteger('1e20')`, refusal},
	{`RETURN toIntegerOrNull('1e20'), toIntegerList(['1e30', ' 1', '1.5']), toIntegerOrNull(1e30)`, `null | [null, null, 1] | 9223372036854775807`},
	{`RETURN toString(toFloat('NaN')), toString(toFloat('+Infinity')), toString(toFloat(' -Infinity ')), toFloat('0x1.8p1'), toFloat('1.5f'), toFloat('infinity'), toFloat('0x10')`, `"NaN" | "Infinity" | "-Infinity" | ~3 | ~1.5 | null | null`},
	{`RETURN toString(toFloat('1e400')), toFloat('-1e-400') = 0`, `"Infinity" | true`},

	// No number is the same as any other.
	{`UNWIND [0.0/0.0, 0.0/0.0, 1] AS x RETURN x, count(*) AS c ORDER BY c, x`, `1 | 1; ~NaN | 1; ~NaN | 1`},
	{`UNWIND [0.0/0.0, 0.0/0.0, null, null] AS x RETURN count(DISTINCT x), size(collect(DISTINCT [x]))`, `2 | 3`},
	{`RETURN [0.0/0.0] < [1], [0.0/0.0] <= [0.0/0.0], [1, 0.0/0.0] < [2, 1], 0.0/0.0 < 1`, `null | null | true | false`},
	// The zero below zero comes first and is equal.
	{`UNWIND [0, -0.0, 0.0] AS x WITH x ORDER BY x RETURN collect(toString(x))`, `["-0.0", "0", "0.0"]`},
	{`UNWIND [0.0, -0.0] AS x RETURN toString(min(x)), toString(max(x))`, `"-0.0" | "0.0"`},
	{`RETURN -0.0 = 0.0, -0.0 < 0.0, -0.0 IN [0]`, `true | false | true`},
	// A sum goes on where + fails.
	{`UNWIND [9223372036854775807, 1, -1] AS x RETURN sum(x) = 9223372036854775807.0, toString(sum(x))`, `true | "9.223372036854776E18"`},
	{`UNWIND [-9223372036854775808, -1] AS x RETURN toString(sum(x))`, `"-9.223372036854776E18"`},
	{`UNWIND [9223372036854775807, -1, 1] AS x RETURN sum(x)`, `9223372036854775807`},
	{`RETURN 9223372036854775807 + 1`, refusal},

	// Maps, nodes, relationships and paths can be compared; durations as far as they are the same.
	{`RETURN {a: 1} < {a: 2}, {a: 1} < {b: 1}, {} < {a: 1}, {a: 2} < {a: 1, b: 1}, {a: 1} >= {a: 1.0}, {a: 1} > {a: 1}`, `true | true | true | true | true | false`},
	{`RETURN {a: 1, b: null} < {a: 2, b: 1}, {a: 1, b: null} < {a: 1, b: 2}, {a: null} <= {a: null}, {a: 'x'} < {a: 1}`, `true | null | null | null`},
	{`MATCH (a:Entity), (b:Entity) WHERE a < b RETURN count(*)`, `6`},
	{`MATCH (a:Entity), (b:Entity) WHERE a <= b RETURN count(*)`, `10`},
	{`MATCH ()-[r]->(), ()-[q]->() WHERE r < q RETURN count(*)`, `3`},
	{`MATCH (a:Internet)-[r]->() RETURN a < r, a < 1, a < null, a <= a`, `null | null | null | true`},
	{`RETURN duration('P1D') >= duration('P1D'), duration('P1D') > duration('P1D'), duration('P1D') <= duration('PT24H')`, `true | null | null`},

	// A bar ends the WHERE of a comprehension, the last that can.
	{`MATCH (a:AWSRole) RETURN [(a)-->(m) WHERE m:DataStore | m.id]`, `["s1"]`},
	{`MATCH (a:AWSRole) RETURN size([(a)-->(m) WHERE m:DataStore|Principal | m])`, `2`},
	{`MATCH (a:AWSRole) RETURN [(a)-->(m:DataStore) | m:AWSBucket|AWSSecret]`, `[true]`},
	{`MATCH (a:AWSRole) RETURN [(a)-->(m) WHERE m:DataStore | m:AWSBucket|AWSSecret]`, refusal},
	{`MATCH (a:Entity) WITH a ORDER BY a.id WITH collect(a) AS all RETURN [x IN all WHERE x:AWSRole | x.id], [x IN all WHERE x:AWSRole|Internet|x.id]`, `["r"] | ["i", "r"]`},
	{`MATCH (a:Entity) WITH collect(a) AS all, 5 AS Internet RETURN [x IN all WHERE x:AWSRole|Internet]`, `[5]`},
	{`MATCH (n:AWSRole|Internet:Entity) RETURN n`, refusal},
	{`MATCH (n) WHERE n:AWSRole:!Internet RETURN n`, refusal},

	// A projection of a map is called as the map.
	{`WITH {a: 1} AS m WITH m {.a, b: 2} RETURN m`, `{a: 1, b: 2}`},
	{`WITH {a: 1} AS m RETURN m {.a}, m {.b}`, refusal},

	// What shortestPath does not take.
	{`MATCH p = shortestPath((a:Internet)-[*2..3]->(b:AWSUser)) RETURN length(p)`, refusal},
	{`MATCH p = shortestPath((a:Internet)-[*1..3]->(b:AWSUser)) RETURN length(p)`, `2`},
	{`MATCH p = shortestPath((a:Internet)-->{1,3}(b:AWSUser)) RETURN length(p)`, refusal},
	{`RETURN shortestPath((:Internet)-[*]->(:AWSUser))`, refusal},
	{`MATCH (a:Internet), (b:AWSUser) RETURN length(shortestPath((a)-[*]->(b)))`, `2`},

	// Functions that Neo4j 5 has not, and what only RE2 reads.
	{`RETURN replace('aaa', 'a', 'b', 2)`, refusal},
	{`RETURN sinh(1)`, refusal},
	{`RETURN 'a{' =~ 'a{'`, refusal},
	{`RETURN 'aaa' =~ 'a{3}', 'aaa' =~ 'a{2,}', 'aaa' =~ 'a{4,}', 'Ä' =~ '\\p{Lu}', 'ä' =~ '[\\p{L}]'`, `true | true | false | true | true`},
}

func TestWhatIsSeldomAskedIsAnsweredAsByNeo4j(t *testing.T) {
	snapshot, err := graph.NewSnapshot(1, graph.Batch{
		Scope: "aws/111111111111/eu-west-1/dialect",
		Nodes: []graph.Node{{ID: "i", Kind: "Internet"}, {ID: "r", Kind: "AWSRole"}, {ID: "s1", Kind: "AWSSecret"}, {ID: "u", Kind: "AWSUser"}},
		Edges: []graph.Edge{{From: "i", To: "r", Kind: "CAN_ASSUME"}, {From: "r", To: "s1", Kind: "CAN_READ"}, {From: "r", To: "u", Kind: "CAN_ASSUME"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	say := func(rows [][]any, err error) string {
		if err != nil {
			return refusal
		}
		var texts []string
		for _, row := range rows {
			var values []string
			for _, value := range row {
				values = append(values, plain(value, nil, false))
			}
			texts = append(texts, strings.Join(values, " | "))
		}
		return strings.Join(texts, "; ")
	}
	querier := Over(snapshot, nil)
	for _, test := range dialect {
		rows, _, early, late := collect(querier, graph.Query{Text: test.query})
		if got := say(rows, errors.Join(early, late)); got != test.want {
			t.Errorf("%s\ngives %s, %v; want %s", test.query, got, errors.Join(early, late), test.want)
		}
	}
	t.Run("Neo4j", func(t *testing.T) {
		twin := startTwin(t)
		twin.load(t, snapshot)
		for _, test := range dialect {
			rows, err := twin.answer(test.query, nil)
			if got := say(rows, err); got != test.want {
				t.Errorf("%s\nis on Neo4j %s, %v; the table wants %s", test.query, got, err, test.want)
			}
		}
	})
}
