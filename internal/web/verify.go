package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/many"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// A verifyView is the page of the verifier, with or without a result.
type verifyView struct {
	view
	sheetView
	Report    *reportView
	Lists     []string
	FormText  string
	FormError string
	FormNext  string // what to do about it
	Receipt   receiptForm
	Signs     bool // receipts are signed here
}

func (s *Server) verifyForm(c echo.Context) error {
	v, err := s.verifyView(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "Accept-Language")
	return s.pages.render(c, http.StatusOK, "verify", v)
}

func (s *Server) verifyView(c echo.Context) (verifyView, error) {
	v := verifyView{view: s.base(c, "")}
	v.Title = v.T("verify.title")
	v.Test = false // what a stranger brings is not ours to call a test
	ver, err := s.c.Verifier(c.Request().Context())
	if err != nil {
		return v, err
	}
	v.Lists = listNames(v.Printer, ver.Trust)
	return v, nil
}

func listNames(p *i18n.Printer, lists []verifier.TrustList) []string {
	var out []string
	for _, l := range lists {
		out = append(out, p.T("verify.list", "name", firstOf(l.Name, l.Source), "version", l.Version, "date", p.Date(l.Date), "n", len(l.Entries)))
	}
	return out
}

// verifyPost answers what a credential is worth: a page for people, the report
// for programs. Nothing of it is kept, neither the input nor the answer.
func (s *Server) verifyPost(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept, Accept-Language")
	q, link, err := s.question(c.Request())
	if err == nil && receipt.Recognise(q.Input) {
		return s.answerReceipt(c, q.Input)
	}
	if err == nil {
		var rep *verifier.Report
		if rep, err = s.verify(c.Request().Context(), q); err == nil {
			return s.answerReport(c, rep, link)
		}
	}
	return s.verifyRefused(c, err, link)
}

// verifyRefused shows people beside the form what is wrong with what they gave:
// nothing, or a link that leads to no credential.
func (s *Server) verifyRefused(c echo.Context, err error, link string) error {
	var empty emptyForm
	isEmpty := errors.As(err, &empty)
	html := wantsHTML(c.Request())
	faults := faultsOf(err)
	switch {
	case isEmpty && !html:
		return schema.Found("container.empty", "", nil)
	case !html || !isEmpty && (link == "" || len(faults) != 1):
		return err
	}
	v, verr := s.verifyView(c)
	if verr != nil {
		return verr
	}
	if isEmpty {
		v.FormError = v.T("form.empty")
		return s.pages.render(c, http.StatusUnprocessableEntity, "verify", v)
	}
	v.FormError, v.FormNext = situationWords(v.Printer, many.OfFault(link, faults[0]), faults[0])
	if v.FormError == "" {
		return err
	}
	v.FormText = link
	return s.pages.render(c, faults[0].Code.Status(), "verify", v)
}

// answerReport writes a report. An input that was too large to read is the only
// one that has no report.
func (s *Server) answerReport(c echo.Context, rep *verifier.Report, link string) error {
	s.markTest(c.Request().Context(), rep)
	s.succession(c.Request().Context(), rep)
	if res := rep.Check("input.size"); res.Status != schema.Pass {
		return schema.Found("size.too-large", "", res.Args)
	}
	if !wantsHTML(c.Request()) {
		return c.JSON(http.StatusOK, rep)
	}
	v, err := s.verifyView(c)
	if err != nil {
		return err
	}
	v.Report = s.reportOf(v.Printer, rep, s.knownOf(c.Request().Context(), rep))
	if _, next := situationWords(v.Printer, many.OfReport(link, rep), nil); next != "" {
		v.Report.Headline.NextStep = next
	}
	ver, err := s.c.Verifier(c.Request().Context())
	if err != nil {
		return err
	}
	v.Receipt, v.Signs = s.receiptForm(rep, ver.Trust), s.signsReceipts(c.Request().Context())
	v.Report.Lists = v.Lists
	v.sheetView = s.sheetOf(v.Printer, rep)
	v.Test = rep.Test
	v.Title = v.Report.Headline.Text
	return s.pages.render(c, http.StatusOK, "verify", v)
}

// markTest says TEST of what a test institution of this service signed.
func (s *Server) markTest(ctx context.Context, rep *verifier.Report) {
	if s.c.Service == nil || rep.Check("issuer.trusted").Finding != "issuer.self" {
		return
	}
	all, err := s.c.Service.Institutions(ctx)
	if err != nil {
		return
	}
	id := issuerOf(rep)
	for _, i := range all {
		rep.Test = rep.Test || i.Test && i.DID == id
	}
}

func issuerOf(rep *verifier.Report) string {
	d, err := schema.Parse(rep.Credential, schema.Limits{})
	if err != nil {
		return ""
	}
	v, _ := d.Root().Get("issuer")
	return firstOf(v.GetString("id"), v.Text)
}

// knownOf finds what this service itself knows of a credential that it issued
// and whose signature holds.
func (s *Server) knownOf(ctx context.Context, rep *verifier.Report) i18n.Known {
	if s.c.Service == nil || rep.Check("issuer.trusted").Finding != "issuer.self" {
		return i18n.Known{}
	}
	d, err := schema.Parse(rep.Credential, schema.Limits{})
	if err != nil {
		return i18n.Known{}
	}
	id, ok := s.ownCredential(d.Root().GetString("id"))
	if !ok {
		return i18n.Known{}
	}
	r, err := s.c.Service.Get(ctx, id)
	if err != nil {
		return i18n.Known{}
	}
	return s.knowledgeOf(r)
}
