package cypher

import (
	"math"
	"slices"
)

// fold is an aggregate's place in the row.
type fold struct {
	slot  int
	begin func(call *calledFunction) folder
}

// folder makes one value of many rows.
type folder interface {
	add(run *run, row []any, call *calledFunction) error
	result(run *run) (any, error)
	bytes() int64 // held until the end
}

// adder is the part of a folder that differs: what it does with each value that is not null.
type adder interface {
	value(run *run, value any) error
	result(run *run) (any, error)
}

// folding feeds an adder: it leaves null out, and with DISTINCT what was there before.
type folding struct {
	adder
	seen map[string]struct{}
	key  []byte
	held int64
}

func aggregate(name string, args []kind, out kind, begin func() adder) function {
	return function{name: name, least: len(args), most: len(args), args: args, out: out, nulls: true, begin: func(call *calledFunction) folder {
		folding := &folding{adder: begin()}
		if call.distinct {
			folding.seen = map[string]struct{}{}
		}
		return folding
	}}
}

func (folding *folding) bytes() int64 { return folding.held }

func (folding *folding) add(run *run, row []any, call *calledFunction) error {
	if call.star {
		return folding.value(run, true)
	}
	value, err := call.args[0].eval(run, row)
	if err != nil || value == nil {
		return err
	}
	if want := call.function.arg(0); kindOf(value)&want == 0 {
		return failed("type mismatch: %s expected %s but was %s", call.name, want&^isNull, kindOf(value))
	}
	if folding.seen != nil {
		folding.key = appendKey(folding.key[:0], value)
		if _, ok := folding.seen[string(folding.key)]; ok {
			return nil
		}
		folding.seen[string(folding.key)] = struct{}{}
		if err := folding.hold(run, int64(len(folding.key))+48); err != nil {
			return err
		}
	}
	if keeper, ok := folding.adder.(keeper); ok {
		before := run.held
		err := keeper.keep(run, value)
		folding.held += run.held - before
		if err != nil {
			return err
		}
	}
	if percentile, ok := folding.adder.(*percentile); ok && percentile.at == nil {
		at, err := call.args[1].eval(run, row)
		if err != nil {
			return err
		}
		if err := percentile.begin(at); err != nil {
			return err
		}
	}
	return folding.value(run, value)
}

func (folding *folding) hold(run *run, bytes int64) error {
	folding.held += bytes
	return run.hold(bytes)
}

// keeper is an adder that keeps every value.
type keeper interface {
	keep(run *run, value any) error
}

type counting struct{ count int64 }

func (counting *counting) value(*run, any) error    { counting.count++; return nil }
func (counting *counting) result(*run) (any, error) { return counting.count, nil }

type collecting struct{ list []any }

func (collecting *collecting) keep(run *run, value any) error {
	_, err := run.holdValue(value)
	return err
}

func (collecting *collecting) value(_ *run, value any) error {
	collecting.list = append(collecting.list, value)
	return nil
}

func (collecting *collecting) result(*run) (any, error) {
	if collecting.list == nil {
		return []any{}, nil
	}
	return collecting.list, nil
}

// summing is sum, which begins at the whole number 0.
type summing struct{ sum any }

func (summing *summing) value(run *run, value any) error {
	if summing.sum == nil {
		summing.sum = value
		return nil
	}
	if left, ok := summing.sum.(int64); ok {
		if right, ok := value.(int64); ok && (left+right < left) != (right < 0) {
			summing.sum = float64(left) + float64(right) // a sum goes on as a number with a fraction where + would fail
			return nil
		}
	}
	var err error
	summing.sum, err = run.arithmetic("+", summing.sum, value)
	return err
}

func (summing *summing) result(*run) (any, error) {
	if summing.sum == nil {
		return int64(0), nil
	}
	return summing.sum, nil
}

// averaging goes value by value, as Neo4j does, so that no sum overflows.
type averaging struct {
	count   int64
	average any
}

