package roster

import (
	"bytes"

	"merkki/schema"
)

// lines reads JSON Lines: an object a line, whose members are columns.
type lines struct {
	b     []byte
	whole []byte
	line  int
	o     Options
	index map[string]int // column → place
}

// openLines makes a table with every known column: what a line does not have is
// empty.
func openLines(b []byte, o Options) (*Table, error) {
	s := &lines{b: b, whole: b, o: o, index: map[string]int{}}
	t := &Table{source: s}
	for n, c := range o.Columns {
		s.index[c.Name] = n
		t.Heading, t.Names = append(t.Heading, c.Name), append(t.Names, c.Name)
	}
	return t, nil
}

// next implements source.
func (s *lines) next() (*Row, error) {
	for len(s.b) > 0 {
		line, rest, _ := bytes.Cut(s.b, []byte("\n"))
		s.b = rest
		s.line++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return s.read(line)
		}
	}
	return nil, nil
}

func (s *lines) read(b []byte) (*Row, error) {
	if err := readable(s.line, b, s.whole); err != nil {
		return nil, err
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil || doc.Root().Kind != schema.Object {
		if f, ok := err.(*schema.Fault); ok && f.Code == schema.CodeLimitExceeded {
			return nil, tooMuch("line.bytes", 1<<20, s.line)
		}
		return nil, broken("json", s.line)
	}
	r := &Row{Line: s.line, Cells: make([]string, len(s.o.Columns))}
	for _, m := range doc.Root().Members {
		name, fault := columnOf(m.Name, s.o)
		if fault != nil {
			fault.Args["line"] = s.line
			return nil, fault
		}
		if name == "" {
			continue
		}
		text, ok := scalar(m.Value)
		if !ok {
			r.Faults = append(r.Faults, wrong("json-value", name))
		}
		if len(text) > MaxCell {
			return nil, tooMuch("cell.bytes", MaxCell, s.line)
		}
		r.Cells[s.index[name]] = text
	}
	return r, nil
}

// scalar writes a value as a cell has it.
func scalar(v schema.Value) (string, bool) {
	switch v.Kind {
	case schema.String, schema.Number:
		return v.Text, true
	case schema.Null:
		return "", true
	}
	return "", false
}
