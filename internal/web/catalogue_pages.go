package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

type achievementView struct {
	view
	Achievement *publish.Achievement
	Institution *issuer.Institution
	Credits     string
	Kind        string
	Version     int
}

// achievement answers what a credential's achievement id names: a page, or the
// definition as JSON-LD.
func (s *Server) achievement(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.c.Service.Achievement(ctx, achievementRef(c))
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "Accept, Accept-Language")
	if asked, html := s.wants(c); !html {
		return writeTagged(c, typeOf(asked, plainTypes), "no-cache", withContext(a.Definition))
	}
	f := publish.ReadAchievement(a.Definition)
	v := achievementView{view: s.base(c, f.Name), Achievement: &f, Version: a.Version}
	v.Credits, v.Kind = creditsOf(v.Printer, "", f.Credits), kindOf(v.Printer, f)
	if inst, err := s.c.Service.Institution(ctx, a.Issuer); err == nil {
		v.Institution, v.Brand, v.Test = &inst, inst.Name, inst.Test
	}
	v.Alternates = []alternate{{"application/ld+json", "?form=json"}}
	return s.pages.render(c, http.StatusOK, "achievement", v)
}

// plainTypes are those of a JSON-LD document that nobody signed.
var plainTypes = []string{"application/ld+json", "application/json"}

// wants returns the media type to answer with, and whether it is the page.
// ?form=json is for people, who cannot set Accept.
func (s *Server) wants(c echo.Context) (asked string, html bool) {
	if c.QueryParam("form") == "json" {
		return "application/ld+json", false
	}
	asked = negotiate(c.Request().Header.Get("Accept"), "application/ld+json")
	return asked, asked == "text/html"
}

// withContext makes a part of a credential a JSON-LD document of its own.
func withContext(v schema.Value) []byte {
	ctx := schema.ArrayValue(schema.StringValue("https://www.w3.org/ns/credentials/v2"),
		schema.StringValue("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"))
	return schema.Marshal(schema.ObjectValue(append([]schema.Member{{Name: "@context", Value: ctx}}, v.Members...)...))
}

type issuerView struct {
	view
	Institution  *issuer.Institution
	Link         *publish.Link
	Achievements []catalogueItem
}

type catalogueItem struct{ Name, Description, Href string }

// institution is the page of an issuer, or its profile as JSON-LD.
func (s *Server) institution(c echo.Context) error {
	ctx := c.Request().Context()
	inst, err := s.c.Service.Institution(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Add("Vary", "Accept, Accept-Language")
	if asked, html := s.wants(c); !html {
		return writeTagged(c, typeOf(asked, plainTypes), "no-cache", withContext(inst.Profile))
	}
	v := issuerView{view: s.base(c, inst.Name), Institution: &inst}
	v.Brand, v.Test = inst.Name, inst.Test
	if inst.URL != "" && inst.URL != s.c.BaseURL+"/i/"+inst.ID {
		l := publish.NewLink(inst.URL)
		v.Link = &l
	}
	all, err := s.c.Service.Achievements(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.Issuer == inst.ID {
			f := publish.ReadAchievement(a.Definition)
			v.Achievements = append(v.Achievements, catalogueItem{f.Name, f.Description, s.pathOf(a.URL)})
		}
	}
	return s.pages.render(c, http.StatusOK, "issuer", v)
}

// didDocument answers where did:web looks: /.well-known/did.json for the
// institution that is the host, /i/{id}/did.json for others (did:web, section
// Read).
func (s *Server) didDocument(c echo.Context) error {
	ctx := c.Request().Context()
	id := c.Param("id")
	if id == "" {
		all, err := s.c.Service.Institutions(ctx)
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.DID == s.hostDID() {
				id = i.ID
			}
		}
		if id == "" {
			return schema.Refusal(schema.CodeNotFound, "", nil)
		}
	}
	doc, err := s.c.Service.DIDDocument(ctx, id)
	if err != nil {
		return err
	}
	return s.keyDocument(c, doc, "application/did+json", "application/json", "application/ld+json")
}

// keySet answers where readers of tokens look for keys: /.well-known/jwks.json
// for all issuers of this host, /i/{id}/jwks.json for one (RFC 7517, section 8.5;
// Open Badges 3.0 Implementation Guide, Key Provenance).
func (s *Server) keySet(c echo.Context) error {
	set, err := s.c.Service.JWKS(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return s.keyDocument(c, set, "application/jwk-set+json", "application/json")
}

// keyDocument answers with keys. It may be kept for five minutes: a new key is
// to be found soon.
func (s *Server) keyDocument(c echo.Context, doc schema.Value, types ...string) error {
	asked := negotiate(c.Request().Header.Get("Accept"), types[0], types...)
	c.Response().Header().Add("Vary", "Accept")
	return writeTagged(c, typeOf(asked, types), "max-age=300", schema.Marshal(doc))
}

// hostDID is the did:web of the host itself; a port is percent-encoded.
func (s *Server) hostDID() string { return "did:web:" + url.QueryEscape(s.domain) }

// statusList answers with a signed list as it stands now. It may be kept for a
// minute: a withdrawn credential must not look in force for long.
func (s *Server) statusList(c echo.Context) error {
	b, err := s.c.Service.StatusList(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	asked := negotiate(c.Request().Header.Get("Accept"), "application/vc")
	c.Response().Header().Add("Vary", "Accept")
	return writeTagged(c, typeOf(asked, jsonTypes), "max-age=60", b)
}
