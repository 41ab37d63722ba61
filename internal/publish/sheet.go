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
	layout
	c        Certificate
	p        *pdf.Page
	accent   draw.Colour
	code     *QR // nil for none
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
		s.p.Fill(s.accent, draw.Frame(9, 9, s.width-18, s.height-18, 0.7))
		s.p.Fill(line, draw.Frame(11, 11, s.width-22, s.height-22, 0.2))
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
	most := 3
	if s.beside() { // across, a line is longer and there is less below
		most = 2
	}
	lines := set(body.Font, body.Size, s.right-s.left, most, sentence)
	h := 5 + head.Size*lead + body.Size*lead*float64(len(lines))
	s.p.Decoration(func() {
		s.p.Fill(c.Mixed(draw.White, 0.9), draw.Rect(15, y, s.width-30, h))
		s.p.Fill(c, draw.Rect(15, y, 1.6, h))
	})
	s.text(pdf.Paragraph, head, s.left, 0, []string{word}).draw(y + 2)
	s.text(pdf.Paragraph, body, s.left, 0, lines).draw(y + 2.4 + head.Size*lead)
	return y + h + 3
}

// header says who awards, with the badge at its right. What stands across is
// written beside the badge, not below it.
func (s *sheet) header(y float64) float64 {
	y += 7
	high := 17.0 // of the logo
	if s.beside() {
		y, high = y-2, 14
	}
	x, width := s.left, s.right-s.left-s.badge-8
	from := y
	if logo := s.c.Look.Logo; logo != nil && logo.Unpainted == "" && (s.c.Ended == nil || !s.beside()) {
		w, h := logo.Fitted(min(width, 84), high)
		s.p.Decoration(func() { s.image(logo, x, y+1, w, h) }) // the name below says the same
		y += h + 3.5
	}
	name := s.own(s.c.Issuer)
	size, lines := fit(fonts.SansSemibold(), points(16, 14, 12), width, 2, firstNonEmpty(name, s.c.Domain))
	st := pdf.Style{Font: fonts.SansSemibold(), Size: size, Colour: ink}
	b := s.text(pdf.Paragraph, st, x, 0, lines)
	b.draw(y + 2)
	y += 2.6 + b.height
	if name != "" && s.c.URL != "" {
		d := s.text(pdf.Paragraph, sans(11, soft), x, 0, []string{s.c.Domain})
		d.draw(y)
		y += d.height
	}
	s.emblem(s.right-s.badge+2, from-2)
	if s.beside() {
		return y + 5
	}
	return max(from+s.badge, y) + 2
}

// beside reports whether the body stands beside the badge.
func (s *sheet) beside() bool { return s.layout.body < s.right }

// emblem is the picture of what was achieved.
func (s *sheet) emblem(x, y float64) {
	p := s.c.Badge()
	s.p.Element(pdf.Figure, p.label(), func() {
		if im := s.c.Image; im != nil && im.Unpainted == "" {
			w, h := im.Fitted(s.badge, s.badge)
			s.image(im, x+(s.badge-w)/2, y+(s.badge-h)/2, w, h)
			return
		}
		s.p.Picture(p.Picture(), x, y, s.badge)
	})
}

// image puts a picture on the sheet: as outlines where it is a drawing.
func (s *sheet) image(im *Image, x, y, w, h float64) {
	if im.picture != nil {
		s.p.Picture(im.picture, x, y, w)
		return
	}
	s.p.Image(im.pixels, string(im.sum[:]), x, y, w, h)
}

// A room says how much of a credential a body has.
type room struct {
	description, outcomes, rows int       // lines, lines, rows of facts at most
	titles, names               []float64 // sizes that are tried
	lines                       int       // of the title
}

// rooms are tried in this order, until the body fits.
var rooms = []room{
	{5, 4, 4, points(34, 30, 26, 23, 20, 17), points(24, 21, 18, 15, 13), 3},
	{5, 2, 3, points(34, 30, 26, 23, 20, 17), points(24, 21, 18, 15, 13), 3},
	{3, 0, 3, points(34, 30, 26, 23, 20, 17), points(24, 21, 18, 15, 13), 3},
	{2, 0, 2, points(30, 26, 23, 20, 17), points(21, 18, 15, 13), 3},
	{0, 0, 2, points(26, 23, 20, 17), points(18, 15, 13), 3},
	{0, 0, 2, points(20, 17, 15), points(15, 13), 2},
	{0, 0, 1, points(15, 13), points(13), 2},
}

// body says what, to whom and when.
func (s *sheet) body(r room) []block {
	s.printed = s.printed[:s.head]
	t, f, width := s.c.Printer, s.c.Facts, s.layout.body-s.left
	var all []block
	if k := s.kind(); k != "" {
		all = append(all, s.text(pdf.Paragraph, strong(11.5, s.accent), s.left, 0, set(fonts.SansSemibold(), pdf.Points(11.5), width, 1, s.own(k))))
	}
	size, lines := fit(fonts.SerifSemibold(), r.titles, width, r.lines, s.own(f.Achievement.Name))
	title := s.text(pdf.Heading, pdf.Style{Font: fonts.SerifSemibold(), Size: size, Colour: ink}, s.left, 1, lines)
	title.tied = len(all) > 0
	all = append(all, title)
	all = append(all, s.text(pdf.Paragraph, sans(11, soft), s.left, 5, []string{t.T("sheet.to")}))
	name, names := s.own(f.Recipient), r.names
	if name == "" {
		name, names = t.T("sheet.no-name"), points(14)
	}
	size, lines = fit(fonts.SerifSemibold(), names, width, 2, name)
	all = append(all, tie(s.text(pdf.Paragraph, pdf.Style{Font: fonts.SerifSemibold(), Size: size, Colour: ink}, s.left, 0.6, lines)))
	if n := r.description; n > 0 && f.Achievement.Description != "" {
		all = append(all, s.text(pdf.Paragraph, sans(11.5, ink), s.left, 6, set(fonts.Sans(), pdf.Points(11.5), width, n, s.own(f.Achievement.Description))))
	}
	all = append(all, s.grid(s.cells(r.rows))...)
	all = append(all, s.outcomes(r.outcomes)...)
	if s.c.Ended == nil {
		all = append(all, s.second()...)
		if !s.beside() {
			all = append(all, s.signatures(s.left, s.layout.body)...)
		}
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
