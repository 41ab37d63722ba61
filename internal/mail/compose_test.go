package mail

import (
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"merkki/internal/i18n"
	"merkki/issuer"
)

var update = flag.Bool("update", false, "write the golden files anew")

const base = "https://badges.example.fi"

// letters are one of each kind, with what a service would put into it.
func letters(lang string, test bool) []issuer.Letter {
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	uni := issuer.Institution{Name: "Example University of Applied Sciences", Lang: "en", Test: test}
	about := issuer.Letter{Lang: lang, At: at, To: "aino@example.org", Name: "Aino Virtanen", Sender: uni,
		Record: "7K2MQ9D4X1TBN8RWZ03FHJ5V6P", Achievement: "Data Analytics for Energy Systems", Until: time.Date(2028, 12, 31, 23, 59, 59, 0, time.UTC)}
	var all []issuer.Letter
	for _, k := range []issuer.MailKind{issuer.MailIssued, issuer.MailSuspended, issuer.MailRevoked, issuer.MailReinstated,
		issuer.MailExpiring, issuer.MailLink, issuer.MailConfirm, issuer.MailAdded} {
		l := about
		l.Kind, l.ID, l.Link = k, "0123456789ABCDEFGHJKMNPQRS", base+"/c/"+l.Record
		switch k {
		case issuer.MailIssued, issuer.MailLink, issuer.MailConfirm:
			l.Link, l.Ends = base+"/claim/"+strings.Repeat("Ab3_-", 9)[:43], at.Add(30*time.Minute)
		case issuer.MailRevoked:
			l.Reason = "The examination was graded for another person."
		case issuer.MailAdded:
			l.Link = base + "/my/link"
		}
		if k == issuer.MailLink || k == issuer.MailConfirm || k == issuer.MailAdded {
			l.Record, l.Achievement, l.Name, l.Until = "", "", "", time.Time{}
		}
		all = append(all, l)
	}
	withheld := all[0]
	withheld.Kind, withheld.Achievement, withheld.Record, withheld.Name, withheld.Until = issuer.MailIssued, "", "", "", time.Time{}
	return append(all, withheld)
}

func name(l issuer.Letter) string {
	if l.Kind == issuer.MailIssued && l.Achievement == "" {
		return "withheld"
	}
	return string(l.Kind)
}

var tags = regexp.MustCompile(`(?s)<style>.*?</style>|<title>.*?</title>|<[^>]+>`)

// TestLetters holds every kind in every language against its golden text, and
// both parts against each other: what one says, the other says.
func TestLetters(t *testing.T) {
	for _, lang := range i18n.Languages {
		for _, l := range letters(lang, false) {
			m, err := Compose(l, base)
			if err != nil {
				t.Fatal(err)
			}
			if keep := os.Getenv("MERKKI_PICTURES"); keep != "" { // for people who want to look
				_ = os.MkdirAll(keep, 0o755)
				_ = os.WriteFile(filepath.Join(keep, name(l)+"."+lang+".html"), []byte(m.HTML), 0o600)
			}
			golden := filepath.Join("testdata", "letters", name(l)+"."+lang+".txt")
			got := "From: " + m.FromName + "\nTo: " + m.To + "\nSubject: " + m.Subject + "\nMessage-ID: " + m.ID + "\n\n" + m.Text
			if *update {
				_ = os.MkdirAll(filepath.Dir(golden), 0o755)
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("%s in %s says\n%s\n(%v; run with -update if that is meant)", name(l), lang, got, err)
			}
			said := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(m.HTML, " "))), " ")
			for _, paragraph := range strings.Split(m.Text, "\n\n") {
				for _, part := range strings.Split(paragraph, "\n") {
					label, text, fact := strings.Cut(part, ": ")
					if part == "-- " || part == "" {
						continue
					}
					if fact && strings.HasPrefix(text, "https://") || strings.HasSuffix(part, ":") {
						part = strings.TrimSuffix(label, ":")
					}
					if words := strings.Join(strings.Fields(part), " "); !strings.Contains(said, words) && !(fact && strings.Contains(said, label+" "+text)) {
						t.Errorf("%s in %s: the HTML lacks %q", name(l), lang, words)
					}
				}
			}
			if n := strings.Count(m.HTML, "display:inline-block"); n != 1 {
				t.Errorf("%s in %s has %d buttons", name(l), lang, n)
			}
			if strings.Contains(m.HTML, "⟪") || strings.Contains(m.Subject, "⟪") {
				t.Errorf("%s in %s lacks a text", name(l), lang)
			}
		}
	}
}

