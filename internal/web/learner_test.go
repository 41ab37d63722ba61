package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/publish"
	"merkki/internal/web"
	"merkki/issuer"
	"merkki/keys/did"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// A letterbox takes the letters of a site.
type letterbox struct {
	mu      sync.Mutex
	letters []issuer.Letter
}

func (b *letterbox) Deliver(_ context.Context, l issuer.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, l)
	return nil
}

// mail delivers what is due and returns it.
func (s *site) mail(t testing.TB) []issuer.Letter {
	t.Helper()
	s.web.Wait()
	var b letterbox
	_, err := s.Deliver(ctx, &b)
	must(t, err)
	return b.letters
}

// linkTo asks for the way back and returns the path of the link that came.
func (s *site) linkTo(t testing.TB, email string) string {
	t.Helper()
	s.pass(5 * time.Minute)
	must(t, s.RequestLink(ctx, email, "en"))
	for _, l := range s.mail(t) {
		if l.Kind == issuer.MailLink && strings.EqualFold(l.To, email) {
			return strings.TrimPrefix(l.Link, base)
		}
	}
	t.Fatalf("no link came for %s", email)
	return ""
}

// enter opens a learner's page and returns the cookie of the session.
func (s *site) enter(t testing.TB, email string) string {
	t.Helper()
	w := s.call("POST", s.linkTo(t, email), "")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return sessionOf(t, w)
}

func sessionOf(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	for _, c := range w.Result().Cookies() {
		if c.Name == "merkki-learner" && c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.Path == "/" {
			return c.Name + "=" + c.Value
		}
	}
	t.Fatalf("no session in %v", w.Header())
	return ""
}

const urlencoded = "Content-Type: application/x-www-form-urlencoded"

// TestClaim: the link of the first mail shows itself to scanners, opens the page
// once, and afterwards says so with the way back.
func TestClaim(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	r := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino, Mail: true})
	path := strings.TrimPrefix(s.mail(t)[0].Link, base)
	for range 3 {
		w := s.call("GET", path, "", "Accept: text/html")
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Aino Virtanen") || len(w.Result().Cookies()) != 0 {
			t.Fatalf("GET: %d, cookies %v", w.Code, w.Result().Cookies())
		}
		if c := w.Header().Get("Cache-Control"); c != "no-store" {
			t.Errorf("Cache-Control %q", c)
		}
		if p := w.Header().Get("Referrer-Policy"); p != "no-referrer" {
			t.Errorf("Referrer-Policy %q", p)
		}
	}
	if w := s.call("POST", path, "", "Sec-Fetch-Site: cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("another site could use the link: %d", w.Code)
	}
	w := s.call("POST", path, "go=pdf", urlencoded)
	cookie := sessionOf(t, w)
	if to := w.Header().Get("Location"); to != "/my/file/"+r.ID+".pdf" {
		t.Fatalf("leads to %q", to)
	}
	if w := s.call("GET", w.Header().Get("Location"), "", "Cookie: "+cookie); w.Code != http.StatusOK || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("the certificate: %d", w.Code)
	}
	for _, method := range []string{"GET", "POST"} {
		w := s.call(method, path, "", "Accept: text/html")
		if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `href="/my/link"`) {
			t.Errorf("%s afterwards: %d %s", method, w.Code, w.Body)
		}
		never := s.call(method, "/claim/"+strings.Repeat("A", 43), "", "Accept: text/html")
		if same := strings.ReplaceAll(w.Body.String(), path, "/claim/"+strings.Repeat("A", 43)); never.Body.String() != same || never.Code != w.Code {
			t.Errorf("a used link and one that never was differ")
		}
	}
	if w := s.call("GET", path, "", "Accept: text/html", "Cookie: "+cookie); !strings.Contains(w.Body.String(), `href="/my"`) {
		t.Errorf("with a session there is no way to the page: %s", w.Body)
	}
}

