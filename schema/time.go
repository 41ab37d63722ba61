package schema

import "time"

// ParseTime reads a date and time of the form
//
//	YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)
//
// which is what XML Schema's dateTimeStamp and RFC 3339 have in common: capital
// T and Z, years 0001 to 9999, a day that the calendar has, hours to 23,
// seconds to 59, offsets to 14:00 (security model, section 6.5). Fractions
// beyond nanoseconds are cut. The time is in UTC; the error is a [*Fault].
func ParseTime(s string) (time.Time, error) {
	t, ok := parseTime(s)
	if !ok {
		return time.Time{}, Found("schema.time", "", map[string]any{"expected": "date-time", "found": s})
	}
	return t, nil
}

// FormatTime writes t as Merkki writes times: UTC, whole seconds, Z.
func FormatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func parseTime(s string) (time.Time, bool) {
	const seconds = "0000-00-00T00:00:00"
	if len(s) < len(seconds)+1 || !hasShape(s[:len(seconds)], seconds) {
		return time.Time{}, false
	}
	nanos, rest, ok := parseFraction(s[len(seconds):])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return time.Time{}, false
	}
	h, m, sec := number(s[11:13]), number(s[14:16]), number(s[17:19])
	if !isCalendarDay(s[:10]) || h > 23 || m > 59 || sec > 59 {
		return time.Time{}, false
	}
	t := time.Date(number(s[:4]), time.Month(number(s[5:7])), number(s[8:10]), h, m, sec, nanos, time.UTC)
	return t.Add(-offset), true
}

// isDate says whether s is YYYY-MM-DD, a day that the calendar has.
func isDate(s string) bool { return hasShape(s, "0000-00-00") && isCalendarDay(s) }

func isCalendarDay(s string) bool {
	y, m, d := number(s[:4]), time.Month(number(s[5:7])), number(s[8:10])
	if y < 1 {
		return false
	}
	// time.Date carries what does not fit over into the next month.
	ty, tm, td := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Date()
	return ty == y && tm == m && td == d
}

// parseFraction reads what stands between the seconds and the offset.
func parseFraction(s string) (nanos int, rest string, ok bool) {
	if s == "" || s[0] != '.' {
		return 0, s, true
	}
	i := 1
	for unit := 100_000_000; i < len(s) && isDigit(s[i]); i++ {
		nanos += int(s[i]-'0') * unit
		unit /= 10
	}
	return nanos, s[i:], i > 1
}

func parseOffset(s string) (time.Duration, bool) {
	if s == "Z" {
		return 0, true
	}
	if !hasShape(s, "+00:00") && !hasShape(s, "-00:00") {
		return 0, false
	}
	h, m := number(s[1:3]), number(s[4:6])
	if m > 59 || h*60+m > 14*60 {
		return 0, false
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, true
}

// hasShape compares s with a pattern in which 0 stands for any digit.
func hasShape(s, pattern string) bool {
	if len(s) != len(pattern) {
		return false
	}
	for i := range len(s) {
		if pattern[i] == '0' && !isDigit(s[i]) || pattern[i] != '0' && s[i] != pattern[i] {
			return false
		}
	}
	return true
}

// number reads digits that hasShape has seen.
func number(digits string) (n int) {
	for i := range len(digits) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}
