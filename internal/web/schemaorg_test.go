package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestSchemaOrg: pages of achievements have one block of data for those who
// gather offers of learning, readable as JSON whatever is in the achievement.
// No other page or state has a script element, and none has an inline style or a
// handler: the content security policy would refuse them.
func TestSchemaOrg(t *testing.T) {
	g := newGallery(t, false)
	hostile := `</script><script>alert(1)</script>`
	evil := g.add(t, strings.Replace(energy, "Data Analytics for Energy Systems", strings.ReplaceAll(hostile, `"`, `\"`), 1), false)
	all := append(states(t, g), state{Name: "achievement-hostile", Path: strings.TrimPrefix(evil.URL, base)})
	for _, s := range all {
		page := parsePage(t, g.visit(t, s, "en"))
		blocks := 0
		for n := range page.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s=%q>", s.Name, n.Data, a.Key, a.Val)
				}
			}
			switch n.DataAtom {
			case atom.Style:
				t.Errorf("%s has a style element", s.Name)
			case atom.Script:
				blocks++
				checkBlock(t, s.Name, n)
			}
		}
		if want := strings.HasPrefix(s.Name, "achievement"); want != (blocks == 1) {
			t.Errorf("%s has %d script elements", s.Name, blocks)
		}
	}
}

func checkBlock(t *testing.T, name string, n *html.Node) {
	t.Helper()
	if !strings.HasPrefix(name, "achievement") || attribute(n, "type") != "application/ld+json" || hasAttribute(n, "src") {
		t.Errorf("%s has a script element of type %q", name, attribute(n, "type"))
		return
	}
	var block map[string]any
	if err := json.Unmarshal([]byte(n.FirstChild.Data), &block); err != nil {
		t.Errorf("%s: %v in %s", name, err, n.FirstChild.Data)
	}
	if block["@type"] != "EducationalOccupationalCredential" || block["name"] == "" || block["recognizedBy"] == nil {
		t.Errorf("%s: %v", name, block)
	}
}
