package jose

import (
	"strconv"
	"time"

	"merkki/schema"
)

// The first and the last second that a date of a credential can name.
const (
	firstSecond = -62135596800 // 0001-01-01T00:00:00Z
	lastSecond  = 253402300799 // 9999-12-31T23:59:59Z
)

// numericDate reads a NumericDate (RFC 7519, section 2) as whole seconds.
func numericDate(v schema.Value) (time.Time, bool) {
	if v.Kind != schema.Number {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || n < firstSecond || n > lastSecond {
		return time.Time{}, false
	}
	return time.Unix(n, 0).UTC(), true
}

func numericDateOf(t time.Time) schema.Value {
	return schema.NumberValue(strconv.FormatInt(t.Unix(), 10))
}
