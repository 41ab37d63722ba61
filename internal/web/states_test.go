package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A state is a page as somebody can come to see it. The list of all of them is
// data, so that axe-core, the rule that a page speaks one language, and the
// pictures people look at all go over the same pages: what is not in the list is
// not looked at.
type state struct {
	Name   string // of the picture, too
	Path   string
	Cookie string // name=value of who is looking, "" for a stranger
	Steps  []step
	Big    bool // looked at in every language, width and colour scheme
}

// A step is a form of the page, filled in and sent: by hand in a browser, or as
// a browser without script would.
type step struct {
	Action string            `json:"action"`          // which form: its action
	Fill   map[string]string `json:"fill,omitempty"`  // by name of the field
	Files  map[string]string `json:"files,omitempty"` // paths, by name of the field
}

// otherStates are the lists of the other files of tests: each adds its own in
// an init function, next to what it needs to bring them about.
var otherStates []func(testing.TB, gallery) []state

// states lists every page and state of a gallery.
func states(t testing.TB, g gallery) []state {
	t.Helper()
	all := ownStates(t, g)
	for _, more := range otherStates {
		all = append(all, more(t, g)...)
	}
	return all
}

func ownStates(t testing.TB, g gallery) []state {
	t.Helper()
	dir := t.TempDir()
	put := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, b, 0o600))
		return path
	}
	genuine := put("credential.json", g.valid.Credential)
	forged := put("forged.json", bytes.Replace(g.valid.Credential, []byte("Aino"), []byte("Eino"), 1))
	picture := put("picture.png", []byte("\x89PNG\r\n\x1a\n"))
	check := func(file string, fill map[string]string) []step {
		return []step{{Action: "/verify", Files: map[string]string{"file": file}, Fill: fill}}
	}
	achievement := strings.TrimPrefix(g.valid.Achievement, base)
	return append([]state{
		{Name: "home", Path: "/"},
		{Name: "verify", Path: "/verify", Big: true},
		{Name: "verify-empty", Path: "/verify", Steps: []step{{Action: "/verify"}}},
		{Name: "result-valid", Path: "/verify", Steps: check(genuine, nil)},
		{Name: "result-forged", Path: "/verify", Steps: check(forged, nil)},
		{Name: "result-nothing", Path: "/verify", Steps: check(picture, nil)},
		{Name: "result-another", Path: "/verify", Steps: check(genuine, map[string]string{"recipient-type": "name", "recipient": "Eino Virtanen"})},
		{Name: "valid", Path: "/c/" + g.valid.ID, Big: true},
		{Name: "expired", Path: "/c/" + g.expired.ID},
		{Name: "revoked", Path: "/c/" + g.revoked.ID},
		{Name: "suspended", Path: "/c/" + g.suspended.ID},
		{Name: "long", Path: "/c/" + g.long.ID},
		{Name: "catalogue", Path: "/a"},
		{Name: "catalogue-found", Path: "/a?q=energy"},
		{Name: "catalogue-none", Path: "/a?q=unheard-of"},
		{Name: "achievement", Path: achievement},
		{Name: "achievement-newest", Path: achievement[:strings.LastIndex(achievement, "/")]},
		{Name: "issuer", Path: "/i/" + g.inst.ID},
		{Name: "help-employers", Path: "/help/employers"},
		{Name: "help-learners", Path: "/help/learners"},
		{Name: "accessibility", Path: "/accessibility"},
		{Name: "problem", Path: "/problems/unbound-key"},
		{Name: "missing", Path: "/c/00000000000000000000000000"},
	}, append(credentialStates(t, g), learnerStates(t, g)...)...)
}

// visit goes to a state as a browser without script does, and returns the page.
func (g gallery) visit(t testing.TB, s state, lang string) string {
	t.Helper()
	headers := []string{"Accept: text/html", "Accept-Language: " + lang}
	if s.Cookie != "" {
		headers = append(headers, "Cookie: "+s.Cookie)
	}
	w := g.call("GET", s.Path, "", headers...)
	for _, st := range s.Steps {
		w = g.send(t, w.Body.String(), st, headers)
		for range 5 {
			to := w.Header().Get("Location")
			if to == "" {
				break
			}
			w = g.call("GET", strings.TrimPrefix(to, base), "", headers...)
		}
	}
	if w.Code >= 500 {
		t.Errorf("%s: %d", s.Name, w.Code)
	}
	return w.Body.String()
}

// send fills in the form of a page that has the action, and sends it.
func (g gallery) send(t testing.TB, page string, st step, headers []string) *httptest.ResponseRecorder {
	t.Helper()
	form := formOf(parsePage(t, page), st.Action)
	if form == nil {
		t.Fatalf("there is no form with the action %s in\n%s", st.Action, page)
	}
	fields := fieldsOf(form)
	for name, v := range st.Fill {
		if _, ok := fields[name]; !ok {
			t.Fatalf("the form %s has no field %q", st.Action, name)
		}
		fields.Set(name, v)
	}
	g.pass(2e9) // people are slower than the allowance
	if attribute(form, "enctype") != "multipart/form-data" {
		return g.call("POST", st.Action, fields.Encode(), append(headers, "Content-Type: application/x-www-form-urlencoded")...)
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range fields {
		must(t, m.WriteField(name, values[0]))
	}
	for name, path := range st.Files {
		content, err := os.ReadFile(path)
		must(t, err)
		part, err := m.CreateFormFile(name, filepath.Base(path))
		must(t, err)
		_, err = part.Write(content)
		must(t, err)
	}
	must(t, m.Close())
	return g.call("POST", st.Action, b.String(), append(headers, "Content-Type: "+m.FormDataContentType())...)
}

func formOf(page *html.Node, action string) *html.Node {
	for n := range page.Descendants() {
		if n.DataAtom == atom.Form && attribute(n, "action") == action {
			return n
		}
	}
	return nil
}

// fieldsOf are the fields of a form with the values they have.
func fieldsOf(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if name == "" {
			continue
		}
		switch n.DataAtom {
		case atom.Input:
			switch attribute(n, "type") {
			case "file":
			case "checkbox", "radio":
				if hasAttribute(n, "checked") {
					fields.Set(name, attribute(n, "value"))
				}
			default:
				fields.Set(name, attribute(n, "value"))
			}
		case atom.Textarea:
			fields.Set(name, visible(n.Parent, atom.Textarea))
		case atom.Select:
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option && (hasAttribute(o, "selected") || !fields.Has(name)) {
					fields.Set(name, attribute(o, "value"))
				}
			}
		}
	}
	return fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttribute(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
