package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// A contract is the OpenAPI document that the service itself publishes. Every
// answer that a test of this package gets is held against it: those of call and
// of servers by [watched], which complain when all tests have run; those of
// scripts by [describe], at once.
type contract struct {
	doc    *openapi3.T
	router routers.Router

	mu         sync.Mutex
	seen       map[string]bool // operations that were answered at least once, guarded by mu
	answers    int             // that were held against the document, guarded by mu
	complaints []string        // guarded by mu
}

var published = sync.OnceValue(func() *contract {
	b, err := os.ReadFile("openapi.json")
	if err != nil {
		panic(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err == nil {
		err = doc.Validate(ctx)
	}
	if err != nil {
		panic(err)
	}
	r, err := gorillamux.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	return &contract{doc: doc, router: r, seen: map[string]bool{}}
})

func TestMain(m *testing.M) {
	if os.Getenv("WEBTEST_PART") == "generator" { // see fire
		generate()
		return
	}
	code := m.Run()
	c := published()
	for _, complaint := range c.complaints {
		fmt.Println("openapi.json:", complaint)
		code = max(code, 1)
	}
	if testing.Verbose() {
		fmt.Printf("%d answers of %d operations were as openapi.json describes them\n", c.answers, len(c.seen))
	}
	os.Exit(code)
}

// watched holds everything that h answers against the document. It hides
// nothing of an answer that is sent bit by bit.
func watched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said := &overheard{ResponseWriter: w, code: http.StatusOK}
		h.ServeHTTP(said, r)
		published().complain(r, said.code, said.Header(), said.body.Bytes())
	})
}

type overheard struct {
	http.ResponseWriter
	code int
	body bytes.Buffer
}

func (o *overheard) WriteHeader(code int) {
	o.code = code
	o.ResponseWriter.WriteHeader(code)
}

func (o *overheard) Write(b []byte) (int, error) {
	o.body.Write(b)
	return o.ResponseWriter.Write(b)
}

func (o *overheard) Flush()                      { _ = http.NewResponseController(o.ResponseWriter).Flush() }
func (o *overheard) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// complain remembers an answer that is not as described.
func (c *contract) complain(r *http.Request, code int, h http.Header, body []byte) {
	_, err := c.check(r, code, h, body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers++
	if err != nil && len(c.complaints) < 50 {
		c.complaints = append(c.complaints, err.Error())
	}
}

// A described handler passes every answer by the document, and knows of which
// operations there were any.
type described struct {
	t    testing.TB
	next http.Handler
	seen map[string]bool
}

func describe(t testing.TB, s *site, h http.Handler) *described {
	t.Helper()
	if served := s.call("GET", "/openapi.json", "").Body.Bytes(); !bytes.Equal(served, asFile(t, "openapi.json")) {
		t.Error("the service publishes another document")
	}
	return &described{t, h, map[string]bool{}}
}

func asFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	must(t, err)
	return b
}

func (d *described) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	d.next.ServeHTTP(rec, r)
	id, err := published().check(r, rec.Code, rec.Header(), rec.Body.Bytes())
	if err != nil {
		d.t.Error(err)
	}
	d.seen[id] = true
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = io.Copy(w, rec.Body)
}

// undocumented are paths that are not for programs elsewhere.
var undocumented = []string{"/robots.txt", "/openapi.json", "/assets/", "/api/v1/doctor", "/api/v1/backup",
	"/claim/", "/my", "/help/", "/accessibility", "/language", "/sitemap.xml", "/.well-known/security.txt"}

// check returns the operation that was answered, "" for none that is described,
// and what is not as described.
func (c *contract) check(r *http.Request, code int, h http.Header, body []byte) (operation string, err error) {
	for _, p := range undocumented {
		if strings.HasPrefix(r.URL.Path, p) {
			return "", nil
		}
	}
	asked := r.Clone(r.Context())
	asked.URL.Path = lowerFirst(asked.URL.Path)
	if asked.Method == http.MethodHead {
		return "", nil // no body to check
	}
	route, params, err := c.router.FindRoute(asked)
	if err != nil {
		if code >= 200 && code < 300 && code != http.StatusNoContent {
			return "", fmt.Errorf("%s %s is answered with %d and not described: %v", r.Method, r.URL.Path, code, err)
		}
		return "", nil
	}
	operation = route.Operation.OperationID
	c.mu.Lock()
	c.seen[operation] = true
	c.mu.Unlock()
	if strings.HasPrefix(h.Get("Content-Type"), "text/html") && code != http.StatusOK {
		return operation, nil // a problem as a page
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route},
		Status:                 code, Header: h,
		Body:    io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(ctx, in); err != nil {
		return operation, fmt.Errorf("%s %.200s: the answer %d is not as described: %w", r.Method, r.URL.Path, code, err)
	}
	return operation, nil
}

// lowerFirst folds the first segment, which the service reads in any case.
func lowerFirst(path string) string {
	if i := strings.Index(path[1:], "/"); i >= 0 {
		return strings.ToLower(path[:i+1]) + path[i+1:]
	}
	return path
}

func init() {
	text := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
		b, err := io.ReadAll(body)
		return string(b), err
	}
	document := func(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (v any, err error) {
		return v, json.NewDecoder(body).Decode(&v)
	}
	for _, t := range []string{"text/html", "text/css", "image/svg+xml", "image/png", "application/pdf", "application/vc+jwt", "application/jwt", "text/event-stream", "application/jsonl"} {
		openapi3filter.RegisterBodyDecoder(t, text)
	}
	for _, t := range []string{"application/vc", "application/ld+json", "application/vc+ld+json", "application/did+json", "application/jwk-set+json", "application/problem+json"} {
		openapi3filter.RegisterBodyDecoder(t, document)
	}
}

// operations lists the operations that the document describes.
func (c *contract) operations() (ids []string) {
	for _, item := range c.doc.Paths.Map() {
		for _, op := range item.Operations() {
			ids = append(ids, op.OperationID)
		}
	}
	return ids
}