// TestMyPages: everything below /my needs a session, shows what its learner holds
// and nothing of anybody else, and is closed by its button.
func TestMyPages(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, true)
	mine := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino, ValidUntil: "2028-12-31"})
	theirs := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Eino", Email: "eino@example.org"}})
	for _, path := range []string{"/my", "/my/all.zip", "/my/file/" + mine.ID + ".pdf"} {
		w := s.call("GET", path, "", "Accept: text/html")
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `action="/my/link"`) || strings.Contains(w.Body.String(), "Aino") {
			t.Errorf("%s without a session: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/my/address", "/my/mail"} {
		if w := s.call("POST", path, "email=x@y.z", urlencoded); w.Code != http.StatusForbidden {
			t.Errorf("POST %s without a session: %d", path, w.Code)
		}
	}
	cookie := "Cookie: " + s.enter(t, aino.Email)
	page := s.call("GET", "/my", "", cookie)
	for want, is := range map[string]bool{"Data Analytics": true, mine.ID: true, theirs.ID: false, "linkedin.com": true, `href="/my/` + mine.ID + `"`: true} {
		if strings.Contains(page.Body.String(), want) != is {
			t.Errorf("the page has %q: %v, want %v", want, !is, is)
		}
	}
	for form, kind := range map[string]string{"json": "application/vc", "pdf": "application/pdf", "png": "image/png", "svg": "image/svg+xml"} {
		if w := s.call("GET", "/my/file/"+mine.ID+"."+form, "", cookie); w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", form, w.Code, w.Header())
		}
	}
	for _, path := range []string{"/my/file/" + theirs.ID + ".json", "/my/file/" + mine.ID + ".exe", "/my/file/" + mine.ID, "/my/file/x"} {
		if w := s.call("GET", path, "", cookie); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	s.call("POST", "/my/mail", "mail=stop", cookie, urlencoded)
	if w := s.call("GET", "/my", "", cookie); !strings.Contains(w.Body.String(), `value="start"`) {
		t.Errorf("mail is not stopped")
	}
	if w := s.call("POST", "/my/leave", "", cookie); w.Code != http.StatusSeeOther {
		t.Errorf("leaving: %d", w.Code)
	}
	if w := s.call("GET", "/my", "", cookie); w.Code != http.StatusForbidden {
		t.Errorf("the session works after it was closed: %d", w.Code)
	}
}

// TestSendLink: the answer is the same, byte for byte, for who is known and who is
// not; one mail goes out; and asking has a bound.
func TestSendLink(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	ask := func(email string, headers ...string) *httptest.ResponseRecorder {
		return s.call("POST", "/my/link", url.Values{"email": {email}}.Encode(), append(headers, urlencoded, "Accept-Language: sv")...)
	}
	known, unknown := ask("AINO@example.org"), ask("nobody@example.org")
	if known.Code != http.StatusOK || known.Body.String() != unknown.Body.String() {
		t.Errorf("answers differ: %d and %d", known.Code, unknown.Code)
	}
	known.Header().Del("X-Request-Id")
	unknown.Header().Del("X-Request-Id")
	if a, b := headerText(known), headerText(unknown); a != b {
		t.Errorf("headers differ:\n%s\n%s", a, b)
	}
	got := s.mail(t)
	if len(got) != 1 || got[0].To != aino.Email || got[0].Lang != "sv" {
		t.Errorf("mails %+v", got)
	}
	for _, bad := range []string{"", "x", strings.Repeat("a", 300) + "@example.org"} {
		if w := ask(bad); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `role="alert"`) {
			t.Errorf("%.20q: %d", bad, w.Code)
		}
	}
	if w := ask("aino@example.org"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("the sixth in a minute: %d", w.Code)
	}
	s.pass(15 * time.Second)
	if w := ask("aino@example.org"); w.Code != http.StatusOK {
		t.Errorf("later: %d", w.Code)
	}
	if got := s.mail(t); len(got) != 0 {
		t.Errorf("a second mail within five minutes: %+v", got)
	}
}

func headerText(w *httptest.ResponseRecorder) string {
	var b bytes.Buffer
	_ = w.Header().Write(&b)
	return b.String()
}

