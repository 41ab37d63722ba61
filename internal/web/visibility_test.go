package web_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/issuer"
)

// session opens a learner's page the way a learner does, through a link by mail,
// and returns the cookie and whose it is.
func (s *site) session(t testing.TB, email string) (cookie string, who issuer.Digest) {
	t.Helper()
	cookie = s.enter(t, email)
	_, secret, _ := strings.Cut(cookie, "=")
	who, err := s.Learner(ctx, secret)
	must(t, err)
	return cookie, who
}

const nobody = "00000000000000000000000000"

// asks are all the ways in which the world can ask for a credential by its
// number: one for each public route and form, whatever the method and headers.
func asks(id, tag string) (all []ask) {
	for _, suffix := range []string{"", ".html", ".json", ".jwt", ".pdf", ".png", ".svg", ".qr.svg", ".qr.png", ".preview.png", ".card.html", ".gif", "/report"} {
		all = append(all, ask{"GET", "/c/" + id + suffix, "", nil}, ask{"HEAD", "/c/" + id + suffix, "", nil},
			ask{"GET", "/c/" + id + suffix, "", []string{"Accept: text/html"}},
			ask{"GET", "/c/" + id + suffix, "", []string{"If-None-Match: *"}},
			ask{"GET", "/c/" + id + suffix, "", []string{"If-None-Match: " + tag}})
	}
	for _, accept := range []string{"application/vc", "application/ld+json", "application/vc+jwt", "application/pdf", "image/png", "image/svg+xml", "application/json", "text/plain", "*/*"} {
		all = append(all, ask{"GET", "/c/" + id, "", []string{"Accept: " + accept}})
	}
	at := base + "/c/" + id
	for _, html := range []string{"text/html", "application/json"} {
		all = append(all,
			ask{"GET", "/C/" + strings.ToLower(id), "", []string{"Accept: " + html}},
			ask{"GET", "/c/" + id[:4] + "-" + id[4:], "", []string{"Accept: " + html}},
			ask{"GET", "/oembed?url=" + url.QueryEscape(at), "", []string{"Accept: " + html}},
			ask{"GET", "/oembed?format=xml&url=" + url.QueryEscape(at), "", []string{"Accept: " + html}},
			ask{"POST", "/verify", `{"url":"` + at + `"}`, []string{"Accept: " + html, "Content-Type: application/json"}},
			ask{"POST", "/verify", `{"url":"` + at + `.jwt"}`, []string{"Accept: " + html, "Content-Type: application/json"}},
			ask{"POST", "/verify", formBody("text", id), []string{"Accept: " + html, "Content-Type: multipart/form-data; boundary=x"}},
			ask{"POST", "/verify", formBody("text", at), []string{"Accept: " + html, "Content-Type: multipart/form-data; boundary=x"}},
			ask{"POST", "/c/" + id + "/issued-to", "name=Aino+Virtanen", []string{"Accept: " + html, "Content-Type: application/x-www-form-urlencoded"}})
	}
	return all
}

type ask struct {
	method, path, body string
	headers            []string
}

func (a ask) String() string { return fmt.Sprint(a.method, " ", a.path, " ", a.body, " ", a.headers) }

func formBody(name, value string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n--x--\r\n"
}

// plain is everything of an answer but its date and reference, with the number
// asked for written as n.
func plain(w *httptest.ResponseRecorder, id string) string {
	var b strings.Builder
	fmt.Fprintln(&b, w.Code)
	ref := w.Header().Get("X-Request-Id")
	w.Header().Del("X-Request-Id")
	_ = w.Header().Write(&b)
	b.WriteString(w.Body.String())
	out := strings.ReplaceAll(b.String(), ref, "ref")
	for _, form := range []string{id, strings.ToLower(id), id[:4] + "-" + id[4:], strings.ToLower(id[:4] + "-" + id[4:])} {
		out = strings.ReplaceAll(out, form, "n")
	}
	return out
}

