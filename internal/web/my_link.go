package web

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/schema"
)

// A linkView is the page on which a learner asks for the way to their page.
type linkView struct {
	view
	Needed    bool // the address asked for needs a session
	Sent      bool
	FormError string
	Email     string
}

func (s *Server) linkForm(c echo.Context) error { return s.linkPage(c, http.StatusOK, linkView{}) }

func (s *Server) linkPage(c echo.Context, status int, v linkView) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	v.view = s.base(c, "")
	v.NoIndex, v.Title, v.Here = true, v.T("my.link.title"), "/my/link"
	return s.pages.render(c, status, "mylink", v)
}

// sendLink answers every address alike and at once: whether somebody is known
// here is found out after the answer.
func (s *Server) sendLink(c echo.Context) error {
	email := strings.TrimSpace(c.FormValue("email"))
	if !strings.Contains(email, "@") || len(email) > 254 {
		p := s.printer(c)
		return s.linkPage(c, http.StatusUnprocessableEntity, linkView{FormError: p.T("my.link.no-address"), Email: email})
	}
	lang := s.printer(c).Lang()
	err := s.errands.run(c.Request().Context(), func(ctx context.Context) {
		if err := s.c.Service.RequestLink(ctx, email, lang); err != nil {
			s.logError(ctx, err, problemOf(err, "", s.printer(c)), "")
		}
	})
	if err != nil {
		return err
	}
	return s.linkPage(c, http.StatusOK, linkView{Sent: true})
}

// errands are what is done after an answer was given, so many at a time.
type errands struct {
	places chan struct{}
	all    sync.WaitGroup
}

func newErrands() *errands { return &errands{places: make(chan struct{}, 64)} }

// run begins an errand, or refuses it where too many are on their way. It ends
// by itself, also when the client has gone.
func (e *errands) run(ctx context.Context, do func(context.Context)) error {
	select {
	case e.places <- struct{}{}:
	default:
		return schema.Refusal(schema.CodeRateLimited, "", map[string]any{"seconds": 5})
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	e.all.Go(func() {
		defer func() { cancel(); <-e.places }()
		do(ctx)
	})
	return nil
}

// Wait returns when everything is done that was promised in answers given so
// far.
func (s *Server) Wait() { s.errands.all.Wait() }
