package mail

import (
	"context"
	"encoding/csv"
	"errors"
	"mime"
	netmail "net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/internal/mail/mailtest"
	"merkki/issuer"
)

func post(port int) *Post {
	return &Post{Relay: Relay{Host: "127.0.0.1", Port: port, Plain: true}, From: "badges@example.fi", BaseURL: base}
}

// TestRelay hands every kind of letter to a real server and reads what arrived
// with the standard library's parser: one recipient, one From, no header that
// was not meant, both parts whole.
func TestRelay(t *testing.T) {
	port, mails := mailtest.Relay(t, "plain")
	for _, l := range letters("fi", false) {
		l.Name, l.Sender.Name = "Äijö Šŋžž", "Yrkeshögskolan Novia, \"Åbo\"\r\nBcc: x@y.z"
		if err := post(port).Deliver(t.Context(), l); err != nil {
			t.Fatal(err)
		}
		got := <-mails
		want, err := Compose(l, base)
		if err != nil {
			t.Fatal(err)
		}
		if got.From != "badges@example.fi" || len(got.To) != 1 || got.To[0] != l.To {
			t.Errorf("envelope %q %q", got.From, got.To)
		}
		header, text, html := mailtest.Read(t, got)
		checkHeaders(t, header, want)
		if unix(text) != want.Text || unix(html) != unix(want.HTML) {
			t.Errorf("%s: the parts differ from what was written:\n%q\n%q", l.Kind, text, want.Text)
		}
	}
}

func unix(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) + "\n" }

