package publish

import (
	"fmt"
	"strings"
	"time"

	"merkki/internal/i18n"
	"merkki/internal/publish/draw"
	"merkki/internal/publish/pdf"
)

// A Certificate is what one sheet of paper says of one credential. The page on
// screen is the accessible form; this one is for walls and folders. Everything
// on it comes from the record, nothing from the clock, so the same record gives
// the same bytes.
type Certificate struct {
	Facts      Facts
	ID, URL    string // of the credential; the URL is what the code leads to, "" for none
	Issuer     string // name of the institution, from the record
	Domain     string // where the digital record is
	Test       bool
	Created    time.Time // of the record
	Ended      *Ended    // nil: nothing was said against it
	Credential []byte    // the signed document, attached to a file of its own
	Printer    *i18n.Printer
	Look       Look   // of the institution
	Image      *Image // of the achievement; nil: a badge is drawn
}

// Ended says that a credential was withdrawn or put on hold.
type Ended struct {
	Suspended bool
	At        time.Time
	Reason    string
}

// A layout is a sheet of A4, in millimetres.
type layout struct {
	width, height float64
	left, right   float64 // of what is written
	body          float64 // right edge of the body
	codeTop       float64 // of the block with the QR code
	badge         float64 // side of the badge
}

var (
	portrait  = layout{width: 210, height: 297, left: 25, right: 185, body: 185, codeTop: 236, badge: 46}
	landscape = layout{width: 297, height: 210, left: 25, right: 272, body: 208, codeTop: 154, badge: 54}
)

func (l Look) layout() layout {
	if l.Landscape {
		return landscape
	}
	return portrait
}

// MaxSheets bounds a file for the printer.
const MaxSheets = 500

// PDF writes a certificate as a file on its own, with the credential attached:
// whoever has the file has what a verifier asks for.
func (c Certificate) PDF() ([]byte, error) {
	d := pdf.New(c.info())
	if err := c.page(d, true); err != nil {
		return nil, err
	}
	d.Attach(pdf.File{Name: "credential.json", MediaType: "application/vc",
		Description: c.Printer.T("certificate.attachment"), Content: c.Credential})
	return d.Bytes(), nil
}

// Sheets writes many certificates as one file for the printer, a page each, in
// their order. Nothing is attached: a file with many credentials is no
// credential. There are at most [MaxSheets].
func Sheets(all []Certificate) ([]byte, error) {
	if len(all) == 0 || len(all) > MaxSheets {
		return nil, fmt.Errorf("publish: %d certificates are no file for a printer", len(all))
	}
	info := all[0].info()
	if len(all) > 1 {
		info.Title = fmt.Sprintf("%s (%d)", firstNonEmpty(all[0].Issuer, all[0].Domain), len(all))
	}
	d := pdf.New(info)
	for _, c := range all {
		if err := c.page(d, false); err != nil {
			return nil, fmt.Errorf("publish: certificate %s: %w", c.ID, err)
		}
	}
	return d.Bytes(), nil
}

func (c Certificate) info() pdf.Info {
	title := oneLine(c.Facts.Achievement.Name)
	if n := oneLine(c.Facts.Recipient); n != "" {
		title += " · " + n
	}
	if c.Test {
		title = c.Printer.T("test.word") + " · " + title
	}
	return pdf.Info{Title: title, Author: oneLine(c.Issuer), Lang: c.language(), Created: c.Created}
}

func (c Certificate) language() string { return firstNonEmpty(c.Facts.Language, c.Printer.Lang()) }

// page draws one certificate. What has no room is left out in the order of its
// weight, until the rest fits: outcomes, the description, further results; at last
// title and name are set smaller.
func (c Certificate) page(d *pdf.Document, attached bool) error {
	l := c.Look.layout()
	s := sheet{layout: l, c: c, p: d.Page(l.width, l.height), accent: c.Accent(), attached: attached}
	if c.URL != "" {
		var err error
		if s.code, err = NewQR(c.URL); err != nil {
			return err
		}
	}
	s.frame()
	top := s.header(s.bands(17))
	s.head = len(s.printed)
	var blocks []block
	for _, r := range rooms {
		blocks = s.body(r)
		if top+height(blocks) <= l.codeTop-5 {
			break
		}
	}
	more := spread(blocks, l.codeTop-5-top)
	y := top + more/2
	for i, b := range blocks {
		if i > 0 {
			y += b.gap
			if !b.tied {
				y += more
			}
		}
		b.draw(y)
		y += b.height
	}
	s.foot()
	return nil
}

// Accent is the colour of the institution, dark enough for white letters and for
// being read on paper.
func (c Certificate) Accent() draw.Colour { return c.Badge().Ground() }

// Badge is the picture of what was achieved, in the language of the certificate.
func (c Certificate) Badge() Badge {
	b := BadgeOf(c.Facts.Achievement, c.Facts.IssuerID, c.Test)
	b.Colour = c.Look.Colour
	b.Word = c.Printer.T("test.word")
	return b
}

// unprintable lists the letters that the fonts lack, as code points, so that
// nobody takes the boxes on the paper for what was signed.
func (c Certificate) unprintable(printed []string) string {
	seen := map[rune]bool{}
	var out []string
	for _, s := range printed {
		for _, r := range missing(s) {
			if !seen[r] && len(out) < 12 {
				seen[r] = true
				out = append(out, fmt.Sprintf("U+%04X", r))
			}
		}
	}
	return strings.Join(out, ", ")
}
