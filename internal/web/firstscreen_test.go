package web_test

import "testing"

// phone is the height of what a common telephone shows at once, 390 pixels wide.
const phone = 844

// TestNameStandsOnTheFirstScreen: somebody who scans the code of a paper sees at
// once whose the credential is, whatever its state and however long its texts, so
// that a paper on which only the name was altered is found out without scrolling.
func TestNameStandsOnTheFirstScreen(t *testing.T) {
	g := newGallery(t, false)
	var looks []look
	for name, id := range map[string]string{"valid": g.valid.ID, "revoked": g.revoked.ID, "suspended": g.suspended.ID, "long": g.long.ID} {
		for _, lang := range []string{"fi", "sv", "en"} {
			if lang == "fi" || name == "long" || long() {
				looks = append(looks, look{Name: name + "-" + lang, Path: "/c/" + id, Lang: lang, Width: 390})
			}
		}
	}
	all, _ := browse(t, g, looks)
	for _, l := range looks {
		if b := all[l.Name].NameBottom; b <= 0 || b > phone {
			t.Errorf("%s: the name ends %.0f px down the page, and the first screen after %d", l.Name, b, phone)
		}
	}
}
