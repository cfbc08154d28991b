package cypher

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// temporal is a date, a time or a duration (https://neo4j.com/docs/cypher-manual/5/values-and-types/temporal/).
type temporal interface {
	kind() kind
	typeName() string // as graph.Temporal names it
	text() string     // as toString() gives it
	same(other temporal) bool
	order(other temporal) int // among those of its kind
	component(name string) (any, error)
	appendKey(key []byte) []byte
}

// moment is a date, a time of day or both, with or without a zone. Which parts count follows from its kind.
type moment struct {
	is     kind
	day    int64 // since 1970-01-01
	nanos  int64 // since midnight
	offset int64 // seconds east of UTC
	zone   string
}

const (
	second    = int64(time.Second)
	daySecond = 24 * 60 * 60
	dayNanos  = daySecond * second
)

func (here moment) hasDate() bool { return here.is&(isDate|isLocalDateTime|isDateTime) != 0 }
func (here moment) hasTime() bool { return here.is != isDate }
func (here moment) hasZone() bool { return here.is&(isTime|isDateTime) != 0 }

func (here moment) kind() kind { return here.is }

func (here moment) typeName() string {
	return map[kind]string{isDate: "DATE", isLocalTime: "LOCAL TIME", isTime: "TIME", isLocalDateTime: "LOCAL DATETIME", isDateTime: "DATETIME"}[here.is]
}

func (here moment) same(other temporal) bool { return here == other }

// instant gives the seconds and nanoseconds since 1970 in UTC, or on the day where there is no date.
func (here moment) instant() (seconds, nanos int64) {
	seconds = here.day*daySecond + here.nanos/second - here.offset
	return seconds, here.nanos % second
}

func (here moment) order(of temporal) int {
	other := of.(moment)
	seconds, nanos := here.instant()
	otherSeconds, otherNanos := other.instant()
	for _, pair := range [][2]int64{{seconds, otherSeconds}, {nanos, otherNanos}, {here.day, other.day}, {here.nanos, other.nanos}} {
		if by := compareOrdered(pair[0], pair[1]); by != 0 {
			return by
		}
	}
	return strings.Compare(here.zone, other.zone)
}

func (here moment) appendKey(key []byte) []byte {
	key = append(key, 't')
	for _, part := range []int64{int64(here.is), here.day, here.nanos, here.offset} {
		key = binary.BigEndian.AppendUint64(key, uint64(part))
	}
	return appendKey(key, here.zone)
}

