package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// A shareView is the page that a learner's link opens: what the service states
// on this day about a credential, as far as the learner shows it. Everything of
// the credential on it comes from Shared.Claims, in which nothing hidden is.
type shareView struct {
	view
	sheetView
	Report    *reportView
	Statement string
	Left      []string // what the learner has left out, in words
	File      string   // address of the signed document, "" where there is none
	Limited   bool
	Until     string
}

// shared answers at a share link. Who follows too many that lead nowhere has to
// wait, also at one that leads somewhere: else waiting would tell them apart.
func (s *Server) shared(c echo.Context) error {
	h := c.Response().Header()
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	client := c.RealIP()
	if wait, ok := s.guesses.left(client); !ok {
		return schema.Refusal(schema.CodeRateLimited, "", map[string]any{"seconds": wait})
	}
	token, suffix, _ := strings.Cut(c.Param("token"), ".")
	sh, err := s.c.Service.OpenShare(c.Request().Context(), token)
	if err != nil {
		if f := faultsOf(err); len(f) > 0 && f[0].Code == schema.CodeNotFound {
			s.guesses.allow(client)
			return s.noShare(c, err)
		}
		return err
	}
	vary(h, "Accept")
	switch {
	case suffix == "json" || suffix == "" && !wantsHTML(c.Request()):
		return s.sharedFile(c, sh)
	case suffix == "":
		return s.sharedPage(c, sh)
	}
	return schema.Refusal(schema.CodeNotFound, "", nil)
}

// sharedFile answers with the signed document of what a link shows, if there can
// be one.
func (s *Server) sharedFile(c echo.Context, sh issuer.Shared) error {
	b, err := s.c.Service.Derive(c.Request().Context(), sh)
	if err != nil {
		return err
	}
	if b == nil {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	return c.Blob(http.StatusOK, typeOf(negotiate(c.Request().Header.Get("Accept"), "application/vc"), jsonTypes), b)
}

func (s *Server) sharedPage(c echo.Context, sh issuer.Shared) error {
	ctx := c.Request().Context()
	rep, err := s.verify(ctx, verifier.Request{Input: sh.Record.Credential})
	if err != nil {
		return err
	}
	v := shareView{view: s.base(c, ""), Limited: sh.Limited}
	v.Until = v.Date(sh.Until)
	v.Title, v.NoIndex = v.T("share.title"), true
	name := s.domain
	if inst, err := s.c.Service.Institution(ctx, sh.Record.Issuer); err == nil {
		v.wear(inst)
		name = inst.Name
		rep.Test = rep.Test || inst.Test
	}
	known := i18n.Known{Changed: sh.Record.ChangedAt}
	if !sh.Limited {
		known.Reason = sh.Record.Reason
	}
	seen := *rep
	seen.Credential = schema.Marshal(sh.Claims)
	v.Report, v.sheetView = s.reportOf(v.Printer, rep, known), s.sheetOf(v.Printer, &seen)
	if v.Facts != nil && v.Facts.Recipient == "" && sh.Limited {
		v.Facts.Recipient = v.T("share.no-name") // it has one
	}
	v.Statement = v.T("share.statement", "issuer", name, "date", v.Moment(rep.CheckedAt))
	for _, p := range partsOf(sh.Record) {
		if sh.Limited && !slices.Contains(sh.Shows, p) {
			v.Left = append(v.Left, v.T("share.part."+p))
		}
	}
	if !sh.Limited || sh.Record.Base != nil {
		v.File = "/s/" + strings.ToLower(c.Param("token")) + ".json"
	}
	if c.Request().Method == http.MethodGet {
		s.c.Service.CountView(ctx, sh.ID)
	}
	return s.pages.render(c, http.StatusOK, "share", v)
}

// partsOf are the parts that a learner can show or leave out of a credential.
func partsOf(r issuer.Record) []string {
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return nil
	}
	return issuer.PartsOf(d.Root())
}

// noShare says that a link leads nowhere (any more), in the same bytes for one
// that was ended, has run out or never was.
func (s *Server) noShare(c echo.Context, err error) error {
	if !wantsHTML(c.Request()) {
		return err
	}
	v := s.base(c, "")
	v.Title, v.NoIndex, v.Here = v.T("share.gone"), true, "/"
	return s.pages.render(c, http.StatusNotFound, "noshare", v)
}

// left reports whether a client has something left of its allowance, without
// taking of it, and else how many seconds to wait.
func (b *buckets) left(client string) (wait int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.of[client]
	if l == nil || l.TokensAt(b.now()) >= 1 {
		return 0, true
	}
	return int(1/float64(b.every)) + 1, false
}

// daysOf are the lives among which a learner chooses for a link.
var daysOf = []int{7, 30, 90, 365}

func days(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && slices.Contains(daysOf, n)
}
