package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/schema"
)

var (
	errPanic     = errors.New("a handler panicked")
	errCrossSite = schema.Refusal(schema.CodeCrossSiteRequest, "", nil)
)

// A problem is an RFC 9457 object with our extension members. Title and detail
// are in the reader's language; everything else is stable.
type problem struct {
	Type     string         `json:"type"`
	Code     schema.Code    `json:"code"`
	Finding  string         `json:"finding,omitempty"`
	Title    string         `json:"title"`
	Detail   string         `json:"detail"`
	Status   int            `json:"status"`
	Instance string         `json:"instance"`
	Check    string         `json:"check,omitempty"`
	Pointer  string         `json:"pointer,omitempty"`
	Args     map[string]any `json:"args,omitempty"`
	Errors   []problemPart  `json:"errors,omitempty"`
}

// A problemPart is one of several faults of one request.
type problemPart struct {
	Pointer string         `json:"pointer"`
	Code    schema.Code    `json:"code"`
	Finding string         `json:"finding,omitempty"`
	Detail  string         `json:"detail"`
	Args    map[string]any `json:"args,omitempty"`
}

// problemOf is the only place where an error becomes something a stranger
// reads. An error that is not a fault says nothing but INTERNAL.
func problemOf(err error, ref string, p *i18n.Printer) problem {
	faults := faultsOf(err)
	if len(faults) == 0 {
		faults = []*schema.Fault{schema.Refusal(schema.CodeInternal, "", nil)}
	}
	f := faults[0]
	t := p.Problem(f)
	out := problem{
		Type: f.Code.Type(), Code: f.Code, Finding: f.Finding, Title: t.Title, Detail: t.Detail,
		Status: f.Code.Status(), Instance: "/problems/ref/" + ref, Check: checkOf(f.Finding), Pointer: f.Pointer, Args: f.Args,
	}
	if overBody(f) {
		out.Status = http.StatusRequestEntityTooLarge
	}
	if len(faults) > 1 {
		for _, f := range faults {
			out.Errors = append(out.Errors, problemPart{f.Pointer, f.Code, f.Finding, p.Problem(f).Detail, f.Args})
		}
	}
	return out
}

// overBody reports whether a limit on the body of a request was exceeded, which
// has a status of its own.
func overBody(f *schema.Fault) bool {
	l, _ := f.Args["limit"].(string)
	return f.Finding == "size.too-large" || l == "request.bytes" || strings.HasPrefix(l, "form.")
}

// faultsOf finds what of an error may be told: faults, joined ones each, and the
// errors of echo and net/http that have a code of ours.
func faultsOf(err error) []*schema.Fault {
	if j, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		var all []*schema.Fault
		for _, e := range j.Unwrap() {
			all = append(all, faultsOf(e)...)
		}
		return all
	}
	if several, ok := errors.AsType[issuer.Faults](err); ok {
		return several
	}
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		return []*schema.Fault{f}
	}
	if m, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return []*schema.Fault{schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "request.bytes", "max": m.Limit})}
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		if c, ok := codeOfStatus[h.Code]; ok {
			return []*schema.Fault{schema.Refusal(c, "", nil)}
		}
	}
	return nil
}

// codeOfStatus covers the errors that echo itself makes.
var codeOfStatus = map[int]schema.Code{
	http.StatusNotFound:             schema.CodeNotFound,
	http.StatusMethodNotAllowed:     schema.CodeMethodNotAllowed,
	http.StatusUnsupportedMediaType: schema.CodeUnsupportedMediaType,
	http.StatusBadRequest:           schema.CodeParsingError,
}

func checkOf(finding string) string {
	if finding == "" {
		return ""
	}
	for _, row := range schema.Findings() {
		if row.Finding == finding {
			return row.Check
		}
	}
	return ""
}

// answerError is echo's error handler: a page for people, a problem document for
// programs.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	ref, _ := c.Get(refKey).(string)
	p := s.printer(c)
	pr := problemOf(err, ref, p)
	s.logError(c.Request().Context(), err, pr, ref)
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", p.Lang())
	h.Add("Vary", "Accept, Accept-Language")
	if n, ok := pr.Args["seconds"].(int); ok && (pr.Status == 429 || pr.Status == 503) {
		h.Set("Retry-After", strconv.Itoa(n))
	}
	if pr.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="merkki"`)
	}
	if wantsHTML(c.Request()) && !strings.HasPrefix(c.Request().URL.Path, "/api/") {
		v := problemView{view: s.base(c, pr.Title), Problem: pr, Meaning: p.Code(pr.Code).Meaning}
		err = s.pages.render(c, pr.Status, "problem", v)
	} else {
		err = writeProblem(c, pr)
	}
	if err != nil {
		s.c.Log.Error("cannot answer", "ref", ref, "err", err)
	}
}

func (s *Server) logError(ctx context.Context, err error, pr problem, ref string) {
	if pr.Status < 500 || errors.Is(err, context.Canceled) {
		return
	}
	s.c.Log.ErrorContext(ctx, "failed", "ref", ref, "code", string(pr.Code), "err", cut(err.Error()))
}

// cut keeps what a log line may hold of an error that may quote input.
func cut(s string) string {
	if len(s) > 500 {
		s = s[:500]
	}
	return strconv.QuoteToGraphic(s)
}

func writeProblem(c echo.Context, pr problem) error {
	b, err := json.Marshal(pr)
	if err != nil {
		return fmt.Errorf("problem: %w", err)
	}
	return c.Blob(pr.Status, "application/problem+json", append(b, '\n'))
}
