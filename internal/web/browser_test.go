package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/issuer"
)

// A look is one page as Chromium shows it.
type look struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Lang   string `json:"lang"`
	Width  int    `json:"width"`
	Dark   bool   `json:"dark,omitempty"`
	Forced bool   `json:"forced,omitempty"` // colours of the system, as for high contrast
	Print  bool   `json:"print,omitempty"`
	Cookie string `json:"cookie,omitempty"`
	Steps  []step `json:"steps,omitempty"`
	Quiet  bool   `json:"quiet,omitempty"` // a picture only
}

// A seen is what came of it.
type seen struct {
	Name, Title, Lang string
	ScrollWidth       int
	NameBottom        float64 // of the learner's name, from the top of the page; 0: there is none
	Transferred       int     // bytes of a first visit, headers and fonts included, pictures apart
	Foreign, Blocked  []string
	Violations        []struct {
		ID, Help string
		Nodes    []string
	}
}

// gallery is a site with a credential in each state.
type gallery struct {
	*site
	valid, expired, revoked, suspended, long issuer.Record
}

const (
	longName  = "Maximilian-Alexander Ŋáhkárgeahči von und zu Österbottenborg"                                                             // 60 characters
	longTitle = "Sustainable Forest Bioeconomy, Circular Materials and Participatory Regional Planning in the Sparsely Peopled North 2026" // 120
)

func newGallery(t testing.TB, test bool) gallery {
	t.Helper()
	g := gallery{site: newSite(t, "Example University of Applied Sciences", "en", test)}
	a := g.add(t, energy, true)
	draft := func(until string) issuer.Draft {
		d := issuer.Draft{Achievement: a.ID, Recipient: aino, AwardedDate: "2026-11-20", ValidUntil: until, Language: "en"}
		d.Result = append(d.Result, grade(t, a, "4"))
		return d
	}
	g.valid = g.award(t, draft(""))
	g.expired = g.award(t, draft("2026-11-26"))
	g.revoked = g.award(t, draft(""))
	g.suspended = g.award(t, draft("2029-12-31"))
	l := strings.ReplaceAll(strings.Replace(energy, "Data Analytics for Energy Systems", longTitle, 1), "urn:example:energy", "urn:example:long")
	la := g.add(t, l, false)
	g.long = g.award(t, issuer.Draft{Achievement: la.ID, Recipient: issuer.Recipient{Name: longName, Email: "max@example.org"}, Result: draft("").Result[:0]})
	g.pass(48 * time.Hour)
	_, err := g.ChangeStatus(ctx, local, g.revoked.ID, issuer.StatusChange{Action: "revoke", Reason: "The examination was graded for another person."})
	must(t, err)
	_, err = g.ChangeStatus(ctx, local, g.suspended.ID, issuer.StatusChange{Action: "suspend", Reason: "An appeal is being heard."})
	must(t, err)
	return g
}

func TestLongTextsAreAsLongAsPromised(t *testing.T) {
	if n, m := len([]rune(longName)), len([]rune(longTitle)); n != 60 || m != 120 {
		t.Fatalf("the long name has %d characters and the long title %d", n, m)
	}
}

// browse shows pages to Chromium and returns what it saw; pictures and prints
// are left in the folder it returns.
func browse(t *testing.T, g gallery, looks []look) (map[string]seen, string) {
	t.Helper()
	node := judge.Command(t, "node", "Debian package nodejs")
	chromium := judge.Command(t, "chromium", "Debian package chromium")
	folder := filepath.Join(judge.Root(), "testdata", "browser")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core")); err != nil {
		judge.Skip(t, "testdata/browser has no packages (npm ci there)")
	}
	out := t.TempDir()
	if keep := os.Getenv("MERKKI_PICTURES"); keep != "" { // for people who want to look
		must(t, os.MkdirAll(keep, 0o755))
		out = keep
	}
	srv := httptest.NewServer(watched(g.web.Public()))
	defer srv.Close()
	task, err := json.Marshal(map[string]any{"executable": chromium, "base": srv.URL, "out": out, "pages": looks})
	must(t, err)
	cmd := exec.Command(node, "look.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = folder, bytes.NewReader(task), os.Stderr
	b, err := cmd.Output()
	must(t, err)
	all := map[string]seen{}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s seen
		must(t, json.Unmarshal(lines.Bytes(), &s))
		all[s.Name] = s
	}
	if len(all) != len(looks) {
		t.Fatalf("Chromium showed %d of %d pages", len(all), len(looks))
	}
	return all, out
}

// firstVisit is what the page of a credential may weigh for who comes with an
// empty cache: page, style sheet and fonts as they are sent, the badge apart.
const firstVisit = 60_000

