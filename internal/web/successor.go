package web

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// A newerView leads from a credential to what took its place.
type newerView struct{ Href, Text string }

// newerOf is what the page of a credential says of the one that took its place; nil
// where nothing did, where its learner hides it, or where the other one's address
// shows nothing.
func (s *Server) newerOf(ctx context.Context, p *i18n.Printer, r issuer.Record) *newerView {
	next, replaced, _ := s.c.Service.Successor(ctx, r)
	switch {
	case next.ID == "":
		return nil
	case replaced:
		return &newerView{"/c/" + next.ID, p.T("life.newer")}
	}
	return &newerView{"/c/" + next.ID, p.T("life.renewed")}
}

// succession adds to a report of a credential of ours what only its issuer knows:
// that another one took its place. Anybody can write our address into a file: only
// what our own key signed is ours.
func (s *Server) succession(ctx context.Context, rep *verifier.Report) {
	if s.c.Service == nil || rep.Check("issuer.trusted").Finding != "issuer.self" {
		return
	}
	d, err := schema.Parse(rep.Credential, schema.Limits{})
	if err != nil {
		return
	}
	id := d.Root().GetString("id")
	if !strings.HasPrefix(id, s.c.BaseURL+"/c/") {
		return
	}
	if r, err := s.c.Service.Get(ctx, id); err == nil {
		s.successionOf(ctx, rep, r)
	}
}

func (s *Server) successionOf(ctx context.Context, rep *verifier.Report, r issuer.Record) {
	next, replaced, renewed := s.c.Service.Successor(ctx, r)
	rep.Superseded = replaced
	if replaced {
		rep.SupersededBy = next.URL
	} else if renewed {
		rep.RenewedBy = next.URL
	}
}

// chooseLink says whether the page of a credential leads to what took its place.
func (s *Server) chooseLink(c echo.Context) error {
	who, r, err := s.myForm(c)
	if err != nil {
		return err
	}
	if _, err := s.c.Service.Unlink(c.Request().Context(), who, r.ID, c.Request().PostForm.Get("link") == "hide"); err != nil {
		return err
	}
	return s.saved(c, r.ID)
}
