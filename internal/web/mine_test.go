package web_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"merkki/issuer"
)

func init() { otherStates = append(otherStates, mineStates) }

// mineStates are a learner's pages of single credentials, closed credentials and
// shared ones.
func mineStates(t testing.TB, g gallery) []state {
	t.Helper()
	a := g.add(t, strings.ReplaceAll(energy, "urn:example:energy", "urn:example:mine"), true)
	award := func() issuer.Record {
		d := issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Salla Kätkö", Email: "salla@example.org"}, Language: "en"}
		d.Result = append(d.Result, grade(t, a, "4"))
		return g.award(t, d)
	}
	open, shut, gone, hidden := award(), award(), award(), award()
	cookie, who := g.session(t, "salla@example.org")
	choose := func(r issuer.Record, v issuer.Visibility) {
		_, err := g.Choose(ctx, who, r.ID, v)
		must(t, err)
	}
	choose(shut, issuer.Closed)
	choose(gone, issuer.Closed)
	_, err := g.Withhold(ctx, local, hidden.ID, true)
	must(t, err)
	_, err = g.ChangeStatus(ctx, local, gone.ID, revoke)
	must(t, err)
	share := func(r issuer.Record, label string, days int, limited bool) string {
		sh, err := g.MakeShare(ctx, who, r.ID, issuer.NewShare{Label: label, Until: g.clock().Add(time.Duration(days) * 24 * time.Hour), Limited: limited})
		must(t, err)
		return "/s/" + strings.ToLower(sh.Token)
	}
	full, part := share(open, "Acme, 2027", 30, false), share(shut, "Acme, 2027", 90, true)
	q, err := g.AskCorrection(ctx, who, shut.ID, "Kätko", "Kätkö")
	must(t, err)
	_, err = g.DecideRequest(ctx, local, q.ID, false, "Kätkö = Kätkö.")
	must(t, err)
	_, err = g.AskCorrection(ctx, who, gone.ID, "Salla", "Salla-Maria")
	must(t, err)
	ask := func(name string) []step {
		return []step{{Action: "/c/" + shut.ID + "/issued-to", Fill: map[string]string{"name": name}}}
	}
	mine := "/my/" + open.ID
	link := map[string]string{"label": "Acme, 2027"}
	return []state{
		{Name: "mine", Path: mine, Cookie: cookie, Big: true},
		{Name: "mine-closed", Path: "/my/" + shut.ID, Cookie: cookie},
		{Name: "mine-revoked", Path: "/my/" + gone.ID, Cookie: cookie},
		{Name: "mine-withheld", Path: "/my/" + hidden.ID, Cookie: cookie},
		{Name: "mine-saved", Path: mine, Cookie: cookie, Steps: []step{{Action: mine + "/visibility"}}},
		{Name: "mine-made", Path: mine, Cookie: cookie, Steps: []step{{Action: mine + "/shares", Fill: link}}},
		{Name: "mine-no-link", Path: mine, Cookie: cookie, Steps: []step{{Action: mine + "/shares", Fill: map[string]string{"label": "Acme, 2027", "shows": "some"}}}},
		{Name: "mine-stranger", Path: mine},
		{Name: "closed", Path: "/c/" + shut.ID, Big: true},
		{Name: "closed-revoked", Path: "/c/" + gone.ID},
		{Name: "closed-yes", Path: "/c/" + shut.ID, Steps: ask("Kätkö, Salla")},
		{Name: "closed-no", Path: "/c/" + shut.ID, Steps: ask("Salla Katkö")},
		{Name: "closed-yes-revoked", Path: "/c/" + gone.ID, Steps: []step{{Action: "/c/" + gone.ID + "/issued-to", Fill: map[string]string{"name": "Salla Kätkö"}}}},
		{Name: "closed-file", Path: "/c/" + shut.ID + ".pdf"},
		{Name: "withheld", Path: "/c/" + hidden.ID},
		{Name: "shared", Path: full},
		{Name: "shared-part", Path: part},
		{Name: "shared-gone", Path: "/s/" + nobody},
	}
}

