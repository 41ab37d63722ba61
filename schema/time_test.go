package schema_test

import (
	"regexp"
	"testing"
	"time"

	"merkki/schema"
)

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"},
		{"2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"},
		{"2026-01-01T00:30:00+14:00", "2025-12-31T10:30:00Z"},
		{"2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05Z"},
		{"2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.5Z"},
		{"2026-01-02T03:04:05.1234567899999Z", "2026-01-02T03:04:05.123456789Z"}, // cut, not rounded
		{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
		{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
	} {
		got, err := schema.ParseTime(c.in)
		if err != nil || got.Location() != time.UTC || got.Format(time.RFC3339Nano) != c.want {
			t.Errorf("%s: %v, %v, want %s", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{
		"", "2026", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z",
		"2026-01-02t03:04:05Z", "2026-01-02T03:04:05z", "2026-1-2T03:04:05Z", "12026-01-02T03:04:05Z", "-2026-01-02T03:04:05Z",
		"0000-01-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2026-01-02T24:00:00Z", "2026-01-02T23:60:00Z", "2016-12-31T23:59:60Z",
		"2026-01-02T03:04:05.Z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05+14:01", "2026-01-02T03:04:05+15:00",
		"2026-01-02T03:04:05+0200", "2026-01-02T03:04:05+02:60", "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05Z ", " 2026-01-02T03:04:05Z",
		"２026-01-02T03:04:05Z",
	} {
		if got, err := schema.ParseTime(in); err == nil {
			t.Errorf("%q was read as %v", in, got)
		}
	}
}

func TestFormatTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 999_999_999, time.FixedZone("", 2*3600))
	if got := schema.FormatTime(at); got != "2026-01-02T01:04:05Z" {
		t.Errorf("got %s", got)
	}
}

var dateTimeStamp = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`)

// Where the form is right, the standard library has to agree, but for what it
// lets pass: year 0 and offsets beyond 14:00.
func FuzzTime(f *testing.F) {
	for _, s := range []string{"2026-01-02T03:04:05Z", "2024-02-29T23:59:59.123456789+14:00", "0000-01-01T00:00:00Z", "2026-01-02T03:04:60Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := schema.ParseTime(s)
		want, stdErr := time.Parse(time.RFC3339Nano, s)
		if err == nil && (!dateTimeStamp.MatchString(s) || stdErr != nil || !got.Equal(want)) {
			t.Errorf("%q is %v; the standard library says %v, %v", s, got, want, stdErr)
		}
		if err != nil && stdErr == nil && dateTimeStamp.MatchString(s) && s[:4] != "0000" && s[len(s)-5:] <= "14:00" {
			t.Errorf("%q is refused (%v); the standard library says %v", s, err, want)
		}
	})
}
