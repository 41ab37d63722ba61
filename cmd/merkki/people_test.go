package main

import (
	"archive/zip"
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"merkki/internal/i18n"
	"merkki/internal/judge"
	"merkki/internal/judge/chromium"
	"merkki/internal/mail/mailtest"
)

// These tests go the ways of people through the whole program: it serves a
// directory over TLS in a process of its own, its mails leave through a real relay,
// and links, papers and files lead to it as they stand, unchanged.

const origin = "https://badges.example"

// A school is a directory that is served.
type school struct {
	*killed
	t           *testing.T
	site        chromium.Site
	mails       <-chan mailtest.Taken
	achievement string
}

func newSchool(t *testing.T) *school {
	t.Helper()
	port, mails := mailtest.Relay(t, "plain")
	dir := t.TempDir()
	s := &school{killed: newKilled(t, dir), t: t, mails: mails}
	var own struct{ ID string }
	s.json(&own, "issuers", "list")
	s.run(t, "issuers", "edit", own.ID, "--formats", "eddsa-rdfc-2022,vc-jwt,ecdsa-sd-2023")
	s.achievement = s.killed.achievement(t)
	certificate(t, dir)
	t.Setenv("MERKKI_SMTP_URL", "smtp://127.0.0.1:"+strconv.Itoa(port))
	t.Setenv("MERKKI_MAIL_FROM", "badges@example.fi")
	server := s.command("serve", "--listen", "127.0.0.1:0", "--tls-cert", filepath.Join(dir, "cert.pem"), "--tls-key", filepath.Join(dir, "key.pem"))
	log, err := server.StderrPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		if err := server.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	lines := bufio.NewScanner(log)
	for s.site.At == "" && lines.Scan() {
		var said struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &said) == nil && said.Msg == "listening" {
			s.site = chromium.Site{Base: origin, At: said.Address}
		}
	}
	if s.site.At == "" {
		t.Fatal("the server ended before it listened")
	}
	go io.Copy(io.Discard, log)
	return s
}

// certificate leaves a certificate for the service's name and its key in a folder.
func certificate(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{strings.TrimPrefix(origin, "https://")}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// json runs a command and reads what it prints: one object.
func (s *school) json(v any, args ...string) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.run(s.t, append(args, "--json")...)), v); err != nil {
		s.t.Fatal(err)
	}
}

func (s *school) issue(name, email string, more ...string) (r record) {
	s.t.Helper()
	s.json(&r, append([]string{"issue", "--achievement", s.achievement, "--name", name, "--email", email, "--awarded", "2026-06-30"}, more...)...)
	return r
}

// letter is the next mail as a page that its reader has opened.
func (s *school) letter(p *chromium.Person, to string) string {
	s.t.Helper()
	m := receive(s.t, s.mails)
	if !slices.Equal(m.To, []string{to}) {
		s.t.Fatalf("the mail goes to %v and not to %s", m.To, to)
	}
	_, _, html := mailtest.Read(s.t, m)
	path := p.File("mail.html")
	if err := os.WriteFile(path, []byte(html), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return "file://" + path
}

// scan prints a certificate at 150 dpi and reads the code on it, as a telephone
// reads it off the paper.
func scan(t *testing.T, pdf string) string {
	t.Helper()
	paper := strings.TrimSuffix(pdf, ".pdf") + "-paper"
	if b, err := exec.Command(judge.Command(t, "pdftoppm", "Debian package poppler-utils"), "-r", "150", "-png", "-singlefile", pdf, paper).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm: %v: %s", err, b)
	}
	b, err := exec.Command(judge.Command(t, "zbarimg", "Debian package zbar-tools"), "--raw", "-q", paper+".png").Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(b))
}

