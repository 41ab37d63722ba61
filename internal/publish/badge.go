package publish

import (
	"hash/fnv"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
)

// A Badge is the picture of an achievement that has none of its own: a figure
// that says what kind it is, dots for its level, the first letters of its title,
// which are read at 64 pixels, and the title, which is read on paper. The same
// achievement gives the same bytes every time.
type Badge struct {
	Type   string // achievementType (Open Badges 3.0, section 4.5), "" for none
	Level  int    // 1 to 8 of the European Qualifications Framework, 0 for none
	Title  string
	Issuer string      // chooses a colour where there is none
	Colour draw.Colour // of the issuer; black, the zero value, for none
	Test   bool        // says TEST
	Word   string      // the word for it, "TEST" where it is empty
}

// BadgeOf makes the badge of an achievement of an issuer.
func BadgeOf(a Achievement, issuer string, test bool) Badge {
	b := Badge{Title: a.Name, Level: a.Level(), Issuer: issuer, Test: test}
	if len(a.Types) > 0 {
		b.Type = a.Types[0]
	}
	return b
}

var (
	levelAddress = regexp.MustCompile(`^https?://data\.europa\.eu/snb/eqf/([1-8])$`)
	levelCode    = regexp.MustCompile(`^(?:(?:EQF|Level|level|Taso|taso|Nivå|nivå)[ -]?)*([1-8])$`)
)

// Level returns the level of the European Qualifications Framework that the
// achievement is aligned to, 0 where it says none.
func (a Achievement) Level() int {
	for _, al := range a.Alignments {
		m := levelAddress.FindStringSubmatch(al.Target.Text)
		if m == nil && (al.Type == "ext:EQF" || al.Framework == "EQF" || strings.Contains(al.Framework, "European Qualifications Framework")) {
			if m = levelCode.FindStringSubmatch(al.Code); m == nil {
				m = levelCode.FindStringSubmatch(al.Name)
			}
		}
		if m != nil {
			n, _ := strconv.Atoi(m[1]) // one digit
			return n
		}
	}
	return 0
}

// palette are the colours of issuers without one; each is read in white letters.
var palette = [...]draw.Colour{
	{R: 0x1d, G: 0x4d, B: 0x4f}, {R: 0x23, G: 0x3f, B: 0x72}, {R: 0x5a, G: 0x2a, B: 0x5e}, {R: 0x7a, G: 0x2a, B: 0x2e},
	{R: 0x2d, G: 0x55, B: 0x2f}, {R: 0x6a, G: 0x47, B: 0x14}, {R: 0x31, G: 0x4a, B: 0x5e}, {R: 0x4a, G: 0x3a, B: 0x7c},
}

var (
	ink    = draw.Colour{R: 0x1c, G: 0x24, B: 0x22}
	paper  = draw.Colour{R: 0xff, G: 0xfe, B: 0xfb}
	purple = draw.Colour{R: 0x6b, G: 0x2a, B: 0x83}
)

// minContrast is what letters need against what they stand on (WCAG 2.2, 1.4.3).
const minContrast = 4.5

// Ground is the colour that the badge is painted in: dark enough for white letters.
func (b Badge) Ground() draw.Colour {
	c := b.Colour
	if c == draw.Black {
		h := fnv.New32a()
		h.Write([]byte(b.Issuer))
		c = palette[h.Sum32()%uint32(len(palette))]
	}
	for c.Contrast(draw.White) < minContrast {
		c = c.Mixed(draw.Black, 0.1)
	}
	return c
}

// The figures. One is made for a corner radius less by d on every side, so that
// rims run along it.
const (
	side        = 512.0 // of the picture
	middleX     = side / 2
	middleY     = 244.0
	discY, disc = 206.0, 104.0 // the white disc with the letters
)

type figure func(d float64) draw.Path

func round(d float64) draw.Path { return draw.Circle(middleX, middleY, 232-d) }

func regular(n int, radius, turn float64) figure {
	return func(d float64) draw.Path {
		return draw.Polygon(draw.Regular(middleX, middleY, radius-d/math.Cos(math.Pi/float64(n)), n, turn), 46-d/2)
	}
}