// TestFurtherAddress, through the pages.
func TestFurtherAddress(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	cookie := "Cookie: " + s.enter(t, aino.Email)
	if w := s.call("POST", "/my/address", "email=nonsense", cookie, urlencoded); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("nonsense: %d", w.Code)
	}
	w := s.call("POST", "/my/address", "email=av%40private.example", cookie, urlencoded)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `role="status"`) {
		t.Errorf("%d", w.Code)
	}
	got := s.mail(t)
	if len(got) != 1 || got[0].To != "av@private.example" {
		t.Fatalf("%+v", got)
	}
	used := s.call("POST", strings.TrimPrefix(got[0].Link, base), "")
	if used.Header().Get("Location") != "/my?confirmed" {
		t.Fatalf("%d %v", used.Code, used.Header())
	}
	page := s.call("GET", "/my?confirmed", "", "Cookie: "+s.enter(t, "av@private.example"))
	if !strings.Contains(page.Body.String(), "av@private.example") || !strings.Contains(page.Body.String(), "Data Analytics") {
		t.Errorf("%s", page.Body)
	}
}

// TestSecretsAreNotLogged: neither the secret of a link, nor an address, nor a
// session stands in the log.
func TestSecretsAreNotLogged(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	var log bytes.Buffer
	w, err := web.New(web.Config{Service: s.Service, BaseURL: base, Lang: "en", Now: s.clock, Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Verifier: func(context.Context) (*verifier.Verifier, error) { return s.Verifier(nil, nil, nil), nil }})
	must(t, err)
	s.web = w
	path := s.linkTo(t, aino.Email)
	s.call("GET", path, "")
	cookie := sessionOf(t, s.call("POST", path, ""))
	s.call("GET", "/my", "", "Cookie: "+cookie)
	s.call("POST", "/my/link", "email=aino%40example.org", urlencoded)
	s.web.Wait()
	_, session, _ := strings.Cut(cookie, "=")
	for _, secret := range []string{strings.TrimPrefix(path, "/claim/"), session, "aino"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "/claim/:token") {
		t.Errorf("the log does not have the requests:\n%s", log.String())
	}
}

// TestArchive: everything as one zip, in which a verifier without a network finds
// all it asks for; a second one of the same moment is the same.
func TestArchive(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, true)
	_, err := s.EditInstitution(ctx, local, s.inst.ID, issuer.Edit{Formats: []string{"eddsa-rdfc-2022", "ecdsa-sd-2023", "vc-jwt"}})
	must(t, err)
	valid := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	revoked := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino, Language: "fi"})
	_, err = s.ChangeStatus(ctx, local, revoked.ID, revoke)
	must(t, err)
	cookie := "Cookie: " + s.enter(t, aino.Email)
	first := s.call("GET", "/my/all.zip", "", cookie)
	second := s.call("GET", "/my/all.zip", "", cookie)
	if first.Code != http.StatusOK || !bytes.Equal(first.Body.Bytes(), second.Body.Bytes()) {
		t.Errorf("%d; two archives of one moment are equal: %v", first.Code, bytes.Equal(first.Body.Bytes(), second.Body.Bytes()))
	}
	if keep := os.Getenv("MERKKI_PICTURES"); keep != "" {
		must(t, os.WriteFile(filepath.Join(keep, "all.zip"), first.Body.Bytes(), 0o600))
	}
	files := unzip(t, first.Body.Bytes())
	dir := t.TempDir()
	for name, b := range files {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	bundle, err := fetch.OpenBundle(filepath.Join(dir, "bundle.json"))
	must(t, err)
	source := fetch.NewStack(fetch.Rules{}, bundle)
	list, err := verifier.ParseTrustList(files["trust.json"], "trust.json")
	must(t, err)
	s.pass(400 * 24 * time.Hour) // a year later, for the moment of packing
	v := &verifier.Verifier{Contexts: jsonld.Embedded(), Resolver: did.New(did.FromSource(source)), Lists: verifier.FromSource(source),
		Trust: []verifier.TrustList{list}, Now: s.clock}
	at := s.clock().Add(-400 * 24 * time.Hour)
	for id, want := range map[string]verifier.Verdict{valid.ID: verifier.Valid, revoked.ID: verifier.Invalid} {
		for _, name := range []string{"credential.json", "credential.jwt", "certificate.pdf", "badge.png", "badge.svg"} {
			b, ok := files[id+"/"+name]
			if !ok {
				t.Errorf("%s lacks %s", id, name)
				continue
			}
			rep, err := v.Verify(ctx, verifier.Request{Input: b, At: at})
			must(t, err)
			if rep.Verdict != want {
				t.Errorf("%s: %s, want %s: %+v", name, rep.Verdict, want, rep.Primary)
			}
		}
		if _, ok := files[id+"/for-the-holder.json"]; !ok {
			t.Errorf("the holder's copy is not there")
		}
	}
	page := string(files["index.html"])
	if strings.Contains(page, "<script") || strings.Contains(page, `="http`) || strings.Contains(page, `="/`) {
		t.Errorf("the page needs something beside it:\n%s", page)
	}
	for _, href := range hrefs(page) {
		if _, ok := files[href]; !ok {
			t.Errorf("the page leads to %s, which is not there", href)
		}
	}
}

