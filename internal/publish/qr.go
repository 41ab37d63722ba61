package publish

import (
	"fmt"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// QuietZone is the white margin of a code in modules (ISO/IEC 18004; Denso Wave:
// four on every side). A code without it is not read by every camera.
const QuietZone = 4

// A QR is the code of one address, black on white, level M, with its quiet zone.
type QR struct {
	// Address is what a reader decodes: scheme, host and path in capitals,
	// which QR packs in 5.5 bits a character instead of 8.
	Address string
	// Modules is the side without the quiet zone.
	Modules int

	code  *qrcode.QRCode
	cells [][]bool // the library works the code out anew each time it is asked
}

// NewQR makes the code of a credential's own https address and of nothing else:
// the credential itself would not survive being printed.
func NewQR(address string) (*QR, error) {
	up := strings.ToUpper(address)
	c, err := qrcode.New(up, qrcode.Medium) // Medium is the library's name for level M
	if err != nil {
		return nil, fmt.Errorf("publish: QR code of %q: %w", address, err)
	}
	cells := c.Bitmap()
	return &QR{up, len(cells) - 2*QuietZone, c, cells}, nil
}

// Path returns the code as the data of one SVG path in module units, quiet zone
// included, with the dark modules of a row that touch merged into one run.
func (q *QR) Path() string {
	var b []byte
	run := func(before string, n int) { b = strconv.AppendInt(append(b, before...), int64(n), 10) }
	for y, row := range q.cells {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			run("M", from)
			run(" ", y)
			run("h", x-from)
			run("v1h-", x-from)
			b = append(b, 'z')
		}
	}
	return string(b)
}

// Cells returns the code as rows of modules, true for dark, quiet zone included.
func (q *QR) Cells() [][]bool { return q.cells }

// Side returns the side in modules, quiet zone included.
func (q *QR) Side() int { return q.Modules + 2*QuietZone }

// SVG returns a drawing of its own. Its title, which is its text for those who
// do not see it, is the address.
func (q *QR) SVG() []byte {
	n := q.Side()
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%dmm" height="%dmm" role="img" shape-rendering="crispEdges"><title>%s</title><path fill="#fff" d="M0 0h%dv%dh-%dz"/><path fill="#000" d="%s"/></svg>
`, n, n, printedSide, printedSide, xmlText(q.Address), n, n, n, q.Path())
}

// printedSide is the side in millimetres on paper, quiet zone included: the upper
// end of what is recommended, for a code in version 4 has smaller modules.
const printedSide = 30

// PNG returns a picture with 12 pixels a module: sharp at 30 mm and 300 dpi.
func (q *QR) PNG() ([]byte, error) {
	b, err := q.code.PNG(-12) // negative: pixels a module
	if err != nil {
		return nil, fmt.Errorf("publish: QR picture: %w", err)
	}
	return b, nil
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func xmlText(s string) string { return xmlEscaper.Replace(s) }

// Groups writes a 26-character ID in groups of four for people who type it.
func Groups(id string) string {
	var g []string
	for ; len(id) > 4; id = id[4:] {
		g = append(g, id[:4])
	}
	return strings.Join(append(g, id), "-")
}
