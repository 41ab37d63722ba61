package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// A described handler passes every answer by the OpenAPI document that the
// service itself publishes.
type described struct {
	t      testing.TB
	next   http.Handler
	router routers.Router
	seen   map[string]bool // operations that were answered at least once
}

func describe(t testing.TB, s *site, h http.Handler) *described {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(s.call("GET", "/openapi.json", "").Body.Bytes())
	must(t, err)
	must(t, doc.Validate(ctx))
	r, err := gorillamux.NewRouter(doc)
	must(t, err)
	return &described{t, h, r, map[string]bool{}}
}

func (d *described) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	d.next.ServeHTTP(rec, r)
	d.check(r, rec)
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = io.Copy(w, rec.Body)
}

// undocumented are paths that are not for programs elsewhere.
var undocumented = []string{"/robots.txt", "/openapi.json", "/assets/", "/api/v1/doctor", "/api/v1/backup",
	"/claim/", "/my", "/help/", "/accessibility", "/language", "/sitemap.xml", "/.well-known/security.txt"}

func (d *described) check(r *http.Request, rec *httptest.ResponseRecorder) {
	d.t.Helper()
	for _, p := range undocumented {
		if strings.HasPrefix(r.URL.Path, p) {
			return
		}
	}
	asked := r.Clone(r.Context())
	asked.URL.Path = lowerFirst(asked.URL.Path)
	if asked.Method == http.MethodHead {
		return // no body to check
	}
	route, params, err := d.router.FindRoute(asked)
	if err != nil {
		if rec.Code != http.StatusNotFound && rec.Code != http.StatusMethodNotAllowed && rec.Code != http.StatusNoContent {
			d.t.Errorf("%s %s is answered with %d and not described: %v", r.Method, r.URL.Path, rec.Code, err)
		}
		return
	}
	d.seen[route.Operation.OperationID] = true
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") && rec.Code != http.StatusOK {
		return // a problem as a page
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route},
		Status:                 rec.Code, Header: rec.Header(),
		Body:    io.NopCloser(bytes.NewReader(rec.Body.Bytes())),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(ctx, in); err != nil {
		d.t.Errorf("%s %s: the answer is not as described: %v", r.Method, r.URL.Path, err)
	}
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

// routerOperations lists the operations that the document describes.
func (d *described) routerOperations(s *site) (ids []string) {
	d.t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(s.call("GET", "/openapi.json", "").Body.Bytes())
	must(d.t, err)
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			ids = append(ids, op.OperationID)
		}
	}
	return ids
}
