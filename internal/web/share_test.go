package web_test

import (
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// sharer is a gallery with one more credential, which has everything that can be
// hidden and a holder's copy, and the session of its learner.
type sharer struct {
	gallery
	r      issuer.Record
	who    issuer.Digest
	cookie string
}

// hidden are values that stand in the credential alone, by part.
var hidden = map[string]string{"name": "Salla Kätkö", "results": "LOWEST-PASS", "evidence": "hidden-evidence"}

func newSharer(t testing.TB, formats ...string) sharer {
	t.Helper()
	g := newGallery(t, false)
	_, err := g.EditInstitution(ctx, local, g.inst.ID, issuer.Edit{Formats: formats})
	must(t, err)
	a, err := g.Achievement(ctx, g.valid.Achievement)
	must(t, err)
	evidence, err := schema.Parse([]byte(`{"id":"https://evidence.example/hidden-evidence","type":["Evidence"],"name":"Work in hidden-evidence"}`), schema.Limits{})
	must(t, err)
	r := g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: issuer.Recipient{Name: hidden["name"], Email: aino.Email}, HashedEmail: true,
		Result: []schema.Value{grade(t, a, hidden["results"])}, Evidence: []schema.Value{evidence.Root()}})
	cookie, who := g.session(t, aino.Email)
	return sharer{g, r, who, cookie}
}

// share makes a link and returns the path of its page.
func (s sharer) share(t testing.TB, limited bool, shows ...string) (path, id string) {
	t.Helper()
	sh, err := s.MakeShare(ctx, s.who, s.r.ID, issuer.NewShare{Label: "for Acme", Until: s.clock().Add(30 * 24 * time.Hour), Limited: limited, Shows: shows, Close: limited})
	must(t, err)
	return "/s/" + strings.ToLower(sh.Token), sh.ID
}

var (
	inHTML   = regexp.MustCompile(`(?:href|src|action|content|srcset|data)="([^"]*)"`)
	anywhere = regexp.MustCompile(`https?://[^\s"'<>\\)]+`)
)

// addresses are all that an answer names, in its headers and its body: written
// as links, or just written.
func addresses(w *httptest.ResponseRecorder) (all []string) {
	var head strings.Builder
	_ = w.Header().Write(&head)
	text := head.String() + w.Body.String()
	for _, m := range inHTML.FindAllStringSubmatch(text, -1) {
		all = append(all, html.UnescapeString(m[1]))
	}
	for _, m := range regexp.MustCompile(`<([^>]*)>; rel=`).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	all = append(all, w.Header().Get("Location"), w.Header().Get("Content-Location"))
	return append(all, anywhere.FindAllString(text, -1)...)
}

// crawl follows every address of this service that it finds, in every form that
// an address may have, and gives every answer to see.
func (s *site) crawl(start string, see func(path string, w *httptest.ResponseRecorder)) (pages int) {
	seen, queue := map[string]bool{}, []string{start}
	add := func(path string) {
		if !seen[path] && len(seen) < 3000 {
			seen[path] = true
			queue = append(queue, path)
		}
	}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		for _, accept := range []string{"text/html", "application/vc", "application/pdf"} {
			s.pass(time.Second)
			w := s.call("GET", path, "", "Accept: "+accept)
			pages++
			see(path, w)
			for _, a := range addresses(w) {
				u, err := url.Parse(a)
				if err != nil || u.Host != "" && u.Scheme+"://"+u.Host != base || !strings.HasPrefix(u.Path, "/") {
					continue
				}
				add(u.RequestURI())
				if strings.HasPrefix(u.Path, "/c/") || strings.HasPrefix(u.Path, "/s/") { // what a curious reader tries next
					for _, suffix := range []string{".json", ".jwt", ".html", ".pdf", ".png", ".svg", ".qr.svg", ".preview.png", ".card.html"} {
						add(strings.TrimSuffix(u.Path, ".json") + suffix)
					}
				}
			}
		}
	}
	return pages
}

// TestCrawlersFindNothingHidden: whatever a limited link hides cannot be reached
// by following addresses from it, be it of a credential of which a part can be
// signed or not.
func TestCrawlersFindNothingHidden(t *testing.T) {
	for _, formats := range [][]string{{"eddsa-rdfc-2022", "ecdsa-sd-2023", "vc-jwt"}, {"eddsa-rdfc-2022"}} {
		for _, shows := range [][]string{nil, {"name"}, {"results", "evidence"}} {
			s := newSharer(t, formats...)
			for _, r := range []issuer.Record{s.valid, s.revoked, s.expired, s.suspended} { // hers as well, with the same name
				_, err := s.Choose(ctx, s.who, r.ID, issuer.Closed)
				must(t, err)
			}
			path, _ := s.share(t, true, shows...)
			reached := map[string]bool{}
			n := s.crawl(path, func(at string, w *httptest.ResponseRecorder) {
				var b strings.Builder
				_ = w.Header().Write(&b)
				b.Write(w.Body.Bytes())
				if strings.HasPrefix(at, "/c/") && w.Code == 200 && !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					t.Errorf("%v %v: %s hands out %s", formats, shows, at, w.Header().Get("Content-Type"))
				}
				for part, value := range hidden {
					if !strings.Contains(b.String(), value) {
						continue
					}
					reached[part] = true
					if !strings.Contains(strings.Join(shows, " "), part) {
						t.Errorf("%v %v: %s says %q", formats, shows, at, value)
					}
				}
			})
			if n < 30 {
				t.Errorf("the crawler saw %d pages only", n)
			}
			for _, part := range shows {
				if !reached[part] {
					t.Errorf("%v: %s is shown nowhere", shows, part)
				}
			}
		}
	}
}

