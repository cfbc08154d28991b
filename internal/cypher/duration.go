package cypher

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// duration is months, days and seconds, none of which is a number of the others.
type duration struct{ months, days, seconds, nanos int64 } // nanos is from 0 below a second

const (
	averageMonthSeconds = 2_629_746 // a twelfth of the year of 365.2425 days
)

func (duration) kind() kind       { return isDuration }
func (duration) typeName() string { return "DURATION" }

func (length duration) same(other temporal) bool { return length == other }

func (length duration) appendKey(key []byte) []byte {
	key = append(key, 'd')
	for _, part := range []int64{length.months, length.days, length.seconds, length.nanos} {
		key = binary.BigEndian.AppendUint64(key, uint64(part))
	}
	return key
}

// order goes by the average length.
func (length duration) order(of temporal) int {
	other := of.(duration)
	if by := length.average().Cmp(other.average()); by != 0 {
		return by
	}
	for _, pair := range [][2]int64{{length.nanos, other.nanos}, {length.months, other.months}, {length.days, other.days}, {length.seconds, other.seconds}} {
		if by := compareOrdered(pair[0], pair[1]); by != 0 {
			return by
		}
	}
	return 0
}

func (length duration) average() *big.Int {
	sum := new(big.Int).Mul(big.NewInt(length.months), big.NewInt(averageMonthSeconds))
	sum.Add(sum, new(big.Int).Mul(big.NewInt(length.days), big.NewInt(daySecond)))
	return sum.Add(sum, big.NewInt(length.seconds))
}

// made normalizes the nanoseconds, and fails for what is beyond 64 bits.
func made(months, days, seconds, nanos *big.Int) (duration, error) {
	carry, rest := new(big.Int), new(big.Int)
	carry.DivMod(nanos, big.NewInt(second), rest)
	seconds = new(big.Int).Add(seconds, carry)
	if !months.IsInt64() || !days.IsInt64() || !seconds.IsInt64() {
		return duration{}, failed("a duration that is too long")
	}
	return duration{months.Int64(), days.Int64(), seconds.Int64(), rest.Int64()}, nil
}

func (length duration) plus(other duration) (duration, error) {
	sum := func(a, b int64) *big.Int { return new(big.Int).Add(big.NewInt(a), big.NewInt(b)) }
	return made(sum(length.months, other.months), sum(length.days, other.days), sum(length.seconds, other.seconds), sum(length.nanos, other.nanos))
}

func (length duration) times(by float64) (duration, error) {
	if by == -1 {
		return made(big.NewInt(-length.months), big.NewInt(-length.days), big.NewInt(-length.seconds), big.NewInt(-length.nanos))
	}
	return length.scaled(func(part float64) float64 { return part * by })
}

// scaled changes each part; what is no whole number of months goes on as days, and so forth.
func (length duration) scaled(by func(float64) float64) (duration, error) {
	return approximate(by(float64(length.months)), by(float64(length.days)), by(float64(length.seconds)), by(float64(length.nanos)))
}

// approximate makes a duration of parts with fractions, which go on to the smaller parts by their average lengths
// (https://neo4j.com/docs/cypher-manual/5/functions/temporal/duration/).
func approximate(months, days, seconds, nanos float64) (duration, error) {
	wholeMonths := math.Trunc(months)
	rest := averageMonthSeconds * float64(second) * (months - wholeMonths)
	days += rest / float64(dayNanos)
	wholeDays := math.Trunc(days)
	rest = float64(dayNanos)*days - float64(dayNanos)*wholeDays
	seconds += rest / float64(second)
	wholeSeconds := math.Trunc(seconds)
	nanos += float64(second)*seconds - float64(second)*wholeSeconds
	parts := [4]*big.Int{}
	for i, part := range []float64{wholeMonths, wholeDays, wholeSeconds, math.Trunc(nanos)} {
		if math.IsNaN(part) || math.Abs(part) > 1e19 {
			return duration{}, failed("a duration that is too long")
		}
		parts[i], _ = big.NewFloat(part).Int(nil)
	}
	return made(parts[0], parts[1], parts[2], parts[3])
}

// DurationText writes a duration in the shortest way of ISO 8601, as toString() does: PT0S where it is none. nanos is from 0 below a second.
func DurationText(months, days, seconds, nanos int64) string {
	return duration{months, days, seconds, nanos}.text()
}

