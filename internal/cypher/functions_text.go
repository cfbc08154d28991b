package cypher

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// characters is a text's length as Neo4j counts it: in characters of Unicode, whatever they take in UTF-16.
func characters(text string) int { return utf8.RuneCountInString(text) }

// cut gives a text's part by places of characters.
func cut(text string, from, to int) string {
	if ascii(text) {
		return text[min(from, len(text)):min(to, len(text))]
	}
	at, first := 0, len(text)
	for offset := range text {
		switch {
		case at == to:
			return text[min(first, offset):offset]
		case at == from:
			first = offset
		}
		at++
	}
	return text[first:]
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func numberOf(value int64) string { return strconv.FormatInt(value, 10) }

// textFunction makes a function from text to text.
func textFunction(name string, of func(string) string) function {
	return function{name: name, least: 1, most: 1, args: []kind{isText}, out: isText, call: func(_ *run, args []any) (any, error) {
		return of(args[0].(string)), nil
	}}
}

// trimFunction makes a function that takes characters off, white space unless it is told which.
func trimFunction(name string, of func(text string, off func(rune) bool) string) function {
	return function{name: name, least: 1, most: 2, args: []kind{isText}, out: isText, call: func(_ *run, args []any) (any, error) {
		off := javaWhite
		if len(args) == 2 {
			off = func(char rune) bool { return strings.ContainsRune(args[1].(string), char) }
		}
		return of(args[0].(string), off), nil
	}}
}

// javaWhite is Character.isWhitespace of Java.
func javaWhite(char rune) bool {
	return char >= 0x09 && char <= 0x0D || char >= 0x1C && char <= 0x1F || unicode.In(char, unicode.Zs, unicode.Zl, unicode.Zp) && char != 0xA0 && char != 0x2007 && char != 0x202F
}

// toLower and toUpper go by Unicode's full mapping, as Java does: "ß" becomes "SS", and a sigma at a word's end its own letter.
func toLower(text string) string {
	if ascii(text) {
		return strings.ToLower(text)
	}
	return cases.Lower(language.Und).String(text)
}

func toUpper(text string) string {
	if ascii(text) {
		return strings.ToUpper(text)
	}
	return cases.Upper(language.Und).String(text)
}

var textFunctions = []function{
	textFunction("toLower", toLower), textFunction("toUpper", toUpper),
	trimFunction("trim", strings.TrimFunc), trimFunction("btrim", strings.TrimFunc),
	trimFunction("lTrim", strings.TrimLeftFunc), trimFunction("rTrim", strings.TrimRightFunc),
	{name: "left", least: 2, most: 2, args: []kind{isText, isWhole}, out: isText, call: func(_ *run, args []any) (any, error) {
		length, err := lengthIn("left", args[1])
		return cut(args[0].(string), 0, length), err
	}},
	{name: "right", least: 2, most: 2, args: []kind{isText, isWhole}, out: isText, call: func(_ *run, args []any) (any, error) {
		length, err := lengthIn("right", args[1])
		all := characters(args[0].(string))
		return cut(args[0].(string), max(0, all-length), all), err
	}},
	{name: "substring", least: 2, most: 3, args: []kind{isText, isWhole}, out: isText, call: func(_ *run, args []any) (any, error) {
		from, err := lengthIn("substring", args[1])
		if err != nil {
			return nil, err
		}
		to := 1 << 40
		if len(args) == 3 {
			length, err := lengthIn("substring", args[2])
			if err != nil {
				return nil, err
			}
			to = from + length
		}
		return cut(args[0].(string), from, to), nil
	}},
	{name: "replace", least: 3, most: 3, args: []kind{isText}, out: isText, call: func(run *run, args []any) (any, error) {
		text, old, by := args[0].(string), args[1].(string), args[2].(string)
		if most := int64(strings.Count(text, old)) * int64(len(by)); most > mostHeld {
			return nil, run.hold(mostHeld + 1)
		}
		return strings.ReplaceAll(text, old, by), nil
	}},
	{name: "split", least: 2, most: 2, args: []kind{isText, isText | isList}, out: isList, call: func(run *run, args []any) (any, error) {
		text := args[0].(string)
		if by, ok := args[1].(string); ok {
			if count := int64(strings.Count(text, by)) + 1; count > mostHeld/48 { // each part is a text and a place in the list
				return nil, run.hold(mostHeld + 1)
			}
			parts := strings.Split(text, by)
			if by == "" && text == "" {
				parts = []string{""}
			}
			list := listOf(parts)
			return list, run.fits(list)
		}
		return nil, failed("split by several delimiters: not supported on the embedded store; supported on Neo4j")
	}},
}

func lengthIn(name string, value any) (int, error) {
	length := value.(int64)
	if length < 0 {
		return 0, failed("%s: a position or a length below zero: %d", name, length)
	}
	return int(min(length, 1<<40)), nil
}

var conversions = []function{
	{name: "toString", least: 1, most: 1, args: []kind{isText | isNumeric | isBool | isTemporal}, out: isText, call: func(_ *run, args []any) (any, error) {
		return toText(args[0]), nil
	}},
	{name: "toInteger", least: 1, most: 1, args: []kind{isText | isNumeric | isBool}, out: isWhole, call: func(_ *run, args []any) (any, error) {
		return toWhole(args[0])
	}},
	{name: "toFloat", least: 1, most: 1, args: []kind{isText | isNumeric}, out: isNumber, call: func(_ *run, args []any) (any, error) {
		return toFloat(args[0]), nil
	}},
	{name: "toBoolean", least: 1, most: 1, args: []kind{isText | isBool | isWhole}, out: isBool, call: func(_ *run, args []any) (any, error) {
		return toBool(args[0]), nil
	}},
	orNull("toStringOrNull", isText, toText), orNull("toFloatOrNull", isNumber, toFloat), orNull("toBooleanOrNull", isBool, toBool),
	orNull("toIntegerOrNull", isWhole, wholeOrNull),
	listed("toStringList", toText), listed("toFloatList", toFloat), listed("toBooleanList", toBool), listed("toIntegerList", wholeOrNull),
}

func wholeOrNull(value any) any {
	whole, err := toWhole(value)
	if err != nil {
		return nil
	}
	return whole
}

func orNull(name string, out kind, of func(any) any) function {
	return function{name: name, least: 1, most: 1, out: out, call: func(_ *run, args []any) (any, error) { return of(args[0]), nil }}
}

func listed(name string, of func(any) any) function {
	return function{name: name, least: 1, most: 1, args: []kind{isList}, out: isList, call: func(run *run, args []any) (any, error) {
		list := make([]any, len(args[0].([]any)))
		for i, item := range args[0].([]any) {
			if item != nil {
				list[i] = of(item)
			}
		}
		return list, run.step(len(list))
	}}
}

func toText(value any) any {
	switch value := value.(type) {
	case string:
		return value
	case bool:
		return strconv.FormatBool(value)
	case temporal:
		return value.text()
	}
	if text, ok := numberText(value); ok {
		return text
	}
	return nil
}

// Numbers in texts are read as Java reads them: a whole one by Long.parseLong, and where that fails by BigDecimal, which bears no white space
// and no suffix; one with a fraction by Double.parseDouble, which bears both
// (https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#valueOf(java.lang.String)).
var (
	decimalForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
	floatForm   = regexp.MustCompile(`^([+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+))[dDfF]?$`)
	namedFloats = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}
)

