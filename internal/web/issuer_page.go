package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/keys"
	"merkki/schema"
)

type issuerView struct {
	view
	Institution *issuer.Institution
	Words       publish.SafeHTML // what it says of itself
	WordsLang   string           // their language
	Contact     *contact
	Link        *publish.Link
	Items       []offerView
	Keys        []keyView
	Trust       string // address of a list with this issuer alone
}

// A keyView is a public key of an issuer, in use or not any more.
type keyView struct {
	Algorithm, Role, ID, Thumbprint, State string
	Added, Ended                           time.Time
}

// institution is the page of an issuer, or its profile as JSON-LD.
func (s *Server) institution(c echo.Context) error {
	ctx := c.Request().Context()
	inst, err := s.c.Service.Institution(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	vary(c.Response().Header(), "Accept", "Accept-Language")
	if asked, html := s.wants(c); !html {
		return writeTagged(c, typeOf(asked, plainTypes), "no-cache", withContext(inst.Profile))
	}
	v := issuerView{view: s.base(c, inst.Name), Institution: &inst}
	v.wear(inst)
	v.Words, v.WordsLang = wordsOf(inst, v.Lang())
	v.Contact = contactOf(inst.Look.Contact)
	v.About = v.T("issuer.lead", "domain", v.Domain)
	v.Canonical = s.c.BaseURL + "/i/" + inst.ID
	v.Trust = v.Canonical + "/trust.json"
	if inst.URL != "" && inst.URL != v.Canonical {
		l := publish.NewLink(inst.URL)
		v.Link = &l
	}
	if v.Items, err = s.offersOf(ctx, v.Printer, inst); err != nil {
		return err
	}
	if v.Keys, err = s.keysOf(ctx, v.Printer, inst); err != nil {
		return err
	}
	return s.pages.render(c, http.StatusOK, "issuer", v)
}

// keysOf lists the keys with which an institution speaks to others, newest
// first.
func (s *Server) keysOf(ctx context.Context, p *i18n.Printer, inst issuer.Institution) ([]keyView, error) {
	pairs, err := s.c.Service.Keys(ctx, inst.ID)
	if err != nil {
		return nil, err
	}
	var out []keyView
	for i := len(pairs) - 1; i >= 0; i-- {
		k := pairs[i]
		v := keyView{Algorithm: string(k.Algorithm), ID: k.ID, Added: k.Created, State: p.T("issuer.key-in-use")}
		switch k.Role {
		case keys.Credentials:
			v.Role = p.T("issuer.key-credentials")
		case keys.StatusLists:
			v.Role = p.T("issuer.key-lists")
		default:
			continue // signs nothing that others read
		}
		switch {
		case !k.Revoked.IsZero():
			v.State, v.Ended = p.T("issuer.key-revoked", "date", p.Date(k.Revoked)), k.Revoked
		case !k.Retired.IsZero():
			v.State, v.Ended = p.T("issuer.key-retired", "date", p.Date(k.Retired)), k.Retired
		}
		if v.Thumbprint, err = keys.Thumbprint(k.Public); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// trustEntry answers with a trust list that holds one issuer of this service:
// what others add once they have made sure whose address this is.
func (s *Server) trustEntry(c echo.Context) error {
	inst, err := s.c.Service.Institution(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	entry := []schema.Member{
		{Name: "issuer", Value: schema.StringValue(inst.DID)},
		{Name: "name", Value: schema.StringValue(inst.Name)},
	}
	if inst.Test {
		entry = append(entry, schema.Member{Name: "test", Value: schema.BoolValue(true)})
	}
	list := schema.ObjectValue(
		schema.Member{Name: "name", Value: schema.StringValue(inst.Name)},
		schema.Member{Name: "version", Value: schema.StringValue("1")},
		schema.Member{Name: "date", Value: schema.StringValue(inst.Added.UTC().Format("2006-01-02"))},
		schema.Member{Name: "issuers", Value: schema.ArrayValue(schema.ObjectValue(entry...))})
	return writeTagged(c, "application/json", "no-cache", schema.Marshal(list))
}

// Fragment is the part of a key's id that tells it from the issuer's others.
func (k keyView) Fragment() string {
	_, f, _ := strings.Cut(k.ID, "#")
	return f
}