// ways are those in which people come. The short form has each of the two widths
// with and without script, in the light and in the dark, by mouse and by keyboard:
// every two of these meet. The long form has all sixteen.
func ways() (all []chromium.Way) {
	langs := []string{"fi", "sv", "en"}
	for n := range 16 {
		w := chromium.Way{Width: 390, Lang: langs[n%3], Script: n&2 > 0, Dark: n&4 > 0, Keyboard: n&8 > 0}
		if n&1 > 0 {
			w.Width = 1280
		}
		if os.Getenv("MERKKI_LONG") == "1" || slices.Contains([]int{0, 7, 9, 10, 12}, n) {
			all = append(all, w)
		}
	}
	return all
}

func TestEveryTwoWaysMeet(t *testing.T) {
	for a := range 4 {
		for b := range a {
			met := map[[2]bool]bool{}
			for _, w := range ways() {
				is := [4]bool{w.Width == 390, w.Script, w.Dark, w.Keyboard}
				met[[2]bool{is[a], is[b]}] = true
			}
			if len(met) != 4 {
				t.Errorf("of the factors %d and %d %d pairs meet", a, b, len(met))
			}
		}
	}
}

// TestLearnerInChromium: mail, certificate, share, LinkedIn, closed, correction. A
// learner is two clicks from the mail to the certificate and three from the page
// that asks for the address to the own one; a link that was used says so and shows
// the way back; what was shared shows what it should, until it is ended.
func TestLearnerInChromium(t *testing.T) {
	s := newSchool(t)
	for n, w := range ways() {
		t.Run(w.String(), func(t *testing.T) {
			s.t = t
			l := learner{s, chromium.Walk(t, s.site, w), i18n.New(w.Lang), fmt.Sprintf("aino%d@example.org", n), record{}}
			l.r = s.issue("Aino Virtanen", l.email, "--mail", "--lang", w.Lang)
			l.claims()
			l.comesBack()
			l.addsToLinkedIn()
			l.shares()
			l.closes()
			l.asksForCorrection()
		})
	}
}

type learner struct {
	*school
	p     *chromium.Person
	say   *i18n.Printer
	email string
	r     record
}

// does takes steps of the learner, stranger those of somebody else.
func (l learner) does(steps ...chromium.Step) string {
	l.t.Helper()
	return l.p.Do(append([]chromium.Step{{"as": "learner"}}, steps...)...)
}

func (l learner) stranger(steps ...chromium.Step) string {
	l.t.Helper()
	return l.p.Do(append([]chromium.Step{{"as": "stranger"}}, steps...)...)
}

func see(text string) chromium.Step  { return chromium.Step{"see": text} }
func miss(text string) chromium.Step { return chromium.Step{"miss": text} }

const mailed = `a[href*="/claim/"]`

func (l learner) claims() {
	l.t.Helper()
	letter := l.letter(l.p, l.email)
	l.does(chromium.Step{"open": letter}, chromium.Step{"click": mailed}, see("Aino Virtanen"),
		chromium.Step{"save": `button[value="pdf"]`, "with": "paper.pdf"})
	if n := l.p.Clicks(); n != 2 {
		l.t.Errorf("%d clicks from the mail to the certificate", n)
	}
	if code := scan(l.t, l.p.File("paper.pdf")); !strings.EqualFold(code, l.r.URL) {
		l.t.Errorf("the paper leads to %q, the credential is %s", code, l.r.URL)
	}
	if out := l.run(l.t, "verify", l.p.File("paper.pdf")); !strings.HasPrefix(out, "valid\n") {
		l.t.Errorf("the certificate: %s", out)
	}
	l.p.Do(chromium.Step{"as": "the learner at another computer"}, chromium.Step{"open": letter}, chromium.Step{"click": mailed},
		see(l.say.T("claim.over-title")), chromium.Step{"click": `a[href="/my/link"]`}, see(l.say.T("my.link.title")))
}