// TestTheCrawlerFinds: it is not for want of looking; a full link of an open
// credential leads to everything.
func TestTheCrawlerFinds(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022")
	path, _ := s.share(t, false)
	found := map[string]bool{}
	s.crawl(path, func(_ string, w *httptest.ResponseRecorder) {
		for part, value := range hidden {
			found[part] = found[part] || strings.Contains(w.Body.String(), value)
		}
	})
	if len(found) != 3 || !found["name"] || !found["results"] || !found["evidence"] {
		t.Errorf("found %v", found)
	}
}

// TestSharedPage: a link opens a dated statement, tells search engines and caches
// to stay away, previews neutrally, and hands out a file that any verifier finds
// valid, where there is one.
func TestSharedPage(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022", "ecdsa-sd-2023")
	path, id := s.share(t, true, "results")
	w := s.call("GET", path, "", "Accept: text/html")
	body := w.Body.String()
	for _, want := range []string{"Unchanged and in force", "states on", "the name of the person", "LOWEST-PASS", "<title>A credential shared with you</title>", `content="noindex"`, path + ".json"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q:\n%s", want, body)
		}
	}
	for name, want := range map[string]string{"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "ETag": "", "Link": "", "Access-Control-Allow-Origin": ""} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(body, "og:") && !strings.Contains(body, `property="og:title" content="A credential shared with you"`) {
		t.Errorf("the preview is not neutral:\n%s", body)
	}
	file := s.call("GET", path, "", "Accept: application/vc").Body.Bytes()
	rep, err := s.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: file})
	if err != nil || rep.Verdict != verifier.Valid {
		t.Errorf("its file: %v, %v", rep.Verdict, err)
	}
	_, err = s.ChangeStatus(ctx, local, s.r.ID, issuer.StatusChange{Action: "revoke", Reason: "Reason that names Eino."})
	must(t, err)
	if body := s.call("GET", path, "", "Accept: text/html").Body.String(); !strings.Contains(body, "Withdrawn") || strings.Contains(body, "Eino") {
		t.Errorf("after the withdrawal:\n%s", body)
	}
	s.call("HEAD", path, "", "Accept: text/html")
	all, err := s.Shares(ctx, s.who, s.r.ID)
	must(t, err)
	if len(all) != 1 || all[0].ID != id || all[0].Views != 2 {
		t.Errorf("%+v: want 2 views of one link", all)
	}

	plain := newSharer(t, "eddsa-rdfc-2022")
	path, _ = plain.share(t, true)
	if body := plain.call("GET", path, "", "Accept: text/html").Body.String(); !strings.Contains(body, "signed as a whole only") || strings.Contains(body, path+".json") {
		t.Error("the page of what was signed as a whole does not say so")
	}
	if w := plain.call("GET", path+".json", ""); w.Code != 404 {
		t.Errorf("a signed part of what was signed as a whole: %d", w.Code)
	}
}

// TestEndedLinksAreLikeNothing: a link that was ended, has run out, or shows a
// part of what was opened or withheld since is answered in the bytes of one that
// never was.
func TestEndedLinksAreLikeNothing(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022", "ecdsa-sd-2023")
	end := map[string]func(path, id string){
		"ended": func(_, id string) { must(t, s.EndShare(ctx, s.who, s.r.ID, id)) },
		"opened": func(_, _ string) {
			_, err := s.Choose(ctx, s.who, s.r.ID, issuer.ByLink)
			must(t, err)
		},
		"withheld": func(_, _ string) { _, err := s.Withhold(ctx, local, s.r.ID, true); must(t, err) },
		"run out":  func(_, _ string) { s.pass(31 * 24 * time.Hour) },
	}
	for _, how := range []string{"ended", "opened", "withheld", "run out"} {
		_, err := s.Withhold(ctx, local, s.r.ID, false)
		must(t, err)
		path, id := s.share(t, true, "name")
		if w := s.call("GET", path, "", "Accept: text/html"); w.Code != 200 {
			t.Fatalf("%s: at first %d", how, w.Code)
		}
		end[how](path, id)
		never := "/s/" + strings.ToLower(issuer.NewID())
		for _, accept := range []string{"text/html", "application/vc", "*/*"} {
			for _, suffix := range []string{"", ".json", ".pdf"} {
				s.pass(time.Minute)
				want := plain(s.call("GET", never+suffix, "", "Accept: "+accept), strings.ToUpper(never[3:]))
				got := plain(s.call("GET", path+suffix, "", "Accept: "+accept), strings.ToUpper(path[3:]))
				if got != want {
					t.Errorf("%s, %s %s:\n%s\nand of one that never was\n%s", how, suffix, accept, got, want)
				}
			}
		}
	}
}

// TestGuessing: 10,000 guesses find nothing, and after twenty a client has to
// wait, at the right address too; others do not.
func TestGuessing(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022")
	path, _ := s.share(t, false)
	codes := map[int]int{}
	for range 10_000 {
		codes[s.call("GET", "/s/"+issuer.NewID(), "", "Accept: text/html").Code]++
	}
	if codes[404] != 20 || codes[429] != 9_980 {
		t.Errorf("answers: %v, want 20 times 404, else 429", codes)
	}
	w := s.call("GET", path, "", "Accept: text/html")
	if w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("the right link, after guessing: %d", w.Code)
	}
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = "198.51.100.7:1"
	r.Header.Set("Accept", "text/html")
	other := httptest.NewRecorder()
	s.web.Public().ServeHTTP(other, r)
	if other.Code != 200 {
		t.Errorf("for somebody else: %d", other.Code)
	}
	s.pass(time.Minute)
	for n := range 50 { // who has a link may open it as often as they like
		if w := s.call("GET", path, "", "Accept: text/html"); w.Code != 200 {
			t.Fatal(fmt.Sprint("time ", n, ": "), w.Code)
		}
	}
}
