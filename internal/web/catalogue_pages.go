package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/issuer"
)

type catalogueView struct {
	view
	Search        offerSearch
	Filters       []filterView
	Items         []offerView
	Total, Found  int
	Page, Pages   int
	Previous      string
	Next          string
	Narrow, Empty bool
}

type filterView struct {
	Name, Label string
	Set         bool
	Choices     []choiceView
}

type choiceView struct {
	Value, Label string
	N            int
	Chosen       bool
}

// An offerView is an achievement as a line of a list.
type offerView struct {
	Name, Description, Language, Href, Kind, Credits, Issuer string
	Test                                                     bool
}

// catalogue answers /a: every achievement in its newest version, searched and
// narrowed down by a plain form.
func (s *Server) catalogue(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.offers.newest(ctx, s.c.Service)
	if err != nil {
		return err
	}
	v := catalogueView{view: s.base(c, ""), Search: searchOf(c.QueryParams()), Total: len(all)}
	v.Title = v.T("catalogue.title")
	if v.Brand != "" {
		v.Title += " · " + v.Brand
	}
	issuers := map[string]issuer.Institution{}
	for _, i := range v.Institutions {
		issuers[i.ID] = i
	}
	s.offers.sort(all, v.Lang())
	found := v.Search.find(all, issuers)
	v.Narrow, v.Empty, v.Found = v.Search.narrow(), len(all) == 0, len(found.offers)
	v.Filters = s.filtersOf(v.Printer, v.Search, found, issuers)
	v.Pages = max(1, (v.Found+perPage-1)/perPage)
	v.Page = min(v.Search.page, v.Pages)
	if v.Page > 1 {
		v.Previous = v.Search.href(v.Page - 1)
	}
	if v.Page < v.Pages {
		v.Next = v.Search.href(v.Page + 1)
	}
	from := (v.Page - 1) * perPage
	for _, e := range found.offers[from:min(from+perPage, v.Found)] {
		v.Items = append(v.Items, s.offerOf(v.Printer, e, issuers[e.Issuer]))
	}
	// Only the plain list is for search engines: every search of it is the same
	// achievements once more.
	if v.NoIndex = v.Narrow || v.Page > 1; !v.NoIndex {
		v.Canonical = s.c.BaseURL + "/a"
	}
	return s.pages.render(c, http.StatusOK, "catalogue", v)
}

// maxLine is how many characters of a description a list shows.
const maxLine = 220

func (s *Server) offerOf(p *i18n.Printer, e *offer, inst issuer.Institution) offerView {
	return offerView{
		Name: e.Name, Description: clip(e.Description, maxLine), Language: e.Language, Href: s.pathOf(e.URL),
		Kind: kindIf(p, e.Type), Credits: creditsOf(p, "", e.Credits), Issuer: inst.Name, Test: inst.Test,
	}
}

func kindIf(p *i18n.Printer, v string) string {
	if v == "" {
		return ""
	}
	return kindName(p, v)
}

// filtersOf lists the filters that would divide what is there: those with two
// choices or more, and those that are set.
func (s *Server) filtersOf(p *i18n.Printer, asked offerSearch, found offerResult, issuers map[string]issuer.Institution) []filterView {
	var out []filterView
	for _, f := range filters {
		want, set := asked.want[f.name]
		label := func(v string) string {
			switch {
			case f.name == "issuer":
				return firstOf(issuers[v].Name, v)
			case f.label != nil:
				return f.label(p, v)
			}
			return v
		}
		counts := found.choices[f.name]
		if len(counts) < 2 && !set {
			continue
		}
		view := filterView{Name: f.name, Label: f.title(p), Set: set}
		for v, n := range counts {
			view.Choices = append(view.Choices, choiceView{v, clip(label(v), 80), n, v == want})
		}
		if _, there := counts[want]; set && !there {
			view.Choices = append(view.Choices, choiceView{want, clip(label(want), 80), 0, true})
		}
		s.offers.sortChoices(f, view.Choices, p.Lang())
		view.Choices = view.Choices[:min(len(view.Choices), maxChoices)]
		out = append(out, view)
	}
	return out
}

// sortChoices orders choices as the language does, ranges of credits by size.
func (c *catalogue) sortChoices(f offerFilter, all []choiceView, lang string) {
	if f.name == "credits" {
		sizes := []string{"1", "5", "15", "more"}
		slices.SortFunc(all, func(a, b choiceView) int { return slices.Index(sizes, a.Value) - slices.Index(sizes, b.Value) })
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(all, func(a, b choiceView) int {
		if n := c.letters[lang].CompareString(a.Label, b.Label); n != 0 {
			return n
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// clip shortens a text for a list, between words where that is near.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut := string([]rune(s)[:n])
	if i := strings.LastIndexByte(cut, ' '); i > len(cut)*3/4 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:") + "…"
}

// offersOf lists what an institution awards, for its page.
func (s *Server) offersOf(ctx context.Context, p *i18n.Printer, inst issuer.Institution) ([]offerView, error) {
	all, err := s.offers.newest(ctx, s.c.Service)
	if err != nil {
		return nil, err
	}
	s.offers.sort(all, p.Lang())
	var out []offerView
	for _, e := range all {
		if e.Issuer == inst.ID {
			v := s.offerOf(p, e, inst)
			v.Issuer = ""
			out = append(out, v)
		}
	}
	return out, nil
}
