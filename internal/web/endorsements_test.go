package web

import (
	"context"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

var endorsementLine = regexp.MustCompile(`(?s)<li class="endorsement ([a-z]+)">(.*?)</li>`)

// TestEndorsementsHaveTheirOwnVerdicts: what others say is shown with who is
// proven to have said it and with a verdict of its own; words that nobody signed,
// or that are about something else, are not shown at all.
func TestEndorsementsHaveTheirOwnVerdicts(t *testing.T) {
	c := virtual.New()
	uni, peer := c.Web("uni.example"), c.Web("peer.example")
	s, err := New(Config{BaseURL: "https://check.example", Lang: "en",
		Verifier: func(context.Context) (*verifier.Verifier, error) { return c.Verifier(uni), nil }})
	if err != nil {
		t.Fatal(err)
	}
	badge := uni.Badge()
	id := badge.GetString("id")
	const words = "know it well"
	altered := strings.Replace(string(uni.Endorse(id)), words, "know it best", 1)
	for name, e := range map[string]struct {
		endorsement       []byte
		tone, says, words string
	}{
		"by a known one": {uni.Endorse(id), "good", "uni.example", words},
		"by an unknown":  {peer.Endorse(id), "open", "We do not know this issuer", words},
		"altered":        {[]byte(altered), "bad", "Somebody who is not known to have signed", ""},
		"about another":  {uni.Endorse("https://uni.example/c/another"), "open", "speaks of something else", ""},
	} {
		d, err := schema.Parse(e.endorsement, schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		signed := uni.Sign(badge.With("endorsement", schema.ArrayValue(d.Root())))
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/verify", strings.NewReader(string(signed)))
		r.Header.Set("Accept", "text/html")
		s.Public().ServeHTTP(w, r)
		lines := endorsementLine.FindAllStringSubmatch(w.Body.String(), -1)
		if len(lines) != 1 {
			t.Errorf("%s: %d endorsements on the page", name, len(lines))
			continue
		}
		tone, text := lines[0][1], lines[0][2]
		if tone != e.tone || !strings.Contains(text, e.says) {
			t.Errorf("%s: %s: %s", name, tone, text)
		}
		if shown := strings.Contains(text, "know it"); shown != (e.words != "") || e.words != "" && !strings.Contains(text, e.words) {
			t.Errorf("%s: the words of the endorsement are shown: %v", name, shown)
		}
	}
}
