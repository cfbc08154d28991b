package cypher

import "strings"

// fieldsOf gives a map's keys in lower case.
func fieldsOf(given map[string]any) (map[string]any, error) {
	fields := make(map[string]any, len(given))
	for name, value := range given {
		lower := strings.ToLower(name)
		if !temporalFields[lower] {
			return nil, failed("no such field of a date or a time: %s", name)
		}
		fields[lower] = value
	}
	return fields, nil
}

var temporalFields = map[string]bool{
	"date": true, "time": true, "datetime": true, "timezone": true, "epochseconds": true, "epochmillis": true,
	"year": true, "quarter": true, "month": true, "week": true, "day": true, "dayofweek": true, "dayofquarter": true, "ordinalday": true,
	"hour": true, "minute": true, "second": true, "millisecond": true, "microsecond": true, "nanosecond": true,
}

// field gives a whole number among the fields, or what stands in for it.
func field(fields map[string]any, name string, instead, least, most int64) (int64, error) {
	value, given := fields[name]
	if !given {
		return instead, nil
	}
	whole, ok := value.(int64)
	if !ok {
		return 0, failed("%s must be a whole number, not %s", name, shown(value))
	}
	if whole < least || whole > most {
		return 0, failed("invalid value for %s (valid values %d to %d): %d", name, least, most, whole)
	}
	return whole, nil
}

func has(fields map[string]any, names ...string) bool {
	for _, name := range names {
		if _, ok := fields[name]; ok {
			return true
		}
	}
	return false
}

const mostYear = 999_999_999

// dayOf makes a day of fields; what they leave out is the base's, or the first there is.
func dayOf(fields map[string]any, base *moment) (int64, error) {
	if base == nil && !has(fields, "year") {
		return 0, failed("year must be specified")
	}
	of := func(name string, instead int64) int64 {
		if base == nil {
			return instead
		}
		value, _ := dateComponent(base.day, name)
		return value
	}
	var parts [3]int64
	var err error
	read := func(i int, name, baseName string, instead, least, most int64) {
		if err == nil {
			parts[i], err = field(fields, name, of(baseName, instead), least, most)
		}
	}
	switch {
	case has(fields, "week", "dayofweek"):
		if base == nil && !has(fields, "week") {
			return 0, failed("dayOfWeek cannot be specified without week")
		}
		read(0, "year", "weekyear", 0, -mostYear, mostYear)
		read(1, "week", "week", 1, 1, 53)
		read(2, "dayofweek", "dayofweek", 1, 1, 7)
		if err != nil {
			return 0, err
		}
		day := ofWeek(parts[0], parts[1], parts[2])
		if parts[1] == 53 {
			if _, number := week(day); number != 53 {
				return 0, failed("the year %d has no week 53", parts[0])
			}
		}
		return day, nil
	case has(fields, "quarter", "dayofquarter"):
		if base == nil && !has(fields, "quarter") {
			return 0, failed("dayOfQuarter cannot be specified without quarter")
		}
		read(0, "year", "year", 0, -mostYear, mostYear)
		read(1, "quarter", "quarter", 1, 1, 4)
		read(2, "dayofquarter", "dayofquarter", 1, 1, 92)
		if err != nil {
			return 0, err
		}
		first := daysOf(parts[0], parts[1]*3-2, 1)
		day := first + parts[2] - 1
		if _, month, _ := civil(day); (month-1)/3+1 != parts[1] {
			return 0, failed("the quarter %d of %d has no day %d", parts[1], parts[0], parts[2])
		}
		return day, nil
	case has(fields, "ordinalday"):
		read(0, "year", "year", 0, -mostYear, mostYear)
		read(1, "ordinalday", "ordinalday", 1, 1, 366)
		if err == nil && parts[1] == 366 && !leap(parts[0]) {
			err = failed("the year %d has no day 366", parts[0])
		}
		return daysOf(parts[0], 1, 1) + parts[1] - 1, err
	}
	if base == nil && has(fields, "day") && !has(fields, "month") {
		return 0, failed("day cannot be specified without month")
	}
	read(0, "year", "year", 0, -mostYear, mostYear)
	read(1, "month", "month", 1, 1, 12)
	read(2, "day", "day", 1, 1, 31)
	if err != nil {
		return 0, err
	}
	if parts[2] > monthLength(parts[0], parts[1]) {
		if has(fields, "day") {
			return 0, failed("the month %d of %d has no day %d", parts[1], parts[0], parts[2])
		}
		parts[2] = monthLength(parts[0], parts[1])
	}
	return daysOf(parts[0], parts[1], parts[2]), nil
}