func shield(d float64) draw.Path {
	l, r, t, b := 46+d, side-46-d, 20+d, 492-d*1.15
	var p draw.Path
	p.MoveTo(draw.Point{X: l + 30, Y: t})
	p.LineTo(draw.Point{X: r - 30, Y: t})
	p.CubicTo(draw.Point{X: r - 10, Y: t}, draw.Point{X: r, Y: t + 10}, draw.Point{X: r, Y: t + 30})
	p.LineTo(draw.Point{X: r, Y: 270})
	p.CubicTo(draw.Point{X: r, Y: 390}, draw.Point{X: 350, Y: 458 - d}, draw.Point{X: middleX, Y: b})
	p.CubicTo(draw.Point{X: 162, Y: 458 - d}, draw.Point{X: l, Y: 390}, draw.Point{X: l, Y: 270})
	p.LineTo(draw.Point{X: l, Y: t + 30})
	p.CubicTo(draw.Point{X: l, Y: t + 10}, draw.Point{X: l + 10, Y: t}, draw.Point{X: l + 30, Y: t})
	p.Close()
	return p
}

// scalloped is a seal with a waved edge.
func scalloped(d float64) draw.Path {
	const waves = 20
	var p draw.Path
	for i := range waves {
		at := func(r, step float64) draw.Point {
			sin, cos := math.Sincos(2 * math.Pi * (float64(i) + step) / waves)
			return draw.Point{X: middleX + (r-d)*cos, Y: middleY + (r-d)*sin}
		}
		if i == 0 {
			p.MoveTo(at(222, 0))
		}
		p.CubicTo(at(247, 0.25), at(247, 0.75), at(222, 1))
	}
	p.Close()
	return p
}

// figures says which achievementType has which figure; all others are round.
var figures = func() map[string]figure {
	m := map[string]figure{}
	for f, types := range map[*figure]string{
		ptr(regular(6, 246, 0)):         "MicroCredential Competency ext:McAchievement",
		ptr(shield):                     "Certification License QualityAssuranceCredential Membership",
		ptr(regular(8, 246, math.Pi/8)): "Degree AssociateDegree BachelorDegree MasterDegree DoctoralDegree ResearchDoctorate ProfessionalDoctorate Diploma SecondarySchoolDiploma GeneralEducationDevelopment",
		ptr(scalloped):                  "Award Certificate CertificateOfCompletion ApprenticeshipCertificate JourneymanCertificate MasterCertificate",
	} {
		for _, t := range strings.Fields(types) {
			m[t] = *f
		}
	}
	return m
}()

func ptr(f figure) *figure { return &f }

// Picture draws the badge, 512 by 512.
func (b Badge) Picture() *draw.Picture {
	p := &draw.Picture{Width: side, Height: side}
	c := b.Ground()
	shape, ok := figures[b.Type]
	if !ok {
		shape = round
	}
	p.Fill(c.Mixed(draw.Black, 0.35), shape(0))
	p.Fill(c.Mixed(draw.White, 0.82), shape(9))
	p.Fill(c, shape(14))
	b.rosette(p, c.Mixed(draw.White, 0.2))
	p.Fill(paper, draw.Circle(middleX, discY, disc))
	p.Fill(c.Mixed(draw.White, 0.55), draw.Ring(middleX, discY, disc-7, disc-7, 2, 0))
	b.dots(p, c)
	letters(p, c, initials(b.Title))
	b.ribbon(p, c)
	return p
}

// rosette is the engraving around the disc: ovals turned about its middle, as
// many as the title says.
func (b Badge) rosette(p *draw.Picture, c draw.Colour) {
	h := fnv.New32a()
	h.Write([]byte(b.Title))
	n := 9 + int(h.Sum32()%8)
	for i := range n {
		p.Fill(c, draw.Ring(middleX, discY, 172, disc+10, 2, math.Pi*float64(i)/float64(n)))
	}
}

