package publish

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
	"merkki/internal/publish/pdf"
)

// A sheet is a page in the making.
type sheet struct {
	c        Certificate
	p        *pdf.Page
	accent   draw.Colour
	code     *QR
	attached bool
	printed  []string // every text of the credential that was set
	head     int      // how many of them stand above the body
}

// A block is a part of the body: how far it stands from the one above at least,
// how high it is, and how it is drawn from its upper edge. One that is tied
// belongs to the one above and stays close to it, whatever room there is.
type block struct {
	gap, height float64
	tied        bool
	draw        func(y float64)
}

// tie ties a block to the one above.
func tie(b block) block {
	b.tied = true
	return b
}

// spread returns how much more than its gap each block that is not tied gets of
// the room that is left.
func spread(blocks []block, room float64) float64 {
	n := 1.0
	for _, b := range blocks {
		if !b.tied {
			n++
		}
	}
	return min(max(room-height(blocks), 0)/n, 11)
}

func height(blocks []block) (h float64) {
	for i, b := range blocks {
		if h += b.height; i > 0 {
			h += b.gap
		}
	}
	return h
}

var (
	soft = draw.Colour{R: 0x4a, G: 0x54, B: 0x50}
	line = draw.Colour{R: 0xb9, G: 0xb5, B: 0xa8}
	bad  = draw.Colour{R: 0x97, G: 0x20, B: 0x1f}
)

func sans(points float64, c draw.Colour) pdf.Style {
	return pdf.Style{Font: fonts.Sans(), Size: pdf.Points(points), Colour: c}
}

func strong(points float64, c draw.Colour) pdf.Style {
	return pdf.Style{Font: fonts.SansSemibold(), Size: pdf.Points(points), Colour: c}
}

// lead is the distance of lines in sizes of the font.
const lead = 1.28

// text makes a block of set lines.
func (s *sheet) text(role string, st pdf.Style, x, gap float64, lines []string) block {
	h := st.Size * lead
	return block{gap: gap, height: h * float64(len(lines)), draw: func(y float64) {
		s.p.Element(role, "", func() {
			for i, l := range lines {
				s.p.Text(st, x, y+h*float64(i)+st.Size, l)
			}
		})
	}}
}

// own remembers a text of the credential, to say which of its letters lack.
func (s *sheet) own(text string) string {
	s.printed = append(s.printed, text)
	return text
}

// missing lists the letters that no font has: what the sans serif one lacks, the
// serif one lacks too.
func missing(text string) []rune { return fonts.Sans().Missing(oneLine(text)) }

func (s *sheet) frame() {
	s.p.Decoration(func() {
		s.p.Fill(s.accent, draw.Frame(9, 9, pageWidth-18, pageHeight-18, 0.7))
		s.p.Fill(line, draw.Frame(11, 11, pageWidth-22, pageHeight-22, 0.2))
	})
}

// bands stand above everything: that it is a test, that it was withdrawn. They
// return where the rest begins.
func (s *sheet) bands(y float64) float64 {
	t := s.c.Printer
	if s.c.Test {
		y = s.band(y, purple, t.T("test.word"), t.T("test.band"))
	}
	if e := s.c.Ended; e != nil {
		date, reason := t.Date(e.At), s.own(e.Reason)
		if e.Suspended {
			y = s.band(y, bad, t.T("certificate.suspended", "date", date), t.T("certificate.suspended.text", "reason", reason))
		} else {
			y = s.band(y, bad, t.T("certificate.withdrawn", "date", date), t.T("certificate.withdrawn.text", "reason", reason))
		}
	}
	return y
}

