package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// noPages are what is read by programs, or saved: nobody looks at it as a page.
var noPages = regexp.MustCompile(`^/(assets/|api/|ns/|status/|[.]well-known/|healthz$|readyz$|robots[.]txt$|sitemap[.]xml$|openapi[.]json$|oembed$|my/file/)` +
	`|/(image|logo|look[.]css|trust[.]json|did[.]json|jwks[.]json|all[.]zip|receipts|report)$`)

// TestEveryPageHasAState: a route that people can look at, and that no state in the
// list is at, fails: it would be seen by nobody.
func TestEveryPageHasAState(t *testing.T) {
	g := newGallery(t, false)
	all := states(t, g)
	pages := 0
	for _, route := range g.web.Routes() {
		if noPages.MatchString(route) {
			continue
		}
		pages++
		at := regexp.MustCompile("^" + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(regexp.QuoteMeta(route), `[^/]+`) + "$")
		seen := false
		for _, s := range all {
			path, _, _ := strings.Cut(s.Path, "?")
			seen = seen || at.MatchString(path)
		}
		if !seen {
			t.Errorf("%s: no state is at this page", route)
		}
	}
	if pages < 15 {
		t.Errorf("only %d pages", pages)
	}
}
