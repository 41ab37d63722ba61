package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

// A mineView is a learner's page of one credential: what its address shows, the
// links made to it, and what to do when something in it is wrong.
type mineView struct {
	view
	ID, Groups string
	Name       string // of the achievement
	Language   string
	Issuer     string
	State      string // issued, expired, suspended, revoked
	StateText  string
	Visible    issuer.Visibility
	Choices    []visibilityView
	Shares     []shareItem
	Parts      []partView
	Days       []lifeView
	Made       string // address of a link that was just made, shown once
	Form       shareForm
	Requests   []requestView
	Ask        bool // no request is open
	Wrong      string
	Right      string
	AskError   string
	Saved      bool
	HasToken   bool
	Replaced   bool // another one took its place
	Unlinked   bool // its page does not lead there
}

type visibilityView struct {
	Value, Name, Text string
	Chosen            bool
}

type shareItem struct {
	ID, Label, State, Shows, Views, End string
}

type partView struct {
	Value, Name string
	Chosen      bool
}

type lifeView struct {
	N      int
	Text   string
	Chosen bool
}

// A shareForm is what stood in the form of a link that could not be made.
type shareForm struct {
	Label, Error string
	Some, Close  bool
	ErrorAt      string // id of the field
}

type requestView struct {
	Text, Wrong, Right, Reason string
}

// mine shows a learner's page of one credential.
func (s *Server) mine(c echo.Context) error {
	v, err := s.mineView(c)
	if err != nil {
		return err
	}
	v.Saved = c.QueryParam("saved") == "yes"
	return s.pages.render(c, http.StatusOK, "mine", v)
}

// holder returns whose page is open and what it is of. requireLearner stands
// before it.
func (s *Server) holder(c echo.Context) (issuer.Digest, issuer.Record, error) {
	who, ok := s.learner(c)
	if !ok {
		return who, issuer.Record{}, schema.Refusal(schema.CodeUnauthenticated, "", nil)
	}
	r, err := s.c.Service.Held(c.Request().Context(), who, c.Param("id"))
	return who, r, err
}

func (s *Server) mineView(c echo.Context) (mineView, error) {
	ctx := c.Request().Context()
	c.Response().Header().Set("Cache-Control", "no-store")
	who, r, err := s.holder(c)
	if err != nil {
		return mineView{}, err
	}
	f, err := factsOf(r)
	if err != nil {
		return mineView{}, err
	}
	v := mineView{view: s.base(c, f.Achievement.Name), ID: r.ID, Groups: publish.Groups(r.ID), Name: f.Achievement.Name,
		Language: firstOf(f.Language, r.Language), Visible: r.Visibility, HasToken: r.Token != nil, Ask: true,
		Replaced: r.Links.SupersededBy+r.Links.RenewedBy != "", Unlinked: r.Links.Hidden}
	v.NoIndex, v.Here = true, "/my/"+r.ID
	v.State = stateNow(r, s.c.Now())
	v.StateText = v.stateText(v.State)
	if inst, err := s.c.Service.Institution(ctx, r.Issuer); err == nil {
		v.wear(inst)
		v.Issuer = inst.Name
	}
	v.Choices = choicesOf(v.view, r.Visibility)
	for _, p := range partsOf(r) {
		v.Parts = append(v.Parts, partView{Value: p, Name: v.T("share.part." + p)})
	}
	for _, n := range daysOf {
		text := v.T("share.days-n", "n", n)
		if n == 365 {
			text = v.T("share.year")
		}
		v.Days = append(v.Days, lifeView{n, text, n == 30})
	}
	if err := s.sharesOf(c, &v, who); err != nil {
		return v, err
	}
	return v, s.requestsOf(c, &v, who)
}

func choicesOf(v view, now issuer.Visibility) []visibilityView {
	return []visibilityView{
		{"link", v.T("visibility.link"), v.T("visibility.link-text"), now == issuer.ByLink},
		{string(issuer.Public), v.T("visibility.public"), v.T("visibility.public-text"), now == issuer.Public},
		{string(issuer.Closed), v.T("visibility.closed"), v.T("visibility.closed-text"), now == issuer.Closed},
	}
}

func (s *Server) sharesOf(c echo.Context, v *mineView, who issuer.Digest) error {
	all, err := s.c.Service.Shares(c.Request().Context(), who, v.ID)
	if err != nil {
		return err
	}
	for _, sh := range all {
		item := shareItem{ID: sh.ID, Label: publish.Visible(sh.Label), Views: v.T("share.views", "n", sh.Views)}
		item.End = v.T("share.end-of", "label", item.Label)
		switch {
		case !s.c.Now().Before(sh.Until):
			item.State = v.T("share.over", "date", v.Date(sh.Until))
		case sh.Limited && v.Visible != issuer.Closed:
			item.State = v.T("share.waits")
		default:
			item.State = v.T("share.runs", "date", v.Date(sh.Until))
		}
		item.Shows = v.T("share.shows-all")
		if left := leftOut(v.Parts, sh); len(left) > 0 {
			item.Shows = v.T("share.shows-some", "parts", strings.Join(left, ", "))
		}
		v.Shares = append(v.Shares, item)
	}
	return nil
}

