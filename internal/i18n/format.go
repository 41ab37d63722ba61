package i18n

import (
	"strconv"
	"strings"
	"time"
)

var monthsEn = [...]string{"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December"}

// Date writes a day: 22.11.2026 in Finnish and Swedish, 22 November 2026 in
// English. Times are UTC everywhere in Merkki; the zero time is "".
func (p *Printer) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	if p.lang == "en" {
		return strconv.Itoa(t.Day()) + " " + monthsEn[t.Month()-1] + " " + strconv.Itoa(t.Year())
	}
	return t.Format("2.1.2006")
}

// Moment writes a day and a time of day with its zone.
func (p *Printer) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	switch p.lang {
	case "fi":
		return p.Date(t) + " klo " + t.Format("15.04") + " UTC"
	case "sv":
		return p.Date(t) + " kl. " + t.Format("15.04") + " UTC"
	}
	return p.Date(t) + ", " + t.Format("15:04") + " UTC"
}

// Number writes a decimal literal as the language does: with a comma in Finnish
// and Swedish. What is no plain decimal literal stays as it is.
func (p *Printer) Number(literal string) string {
	if p.lang == "en" || strings.Trim(literal, "-0123456789.") != "" {
		return literal
	}
	return strings.Replace(literal, ".", ",", 1)
}

// Age writes a length of time roughly: seconds, minutes, hours, days.
func (p *Printer) Age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return p.T("age.seconds", "n", int(max(d, 0).Seconds()))
	case d < 2*time.Hour:
		return p.T("age.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return p.T("age.hours", "n", int(d.Hours()))
	}
	return p.T("age.days", "n", int(d.Hours()/24))
}

// speak turns an argument of a finding into words: ages given in seconds,
// moments in RFC 3339, kinds of files.
func (p *Printer) speak(name string, v any) any {
	switch v := v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return p.Moment(t)
		}
		if key := "format." + v; name == "kind" && p.Has(key) {
			return p.T(key)
		}
	case int:
		if name == "age" {
			return p.Age(time.Duration(v) * time.Second)
		}
	case int64:
		return p.speak(name, int(v))
	case float64: // a report that was read back from JSON
		if v == float64(int(v)) {
			return p.speak(name, int(v))
		}
	}
	return v
}