// TestMine is what a learner does with one credential, by the forms of the page.
func TestMine(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022", "ecdsa-sd-2023")
	at := "/my/" + s.r.ID
	ask := func(path string) *httptest.ResponseRecorder {
		return s.call("GET", path, "", "Accept: text/html", "Cookie: "+s.cookie)
	}
	send := func(path string, form url.Values) *httptest.ResponseRecorder {
		return s.call("POST", at+path, form.Encode(), "Accept: text/html", urlencoded, "Cookie: "+s.cookie)
	}
	says := func(what string, w *httptest.ResponseRecorder, code int, words ...string) {
		t.Helper()
		if w.Code != code || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %q, want %d no-store", what, w.Code, w.Header().Get("Cache-Control"), code)
		}
		for _, word := range words {
			if !strings.Contains(w.Body.String(), word) {
				t.Errorf("%s: lacks %q:\n%s", what, word, w.Body)
			}
		}
	}
	says("at first", ask(at), 200, `value="link" aria-describedby="v-link-text" checked`, "No link has been made")
	says("nothing chosen", send("/visibility", url.Values{}), 303)
	says("not for learners", send("/visibility", url.Values{"visibility": {"withheld"}}), 422)
	some := url.Values{"label": {"for Acme"}, "days": {"7"}, "shows": {"some"}, "part": {"results"}}
	says("not closed", send("/shares", some), 422, "also tick", `value="for Acme"`, `value="results" checked`)
	says("no label", send("/shares", url.Values{"label": {" "}}), 422, "Say for whom")
	some.Set("close", "yes")
	made := send("/shares", some)
	says("closed and made", made, 200, base+"/s/", "shown this once", "leaves out: the name of the person, evidence", "works until 4 December 2026")
	says("its page", ask("/c/"+s.r.ID), 200, "closed")
	link := made.Body.String()
	link = link[strings.Index(link, base+"/s/"):]
	link = strings.TrimPrefix(link[:strings.IndexByte(link, '"')], base)
	says("the link", s.call("GET", link, "", "Accept: text/html"), 200, "LOWEST-PASS")
	w := send("/visibility", url.Values{"visibility": {"public"}})
	says("opened", w, 303)
	says("and back", ask(w.Header().Get("Location")), 200, "Saved.", "does not work: the address is not closed", "opened once")
	all, err := s.Shares(ctx, s.who, s.r.ID)
	must(t, err)
	says("ended", send("/shares/end", url.Values{"share": {all[0].ID}}), 303)
	says("ended twice", send("/shares/end", url.Values{"share": {all[0].ID}}), 404)

	says("half a request", send("/corrections", url.Values{"wrong": {"My name"}}), 422, "Fill in both", "My name")
	says("a request", send("/corrections", url.Values{"wrong": {"My name"}, "right": {"Salla-Maria"}}), 303)
	says("another", send("/corrections", url.Values{"wrong": {"My name"}, "right": {"Salla-Maria"}}), 422, "open already")
	says("it waits", ask(at), 200, "not yet decided", "Salla-Maria")
	open, err := s.Requests(ctx, local, "")
	must(t, err)
	_, err = s.DecideRequest(ctx, local, open[0].ID, true, "So it is.")
	must(t, err)
	says("it was decided", ask(at), 200, "Accepted on", "So it is.")

	_, err = s.Withhold(ctx, local, s.r.ID, true)
	must(t, err)
	w = ask(at)
	says("withheld", w, 200, "withheld")
	if strings.Contains(w.Body.String(), "/visibility\"") || strings.Contains(w.Body.String(), "/shares\"") {
		t.Error("the page of a withheld credential has forms that cannot work")
	}
	says("forced", send("/visibility", url.Values{"visibility": {"link"}}), 409)
}

