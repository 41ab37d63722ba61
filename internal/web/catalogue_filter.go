package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"merkki/internal/i18n"
	"merkki/issuer"
)

// Bounds of a search: how many characters and words of it count, how many
// offers a page has, how many choices a filter offers.
const (
	maxSearch  = 200
	maxWords   = 10
	perPage    = 24
	maxChoices = 300
)

// An offerFilter narrows the catalogue down to one value of one member.
type offerFilter struct {
	name  string // of the query parameter
	of    func(*offer) []string
	label func(*i18n.Printer, string) string // nil: the value itself
	title func(*i18n.Printer) string
}

// filters is every way to narrow down, in the order in which they are offered.
// What plain Open Badges achievements carry is there and no more.
var filters = []offerFilter{
	{"issuer", func(e *offer) []string { return []string{e.Issuer} }, nil, func(p *i18n.Printer) string { return p.T("catalogue.issuer") }},
	{"type", func(e *offer) []string { return given(e.Type) }, kindName, func(p *i18n.Printer) string { return p.T("sheet.kind") }},
	{"field", func(e *offer) []string { return given(e.Field) }, nil, func(p *i18n.Printer) string { return p.T("sheet.field") }},
	{"credits", creditRange, creditRangeName, func(p *i18n.Printer) string { return p.T("sheet.credits") }},
	{"language", func(e *offer) []string { return given(e.Language) }, languageName, func(p *i18n.Printer) string { return p.T("catalogue.language") }},
	{"tag", func(e *offer) []string { return e.Tags }, nil, func(p *i18n.Printer) string { return p.T("catalogue.tag") }},
}

func given(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// creditRange puts credits into one of four ranges.
func creditRange(e *offer) []string {
	switch {
	case e.Credits == "":
		return nil
	case e.credits <= 1:
		return []string{"1"}
	case e.credits <= 5:
		return []string{"5"}
	case e.credits <= 15:
		return []string{"15"}
	}
	return []string{"more"}
}

func creditRangeName(p *i18n.Printer, v string) string {
	switch v {
	case "1":
		return p.T("catalogue.credits-1")
	case "5":
		return p.T("catalogue.credits-5")
	case "15":
		return p.T("catalogue.credits-15")
	}
	return p.T("catalogue.credits-more")
}

func languageName(p *i18n.Printer, base string) string {
	if key := "language." + base; p.Has(key) {
		return p.T(key)
	}
	return base
}

func kindName(p *i18n.Printer, v string) string {
	if key := "kind." + v; p.Has(key) {
		return p.T(key)
	}
	return strings.TrimPrefix(v, "ext:")
}

// An offerSearch is what a reader asked the catalogue for.
type offerSearch struct {
	Text  string
	words []string          // folded
	want  map[string]string // by name of the filter; only filters that are set
	page  int
}

// searchOf reads a query. Parameters that are none of ours are left alone, so
// that addresses with something hung on them by others still work.
func searchOf(q url.Values) offerSearch {
	s := offerSearch{Text: strings.TrimSpace(q.Get("q")), want: map[string]string{}, page: 1}
	if r := []rune(s.Text); len(r) > maxSearch {
		s.Text = string(r[:maxSearch])
	}
	s.words = strings.Fields(fold(s.Text))
	s.words = s.words[:min(len(s.words), maxWords)]
	for _, f := range filters {
		if v := q.Get(f.name); v != "" {
			s.want[f.name] = v
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 {
		s.page = n
	}
	return s
}

// narrow reports whether anything was asked for.
func (s offerSearch) narrow() bool { return len(s.words) > 0 || len(s.want) > 0 }

// href is the address of the same search on another page.
func (s offerSearch) href(page int) string {
	q := url.Values{}
	if s.Text != "" {
		q.Set("q", s.Text)
	}
	for name, v := range s.want {
		q.Set(name, v)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/a"
	}
	return "/a?" + q.Encode()
}

// says reports whether all words are in the offer, and whether its name has
// them all. The issuer's name counts, for people look for it.
func (s offerSearch) says(e *offer, issuerName string) (found, named bool) {
	named = true
	for _, w := range s.words {
		if strings.Contains(e.title, w) {
			continue
		}
		named = false
		if !strings.Contains(e.text, w) && !strings.Contains(issuerName, w) {
			return false, false
		}
	}
	return true, named
}

// misses counts the filters that an offer does not pass, and names the last.
func (s offerSearch) misses(e *offer) (n int, name string) {
	for _, f := range filters {
		if v, ok := s.want[f.name]; ok && !slices.Contains(f.of(e), v) {
			n, name = n+1, f.name
		}
	}
	return n, name
}

// An offerResult is what a search came to.
type offerResult struct {
	offers  []*offer
	choices map[string]map[string]int // filter → value → how many there would be
}

// find goes through the catalogue once. A choice is counted with all other
// filters as they stand, so that no choice that is offered leads to nothing.
func (s offerSearch) find(all []*offer, issuers map[string]issuer.Institution) offerResult {
	r := offerResult{choices: map[string]map[string]int{}}
	for _, f := range filters {
		r.choices[f.name] = map[string]int{}
	}
	names := map[string]string{}
	for id, i := range issuers {
		names[id] = fold(i.Name)
	}
	var others []*offer
	for _, e := range all {
		found, named := s.says(e, names[e.Issuer])
		n, name := s.misses(e)
		if !found || n > 1 {
			continue
		}
		for _, f := range filters {
			if n == 0 || name == f.name {
				for _, v := range f.of(e) {
					r.choices[f.name][v]++
				}
			}
		}
		switch {
		case n > 0:
		case named:
			r.offers = append(r.offers, e)
		default:
			others = append(others, e)
		}
	}
	r.offers = append(r.offers, others...) // first those whose name says it
	return r
}