// nanosOf makes a time of day of fields. finer keeps the base's part of the second and adds the finer fields to it.
func nanosOf(fields map[string]any, base *moment, finer bool) (int64, error) {
	var parts [3]int64
	names := []string{"hour", "minute", "second"}
	was := int64(0)
	if base != nil {
		was = base.nanos
	}
	olds := []int64{was / (3600 * second), was / (60 * second) % 60, was / second % 60}
	greater := ""
	for i, name := range names {
		if base == nil && greater != "" && has(fields, name) && !has(fields, greater) {
			return 0, failed("%s cannot be specified without %s", name, greater)
		}
		greater = name
		most := int64(59)
		if i == 0 {
			most = 23
		}
		var err error
		if parts[i], err = field(fields, name, olds[i], 0, most); err != nil {
			return 0, err
		}
	}
	rest := was % second
	if has(fields, "millisecond", "microsecond", "nanosecond") {
		if base == nil && !has(fields, "second") {
			return 0, failed("a part of a second cannot be specified without second")
		}
		if !finer {
			rest = 0
		}
		most := int64(999_999_999)
		for _, unit := range []struct {
			name string
			of   int64
		}{{"millisecond", 1_000_000}, {"microsecond", 1_000}, {"nanosecond", 1}} {
			value, err := field(fields, unit.name, 0, 0, most/unit.of)
			if err != nil {
				return 0, err
			}
			if has(fields, unit.name) {
				most = unit.of - 1
			}
			rest += value * unit.of
		}
	}
	return (parts[0]*3600+parts[1]*60+parts[2])*second + rest, nil
}

// build makes a moment of a kind from a map.
func (run *run) build(is kind, given map[string]any) (any, error) {
	fields, err := fieldsOf(given)
	if err != nil {
		return nil, err
	}
	for _, value := range fields {
		if value == nil {
			return nil, nil
		}
	}
	if has(fields, "epochseconds", "epochmillis") {
		return epoch(fields)
	}
	made := moment{is: is}
	date, err := momentIn(fields, made.hasDate(), "date", "datetime")
	if err != nil {
		return nil, err
	}
	clock, err := momentIn(fields, made.hasTime(), "time", "datetime")
	if err != nil {
		return nil, err
	}
	if date != nil && !date.hasDate() {
		return nil, failed("a %s has no date", date.is)
	}
	if clock != nil && !clock.hasTime() {
		clock = &moment{is: isLocalTime}
	}
	return made.of(fields, date, clock, false)
}

// momentIn gives the moment that one of the fields names.
func momentIn(fields map[string]any, wanted bool, names ...string) (*moment, error) {
	for _, name := range names {
		value, ok := fields[name]
		if !ok {
			continue
		}
		moment, ok := value.(moment)
		if !ok {
			return nil, failed("%s must be a date or a time, not %s", name, shown(value))
		}
		if wanted {
			return &moment, nil
		}
	}
	return nil, nil
}

