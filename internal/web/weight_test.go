package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// maxWeight is what a first visit to a credential may cost, in bytes as they
// are sent: page, style sheets, icon and fonts; the picture of the badge apart.
const maxWeight = 60_000

var (
	loadedByPage = regexp.MustCompile(`<link rel="(?:stylesheet|icon)" href="([^"]+)"`)
	fontFace     = regexp.MustCompile(`(?s)@font-face\{[^}]*url\(([^)]+)\)[^}]*\}`)
)

// TestFirstVisitIsLight adds up what is really sent to a browser that comes for
// the first time, in each language and also where Sámi letters stand.
func TestFirstVisitIsLight(t *testing.T) {
	g := newGallery(t, false)
	pages := map[string]string{"valid": "/c/" + g.valid.ID, "long": "/c/" + g.long.ID, "revoked": "/c/" + g.revoked.ID}
	for _, s := range credentialStates(t, g) {
		if s.Name == "full" {
			pages[s.Name] = s.Path
		}
	}
	sent := func(path, lang string) int {
		w := g.call("GET", path, "", "Accept: text/html", "Accept-Encoding: gzip, br", "Accept-Language: "+lang)
		if w.Code != 200 {
			t.Fatalf("%s: %d", path, w.Code)
		}
		return w.Body.Len()
	}
	for name, path := range pages {
		for _, lang := range []string{"fi", "sv", "en"} {
			page := g.call("GET", path, "", "Accept: text/html", "Accept-Language: "+lang).Body.String()
			html := sent(path, lang)
			style, fonts, faces := 0, 0, 0
			for _, m := range loadedByPage.FindAllStringSubmatch(page, -1) {
				style += sent(m[1], lang)
				for _, f := range fontFace.FindAllStringSubmatch(g.call("GET", m[1], "").Body.String(), -1) {
					if strings.Contains(f[1], "-ext-") {
						continue // no letter of the page needs it
					}
					faces++
					fonts += sent("/assets/"+f[1], lang)
				}
			}
			if faces != 3 {
				t.Errorf("%s: %d faces of fonts", name, faces)
			}
			t.Logf("%s in %s: page %d, styles and icon %d, fonts %d", name, lang, html, style, fonts)
			if total := html + style + fonts; total > maxWeight {
				t.Errorf("%s in %s: %d bytes on a first visit (page %d, styles and icon %d, fonts %d), more than %d", name, lang, total, html, style, fonts, maxWeight)
			}
			if letters := further(page); letters != "" {
				t.Errorf("%s in %s needs a further font for %q", name, lang, letters)
			}
		}
	}
}

// further lists the letters of a text that the first file of each face lacks and
// the second one has.
func further(text string) string {
	const first = "ČčĐđŊŋŠšŦŧŽžƷʒǮǯǤǥǦǧǨǩʹʼˈ"
	return strings.Map(func(r rune) rune {
		if (r >= 0x100 && r <= 0x24f || r >= 0x1e00 && r <= 0x1eff) && !strings.ContainsRune(first, r) {
			return r
		}
		return -1
	}, text)
}
