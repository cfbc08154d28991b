package cypher

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// A value is nil, a bool, int64, float64, string, []any, map[string]any, vertex, edge, *walk, or one of the temporal values.
type (
	vertex uint32 // a node's number in the graph
	edge   uint32 // a relationship's
	// walk is a path: one vertex more than edges.
	walk struct {
		vertices []vertex
		edges    []edge
	}
)

// kind is a set of types: those that a value may have, so far as is known before anything runs.
type kind uint32

const (
	isNull kind = 1 << iota
	isBool
	isWhole
	isNumber
	isText
	isList
	isMap
	isVertex
	isEdge
	isWalk
	isDate
	isLocalTime
	isTime
	isLocalDateTime
	isDateTime
	isDuration
	kindCount int = iota

	isAny      kind = 1<<kindCount - 1
	isNumeric       = isWhole | isNumber
	isInstant       = isDate | isLocalTime | isTime | isLocalDateTime | isDateTime
	isTemporal      = isInstant | isDuration
)

var kindNames = []string{
	"Null", "Boolean", "Integer", "Float", "String", "List<T>", "Map", "Node", "Relationship", "Path", "Date", "LocalTime", "Time", "LocalDateTime", "DateTime", "Duration",
}

// String names the types as Neo4j's messages do.
func (kind kind) String() string {
	var names []string
	for i, name := range kindNames {
		if kind&(1<<i) != 0 && (i > 0 || kind == isNull) {
			names = append(names, name)
		}
	}
	if len(names) > 1 {
		return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	}
	return strings.Join(names, "")
}

func kindOf(value any) kind {
	switch value := value.(type) {
	case nil:
		return isNull
	case bool:
		return isBool
	case int64:
		return isWhole
	case float64:
		return isNumber
	case string:
		return isText
	case []any:
		return isList
	case map[string]any:
		return isMap
	case vertex:
		return isVertex
	case edge:
		return isEdge
	case *walk:
		return isWalk
	case temporal:
		return value.kind()
	default:
		return isAny
	}
}

// truth is three-valued.
type truth int8

const (
	no truth = iota
	yes
	unknown
)

func truthOf(is bool) truth {
	if is {
		return yes
	}
	return no
}

func (truth truth) value() any {
	if truth == unknown {
		return nil
	}
	return truth == yes
}

