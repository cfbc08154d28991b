package cypher

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// length16 is a text's length as Java counts it, in UTF-16.
func length16(text string) int {
	length := 0
	for _, char := range text {
		length++
		if char > 0xFFFF {
			length++
		}
	}
	return length
}

// cut16 gives a text's part by places in UTF-16. A place inside a character gives the replacement character.
func cut16(text string, from, to int) string {
	if ascii(text) {
		return text[min(from, len(text)):min(to, len(text))]
	}
	var out strings.Builder
	at := 0
	for _, char := range text {
		width := 1
		if char > 0xFFFF {
			width = 2
		}
		switch {
		case at >= from && at+width <= to:
			out.WriteRune(char)
		case at+width > from && at < to:
			out.WriteRune(utf8.RuneError)
		}
		at += width
	}
	return out.String()
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

var textFunctions = []function{
	textFunction("toLower", strings.ToLower), textFunction("toUpper", strings.ToUpper),
	trimFunction("trim", strings.TrimFunc), trimFunction("btrim", strings.TrimFunc),
	trimFunction("lTrim", strings.TrimLeftFunc), trimFunction("rTrim", strings.TrimRightFunc),
	{name: "left", least: 2, most: 2, args: []kind{isText, isWhole}, out: isText, call: func(_ *run, args []any) (any, error) {
		length, err := lengthIn("left", args[1])
		return cut16(args[0].(string), 0, length), err
	}},
	{name: "right", least: 2, most: 2, args: []kind{isText, isWhole}, out: isText, call: func(_ *run, args []any) (any, error) {
		length, err := lengthIn("right", args[1])
		all := length16(args[0].(string))
		return cut16(args[0].(string), max(0, all-length), all), err
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
		return cut16(args[0].(string), from, to), nil
	}},
	{name: "replace", least: 3, most: 4, args: []kind{isText, isText, isText, isWhole}, out: isText, call: func(run *run, args []any) (any, error) {
		text, old, by := args[0].(string), args[1].(string), args[2].(string)
		count := -1
		if len(args) == 4 {
			length, err := lengthIn("replace", args[3])
			if err != nil {
				return nil, err
			}
			count = length
		}
		if most := int64(strings.Count(text, old)) * int64(len(by)); most > mostHeld {
			return nil, run.hold(mostHeld + 1)
		}
		return strings.Replace(text, old, by, count), nil
	}},
	{name: "split", least: 2, most: 2, args: []kind{isText, isText | isList}, out: isList, call: func(run *run, args []any) (any, error) {
		text := args[0].(string)
		if by, ok := args[1].(string); ok {
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

var (
	wholeText  = regexp.MustCompile(`^[+-]?\d+$`)
	numberForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[dDfF]?$`)
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
		if wholeText.MatchString(value) {
			if whole, err := strconv.ParseInt(value, 10, 64); err == nil {
				return whole, nil
			}
			return nil, failed("integer, %s, is too large", value)
		}
		if number := toFloat(value); number != nil {
			return truncate(number.(float64)), nil
		}
	}
	return nil, nil
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
		if trimmed := strings.TrimFunc(value, func(char rune) bool { return char <= ' ' }); numberForm.MatchString(trimmed) {
			number, _ := strconv.ParseFloat(strings.TrimRight(trimmed, "dDfF"), 64)
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