// TestWithheldIsLikeNothing: on every public route, in every form, with and
// without the learner's own session, a credential that is withheld is answered
// in the bytes of a number that was never given, and without more work.
func TestWithheldIsLikeNothing(t *testing.T) {
	g := newGallery(t, false)
	tag := g.call("GET", "/c/"+g.valid.ID+".json", "").Header().Get("ETag")
	cookie, _ := g.session(t, aino.Email)
	_, err := g.Withhold(ctx, local, g.valid.ID, true)
	must(t, err)
	never := asks(nobody, tag)
	for n, a := range asks(g.valid.ID, tag) {
		for _, extra := range [][]string{nil, {"Cookie: " + cookie}, {"Accept-Language: fi"}} {
			g.pass(20 * time.Second) // allowances fill again, the session goes on
			want := plain(g.call(never[n].method, never[n].path, never[n].body, append(never[n].headers, extra...)...), nobody)
			got := plain(g.call(a.method, a.path, a.body, append(a.headers, extra...)...), g.valid.ID)
			if got != want {
				t.Errorf("%s %v:\n%s\nand of a number never given\n%s", a, extra, got, want)
			}
		}
	}
	cost := func(id string) float64 {
		return testing.AllocsPerRun(50, func() { g.call("GET", "/c/"+id, "", "Accept: text/html") })
	}
	if is, was := cost(g.valid.ID), cost(nobody); is > 1.2*was {
		t.Errorf("a withheld one costs %.0f allocations, one that never was %.0f", is, was)
	}
	if rep := g.call("POST", "/verify", string(g.valid.Credential)); !strings.Contains(rep.Body.String(), `"verdict":"valid"`) {
		t.Errorf("its file: %s", rep.Body)
	}
	_, err = g.Withhold(ctx, local, g.valid.ID, false)
	must(t, err)
	if w := g.call("GET", "/c/"+g.valid.ID+".json", ""); w.Code != 200 {
		t.Errorf("after the order: %d", w.Code)
	}
}

// content are words of a credential that no answer about a closed one may hold.
var content = []string{"Aino", "Virtanen", "Data Analytics", "Energy", "2026-11-20", "20 November 2026", "EN.512", "Forecast", "%PDF", "urn:uuid", "oembed+"}

// TestClosedShowsNothing: no route has a word of a closed credential, no file, no
// preview; the page has its number, whether it is in force, and a question.
func TestClosedShowsNothing(t *testing.T) {
	g := newGallery(t, false)
	tag := g.call("GET", "/c/"+g.valid.ID+".json", "").Header().Get("ETag")
	cookie, who := g.session(t, aino.Email)
	records := []issuer.Record{g.valid, g.revoked, g.suspended, g.expired}
	for _, r := range records {
		_, err := g.Choose(ctx, who, r.ID, issuer.Closed)
		must(t, err)
		for _, a := range asks(r.ID, tag) {
			for _, extra := range [][]string{nil, {"Cookie: " + cookie}} {
				g.pass(10 * time.Second)
				w := g.call(a.method, a.path, a.body, append(a.headers, extra...)...)
				said := plain(w, r.ID)
				if strings.HasPrefix(a.path, "/c/"+r.ID+"/issued-to") {
					said = strings.ReplaceAll(said, "Aino Virtanen", "") // it repeats what was typed
				}
				for _, word := range content {
					if strings.Contains(said, word) {
						t.Errorf("%s of %s: %d says %q", a, r.State, w.Code, word)
					}
				}
				if w.Code == 304 {
					t.Errorf("%s: unchanged, it says", a)
				}
				if w.Code == 200 && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					t.Errorf("%s: 200 with %s", a, w.Header().Get("Content-Type"))
				}
			}
		}
	}
	for id, want := range map[string]string{g.valid.ID: "is in force", g.revoked.ID: "was withdrawn on", g.suspended.ID: "on hold since", g.expired.ID: "expired on"} {
		w := g.call("GET", "/c/"+id, "", "Accept: text/html")
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || w.Header().Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%d, want %q: %s", w.Code, want, w.Body)
		}
	}
	w := g.call("GET", "/c/"+g.valid.ID, "", "Accept: application/vc")
	if w.Code != 403 || object(t, w)["code"] != "CLOSED" {
		t.Errorf("a program is told %d", w.Code)
	}
}