func leftOut(parts []partView, sh issuer.Share) (left []string) {
	for _, p := range parts {
		if sh.Limited && !slices.Contains(sh.Shows, p.Value) {
			left = append(left, p.Name)
		}
	}
	return left
}

func (s *Server) requestsOf(c echo.Context, v *mineView, who issuer.Digest) error {
	all, err := s.c.Service.Corrections(c.Request().Context(), who, v.ID)
	if err != nil {
		return err
	}
	for _, q := range all {
		item := requestView{Wrong: publish.Visible(q.Wrong), Right: publish.Visible(q.Right), Reason: publish.Visible(q.Reason)}
		switch q.State {
		case issuer.RequestAccepted:
			item.Text = v.T("request.accepted", "date", v.Date(q.Decided))
		case issuer.RequestDeclined:
			item.Text = v.T("request.declined", "date", v.Date(q.Decided))
		default:
			item.Text, v.Ask = v.T("request.open", "date", v.Date(q.Made)), false
		}
		v.Requests = append(v.Requests, item)
	}
	return nil
}

// myForm reads a form of the page.
func (s *Server) myForm(c echo.Context) (issuer.Digest, issuer.Record, error) {
	c.Response().Header().Set("Cache-Control", "no-store")
	if err := c.Request().ParseForm(); err != nil {
		return issuer.Digest{}, issuer.Record{}, formFault(err)
	}
	return s.holder(c)
}

func (s *Server) saved(c echo.Context, id string) error {
	return c.Redirect(http.StatusSeeOther, "/my/"+id+"?saved=yes")
}

// chooseVisibility does what the learner chose.
func (s *Server) chooseVisibility(c echo.Context) error {
	who, r, err := s.myForm(c)
	if err != nil {
		return err
	}
	want := issuer.Visibility(c.Request().PostForm.Get("visibility"))
	if want == "link" {
		want = issuer.ByLink
	} else if want == issuer.ByLink { // nothing was chosen
		want = r.Visibility
	}
	if _, err := s.c.Service.Choose(c.Request().Context(), who, r.ID, want); err != nil {
		return err
	}
	return s.saved(c, r.ID)
}

// makeShare makes a link, and shows it once.
func (s *Server) makeShare(c echo.Context) error {
	who, r, err := s.myForm(c)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	n := issuer.NewShare{Label: strings.TrimSpace(form.Get("label")), Limited: form.Get("shows") == "some", Shows: form["part"]}
	n.Close = n.Limited && form.Get("close") == "yes"
	life, ok := days(form.Get("days"))
	if !ok {
		life = 30
	}
	n.Until = s.c.Now().Add(time.Duration(life) * 24 * time.Hour)
	sh, failed := s.c.Service.MakeShare(c.Request().Context(), who, r.ID, n)
	v, err := s.mineView(c) // as it stands now
	if err != nil {
		return err
	}
	if failed != nil {
		return s.noLink(c, v, n, failed)
	}
	v.Made = s.c.BaseURL + "/s/" + strings.ToLower(sh.Token)
	return s.pages.render(c, http.StatusOK, "mine", v)
}

// noLink shows the form again, with what stood in it and what is wrong.
func (s *Server) noLink(c echo.Context, v mineView, n issuer.NewShare, failed error) error {
	f, reason := faultsOf(failed), ""
	if len(f) > 0 {
		reason, _ = f[0].Args["reason"].(string)
	}
	v.Form = shareForm{Label: publish.Visible(n.Label), Some: n.Limited, Close: n.Close}
	switch {
	case len(f) > 0 && f[0].Pointer == "/label":
		v.Form.Error, v.Form.ErrorAt = v.T("share.no-label"), "label"
	case reason == "not-closed":
		v.Form.Error, v.Form.ErrorAt = v.T("share.needs-close"), "close"
	case reason == "too-many-shares":
		v.Form.Error, v.Form.ErrorAt = v.T("share.too-many"), "links"
	default:
		return failed
	}
	for i := range v.Parts {
		v.Parts[i].Chosen = slices.Contains(n.Shows, v.Parts[i].Value)
	}
	return s.pages.render(c, http.StatusUnprocessableEntity, "mine", v)
}

func (s *Server) endShare(c echo.Context) error {
	who, r, err := s.myForm(c)
	if err != nil {
		return err
	}
	if err := s.c.Service.EndShare(c.Request().Context(), who, r.ID, c.Request().PostForm.Get("share")); err != nil {
		return err
	}
	return s.saved(c, r.ID)
}

func (s *Server) askCorrection(c echo.Context) error {
	who, r, err := s.myForm(c)
	if err != nil {
		return err
	}
	wrong, right := c.Request().PostForm.Get("wrong"), c.Request().PostForm.Get("right")
	_, failed := s.c.Service.AskCorrection(c.Request().Context(), who, r.ID, wrong, right)
	if failed == nil {
		return s.saved(c, r.ID)
	}
	f := faultsOf(failed)
	if len(f) == 0 {
		return failed
	}
	v, err := s.mineView(c)
	if err != nil {
		return err
	}
	v.Wrong, v.Right, v.AskError = publish.Visible(wrong), publish.Visible(right), v.T("request.empty")
	if f[0].Code == schema.CodeConflict {
		v.AskError = v.T("request.too-many")
	}
	return s.pages.render(c, http.StatusUnprocessableEntity, "mine", v)
}