func (truth truth) not() truth {
	switch truth {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// equal is Cypher's "=": unknown where null is in the way
// (https://neo4j.com/docs/cypher-manual/5/values-and-types/equality-and-comparison/).
func equal(a, b any) truth {
	if a == nil || b == nil {
		return unknown
	}
	switch a := a.(type) {
	case int64:
		switch b := b.(type) {
		case int64:
			return truthOf(a == b)
		case float64:
			return truthOf(compareMixed(a, b) == 0 && b == b)
		}
		return no
	case float64:
		switch b := b.(type) {
		case int64:
			return truthOf(a == a && compareMixed(b, a) == 0)
		case float64:
			return truthOf(a == b)
		}
		return no
	case []any:
		other, ok := b.([]any)
		if !ok {
			return no
		}
		return equalLists(a, other)
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok {
			return no
		}
		return equalMaps(a, other)
	case *walk:
		other, ok := b.(*walk)
		return truthOf(ok && slices.Equal(a.vertices, other.vertices) && slices.Equal(a.edges, other.edges))
	case temporal:
		other, ok := b.(temporal)
		return truthOf(ok && a.kind() == other.kind() && a.same(other))
	}
	return truthOf(kindOf(a) == kindOf(b) && a == b)
}

func equalLists(a, b []any) truth {
	if len(a) != len(b) {
		return no
	}
	result := yes
	for i := range a {
		switch equal(a[i], b[i]) {
		case no:
			return no
		case unknown:
			result = unknown
		}
	}
	return result
}

func equalMaps(a, b map[string]any) truth {
	if len(a) != len(b) {
		return no
	}
	result := yes
	for key, value := range a {
		other, ok := b[key]
		if !ok {
			return no
		}
		switch equal(value, other) {
		case no:
			return no
		case unknown:
			result = unknown
		}
	}
	return result
}

// compareMixed orders a whole number and another exactly, where a float cannot hold every whole number.
func compareMixed(a int64, b float64) int {
	switch {
	case math.IsNaN(b) || b >= 1<<63:
		return -1
	case b < -1<<63:
		return 1
	}
	floor := math.Floor(b)
	switch whole := int64(floor); {
	case a < whole:
		return -1
	case a > whole:
		return 1
	case b > floor:
		return -1
	}
	return 0
}

// compare is the order that "<" and its like go by; ok is false where two values cannot be compared, which gives null.
func compare(a, b any) (by int, ok bool) {
	switch a := a.(type) {
	case int64:
		switch b := b.(type) {
		case int64:
			return compareOrdered(a, b), true
		case float64:
			return compareMixed(a, b), b == b
		}
	case float64:
		switch b := b.(type) {
		case int64:
			return -compareMixed(b, a), a == a
		case float64:
			return compareOrdered(a, b), a == a && b == b
		}
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b), true
		}
	case bool:
		if b, ok := b.(bool); ok {
			return compareOrdered(number01(a), number01(b)), true
		}
	case []any:
		if b, ok := b.([]any); ok {
			return compareLists(a, b)
		}
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			return compareMaps(a, b)
		}
	case vertex, edge, *walk: // by their numbers, which tells two apart and means nothing else
		return order(a, b), kindOf(a) == kindOf(b)
	case temporal:
		if b, ok := b.(temporal); ok && a.kind() == b.kind() && a.kind() != isDuration {
			return a.order(b), true
		}
	}
	return 0, false
}

func negativeZero(value any) bool {
	number, ok := value.(float64)
	return ok && number == 0 && math.Signbit(number)
}

// isNaN reports whether a value is no number; comparing with one gives false.
func isNaN(value any) bool {
	number, ok := value.(float64)
	return ok && math.IsNaN(number)
}

func compareLists(a, b []any) (int, bool) {
	for i := range min(len(a), len(b)) {
		if same := equal(a[i], b[i]); same == yes {
			continue
		}
		return compare(a[i], b[i])
	}
	return compareOrdered(int64(len(a)), int64(len(b))), true
}

// compareMaps goes by size, then by keys in order, then by the first values that differ, as Neo4j does.
func compareMaps(a, b map[string]any) (int, bool) {
	if by := compareKeys(a, b); by != 0 {
		return by, true
	}
	for _, key := range sortedKeys(a) {
		if equal(a[key], b[key]) != yes {
			return compare(a[key], b[key])
		}
	}
	return 0, true
}

func compareKeys(a, b map[string]any) int {
	if by := compareOrdered(int64(len(a)), int64(len(b))); by != 0 {
		return by
	}
	return slices.Compare(sortedKeys(a), sortedKeys(b))
}