// TestPagesInChromium looks at every page and state: axe-core finds nothing
// (WCAG 2.2 A and AA), nothing is loaded from elsewhere, nothing breaks the
// content security policy, and nothing has to be scrolled sideways.
func TestPagesInChromium(t *testing.T) {
	g := newGallery(t, false)
	looks := looksAt(states(t, g))
	if only := os.Getenv("MERKKI_ONLY"); only != "" { // for people who want to look at a few
		looks = slices.DeleteFunc(looks, func(l look) bool { return !regexp.MustCompile(only).MatchString(l.Name) })
	}
	looks = append(looks, look{Name: "valid-320", Path: "/c/" + g.valid.ID, Lang: "fi", Width: 320},
		look{Name: "catalogue-320", Path: "/a", Lang: "fi", Width: 320})
	all, out := browse(t, g, looks)
	for _, l := range looks {
		s := all[l.Name]
		for _, v := range s.Violations {
			t.Errorf("%s: axe: %s (%s): %s", l.Name, v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
		}
		if len(s.Blocked) > 0 {
			t.Errorf("%s: against the content security policy: %v", l.Name, s.Blocked)
		}
		if len(s.Foreign) > 0 {
			t.Errorf("%s: asks elsewhere: %v", l.Name, s.Foreign)
		}
		if s.ScrollWidth > l.Width {
			t.Errorf("%s: %d px wide in a window of %d", l.Name, s.ScrollWidth, l.Width)
		}
		if strings.HasPrefix(l.Name, "valid-") {
			t.Logf("%s: %d bytes on a first visit", l.Name, s.Transferred)
			if s.Transferred > firstVisit || s.Transferred == 0 {
				t.Errorf("%s: %d bytes on a first visit, at most %d were promised", l.Name, s.Transferred, firstVisit)
			}
		}
		if s.Lang != l.Lang || s.Title == "" {
			t.Errorf("%s: lang %q, title %q", l.Name, s.Lang, s.Title)
		}
	}
	if os.Getenv("MERKKI_ONLY") != "" {
		return
	}
	for _, width := range []string{"390", "1280"} {
		readBack(t, filepath.Join(out, "valid-en-"+width+".png"), g.valid)
	}
}

// looksAt says how each state is looked at: all of them on a phone, in the long
// form in every language, in the short one in one after the other; the two that
// matter most at both widths and in the dark, too.
func looksAt(all []state) []look {
	var looks []look
	add := func(s state, lang string, width int, dark bool) {
		name := fmt.Sprintf("%s-%s-%d", s.Name, lang, width)
		if dark {
			name += "-dark"
		}
		looks = append(looks, look{Name: name, Path: s.Path, Lang: lang, Width: width, Dark: dark, Cookie: s.Cookie, Steps: s.Steps})
	}
	for i, s := range all {
		for k, lang := range []string{"fi", "sv", "en"} {
			if long() || s.Big || k == i%3 {
				add(s, lang, 390, false)
			}
			if long() || s.Big {
				add(s, lang, 1280, false)
			}
		}
		if long() || s.Big {
			add(s, "en", 390, true)
			add(s, "en", 1280, true)
			looks = append(looks, look{Name: s.Name + "-en-1280-forced", Path: s.Path, Lang: "en", Width: 1280, Forced: true, Cookie: s.Cookie, Steps: s.Steps})
		}
	}
	return looks
}

// TestPrintInChromium prints credential pages: one A4 each, with a code that an
// independent reader decodes from the paper at 150 dpi to the credential's id.
func TestPrintInChromium(t *testing.T) {
	for _, test := range []bool{false, true} {
		g := newGallery(t, test)
		prefix := map[bool]string{false: "print", true: "print-test"}[test]
		records := map[string]issuer.Record{"valid": g.valid, "long": g.long, "revoked": g.revoked, "suspended": g.suspended}
		var looks []look
		for name, r := range records {
			for _, lang := range printed(name, test) {
				looks = append(looks, look{Name: prefix + "-" + name + "-" + lang, Path: "/c/" + r.ID, Lang: lang, Width: 1280, Print: true})
			}
		}
		_, out := browse(t, g, looks)
		for name, r := range records {
			for _, lang := range printed(name, test) {
				checkPrint(t, filepath.Join(out, prefix+"-"+name+"-"+lang), r, test)
			}
		}
	}
}

// printed says in which languages a page is printed: the short form prints the
// long texts in all, everything else in one.
func printed(name string, test bool) []string {
	if long() || name == "long" && !test {
		return []string{"fi", "sv", "en"}
	}
	return []string{"en"}
}

func checkPrint(t *testing.T, path string, r issuer.Record, test bool) {
	t.Helper()
	info := run(t, judge.Command(t, "pdfinfo", "Debian package poppler-utils"), path+".pdf")
	if !strings.Contains(info, "Pages:           1\n") || !strings.Contains(info, "(A4)") {
		t.Errorf("%s: not one A4:\n%s", filepath.Base(path), info)
	}
	text := run(t, judge.Command(t, "pdftotext", "Debian package poppler-utils"), "-layout", path+".pdf", "-")
	flat := strings.Join(strings.Fields(text), "")
	for _, want := range []string{strings.TrimPrefix(r.URL, "https://"), groups(r.ID), strings.Join(strings.Fields(r.Recipient.Name), ""), "2026"} {
		if !strings.Contains(flat, want) {
			t.Errorf("%s: the paper does not say %q:\n%s", filepath.Base(path), want, text)
		}
	}
	if test != strings.Contains(text, "TEST") {
		t.Errorf("%s: TEST on the paper: %v, want %v", filepath.Base(path), !test, test)
	}
	run(t, judge.Command(t, "pdftoppm", "Debian package poppler-utils"), "-r", "150", "-png", "-singlefile", path+".pdf", path+"-150dpi")
	readBack(t, path+"-150dpi.png", r)
}

func groups(id string) string {
	return fmt.Sprintf("%s-%s-%s-%s-%s-%s-%s", id[:4], id[4:8], id[8:12], id[12:16], id[16:20], id[20:24], id[24:])
}

// readBack decodes the code in a picture and compares it with the id.
func readBack(t *testing.T, picture string, r issuer.Record) {
	t.Helper()
	got := strings.TrimSpace(run(t, judge.Command(t, "zbarimg", "Debian package zbar-tools"), "--raw", "-q", picture))
	if !strings.EqualFold(got, r.URL) {
		t.Errorf("%s: the code says %q, want %q", filepath.Base(picture), got, r.URL)
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	b, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Errorf("%s %v: %v", filepath.Base(name), args, err)
	}
	return string(b)
}

func long() bool { return os.Getenv("MERKKI_LONG") == "1" }
