package i18n

import (
	"net/url"
	"strings"
	"time"

	"merkki/schema"
	"merkki/verifier"
)

// A Tone says how a headline sounds, beside its words and never instead of
// them. Only Good is ever shown green and only Bad red.
type Tone string

// The tones.
const (
	Good  Tone = "good"  // every required check passed
	Ended Tone = "ended" // authentic, but not in force: expired, on hold, not yet
	Open  Tone = "open"  // nobody can tell yet
	Bad   Tone = "bad"   // evidence against it
	Test  Tone = "test"  // a test issuer's, whatever the rest says
)

// A Headline is the verdict as a sentence, and the one thing a reader can do
// next ("" where nothing is left to do).
type Headline struct {
	Text, NextStep string
	Tone           Tone
}

// Known is what the service that issued a credential knows of it beyond the
// report: why and when its state was changed.
type Known struct {
	Reason     string
	Changed    time.Time
	Superseded bool // withdrawn because a newer one took its place
}

// Headline returns the headline of a report. It is a function of the report
// alone, so that page, command line and receipt say the same.
func (p *Printer) Headline(r *verifier.Report) Headline { return p.HeadlineKnown(r, Known{}) }

// HeadlineKnown is Headline on the service that issued the credential.
func (p *Printer) HeadlineKnown(r *verifier.Report, k Known) Headline {
	s := situationOf(r)
	if s.key == "revoked" && k.Superseded {
		s.key, s.tone = "superseded", Ended
	}
	args := map[string]any{
		"name": s.name, "domain": s.domain,
		"date": p.Date(s.moment(r)), "reason": k.Reason, "since": p.Date(k.Changed), "host": s.host,
	}
	h := Headline{
		Text:     p.text("headline."+s.key+s.standing.suffix(s.key), args),
		NextStep: p.text("next."+s.key, args),
		Tone:     s.tone,
	}
	if key := "next.format." + s.format; s.format != "" && p.Has(key) {
		h.NextStep = p.T(key)
	}
	if r.Test {
		h.Text = p.T("test.word") + ". " + h.Text
		if h.Tone == Good {
			h.Tone = Test
		}
	}
	return h
}

// A standing says what a headline may claim about the issuer; each has a
// wording of its own for every situation that mentions the issuer.
type standing uint8

const (
	onList   standing = iota // issuer.trusted passed: "genuine"
	itself                   // the issuer's own service: "confirmed by"
	unlisted                 // signed by a domain that this reader does not know
	nameless                 // the same, and no domain either (did:key)
)

// suffix picks the wording. Situations without the issuer have only one.
func (s standing) suffix(key string) string {
	switch key {
	case "valid", "valid-then", "valid-remarks", "expired", "not-yet", "status-unknown", "revoked", "suspended", "other-person":
		return [...]string{"", ".self", ".unlisted", ".nameless"}[s]
	case "unlisted":
		if s == nameless {
			return ".nameless"
		}
	}
	return ""
}

// A situation is a row of the table of headlines.
type situation struct {
	key          string
	tone         Tone
	standing     standing
	name, domain string
	host         string
	format       string // of what is recognised and not read, schema.ForeignKinds
	presentation bool   // each credential in it has a report of its own
	date         string // name of the argument of credential.validity that dates it
	validity     verifier.CheckResult
}

func (s *situation) moment(r *verifier.Report) time.Time {
	if s.date == "" {
		return r.EvaluatedAt
	}
	t, _ := time.Parse(time.RFC3339, argument(s.validity, s.date))
	return t
}

func situationOf(r *verifier.Report) *situation {
	s := &situation{validity: r.Check("credential.validity")}
	s.standing, s.name, s.domain = standingOf(r)
	s.presentation = isPresentation(r)
	switch r.Verdict {
	case verifier.Valid:
		s.valid(r)
	case verifier.Invalid:
		s.invalid(r)
	default:
		s.indeterminate(r)
	}
	return s
}

func (s *situation) valid(r *verifier.Report) {
	s.key, s.tone = "valid", Good
	if s.presentation {
		s.presented(r)
		return
	}
	if s.standing >= unlisted {
		s.tone = Open // the reader's policy asks for no known issuer: valid, and still not green
	}
	if !r.EvaluatedAt.Equal(r.CheckedAt) {
		s.key = "valid-then"
		return
	}
	for _, c := range r.Checks {
		if c.Status == schema.Warn && c.Finding != "issuer.unlisted" {
			s.key = "valid-remarks"
		}
	}
}

// isPresentation reports whether this is about what somebody shows, and the
// signature over that holds.
func isPresentation(r *verifier.Report) bool {
	c := r.Check("presentation.binding")
	return c.Finding != "" && c.Finding != "presentation.none" && c.Status != schema.NotRun
}

// byContent reports whether a credential that is shown decided, and not what is
// around it.
func (s *situation) byContent(r *verifier.Report) bool {
	p := r.Primary
	return s.presentation && contentCheck[p.Check] && !strings.HasPrefix(p.Finding, "presentation.")
}

// contentCheck are the checks of a presentation that say what was found in the
// credentials shown.
var contentCheck = map[string]bool{
	"credential.validity": true, "credential.status": true, "issuer.trusted": true, "achievement.consistent": true,
	"recipient.matches": true, "presentation.binding": true,
}

