package web

import (
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/i18n/i18ntest"
	"merkki/schema"
	"merkki/verifier"
)

var (
	saidLine  = regexp.MustCompile(`<p class="sentence"><strong><bdi>([^<]*)</bdi>`)
	checkLine = regexp.MustCompile(`(?s)<li class="check ([a-z-]+)"><span class="sign" aria-hidden="true">([^<]*)</span>.*?<span class="state">([^<]*)</span>.*?<code>([a-z.]+)</code> ·`)
)

// TestNoLineOfThePageContradictsTheVerdict: over random reports the page says
// once what the verdict is, nothing in that sentence that the checks do not bear,
// and each check with its own outcome in colour, sign and word.
func TestNoLineOfThePageContradictsTheVerdict(t *testing.T) {
	s := bare(t, nil)
	rng := rand.New(rand.NewPCG(5, 20261122))
	for range 400 {
		r := i18ntest.Report(rng)
		if r.Check("input.size").Status != schema.Pass {
			continue // the one input without a report
		}
		lang := i18n.Languages[rng.IntN(len(i18n.Languages))]
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/verify?lang="+lang, nil)
		req.Header.Set("Accept", "text/html")
		if err := s.answerReport(echo.New().NewContext(req, w), r, ""); err != nil {
			t.Fatal(err)
		}
		page, words := w.Body.String(), i18n.New(lang)
		said := saidLine.FindAllStringSubmatch(page, -1)
		if len(said) != 1 || html.UnescapeString(said[0][1]) != words.Headline(r).Text {
			t.Fatalf("the page says %q, the report %s", said, i18ntest.String(r))
		}
		for _, c := range i18ntest.Contradictions(lang, r, strings.TrimPrefix(html.UnescapeString(said[0][1]), words.T("test.word")+". ")) {
			t.Fatal(c)
		}
		if strings.Contains(page, "Certain") && len(r.Credential) == 0 {
			t.Fatalf("contents are shown that nobody signed: %s", i18ntest.String(r))
		}
		seen := checkLine.FindAllStringSubmatch(page, -1)
		if len(seen) != len(verifier.Checks()) {
			t.Fatalf("%d checks on the page", len(seen))
		}
		for _, line := range seen {
			status := r.Check(line[4]).Status
			if line[1] != status.String() || line[2] != signs[status] || line[3] != words.Outcome(status) {
				t.Fatalf("%s is %s in the report, and on the page %q", line[4], status, line[1:])
			}
		}
	}
}