// of makes the moment of fields, with a date and a time of day for what they leave out.
func (here moment) of(fields map[string]any, date, clock *moment, finer bool) (any, error) {
	var err error
	zone, offset, zoned := "", int64(0), false
	if text, ok := fields["timezone"]; ok {
		name, ok := text.(string)
		if !ok || !here.hasZone() {
			return nil, failed("a timezone cannot be given here")
		}
		if zone, offset, err = parseZone(name); err != nil {
			return nil, err
		}
		zoned = true
	}
	if here.hasDate() {
		if here.day, err = dayOf(fields, date); err != nil {
			return nil, err
		}
	} else if has(fields, "year", "month", "day", "week", "quarter", "ordinalday", "dayofweek", "dayofquarter") {
		return nil, failed("a time has no date")
	}
	if !here.hasTime() {
		if has(fields, "hour", "minute", "second", "millisecond", "microsecond", "nanosecond") {
			return nil, failed("a date has no time")
		}
		return here.checked()
	}
	if clock == nil && !here.hasDate() && !has(fields, "hour") {
		return nil, failed("hour must be specified")
	}
	if !here.hasZone() {
		here.nanos, err = nanosOf(fields, clock, finer)
		if err != nil {
			return nil, err
		}
		return here.checked()
	}
	if clock == nil || !clock.hasZone() {
		if here.nanos, err = nanosOf(fields, clock, finer); err != nil {
			return nil, err
		}
		return here.placed(zone, offset)
	}
	// The time brings its zone along; another that is asked for shows the same instant, and the fields then change that.
	from := here
	from.nanos = clock.nanos
	ofTime := clock.zone
	if here.is == isTime {
		ofTime = ""
	}
	value, err := from.placed(ofTime, clock.offset)
	if err != nil {
		return nil, err
	}
	if zoned {
		if value, err = value.moved(zone, offset); err != nil {
			return nil, err
		}
	} else {
		zone, offset = ofTime, clock.offset
	}
	if value.nanos, err = nanosOf(fields, &value, finer); err != nil {
		return nil, err
	}
	return value.placed(zone, offset)
}

// placed gives a date and time its zone.
func (here moment) placed(zone string, offset int64) (moment, error) {
	if zone != "" && here.is == isTime {
		return here, failed("a time has an offset and no zone with a name: %s", zone)
	}
	if zone != "" {
		placed, err := here.inZone(zone)
		if err != nil {
			return here, err
		}
		return placed.checked()
	}
	here.offset, here.zone = offset, ""
	return here.checked()
}

// epoch makes a datetime of seconds or milliseconds since 1970.
func epoch(fields map[string]any) (any, error) {
	seconds, err := field(fields, "epochseconds", 0, -1<<56, 1<<56)
	if err != nil {
		return nil, err
	}
	millis, err := field(fields, "epochmillis", 0, -1<<62, 1<<62)
	if err != nil {
		return nil, err
	}
	nanos, err := field(fields, "nanosecond", 0, 0, 999_999_999)
	if err != nil {
		return nil, err
	}
	if has(fields, "epochmillis") {
		seconds = floorDiv(millis, 1000)
		nanos += (millis - seconds*1000) * 1_000_000
	}
	made := momentAt(isDateTime, seconds, nanos, 0, "")
	if name, ok := fields["timezone"].(string); ok {
		zone, offset, err := parseZone(name)
		if err != nil {
			return nil, err
		}
		return made.moved(zone, offset)
	}
	return made.checked()
}

// converted gives a moment as one of another kind.
func (here moment) converted(is kind) (any, error) {
	made := moment{is: is}
	if made.hasDate() {
		if !here.hasDate() {
			return nil, failed("a %s cannot be made of a %s", is, here.is)
		}
		made.day = here.day
	}
	if made.hasTime() && here.hasTime() {
		made.nanos = here.nanos
	} else if made.hasTime() && !made.hasDate() {
		return nil, failed("a %s cannot be made of a %s", is, here.is)
	}
	if made.hasZone() && here.hasZone() {
		made.offset = here.offset
		if is == isDateTime {
			made.zone = here.zone
		}
	}
	return made, nil
}