func (length duration) text() string {
	var out strings.Builder
	out.WriteByte('P')
	part := func(value int64, unit string) {
		if value != 0 {
			fmt.Fprintf(&out, "%d%s", value, unit)
		}
	}
	part(length.months/12, "Y")
	part(length.months%12, "M")
	part(length.days, "D")
	seconds, nanos := length.seconds, length.nanos
	if seconds < 0 && nanos > 0 {
		seconds, nanos = seconds+1, nanos-second
	}
	if seconds != 0 || nanos != 0 {
		out.WriteByte('T')
		part(seconds/3600, "H")
		part(seconds/60%60, "M")
		if rest := seconds % 60; nanos != 0 {
			sign := ""
			if rest < 0 || nanos < 0 {
				sign, rest, nanos = "-", -rest, -nanos
			}
			fmt.Fprintf(&out, "%s%d%sS", sign, rest, strings.TrimRight(fmt.Sprintf(".%09d", nanos), "0"))
		} else {
			part(rest, "S")
		}
	}
	if out.Len() == 1 {
		return "PT0S"
	}
	return out.String()
}

func (length duration) component(name string) (any, error) {
	months, days, seconds, nanos := length.months, length.days, length.seconds, length.nanos
	values := map[string]int64{
		"years": months / 12, "quarters": months / 3, "months": months, "weeks": days / 7, "days": days,
		"hours": seconds / 3600, "minutes": seconds / 60, "seconds": seconds,
		"milliseconds": seconds*1_000 + nanos/1_000_000, "microseconds": seconds*1_000_000 + nanos/1_000, "nanoseconds": seconds*second + nanos,
		"quartersofyear": months / 3 % 4, "monthsofquarter": months % 3, "monthsofyear": months % 12, "daysofweek": days % 7,
		"minutesofhour": seconds / 60 % 60, "secondsofminute": seconds % 60,
		"millisecondsofsecond": nanos / 1_000_000, "microsecondsofsecond": nanos / 1_000, "nanosecondsofsecond": nanos,
	}
	value, ok := values[strings.ToLower(name)]
	if !ok {
		return nil, failed("no such field: %s of a Duration", name)
	}
	return value, nil
}

// durationParts are the names of a duration's parts, each with what it counts in: months, days, seconds or nanoseconds.
var durationParts = map[string]struct {
	part int
	of   float64
}{
	"years": {0, 12}, "quarters": {0, 3}, "months": {0, 1}, "weeks": {1, 7}, "days": {1, 1}, "hours": {2, 3600}, "minutes": {2, 60},
	"seconds": {2, 1}, "milliseconds": {3, 1e6}, "microseconds": {3, 1e3}, "nanoseconds": {3, 1},
}

func durationOf(parts map[string]any) (any, error) {
	whole := true
	sums, exact := [4]float64{}, [4]*big.Int{new(big.Int), new(big.Int), new(big.Int), new(big.Int)}
	for name, value := range parts {
		part, ok := durationParts[strings.ToLower(name)]
		if !ok {
			return nil, failed("no such field of a duration: %s", name)
		}
		if value == nil {
			return nil, nil
		}
		number, ok := float(value)
		if !ok {
			return nil, failed("a duration's %s must be a number, not %s", name, shown(value))
		}
		sums[part.part] += number * part.of
		if count, ok := value.(int64); ok {
			exact[part.part].Add(exact[part.part], new(big.Int).Mul(big.NewInt(count), big.NewInt(int64(part.of))))
		} else {
			whole = false
		}
	}
	if whole {
		return made(exact[0], exact[1], exact[2], exact[3])
	}
	return approximate(sums[0], sums[1], sums[2], sums[3])
}

var (
	unitForm = regexp.MustCompile(`^([+-])?P(?:([+-]?\d+(?:[.,]\d+)?)Y)?(?:([+-]?\d+(?:[.,]\d+)?)M)?(?:([+-]?\d+(?:[.,]\d+)?)W)?(?:([+-]?\d+(?:[.,]\d+)?)D)?(?:T(?:([+-]?\d+(?:[.,]\d+)?)H)?(?:([+-]?\d+(?:[.,]\d+)?)M)?(?:([+-]?\d+)(?:[.,](\d{1,9}))?S)?)?$`)
	dateForm = regexp.MustCompile(`^([+-])?P(\d{4})(?:-(\d{2})-(\d{2})|(\d{2})(\d{2}))T(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?$`)
)

