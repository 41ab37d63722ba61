package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"merkki/internal/web"
	"merkki/verifier"
)

// TestContact: security.txt is there as long as somebody promised to read what
// is sent, the statement names the contact, and doctor calls the end to mind.
func TestContact(t *testing.T) {
	g := newSite(t, "Example University of Applied Sciences", "en", false)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		must(t, err)
		return d
	}
	for _, c := range []struct {
		contact string
		until   time.Time
		served  string // "" for 404
		advice  string
		page    string
	}{
		{"", time.Time{}, "", `"contact.none"`, "has not given a contact"},
		{"help@example.org", time.Time{}, "", `"contact.until"`, `href="mailto:help@example.org"`},
		{"help@example.org", day("2026-11-25"), "", `"contact.expired"`, `href="mailto:help@example.org"`},
		{"help@example.org", day("2026-12-10"), "Contact: mailto:help@example.org\nExpires: 2026-12-10T00:00:00Z\n", `"contact.expires"`, "within two weeks"},
		{"https://example.org/help", day("2027-11-01"), "Contact: https://example.org/help\n", `"advice":[]`, `href="https://example.org/help"`},
	} {
		s, err := web.New(web.Config{Service: g.Service, BaseURL: base, Lang: "en", Now: g.clock, Contact: c.contact, ContactUntil: c.until,
			Verifier: func(context.Context) (*verifier.Verifier, error) { return g.Verifier(nil, nil, nil), nil }})
		must(t, err)
		w := call(s.Public(), ctx, "GET", "/.well-known/security.txt", "")
		if c.served == "" && w.Code != 404 || c.served != "" && !strings.HasPrefix(w.Body.String(), c.served) {
			t.Errorf("%q until %s: %d %s", c.contact, c.until, w.Code, w.Body)
		}
		if got := call(s.Local(), web.WithActor(ctx, local), "GET", "/api/v1/doctor", "").Body.String(); !strings.Contains(got, c.advice) {
			t.Errorf("%q until %s: doctor says %s, want %s", c.contact, c.until, got, c.advice)
		}
		if got := call(s.Public(), ctx, "GET", "/accessibility", "").Body.String(); !strings.Contains(got, c.page) {
			t.Errorf("%q: the statement does not say %q", c.contact, c.page)
		}
	}
}
