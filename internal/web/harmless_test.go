package web_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"merkki/issuer"
)

// elements are all that a page of ours is made of. A page with any other was
// written by somebody else.
var elements = strings.Fields(`html head meta title link body a header div svg path img span bdi nav ul li main article p strong em
	h1 h2 h3 h4 h5 h6 dl dt dd section details summary code pre footer form label input textarea select option button br hr blockquote ol`)

// harmless reads a page as a browser does and finds what could act on its reader.
func harmless(t testing.TB, name, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			data := tok.Data == "script" && slices.Contains(tok.Attr, html.Attribute{Key: "type", Val: "application/ld+json"}) // is read, and never run
			if !slices.Contains(elements, tok.Data) && !data {
				t.Errorf("%s: a <%s>", name, tok.Data)
			}
			for _, a := range tok.Attr {
				checkAttribute(t, name, tok.Data, a)
			}
		}
	}
}

// ownPicture is the address of a picture that this service made or made harmless.
var ownPicture = regexp.MustCompile(`^/[aci]/[0-9A-Z]{26}(/v[0-9]+/image|/logo|[.][a-z.]+)([?]v=[0-9a-f]+)?$`)

func checkAttribute(t testing.TB, name, element string, a html.Attribute) {
	t.Helper()
	if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || a.Key == "src" && !ownPicture.MatchString(a.Val) {
		t.Errorf("%s: <%s %s=%q>", name, element, a.Key, a.Val)
	}
	if a.Key == "href" || a.Key == "action" {
		u, err := url.Parse(a.Val)
		if err != nil || u.Scheme != "" && u.Scheme != "https" || u.User != nil || u.Scheme == "" && u.Host != "" {
			t.Errorf("%s: <%s %s=%q>", name, element, a.Key, a.Val)
		}
	}
}

const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><svg onload=alert(1)>`

// TestHostileContent: names come from registries and forms; nothing in them acts.
func TestHostileContent(t *testing.T) {
	s := newSite(t, `Evil & <script>alert("school")</script>`, "en", false)
	def := `{"id":"urn:example:evil","type":["Achievement"],"name":"` + jsonText(hostile) + `","description":"` + jsonText(hostile) + `",
		"criteria":{"id":"https://user:pass@criteria.example/","narrative":"` + jsonText(hostile) +
		`\n\n[click](javascript:alert(1)) [data](data:text/html;base64,PHNjcmlwdD4=) [ok](https://ok.example/) ![pixel](https://tracker.example/p.png)\n\n<iframe src=https://evil.example></iframe>\n\n# Heading"},
		"alignment":[{"type":["Alignment"],"targetName":"` + jsonText(hostile) + `","targetUrl":"https://a.example/\"onmouseover=alert(1)"}]}`
	a := s.add(t, strings.Replace(def, `/\"onmouseover=alert(1)`, `/x`, 1), false)
	r := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: hostile, Email: "e@example.org"}})
	for _, path := range []string{"/", "/c/" + r.ID, "/a/" + a.ID, "/i/" + s.inst.ID, "/verify", "/c/" + r.ID + "?lang=" + url.QueryEscape(hostile),
		"/nowhere/" + url.PathEscape(hostile), "/problems/" + url.PathEscape(hostile)} {
		w := s.call("GET", path, "", "Accept: text/html", "Accept-Language: en")
		harmless(t, path, w.Body.String())
		if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	page := s.call("GET", "/c/"+r.ID, "", "Accept: text/html").Body.String()
	for _, want := range []string{`href="https://ok.example/"`, "<h3>Heading</h3>", "https://user:pass@criteria.example/", "&lt;script&gt;alert(1)&lt;/script&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lost %q", want)
		}
	}
	if strings.Contains(page, `href="https://user`) || strings.Contains(page, "tracker.example/p.png\"") {
		t.Error("a link with user information or a remote picture can be followed")
	}
	w := s.call("POST", "/verify", string(r.Credential), "Accept: text/html")
	harmless(t, "/verify", w.Body.String())
}

func jsonText(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
