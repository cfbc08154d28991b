package cypher_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/cypher"
)

func TestAStatementThatReadsIsLetThrough(t *testing.T) {
	for _, statement := range []string{
		"MATCH (n) RETURN n",
		"match (n:Set)-[:CREATE|DELETE]->(:`MERGE`) where n.set = 1 and n.delete is null return n.create AS create, n.merge AS set",
		"OPTIONAL MATCH (n) WHERE n.name = 'CREATE (x) DELETE y; DROP z' RETURN n;",
		"MATCH (n) /* CREATE (x) */ RETURN n // DELETE n\r\n LIMIT 3",
		"RETURN {create: 1, set: 2, delete: 3, call: 4} AS m",
		"WITH {remove: 1} AS remove RETURN remove.remove, remove",
		"WITH 1 AS create RETURN create AS x",
		"UNWIND $rows AS load RETURN load, load.csv",
		"MATCH (set) RETURN `set`{.create, .*}, [x IN [1] | set]",
		"CALL { MATCH (n) RETURN n UNION ALL MATCH (m) RETURN m AS n } RETURN count(*)",
		"MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN m } RETURN m",
		"MATCH (n) WHERE EXISTS { (n)-->(:Delete) } AND COUNT { (n)--() } > 2 RETURN n",
		"CALL db.labels() YIELD label RETURN label",
		"CALL `db`.`schema`.visualization()",
		"CALL db.schema.nodeTypeProperties",
		"EXPLAIN MATCH (n) RETURN n",
		"profile MATCH (n) RETURN n",
		"MATCH (n) RETURN date.truncate('day', date()), duration.between(date(), date()), point.distance(n.a, n.b)",
		"MATCH p = shortestPath((a)-[*..5]->(b)) RETURN [x IN nodes(p) | x.name], $`create`, $set",
		"MATCH (a:!Delete&%)-->{1,3}(b) RETURN `CREATE`, a.`delete`",
		`RETURN 'it\'s; CREATE (n)', "\\"`,
		"RETURN 1 IN transactions",
		"MATCH (n) RETURN n ORDER BY n.create DESC SKIP 1 LIMIT 2",
		"RETURN '\\u0041'",
		"RETURN 1_000, 0xFF, 1e3, .5, $1",
	} {
		if err := cypher.CheckReadOnly(statement); err != nil {
			t.Errorf("%s\nis refused: %v", statement, err)
		}
	}
}

