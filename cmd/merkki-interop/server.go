package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"merkki/internal/fetch"
	"merkki/keys/did"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

// A server is what suites talk to. All it remembers is how many status entries
// it gave out.
type server struct {
	base     string // its own origin
	profiles map[string]profile
	contexts *jsonld.Register
	resolver *did.Resolver
	now      func() time.Time

	places *statuslist.Permutation
	given  atomic.Int64
}

// newServer makes a server whose keys come from a seed of 32 bytes.
func newServer(base string, seed []byte) (*server, error) {
	made, err := makeProfiles(seed)
	if err != nil {
		return nil, err
	}
	contexts, err := suiteContexts()
	if err != nil {
		return nil, err
	}
	return &server{
		base: base, profiles: made, contexts: contexts, now: time.Now,
		resolver: did.New(did.FromSource(fetch.NewStack(fetch.Rules{}))), // computed documents; nobody is asked
		places:   statuslist.NewPermutation([32]byte(seed), statuslist.MinEntries),
	}, nil
}

// verifier returns one that follows the suites' policy: documents are judged by
// the W3C's data model alone, and nobody is known or trusted. Strict keeps the rule
// that the key has to be the issuer's.
func (s *server) verifier(strict bool) *verifier.Verifier {
	return &verifier.Verifier{
		Contexts: s.contexts,
		Resolver: s.resolver,
		Lists:    s,
		Now:      s.now,
		Policy:   verifier.Policy{AnyIssuer: true, ConformanceUnsafe: true, ForeignKeyUnsafe: !strict},
	}
}

// A route is an address that suites know. A segment in braces stands for any
// one, {rest...} for all that follow.
type route struct {
	method, pattern string
	answer          func(*server, *http.Request, map[string]string) reply
}

var routes = []route{
	{"GET", "/interop/issuers.json", (*server).issuers},
	{"POST", "/{profile}/credentials/issue", (*server).issue},
	{"POST", "/credentials/verify", (*server).verifyStrictly},
	{"POST", "/proof/credentials/verify", (*server).verifyProof},
	{"POST", "/presentations/verify", (*server).verifyPresentation},
	{"POST", "/credentials/derive", (*server).derive},
	{"GET", "/status/{list}", (*server).statusList},
	{"GET", "/1.0/identifiers/{did...}", (*server).resolve},
}

// match compares a path as it came, still percent-encoded, and returns what
// stands for the segments in braces, decoded. Nothing is ever redirected.
func (r route) match(path string) (map[string]string, bool) {
	values := map[string]string{}
	segments := strings.Split(path, "/")
	for i, want := range strings.Split(r.pattern, "/") {
		if i >= len(segments) {
			return nil, false
		}
		found := segments[i]
		name, open := strings.CutPrefix(strings.TrimSuffix(want, "}"), "{")
		name, rest := strings.CutSuffix(name, "...")
		if rest {
			found = strings.Join(segments[i:], "/")
			segments = segments[:i+1]
		}
		switch decoded, err := url.PathUnescape(found); {
		case !open && want != found, open && (err != nil || found == ""):
			return nil, false
		case open:
			values[name] = decoded
		}
	}
	return values, len(segments) == strings.Count(r.pattern, "/")+1
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.answer(r).write(w)
}

func (s *server) answer(r *http.Request) reply {
	var allowed []string
	for _, route := range routes {
		values, ok := route.match(r.URL.EscapedPath())
		switch {
		case !ok:
		case route.method != r.Method:
			allowed = append(allowed, route.method)
		default:
			return route.answer(s, r, values)
		}
	}
	if len(allowed) == 0 {
		return s.refuse(schema.Refusal(schema.CodeNotFound, "", nil)).with(http.StatusNotFound)
	}
	answer := s.refuse(schema.Refusal(schema.CodeMethodNotAllowed, "", nil)).with(http.StatusMethodNotAllowed)
	answer.allow = strings.Join(allowed, ", ")
	return answer
}

// bodyLimits are those of the body of a request: room for the largest
// presentation and what stands around it.
var bodyLimits = schema.Limits{Bytes: 3 << 20, Values: 80_000, Objects: 8_000}

// body reads the body of a request.
func body(r *http.Request) (schema.Value, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, int64(bodyLimits.Bytes)+1))
	if err != nil {
		return schema.Value{}, err
	}
	doc, err := schema.Parse(b, bodyLimits)
	if err != nil {
		return schema.Value{}, err
	}
	return doc.Root(), nil
}
