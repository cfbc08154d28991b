package cypher

// statement is a whole query: single queries joined by UNION.
type statement struct {
	mode  mode
	parts []*single
	all   []bool // of each part but the first: whether UNION ALL joins it to those before
}

// mode is what a statement asks for.
type mode uint8

const (
	answer  mode = iota
	explain      // the plan, without running it
	profile      // the plan with what each step did
)

// single is a query without UNION.
type single struct {
	place
	clauses []clause
}

// clause is one of *matching, *unwinding, *projecting and *calling.
type clause any

// matching is MATCH or OPTIONAL MATCH with its WHERE.
type matching struct {
	place
	optional bool
	patterns []*pattern
	where    expr // nil without one
}

// unwinding is UNWIND list AS name.
type unwinding struct {
	place
	list expr
	name *variable
}

// projecting is WITH or RETURN with all that may follow it.
type projecting struct {
	place
	last     bool // RETURN
	distinct bool
	star     bool
	items    []*item
	order    []*ordering
	skip     expr
	limit    expr
	where    expr // WITH alone
}

// item is one column of a projection.
type item struct {
	place
	value expr
	name  string // as given by AS, or as written
	named bool   // AS was there
}

type ordering struct {
	value      expr
	descending bool
}

// calling is CALL { }, with the variables it takes where they are listed.
type calling struct {
	place
	optional bool
	scoped   bool        // CALL (x) { }
	all      bool        // CALL (*) { }
	takes    []*variable // of CALL (x, y) { }
	body     *statement
}

// pattern is a path pattern: one more node than relations.
type pattern struct {
	place
	name      *variable // of the path; nil without one
	shortest  shortest
	nodes     []*nodePattern
	relations []*relationPattern
}

// shortest tells which paths a pattern means.
type shortest uint8

const (
	everyPath shortest = iota
	oneShortest
	allShortest
)

type nodePattern struct {
	place
	name   *variable // nil without one
	labels labels    // nil without any
	props  expr      // a map; nil without one
	where  expr
	slot   int // once it is compiled
}

// direction is how a relation pattern points, read from left to right.
type direction uint8

const (
	outward direction = iota // -->
	inward                   // <--
	either                   // -- or <-->
)

type relationPattern struct {
	place
	name       *variable
	types      labels
	props      expr
	where      expr
	direction  direction
	variable   bool // *, {m,n}, +: several relations
	quantified bool // {m,n}, +, * behind the arrow
	least      int
	most       int   // -1: no bound
	link       *link // once it is compiled
}

// labels is a label expression; for relations, one of types.
type labels interface{ show() string }

type (
	labelName struct{ name string }
	anyLabel  struct{} // %
	labelNot  struct{ of labels }
	labelAnd  struct{ left, right labels }
	labelOr   struct{ left, right labels }
)

// expr is an expression. Names are found by resolve, once, and then it is evaluated row by row.
type expr interface {
	resolve(scope *scope) (kind, error)
	eval(run *run, row []any) (any, error)
	// each calls with the place of every expression right below, which may be replaced.
	each(func(*expr))
	// show gives the expression as canonical text: two are the same when it is equal.
	show() string
}

type (
	literal  struct{ value any }
	variable struct {
		place
		name string
		slot int
	}
	parameter struct {
		place
		name string
	}
	// slotted is a value that a stage before has put into the row.
	slotted struct {
		slot int
		kind kind
		text string
	}
	property struct {
		place
		of   expr
		name string
	}
	indexing struct {
		place
		of, at expr
	}
	slicing struct {
		place
		of, from, to expr // from and to may be nil
	}
	listing struct{ items []expr }
	mapping struct {
		keys   []string
		values []expr
	}
	// picking is a map projection: node{.name, .*, x, key: value}.
	picking struct {
		place
		of     expr
		all    bool
		keys   []string
		values []expr
	}
	unary struct {
		place
		op string // NOT, -, +
		of expr
	}
	operation struct {
		place
		op          string
		left, right expr
	}
	// comparing is a chain: a < b <= c.
	comparing struct {
		place
		operands []expr
		ops      []string
	}
	nullCheck struct {
		of  expr
		not bool
	}
	labelCheck struct {
		place
		of     expr
		labels labels
	}
	choosing struct { // CASE
		subject      expr // nil for the searched form
		whens, thens []expr
		other        expr // nil: null
	}
	calledFunction struct {
		place
		name     string // as canonical
		distinct bool
		star     bool // count(*)
		args     []expr
		function *function
		fold     *fold // of an aggregate
	}
	listComprehension struct {
		place
		name       *variable
		list       expr
		where, out expr // may be nil
	}
	patternComprehension struct {
		place
		pattern *pattern
		where   expr
		out     expr
		search  *search
	}
	quantifier struct {
		place
		kind  string // all, any, none, single
		name  *variable
		list  expr
		where expr
	}
	reducing struct {
		place
		into  *variable
		first expr
		name  *variable
		list  expr
		out   expr
	}
	// patternCheck is a pattern where a truth value is wanted.
	patternCheck struct {
		place
		pattern   *pattern
		condition bool // it stands where a truth value is wanted
		search    *search
	}
	// shortestValue is shortestPath() or allShortestPaths() as an expression.
	shortestValue struct {
		place
		pattern *pattern
		search  *search
	}
	// subquery is EXISTS { }, COUNT { } or COLLECT { }.
	subquery struct {
		place
		kind string // EXISTS, COUNT, COLLECT
		body *statement
		plan *plan
	}
)
