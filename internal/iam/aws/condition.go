package aws

import (
	"fmt"
	"strings"
)

// Condition is one operator applied to one key, as in {"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}.
type Condition struct {
	Operator string // as written, with set prefix and IfExists
	Key      string // as written
	Values   []*Template

	op        operator
	key       string // lower case: key names are matched without regard to case
	malformed bool   // a value of the policy is none that the operator can compare with
}

func newCondition(op operator, key string, values []string, variables bool) Condition {
	c := Condition{Operator: op.written, Key: key, op: op, key: strings.ToLower(key)}
	for _, v := range values {
		template := newTemplate(v, variables && op.variables)
		c.Values = append(c.Values, template)
		c.malformed = c.malformed || template.parts == nil && !op.reads(v)
	}
	return c
}

func (c *Condition) String() string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = v.text
	}
	return fmt.Sprintf("%s %s %s", c.Operator, c.Key, strings.Join(values, ", "))
}

// holds evaluates the condition. What happens when the key is absent is stated in IAM JSON policy elements: Condition
// operators (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html): a
// matching operator is false, a negated one true, any with IfExists true. For the set operators it is stated in
// "Multivalued context keys" (…/reference_policies_condition-single-vs-multi-valued-context-keys.html): ForAllValues is
// true and ForAnyValue false when there is nothing to compare.
func (c *Condition) holds(e *evaluation) tri {
	values, state := e.lookup(c.key)
	if c.op.family == nullFamily {
		return c.isNull(state)
	}
	switch {
	case state == unknown:
		return maybe
	case state == bounded:
		return c.holdsFrom(e)
	case state == present && !(c.op.set != single && allEmpty(values)):
		return c.compare(e, values)
	case c.op.ifExists && state == absent:
		return yes
	case c.op.set == forAll:
		return yes
	case c.op.set == forAny:
		return no
	}
	return is(c.op.negated)
}

// compare sets the request's values against the policy's. With several values in the policy a matching operator needs
// one of them to match, a negated one needs none to (IAM User Guide, "Conditions with multiple context keys or
// values"). Several values in the request can be compared by set operators only ("Multivalued context keys require a
// condition set operator").
func (c *Condition) compare(e *evaluation, values []string) tri {
	switch {
	case c.op.set == single && len(values) > 1:
		return no
	case c.op.set == single:
		return c.agrees(e, values[0])
	}
	result := is(c.op.set == forAll)
	for _, v := range values {
		one := c.agrees(e, v)
		if c.op.set == forAll {
			result = min(result, one)
		} else {
			result = max(result, one)
		}
	}
	return result
}

// agrees compares one value of the request, negation included. Where either side is not of the operator's kind (a number,
// a date, an address, an ARN) there is nothing to compare, and the condition does not hold, negated or not.
func (c *Condition) agrees(e *evaluation, value string) tri {
	if c.op.negated && (c.malformed || !c.op.reads(value)) {
		return no
	}
	return c.matches(e, value).negatedIf(c.op.negated)
}

// matches compares one value of the request with all of the policy's. A policy variable without a value equals nothing
// (IAM policy elements: Variables and tags, "Policy variables with no value").
func (c *Condition) matches(e *evaluation, value string) tri {
	result := no
	for _, template := range c.Values {
		pattern, state := template.resolve(e, c.op.wildcards)
		switch {
		case state == absent:
		case !c.op.match(pattern, value):
		case state == unknown:
			result = max(result, maybe)
		default:
			return yes
		}
	}
	return result
}

// isNull implements the Null operator: "true" asks that the key be absent, "false" that it be there.
func (c *Condition) isNull(state presence) tri {
	null := is(state == absent)
	if state == unknown {
		null = maybe
	}
	result := no
	for _, v := range c.Values {
		switch strings.ToLower(v.text) {
		case "true":
			result = max(result, null)
		case "false":
			result = max(result, null.not())
		}
	}
	if len(c.Values) == 2 && state == unknown && !strings.EqualFold(c.Values[0].text, c.Values[1].text) && result == maybe {
		return yes
	}
	return result
}

func allEmpty(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return true
}

// tri is a truth value that may not be known. The order makes min a conjunction and max a disjunction.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

func is(b bool) tri {
	if b {
		return yes
	}
	return no
}

func (t tri) not() tri { return yes - t }

func (t tri) negatedIf(negated bool) tri {
	if negated {
		return t.not()
	}
	return t
}
