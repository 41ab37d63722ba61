package publish

import (
	"fmt"
	"strings"
	"time"

	"merkki/internal/i18n"
	"merkki/internal/publish/pdf"
)

// A Certificate is what one sheet of paper says of one credential. The page on
// screen is the accessible form; this one is for walls and folders. Everything
// on it comes from the record, nothing from the clock, so the same record gives
// the same bytes.
type Certificate struct {
	Facts      Facts
	ID, URL    string // of the credential; the URL is what the code leads to
	Issuer     string // name of the institution, from the record
	Domain     string // where the digital record is
	Test       bool
	Created    time.Time // of the record
	Ended      *Ended    // nil: nothing was said against it
	Credential []byte    // the signed document, attached to a file of its own
	Printer    *i18n.Printer
}

// Ended says that a credential was withdrawn or put on hold.
type Ended struct {
	Suspended bool
	At        time.Time
	Reason    string
}

// The page: A4, in millimetres.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 25.0, 185.0
	codeTop               = 236.0 // of the block with the QR code
)

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
// weight, until the rest fits: outcomes, the description, further results.
func (c Certificate) page(d *pdf.Document, attached bool) error {
	code, err := NewQR(c.URL)
	if err != nil {
		return err
	}
	s := sheet{c: c, p: d.Page(pageWidth, pageHeight), accent: c.Badge().Ground(), code: code, attached: attached}
	s.frame()
	top := s.header(s.bands(17))
	s.head = len(s.printed)
	var blocks []block
	for room := range 4 {
		blocks = s.body(3 - room)
		if top+height(blocks) <= codeTop-5 {
			break
		}
	}
	more := spread(blocks, codeTop-5-top)
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

// Badge is the picture of what was achieved, in the language of the certificate.
func (c Certificate) Badge() Badge {
	b := BadgeOf(c.Facts.Achievement, c.Facts.IssuerID, c.Test)
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
