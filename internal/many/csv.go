package many

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// WriteCSV writes a table that stays text in a spreadsheet: UTF-8 with the mark
// by which spreadsheets know it, RFC 4180, and no cell that is taken for a formula
// (security model, section 13: a leading apostrophe stands before = + - @ tab and
// carriage return; U+0000 is removed). The same goes for what follows a semicolon
// or a line break inside a cell: a spreadsheet whose country separates with
// semicolons begins a cell there.
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, s := range row {
			cells[i] = Inert(s)
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Inert returns a cell that no spreadsheet computes.
func Inert(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		s = "'" + s
	}
	return inside.ReplaceAllString(s, "$1'$2")
}

var inside = regexp.MustCompile(`([;\t\r\n][\s"]*)([=+\-@])`)
