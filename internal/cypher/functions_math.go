package cypher

import (
	"math"
	"math/big"
	"strconv"
)

// real makes a function of one number with a fraction.
func realFunction(name string, of func(float64) float64) function {
	return function{name: name, least: 1, most: 1, args: []kind{isNumeric}, out: isNumber, call: func(_ *run, args []any) (any, error) {
		value, _ := float(args[0])
		return of(value), nil
	}}
}

var mathFunctions = []function{
	realFunction("ceil", math.Ceil), realFunction("floor", math.Floor), realFunction("sqrt", math.Sqrt), realFunction("exp", math.Exp),
	realFunction("log", math.Log), realFunction("log10", math.Log10), realFunction("sin", math.Sin), realFunction("cos", math.Cos),
	realFunction("tan", math.Tan), realFunction("asin", math.Asin), realFunction("acos", math.Acos), realFunction("atan", math.Atan),
	realFunction("cot", func(of float64) float64 { return 1 / math.Tan(of) }),
	realFunction("degrees", func(of float64) float64 { return of * 180 / math.Pi }),
	realFunction("radians", func(of float64) float64 { return of / 180 * math.Pi }),
	realFunction("haversin", func(of float64) float64 { return (1 - math.Cos(of)) / 2 }),
	{name: "atan2", least: 2, most: 2, args: []kind{isNumeric}, out: isNumber, call: func(_ *run, args []any) (any, error) {
		y, _ := float(args[0])
		x, _ := float(args[1])
		return math.Atan2(y, x), nil
	}},
	{name: "pi", out: isNumber, call: func(*run, []any) (any, error) { return math.Pi, nil }},
	{name: "e", out: isNumber, call: func(*run, []any) (any, error) { return math.E, nil }},
	// rand is seeded alike for every query: equal input gives equal output.
	{name: "rand", out: isNumber, call: func(run *run, _ []any) (any, error) { return run.random.Float64(), nil }},
	{name: "isNaN", least: 1, most: 1, args: []kind{isNumeric}, out: isBool, call: func(_ *run, args []any) (any, error) { return isNaN(args[0]), nil }},
	{name: "abs", least: 1, most: 1, args: []kind{isNumeric}, call: func(_ *run, args []any) (any, error) {
		switch of := args[0].(type) {
		case int64:
			if of == math.MinInt64 {
				return nil, failed("long overflow: abs(%d)", of)
			}
			return max(of, -of), nil
		default:
			return math.Abs(of.(float64)), nil
		}
	}},
	{name: "sign", least: 1, most: 1, args: []kind{isNumeric}, out: isWhole, call: func(_ *run, args []any) (any, error) {
		of, _ := float(args[0])
		switch {
		case of > 0:
			return int64(1), nil
		case of < 0:
			return int64(-1), nil
		}
		return int64(0), nil
	}},
	{name: "round", least: 1, most: 3, args: []kind{isNumeric, isNumeric, isText}, out: isNumber, call: round},
}

// round rounds to so many digits; without a mode, a half goes up, which for no digits means towards positive infinity
// (https://neo4j.com/docs/cypher-manual/5/functions/mathematical-numeric/#functions-round).
func round(_ *run, args []any) (any, error) {
	value, _ := float(args[0])
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return value, nil
	}
	digits, mode := int64(0), "HALF_UP"
	if len(args) > 1 {
		at, ok := args[1].(int64)
		if !ok {
			fraction := args[1].(float64)
			at = int64(fraction)
		}
		digits = at
	}
	if len(args) > 2 {
		mode = args[2].(string)
	}
	if digits < 0 || digits > 400 {
		return nil, failed("round: the precision must be from 0 to 400, not %d", digits)
	}
	if digits == 0 && len(args) < 3 {
		return roundHalfUp(value), nil
	}
	exact, _ := new(big.Rat).SetString(strconv.FormatFloat(value, 'f', -1, 64))
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
	scaled := new(big.Rat).Mul(exact, scale)
	down, rest := new(big.Int).QuoRem(scaled.Num(), scaled.Denom(), new(big.Int))
	twice := new(big.Int).Abs(new(big.Int).Lsh(rest, 1)).Cmp(scaled.Denom())
	away := false
	switch mode {
	case "UP":
		away = rest.Sign() != 0
	case "DOWN":
	case "CEILING":
		away = rest.Sign() > 0
	case "FLOOR":
		away = rest.Sign() < 0
	case "HALF_UP":
		away = twice >= 0 && rest.Sign() != 0
	case "HALF_DOWN":
		away = twice > 0
	case "HALF_EVEN":
		away = twice > 0 || twice == 0 && rest.Sign() != 0 && down.Bit(0) == 1
	default:
		return nil, failed("round: the mode %q is not one of UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN, HALF_EVEN", mode)
	}
	if away {
		down.Add(down, big.NewInt(int64(scaled.Sign())))
	}
	rounded, _ := new(big.Rat).Quo(new(big.Rat).SetInt(down), scale).Float64()
	return rounded, nil
}

func roundHalfUp(value float64) float64 {
	floor := math.Floor(value)
	if value-floor >= 0.5 {
		return floor + 1
	}
	return floor
}
