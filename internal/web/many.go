package web

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/many"
	"merkki/schema"
	"merkki/verifier"
)

// manyBody is the largest request of the route: all files, and what frames 500 of
// them in a form.
const manyBody = many.MaxBytes + 2<<20

// uploadTime is how long the sending of a list may take; other routes have less.
const uploadTime = 2 * time.Minute

// A manyView is the page with the form.
type manyView struct {
	view
	FormError   string
	Fields      map[string]string // as they were sent, after an error
	MaxEntries  int
	MaxMegabyte int
}

func (s *Server) manyView(c echo.Context) manyView {
	v := manyView{view: s.base(c, ""), MaxEntries: many.MaxEntries, MaxMegabyte: many.MaxBytes >> 20}
	v.Title, v.Test = v.T("many.title"), false
	return v
}

func (s *Server) manyForm(c echo.Context) error {
	return s.pages.render(c, http.StatusOK, "many", s.manyView(c))
}

// manyPost takes a list and begins to work at it. A page leads to the job, a
// program is told where it is.
func (s *Server) manyPost(c echo.Context) error {
	leave, err := s.desk.reserve()
	if err != nil {
		return err
	}
	begun := false
	defer func() {
		if !begun {
			leave()
		}
	}()
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(uploadTime)) // not all transports have one
	entries, all, fields, err := s.manyQuestion(c.Request())
	if err == nil && len(entries) == 0 {
		err = emptyForm{}
	}
	if err != nil {
		return s.manyRefused(c, err, fields)
	}
	v, err := s.c.Verifier(c.Request().Context())
	if err != nil {
		return err
	}
	begun = true
	j := s.start(entries, all, v.Trust, leave)
	c.Response().Header().Set("Cache-Control", "no-store")
	address := "/verify/jobs/" + j.id
	if wantsHTML(c.Request()) {
		return c.Redirect(http.StatusSeeOther, address)
	}
	c.Response().Header().Set("Location", address)
	return c.JSON(http.StatusAccepted, map[string]any{"id": j.id, "total": j.total})
}

// manyRefused shows what is wrong with a form beside the form.
func (s *Server) manyRefused(c echo.Context, err error, fields map[string]string) error {
	var empty emptyForm
	isEmpty := errors.As(err, &empty)
	faults := faultsOf(err)
	switch {
	case isEmpty && !wantsHTML(c.Request()):
		return schema.Found("container.empty", "", nil)
	case !wantsHTML(c.Request()) || !isEmpty && len(faults) == 0:
		return err
	}
	v := s.manyView(c)
	v.FormError, v.Fields = v.T("many.empty"), fields
	status := http.StatusUnprocessableEntity
	if !isEmpty {
		pr := problemOf(err, "", v.Printer)
		v.FormError, status = pr.Detail, pr.Status
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.pages.render(c, status, "many", v)
}

// manyQuestion reads a form: any number of files up to the limit, a list as text,
// and what is asked of all of them. It is read in memory; the standard library's
// reader of forms would leave people's credentials in temporary files.
func (s *Server) manyQuestion(r *http.Request) (entries []many.Entry, all verifier.Request, fields map[string]string, err error) {
	t, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if t != "multipart/form-data" {
		return nil, all, nil, schema.Refusal(schema.CodeUnsupportedMediaType, "", map[string]any{"found": t, "expected": "multipart/form-data"})
	}
	m := multipart.NewReader(r.Body, params["boundary"])
	var files []many.File
	fields = map[string]string{}
	for n := 0; ; n++ {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && n >= many.MaxEntries+maxParts {
			err = schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "form.entries", "max": many.MaxEntries, "reason": "entries"})
		}
		if err != nil {
			return nil, all, fields, formFault(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(p); err != nil {
			return nil, all, fields, formFault(err)
		}
		switch name := p.FormName(); {
		case name == "file" && b.Len() > 0:
			files = append(files, many.File{Name: cmp.Or(p.FileName(), strconv.Itoa(len(files)+1)), Bytes: b.Bytes()})
		case name != "file":
			fields[name] = strings.TrimSpace(b.String())
		}
	}
	if all, err = demandsOf(fields); err != nil {
		return nil, all, fields, err
	}
	entries, err = many.Gather(files, fields["text"])
	return entries, all, fields, err
}

// demandsOf reads what a form asks of a credential, or of all of a list: from which
// institution, to whom, for which day.
func demandsOf(fields map[string]string) (q verifier.Request, err error) {
	if q.At, err = dayEnd(fields["at"]); err != nil {
		return q, schema.Found("schema.time", "/at", map[string]any{"value": fields["at"]})
	}
	if q.Issuer, err = institutionOf(fields["institution"]); err != nil {
		return q, err
	}
	q.Recipient, err = recipientOf(fields["recipient-type"], fields["recipient"], "/recipient-type")
	return q, err
}

// maxInstitution is how long the name of a domain or an identifier may be.
const maxInstitution = 500

// institutionOf reads the domain or identifier that people give for an
// institution: its web address will do.
func institutionOf(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case len(s) > maxInstitution:
		return "", schema.Refusal(schema.CodeLimitExceeded, "/institution", map[string]any{"limit": "institution", "max": maxInstitution, "found": len(s)})
	case s == "" || strings.HasPrefix(s, "did:"):
		return s, nil
	}
	domain := strings.ToLower(s)
	if rest, ok := strings.CutPrefix(domain, "https://"); ok {
		if domain = strings.TrimSuffix(rest, "/"); strings.Contains(domain, "/") {
			return s, nil // an identifier with a path: that issuer and no other
		}
	}
	if strings.ContainsAny(domain, " /@") || !strings.Contains(domain, ".") {
		return "", schema.Refusal(schema.CodeMalformedValueError, "/institution", map[string]any{"reason": "institution"})
	}
	return domain, nil
}
