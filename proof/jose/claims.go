package jose

import (
	"slices"
	"strconv"
	"time"

	"merkki/schema"
)

// registered are the claims of RFC 7519, section 4.1.
var registered = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}

// claims are the registered claims of the right type.
type claims struct {
	texts  map[string]string
	times  map[string]time.Time
	faults []*schema.Fault
}

func readClaims(payload schema.Value) claims {
	c := claims{texts: map[string]string{}, times: map[string]time.Time{}}
	for _, name := range registered {
		m, there := payload.Get(name)
		if !there {
			continue
		}
		ok := false
		switch name {
		case "iss", "sub", "jti":
			if ok = m.Kind == schema.String && m.Text != ""; ok {
				c.texts[name] = m.Text
			}
		case "aud":
			ok = isAudience(m)
		default:
			var at time.Time
			if at, ok = numericDate(m); ok {
				c.times[name] = at
			}
		}
		if !ok {
			c.faults = append(c.faults, schema.Found("schema.claims-type", "/"+name, map[string]any{"claim": name}))
		}
	}
	return c
}

func isAudience(v schema.Value) bool {
	return len(v.List()) > 0 && !slices.ContainsFunc(v.List(), func(i schema.Value) bool { return i.Kind != schema.String })
}

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