func (averaging *averaging) value(run *run, value any) error {
	averaging.count++
	if _, ok := value.(duration); ok {
		if averaging.average == nil {
			averaging.average = duration{}
		}
		sum, err := run.arithmetic("+", averaging.average, value)
		averaging.average = sum
		return err
	}
	number, _ := float(value)
	average, _ := averaging.average.(float64)
	averaging.average = average + (number-average)/float64(averaging.count)
	return nil
}

func (averaging *averaging) result(run *run) (any, error) {
	if sum, ok := averaging.average.(duration); ok {
		return run.arithmetic("/", sum, averaging.count)
	}
	return averaging.average, nil
}

// picking the least or the greatest goes by the order of all values.
type extreme struct {
	sign int
	best any
}

func (extreme *extreme) value(_ *run, value any) error {
	if extreme.best == nil || order(value, extreme.best)*extreme.sign > 0 {
		extreme.best = value
	}
	return nil
}

func (extreme *extreme) result(*run) (any, error) { return extreme.best, nil }

// deviating is stDev and stDevP, by Welford's method.
type deviating struct {
	less       float64 // 1: of a sample; 0: of the whole population
	count      float64
	mean, sums float64
}

func (deviating *deviating) value(_ *run, value any) error {
	number, _ := float(value)
	deviating.count++
	delta := number - deviating.mean
	deviating.mean += delta / deviating.count
	deviating.sums += delta * (number - deviating.mean)
	return nil
}

func (deviating *deviating) result(*run) (any, error) {
	switch deviating.count {
	case 0:
		return nil, nil
	case 1:
		return 0.0, nil
	}
	return math.Sqrt(deviating.sums / (deviating.count - deviating.less)), nil
}

// percentile is percentileCont and percentileDisc.
type percentile struct {
	continuous bool
	at         *float64
	values     []any
}

func (percentile *percentile) begin(value any) error {
	at, ok := float(value)
	if !ok || !(at >= 0 && at <= 1) {
		return failed("a percentile must be a number from 0.0 to 1.0, not %s", shown(value))
	}
	percentile.at = &at
	return nil
}

func (percentile *percentile) keep(run *run, _ any) error { return run.hold(16) }

func (percentile *percentile) value(_ *run, value any) error {
	percentile.values = append(percentile.values, value)
	return nil
}

func (percentile *percentile) result(*run) (any, error) {
	count := len(percentile.values)
	if count == 0 {
		return nil, nil
	}
	slices.SortFunc(percentile.values, order)
	if !percentile.continuous {
		rank := int(math.Ceil(*percentile.at*float64(count))) - 1
		return percentile.values[max(rank, 0)], nil
	}
	place := *percentile.at * float64(count-1)
	low, high := int(math.Floor(place)), int(math.Ceil(place))
	first, _ := float(percentile.values[low])
	second, _ := float(percentile.values[high])
	if low == high {
		return percentile.values[low], nil
	}
	return first*(float64(high)-place) + second*(place-float64(low)), nil
}

var foldFunctions = []function{
	aggregate("count", []kind{isAny}, isWhole, func() adder { return &counting{} }),
	aggregate("collect", []kind{isAny}, isList, func() adder { return &collecting{} }),
	aggregate("sum", []kind{isNumeric | isDuration}, isNumeric|isDuration, func() adder { return &summing{} }),
	aggregate("avg", []kind{isNumeric | isDuration}, isNumber|isDuration|isNull, func() adder { return &averaging{} }),
	aggregate("min", []kind{isAny}, isAny, func() adder { return &extreme{sign: -1} }),
	aggregate("max", []kind{isAny}, isAny, func() adder { return &extreme{sign: 1} }),
	aggregate("stDev", []kind{isNumeric}, isNumber|isNull, func() adder { return &deviating{less: 1} }),
	aggregate("stDevP", []kind{isNumeric}, isNumber|isNull, func() adder { return &deviating{} }),
	aggregate("percentileCont", []kind{isNumeric, isNumeric}, isNumeric|isNull, func() adder { return &percentile{continuous: true} }),
	aggregate("percentileDisc", []kind{isNumeric, isNumeric}, isNumeric|isNull, func() adder { return &percentile{} }),
}
