package publish

import (
	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
	"merkki/internal/publish/pdf"
)

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

// signatures are those who sign, side by side: a hand where there is a picture
// of one, a line, the name and what they are.
func (s *sheet) signatures() []block {
	all := s.c.Look.Signatures
	if len(all) == 0 {
		return nil
	}
	const hand, gutter = 12.0, 7.0
	width := (s.layout.body-s.left+gutter)/3 - gutter
	name, title := strong(10.5, ink), sans(9.5, soft)
	above := 0.0
	titles, lines := make([][]string, len(all)), 0
	for i, g := range all {
		if g.Image != nil && g.Image.Unpainted == "" {
			above = hand
		}
		if g.Title != "" {
			titles[i] = set(title.Font, title.Size, width, 2, s.own(g.Title))
		}
		lines = max(lines, len(titles[i]))
	}
	h := above + 1.6 + name.Size*lead + float64(lines)*title.Size*lead
	return []block{{gap: 5, height: h, draw: func(y float64) {
		for i, g := range all {
			x := s.left + float64(i)*(width+gutter)
			if g.Image != nil && g.Image.Unpainted == "" {
				w, high := g.Image.Fitted(width, hand-0.8)
				s.p.Element(pdf.Figure, s.c.Printer.T("certificate.signature", "name", g.Name), func() { s.image(g.Image, x, y+hand-0.8-high, w, high) })
			}
			s.p.Decoration(func() { s.p.Fill(line, draw.Rect(x, y+above, width, 0.25)) })
			s.text(pdf.Paragraph, name, x, 0, set(fonts.SansSemibold(), name.Size, width, 1, s.own(g.Name))).draw(y + above + 1.6)
			if len(titles[i]) > 0 {
				s.text(pdf.Paragraph, title, x, 0, titles[i]).draw(y + above + 1.6 + name.Size*lead)
			}
		}
	}}}
}
