package i18n_test

import (
	"testing"
	"time"

	"merkki/internal/i18n"
)

func TestFormats(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 5, 0, 0, time.UTC)
	for lang, want := range map[string][5]string{
		"fi": {"22.11.2026", "22.11.2026 klo 10.05 UTC", "2,5", "1 minuutti", "3 päivää"},
		"sv": {"22.11.2026", "22.11.2026 kl. 10.05 UTC", "2,5", "1 minut", "3 dagar"},
		"en": {"22 November 2026", "22 November 2026, 10:05 UTC", "2.5", "1 minute", "3 days"},
	} {
		p := i18n.New(lang)
		got := [5]string{p.Date(at), p.Moment(at), p.Number("2.5"), p.T("age.minutes", "n", 1), p.Age(80 * time.Hour)}
		if got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
		if p.Date(time.Time{}) != "" || p.Number("1e3") != "1e3" {
			t.Errorf("%s: says something of nothing", lang)
		}
	}
}