func toWhole(value any) (any, error) {
	switch value := value.(type) {
	case int64:
		return value, nil
	case float64:
		return truncate(value), nil
	case bool:
		return number01(value), nil
	case string:
		if decimalForm.MatchString(value) {
			return wholePart(value)
		}
	}
	return nil, nil
}

// wholePart gives a decimal number without its fraction.
func wholePart(decimal string) (any, error) {
	about, _ := strconv.ParseFloat(decimal, 64)
	if math.Abs(about) < 0.5 {
		return int64(0), nil
	}
	tooLarge := failed("integer, %s, is too large", decimal)
	if math.Abs(about) > 1e19 { // what is exact costs as much as the exponent says
		return nil, tooLarge
	}
	exact, ok := new(big.Rat).SetString(decimal)
	if !ok || exact.Cmp(new(big.Rat).SetInt64(math.MaxInt64)) > 0 || exact.Cmp(new(big.Rat).SetInt64(math.MinInt64)) < 0 {
		return nil, tooLarge
	}
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64(), nil
}

// truncate is Java's cast to long, which stops at the ends of its range.
func truncate(value float64) any {
	switch {
	case value != value:
		return int64(0)
	case value >= 1<<63:
		return int64(1<<63 - 1)
	case value < -1<<63:
		return int64(-1 << 63)
	}
	return int64(value)
}

func toFloat(value any) any {
	switch value := value.(type) {
	case int64:
		return float64(value)
	case float64:
		return value
	case string:
		trimmed := strings.TrimFunc(value, func(char rune) bool { return char <= ' ' })
		if form := floatForm.FindStringSubmatch(trimmed); form != nil {
			number, _ := strconv.ParseFloat(form[1], 64)
			return number
		}
		if number, ok := namedFloats[strings.Replace(strings.TrimPrefix(trimmed, "+"), "-NaN", "NaN", 1)]; ok {
			return number
		}
	}
	return nil
}

func toBool(value any) any {
	switch value := value.(type) {
	case bool:
		return value
	case int64:
		return value != 0
	case string:
		switch strings.ToLower(strings.TrimFunc(value, func(char rune) bool { return char <= ' ' })) {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return nil
}
