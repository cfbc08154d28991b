package azure

import (
	"strconv"
	"strings"
)

// Condition is an attribute-based condition of a role assignment, read once.
//
// "Azure role assignment condition format and syntax": https://learn.microsoft.com/azure/role-based-access-control/conditions-format
type Condition struct {
	text string
	root expression // nil for a text that does not parse: nothing is known of it
}

// String gives the condition as it was written.
func (condition *Condition) String() string { return condition.text }

// truth is three-valued, ordered so that "and" is min and "or" is max.
type truth int

const (
	no truth = iota
	unknown
	yes
)

func of(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// truth decides the condition for a request; no condition is met by all.
func (condition *Condition) truth(request Request) truth {
	switch {
	case condition == nil:
		return yes
	case condition.root == nil:
		return unknown
	default:
		return condition.root.truth(request)
	}
}

type expression interface{ truth(request Request) truth }

type (
	all []expression // joined by AND
	one []expression // joined by OR
	not struct{ inner expression }
)

func (parts all) truth(request Request) truth {
	worst := yes
	for _, part := range parts {
		worst = min(worst, part.truth(request))
	}
	return worst
}

func (parts one) truth(request Request) truth {
	best := no
	for _, part := range parts {
		best = max(best, part.truth(request))
	}
	return best
}

func (negation not) truth(request Request) truth { return yes - negation.inner.truth(request) }

// action is ActionMatches: the action is one of the patterns'. A sub-operation is never told by what was collected.
type action struct {
	patterns []string
	sub      bool
}

func (match action) truth(request Request) truth {
	if match.sub {
		return unknown
	}
	_, found := anyOf(match.patterns, request.Action)
	return of(found)
}

// exists tells whether an attribute is there.
type exists struct{ attribute string }

func (test exists) truth(request Request) truth {
	if _, known := request.Attributes[test.attribute]; known {
		return yes
	}
	return unknown
}

// operand is a side of a comparison: an attribute, or values.
type operand struct {
	attribute string
	values    []string
}

func (operand operand) resolve(request Request) ([]string, bool) {
	if operand.attribute == "" {
		return operand.values, true
	}
	values, known := request.Attributes[operand.attribute]
	return values, known
}

// comparison compares two sides: every or any value of the left with every or any value of the right.
//
// "Cross product comparison operators": https://learn.microsoft.com/azure/role-based-access-control/conditions-format#cross-product-comparison-operators
type comparison struct {
	left, right         operand
	allLeft, allOfRight bool
	compare             func(left, right string) truth
}

func (comparison comparison) truth(request Request) truth {
	left, known := comparison.left.resolve(request)
	if !known {
		return unknown
	}
	right, known := comparison.right.resolve(request)
	if !known {
		return unknown
	}
	return quantified(left, comparison.allLeft, func(l string) truth {
		return quantified(right, comparison.allOfRight, func(r string) truth { return comparison.compare(l, r) })
	})
}

// quantified joins a test of each value: by and for all, by or for any. Of no values none satisfies.
func quantified(values []string, every bool, test func(string) truth) truth {
	if len(values) == 0 {
		return no
	}
	joined := no
	if every {
		joined = yes
	}
	for _, value := range values {
		if every {
			joined = min(joined, test(value))
		} else {
			joined = max(joined, test(value))
		}
	}
	return joined
}

// comparators are the operators on single values. Dates and addresses are compared in no way that collected data settles.
func comparator(operator string) (compare func(left, right string) truth, known bool) {
	base := strings.ToLower(operator)
	fold := func(text string) string { return text }
	if cut, ok := strings.CutSuffix(base, "ignorecase"); ok {
		base, fold = cut, strings.ToLower
	}
	if strings.HasPrefix(base, "guid") || strings.HasPrefix(base, "bool") {
		fold = strings.ToLower
	}
	negated := false
	for _, kind := range []string{"string", "numeric", "guid", "bool", "datetime", "ip"} {
		if rest, ok := strings.CutPrefix(base, kind+"not"); ok {
			base, negated = kind+rest, true
		}
	}
	switch base {
	case "stringequals", "guidequals", "boolequals":
		compare = func(l, r string) truth { return of(fold(l) == fold(r)) }
	case "stringstartswith":
		compare = func(l, r string) truth { return of(strings.HasPrefix(fold(l), fold(r))) }
	case "stringlike":
		compare = func(l, r string) truth { return of(glob(fold(r), fold(l), true)) }
	case "numericequals", "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals":
		compare = numeric(strings.TrimPrefix(base, "numeric"))
	case "datetimeequals", "datetimelessthan", "datetimelessthanequals", "datetimegreaterthan", "datetimegreaterthanequals", "ipmatch", "ipinrange":
		return func(string, string) truth { return unknown }, true
	default:
		return nil, false
	}
	if negated {
		positive := compare
		compare = func(l, r string) truth { return yes - positive(l, r) }
	}
	return compare, true
}

func numeric(order string) func(left, right string) truth {
	return func(left, right string) truth {
		l, leftErr := strconv.ParseFloat(left, 64)
		r, rightErr := strconv.ParseFloat(right, 64)
		if leftErr != nil || rightErr != nil {
			return unknown
		}
		switch order {
		case "equals":
			return of(l == r)
		case "lessthan":
			return of(l < r)
		case "lessthanequals":
			return of(l <= r)
		case "greaterthan":
			return of(l > r)
		default:
			return of(l >= r)
		}
	}
}