// TestIssuedToAClosedOne: the question that an employer with a certificate from
// before asks, and how often.
func TestIssuedToAClosedOne(t *testing.T) {
	g := newGallery(t, false)
	_, who := g.session(t, aino.Email)
	question := func(r issuer.Record, name string, headers ...string) *httptest.ResponseRecorder {
		return g.call("POST", "/c/"+r.ID+"/issued-to", url.Values{"name": {name}}.Encode(), append(headers, "Accept: text/html", "Content-Type: application/x-www-form-urlencoded")...)
	}
	if w := question(g.valid, "Aino Virtanen"); w.Code != 303 || w.Header().Get("Location") != "/c/"+g.valid.ID {
		t.Errorf("asked of an open one: %d %s", w.Code, w.Header().Get("Location"))
	}
	for _, r := range []issuer.Record{g.valid, g.revoked} {
		_, err := g.Choose(ctx, who, r.ID, issuer.Closed)
		must(t, err)
	}
	for _, c := range []struct {
		r          issuer.Record
		name, says string
		code       int
	}{
		{g.valid, "aino  virtanen", "Yes: it is issued to aino  virtanen.", 200},
		{g.valid, "Eino Virtanen", "No: it is not issued to Eino Virtanen.", 200},
		{g.valid, "", "Type a name", 422},
		{g.valid, strings.Repeat("x", 201), "Type a name", 422},
		{g.valid, "<script>alert(1)</script>", "No: it is not issued to &lt;script&gt;", 200},
		{g.revoked, "Virtanen, Aino", "It is issued to Virtanen, Aino, but see below.", 200},
	} {
		w := question(c.r, c.name)
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: %d %s, want %d %q:\n%s", c.name, w.Code, w.Header().Get("Cache-Control"), c.code, c.says, w.Body)
		}
	}
	g.pass(time.Minute)
	told := 0
	for n := range 100 {
		w := question(g.valid, fmt.Sprint("Guess ", n))
		if w.Code == 200 {
			told++
		} else if w.Code != 429 || w.Header().Get("Retry-After") == "" {
			t.Fatalf("%d", w.Code)
		}
	}
	if told != 5 {
		t.Errorf("%d of 100 guesses in a minute were answered, want 5", told)
	}
	g.pass(time.Minute)
	if w := question(g.valid, "Aino Virtanen"); w.Code != 200 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

// TestPublicMayBeFound: what its learner made public says no noindex any more.
func TestPublicMayBeFound(t *testing.T) {
	g := newGallery(t, false)
	_, who := g.session(t, aino.Email)
	for v, want := range map[issuer.Visibility]bool{issuer.ByLink: true, issuer.Public: false} {
		_, err := g.Choose(ctx, who, g.valid.ID, v)
		must(t, err)
		w := g.call("GET", "/c/"+g.valid.ID, "", "Accept: text/html")
		if got := strings.Contains(w.Body.String(), `content="noindex"`); got != want || (w.Header().Get("X-Robots-Tag") == "noindex") != want {
			t.Errorf("%q: noindex %v, want %v", v, got, want)
		}
	}
}

// TestWithheldPaper: the certificate that the holder gets of a withheld credential
// leads nobody to it, in letters or as a code, and is verified by itself.
func TestWithheldPaper(t *testing.T) {
	g := newGallery(t, false)
	cookie, _ := g.session(t, aino.Email)
	paper := func() []byte {
		w := g.call("GET", "/my/file/"+g.valid.ID+".pdf", "", "Cookie: "+cookie)
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Body.Bytes()
	}
	read := func(b []byte) (text, code string) {
		file := filepath.Join(t.TempDir(), "certificate")
		must(t, os.WriteFile(file+".pdf", b, 0o600))
		text = run(t, judge.Command(t, "pdftotext", "Debian package poppler-utils"), "-layout", file+".pdf", "-")
		run(t, judge.Command(t, "pdftoppm", "Debian package poppler-utils"), "-r", "150", "-png", "-singlefile", file+".pdf", file)
		found, _ := exec.Command(judge.Command(t, "zbarimg", "Debian package zbar-tools"), "--raw", "-q", file+".png").Output()
		return text, string(found)
	}
	if text, code := read(paper()); !strings.Contains(text, groups(g.valid.ID)) || code == "" {
		t.Fatalf("by link, the paper has no number or no code: %q %q", text, code)
	}
	_, err := g.Withhold(ctx, local, g.valid.ID, true)
	must(t, err)
	file := paper()
	text, code := read(file)
	if !strings.Contains(text, "Aino Virtanen") || code != "" {
		t.Errorf("withheld, the paper has the code %q, and says:\n%s", code, text)
	}
	for _, trace := range []string{"badges.example", groups(g.valid.ID), g.valid.ID} {
		if strings.Contains(text, trace) {
			t.Errorf("withheld, the paper says %s:\n%s", trace, text)
		}
	}
	if w := g.call("POST", "/verify", string(file), "Content-Type: application/pdf"); !strings.Contains(w.Body.String(), `"verdict":"valid"`) {
		t.Errorf("its file: %s", w.Body)
	}
}