func number01(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// ranks order values of different types, as ORDER BY, min and max do
// (https://neo4j.com/docs/cypher-manual/5/values-and-types/ordering-equality-comparison/).
func rank(value any) int {
	switch value := value.(type) {
	case map[string]any:
		return 0
	case vertex:
		return 1
	case edge:
		return 2
	case []any:
		return 3
	case *walk:
		return 4
	case temporal:
		switch value.kind() {
		case isDateTime:
			return 5
		case isLocalDateTime:
			return 6
		case isDate:
			return 7
		case isTime:
			return 8
		case isLocalTime:
			return 9
		default:
			return 10
		}
	case string:
		return 11
	case bool:
		return 12
	case int64, float64:
		return 13
	default:
		return 14
	}
}

// order is the total order of all values that ORDER BY goes by: null is last, and no number is the greatest number.
func order(a, b any) int {
	if left, right := rank(a), rank(b); left != right {
		return compareOrdered(int64(left), int64(right))
	}
	switch a := a.(type) {
	case nil:
		return 0
	case float64, int64:
		if left, right := isNaN(a), isNaN(b); left || right {
			return compareOrdered(number01(left), number01(right))
		}
		if by, _ := compare(a, b); by != 0 {
			return by
		}
		return compareOrdered(number01(negativeZero(b)), number01(negativeZero(a))) // it comes before the zero that it is equal to
	case vertex:
		return compareOrdered(int64(a), int64(b.(vertex)))
	case edge:
		return compareOrdered(int64(a), int64(b.(edge)))
	case *walk:
		return orderWalks(a, b.(*walk))
	case map[string]any:
		return orderMaps(a, b.(map[string]any))
	case []any:
		other := b.([]any)
		for i := range min(len(a), len(other)) {
			if by := order(a[i], other[i]); by != 0 {
				return by
			}
		}
		return compareOrdered(int64(len(a)), int64(len(other)))
	case temporal:
		return a.order(b.(temporal))
	}
	by, _ := compare(a, b)
	return by
}

func orderWalks(a, b *walk) int {
	if by := slices.Compare(a.vertices[:1], b.vertices[:1]); by != 0 {
		return by
	}
	for i := range min(len(a.edges), len(b.edges)) {
		if by := compareOrdered(int64(a.edges[i]), int64(b.edges[i])); by != 0 {
			return by
		}
	}
	return compareOrdered(int64(len(a.edges)), int64(len(b.edges)))
}

func orderMaps(a, b map[string]any) int {
	if by := compareKeys(a, b); by != 0 {
		return by
	}
	for _, key := range sortedKeys(a) {
		if by := order(a[key], b[key]); by != 0 {
			return by
		}
	}
	return 0
}

func sortedKeys(of map[string]any) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// nans counts what is no number, each of which DISTINCT and grouping tell apart from every other, as Neo4j does.
var nans atomic.Uint64

// appendKey appends bytes that are equal for values that DISTINCT and grouping hold to be one: null is null there.
func appendKey(key []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(key, 'n')
	case bool:
		return append(key, 'b', byte(number01(value)))
	case int64:
		return binary.BigEndian.AppendUint64(append(key, 'i'), uint64(value))
	case float64:
		if whole := int64(value); value >= -1<<63 && value < 1<<63 && float64(whole) == value {
			return appendKey(key, whole)
		}
		if math.IsNaN(value) {
			return binary.BigEndian.AppendUint64(append(key, 'N'), nans.Add(1))
		}
		return binary.BigEndian.AppendUint64(append(key, 'f'), math.Float64bits(value))
	case string:
		return append(binary.AppendUvarint(append(key, 's'), uint64(len(value))), value...)
	case []any:
		key = binary.AppendUvarint(append(key, 'l'), uint64(len(value)))
		for _, item := range value {
			key = appendKey(key, item)
		}
		return key
	case map[string]any:
		key = binary.AppendUvarint(append(key, 'm'), uint64(len(value)))
		for _, name := range sortedKeys(value) {
			key = appendKey(appendKey(key, name), value[name])
		}
		return key
	case vertex:
		return binary.BigEndian.AppendUint32(append(key, 'v'), uint32(value))
	case edge:
		return binary.BigEndian.AppendUint32(append(key, 'e'), uint32(value))
	case *walk:
		key = binary.AppendUvarint(append(key, 'w'), uint64(len(value.edges)))
		for _, vertex := range value.vertices {
			key = binary.BigEndian.AppendUint32(key, uint32(vertex))
		}
		for _, edge := range value.edges {
			key = binary.BigEndian.AppendUint32(key, uint32(edge))
		}
		return key
	case temporal:
		return value.appendKey(key)
	default:
		return key
	}
}