func checkHeaders(t *testing.T, h netmail.Header, want Message) {
	t.Helper()
	meant := map[string]bool{"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Mime-Version": true,
		"Content-Type": true, "Content-Language": true, "Auto-Submitted": true}
	for name, values := range h {
		if !meant[name] || len(values) != 1 {
			t.Errorf("header %s: %q", name, values)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != want.Subject {
		t.Errorf("Subject %q, %v, want %q", subject, err, want.Subject)
	}
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != want.FromName || from[0].Address != "badges@example.fi" {
		t.Errorf("From %v, %v", from, err)
	}
	if got := h.Get("Message-Id"); got != want.ID {
		t.Errorf("Message-ID %q, want %q", got, want.ID)
	}
}

// TestRelayAnswers: what is for good, what is worth another try, and what says
// nothing about this mail.
func TestRelayAnswers(t *testing.T) {
	port, _ := mailtest.Relay(t, "plain")
	for to, want := range map[string]string{
		"gone@example.org": "refused 550", "spam@example.org": "refused 554", "later@example.org": "again",
		"ok@example.org": "taken", "no address": "refused 5.1.3", "a@x.fi, b@x.fi": "refused 5.1.3", "a@x.fi\r\nBcc: b@x.fi": "refused 5.1.3",
	} {
		l := letters("en", false)[0]
		l.To = to
		if got := outcome(post(port).Deliver(t.Context(), l)); got != want {
			t.Errorf("%q: %s, want %s", to, got, want)
		}
	}
	l := letters("en", false)[0]
	if got := outcome(post(1).Deliver(t.Context(), l)); got != "no relay" {
		t.Errorf("nobody listens: %s", got)
	}
	over, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if got := outcome(post(port).Deliver(over, l)); got != "no relay" {
		t.Errorf("ended context: %s", got)
	}
}

func outcome(err error) string {
	var refused *issuer.RefusedError
	switch {
	case err == nil:
		return "taken"
	case errors.As(err, &refused):
		return "refused " + refused.Code
	case errors.Is(err, issuer.ErrNoRelay):
		return "no relay"
	}
	return "again"
}

// TestAttackRows takes the rows of a spreadsheet that was made to smuggle headers
// in. Whatever of them a relay gets has one recipient, the one that was meant, and
// no header but ours.
func TestAttackRows(t *testing.T) {
	f, err := os.Open(judge.Data(t, "attacks", "bulk", "header-injection.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	port, mails := mailtest.Relay(t, "plain")
	for _, row := range rows[1:] {
		l := letters("sv", false)[0]
		l.To, l.Name, l.Achievement, l.Sender.Name = row[0], row[1], row[1], row[1]
		want, err := Compose(l, base)
		if err != nil {
			t.Fatal(err)
		}
		switch got := outcome(post(port).Deliver(t.Context(), l)); {
		case got == "taken":
			m := <-mails
			if len(m.To) != 1 || m.To[0] != row[0] {
				t.Errorf("%q went to %q", row[0], m.To)
			}
			header, _, _ := mailtest.Read(t, m)
			checkHeaders(t, header, want)
		case !strings.HasPrefix(got, "refused"):
			t.Errorf("%q: %s", row[0], got)
		}
	}
}

// TestRelayPassword: with a password, and refused with a wrong one: that is the
// relay's matter, not the mail's.
func TestRelayPassword(t *testing.T) {
	port, mails := mailtest.Relay(t, "plain", "secret")
	p := post(port)
	p.Relay.User, p.Relay.Password = "merkki", "secret"
	l := letters("en", false)[0]
	if got := outcome(p.Deliver(t.Context(), l)); got != "taken" {
		t.Fatalf("with the password: %s", got)
	}
	if m := <-mails; !strings.Contains(m.User, "merkki") {
		t.Errorf("the relay saw the user %q", m.User)
	}
	p.Relay.Password = "wrong"
	if got := outcome(p.Deliver(t.Context(), l)); got != "no relay" {
		t.Errorf("with a wrong password: %s", got)
	}
}

// TestRelayNeedsTLS: away from this machine nothing is said before TLS holds.
func TestRelayNeedsTLS(t *testing.T) {
	port, mails := mailtest.Relay(t, "plain")
	p := post(port)
	p.Relay.Plain = false // as for a relay elsewhere
	if got := outcome(p.Deliver(t.Context(), letters("en", false)[0])); got != "no relay" {
		t.Errorf("a relay without STARTTLS: %s", got)
	}
	p.Relay.Implicit = true
	if got := outcome(p.Deliver(t.Context(), letters("en", false)[0])); got != "no relay" {
		t.Errorf("a relay without TLS: %s", got)
	}
	select {
	case m := <-mails:
		t.Errorf("the relay got %+v", m)
	default:
	}
}

func TestParseRelay(t *testing.T) {
	for _, c := range []struct {
		address, password string
		want              *Relay
	}{
		{"smtps://merkki@smtp.example.fi", "s", &Relay{Host: "smtp.example.fi", Port: 465, Implicit: true, User: "merkki", Password: "s"}},
		{"smtp://smtp.example.fi", "", &Relay{Host: "smtp.example.fi", Port: 587}},
		{"smtp://smtp.example.fi:25/", "", &Relay{Host: "smtp.example.fi", Port: 25}},
		{"smtp://127.0.0.1:2525", "", &Relay{Host: "127.0.0.1", Port: 2525, Plain: true}},
		{"smtp://[::1]:2525", "", &Relay{Host: "::1", Port: 2525, Plain: true}},
		{"smtp://localhost:25", "", &Relay{Host: "localhost", Port: 25, Plain: true}},
		{"smtp://127.0.0.1.example.fi", "", &Relay{Host: "127.0.0.1.example.fi", Port: 587}},
		{"smtps://merkki:secret@smtp.example.fi", "", nil},
		{"smtps://merkki@smtp.example.fi", "", nil},
		{"smtps://smtp.example.fi", "s", nil},
		{"http://smtp.example.fi", "", nil},
		{"smtp://", "", nil},
		{"smtp://h/path", "", nil},
		{"smtp://h?x=y", "", nil},
		{"smtp://h:0", "", nil},
		{"smtp://h:99999", "", nil},
		{"h:25", "", nil},
	} {
		got, err := ParseRelay(c.address, c.password)
		if (err == nil) != (c.want != nil) || err == nil && got != *c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.address, got, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}
