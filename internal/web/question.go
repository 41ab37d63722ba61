package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"merkki/internal/fetch"
	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// emptyForm: somebody pressed the button with nothing in the form.
type emptyForm struct{}

func (emptyForm) Error() string { return "the form is empty" }

// question reads what is to be verified out of a request: a file of a multipart
// form; the envelope of a program; anything else is the credential itself. link is
// the address it was retrieved from, where it was.
func (s *Server) question(r *http.Request) (q verifier.Request, link string, err error) {
	t, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if t == "multipart/form-data" {
		return s.formQuestion(r.Context(), multipart.NewReader(r.Body, params["boundary"]))
	}
	if q.Input, err = io.ReadAll(r.Body); err != nil {
		return q, "", err
	}
	e, ok := opened(q.Input)
	if !ok {
		return q, "", nil
	}
	if q.Recipient, err = e.who(); err != nil {
		return q, "", err
	}
	if q.Issuer, err = institutionOf(e.issuer); err != nil {
		return q, "", err
	}
	if q.Input = e.credential; e.url != "" {
		q.Input, err = s.retrieve(r.Context(), e.url)
	}
	return q, e.url, err
}

// maxParts bounds a form (security model, section 14).
const maxParts = 10

// formQuestion reads a form part by part, in memory: the standard library's
// reader would leave people's credentials in temporary files. Names of files are
// not looked at.
func (s *Server) formQuestion(ctx context.Context, m *multipart.Reader) (q verifier.Request, link string, err error) {
	var input []byte
	fields := map[string]string{}
	files := 0
	for n := 0; ; n++ {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && n >= maxParts {
			err = schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "form.parts", "max": maxParts})
		}
		if err != nil {
			return q, "", formFault(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return q, "", formFault(err)
		}
		switch name := p.FormName(); {
		case name != "file":
			fields[name] = strings.TrimSpace(string(b))
		case len(b) > 0: // else a file field that was left empty
			if files++; files > 1 {
				return q, "", schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "form.files", "max": 1})
			}
			input = b
		}
	}
	if q, err = demandsOf(fields); err != nil {
		return q, "", err
	}
	text := fields["text"]
	switch q.Input = input; {
	case len(input) > 0:
		return q, "", nil
	case text == "":
		return q, "", emptyForm{}
	case isAddress(text):
		link = text
	}
	q.Input, err = s.pasted(ctx, text)
	return q, link, err
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (strings.EqualFold(u.Scheme, "https") || strings.EqualFold(u.Scheme, "http"))
}

// formFault tells a form that was cut short from one that was too large.
func formFault(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	if _, ok := errors.AsType[*schema.Fault](err); ok {
		return err
	}
	return schema.Refusal(schema.CodeParsingError, "", map[string]any{"expected": "multipart/form-data"})
}

// dayEnd reads a date as the end of that day, UTC; "" is now.
func dayEnd(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	return t.Add(24*time.Hour - time.Second), err
}

// pasted is what somebody put into the text field: a link, an id of this
// service, or the credential itself.
func (s *Server) pasted(ctx context.Context, text string) ([]byte, error) {
	if isAddress(text) {
		return s.retrieve(ctx, text)
	}
	if s.c.Service != nil && len(text) <= 40 {
		if id, err := issuer.ParseID(text); err == nil {
			r, err := s.published(ctx, id)
			return r.Credential, err
		}
	}
	return []byte(text), nil
}

// retrieve gets what an address holds. Addresses of this service are answered
// without the network.
func (s *Server) retrieve(ctx context.Context, address string) ([]byte, error) {
	if id, ok := s.ownCredential(address); ok && s.c.Service != nil {
		r, err := s.published(ctx, id)
		if r.Token != nil && strings.HasSuffix(strings.ToLower(address), ".jwt") {
			return r.Token, err
		}
		return r.Credential, err
	}
	if s.c.Source == nil {
		return nil, schema.Refusal(schema.CodePolicyRefusedURL, "/url", map[string]any{"reason": "offline"})
	}
	d, err := s.c.Source.Get(ctx, fetch.Credential, address)
	if r, ok := errors.AsType[*fetch.RefusedError](err); ok {
		return nil, schema.Refusal(schema.CodePolicyRefusedURL, "/url", map[string]any{"reason": r.Reason})
	}
	if u, ok := errors.AsType[*fetch.UnreachableError](err); ok {
		return nil, schema.Refusal(schema.CodeNoCredentialFound, "/url", map[string]any{"host": u.Host, "reason": u.Reason})
	}
	if errors.Is(err, fetch.ErrAbsent) {
		return nil, schema.Refusal(schema.CodeNoCredentialFound, "/url", map[string]any{"reason": "absent"})
	}
	return bytes.Clone(d.Bytes), err
}

// ownCredential returns the ID that an address of a credential of this service
// holds. Any spelling of it counts, as on the way in.
func (s *Server) ownCredential(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || !strings.EqualFold(u.Scheme+"://"+u.Host, s.c.BaseURL) {
		return "", false
	}
	id, ok := strings.CutPrefix(strings.ToLower(u.Path), "/c/")
	if !ok {
		return "", false
	}
	id, _, _ = strings.Cut(id, ".")
	id, err = issuer.ParseID(id)
	return id, err == nil
}