func (l learner) comesBack() {
	l.t.Helper()
	l.p.Do(chromium.Step{"as": "the learner a year later"}, chromium.Step{"open": origin + "/my"}, chromium.Step{"fill": "#email", "with": l.email},
		chromium.Step{"click": `form[action="/my/link"] button`}, see(l.say.T("my.link.sent")))
	l.p.Do(chromium.Step{"open": l.letter(l.p, l.email)}, chromium.Step{"click": mailed}, chromium.Step{"click": `form.go button[value="page"]`},
		see(l.say.T("my.title")), see("Welding"))
	if n := l.p.Clicks(); n != 3 {
		l.t.Errorf("%d clicks from a lost mail to the own page", n)
	}
	l.p.Do(chromium.Step{"save": `a[href="/my/all.zip"]`, "with": "all.zip"}, chromium.Step{"click": `form[action="/my/leave"] button`},
		chromium.Step{"open": origin + "/my"}, miss("Welding"))
}

func (l learner) addsToLinkedIn() {
	l.t.Helper()
	at, err := url.Parse(l.does(chromium.Step{"open": origin + "/my"}, chromium.Step{"leave": `a[href*="linkedin.com"]`}))
	if err != nil {
		l.t.Fatal(err)
	}
	q := at.Query()
	want := url.Values{"startTask": {"CERTIFICATION_NAME"}, "name": {"Welding"}, "organizationName": {"Example University"}, "issueYear": {"2026"},
		"issueMonth": {"6"}, "certId": {l.r.ID}, "certUrl": {l.r.URL}}
	if at.Host != "www.linkedin.com" || q.Encode() != want.Encode() {
		l.t.Errorf("LinkedIn is told %v, want %v", q, want)
	}
}

// shares makes a link that shows everything, and ends it.
func (l learner) shares() {
	l.t.Helper()
	link := l.does(chromium.Step{"open": origin + "/my"}, chromium.Step{"click": fmt.Sprintf(`a[href="/my/%s"]`, l.r.ID)},
		chromium.Step{"fill": "#label", "with": "Acme, 2027"}, chromium.Step{"pick": `#days option[value="90"]`},
		chromium.Step{"click": fmt.Sprintf(`form[action="/my/%s/shares"] button`, l.r.ID)}, see(l.say.T("share.new")), chromium.Step{"read": ".made .url"})
	l.stranger(chromium.Step{"open": link}, see("Aino Virtanen"), see(l.say.T("share.whole")), chromium.Step{"save": `ul.files a`, "with": "shared.json"})
	if out := l.run(l.t, "verify", l.p.File("shared.json")); !strings.HasPrefix(out, "valid\n") {
		l.t.Errorf("what was shared: %s", out)
	}
	l.does(see(strings.Replace(l.say.T("share.shows-all"), "\n", " ", -1)), chromium.Step{"click": fmt.Sprintf(`form[action="/my/%s/shares/end"] button`, l.r.ID)})
	l.stranger(chromium.Step{"open": link}, see(l.say.T("share.gone")), miss("Welding"))
}

