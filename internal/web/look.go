package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/internal/publish/draw"
	"merkki/issuer"
	"merkki/schema"
)

// pictureCSP lets a picture that is opened by itself load nothing and run nothing,
// but show the pixels that it has inside.
const pictureCSP = "default-src 'none'; img-src data:; sandbox"

// wear gives a page the look of an institution.
func (v *view) wear(i issuer.Institution) {
	v.Brand, v.Test = i.Name, i.Test
	v.LookStyle, v.Logo = lookHref(i), logoHref(i)
}

// logoHref is where the logo is, under a name that changes with it.
func logoHref(i issuer.Institution) string {
	if i.Look.Logo == "" {
		return ""
	}
	return "/i/" + i.ID + "/logo?v=" + i.Look.Logo[:12]
}

func lookHref(i issuer.Institution) string {
	css := lookStyle(i.Look)
	if css == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(css))
	return "/i/" + i.ID + "/look.css?v=" + hex.EncodeToString(sum[:6])
}

// lookStyle sets the colours of the style sheet. On dark grounds an institution
// that chose none has its colour made lighter until it can be read.
func lookStyle(l issuer.Look) string {
	light, err := draw.ParseColour(l.Colour)
	if err != nil {
		return ""
	}
	dark, err := draw.ParseColour(l.Dark)
	if err != nil {
		dark = publish.Readable(light, publish.DarkGround)
	}
	return fmt.Sprintf("@media screen{:root{--accent:%s;--link:%s}}\n@media screen and (prefers-color-scheme:dark){:root{--accent:%s;--link:%s}}\n", light, light, dark, dark)
}

// lookSheet answers with the colours of an institution as a style sheet: the
// pages have no styles inside.
func (s *Server) lookSheet(c echo.Context) error {
	i, err := s.c.Service.Institution(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	css := lookStyle(i.Look)
	if css == "" {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	return writeTagged(c, "text/css; charset=utf-8", kept(c), []byte(css))
}

func (s *Server) logo(c echo.Context) error {
	ctx := c.Request().Context()
	i, err := s.c.Service.Institution(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if i.Look.Logo == "" {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	im, err := s.image(ctx, i.Look.Logo)
	if err != nil {
		return err
	}
	return writePicture(c, im.MediaType, im.Bytes, "logo")
}

// achievementImage answers with the picture of a version: its own, or the badge
// that is drawn for one without.
func (s *Server) achievementImage(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.c.Service.Achievement(ctx, achievementRef(c))
	if err != nil {
		return err
	}
	if a.Image != "" {
		im, err := s.image(ctx, a.Image)
		if err != nil {
			return err
		}
		return writePicture(c, im.MediaType, im.Bytes, "badge")
	}
	i, err := s.c.Service.Institution(ctx, a.Issuer)
	if err != nil {
		return err
	}
	b := publish.BadgeOf(publish.ReadAchievement(a.Definition), i.DID, i.Test)
	b.Colour, _ = draw.ParseColour(i.Look.Colour) // black, which is none, where there is none
	b.Word = i18n.New(firstOf(i.Lang, s.c.Lang)).T("test.word")
	return writePicture(c, "image/svg+xml", b.SVG(), "badge")
}

// writePicture answers with a picture that was made harmless before.
func writePicture(c echo.Context, mediaType string, b []byte, name string) error {
	h := c.Response().Header()
	h.Set("Content-Security-Policy", pictureCSP)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // wallets show it beside the credential
	ext := strings.TrimSuffix(strings.TrimPrefix(mediaType, "image/"), "+xml")
	h.Set("Content-Disposition", `inline; filename="`+name+"."+ext+`"`)
	return writeTagged(c, mediaType, kept(c), b)
}

// kept is how long a client may keep what has a name of its own: for ever under
// an address with a version in it, else until it asks.
func kept(c echo.Context) string {
	if c.QueryParam("v") != "" {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// image reads a picture by its name; "" is none.
func (s *Server) image(ctx context.Context, name string) (*publish.Image, error) {
	if name == "" {
		return nil, nil
	}
	return s.pictures.image(name, func() (*publish.Image, error) {
		b, err := s.c.Service.Picture(ctx, name)
		if err != nil {
			return nil, err
		}
		im, err := publish.ReadImage("", b)
		if err != nil { // it was read before it was kept
			return nil, fmt.Errorf("picture %s: %v", name, err)
		}
		return im, nil
	})
}

// wordsOf is what an institution says of itself: in the reader's language, else in
// its own, else in whatever language it wrote.
func wordsOf(i issuer.Institution, lang string) (words publish.SafeHTML, in string) {
	for _, l := range append([]string{lang, i.Lang}, i18n.Languages...) {
		if text := i.Look.Texts[l]; text != "" {
			return publish.Markdown(text), l
		}
	}
	return "", ""
}

// paperLook is the look of an institution on paper.
func (s *Server) paperLook(ctx context.Context, l issuer.Look) (publish.Look, error) {
	out := publish.Look{Landscape: l.Landscape}
	out.Colour, _ = draw.ParseColour(l.Colour) // black, which is none, where there is none
	if l.Second != "" {
		out.Second = i18n.New(l.Second)
	}
	var err error
	if out.Logo, err = s.image(ctx, l.Logo); err != nil {
		return out, err
	}
	for _, g := range l.Signatures {
		im, err := s.image(ctx, g.Image)
		if err != nil {
			return out, err
		}
		out.Signatures = append(out.Signatures, publish.Signature{Name: publish.Visible(g.Name), Title: publish.Visible(g.Title), Image: im})
	}
	return out, nil
}