func (here moment) text() string {
	var out strings.Builder
	if here.hasDate() {
		year, month, day := civil(here.day)
		switch {
		case year > 9999:
			fmt.Fprintf(&out, "+%d-%02d-%02d", year, month, day)
		case year < 0:
			fmt.Fprintf(&out, "-%04d-%02d-%02d", -year, month, day)
		default:
			fmt.Fprintf(&out, "%04d-%02d-%02d", year, month, day)
		}
	}
	if here.hasTime() {
		if here.hasDate() {
			out.WriteByte('T')
		}
		seconds := here.nanos / second
		fmt.Fprintf(&out, "%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
		if rest := here.nanos % second; rest != 0 {
			out.WriteString(strings.TrimRight(fmt.Sprintf(".%09d", rest), "0"))
		}
	}
	if here.hasZone() {
		out.WriteString(offsetText(here.offset))
		if here.zone != "" {
			out.WriteString("[" + here.zone + "]")
		}
	}
	return out.String()
}

func offsetText(offset int64) string {
	if offset == 0 {
		return "Z"
	}
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	text := fmt.Sprintf("%c%02d:%02d", sign, offset/3600, offset/60%60)
	if offset%60 != 0 {
		text += fmt.Sprintf(":%02d", offset%60)
	}
	return text
}

// daysOf gives the days from 1970-01-01 to a date of the proleptic Gregorian calendar.
func daysOf(year, month, day int64) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(year, 400)
	ofEra := year - era*400
	ofYear := (153*(month-3)+2)/5 + day - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// civil is the reverse of daysOf.
func civil(days int64) (year, month, day int64) {
	days += 719468
	era := floorDiv(days, 146097)
	ofEra := days - era*146097
	yearOfEra := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	place := (5*ofYear + 2) / 153
	day = ofYear - (153*place+2)/5 + 1
	month = place + 3
	if month > 12 {
		month -= 12
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	quotient := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		quotient--
	}
	return quotient
}

func leap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func monthLength(year, month int64) int64 {
	switch month {
	case 2:
		if leap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// weekday is 1 for Monday to 7 for Sunday.
func weekday(days int64) int64 { return days + 3 - floorDiv(days+3, 7)*7 + 1 }

// week gives a day's week and the year that the week belongs to, by ISO 8601.
func week(days int64) (year, number int64) {
	thursday := days - weekday(days) + 4
	year, _, _ = civil(thursday)
	return year, (thursday-daysOf(year, 1, 1))/7 + 1
}

// ofWeek gives the day by its week.
func ofWeek(year, number, weekdayNumber int64) int64 {
	fourth := daysOf(year, 1, 4)
	return fourth - weekday(fourth) + 1 + (number-1)*7 + weekdayNumber - 1
}

func (here moment) component(name string) (any, error) {
	name = strings.ToLower(name)
	if here.hasDate() {
		if value, ok := dateComponent(here.day, name); ok {
			return value, nil
		}
	}
	if here.hasTime() {
		seconds, rest := here.nanos/second, here.nanos%second
		switch name {
		case "hour":
			return seconds / 3600, nil
		case "minute":
			return seconds / 60 % 60, nil
		case "second":
			return seconds % 60, nil
		case "millisecond":
			return rest / 1_000_000, nil
		case "microsecond":
			return rest / 1_000, nil
		case "nanosecond":
			return rest, nil
		}
	}
	if here.hasZone() {
		switch name {
		case "timezone":
			if here.zone != "" {
				return here.zone, nil
			}
			return offsetText(here.offset), nil
		case "offset":
			return offsetText(here.offset), nil
		case "offsetminutes":
			return here.offset / 60, nil
		case "offsetseconds":
			return here.offset, nil
		}
	}
	if here.is == isDateTime {
		seconds, nanos := here.instant()
		switch name {
		case "epochseconds":
			return seconds, nil
		case "epochmillis":
			return seconds*1000 + nanos/1_000_000, nil
		}
	}
	return nil, failed("no such field: %s of a %s", name, here.is)
}

func dateComponent(days int64, name string) (int64, bool) {
	year, month, day := civil(days)
	switch name {
	case "year":
		return year, true
	case "quarter":
		return (month-1)/3 + 1, true
	case "month":
		return month, true
	case "day":
		return day, true
	case "ordinalday":
		return days - daysOf(year, 1, 1) + 1, true
	case "dayofweek", "weekday":
		return weekday(days), true
	case "dayofquarter":
		return days - daysOf(year, (month-1)/3*3+1, 1) + 1, true
	}
	weekYear, number := week(days)
	switch name {
	case "week":
		return number, true
	case "weekyear":
		return weekYear, true
	}
	return 0, false
}

// inZone gives the moment that its date and time mean in a zone; a time that a change of clocks leaves out is moved on by the
// change, and of one that comes twice the first is meant, as in Java.
func (here moment) inZone(zone string) (moment, error) {
	location, err := loadZone(zone)
	if err != nil {
		return here, err
	}
	local := here.day*daySecond + here.nanos/second
	at := func(instant int64) int64 {
		_, offset := time.Unix(instant, 0).In(location).Zone()
		return int64(offset)
	}
	if local < 2*daySecond {
		return here, oldZone(zone)
	}
	before, after := at(local-2*daySecond), at(local+2*daySecond)
	here.is, here.zone = isDateTime, zone
	for _, offset := range []int64{before, after, at(local - before), at(local - after)} {
		if at(local-offset) == offset {
			here.offset = offset
			return here, nil
		}
	}
	instant := local - before
	here.offset = at(instant)
	shifted := instant + here.offset
	here.day = floorDiv(shifted, daySecond)
	here.nanos = (shifted-here.day*daySecond)*second + here.nanos%second
	return here, nil
}

// oldZone is the answer to a zone's name before 1970, for which time zone databases do not agree.
func oldZone(zone string) error {
	return failed("the zone %q before 1970: not supported on the embedded store; supported on Neo4j", zone)
}

func loadZone(zone string) (*time.Location, error) {
	if zone == "Local" || zone == "" {
		return nil, failed("invalid value for TimeZone: unknown time zone %s", zone)
	}
	location, err := time.LoadLocation(zone)
	if err != nil {
		return nil, failed("the time zone %q is not known here: %v", zone, err)
	}
	return location, nil
}

// moved gives the same instant seen from another zone; an offset where the name is empty.
func (here moment) moved(zone string, offset int64) (moment, error) {
	seconds, nanos := here.instant()
	if zone != "" {
		location, err := loadZone(zone)
		if err != nil {
			return here, err
		}
		if seconds < 0 {
			return here, oldZone(zone)
		}
		_, at := time.Unix(seconds, 0).In(location).Zone()
		offset = int64(at)
	}
	return momentAt(here.is, seconds, nanos, offset, zone), nil
}

// momentAt gives a moment by its instant.
func momentAt(is kind, seconds, nanos, offset int64, zone string) moment {
	local := seconds + offset
	day := floorDiv(local, daySecond)
	made := moment{is: is, day: day, nanos: (local-day*daySecond)*second + nanos, offset: offset, zone: zone}
	if !made.hasDate() {
		made.day = 0
	}
	return made
}

// plus adds a duration, months first, then days, then seconds.
func (here moment) plus(by duration) (any, error) {
	if here.hasDate() {
		year, month, day := civil(here.day)
		months := year*12 + month - 1 + by.months
		year, month = floorDiv(months, 12), months-floorDiv(months, 12)*12+1
		here.day = daysOf(year, month, min(day, monthLength(year, month))) + by.days
		if here.is == isDate {
			// Of the time, whole days count (https://neo4j.com/docs/cypher-manual/5/values-and-types/temporal/#cypher-temporal-durations).
			here.day += by.seconds / daySecond
			return here.checked()
		}
	}
	if here.is == isDateTime && here.zone != "" && (by.months != 0 || by.days != 0) {
		var err error
		if here, err = here.inZone(here.zone); err != nil {
			return nil, err
		}
	}
	nanos := here.nanos%second + by.nanos
	seconds := here.day*daySecond + here.nanos/second + by.seconds + floorDiv(nanos, second)
	nanos -= floorDiv(nanos, second) * second
	if here.is == isDateTime && here.zone != "" {
		made, err := momentAt(isDateTime, seconds-here.offset, nanos, 0, "").moved(here.zone, 0)
		if err != nil {
			return nil, err
		}
		return made.checked()
	}
	return momentAt(here.is, seconds-here.offset, nanos, here.offset, here.zone).checked()
}

// checked fails for a year beyond those that Neo4j has.
func (here moment) checked() (moment, error) {
	if year, _, _ := civil(here.day); here.hasDate() && (year > 999_999_999 || year < -999_999_999) {
		return here, failed("a date beyond the year 999,999,999")
	}
	return here, nil
}

// temporalArithmetic is + - * / with durations.
func temporalArithmetic(op string, left, right any) (any, bool, error) {
	by, isBy := right.(duration)
	switch left := left.(type) {
	case moment:
		switch {
		case isBy && op == "+":
			value, err := left.plus(by)
			return value, true, err
		case isBy && op == "-":
			back, err := by.times(-1)
			if err != nil {
				return nil, true, err
			}
			value, err := left.plus(back)
			return value, true, err
		}
	case duration:
		number, isNumber := float(right)
		switch {
		case isBy && op == "+":
			value, err := left.plus(by)
			return value, true, err
		case isBy && op == "-":
			back, err := by.times(-1)
			if err != nil {
				return nil, true, err
			}
			value, err := left.plus(back)
			return value, true, err
		case isNumber && op == "*":
			value, err := left.times(number)
			return value, true, err
		case isNumber && op == "/":
			if number == 0 {
				return nil, true, failed("/ by zero")
			}
			value, err := left.scaled(func(part float64) float64 { return part / number })
			return value, true, err
		}
		if moment, ok := right.(moment); ok && op == "+" {
			value, err := moment.plus(left)
			return value, true, err
		}
	case int64, float64:
		if number, _ := float(left); isBy && op == "*" {
			value, err := by.times(number)
			return value, true, err
		}
	}
	return nil, false, nil
}