// closes closes the address in order to share a part. The certificate from before
// still leads to where a name can be compared, on the first screen of a telephone.
func (l learner) closes() {
	l.t.Helper()
	paper := scan(l.t, l.p.File("paper.pdf"))
	name := l.stranger(chromium.Step{"open": paper}, chromium.Step{"first": ".to strong"}, chromium.Step{"read": ".to strong"})
	if name != "Aino Virtanen" { // which a paper with another name does not say
		l.t.Errorf("the page names %q", name)
	}
	mine := origin + "/my/" + l.r.ID
	l.does(chromium.Step{"open": mine}, chromium.Step{"pick": "#v-closed"}, chromium.Step{"click": `form[action$="/visibility"] button`}, see(l.say.T("mine.saved")))
	l.stranger(chromium.Step{"open": paper}, miss("Aino"), miss("Welding"), see(l.say.T("closed.in-force")))
	for name, key := range map[string]string{"Eino Virtanen": "closed.other-name", "aino virtanen": "closed.same-name"} {
		l.stranger(chromium.Step{"fill": "#name", "with": name}, chromium.Step{"click": "form.ask button"},
			see(l.say.T(key, "name", name)), chromium.Step{"first": "#answer"}, miss("Welding"))
	}
	link := l.does(chromium.Step{"open": mine}, chromium.Step{"fill": "#label", "with": "Blind"}, chromium.Step{"pick": "#shows-some"},
		chromium.Step{"click": fmt.Sprintf(`form[action="/my/%s/shares"] button`, l.r.ID)}, chromium.Step{"read": ".made .url"})
	l.stranger(chromium.Step{"open": link}, see("Welding"), miss("Aino"), see(l.say.T("share.part.name")), chromium.Step{"save": `ul.files a`, "with": "part.json"})
	part, err := os.ReadFile(l.p.File("part.json"))
	if err != nil || strings.Contains(string(part), "Aino") {
		l.t.Errorf("the part of a credential: %v %s", err, part)
	}
	l.does(chromium.Step{"open": mine}, chromium.Step{"pick": "#v-link"}, chromium.Step{"click": `form[action$="/visibility"] button`})
	l.stranger(chromium.Step{"open": link}, miss("Welding")) // its number leads to everything
}

// asksForCorrection asks, and reads what the institution answers.
func (l learner) asksForCorrection() {
	l.t.Helper()
	l.does(chromium.Step{"open": origin + "/my/" + l.r.ID}, chromium.Step{"fill": "#wrong", "with": "Virtanen"}, chromium.Step{"fill": "#right", "with": "Wirtanen"},
		chromium.Step{"click": `form[action$="/corrections"] button`}, see("Wirtanen"))
	var open struct{ ID, Credential, Right string }
	l.json(&open, "requests", "list") // there is one
	if open.Right != "Wirtanen" || open.Credential != l.r.ID {
		l.t.Fatalf("the institution reads %+v", open)
	}
	l.run(l.t, "requests", "decline", open.ID, "--reason", "Kirjoitusasu on oikea.")
	l.does(chromium.Step{"open": origin + "/my/" + l.r.ID}, see("Kirjoitusasu on oikea."))
	l.run(l.t, "visibility", l.r.ID, "withheld")
	l.stranger(chromium.Step{"open": l.r.URL}, miss("Aino"), miss("Welding"))
}

// TestEmployerInChromium: a paper, a link, a file of each kind, and many at once.
func TestEmployerInChromium(t *testing.T) {
	s := newSchool(t)
	r, gone := s.issue("Aino Virtanen", "aino@example.org"), s.issue("Bo Bergström", "bo@example.org")
	s.run(t, "revoke", gone.ID, "--reason", "Issued in error.")
	for _, w := range ways() {
		t.Run(w.String(), func(t *testing.T) {
			s.t = t
			e := employer{s, chromium.Walk(t, s.site, w), i18n.New(w.Lang), r, gone}
			e.files()
			e.paper()
			e.link()
			e.embedded()
			e.many()
		})
	}
}

type employer struct {
	*school
	p       *chromium.Person
	say     *i18n.Printer
	r, gone record
}

func (e employer) confirmed() chromium.Step {
	return see(e.say.T("headline.valid.self", "name", "Example University", "domain", "badges.example"))
}

