package roster

import "bytes"

// A scanner reads CSV (RFC 4180). A quotation mark inside a cell that does not
// begin with one is a character like any other, as in spreadsheets. A carriage
// return alone does not end a line.
type scanner struct {
	b    []byte
	sep  byte
	at   int
	line int
	cell []byte // reused
}

func newScanner(b []byte) *scanner { return &scanner{b: b, sep: separator(b)} }

// separator is the one of comma, semicolon and tab that the first line has most
// of outside quotation marks.
func separator(b []byte) byte {
	candidates := []byte(",;\t")
	var count [3]int
	quoted := false
	for _, c := range b[:min(len(b), MaxCell)] {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' && count != [3]int{}:
			return candidates[most(count)]
		default:
			if n := bytes.IndexByte(candidates, c); n >= 0 {
				count[n]++
			}
		}
	}
	return candidates[most(count)]
}

func most(count [3]int) (best int) {
	for n, c := range count {
		if c > count[best] {
			best = n
		}
	}
	return best
}

// next implements source. Each record is a line of its own, however many line
// breaks its cells have: that is how a spreadsheet counts.
func (s *scanner) next() (*Row, error) {
	if s.at >= len(s.b) {
		return nil, nil
	}
	s.line++
	r := &Row{Line: s.line}
	for {
		last, err := s.field()
		if err == nil {
			err = readable(s.line, s.cell, s.b)
		}
		if err != nil {
			return nil, err
		}
		if len(r.Cells) == MaxColumns {
			return nil, tooMuch("columns", MaxColumns, s.line)
		}
		r.Cells = append(r.Cells, string(s.cell))
		if last {
			return r, nil
		}
	}
}

// field reads one cell into s.cell and reports whether it is the last of its
// record.
func (s *scanner) field() (last bool, err error) {
	s.cell = s.cell[:0]
	if s.at < len(s.b) && s.b[s.at] == '"' {
		if err := s.quoted(); err != nil {
			return false, err
		}
	} else if err := s.plain(); err != nil {
		return false, err
	}
	switch {
	case s.at >= len(s.b):
		return true, nil
	case s.b[s.at] == s.sep:
		s.at++
		return false, nil
	case s.b[s.at] == '\n':
		s.at++
		return true, nil
	case bytes.HasPrefix(s.b[s.at:], []byte("\r\n")):
		s.at += 2
		return true, nil
	case s.b[s.at] == '\r' && s.at == len(s.b)-1:
		s.at++
		return true, nil
	}
	return false, broken("quotes", s.line)
}

// plain reads up to a separator or the end of the line.
func (s *scanner) plain() error {
	rest := s.b[s.at:]
	end := len(rest)
	if n := bytes.IndexByte(rest[:min(end, MaxCell+2)], s.sep); n >= 0 {
		end = n
	}
	if n := bytes.IndexByte(rest[:min(end, MaxCell+2)], '\n'); n >= 0 {
		end = n
		if n > 0 && rest[n-1] == '\r' {
			end--
		}
	} else if end == len(rest) && end > 0 && rest[end-1] == '\r' {
		end--
	}
	if end > MaxCell {
		return tooMuch("cell.bytes", MaxCell, s.line)
	}
	s.cell = append(s.cell, rest[:end]...)
	s.at += end
	return nil
}

// quoted reads a cell in quotation marks; two of them are one.
func (s *scanner) quoted() error {
	for s.at++; ; {
		n := bytes.IndexByte(s.b[s.at:], '"')
		if len(s.cell)+max(n, 0) > MaxCell {
			return tooMuch("cell.bytes", MaxCell, s.line)
		}
		if n < 0 {
			if len(s.b)-s.at > MaxCell {
				return tooMuch("cell.bytes", MaxCell, s.line)
			}
			return broken("quotes", s.line)
		}
		s.cell = append(s.cell, s.b[s.at:s.at+n]...)
		s.at += n + 1
		if s.at >= len(s.b) || s.b[s.at] != '"' {
			return nil
		}
		s.cell = append(s.cell, '"')
		s.at++
	}
}
