package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// A closedView is the page of a credential that its learner has closed: its
// number, whether it is in force, and a question that can be asked of it.
type closedView struct {
	view
	ID, Groups string
	State      mark
	Answer     *mark // to the question; nil: none was asked
	Asked      string
	FormError  string
}

// A mark is a sentence with its tone.
type mark struct {
	Tone             i18n.Tone
	Sign             string
	Text, Next, When string
}

func newMark(tone i18n.Tone, text, next string) mark {
	return mark{Tone: tone, Sign: toneSigns[tone], Text: text, Next: next}
}

// closed answers at the address of a closed credential: with its page for those
// who read pages, with the refusal for programs.
func (s *Server) closed(c echo.Context, id, suffix string, refusal error) error {
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	// A copy from before must never be confirmed by it, nor a copy of it kept.
	c.Response().Header().Set("Cache-Control", "no-store")
	vary(c.Response().Header(), "Accept")
	html := suffix == "html"
	if !html && !wantsHTML(c.Request()) {
		return refusal
	}
	status := http.StatusOK
	if !html && suffix != "" { // somebody follows an old link to a file
		status = schema.CodeClosed.Status()
	}
	r, err := s.c.Service.Get(c.Request().Context(), id)
	if err != nil {
		return err
	}
	v, err := s.closedView(c, r)
	if err != nil {
		return err
	}
	return s.pages.render(c, status, "closed", v)
}

func (s *Server) closedView(c echo.Context, r issuer.Record) (closedView, error) {
	ctx := c.Request().Context()
	rep, err := s.verify(ctx, verifier.Request{Input: r.Credential})
	if err != nil {
		return closedView{}, err
	}
	v := closedView{view: s.base(c, ""), ID: r.ID, Groups: publish.Groups(r.ID)}
	v.Title, v.NoIndex, v.Here = v.T("closed.title", "id", v.Groups), true, "/c/"+r.ID
	v.Test = v.Test || rep.Test
	v.State = stateOf(v.Printer, rep, r)
	v.State.When = v.T("verdict.when", "date", v.Moment(rep.CheckedAt))
	return v, nil
}

// stateOf says of a report whether the credential is in force, and nothing of
// its content: not what for, by whom, to whom or why not.
func stateOf(p *i18n.Printer, r *verifier.Report, rec issuer.Record) mark {
	if r.Verdict == verifier.Valid {
		return newMark(i18n.Good, p.T("closed.in-force"), "")
	}
	code := schema.Code("")
	if r.Primary != nil {
		code = r.Primary.Code
	}
	switch code {
	case schema.CodeRevoked:
		return newMark(i18n.Bad, p.T("closed.revoked", "date", p.Date(rec.ChangedAt)), p.T("closed.ask-issuer"))
	case schema.CodeSuspended:
		return newMark(i18n.Bad, p.T("closed.suspended", "date", p.Date(rec.ChangedAt)), p.T("closed.ask-issuer"))
	case schema.CodeExpired:
		return newMark(i18n.Ended, p.T("closed.expired", "date", p.Date(rec.ValidUntil)), "")
	}
	return newMark(i18n.Open, p.T("closed.cannot-tell"), p.T("closed.later"))
}

// maxName is how many characters of a name are compared.
const maxName = 200

// issuedTo answers whether a closed credential is issued to a name that somebody
// reads off a certificate. The name comes in the body and is not kept; five may
// be tried a minute, of one credential and by one client, so that the page is no
// way to find out a name.
func (s *Server) issuedTo(c echo.Context) error {
	r, err := s.c.Service.Get(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	if r.Visibility != issuer.Closed {
		return c.Redirect(http.StatusSeeOther, "/c/"+r.ID)
	}
	form := c.Request()
	if err := form.ParseForm(); err != nil {
		return formFault(err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("X-Robots-Tag", "noindex")
	v, err := s.closedView(c, r)
	if err != nil {
		return err
	}
	v.Asked = strings.TrimSpace(publish.Visible(form.PostForm.Get("name")))
	if n := utf8.RuneCountInString(v.Asked); n == 0 || n > maxName {
		v.FormError = v.T("closed.no-name", "n", maxName)
		return s.pages.render(c, http.StatusUnprocessableEntity, "closed", v)
	}
	for _, b := range []struct {
		tries *buckets
		of    string
	}{{s.triesAt, r.ID}, {s.triesBy, c.RealIP()}} {
		if wait, ok := b.tries.allow(b.of); !ok {
			c.Response().Header().Set("Retry-After", strconv.Itoa(wait))
			v.FormError = v.T("closed.too-often", "n", wait)
			return s.pages.render(c, http.StatusTooManyRequests, "closed", v)
		}
	}
	answer := newMark(i18n.Bad, v.T("closed.other-name", "name", v.Asked), v.T("closed.other-name-next"))
	if r.IssuedTo(v.Asked) {
		answer = newMark(i18n.Good, v.T("closed.same-name", "name", v.Asked), v.T("closed.same-name-next"))
		if v.State.Tone != i18n.Good {
			answer = newMark(v.State.Tone, v.T("closed.same-name-but", "name", v.Asked), "")
		}
	}
	v.Answer = &answer
	return s.pages.render(c, http.StatusOK, "closed", v)
}