func (s *sheet) band(y float64, c draw.Colour, word, sentence string) float64 {
	head, body := strong(15, c), sans(10.5, ink)
	lines := set(body.Font, body.Size, right-left, 3, sentence)
	h := 5 + head.Size*lead + body.Size*lead*float64(len(lines))
	s.p.Decoration(func() {
		s.p.Fill(c.Mixed(draw.White, 0.9), draw.Rect(15, y, pageWidth-30, h))
		s.p.Fill(c, draw.Rect(15, y, 1.6, h))
	})
	s.text(pdf.Paragraph, head, left, 0, []string{word}).draw(y + 2)
	s.text(pdf.Paragraph, body, left, 0, lines).draw(y + 2.4 + head.Size*lead)
	return y + h + 3
}

// header says who awards, with the badge at its right.
func (s *sheet) header(y float64) float64 {
	const badge = 46.0
	y += 7
	name := s.own(s.c.Issuer)
	size, lines := fit(fonts.SansSemibold(), []float64{pdf.Points(16), pdf.Points(14), pdf.Points(12)}, right-left-badge-8, 2, firstNonEmpty(name, s.c.Domain))
	st := pdf.Style{Font: fonts.SansSemibold(), Size: size, Colour: ink}
	b := s.text(pdf.Paragraph, st, left, 0, lines)
	b.draw(y + 2)
	if name != "" {
		s.text(pdf.Paragraph, sans(11, soft), left, 0, []string{s.c.Domain}).draw(y + 2.6 + b.height)
	}
	p := s.c.Badge()
	s.p.Element(pdf.Figure, p.label(), func() { s.p.Picture(p.Picture(), right-badge+2, y-2, badge) })
	return y + badge + 2
}

// body says what, to whom and when; room from 3 to 0 is how much of the rest.
func (s *sheet) body(room int) []block {
	s.printed = s.printed[:s.head]
	t, f := s.c.Printer, s.c.Facts
	var all []block
	if k := s.kind(); k != "" {
		all = append(all, s.text(pdf.Paragraph, strong(11.5, s.accent), left, 0, set(fonts.SansSemibold(), pdf.Points(11.5), right-left, 1, s.own(k))))
	}
	size, lines := fit(fonts.SerifSemibold(), points(34, 30, 26, 23, 20, 17), right-left, 3, s.own(f.Achievement.Name))
	title := s.text(pdf.Heading, pdf.Style{Font: fonts.SerifSemibold(), Size: size, Colour: ink}, left, 1, lines)
	title.tied = len(all) > 0
	all = append(all, title)
	all = append(all, s.text(pdf.Paragraph, sans(11, soft), left, 5, []string{t.T("sheet.to")}))
	name, least := s.own(f.Recipient), points(24, 21, 18, 15, 13)
	if name == "" {
		name, least = t.T("sheet.no-name"), points(14)
	}
	size, lines = fit(fonts.SerifSemibold(), least, right-left, 2, name)
	all = append(all, tie(s.text(pdf.Paragraph, pdf.Style{Font: fonts.SerifSemibold(), Size: size, Colour: ink}, left, 0.6, lines)))
	if n := []int{0, 3, 5, 5}[room]; n > 0 && f.Achievement.Description != "" {
		all = append(all, s.text(pdf.Paragraph, sans(11.5, ink), left, 6, set(fonts.Sans(), pdf.Points(11.5), right-left, n, s.own(f.Achievement.Description))))
	}
	all = append(all, s.grid(s.cells(max(room, 1)))...)
	if n := []int{0, 0, 2, 4}[room]; n > 0 {
		all = append(all, s.outcomes(n)...)
	}
	return all
}

func points(sizes ...float64) []float64 {
	for i := range sizes {
		sizes[i] = pdf.Points(sizes[i])
	}
	return sizes
}

// kind is the word for the achievement's type, with a capital.
func (s *sheet) kind() string {
	a := s.c.Facts.Achievement
	if len(a.Types) == 0 {
		return ""
	}
	w := strings.TrimPrefix(a.Types[0], "ext:")
	if key := "kind." + a.Types[0]; s.c.Printer.Has(key) {
		w = s.c.Printer.T(key)
	}
	r, n := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(r)) + w[n:]
}