// loads is whatever a mail program would fetch by itself.
var loads = regexp.MustCompile(`(?i)<(img|link|script|iframe|object|embed|video|audio|source|base|form)\b|url\(|@import|@font-face|\bsrc=|background=|http-equiv`)

// TestLettersLoadNothing: no picture, no style sheet, no script, and no address
// but our own.
func TestLettersLoadNothing(t *testing.T) {
	addresses := regexp.MustCompile(`(?i)\bhref="([^"]*)"`)
	for _, lang := range i18n.Languages {
		for _, l := range letters(lang, true) {
			m, err := Compose(l, base)
			if err != nil {
				t.Fatal(err)
			}
			if found := loads.FindString(m.HTML); found != "" {
				t.Errorf("%s in %s has %q", l.Kind, lang, found)
			}
			for _, a := range addresses.FindAllStringSubmatch(m.HTML, -1) {
				if !strings.HasPrefix(html.UnescapeString(a[1]), base+"/") {
					t.Errorf("%s in %s leads to %q", l.Kind, lang, a[1])
				}
			}
			if word := i18n.New(lang).T("test.word"); !strings.HasPrefix(m.Subject, word) || !strings.HasPrefix(m.Text, word) {
				t.Errorf("%s in %s of a test issuer does not say so: %q", l.Kind, lang, m.Subject)
			}
		}
	}
}

// TestWithheldLettersSayNothing: a letter about a withheld credential in the wrong
// hands tells neither who nor what.
func TestWithheldLettersSayNothing(t *testing.T) {
	all := letters("en", false)
	m, err := Compose(all[len(all)-1], base)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Aino", "Data Analytics", "7K2MQ9D4"} {
		if strings.Contains(m.Subject+m.Text+m.HTML, secret) {
			t.Errorf("it says %q:\n%s", secret, m.Text)
		}
	}
}

// hostile are texts that somebody might put into a name, a title or a reason.
var hostile = []string{
	"Aino\r\nBcc: all@example.org", "Aino\nSubject: pwn\n\n<script>alert(1)</script>", "=?utf-8?q?Aino=0D=0ABcc:_x@y.z?=",
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style><script>alert(1)</script>", "javascript:alert(1)",
	"\u202eoniA\u202c", "A\u0000B\u001b[31m", "A\u2028Bcc: x@y.z\u2029", "{{.Lang}} [x] {name}", strings.Repeat("ä", 5000), "\xff\xfe",
}

// TestHostileTexts: whatever stands in a name, a title or a reason, headers are
// one line without encoded words, and the HTML has no element that is not ours.
func TestHostileTexts(t *testing.T) {
	for _, kind := range []issuer.MailKind{issuer.MailIssued, issuer.MailRevoked, issuer.MailLink, issuer.MailAdded} {
		plain := letters("en", false)[0]
		plain.Kind, plain.Reason = kind, "x"
		want := elements(t, plain)
		for _, h := range hostile {
			l := plain
			l.Name, l.Achievement, l.Sender.Name, l.Reason = h, h, h, h
			checkInert(t, l)
			if got := elements(t, l); got != want {
				t.Errorf("%.80q makes the elements %s, want %s", h, got, want)
			}
		}
	}
}

func elements(t *testing.T, l issuer.Letter) string {
	t.Helper()
	m, err := Compose(l, base)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(regexp.MustCompile(`</?[a-zA-Z!][a-z0-9]*`).FindAllString(m.HTML, -1), " ")
}

func checkInert(t *testing.T, l issuer.Letter) {
	t.Helper()
	m, err := Compose(l, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{m.Subject, m.FromName} {
		if strings.ContainsAny(h, "\r\n\x00\u2028\u2029\u202e\x1b") || strings.Contains(h, "=?") || len([]rune(h)) > 250 {
			t.Errorf("header %q", h)
		}
	}
	for _, row := range strings.Split(m.Text, "\n") {
		if strings.HasPrefix(strings.ToLower(row), "bcc:") || strings.HasPrefix(row, "Subject:") || strings.ContainsAny(row, "\r\x00\u202e\x1b") {
			t.Errorf("line %q of the text", row)
		}
	}
}

// FuzzCompose: any text in any place gives an inert letter.
func FuzzCompose(f *testing.F) {
	for _, h := range hostile {
		f.Add(h, "title", "reason", "issued")
		f.Add("name", h, h, "revoked")
	}
	f.Fuzz(func(t *testing.T, who, title, reason, kind string) {
		l := letters("sv", false)[0]
		l.Name, l.Achievement, l.Reason, l.Kind, l.Sender.Name = who, title, reason, issuer.MailKind(kind), who
		checkInert(t, l)
	})
}
