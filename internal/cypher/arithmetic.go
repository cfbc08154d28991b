package cypher

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// arithmetic is + - * / % ^ and ||, with Neo4j's errors in place of overflow
// (https://neo4j.com/docs/cypher-manual/5/syntax/operators/#query-operators-mathematical).
func (run *run) arithmetic(op string, left, right any) (any, error) {
	if left == nil || right == nil {
		return nil, nil
	}
	if a, ok := left.(int64); ok {
		if b, ok := right.(int64); ok && op != "||" && op != "^" {
			return wholes(op, a, b)
		}
	}
	if a, ok := float(left); ok {
		if b, ok := float(right); ok && op != "||" {
			return floats(op, a, b), nil
		}
	}
	if op == "+" || op == "||" {
		if joined, ok, err := run.join(op, left, right); ok || err != nil {
			return joined, err
		}
	}
	if value, ok, err := temporalArithmetic(op, left, right); ok || err != nil {
		return value, err
	}
	return nil, failed("type mismatch: %s cannot stand between %s and %s", op, kindOf(left), kindOf(right))
}

// float gives a number as one with a fraction.
func float(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case float64:
		return value, true
	}
	return 0, false
}

func wholes(op string, a, b int64) (any, error) {
	overflow := failed("long overflow: %d %s %d", a, op, b)
	switch op {
	case "+":
		sum := a + b
		if (a > 0) == (b > 0) && (sum > 0) != (a > 0) && a != 0 && b != 0 {
			return nil, overflow
		}
		return sum, nil
	case "-":
		difference := a - b
		if (a >= 0) != (b >= 0) && (difference >= 0) != (a >= 0) {
			return nil, overflow
		}
		return difference, nil
	case "*":
		return product(a, b, overflow)
	case "/":
		if b == 0 {
			return nil, failed("/ by zero")
		}
		if a == math.MinInt64 && b == -1 {
			return a, nil // as in Java
		}
		return a / b, nil
	default:
		if b == 0 {
			return nil, failed("/ by zero")
		}
		if b == -1 {
			return int64(0), nil
		}
		return a % b, nil
	}
}

func product(a, b int64, overflow error) (any, error) {
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	switch {
	case high != 0 || low > 1<<63 || low == 1<<63 && !negative:
		return nil, overflow
	case negative:
		return int64(-low), nil
	}
	return int64(low), nil
}

func magnitude(of int64) uint64 {
	if of < 0 {
		return uint64(-of)
	}
	return uint64(of)
}

func floats(op string, a, b float64) any {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case "%":
		return math.Mod(a, b)
	default:
		return power(a, b)
	}
}

// power is Java's Math.pow, which gives no number for 1 to the power of no number or of infinity.
func power(a, b float64) float64 {
	if math.Abs(a) == 1 && math.IsInf(b, 0) || a == 1 && math.IsNaN(b) {
		return math.NaN()
	}
	return math.Pow(a, b)
}

// join is + and || of lists and texts.
func (run *run) join(op string, left, right any) (any, bool, error) {
	first, isFirst := left.([]any)
	second, isSecond := right.([]any)
	switch {
	case op == "||" && isFirst != isSecond:
		return nil, false, nil
	case isFirst || isSecond:
		if !isFirst {
			first = []any{left}
		}
		if !isSecond {
			second = []any{right}
		}
		if err := run.step(len(first) + len(second)); err != nil {
			return nil, false, err
		}
		joined := make([]any, 0, len(first)+len(second))
		joined = append(append(joined, first...), second...)
		return joined, true, run.fits(joined)
	}
	start, isStart := left.(string)
	end, isEnd := right.(string)
	if op == "+" && isStart && !isEnd {
		end, isEnd = numberText(right)
	}
	if op == "+" && isEnd && !isStart {
		start, isStart = numberText(left)
	}
	if !isStart || !isEnd {
		return nil, false, nil
	}
	joined := start + end
	return joined, true, run.fits(joined)
}

func numberText(value any) (string, bool) {
	switch value := value.(type) {
	case int64:
		return strconv.FormatInt(value, 10), true
	case float64:
		return floatText(value), true
	}
	return "", false
}

// floatText writes a number as Java does (https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double)).
func floatText(value float64) string {
	switch size := math.Abs(value); {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "Infinity"
	case math.IsInf(value, -1):
		return "-Infinity"
	case size != 0 && (size < 1e-3 || size >= 1e7):
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'E', -1, 64), "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		power, _ := strconv.Atoi(exponent)
		return mantissa + "E" + strconv.Itoa(power)
	}
	plain := strconv.FormatFloat(value, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}
