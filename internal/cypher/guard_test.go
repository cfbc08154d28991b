package cypher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// writing and reading are statements in which @ stands for a name and ~ for white space or a comment.
var (
	writing = []string{
		"WITH 1 AS @ CREATE~(n {a: @})", "MATCH (@) WITH @ SET~@.a = 1", "MATCH (@) DELETE~@", "MATCH (@) WITH @ DETACH~DELETE @", "MATCH (@) REMOVE~@.a",
		"UNWIND [1] AS @ MERGE~(:A {a: @})", "MATCH @ = (@)-->(b) CREATE @ = (c)-[:@]->(d)", "WITH 1 AS @, 2 AS as WITH @, as CREATE as = ({a: @})",
		"WITH 1 AS distinct WITH distinct~CREATE (@)", "MATCH (n) WITH n, 1 AS distinct WITH distinct, n DELETE~n", "MATCH ((@)-->(b))+ CREATE~(c)", "WITH 1 AS @ WITH *~CREATE (c)",
		"MATCH (n) WHERE n:% SET~n.a = 1", "MATCH (n) WHERE n.@ SET~n:@", "WITH [1] AS @ FOREACH~(x IN @ | CREATE (:@))", "CALL { CREATE~(@) }", "WITH 1 AS @ CALL { WITH @ MERGE (:A {a: @}) } RETURN @",
		"UNWIND [1] AS @ CALL (@) { CREATE (n {a: @}) } RETURN @", "MATCH (n) RETURN n.@ AS @ UNION MATCH (n) SET n.@ = 1 RETURN n.@ AS @", "WITH {@: 1} AS @ CREATE (n {@: @.@})", "INSERT~(:A {@: 1})",
		"WITH true AS @ WITH @ IS NULL AS x CREATE~(n)", "MATCH (n:@) WITH n SKIP 1 DELETE~n", "MATCH (n) WITH n ORDER BY n.@ SET~n.@ = 1", "MATCH (n) WITH n, CASE WHEN true THEN 1 END AS @ CREATE~(:A {a: @})",
	}
	reading = []string{
		"WITH 1 AS @ RETURN @", "WITH {@: 1} AS @ RETURN @.@, @", "MATCH (@:@) RETURN @.@ AS @", "MATCH (n:@)-[@:@|@]->(m) WHERE n.@ = 1 RETURN n.@, @.@", "UNWIND [1] AS @ WITH @, 1 AS y RETURN y, @ ORDER BY @",
		"RETURN [@ IN [1] | @], {@: 1}, 'CREATE (@)' AS @", "MATCH p = (@)-->() RETURN p, (@)", "CALL { RETURN 1 AS @ } RETURN @",
	}
	names  = []string{"a", "create", "set", "delete", "as", "merge", "remove", "detach", "distinct", "with", "return", "call", "in", "is", "load", "use", "`a b`", "`set`", "n", "not", "end", "yield", "on"}
	spaces = []string{" ", "\n", " /* x */ ", " // y\r", "\\u0020", "\t"}
)

// TestNothingThatNeo4jTakesForAWriteIsLetThrough asks Neo4j what it takes each statement for.
func TestNothingThatNeo4jTakesForAWriteIsLetThrough(t *testing.T) {
	twin := startTwin(t)
	random := rand.New(rand.NewPCG(5, 5))
	through := [2]int{} // statements that were let through, and reading ones that were not
	var writes int
	for i := range 3000 {
		template := writing[random.IntN(len(writing))]
		read := i%3 == 0
		if read {
			template = reading[random.IntN(len(reading))]
		}
		// Mostly one name for all places, so that the statement means something.
		one := names[random.IntN(len(names))]
		var text strings.Builder
		for _, char := range template {
			switch char {
			case '@':
				if random.IntN(8) == 0 {
					text.WriteString(names[random.IntN(len(names))])
				} else {
					text.WriteString(one)
				}
			case '~':
				text.WriteString(spaces[random.IntN(len(spaces))])
			default:
				text.WriteRune(char)
			}
		}
		err := CheckReadOnly(text.String())
		result, theirErr := neo4j.ExecuteQuery(context.Background(), twin.driver, "EXPLAIN "+text.String(), nil, neo4j.EagerResultTransformer)
		if theirErr != nil {
			continue
		}
		kind := result.Summary.StatementType()
		switch {
		case kind != neo4j.StatementTypeReadOnly:
			writes++
			if err == nil {
				t.Errorf("%s\nis let through, and Neo4j takes it for %s", text.String(), kind)
			}
		case err == nil:
			through[0]++
		default:
			through[1]++
		}
	}
	t.Logf("%d writes are refused; %d statements that read are let through, %d are refused", writes, through[0], through[1])
	if writes < 500 || through[0] < 300 || through[1] > through[0]/2 {
		t.Errorf("the statements say too little: %d writes, %v", writes, fmt.Sprint(through))
	}
}
