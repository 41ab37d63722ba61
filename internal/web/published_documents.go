package web

import (
	"fmt"
	"net/url"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

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

// statusList answers with a signed list. It may be kept as long as it says itself.
func (s *Server) statusList(c echo.Context) error {
	b, err := s.c.Service.ServedList(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	asked := negotiate(c.Request().Header.Get("Accept"), "application/vc")
	c.Response().Header().Add("Vary", "Accept")
	return writeTagged(c, typeOf(asked, jsonTypes), fmt.Sprintf("max-age=%d", int(issuer.ListLife.Seconds())), b)
}