// parseDuration reads ISO 8601: P1Y2M3DT4H5M6.7S, or P2012-02-02T14:37:21.545.
func parseDuration(text string) (any, error) {
	written := strings.ToUpper(text)
	bad := failed("%q is no duration", text)
	if found := dateForm.FindStringSubmatch(written); found != nil {
		number := func(texts ...string) float64 {
			for _, text := range texts {
				if text != "" {
					value, _ := strconv.ParseFloat(text, 64)
					return value
				}
			}
			return 0
		}
		length, err := approximate(number(found[2])*12+number(found[3], found[5]), number(found[4], found[6]), number(found[7])*3600+number(found[8])*60+number(found[9]), fractionOf(found[10]))
		if err == nil && found[1] == "-" {
			return length.times(-1)
		}
		return length, err
	}
	found := unitForm.FindStringSubmatch(written)
	if found == nil || strings.HasSuffix(written, "P") || strings.HasSuffix(written, "T") {
		return nil, bad
	}
	var parts [8]float64
	for i := range 7 {
		if text := found[i+2]; text != "" {
			value, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
			if err != nil {
				return nil, bad
			}
			parts[i] = value
		}
	}
	nanos := fractionOf(found[9])
	if strings.HasPrefix(found[8], "-") {
		nanos = -nanos
	}
	length, err := approximate(parts[0]*12+parts[1], parts[2]*7+parts[3], parts[4]*3600+parts[5]*60+parts[6], nanos)
	if err == nil && found[1] == "-" {
		return length.times(-1)
	}
	return length, err
}

// fractionOf gives the nanoseconds that the digits behind a point mean.
func fractionOf(digits string) float64 {
	if digits == "" {
		return 0
	}
	value, _ := strconv.ParseFloat((digits + "000000000")[:9], 64)
	return value
}

// between gives the duration from one moment to another, in units of which each is used up before the next.
func between(from, to moment, months, days, seconds bool) (any, error) {
	from, to, err := alike(from, to)
	if err != nil {
		return nil, err
	}
	length := duration{}
	dated := from.hasDate() && to.hasDate()
	if dated && months {
		length.months = monthsBetween(from, to)
		if from, err = shifted(from, duration{months: length.months}); err != nil {
			return nil, err
		}
	}
	if dated && days {
		length.days = daysBetween(from, to)
		if from, err = shifted(from, duration{days: length.days}); err != nil {
			return nil, err
		}
	}
	if seconds {
		if !dated {
			from.day, to.day = 0, 0
		}
		fromSeconds, fromNanos := from.instant()
		toSeconds, toNanos := to.instant()
		length.seconds, length.nanos = toSeconds-fromSeconds, toNanos-fromNanos
		if length.nanos < 0 {
			length.seconds, length.nanos = length.seconds-1, length.nanos+second
		}
	}
	return length, nil
}

func shifted(from moment, by duration) (moment, error) {
	value, err := from.plus(by)
	if err != nil {
		return from, err
	}
	return value.(moment), nil
}

// alike gives both moments the same zone: that of the one that has one, where the other has none; else that of the first.
func alike(from, to moment) (moment, moment, error) {
	dated := from.hasDate() && to.hasDate()
	var err error
	switch {
	case from.hasZone() && to.hasZone():
		if dated {
			if from.zone != "" || to.zone != "" || from.offset != to.offset {
				to, err = to.moved(from.zone, from.offset)
			}
		}
		return from, to, err
	case from.hasZone():
		to, err = lent(to, from)
	case to.hasZone():
		from, err = lent(from, to)
	}
	if err == nil && !from.hasTime() {
		from.is = isLocalDateTime | from.is&isDateTime
	}
	if err == nil && !to.hasTime() {
		to.is = isLocalDateTime | to.is&isDateTime
	}
	return from, to, err
}

// lent gives a moment the zone of another; where it has no date, that of the other too, on which the zone's offset hangs.
func lent(to, from moment) (moment, error) {
	if from.zone == "" {
		to.offset = from.offset
		if to.hasDate() {
			to.is = isDateTime
		} else {
			to.is = isTime
		}
		return to, nil
	}
	dated := to.hasDate()
	if !dated {
		to.day = from.day
	}
	placed, err := to.inZone(from.zone)
	if !dated {
		placed.is = isTime
	}
	return placed, err
}

// monthsBetween counts whole months.
func monthsBetween(from, to moment) int64 {
	end := adjusted(from, to)
	year, month, day := civil(from.day)
	toYear, toMonth, toDay := civil(end)
	return ((toYear*12+toMonth)*32 + toDay - (year*12+month)*32 - day) / 32
}

func daysBetween(from, to moment) int64 { return adjusted(from, to) - from.day }

// adjusted gives the last day up to which whole days have gone by.
func adjusted(from, to moment) int64 {
	switch {
	case to.day > from.day && to.nanos < from.nanos:
		return to.day - 1
	case to.day < from.day && to.nanos > from.nanos:
		return to.day + 1
	}
	return to.day
}
