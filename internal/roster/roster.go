package roster

import (
	"bytes"
	"iter"
	"strings"

	"merkki/schema"
)

// Bounds of a file.
const (
	MaxBytes    = 20 << 20 // of the file
	MaxRows     = 50_000   // with something in them
	MaxColumns  = 256
	MaxCell     = 64 << 10     // bytes of one cell
	MaxText     = 2 * MaxBytes // bytes of all cells: those of a workbook may share theirs
	maxExpanded = 48 << 20     // bytes of a workbook's parts together, unpacked
	maxParts    = 2_000        // of a workbook
	maxTexts    = 600_000      // that its cells share: a dozen for every row
)

// Options say how a file is read.
type Options struct {
	Columns []Column
	// Map says which column a heading means; "" or "-" leaves its cells out.
	Map map[string]string
	// Encoding of CSV and JSON Lines: "" or "utf-8", "utf-16", "windows-1252",
	// "iso-8859-15".
	Encoding string
	// Lenient leaves out columns that nobody knows, instead of refusing them.
	Lenient bool
	// Headless reports whether the first row is data already; the first of
	// Columns is then the only one.
	Headless func(first []string) bool
	// Nearest finds the known word that a wrong one meant, "" for none.
	Nearest func(word string, known []string) string
}

// A Table is an opened file: its heading is read and understood.
type Table struct {
	Heading []string // as it stands in the file
	Names   []string // the column of each heading, "" for none
	source  source
	first   *Row // of a table without heading
}

// A Row is one row of data.
type Row struct {
	Line   int      `json:"line"` // as a spreadsheet numbers it
	Row    int      `json:"row"`  // among the rows of data, from 1
	Cells  []string `json:"cells"`
	Faults []*schema.Fault
}

// A source gives rows as they come: cells of line n, nil at the end. Row is not
// set, and rows may be empty.
type source interface {
	next() (*Row, error)
}

// Open reads the heading. The bytes must not change while the table is used.
func Open(b []byte, o Options) (*Table, error) {
	if len(b) > MaxBytes {
		return nil, tooMuch("file.bytes", MaxBytes, 0)
	}
	switch kind := kindOf(b); kind {
	case "":
	case "xlsx":
		s, err := openWorkbook(b)
		if err != nil {
			return nil, err
		}
		return titled(s, o)
	default:
		return nil, broken("kind", 0, "kind", kind)
	}
	text, err := decode(b, o.Encoding)
	if err != nil {
		return nil, err
	}
	if trimmed := bytes.TrimLeft(text, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		return openLines(text, o)
	}
	return titled(newScanner(text), o)
}

// kindOf names a file that is no text: "xlsx", or something that is not read.
func kindOf(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return "xlsx"
	case bytes.HasPrefix(b, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "xls"
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return "pdf"
	}
	return ""
}

// titled takes the first row that is not empty for the heading.
func titled(s source, o Options) (*Table, error) {
	for {
		r, err := s.next()
		if err != nil {
			return nil, err
		}
		if r == nil {
			return nil, broken("empty", 0)
		}
		if blank(r.Cells) {
			continue
		}
		if o.Headless != nil && o.Headless(r.Cells) {
			return &Table{Heading: []string{o.Columns[0].Name}, Names: []string{o.Columns[0].Name}, source: s, first: r}, nil
		}
		for len(r.Cells) > 0 && strings.TrimSpace(r.Cells[len(r.Cells)-1]) == "" {
			r.Cells = r.Cells[:len(r.Cells)-1]
		}
		t := &Table{Heading: r.Cells, source: s}
		t.Names, err = understand(r.Cells, o)
		return t, err
	}
}

// Rows yields the rows of data once. An error ends the sequence: the file is
// refused.
func (t *Table) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for n, text := 0, 0; ; {
			r, err := t.take()
			if err != nil || r == nil {
				if err != nil {
					yield(Row{}, err)
				}
				return
			}
			if blank(r.Cells) && len(r.Faults) == 0 {
				continue
			}
			if n++; n > MaxRows {
				yield(Row{}, tooMuch("rows", MaxRows, r.Line))
				return
			}
			for _, c := range r.Cells {
				text += len(c)
			}
			if text > MaxText {
				yield(Row{}, tooMuch("text.bytes", MaxText, r.Line))
				return
			}
			r.Row = n
			if extra := len(t.Heading); len(r.Cells) > extra && !blank(r.Cells[extra:]) {
				r.Faults = append(r.Faults, wrong("cells", "", "found", len(r.Cells), "max", extra))
			}
			if !yield(*r, nil) {
				return
			}
		}
	}
}

func (t *Table) take() (*Row, error) {
	if r := t.first; r != nil {
		t.first = nil
		return r, nil
	}
	return t.source.next()
}

// Values returns the cells of a row by the names of their columns, without the
// blanks around them, and without empty ones. An apostrophe that keeps a cell
// from being a formula is no part of it: our own tables are written with it.
func (t *Table) Values(r Row) map[string]string {
	values := map[string]string{}
	for n, name := range t.Names {
		if name == "" || n >= len(r.Cells) {
			continue
		}
		v := r.Cells[n]
		if len(v) > 1 && v[0] == '\'' && strings.IndexByte("=+-@\t\r", v[1]) >= 0 {
			v = v[1:]
		}
		if v = strings.TrimSpace(v); v != "" {
			values[name] = v
		}
	}
	return values
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// Faults. Each has the problem that its words are found by.

func args(problem string, pairs []any) map[string]any {
	m := map[string]any{"problem": problem}
	for n := 0; n+1 < len(pairs); n += 2 {
		m[pairs[n].(string)] = pairs[n+1]
	}
	return m
}

// broken is a file that cannot be read; line 0 means no line in particular.
func broken(problem string, line int, pairs ...any) *schema.Fault {
	m := args(problem, pairs)
	if line > 0 {
		m["line"] = line
	}
	return schema.Refusal(schema.CodeParsingError, "", m)
}

func tooMuch(limit string, most, line int) *schema.Fault {
	m := args("limit", []any{"limit", limit, "max", most})
	if line > 0 {
		m["line"] = line
	}
	return schema.Refusal(schema.CodeLimitExceeded, "", m)
}

// wrong is about a cell or a heading.
func wrong(problem, column string, pairs ...any) *schema.Fault {
	if column != "" {
		column = "/" + column
	}
	return schema.Refusal(schema.CodeMalformedValueError, column, args(problem, pairs))
}