func unzip(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	must(t, err)
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		files[f.Name], err = io.ReadAll(r)
		must(t, err)
	}
	return files
}

func hrefs(page string) (all []string) {
	for _, part := range strings.Split(page, `href="`)[1:] {
		href, _, _ := strings.Cut(part, `"`)
		all = append(all, href)
	}
	return all
}

// TestLinkedIn holds the address against what LinkedIn is known to read: the
// month is 1 to 12, number or name but not both, everything encoded.
func TestLinkedIn(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		must(t, err)
		return d
	}
	r := issuer.Record{ID: "7K2MQ9D4X1TBN8RWZ03FHJ5V6P", URL: base + "/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P"}
	for _, c := range []struct {
		name, institution, number string
		awarded, until            time.Time
		want                      string
	}{
		{"Data & Energy + 100 %?", "Åbo #1", "", day("2026-01-31"), time.Time{},
			"startTask=CERTIFICATION_NAME&name=Data%20%26%20Energy%20%2B%20100%20%25%3F&organizationName=%C3%85bo%20%231&issueYear=2026&issueMonth=1"},
		{"x", "y", "162479", day("2026-12-01"), day("2028-10-05"),
			"startTask=CERTIFICATION_NAME&name=x&organizationId=162479&issueYear=2026&issueMonth=12&expirationYear=2028&expirationMonth=10"},
	} {
		f := publish.Facts{Achievement: publish.Achievement{Name: c.name}, Awarded: c.awarded, ValidUntil: c.until}
		want := "https://www.linkedin.com/profile/add?" + c.want + "&certUrl=https%3A%2F%2Fbadges.example%2Fc%2F7K2MQ9D4X1TBN8RWZ03FHJ5V6P&certId=7K2MQ9D4X1TBN8RWZ03FHJ5V6P"
		if got := web.LinkedIn(f, r, c.institution, c.number); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// TestRecordsSayWhatWasMailed: "mail":true in the API, and what became of it.
func TestRecordsSayWhatWasMailed(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	body, err := json.Marshal(map[string]any{"achievement": a.ID, "mail": true, "recipient": map[string]string{"name": "Aino", "email": "aino@example.org"}})
	must(t, err)
	made := object(t, s.tell("POST", "/api/v1/credentials", string(body)))
	id, _ := made["id"].(string)
	state := func() string {
		mails, _ := object(t, s.tell("GET", "/api/v1/credentials/"+id, ""))["mails"].([]any)
		if len(mails) != 1 {
			t.Fatalf("mails: %v", mails)
		}
		return mails[0].(map[string]any)["state"].(string)
	}
	if got := state(); got != "waiting" {
		t.Errorf("at first %s", got)
	}
	s.mail(t)
	if got := state(); got != "sent" {
		t.Errorf("then %s", got)
	}
	mails := object(t, s.tell("GET", "/api/v1/credentials/"+id, ""))["mails"].([]any)
	mail := mails[0].(map[string]any)["id"].(string)
	if w := s.tell("POST", "/api/v1/mails/"+mail+"/bounced", `{"code":"5.1.1"}`); w.Code != http.StatusNoContent {
		t.Errorf("bounced: %d %s", w.Code, w.Body)
	}
	if got := state(); got != "bounced" {
		t.Errorf("in the end %s", got)
	}
}
