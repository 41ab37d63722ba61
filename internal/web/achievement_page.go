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
	"merkki/schema"
)

type achievementView struct {
	view
	Achievement *publish.Achievement
	Institution *issuer.Institution
	Credits     string
	Kind        string
	Version     int
	Image       string // address of the badge
	Newer       string // address of the newest version, "" when this is it
	Versions    []versionView
	Editions    []editionView
	Scales      []scaleView
	Edition     string // which language the text is in, when it is not the reader's
	JSONLD      *credentialKind
}

// A versionView is one version of an achievement. Credentials keep the version
// they were awarded under.
type versionView struct {
	N       int
	Href    string
	Added   time.Time
	Current bool
}

// An editionView is the same achievement in another language.
type editionView struct {
	Lang, Name, Href string
	Link             *publish.Link // of another service
}

// A scaleView is how a result is expressed: a range, values, or the steps of a
// rubric.
type scaleView struct {
	Name, Range, Required string
	Levels                []levelView
}

type levelView struct{ Name, Description string }

// achievement answers what a credential's achievement id names: a page, or the
// definition as JSON-LD.
func (s *Server) achievement(c echo.Context) error {
	ctx := c.Request().Context()
	a, err := s.c.Service.Achievement(ctx, achievementRef(c))
	if err != nil {
		return err
	}
	vary(c.Response().Header(), "Accept", "Accept-Language")
	if asked, html := s.wants(c); !html {
		return writeTagged(c, typeOf(asked, plainTypes), "no-cache", withContext(a.Definition))
	}
	f := publish.ReadAchievement(a.Definition)
	v := achievementView{view: s.base(c, f.Name), Achievement: &f, Version: a.Version, Image: s.pathOf(a.URL) + "/image"}
	v.Credits, v.Kind = creditsOf(v.Printer, "", f.Credits), kindOf(v.Printer, f)
	v.Edition, v.About, v.AboutLang = edition(v.Printer, f.Language), clip(f.Description, maxLine), f.Language
	if inst, err := s.c.Service.Institution(ctx, a.Issuer); err == nil {
		v.Institution = &inst
		v.wear(inst)
	}
	if v.Versions, err = s.versionsOf(ctx, a); err != nil {
		return err
	}
	v.Canonical = s.c.BaseURL + "/a/" + a.ID
	if last := v.Versions[0]; last.N != a.Version {
		v.Newer, v.NoIndex, v.Canonical = last.Href, true, ""
	}
	d := schema.AchievementOf(a.Definition)
	v.Editions, v.Scales = s.editionsOf(v.Printer, d), scalesOf(d)
	v.Alternates = []alternate{{"application/ld+json", "?form=json"}}
	v.JSONLD = s.credentialKindOf(a, f, v.Institution)
	return s.pages.render(c, http.StatusOK, "achievement", v)
}

// versionsOf lists the versions of an achievement, newest first.
func (s *Server) versionsOf(ctx context.Context, a issuer.Achievement) ([]versionView, error) {
	newest, err := s.c.Service.Achievement(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	var out []versionView
	for n := newest.Version; n >= max(1, newest.Version-maxVersions+1); n-- {
		b := newest
		if n != newest.Version {
			if b, err = s.c.Service.Achievement(ctx, versionRef(a.ID, n)); err != nil {
				return nil, err
			}
		}
		out = append(out, versionView{n, s.pathOf(b.URL), b.Added, n == a.Version})
	}
	return out, nil
}

// editionsOf lists the related achievements that say which language they are in
// (Open Badges 3.0, Related).
func (s *Server) editionsOf(p *i18n.Printer, d schema.Achievement) []editionView {
	var out []editionView
	for _, r := range d.Related {
		base := languageBase(r.InLanguage)
		if base == "" || len(out) >= maxEditions {
			continue
		}
		e := editionView{Lang: base, Name: languageName(p, base), Href: s.pathOf(r.ID)}
		if e.Href == "" {
			l := publish.NewLink(r.ID)
			e.Link = &l
		}
		out = append(out, e)
	}
	return out
}

// Bounds of what one page lists.
const (
	maxVersions = 50
	maxEditions = 50
)

func scalesOf(d schema.Achievement) []scaleView {
	var out []scaleView
	for _, r := range d.ResultDescription {
		v := scaleView{Name: publish.Visible(r.Name), Required: publish.Visible(r.RequiredValue)}
		switch {
		case r.ValueMin != "" && r.ValueMax != "":
			v.Range = publish.Visible(r.ValueMin) + "–" + publish.Visible(r.ValueMax)
		case len(r.AllowedValue) > 0:
			v.Range = publish.Visible(strings.Join(r.AllowedValue, " · "))
		}
		for _, l := range r.RubricCriterionLevel {
			v.Levels = append(v.Levels, levelView{publish.Visible(l.Name), publish.Visible(l.Description)})
			if l.ID != "" && l.ID == r.RequiredLevel {
				v.Required = publish.Visible(l.Name)
			}
		}
		out = append(out, v)
	}
	return out
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