func TestAStatementThatDoesMoreThanReadIsRefusedWithItsPlace(t *testing.T) {
	for _, test := range [][2]string{
		{"CREATE (n)", "line 1, column 1:"},
		{"INSERT (n)", "line 1, column 1:"},
		{"MATCH (n) SET n.a = 1", "column 11: SET writes"},
		{"MATCH (n)\n  SeT n:A", "line 2, column 3: SET"},
		{"MATCH (n) DELETE n", "DELETE"},
		{"MATCH (n) DETACH DELETE n", "column 11: DETACH"},
		{"MATCH (n) NODETACH DELETE n", "NODETACH"},
		{"MATCH (n) REMOVE n.a", "REMOVE"},
		{"MATCH (n) MERGE (n)-[:A]->(b) RETURN n", "MERGE"},
		{"MATCH (n) FOREACH (x IN [1] | CREATE ())", "FOREACH"},
		{"MATCH (n) CREATE p = (a)-[:A]->(b)", "CREATE"},
		{"MATCH (n) CREATE\n/* a name? */ (:X)", "CREATE"},
		{"WITH * CREATE (n)", "CREATE"},
		{"MATCH ((a)-->(b))+ CREATE (n)", "CREATE"},
		{"WITH 1 AS x, 2 AS `y` CREATE (n)", "CREATE"},
		{"WITH 1 AS as CREATE (n)", "CREATE"},
		{"WITH 1 AS as WITH 1 + as CREATE (n)", "CREATE"},
		{"MATCH (as) WITH as DELETE as", "DELETE"},
		{"MATCH (as) WITH 1 AS distinct, as WITH distinct DELETE as RETURN 1", "DELETE"},
		{"WITH 1 AS distinct WITH distinct CREATE (n {a: 1})", "CREATE"},
		{"WITH 1 AS distinct WITH distinct CREATE as = (n)", "CREATE"},
		{"MATCH (n) WHERE n:% SET n.a = 1", "SET"},
		{"MATCH (n) WHERE n.a DELETE n", "DELETE"},
		{"CALL { CREATE (n) } RETURN 1", "column 8: CREATE"},
		{"CALL { WITH 1 AS x RETURN x } IN TRANSACTIONS RETURN 1", "IN TRANSACTIONS commits"},
		{"CALL { RETURN 1 AS x } IN 3 CONCURRENT TRANSACTIONS OF 10 ROWS RETURN 1", "IN TRANSACTIONS commits"},
		{"CALL apoc.create.node([], {})", "apoc.create.node"},
		{"CALL db.labels() YIELD label CALL dbms.listConfig() YIELD name RETURN 1", "dbms.listConfig"},
		{"CALL `apoc`.`cypher`.doIt('', {})", "apoc.cypher.doIt"},
		{"CALL db.create.setNodeVectorProperty(1, 2)", "db.create"},
		{"RETURN apoc.cypher.runFirstColumnSingle('CREATE (n)', {})", "apoc.cypher"},
		{"RETURN `apoc`.x()", "apoc.x"},
		{"LOAD CSV FROM 'file:///x' AS row RETURN row", "LOAD"},
		{"WITH 1 AS x LOAD CSV FROM 'http://127.0.0.1/' AS row RETURN row", "LOAD"},
		{"USE other MATCH (n) RETURN n", "USE"},
		{"CALL { USE other RETURN 1 AS x } RETURN x", "USE"},
		{"SHOW USERS", "SHOW"},
		{"DROP INDEX x", "DROP"},
		{"ALTER USER a SET PASSWORD 'x'", "ALTER"},
		{"CYPHER runtime=slotted CREATE (n)", "CYPHER"},
		{"EXPLAIN CREATE (n)", "CREATE"},
		{"RETURN 1; CREATE (n)", "column 11: a second statement"},
		{"RETURN 1;;", "a second statement"},
		{"RETURN 1 UNION CREATE (n) RETURN 1", "CREATE"},
		{"", "the end"},
		{"// nothing", "the end"},
		// What Neo4j resolves before it cuts the text into words must not hide one.
		{"MATCH (n) \\u0053ET n.a = 1", "SET"},
		{"MATCH (n) // \\u000a SET n.a = 1", "column 21: SET"},
		{"RETURN '\\u0027 CREATE (n) //'", "CREATE"},
		{"MATCH (n) // \r SET n.a = 1", "SET"},
		{"RETURN `a\\u0060 CREATE (n)", "CREATE"},
		{"RETURN '\\\\' CREATE (n) //'", "CREATE"},
		{"RETURN '", "a string is not closed"},
		{"RETURN `a", "a name is not closed"},
		{"RETURN 1 /* ", "a comment is not closed"},
		{"RETURN \\u00zz", "four hexadecimal digits"},
		{"RETURN 1SET", "no number"},
		{"RETURN \x00 1", "means nothing"},
		{"RETURN '" + strings.Repeat("a", 1<<18) + "'", "characters"},
	} {
		err := cypher.CheckReadOnly(test[0])
		if !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test[1]) {
			t.Errorf("%.80s\ngives %v; want ErrInvalid that says %q", test[0], err, test[1])
		}
	}
}

// Whatever a string, a name in backticks or a comment holds, it neither hides a clause behind it nor is taken for one.
func FuzzCheckReadOnly(f *testing.F) {
	f.Add("CREATE (n)")
	f.Add("\\u0027 DELETE n //")
	f.Add("`\\\\u0060'\"*/\n\r")
	f.Fuzz(func(t *testing.T, content string) {
		if err := cypher.CheckReadOnly(content); err != nil && !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%q fails otherwise than with ErrInvalid: %v", content, err)
		}
		if len(content) > 1<<16 {
			return
		}
		for _, quoted := range []string{
			"'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(content) + "'",
			`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(content) + `"`,
			"`" + strings.NewReplacer("`", "``", `\`, "").Replace(content) + "`",
			"1 /*" + strings.NewReplacer("*", "", `\`, "").Replace(content) + "*/",
			"1 //" + strings.NewReplacer("\n", "", "\r", "", `\`, "").Replace(content) + "\n",
		} {
			if err := cypher.CheckReadOnly("MATCH (n) WITH n, " + quoted + " AS set RETURN *"); err != nil {
				t.Errorf("%s is not let through: %v", quoted, err)
			}
			if cypher.CheckReadOnly("MATCH (n) WITH n, "+quoted+" AS x DELETE n") == nil {
				t.Errorf("%s hides what is behind it", quoted)
			}
		}
	})
}