// files saves each form of a credential from its page and has it checked.
func (e employer) files() {
	e.t.Helper()
	page := e.r.URL
	for _, form := range []string{"pdf", "json", "jwt", "png", "svg"} {
		name := "credential." + form
		steps := []chromium.Step{{"open": page}, e.confirmed()}
		if form != "pdf" {
			steps = append(steps, chromium.Step{"unfold": "#experts summary"})
		}
		e.p.Do(append(steps, chromium.Step{"save": fmt.Sprintf(`a[href$="%s.%s"]`, e.r.ID, form), "with": name},
			chromium.Step{"click": `header a[href="/verify"]`}, chromium.Step{"attach": "#file", "with": e.p.File(name)},
			chromium.Step{"click": "form.verifier > button"}, e.confirmed(), see("Aino Virtanen"))...)
	}
	b, err := os.ReadFile(e.p.File("credential.json"))
	if err == nil {
		err = os.WriteFile(e.p.File("forged.json"), []byte(strings.Replace(string(b), "Aino", "Eino", 1)), 0o600)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	e.p.Do(chromium.Step{"open": origin + "/verify"}, chromium.Step{"attach": "#file", "with": e.p.File("forged.json")},
		chromium.Step{"click": "form.verifier > button"}, see(e.say.T("headline.changed")))
}

func (e employer) paper() {
	e.t.Helper()
	e.p.Do(chromium.Step{"open": scan(e.t, e.p.File("credential.pdf"))}, e.confirmed(), chromium.Step{"first": ".to strong"})
	e.p.Do(chromium.Step{"open": e.gone.URL}, miss(e.say.T("headline.valid.self", "name", "Example University", "domain", "badges.example")), see("Issued in error."), chromium.Step{"first": ".to strong"})
}

func (e employer) link() {
	e.t.Helper()
	e.p.Do(chromium.Step{"open": origin + "/"}, chromium.Step{"fill": "#text", "with": e.r.URL}, chromium.Step{"click": "form.verifier > button"}, e.confirmed())
}

// embedded shows the card of a credential on a page of somebody else.
func (e employer) embedded() {
	e.t.Helper()
	blog := e.p.File("blog.html")
	if err := os.WriteFile(blog, []byte(fmt.Sprintf(`<!doctype html><title>My blog</title><iframe src="%s.card.html" title="Welding"></iframe>`, e.r.URL)), 0o600); err != nil {
		e.t.Fatal(err)
	}
	e.p.Do(chromium.Step{"elsewhere": blog}, chromium.Step{"framed": "iframe", "with": "Welding"},
		chromium.Step{"framed": "iframe", "with": e.say.T("headline.valid.self", "name", "Example University", "domain", "badges.example")})
}

// many checks a ZIP with a list in it, and reads the table on the page and as CSV.
func (e employer) many() {
	e.t.Helper()
	f, err := os.Create(e.p.File("applications.zip"))
	if err != nil {
		e.t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"credential.pdf", "credential.png", "forged.json"} {
		b, err := os.ReadFile(e.p.File(name))
		if err != nil {
			e.t.Fatal(err)
		}
		part, err := z.Create(name)
		if err == nil {
			_, err = part.Write(b)
		}
		if err != nil {
			e.t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		e.t.Fatal(err)
	}
	f.Close()
	list := e.p.File("list.csv")
	if err := os.WriteFile(list, []byte("applicant,file or link\nAino Virtanen,credential.pdf\nEino Virtanen,credential.png\n=1+1,forged.json\nBo Bergström,"+e.gone.URL+"\n"), 0o600); err != nil {
		e.t.Fatal(err)
	}
	e.p.Do(chromium.Step{"open": origin + "/verify"}, chromium.Step{"click": `main a[href="/verify/many"]`},
		chromium.Step{"attach": "#file", "with": f.Name() + "\n" + list}, chromium.Step{"click": "form.verifier > button"},
		chromium.Step{"await": "table"}, see(e.say.T("job.title", "n", "4")), see(e.say.T("job.good", "n", "1")), see(e.say.T("many.compared.differs")),
		chromium.Step{"save": `.job-files a[href$=".csv"]`, "with": "table.csv"})
	table, err := os.ReadFile(e.p.File("table.csv"))
	if err != nil {
		e.t.Fatal(err)
	}
	if n := strings.Count(string(table), "\n"); n != 5 || regexp.MustCompile(`(?m)(^|[,;])"?=`).Match(table) {
		e.t.Errorf("the table as CSV, %d lines:\n%s", n, table)
	}
}
