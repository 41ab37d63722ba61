package publish

import (
	"merkki/internal/publish/draw"
	"merkki/internal/publish/pdf"
)

// maxSigners is how many a sheet has room for.
const maxSigners = 3

// second says in one more language what the sheet says.
func (s *sheet) second() []block {
	t, f := s.c.Look.Second, s.c.Facts
	if t == nil || t.Lang() == s.c.language() || f.Recipient == "" {
		return nil
	}
	credits := ""
	if n := firstNonEmpty(f.CreditsHeld, f.Achievement.Credits); n != "" {
		credits = t.T("facts.credits", "count", t.Number(n))
	}
	sentence := t.T("certificate.second", "issuer", firstNonEmpty(s.c.Issuer, s.c.Domain), "name", s.own(f.Recipient),
		"title", s.own(f.Achievement.Name), "date", t.Date(f.Awarded), "credits", credits)
	st := sans(10.5, soft)
	lines := set(st.Font, st.Size, s.layout.body-s.left, 3, sentence)
	b := s.text(pdf.Paragraph, st, s.left, 4, lines)
	draws := b.draw
	b.draw = func(y float64) { s.p.In(t.Lang(), func() { draws(y) }) }
	return []block{b}
}

// signatures are those who sign, side by side between two edges: a hand where
// there is a picture of one, a line, the name and what they are. Nobody signs what
// is not in force.
func (s *sheet) signatures(left, right float64) []block {
	all := s.c.Look.Signatures[:min(maxSigners, len(s.c.Look.Signatures))]
	if len(all) == 0 || s.c.Ended != nil {
		return nil
	}
	const gutter = 6.0
	hand := 12.0
	if s.beside() {
		hand = 9
	}
	width := (right-left+gutter)/maxSigners - gutter
	if s.beside() { // they stand at the right edge
		left = right - float64(len(all))*(width+gutter) + gutter
	}
	name, title := strong(10.5, ink), sans(9.5, soft)
	above := 0.0
	names, titles, named, titled := make([]block, len(all)), make([][]string, len(all)), 0.0, 0
	for i, g := range all {
		if g.Image != nil && g.Image.Unpainted == "" {
			above = hand
		}
		if g.Title != "" {
			titles[i] = set(title.Font, title.Size, width, 2, s.own(g.Title))
		}
		size, lines := fit(name.Font, points(10.5, 9.5, 8.5), width, 2, s.own(g.Name))
		names[i] = s.text(pdf.Paragraph, pdf.Style{Font: name.Font, Size: size, Colour: ink}, left+float64(i)*(width+gutter), 0, lines)
		named, titled = max(named, names[i].height), max(titled, len(titles[i]))
	}
	h := above + 1.6 + named + float64(titled)*title.Size*lead
	return []block{{gap: 5, height: h, draw: func(y float64) {
		for i, g := range all {
			x := left + float64(i)*(width+gutter)
			if g.Image != nil && g.Image.Unpainted == "" {
				w, high := g.Image.Fitted(width, hand-0.8)
				s.p.Element(pdf.Figure, s.c.Printer.T("certificate.signature", "name", g.Name), func() { s.image(g.Image, x, y+hand-0.8-high, w, high) })
			}
			s.p.Decoration(func() { s.p.Fill(line, draw.Rect(x, y+above, width, 0.25)) })
			names[i].draw(y + above + 1.6)
			if len(titles[i]) > 0 {
				s.text(pdf.Paragraph, title, x, 0, titles[i]).draw(y + above + 1.6 + names[i].height)
			}
		}
	}}}
}
