package web_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"merkki/internal/judge"
	"merkki/schema"
)

// TestPagesSpeakOneLanguage: no page and no state of the site, seen in Finnish or
// Swedish, has an English sentence outside of text that is marked as English.
func TestPagesSpeakOneLanguage(t *testing.T) {
	g := newGallery(t, false)
	for _, lang := range []string{"fi", "sv"} {
		d := newDetector(t, lang)
		d.theirs = []string{g.inst.Name, longTitle, "The examination was graded for another person.", "An appeal is being heard."}
		for _, s := range states(t, g) {
			for _, found := range d.page(t, g.visit(t, s, lang)) {
				t.Errorf("%s in %s: %s", s.Name, lang, found)
			}
		}
		for _, code := range schema.Codes() {
			for _, found := range d.page(t, g.visit(t, state{Name: string(code), Path: code.Type()}, lang)) {
				t.Errorf("%s in %s: %s", code, lang, found)
			}
		}
	}
}

// TestReportsSpeakOneLanguage: the same for what the verifier says of hostile
// files.
func TestReportsSpeakOneLanguage(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "attacks"), "*", "*"))
	must(t, err)
	g := newGallery(t, false)
	d := newDetector(t, "fi")
	n := 0
	for i, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.IsDir() || info.Size() > 1<<20 || i%10 != 0 && !long() {
			continue
		}
		n++
		page := g.visit(t, state{Name: f, Path: "/verify", Steps: []step{{Action: "/verify", Files: map[string]string{"file": f}}}}, "fi")
		// What the file itself says is marked nowhere: only our own lines count here.
		for _, found := range d.own(t, page) {
			t.Errorf("%s: %s", filepath.Base(f), found)
		}
	}
	t.Logf("%d files", n)
}

// TestDetector: a planted English sentence is found, and nothing that our own
// catalogue says in the language of the page is taken for one.
func TestDetector(t *testing.T) {
	for _, lang := range []string{"fi", "sv"} {
		d := newDetector(t, lang)
		plant := func(s string) []string {
			return d.page(t, "<html lang="+lang+"><body><p>"+html.EscapeString(s)+"</p></body></html>")
		}
		planted, missed := 0, 0
		for key, text := range texts(t, "en") {
			if len(strings.Fields(text)) < 5 || text == texts(t, lang)[key] {
				continue
			}
			planted++
			if len(plant(text)) == 0 {
				missed++
				t.Logf("%s: not seen: %s", lang, text)
			}
		}
		if planted < 300 || missed*100 > planted {
			t.Errorf("%s: of %d English sentences of the catalogue %d were not seen", lang, planted, missed)
		}
		for _, s := range []string{ // none of them from the catalogue
			"This page was not translated yet.", "Nobody has the key that you asked for.", "Please come back with another file.",
			"The server is busy.", "It could not be read because of an error.",
		} {
			if len(plant(s)) == 0 {
				t.Errorf("%s: not seen: %s", lang, s)
			}
		}
		for _, hidden := range []string{
			`<img alt="The seal of the school and its motto">`, `<input placeholder="Write what you are looking for">`, `<a aria-label="This is where you are">x</a>`,
		} {
			if len(d.page(t, "<html lang="+lang+"><body>"+hidden)) == 0 {
				t.Errorf("%s: not seen: %s", lang, hidden)
			}
		}
		if found := d.page(t, "<html lang="+lang+`><body><p lang="en">This is the text of the issuer and it stays.</p><code>the end of the line is here</code>`); len(found) > 0 {
			t.Errorf("%s: marked English was taken for ours: %v", lang, found)
		}
		for _, text := range texts(t, lang) {
			if found := plant(holes.ReplaceAllString(text, " ")); len(found) > 0 {
				t.Errorf("%s: %v", lang, found)
			}
		}
	}
}

// texts are the sentences of one language.
func texts(t testing.TB, lang string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../i18n/" + lang + ".json")
	must(t, err)
	m := map[string]string{}
	must(t, json.Unmarshal(b, &m))
	return m
}