// TestMineIsNobodyElses: to another learner a credential is like one that never
// was, on the page and in every form; a stranger is asked for the way in.
func TestMineIsNobodyElses(t *testing.T) {
	s := newSharer(t, "eddsa-rdfc-2022")
	a, err := s.Achievement(ctx, s.valid.Achievement)
	must(t, err)
	s.award(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Eve", Email: "eve@example.org"}})
	eve, _ := s.session(t, "eve@example.org")
	_, id := s.share(t, false)
	form := url.Values{"visibility": {"public"}, "label": {"x"}, "share": {id}, "wrong": {"x"}, "right": {"y"}}.Encode()
	for _, path := range []string{"", "/visibility", "/shares", "/shares/end", "/corrections"} {
		method := "POST"
		if path == "" {
			method = "GET"
		}
		for _, accept := range []string{"text/html", "application/json"} {
			head := []string{"Accept: " + accept, urlencoded, "Cookie: " + eve}
			want := plain(s.call(method, "/my/"+nobody+path, form, head...), nobody)
			got := plain(s.call(method, "/my/"+s.r.ID+path, form, head...), s.r.ID)
			if got != want || !strings.HasPrefix(got, "404") {
				t.Errorf("%s %s:\n%s\nand of one that never was\n%s", method, path, got, want)
			}
			if w := s.call(method, "/my/"+s.r.ID+path, form, "Accept: "+accept, urlencoded); w.Code != 403 || strings.Contains(w.Body.String(), "Salla") {
				t.Errorf("%s %s by a stranger: %d", method, path, w.Code)
			}
		}
		w := s.call(method, "/my/"+s.r.ID+path, form, urlencoded, "Cookie: "+s.cookie, "Sec-Fetch-Site: cross-site", "Origin: https://evil.example")
		if method == "POST" && w.Code != 403 {
			t.Errorf("%s from another site: %d", path, w.Code)
		}
	}
	if got, err := s.Held(ctx, s.who, s.r.ID); err != nil || got.Visibility != issuer.ByLink {
		t.Errorf("%q, %v", got.Visibility, err)
	}
}

// sharing gives the scripts a closed credential, a link to a part of it, and a
// request about it.
func (g gallery) sharing(t testing.TB) []string {
	t.Helper()
	_, err := g.EditInstitution(ctx, local, g.inst.ID, issuer.Edit{Formats: []string{"eddsa-rdfc-2022", "ecdsa-sd-2023"}})
	must(t, err)
	r := g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: issuer.Recipient{Name: "Salla Kätkö", Email: "salla@example.org"}})
	_, who := g.session(t, "salla@example.org")
	sh, err := g.MakeShare(ctx, who, r.ID, issuer.NewShare{Label: "Acme", Until: g.clock().Add(time.Hour), Limited: true, Close: true})
	must(t, err)
	q, err := g.AskCorrection(ctx, who, r.ID, "Salla", "Salla-Maria")
	must(t, err)
	return []string{"$CLOSED", r.ID, "$SHARED", strings.ToLower(sh.Token), "$REQUEST", q.ID}
}

// TestClosedOnTheFirstScreen: who scans a certificate from before its address was
// closed finds the field for the name without scrolling, and one on which the
// name was altered is exposed there.
func TestClosedOnTheFirstScreen(t *testing.T) {
	g := newGallery(t, false)
	var looks []look
	for _, s := range mineStates(t, g) {
		if s.Name != "closed" && s.Name != "closed-no" {
			continue
		}
		for _, lang := range []string{"fi", "sv", "en"} {
			looks = append(looks, look{Name: "first-" + s.Name + "-" + lang, Path: s.Path, Steps: s.Steps, Lang: lang, Width: 390})
		}
	}
	all, _ := browse(t, g, looks)
	for _, l := range looks {
		if b := all[l.Name].NameBottom; b <= 0 || b > phone {
			t.Errorf("%s: it ends %.0f px down the page, and the first screen after %d", l.Name, b, phone)
		}
	}
}
