package mail

import (
	"bytes"
	"embed"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
)

// A Message is a mail as it is sent.
type Message struct {
	ID       string // <ID@host>
	FromName string
	To       string
	Subject  string
	Lang     string // fi, sv, en
	Text     string // lines of at most 76 characters, but for addresses
	HTML     string
	Date     time.Time
}

//go:embed templates/letter.html
var files embed.FS

var letterTemplate = template.Must(template.ParseFS(files, "templates/letter.html"))

// A content is what both parts say, in the order in which they say it.
type content struct {
	Lang, Subject, Sender string
	Test, TestWord        string // "" for a real issuer
	Heading, Greeting     string
	Lead                  string
	Facts                 []fact
	Button, Href          string
	Copy                  string // before the address of the button in letters
	Ends                  string // "" where the button's address holds no secret
	Why, Stop, Quiet      string
	Others                []other
	Accent                string // #rrggbb of the button
}

type fact struct{ Label, Text string }

type other struct{ Lang, Name, Href string }

// languageNames are what each language calls itself.
var languageNames = map[string]string{"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}

// defaultAccent is the colour of a button where the institution has none.
const defaultAccent = "#1d4d4f"

// Compose writes a letter. baseURL is the origin of the service. It takes any
// letter: what a header or a line must not carry is left out.
func Compose(l issuer.Letter, baseURL string) (Message, error) {
	c := contentOf(l, baseURL)
	var b bytes.Buffer
	if err := letterTemplate.Execute(&b, c); err != nil {
		return Message{}, err
	}
	return Message{
		ID: "<" + l.ID + "@" + host(baseURL) + ">", FromName: header(c.Sender), To: l.To, Subject: header(c.Subject),
		Lang: c.Lang, Text: c.text(), HTML: b.String(), Date: l.At,
	}, nil
}

func contentOf(l issuer.Letter, baseURL string) content {
	l.Name, l.Achievement, l.Reason = line(l.Name, 200), line(l.Achievement, 200), line(l.Reason, 1000)
	p := i18n.New(l.Lang)
	domain := host(baseURL)
	c := content{Lang: p.Lang(), Sender: line(l.Sender.Name, 200), Href: l.Link, Accent: defaultAccent}
	if c.Sender == "" {
		c.Sender = domain
	}
	if l.Sender.Look.Colour != "" {
		c.Accent = l.Sender.Look.Colour
	}
	c.say(p, l, domain)
	if l.Sender.Test {
		c.TestWord, c.Test = p.T("test.word"), p.T("test.band")
		c.Subject = c.TestWord + " · " + c.Subject
	}
	if c.Greeting = p.T("mail.greeting"); l.Name != "" {
		c.Greeting = p.T("mail.greeting-name", "name", l.Name)
	}
	c.Copy = p.T("mail.copy")
	switch {
	case l.Ends.IsZero():
	case l.Kind == issuer.MailConfirm: // only who asked for it can ask for another
		c.Ends = p.T("mail.ends-once", "moment", p.Moment(l.Ends))
	default:
		c.Ends = p.T("mail.ends", "moment", p.Moment(l.Ends), "address", domain+"/my/link")
	}
	c.Quiet = p.T("mail.quiet")
	for _, lang := range i18n.Languages {
		if lang != c.Lang {
			c.Others = append(c.Others, other{lang, languageNames[lang], l.Link + "?lang=" + lang})
		}
	}
	return c
}

// say writes what differs between the kinds.
func (c *content) say(p *i18n.Printer, l issuer.Letter, domain string) {
	from, title, day := c.Sender, l.Achievement, p.Date(l.At)
	c.Why = p.T("mail.why", "issuer", from)
	c.Stop = p.T("mail.stop", "address", domain+"/my/link")
	c.Button = p.T("mail.button-page")
	switch l.Kind {
	case issuer.MailLink:
		c.Subject, c.Lead = p.T("mail.link.subject", "issuer", from), p.T("mail.link.lead", "domain", domain)
		c.Why, c.Stop = p.T("mail.why-asked", "domain", domain), ""
	case issuer.MailConfirm:
		c.Subject, c.Lead = p.T("mail.confirm.subject", "domain", domain), p.T("mail.confirm.lead", "domain", domain)
		c.Button = p.T("mail.confirm.button")
		c.Why, c.Stop = p.T("mail.why-asked", "domain", domain), ""
	case issuer.MailAdded:
		c.Subject, c.Lead = p.T("mail.added.subject", "domain", domain), p.T("mail.added.lead", "domain", domain, "issuer", from)
		c.Stop = ""
	}
	if c.Subject != "" {
		c.Heading = c.Subject
		return
	}
	if title == "" { // withheld: a letter in the wrong hands says nothing
		c.Subject, c.Lead = p.T("mail.neutral.subject", "issuer", from), p.T("mail.neutral.lead", "issuer", from)
		c.Heading, c.Why = c.Subject, p.T("mail.why-neutral", "issuer", from)
		return
	}
	c.Facts = append(c.Facts, fact{p.T("mail.fact.who"), from})
	lasting := !l.Until.IsZero()
	switch l.Kind {
	case issuer.MailIssued:
		c.Subject, c.Lead = p.T("mail.issued.subject", "title", title), p.T("mail.issued.lead", "issuer", from)
		c.Button = p.T("mail.issued.button")
	case issuer.MailSuspended:
		c.Subject, c.Lead = p.T("mail.suspended.subject", "title", title), p.T("mail.suspended.lead", "issuer", from, "date", day)
		lasting = false
	case issuer.MailRevoked:
		c.Subject, c.Lead = p.T("mail.revoked.subject", "title", title), p.T("mail.revoked.lead", "issuer", from, "date", day)
		c.Stop, lasting = p.T("mail.no-stop"), false
	case issuer.MailReinstated:
		c.Subject, c.Lead = p.T("mail.reinstated.subject", "title", title), p.T("mail.reinstated.lead", "issuer", from, "date", day)
	case issuer.MailExpiring:
		until := p.Date(l.Until)
		c.Subject, c.Lead = p.T("mail.expiring.subject", "title", title, "date", until), p.T("mail.expiring.lead", "issuer", from, "date", until)
	}
	if c.Heading = c.Subject; l.Kind == issuer.MailIssued {
		c.Heading = title
	} else if l.Record != "" {
		c.Button = p.T("mail.button-credential")
	}
	if lasting {
		c.Facts = append(c.Facts, fact{p.T("mail.fact.until"), p.Date(l.Until)})
	}
	if l.Reason != "" {
		c.Facts = append(c.Facts, fact{p.T("mail.fact.reason"), l.Reason})
	}
}

// line makes one line of visible characters of a text from outside, at most n of
// them: no control, no line break, and nothing that turns the reading direction
// of what stands around it.
func line(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0xfeff:
			return -1
		case unicode.IsSpace(r), r == 0x2028, r == 0x2029:
			return ' '
		}
		return r
	}, publish.Visible(s))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		s = string(r[:n-1]) + "…"
	}
	return s
}

// header makes a text fit for a header: a line in which nothing reads as an
// encoded word (RFC 2047).
func header(s string) string { return strings.ReplaceAll(line(s, 250), "=?", "= ?") }

func host(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil {
		return ""
	}
	return u.Host
}
