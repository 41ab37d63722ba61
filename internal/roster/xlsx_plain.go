package roster

import (
	"errors"
	"io"
)

var (
	errExpanded = errors.New("the parts of the workbook are too large")
	errMarkup   = errors.New("markup that no workbook has")
)

// maxRun is the longest stretch of a part without the beginning of a tag: a
// cell whose every character is written as a reference.
const maxRun = 12 * MaxCell

// A plainXML passes on the bytes of a part and bounds what an XML decoder would
// hold in memory for one token: it refuses document types, comments, CDATA and
// processing instructions, which workbooks do not have, and runs without a tag
// that are longer than any cell.
type plainXML struct {
	r      io.Reader
	budget *int64
	begun  bool // something other than a declaration has been seen
	open   bool // the byte before was <
	run    int
}

// Read implements io.Reader.
func (p *plainXML) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if *p.budget -= int64(n); *p.budget < 0 {
		return 0, errExpanded
	}
	for _, c := range b[:n] {
		if p.open && (c == '!' || c == '?' && p.begun) {
			return 0, errMarkup
		}
		p.begun = p.begun || p.open
		p.open = c == '<'
		if p.run++; p.open {
			p.run = 0
		}
		if p.run > maxRun {
			return 0, tooMuch("cell.bytes", MaxCell, 0)
		}
	}
	return n, err
}
