package web

import (
	"encoding/base64"
	"net/http"
	"reflect"
	"strconv"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/internal/publish/draw"
	"merkki/issuer"
	"merkki/schema"
)

// A lookShape is how an institution appears, as the API shows it. Pictures are
// addresses.
type lookShape struct {
	Colour     string            `json:"colour,omitempty"`
	Dark       string            `json:"colourDark,omitempty"`
	Logo       string            `json:"logo,omitempty"`
	Text       map[string]string `json:"text,omitempty"`
	Contact    string            `json:"contact,omitempty"`
	Layout     string            `json:"layout"`
	Second     string            `json:"secondLanguage,omitempty"`
	Signatures []signatureShape  `json:"signatures,omitempty"`
}

type signatureShape struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"`
	Image bool   `json:"image"`
}

// The layouts of a certificate.
const (
	layoutPortrait  = "portrait"
	layoutLandscape = "landscape"
)

func shapeLook(i issuer.Institution) *lookShape {
	l := i.Look
	if reflect.ValueOf(l).IsZero() {
		return nil
	}
	out := &lookShape{Colour: l.Colour, Dark: l.Dark, Logo: logoHref(i), Text: l.Texts, Contact: l.Contact, Layout: layoutPortrait, Second: l.Second}
	if l.Landscape {
		out.Layout = layoutLandscape
	}
	for _, g := range l.Signatures {
		out.Signatures = append(out.Signatures, signatureShape{g.Name, g.Title, g.Image != ""})
	}
	return out
}

// lookMembers are those of an edit that concern how an institution appears.
var lookMembers = []string{"logo", "colour", "colourDark", "text", "contact", "layout", "secondLanguage", "signatures"}

// editIssuer changes the settings of an issuer; members that are absent stay as
// they are, and an empty one takes something away.
func (s *Server) editIssuer(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), append([]string{"formats"}, lookMembers...)...)
	if err != nil {
		return err
	}
	var e issuer.Edit
	if _, ok := b.root.Get("formats"); ok {
		e.Formats = append([]string{}, b.texts(b.root, "", "formats", true)...)
	}
	for _, name := range lookMembers {
		if _, ok := b.root.Get(name); ok {
			e.Look = b.look()
			break
		}
	}
	if err := b.err(); err != nil {
		return err
	}
	i, err := s.c.Service.EditInstitution(ctx, actor(ctx), c.Param("id"), e)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeIssuer(i))
}

// look reads the members of a look.
func (b *body) look() *issuer.LookEdit {
	e := &issuer.LookEdit{
		Colour: b.colour("colour", publish.LightGround), Dark: b.colour("colourDark", publish.DarkGround),
		Contact: b.optional("contact"), Second: b.optional("secondLanguage"),
	}
	if _, ok := b.root.Get("logo"); ok {
		picture := b.picture(b.root, "", "logo")
		e.Logo = &picture
	}
	if l := b.optional("layout"); l != nil {
		across := *l == layoutLandscape
		e.Landscape = &across
		if !across && *l != layoutPortrait {
			b.fault(schema.Refusal(schema.CodeRangeError, "/layout", map[string]any{"member": "layout", "found": *l, "suggestion": Nearest(*l, []string{layoutPortrait, layoutLandscape})}))
		}
	}
	if t, ok := b.root.Get("text"); ok {
		e.Texts = map[string]string{}
		if t.Kind != schema.Object {
			b.fault(schema.Found("schema.shape", "/text", map[string]any{"member": "text", "rule": "type", "expected": "object"}))
		}
		for _, m := range t.Members {
			e.Texts[m.Name] = b.text(t, "/text", m.Name, false)
		}
	}
	if _, ok := b.root.Get("signatures"); ok {
		all := []issuer.SignatureEdit{}
		for n, v := range b.list(b.root, "", "signatures") {
			at := "/signatures/" + strconv.Itoa(n)
			b.known(v, at, "name", "title", "image")
			all = append(all, issuer.SignatureEdit{Name: b.text(v, at, "name", true), Title: b.text(v, at, "title", false), Image: b.picture(v, at, "image")})
		}
		e.Signatures = &all
	}
	return e
}

// optional returns a string member, nil when it is absent.
func (b *body) optional(name string) *string {
	if _, ok := b.root.Get(name); !ok {
		return nil
	}
	s := b.text(b.root, "", name, false)
	return &s
}

// colour returns a colour that can be read on a ground, nil when it is absent.
func (b *body) colour(name string, ground draw.Colour) *string {
	s := b.optional(name)
	if s == nil || *s == "" {
		return s
	}
	c, err := publish.CheckColour("/"+name, *s, ground)
	b.refuse(err)
	hex := c.String()
	return &hex
}

// picture returns a picture in base64 (RFC 4648, section 4), made harmless; nil
// when it is absent or empty.
func (b *body) picture(v schema.Value, at, name string) []byte {
	text := b.text(v, at, name, false)
	if text == "" {
		return nil
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		b.fault(schema.Refusal(schema.CodeMalformedValueError, at+"/"+name, map[string]any{"expected": "base64"}))
		return nil
	}
	im, err := publish.ReadImage(at+"/"+name, raw)
	if err != nil {
		b.refuse(err)
		return nil
	}
	return im.Bytes
}

// refuse adds an error to what was wrong.
func (b *body) refuse(err error) {
	if err != nil && len(b.faults) < maxFaults {
		b.faults = append(b.faults, err)
	}
}