// A detector finds English in pages of another language, in two ways: pieces of
// our own English texts, and sentences with words that only English has.
type detector struct {
	lang   string
	pieces []string // of English texts, in no text of the language
	theirs []string // what the people of the page wrote themselves
}

var holes = regexp.MustCompile(`\{[^}]*\}|[\[\]]`)

func newDetector(t testing.TB, lang string) *detector {
	own := texts(t, lang)
	var all strings.Builder
	for _, text := range own {
		all.WriteString(text + "\n")
	}
	d := &detector{lang: lang}
	for key, text := range texts(t, "en") {
		for _, piece := range holes.Split(text, -1) {
			piece = strings.TrimSpace(piece)
			if own[key] != text && len(piece) >= 10 && strings.Contains(piece, " ") && !strings.Contains(all.String(), piece) {
				d.pieces = append(d.pieces, piece)
			}
		}
	}
	return d
}

// onlyEnglish are frequent words of English that are none of Finnish or Swedish.
var onlyEnglish = strings.Fields(`the of is and this that was were with from has have had are been which who whose its it you your
	not to can will would could or at an for as they their there what when how does did nobody only than then these those we
	our his her he she because please but no if all any more other another about into out up yet already`)

// inBoth are those of them that the other language has, too.
var inBoth = map[string][]string{"fi": {"he", "no", "her", "all"}, "sv": {"at", "her", "an", "all", "had", "up", "no", "out"}}

// english reports why a text is English, "" when it is not.
func (d *detector) english(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	for _, own := range d.theirs {
		s = strings.ReplaceAll(s, own, "")
	}
	for _, p := range d.pieces {
		if strings.Contains(s, p) {
			return fmt.Sprintf("%q has our own English %q", s, p)
		}
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	var met []string
	for _, w := range words {
		if slices.Contains(onlyEnglish, w) && !slices.Contains(inBoth[d.lang], w) && !slices.Contains(met, w) {
			met = append(met, w)
		}
	}
	if len(met) >= 2 {
		return fmt.Sprintf("%q has %v", s, met)
	}
	return ""
}

// page goes over everything a reader meets: text, and the attributes that are
// read out. Parts in another language and parts that are code are left alone.
func (d *detector) page(t testing.TB, page string) []string {
	t.Helper()
	return d.walk(parsePage(t, page), nil, func(*html.Node) bool { return false })
}

// own goes over what is ours alone: what somebody's document says stands
// isolated in bdi, and the verdict is the one thing of ours in it.
func (d *detector) own(t testing.TB, page string) []string {
	t.Helper()
	return d.walk(parsePage(t, page), nil, func(n *html.Node) bool {
		class := " " + attribute(n, "class") + " "
		return n.DataAtom == atom.Bdi || strings.Contains(class, " sheet ") || strings.Contains(class, " prose ")
	})
}

var spoken = []string{"alt", "title", "aria-label", "placeholder"}

func (d *detector) walk(n *html.Node, found []string, skip func(*html.Node) bool) []string {
	see := func(s string) {
		if why := d.english(s); why != "" {
			found = append(found, why)
		}
	}
	switch n.Type {
	case html.TextNode:
		see(n.Data)
	case html.ElementNode:
		// lang="" marks a text whose own document does not say its language.
		if hasAttribute(n, "lang") && !strings.HasPrefix(strings.ToLower(attribute(n, "lang")), d.lang) || skip(n) ||
			slices.Contains([]atom.Atom{atom.Script, atom.Style, atom.Code, atom.Pre}, n.DataAtom) {
			return found
		}
		for _, a := range spoken {
			see(attribute(n, a))
		}
		if n.DataAtom == atom.Meta {
			see(attribute(n, "content"))
		}
	}
	for c := range n.ChildNodes() {
		found = d.walk(c, found, skip)
	}
	return found
}
