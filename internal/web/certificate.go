package web

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
	"merkki/schema/bake"
)

// paperTypes are the media types of a credential as something to keep or to
// hang up: the certificate, and the badge with the credential inside.
var paperTypes = []string{"application/pdf", "image/png", "image/svg+xml"}

// paper says by which suffix and under which name each of them goes.
var paper = map[string]struct{ mediaType, name string }{
	"pdf": {"application/pdf", "certificate"},
	"png": {"image/png", "badge"},
	"svg": {"image/svg+xml", "badge"},
}

// writePaper answers with a credential as a file of one of paperTypes. It is
// made anew from the record each time and is the same bytes until the record
// changes, as a revocation changes it.
func (s *Server) writePaper(c echo.Context, r issuer.Record, form string) error {
	b, err := s.paperOf(c.Request().Context(), r, form)
	if err != nil {
		return err
	}
	p := paper[form]
	h := c.Response().Header()
	h.Set("Content-Disposition", `inline; filename="`+p.name+"-"+r.ID+"."+form+`"`)
	if form == "svg" {
		h.Set("Content-Security-Policy", pictureCSP)
	}
	return writeTagged(c, p.mediaType, "no-cache", b)
}

func (s *Server) paperOf(ctx context.Context, r issuer.Record, form string) ([]byte, error) {
	cert, err := s.certificateOf(ctx, r)
	if err != nil {
		return nil, err
	}
	switch form {
	case "pdf":
		return cert.PDF()
	case "svg":
		return bake.IntoSVG(publish.EmblemSVG(cert.Image, cert.Badge()), r.Credential)
	}
	b, err := s.pictures.of(cert.Image, cert.Badge())
	if err != nil {
		return nil, err
	}
	return bake.IntoPNG(b, r.Credential)
}

// certificateOf puts together what paper says of a record. Its language is the
// credential's, or the institution's where there are no words in that one.
func (s *Server) certificateOf(ctx context.Context, r issuer.Record) (publish.Certificate, error) {
	inst, err := s.c.Service.Institution(ctx, r.Issuer)
	if err != nil {
		return publish.Certificate{}, err
	}
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return publish.Certificate{}, err
	}
	f := publish.Credential(d.Root())
	f.Language = firstOf(f.Language, r.Language)
	lang, _, _ := strings.Cut(strings.ToLower(f.Language), "-")
	if !i18n.Speaks(lang) {
		lang = firstOf(inst.Lang, s.c.Lang)
	}
	cert := publish.Certificate{
		Facts: f, ID: r.ID, URL: r.URL, Issuer: inst.Name, Domain: s.domain, Test: inst.Test,
		Created: r.IssuedAt, Credential: r.Credential, Printer: i18n.New(lang),
	}
	if cert.Look, err = s.paperLook(ctx, inst.Look); err != nil {
		return publish.Certificate{}, err
	}
	if a, err := s.c.Service.Achievement(ctx, r.Achievement); err == nil {
		if cert.Image, err = s.image(ctx, a.Image); err != nil {
			return publish.Certificate{}, err
		}
	}
	if r.Visibility == issuer.Withheld { // nothing may lead anybody to it
		cert.URL = ""
	}
	if r.State != issuer.Issued {
		cert.Ended = &publish.Ended{Suspended: r.State == issuer.Suspended, At: r.ChangedAt, Reason: r.Reason}
	}
	return cert, nil
}

// maxPictures is how many badges are kept painted, and how many pictures read: a
// learner's badge is that of everybody else with the same achievement.
const maxPictures = 64

// pictures keeps painted badges, because painting one costs as much as a dozen
// signatures, and pictures that were read, because reading one decodes it.
type pictures struct {
	mu    sync.Mutex
	badge map[badgeKey][]byte
	read  map[string]*publish.Image
}

type badgeKey struct {
	own   *publish.Image
	drawn publish.Badge
}

func (p *pictures) of(own *publish.Image, b publish.Badge) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock() // painting one after the other also bounds what strangers can ask of us
	key := badgeKey{own, b}
	if png, ok := p.badge[key]; ok {
		return png, nil
	}
	png, err := publish.EmblemPNG(own, b)
	if err != nil {
		return nil, err
	}
	if len(p.badge) >= maxPictures || p.badge == nil {
		p.badge = map[badgeKey][]byte{}
	}
	p.badge[key] = png
	return png, nil
}

// image returns a picture that was read before, or reads it.
func (p *pictures) image(name string, read func() (*publish.Image, error)) (*publish.Image, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if im := p.read[name]; im != nil {
		return im, nil
	}
	im, err := read()
	if err != nil {
		return nil, err
	}
	if len(p.read) >= maxPictures || p.read == nil {
		p.read = map[string]*publish.Image{}
	}
	p.read[name] = im
	return im, nil
}

// print answers with the certificates of many records as one file for the
// printer, in the order asked for.
func (s *Server) print(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "ids")
	if err != nil {
		return err
	}
	ids := b.texts(b.root, "", "ids", true)
	if n := len(ids); b.err() == nil && (n == 0 || n > publish.MaxSheets) {
		b.fault(schema.Refusal(schema.CodeRangeError, "/ids", map[string]any{"member": "ids", "min": 1, "max": publish.MaxSheets}))
	}
	if err := b.err(); err != nil {
		return err
	}
	all := make([]publish.Certificate, len(ids))
	for i, id := range ids {
		r, err := s.c.Service.Read(ctx, actor(ctx), id)
		if err != nil {
			return err
		}
		if all[i], err = s.certificateOf(ctx, r); err != nil {
			return err
		}
	}
	file, err := publish.Sheets(all)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/pdf", file)
}
