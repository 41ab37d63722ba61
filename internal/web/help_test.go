package web_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"merkki/internal/i18n"
)

// TestHelpIsShort: the pages for employers and learners are read to the end, by
// people who do not know the words of this field.
func TestHelpIsShort(t *testing.T) {
	const most = 400
	g := newSite(t, "Example University of Applied Sciences", "en", false)
	// Words of the trade, in any of the three languages.
	trade := []string{"json", "jwt", "did:", "kryptogra", "cryptogra", "verif", "allekirjoit", "signatur", "undertecknad",
		"avain", "nyckel", "proof", "metadata", "blockchain", "token", "hash", "api"}
	for _, page := range []string{"/help/employers", "/help/learners"} {
		for _, lang := range i18n.Languages {
			text := visible(parsePage(t, g.call("GET", page+"?lang="+lang, "").Body.String()), atom.Main)
			words := strings.Fields(text)
			t.Logf("%s %s: %d words", page, lang, len(words))
			if len(words) < 100 || len(words) > most {
				t.Errorf("%s in %s has %d words, at most %d were promised", page, lang, len(words), most)
			}
			for _, w := range words {
				for _, term := range trade {
					if low := strings.ToLower(w); strings.Contains(low, term) && low != "kapiteln" {
						t.Errorf("%s in %s says %q", page, lang, w)
					}
				}
			}
		}
	}
}

func parsePage(t testing.TB, page string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(page))
	must(t, err)
	return n
}

// visible is the text of the first element of a kind.
func visible(n *html.Node, kind atom.Atom) string {
	var b strings.Builder
	var found *html.Node
	for d := range n.Descendants() {
		if d.DataAtom == kind && found == nil {
			found = d
		}
	}
	if found == nil {
		return ""
	}
	for d := range found.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return b.String()
}
