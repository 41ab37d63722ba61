package web

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// jsonTypes are the media types under which a JSON-LD document is served; the
// answer has the type that was asked for. application/vc is the registered one,
// application/vc+ld+json the one that the text of Open Badges 3.0 names.
var jsonTypes = []string{"application/vc", "application/ld+json", "application/json", "application/vc+ld+json"}

// tokenTypes are the media types under which the compact JWS of a credential is
// served: the registered one, the one of tokens at large, and the one that hosts
// of Open Badges 3.0 ask for.
var tokenTypes = []string{"application/vc+jwt", "application/jwt", "text/plain"}

// maxAcceptItems bounds what is read of an Accept header.
const maxAcceptItems = 64

// negotiate chooses the form of a public document by the Accept header (RFC
// 9110, section 12.5.1); own is what a program gets by default, also are types
// that this document has besides those that all have. Never 406: a client that
// asks for nothing we know gets the page if it looks like a browser and the
// document otherwise.
func negotiate(accept, own string, also ...string) (mediaType string) {
	best, bestQ, browser := "", 0.0, false
	for _, item := range strings.SplitN(accept, ",", maxAcceptItems) {
		t, params, err := mime.ParseMediaType(strings.TrimSpace(item))
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil || !(q >= 0 && q <= 1) {
				continue
			}
		}
		browser = browser || t == "text/html" && q > 0
		if (known(t) || slices.Contains(also, t)) && q > bestQ {
			best, bestQ = t, q
		}
	}
	switch {
	case best != "":
		return best
	case browser:
		return "text/html"
	}
	return own
}

func known(t string) bool { return t == "text/html" || slices.Contains(jsonTypes, t) }

// wantsHTML reports whether the client would rather read a page than JSON.
func wantsHTML(r *http.Request) bool {
	return negotiate(r.Header.Get("Accept"), "application/json") == "text/html"
}
