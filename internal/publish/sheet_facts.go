package publish

import (
	"strconv"
	"strings"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
	"merkki/internal/publish/pdf"
)

// A cell is one fact: what it is and what it says.
type cell struct{ label, value string }

// cells are the facts in a grid; rows of results at most as the sheet has room.
func (s *sheet) cells(rows int) []cell {
	t, f := s.c.Printer, s.c.Facts
	until := t.T("sheet.no-end")
	if !f.ValidUntil.IsZero() {
		until = t.Date(f.ValidUntil)
	}
	out := []cell{{t.T("sheet.awarded"), t.Date(f.Awarded)}, {t.T("sheet.until"), until}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, cell{label, value})
		}
	}
	if n := firstNonEmpty(f.CreditsHeld, f.Achievement.Credits); n != "" {
		add(t.T("sheet.credits"), t.T("facts.credits", "count", t.Number(n)))
	}
	for _, r := range f.Results[:min(len(f.Results), max(3, 3*(rows-1)))] {
		add(firstNonEmpty(s.own(r.Name), t.T("facts.result")), s.result(r))
	}
	if n := f.Achievement.Level(); n > 0 {
		add(t.T("certificate.level"), "EQF "+strconv.Itoa(n))
	}
	add(t.T("sheet.field"), s.own(f.Achievement.Field))
	add(t.T("sheet.term"), s.own(f.Term))
	return out[:min(len(out), 3*rows)]
}

// result is a value with the scale that it is on.
func (s *sheet) result(r Result) string {
	t := s.c.Printer
	v := t.Number(r.Value)
	if key := "result-status." + r.Status; r.Status != "" && t.Has(key) {
		v = strings.TrimSpace(v + " " + t.T(key))
	}
	if scale := r.Scale(); scale != "" && v != "" {
		v += " (" + t.T("facts.scale", "scale", scale) + ")"
	}
	return s.own(v)
}

// grid sets cells in three columns.
func (s *sheet) grid(cells []cell) []block {
	const gutter = 5.0
	column := (s.layout.body-s.left+gutter)/3 - gutter
	label, value := sans(10, soft), strong(12, ink)
	var rows []block
	for ; len(cells) > 0; cells = cells[min(3, len(cells)):] {
		row := cells[:min(3, len(cells))]
		values, most := make([][]string, len(row)), 1
		for i, c := range row {
			values[i] = set(value.Font, value.Size, column, 2, c.value)
			most = max(most, len(values[i]))
		}
		gap := 4.0
		if len(rows) == 0 {
			gap = 6
		}
		rows = append(rows, block{gap: gap, tied: len(rows) > 0, height: label.Size*lead + float64(most)*value.Size*lead, draw: func(y float64) {
			for i, c := range row {
				x := s.left + float64(i)*(column+gutter)
				s.text(pdf.Paragraph, label, x, 0, set(label.Font, label.Size, column, 1, c.label)).draw(y)
				s.text(pdf.Paragraph, value, x, 0, values[i]).draw(y + label.Size*lead)
			}
		}})
	}
	return rows
}

// outcomes says in short what the achievement is aligned to.
func (s *sheet) outcomes(n int) []block {
	var lines []string
	st := sans(11, ink)
	for _, a := range s.c.Facts.Achievement.Alignments {
		if a.Name == "" || len(lines) == n {
			continue
		}
		entry := "· " + a.Name
		if a.Code != "" {
			entry += " (" + a.Code + ")"
		}
		lines = append(lines, set(st.Font, st.Size, s.layout.body-s.left, 1, s.own(entry))...)
	}
	if len(lines) == 0 {
		return nil
	}
	return []block{
		s.text(pdf.Paragraph, sans(10, soft), s.left, 5, []string{s.c.Printer.T("facts.alignments")}),
		tie(s.text(pdf.Paragraph, st, s.left, 0.5, lines)),
	}
}

// foot is what makes the paper worth believing: the code, the address in letters,
// and which record decides. A credential without an address has none of it; there
// the attached file is what can be verified.
func (s *sheet) foot() {
	t := s.c.Printer
	s.p.Decoration(func() { s.p.Fill(line, draw.Rect(s.left, s.codeTop-2, s.right-s.left, 0.2)) })
	note, edge := "", s.right
	if s.beside() {
		for _, b := range s.signatures(s.left+117, s.right) {
			edge = s.left + 113
			b.draw(s.codeTop + printedSide - b.height)
		}
	}
	if s.code != nil {
		s.where(edge)
		note = t.T("print.authority", "domain", s.c.Domain)
	}
	if s.attached {
		note += " " + t.T("certificate.attached")
	}
	if gone := s.c.unprintable(s.printed); gone != "" {
		note += " " + t.T("certificate.unprintable", "letters", gone)
	}
	small := sans(9, soft)
	most := 3
	if s.beside() {
		most = 2
	}
	lines := set(small.Font, small.Size, s.right-s.left, most, note)
	s.text(pdf.Paragraph, small, s.left, 0, lines).draw(s.codeTop + printedSide + 2.5)
}

// where is the code, and beside it, up to an edge, the address and the id.
func (s *sheet) where(edge float64) {
	const gap = 3.5
	quiet := printedSide * QuietZone / float64(s.code.Side()) // hangs over the edge, so that the code itself is in line
	t := s.c.Printer
	s.p.Element(pdf.Figure, s.c.URL, func() { s.p.Cells(s.code.Cells(), s.left-quiet, s.codeTop, printedSide) })
	x := s.left - quiet + printedSide + gap
	width := edge - x
	y := s.codeTop + 2.6
	put := func(st pdf.Style, lines ...string) {
		b := s.text(pdf.Paragraph, st, x, 0, lines)
		b.draw(y)
		y += b.height
	}
	what := strong(11, ink)
	put(what, set(what.Font, what.Size, width, 2, t.T("qr.what"))...)
	y += 1.2
	size, lines := s.address(width)
	st := pdf.Style{Font: fonts.Sans(), Size: size, Colour: ink}
	h := st.Size * lead * float64(len(lines))
	s.p.Link(x, y, width, h, s.c.URL, func() {
		for i, l := range lines {
			s.p.Text(st, x, y+st.Size*(lead*float64(i)+1), l)
		}
	})
	y += h + 1.2
	put(sans(10.5, soft), t.T("qr.id")+"  "+Groups(s.c.ID))
}

// address breaks the address before the id, where it is too long for a line, as
// somebody would who reads it aloud.
func (s *sheet) address(width float64) (size float64, lines []string) {
	_, short, _ := strings.Cut(s.c.URL, "://")
	f := fonts.Sans()
	for _, size = range points(12, 11, 10, 9.5) {
		if f.Width(short, size) <= width {
			return size, []string{short}
		}
	}
	cut := strings.LastIndexByte(short, '/') + 1
	return size, append(set(f, size, width, 2, short[:cut]), set(f, size, width, 1, short[cut:])...)
}
