package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

// A myView is the learner's page: everything they hold from this service.
type myView struct {
	view
	Credentials []heldView
	Addresses   []string
	Quiet       bool
	Note        string // what just happened, "" for nothing
	FormError   string
}

// A heldView is one credential on the learner's page.
type heldView struct {
	ID, Name, Lang string
	Long           bool // the name needs smaller letters
	Issuer         string
	Awarded, Until string
	State          string // issued, expired, suspended, revoked
	StateText      string
	Seen           string // what its address shows
	BadgeHref      string
	PageHref       string // "" where its address shows nothing
	LinkedIn       string // "" where LinkedIn readers would find nothing there
	Token, Base    bool
}

// my is the learner's page.
func (s *Server) my(c echo.Context) error {
	d, _ := s.learner(c)
	v := myView{}
	if _, ok := c.QueryParams()["confirmed"]; ok {
		v.Note = "confirmed"
	}
	return s.myPage(c, http.StatusOK, d, v)
}

func (s *Server) myPage(c echo.Context, status int, d issuer.Digest, v myView) error {
	ctx := c.Request().Context()
	v.view = s.base(c, "")
	v.NoIndex, v.Title, v.Here = true, v.T("my.title"), "/my"
	held, err := s.c.Service.Holdings(ctx, d)
	if err != nil {
		return err
	}
	for _, r := range held {
		h, err := s.heldView(ctx, v.view, r)
		if err != nil {
			return err
		}
		v.Credentials = append(v.Credentials, h)
	}
	if v.Addresses, err = s.c.Service.Addresses(ctx, d); err != nil {
		return err
	}
	if v.Quiet, err = s.c.Service.Quiet(ctx, d); err != nil {
		return err
	}
	if v.Note == "confirmed" {
		v.Note = v.T("my.confirmed")
	}
	return s.pages.render(c, status, "my", v)
}

func (s *Server) heldView(ctx context.Context, v view, r issuer.Record) (heldView, error) {
	inst, err := s.c.Service.Institution(ctx, r.Issuer)
	if err != nil {
		return heldView{}, err
	}
	f, err := factsOf(r)
	if err != nil {
		return heldView{}, err
	}
	h := heldView{ID: r.ID, Name: f.Achievement.Name, Lang: f.Language, Long: len([]rune(f.Achievement.Name)) > 60, Issuer: inst.Name,
		Awarded: v.Date(f.Awarded), State: stateNow(r, s.c.Now()), Token: r.Token != nil, Base: r.Base != nil,
		BadgeHref: s.pathOf(r.Achievement) + "/image"}
	if !r.ValidUntil.IsZero() {
		h.Until = v.Date(r.ValidUntil)
	}
	h.StateText = v.stateText(h.State)
	switch r.Visibility {
	case issuer.Withheld:
		h.Seen = v.T("my.seen.withheld")
		return h, nil
	case issuer.Closed:
		h.Seen = v.T("my.seen.closed")
	case issuer.Public:
		h.Seen = v.T("my.seen.public")
	default:
		h.Seen = v.T("my.seen.by-link")
	}
	h.PageHref = "/c/" + r.ID
	if r.Visibility != issuer.Closed && h.State == "issued" {
		h.LinkedIn = linkedIn(f, r, inst.Name, "")
	}
	return h, nil
}

// factsOf reads a record's credential.
func factsOf(r issuer.Record) (publish.Facts, error) {
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return publish.Facts{}, err
	}
	return publish.Credential(d.Root()), nil
}

// stateNow is the state of a record as its learner sees it.
func stateNow(r issuer.Record, now time.Time) string {
	if r.State == issuer.Issued && !r.ValidUntil.IsZero() && now.After(r.ValidUntil) {
		return "expired"
	}
	return string(r.State)
}

// stateText names what stateNow says.
func (v view) stateText(state string) string {
	return map[string]string{
		"issued": v.T("my.state.issued"), "expired": v.T("my.state.expired"),
		"suspended": v.T("my.state.suspended"), "revoked": v.T("my.state.revoked"),
	}[state]
}

// leave ends the session.
func (s *Server) leave(c echo.Context) error {
	if secret := s.sessionSecret(c); secret != "" {
		if err := s.c.Service.EndSession(c.Request().Context(), secret); err != nil {
			return err
		}
	}
	s.setSession(c, "")
	return c.Redirect(http.StatusSeeOther, "/")
}

// addAddress sends the link that confirms a further address.
func (s *Server) addAddress(c echo.Context) error {
	d, _ := s.learner(c)
	p := s.printer(c)
	err := s.c.Service.AddAddress(c.Request().Context(), d, c.FormValue("email"), p.Lang())
	for _, f := range faultsOf(err) {
		switch f.Code {
		case schema.CodeMalformedValueError:
			return s.myPage(c, http.StatusUnprocessableEntity, d, myView{FormError: p.T("my.link.no-address")})
		case schema.CodeLimitExceeded:
			return s.myPage(c, http.StatusUnprocessableEntity, d, myView{FormError: p.T("my.too-many-addresses", "n", issuer.MaxAddresses)})
		}
	}
	if err != nil {
		return err
	}
	return s.myPage(c, http.StatusOK, d, myView{Note: p.T("my.address-sent")})
}

// chooseMail stops mails about credentials, or lets them come again.
func (s *Server) chooseMail(c echo.Context) error {
	d, _ := s.learner(c)
	if err := s.c.Service.SetQuiet(c.Request().Context(), d, c.FormValue("mail") == "stop"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/my")
}

// myFile is one form of a credential for its holder, whatever its address shows
// to others.
func (s *Server) myFile(c echo.Context) error {
	d, _ := s.learner(c)
	id, form, _ := strings.Cut(c.Param("name"), ".")
	r, err := s.c.Service.Held(c.Request().Context(), d, id)
	if err != nil {
		return err
	}
	f, err := s.formFor(c.Request().Context(), r, form)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `inline; filename="`+f.name+"-"+r.ID+"."+form+`"`)
	if form == "svg" {
		c.Response().Header().Set("Content-Security-Policy", pictureCSP)
	}
	return c.Blob(http.StatusOK, f.mediaType, f.bytes)
}

// A form is a credential as a file.
type form struct {
	name, mediaType string
	bytes           []byte
}

// forms are the suffixes of the forms that a holder can have.
var forms = []string{"json", "jwt", "sd-base.json", "pdf", "png", "svg"}

// formFor makes a form of a credential for its holder, NOT_FOUND where it has
// none of that kind.
func (s *Server) formFor(ctx context.Context, r issuer.Record, suffix string) (form, error) {
	switch suffix {
	case "json":
		return form{"credential", "application/vc", r.Credential}, nil
	case "jwt":
		if r.Token != nil {
			return form{"credential", tokenTypes[0], r.Token}, nil
		}
	case "sd-base.json":
		if r.Base != nil {
			return form{"for-the-holder", "application/vc", r.Base}, nil
		}
	case "pdf", "png", "svg":
		b, err := s.paperOf(ctx, r, suffix)
		return form{paper[suffix].name, paper[suffix].mediaType, b}, err
	}
	return form{}, schema.Refusal(schema.CodeNotFound, "", nil)
}
