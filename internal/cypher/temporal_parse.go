package cypher

import (
	"regexp"
	"strconv"
	"strings"
)

// The forms of https://neo4j.com/docs/cypher-manual/5/values-and-types/temporal/#cypher-temporal-specifying-temporal-instants.
var (
	dateForms = []struct {
		*regexp.Regexp
		parts []string
	}{
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-(\d{1,2})-(\d{1,2})$`), []string{"year", "month", "day"}},
		{regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`), []string{"year", "month", "day"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-(\d{1,2})$`), []string{"year", "month"}},
		{regexp.MustCompile(`^(\d{4})(\d{2})$`), []string{"year", "month"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-W(\d{1,2})-(\d)$`), []string{"year", "week", "dayofweek"}},
		{regexp.MustCompile(`^(\d{4})W(\d{2})(\d)$`), []string{"year", "week", "dayofweek"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-W(\d{1,2})$`), []string{"year", "week"}},
		{regexp.MustCompile(`^(\d{4})W(\d{2})$`), []string{"year", "week"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-Q(\d)-(\d{1,2})$`), []string{"year", "quarter", "dayofquarter"}},
		{regexp.MustCompile(`^(\d{4})Q(\d)(\d{2})$`), []string{"year", "quarter", "dayofquarter"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-Q(\d)$`), []string{"year", "quarter"}},
		{regexp.MustCompile(`^(\d{4})Q(\d)$`), []string{"year", "quarter"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})-(\d{3})$`), []string{"year", "ordinalday"}},
		{regexp.MustCompile(`^(\d{4})(\d{3})$`), []string{"year", "ordinalday"}},
		{regexp.MustCompile(`^(\d{4}|[+-]\d{1,9})$`), []string{"year"}},
	}
	timeForm   = regexp.MustCompile(`^(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?$|^(\d{2})(?:(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?)?$`)
	zoneForm   = regexp.MustCompile(`^(.*?)(Z|z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?(?:\[([^\]]+)\])?$`)
	offsetForm = regexp.MustCompile(`^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$`)
)

func parseDate(text string) (int64, error) {
	for _, form := range dateForms {
		found := form.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		fields := map[string]any{}
		for i, part := range form.parts {
			value, _ := strconv.ParseInt(strings.TrimPrefix(found[i+1], "+"), 10, 64)
			fields[part] = value
		}
		return dayOf(fields, nil)
	}
	return 0, failed("text cannot be parsed to a Date: %q", text)
}

func parseTime(text string) (int64, error) {
	found := timeForm.FindStringSubmatch(text)
	if found == nil {
		return 0, failed("text cannot be parsed to a time: %q", text)
	}
	fields := map[string]any{}
	for i, part := range []string{"hour", "minute", "second"} {
		if digits := found[i+1] + found[i+5]; digits != "" {
			value, _ := strconv.ParseInt(digits, 10, 64)
			fields[part] = value
		}
	}
	if digits := found[4] + found[8]; digits != "" {
		fields["nanosecond"] = int64(fractionOf(digits))
	}
	return nanosOf(fields, nil, false)
}

// parseZone reads an offset or a zone's name.
func parseZone(text string) (zone string, offset int64, err error) {
	if text == "Z" || text == "z" {
		return "", 0, nil
	}
	if found := offsetForm.FindStringSubmatch(text); found != nil {
		for i, unit := range []int64{3600, 60, 1} {
			if found[i+2] != "" {
				value, _ := strconv.ParseInt(found[i+2], 10, 64)
				if i > 0 && value > 59 {
					return "", 0, failed("%q is no offset", text)
				}
				offset += value * unit
			}
		}
		if offset > 18*3600 {
			return "", 0, failed("%q is no offset: it is beyond 18 hours", text)
		}
		if found[1] == "-" {
			offset = -offset
		}
		return "", offset, nil
	}
	_, err = loadZone(text)
	return text, 0, err
}

// parseMoment reads a text as a moment of a kind.
func parseMoment(is kind, text string) (moment, error) {
	made := moment{is: is}
	rest, zone := text, ""
	if made.hasZone() {
		if name := strings.IndexByte(text, '['); name >= 0 && !strings.HasSuffix(text, "]") {
			return made, failed("text cannot be parsed to a %s: %q", is, text)
		}
		at := strings.IndexByte(text, 'T')
		if made.hasDate() && at < 0 {
			at = len(text)
		}
		found := zoneForm.FindStringSubmatch(text[max(at, 0):])
		rest = text[:max(at, 0)] + found[1]
		if zone = found[2]; found[3] != "" {
			if zone != "" {
				// An offset beside a zone's name says which of two is meant where the clocks go back.
				if _, offset, err := parseZone(zone); err == nil {
					made.offset = offset
				}
			}
			zone = found[3]
		}
	}
	datePart, timePart := rest, rest
	if made.hasDate() && made.hasTime() {
		datePart, timePart, _ = strings.Cut(rest, "T")
	}
	var err error
	if made.hasDate() {
		if made.day, err = parseDate(datePart); err != nil {
			return made, err
		}
	}
	if made.hasTime() && (timePart != "" || !made.hasDate()) {
		if made.nanos, err = parseTime(timePart); err != nil {
			return made, err
		}
	}
	if zone == "" {
		return made.checked()
	}
	given := made.offset
	if made.zone, made.offset, err = parseZone(zone); err != nil || made.zone == "" {
		return made, err
	}
	if made.is == isTime {
		return made, failed("a time cannot have the name of a zone: %q", text)
	}
	placed, err := made.inZone(made.zone)
	if err == nil && given != placed.offset && given != 0 {
		again := placed
		again.offset = given
		if moved, err := again.moved(made.zone, 0); err == nil && moved.offset == given {
			return again, nil
		}
		return made, failed("the offset in %q is not one of its zone", text)
	}
	return placed, err
}