// dots stand over the disc, eight of them, as many light as the level is high.
func (b Badge) dots(p *draw.Picture, c draw.Colour) {
	if b.Level < 1 || b.Level > 8 {
		return
	}
	for i := range 8 {
		sin, cos := math.Sincos(math.Pi * (-0.5 + (float64(i)-3.5)*0.085))
		x, y := middleX+142*cos, discY+142*sin
		p.Fill(c.Mixed(draw.Black, 0.3), draw.Circle(x, y, 15))
		dot := c.Mixed(draw.White, 0.25)
		if i < b.Level {
			dot = draw.White
		}
		p.Fill(dot, draw.Circle(x, y, 11))
	}
}

// letters stand in the disc.
func letters(p *draw.Picture, c draw.Colour, s string) {
	f := fonts.SerifSemibold()
	size := 124.0
	if w := f.Width(s, size); w > 1.5*disc {
		size *= 1.5 * disc / w
	}
	// Feet and heads of the letters lie on whole pixels: outlines of one letter
	// overlap there, and painting both at half strength would show.
	cap := 2 * math.Round(size*float64(f.CapHeight)/float64(f.UnitsPerEm)/2)
	size = cap * float64(f.UnitsPerEm) / float64(f.CapHeight)
	p.Fill(c, f.Outline(s, size, middleX-f.Width(s, size)/2, discY+cap/2))
}

// initials are the first letters of the first two words that carry meaning:
// those of four letters or more, or all where there are none.
func initials(title string) string {
	var first, all []rune
	for _, w := range strings.FieldsFunc(oneLine(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r, _ := utf8.DecodeRuneInString(w)
		all = append(all, unicode.ToUpper(r))
		if utf8.RuneCountInString(w) >= 4 {
			first = append(first, unicode.ToUpper(r))
		}
	}
	if len(first) == 0 {
		first = all
	}
	return string(first[:min(2, len(first))])
}

// ribbon bears the title, and below it TEST where it is one.
func (b Badge) ribbon(p *draw.Picture, c draw.Colour) {
	const x, y, w, h = 20.0, 326.0, side - 40, 104.0
	p.Fill(c.Mixed(draw.Black, 0.35), draw.RoundRect(x, y, w, h, 14))
	p.Fill(paper, draw.RoundRect(x+3, y+3, w-6, h-6, 11))
	f := fonts.SansSemibold()
	size, lines := 0.0, []string(nil)
	for _, n := range []int{1, 2, 3} {
		sizes := []float64{50, 46, 42, 38}
		switch n {
		case 2:
			sizes = []float64{42, 38, 35, 32}
		case 3:
			sizes = []float64{29, 27, 25}
		}
		if size, lines = fit(f, sizes, w-40, n, b.Title); unbroken(oneLine(b.Title), lines) {
			break
		}
	}
	lead := size * 1.08
	cap := size * float64(f.CapHeight) / float64(f.UnitsPerEm)
	base := y + (h-cap-lead*float64(len(lines)-1))/2 + cap
	for i, l := range lines {
		p.Fill(ink, f.Outline(l, size, middleX-f.Width(l, size)/2, math.Round(base+lead*float64(i))))
	}
	if b.Test {
		word := firstNonEmpty(b.Word, "TEST")
		width := f.Width(word, 34) + 44
		p.Fill(draw.White, draw.RoundRect(middleX-width/2-4, 440, width+8, 56, 28))
		p.Fill(purple, draw.RoundRect(middleX-width/2, 444, width, 48, 24))
		p.Fill(draw.White, f.Outline(word, 34, middleX-f.Width(word, 34)/2, 480))
	}
}

func firstNonEmpty(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// SVG is the badge as a drawing, its title as its text.
func (b Badge) SVG() []byte { return b.Picture().SVG(b.label()) }

// PNG is the badge as a picture 512 pixels wide.
func (b Badge) PNG() ([]byte, error) { return b.Picture().PNG(side) }

func (b Badge) label() string {
	if b.Test {
		return firstNonEmpty(b.Word, "TEST") + " · " + Visible(b.Title)
	}
	return Visible(b.Title)
}
