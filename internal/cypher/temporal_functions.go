package cypher

import "strings"

// temporalFunctions are those of https://neo4j.com/docs/cypher-manual/5/functions/temporal/.
var temporalFunctions = func() []function {
	all := []function{
		{name: "duration", least: 1, most: 1, args: []kind{isText | isMap | isDuration}, out: isDuration, call: func(_ *run, args []any) (any, error) {
			switch given := args[0].(type) {
			case string:
				return parseDuration(given)
			case map[string]any:
				return durationOf(given)
			default:
				return given, nil
			}
		}},
		spanFunction("duration.between", true, true, true), spanFunction("duration.inMonths", true, false, false),
		spanFunction("duration.inDays", false, true, false), spanFunction("duration.inSeconds", false, false, true),
		{name: "datetime.fromEpoch", least: 2, most: 2, args: []kind{isNumeric}, out: isDateTime, call: func(_ *run, args []any) (any, error) {
			return epoch(map[string]any{"epochseconds": args[0], "nanosecond": args[1]})
		}},
		{name: "datetime.fromEpochMillis", least: 1, most: 1, args: []kind{isNumeric}, out: isDateTime, call: func(_ *run, args []any) (any, error) {
			return epoch(map[string]any{"epochmillis": args[0]})
		}},
	}
	for name, is := range map[string]kind{"date": isDate, "localtime": isLocalTime, "time": isTime, "localdatetime": isLocalDateTime, "datetime": isDateTime} {
		all = append(all, instantFunction(name, is), truncateFunction(name, is))
		for _, clock := range []string{"transaction", "statement", "realtime"} {
			all = append(all, function{name: name + "." + clock, most: 1, args: []kind{isText}, out: is, call: func(run *run, args []any) (any, error) {
				return run.current(is, args)
			}})
		}
	}
	return all
}()

func spanFunction(name string, months, days, seconds bool) function {
	return function{name: name, least: 2, most: 2, args: []kind{isInstant}, out: isDuration, call: func(_ *run, args []any) (any, error) {
		return between(args[0].(moment), args[1].(moment), months, days, seconds)
	}}
}

// instantFunction is date(), time() and their like.
func instantFunction(name string, is kind) function {
	return function{name: name, most: 1, args: []kind{isText | isMap | isInstant}, out: is, call: func(run *run, args []any) (any, error) {
		if len(args) == 0 {
			return run.current(is, nil)
		}
		switch given := args[0].(type) {
		case string:
			return parseMoment(is, given)
		case map[string]any:
			if zone, ok := given["timezone"].(string); ok && len(given) == 1 {
				return run.current(is, []any{zone})
			}
			return run.build(is, given)
		default:
			return given.(moment).converted(is)
		}
	}}
}

// current is the statement's time, in UTC or the zone that is named.
func (run *run) current(is kind, args []any) (any, error) {
	now, err := run.clock()
	if err != nil {
		return nil, err
	}
	at := momentAt(isDateTime, now.Unix(), int64(now.Nanosecond()), 0, "")
	if len(args) > 0 {
		zone, offset, err := parseZone(args[0].(string))
		if err != nil {
			return nil, err
		}
		if at, err = at.moved(zone, offset); err != nil {
			return nil, err
		}
	}
	return at.converted(is)
}

// truncateFunction is date.truncate() and its like.
func truncateFunction(name string, is kind) function {
	return function{name: name + ".truncate", least: 1, most: 3, args: []kind{isText, isInstant, isMap}, out: is, call: func(run *run, args []any) (any, error) {
		var from moment
		if len(args) > 1 {
			from = args[1].(moment)
		} else {
			now, err := run.current(is, nil)
			if err != nil {
				return nil, err
			}
			from = now.(moment)
		}
		fields := map[string]any{}
		if len(args) > 2 {
			var err error
			if fields, err = fieldsOf(args[2].(map[string]any)); err != nil {
				return nil, err
			}
			for _, value := range fields {
				if value == nil {
					return nil, nil
				}
			}
		}
		return truncated(is, args[0].(string), from, fields)
	}}
}

// timeUnits are the units below a day, in nanoseconds.
var timeUnits = map[string]int64{"hour": 3600 * second, "minute": 60 * second, "second": second, "millisecond": 1_000_000, "microsecond": 1_000}

func truncated(is kind, unit string, from moment, fields map[string]any) (any, error) {
	unit = strings.ToLower(unit)
	made := moment{is: is}
	if made.hasDate() && !from.hasDate() || made.hasTime() && !made.hasDate() && !from.hasTime() {
		return nil, failed("a %s cannot be made of a %s", is, from.is)
	}
	date, clock := from, from
	clock.is = isLocalTime
	clock.day = 0
	if from.hasZone() {
		clock.is = from.is
	}
	finer := false
	if of, ok := timeUnits[unit]; ok {
		if !made.hasTime() {
			return nil, failed("unit not supported: a date cannot be truncated to the %s", unit)
		}
		clock.nanos = from.nanos / of * of
		finer = of < second
	} else {
		clock.nanos = 0
		if made.hasDate() {
			day, ok := truncatedDay(unit, from.day)
			if !ok {
				return nil, failed("unit not supported: %s", unit)
			}
			date.day = day
		} else if unit != "day" {
			return nil, failed("unit not supported: a time cannot be truncated to the %s", unit)
		}
	}
	// A zone that is asked for takes the place of the moment's own: the date and the time stay.
	if name, ok := fields["timezone"].(string); ok && made.hasZone() {
		zone, offset, err := parseZone(name)
		if err != nil {
			return nil, err
		}
		clock.zone, clock.offset = zone, offset
		if clock.is == isLocalTime {
			clock.is = isDateTime
		}
		delete(fields, "timezone")
	}
	return made.of(fields, &date, &clock, finer)
}

func truncatedDay(unit string, day int64) (int64, bool) {
	year, month, _ := civil(day)
	switch unit {
	case "millennium":
		return daysOf(floorDiv(year, 1000)*1000, 1, 1), true
	case "century":
		return daysOf(floorDiv(year, 100)*100, 1, 1), true
	case "decade":
		return daysOf(floorDiv(year, 10)*10, 1, 1), true
	case "year":
		return daysOf(year, 1, 1), true
	case "weekyear":
		weekYear, _ := week(day)
		return ofWeek(weekYear, 1, 1), true
	case "quarter":
		return daysOf(year, (month-1)/3*3+1, 1), true
	case "month":
		return daysOf(year, month, 1), true
	case "week":
		return day - weekday(day) + 1, true
	case "day":
		return day, true
	}
	return 0, false
}