// presented is about what the holder shows; each credential in it has a report
// of its own.
func (s *situation) presented(r *verifier.Report) {
	s.key = "presented"
	switch r.Check("presentation.binding").Args["credentials"] {
	case 0, 0.0: // the second from a report that was read as JSON
		s.key, s.tone = "presented-nothing", Open
	}
	for _, a := range r.Check("issuer.trusted").Also {
		if a.Finding == "issuer.unlisted" {
			s.key, s.tone = "presented-unlisted", Open
		}
	}
}

// invalidKeys maps the finding that decided to the situation; what is not here
// goes by the check it belongs to.
var invalidKeys = map[string]string{
	"validity.expired":  "expired",
	"validity.not-yet":  "not-yet",
	"status.revocation": "revoked",
	"status.suspension": "suspended",
	"key.unbound":       "not-the-issuer",
	"key.relationship":  "key-purpose",
	"key.revoked":       "key-ended",
	"key.expired":       "key-ended",
	"key.identifier":    "key-unfit",
	"key.did":           "key-unfit",
	"key.document":      "key-unfit",
	"key.unusable":      "key-unfit",
	"purpose.differs":   "other-purpose",
	"purpose.expired":   "proof-ended",
	"issuer.withdrawn":  "issuer-withdrawn",
	"recipient.differs": "other-person",

	"presentation.challenge": "other-occasion",
	"presentation.domain":    "other-occasion",
	"presentation.holder":    "other-holder",

	"format.unsecured":   "unsigned",
	"signature.mismatch": "changed",
}

// invalidByCheck is for findings that share a headline.
var invalidByCheck = map[string]string{
	"document.terms":         "not-covered",
	"achievement.consistent": "contradiction",
	"key.resolved":           "not-the-issuer",
}

func (s *situation) invalid(r *verifier.Report) {
	s.key, s.tone = "malformed", Bad
	if r.Primary == nil {
		return
	}
	if k, ok := invalidByCheck[r.Primary.Check]; ok {
		s.key = k
	}
	if k, ok := invalidKeys[r.Primary.Finding]; ok {
		s.key = k
	}
	switch {
	case s.byContent(r):
		s.key = "presented-invalid"
	case r.Primary.Finding == "format.proof-value" && argument(r.Check(r.Primary.Check), "reason") == "base-proof":
		s.key = "holders-copy"
	}
	switch s.key {
	case "expired":
		s.tone, s.date = Ended, "validUntil"
	case "not-yet":
		s.tone, s.date = Ended, "validFrom"
	case "suspended":
		s.tone = Ended
	}
}

func (s *situation) indeterminate(r *verifier.Report) {
	s.key, s.tone = "cannot-tell", Open
	if r.Primary == nil {
		return
	}
	s.host = argument(r.Check(r.Primary.Check), "host")
	if r.Primary.Check == "input.container" {
		s.format = argument(r.Check(r.Primary.Check), "kind")
	}
	switch f := r.Primary.Finding; {
	case s.byContent(r):
		s.key = "presented-open"
	case f == "container.none":
		s.key = "no-credential"
	case f == "container.legacy-badge" || f == "container.unread":
		s.key = "unreadable"
	case f == "recipient.not-stated":
		s.key = "recipient-unstated"
	case f == "presentation.holder":
		s.key = "holder-unstated"
	case f == "issuer.unlisted":
		s.key = "unlisted"
	case f == "format.algorithm-unknown" || f == "contexts.unregistered" || f == "contexts.broken" || f == "key.did-method":
		s.key = "unreadable"
	case r.Primary.Code == schema.CodeLimitExceeded && r.Primary.Check != "credential.status":
		s.key = "too-large"
	case r.Primary.Check == "credential.status":
		s.key = "status-unknown"
	case r.Primary.Check == "key.resolved":
		s.key = "key-unknown"
	}
}

// standingOf reads from the checks what was proven about the issuer. The name
// comes from the service or the trust list, the domain from the identifier that
// the key was bound to; nothing comes from the credential's own words.
func standingOf(r *verifier.Report) (s standing, name, domain string) {
	c := r.Check("issuer.trusted")
	name, domain = argument(c, "name"), argument(c, "domain")
	switch {
	case c.Finding == "issuer.self":
		return itself, name, domain
	case c.Status == schema.Pass:
		return onList, name, domain
	case domain == "":
		domain = Domain(issuerOf(r))
	}
	if domain == "" {
		return nameless, name, ""
	}
	return unlisted, name, domain
}

// issuerOf returns the identifier of the issuer of a report whose signature and
// key binding held, "" otherwise.
func issuerOf(r *verifier.Report) string {
	if len(r.Credential) == 0 || string(r.Credential) == "null" {
		return ""
	}
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return ""
	}
	v, _ := d.Root().Get("issuer")
	if v.Kind == schema.String {
		return v.Text
	}
	return v.GetString("id")
}

// Domain returns the internet domain that an issuer identifier names: the host
// of a did:web or of an https address, "" for anything else.
func Domain(issuer string) string {
	if rest, ok := strings.CutPrefix(issuer, "did:web:"); ok {
		host, _, _ := strings.Cut(rest, ":")
		host, err := url.PathUnescape(host)
		if err != nil {
			return ""
		}
		return strings.ToLower(host)
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" {
		return ""
	}
	return strings.ToLower(u.Host)
}

func argument(c verifier.CheckResult, name string) string {
	s, _ := c.Args[name].(string)
	return s
}
