package web

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
)

// A social is what other sites read of a page when they show a link to it (Open
// Graph). A crawler gets the same page as everybody.
type social struct {
	Title, Description, URL string
	Image, ImageAlt         string   // absolute; 1200 by 630
	Locale                  string   // of the page
	Others                  []string // locales in which it is also to be had
	OEmbed                  string   // absolute
}

// locales are the names of our languages in Open Graph.
var locales = map[string]string{"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}

// socialOf says what stands beside a link to a credential: what and by whom. The
// learner is not named, unless it was the learner who made it public.
func (s *Server) socialOf(p *i18n.Printer, r issuer.Record, v publish.Preview, rep *reportView) *social {
	title := v.Title + " · " + v.Issuer
	if r.Visibility == issuer.Public && r.Recipient.Name != "" {
		title = r.Recipient.Name + ": " + title
	}
	if v.Test != "" {
		title = p.T("test.word") + " · " + title
	}
	out := &social{
		Title: title, URL: r.URL, Description: p.T("preview.about", "domain", s.domain),
		Image: s.c.BaseURL + "/c/" + r.ID + ".preview.png", ImageAlt: title,
		Locale: locales[p.Lang()], OEmbed: s.oembedOf(r),
	}
	if v.Ended != "" || rep.Headline.Tone == i18n.Bad {
		out.Description = rep.Headline.Text
	}
	for _, l := range i18n.Languages {
		if l != p.Lang() {
			out.Others = append(out.Others, locales[l])
		}
	}
	return out
}

// previewOf puts together the picture beside a link, in the language of the
// certificate.
func (s *Server) previewOf(ctx context.Context, r issuer.Record) (publish.Preview, error) {
	cert, err := s.certificateOf(ctx, r)
	if err != nil {
		return publish.Preview{}, err
	}
	p, f := cert.Printer, cert.Facts
	v := publish.Preview{Title: f.Achievement.Name, Issuer: cert.Issuer, Domain: s.domain, Badge: cert.Badge(), Own: cert.Image,
		Facts: inShort(p, f), Ask: p.T("preview.ask", "domain", s.domain), Ended: s.endedOf(p, r, f)}
	if cert.Test {
		v.Test = p.T("test.word") + " · " + p.T("test.band")
	}
	return v, nil
}

// inShort is credits, level and kind on one line.
func inShort(p *i18n.Printer, f publish.Facts) string {
	var parts []string
	for _, s := range []string{creditsOf(p, f.CreditsHeld, f.Achievement.Credits), levelOf(f.Achievement), kindOf(p, f.Achievement)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}

// levelOf is the level of the European Qualifications Framework, "" for none.
func levelOf(a publish.Achievement) string {
	if n := a.Level(); n > 0 {
		return "EQF " + strconv.Itoa(n)
	}
	return ""
}

// endedOf says what ended a credential, or that it has not begun; "" while it is
// in force.
func (s *Server) endedOf(p *i18n.Printer, r issuer.Record, f publish.Facts) string {
	now := s.c.Now()
	switch {
	case r.State == issuer.Revoked && r.ReasonCode == superseded:
		return p.T("preview.superseded", "date", p.Date(r.ChangedAt))
	case r.State == issuer.Revoked:
		return p.T("certificate.withdrawn", "date", p.Date(r.ChangedAt))
	case r.State == issuer.Suspended:
		return p.T("certificate.suspended", "date", p.Date(r.ChangedAt))
	case !f.ValidUntil.IsZero() && now.After(f.ValidUntil):
		return p.T("preview.expired", "date", p.Date(f.ValidUntil))
	case f.ValidFrom.After(now):
		return p.T("preview.from", "date", p.Date(f.ValidFrom))
	}
	return ""
}

// superseded is the reason code of a credential that a newer one took the place of.
const superseded = "superseded"

// writePreview answers with the picture beside a link. Networks keep it as long
// as they like; asked again, it is that of the record as it stands now.
func (s *Server) writePreview(c echo.Context, r issuer.Record) error {
	v, err := s.previewOf(c.Request().Context(), r)
	if err != nil {
		return err
	}
	b, err := s.previews.of(v, v.PNG)
	if err != nil {
		return err
	}
	return writeTagged(c, "image/png", "no-cache", b)
}

// maxPainted is how many pictures of a kind are kept painted.
const maxPainted = 64

// A painter keeps pictures that cost much to paint, and paints one after the
// other, which also bounds what strangers can ask of us. Equal keys look alike.
type painter[K comparable] struct {
	mu   sync.Mutex
	kept map[K][]byte
}

func (p *painter[K]) of(key K, paint func() ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b, ok := p.kept[key]; ok {
		return b, nil
	}
	b, err := paint()
	if err != nil {
		return nil, err
	}
	if len(p.kept) >= maxPainted || p.kept == nil {
		p.kept = map[K][]byte{}
	}
	p.kept[key] = b
	return b, nil
}
