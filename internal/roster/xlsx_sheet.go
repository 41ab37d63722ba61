package roster

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"merkki/schema"
)

func asFault(err error) (*schema.Fault, bool) { return errors.AsType[*schema.Fault](err) }

// next implements source.
func (w *workbook) next() (*Row, error) {
	for {
		t, err := w.sheet.token()
		if err == io.EOF {
			return nil, w.sheet.closer.Close()
		}
		if err != nil {
			return nil, w.fault(err)
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		line := w.lastRow + 1
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil {
			line = n
		}
		if line <= w.lastRow {
			return nil, broken("workbook", line)
		}
		w.lastRow = line
		r := &Row{Line: line}
		if err := w.row(r); err != nil {
			return nil, w.fault(err)
		}
		return r, nil
	}
}

// row reads the cells up to the end of a row.
func (w *workbook) row(r *Row) error {
	for at := 0; ; {
		t, err := w.sheet.token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if n := columnNumber(attribute(t, "r")); n >= 0 {
				at = n
			}
			text, fault, err := w.cell(t)
			if err != nil {
				return err
			}
			if text != "" && at >= MaxColumns {
				return tooMuch("columns", MaxColumns, r.Line)
			}
			if len(text) > MaxCell {
				return tooMuch("cell.bytes", MaxCell, r.Line)
			}
			if fault != nil {
				r.Faults = append(r.Faults, fault)
			}
			if text != "" {
				for len(r.Cells) <= at {
					r.Cells = append(r.Cells, "")
				}
				r.Cells[at] = text
			}
			at++
		}
	}
}

// cell reads one cell: its value, or that it shows an error.
func (w *workbook) cell(c xml.StartElement) (text string, fault *schema.Fault, err error) {
	value := ""
	for {
		t, err := w.sheet.token()
		if err != nil {
			return "", nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				value, err = w.sheet.value()
			case "is":
				value, err = w.sheet.texts("is")
			}
			if err != nil {
				return "", nil, err
			}
		case xml.EndElement:
			if t.Name.Local == "c" {
				text, fault := w.shown(attribute(c, "t"), attribute(c, "s"), value)
				return text, fault, nil
			}
		}
	}
}

// value reads the text of a v element.
func (p *part) value() (string, error) {
	text := ""
	for {
		t, err := p.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			if text += string(t); len(text) > MaxCell {
				return "", tooMuch("cell.bytes", MaxCell, 0)
			}
		case xml.EndElement:
			return text, nil
		}
	}
}

// shown is what a cell of a kind and style shows.
func (w *workbook) shown(kind, style, value string) (string, *schema.Fault) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n >= len(w.shared) {
			return "", wrong("cell-error", "", "found", value)
		}
		return w.shared[n], nil
	case "e":
		return value, wrong("cell-error", "", "found", value)
	case "b":
		if value == "1" {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "str", "inlineStr", "d":
		return value, nil
	}
	if value == "" {
		return "", nil
	}
	n, _ := strconv.Atoi(style)
	return w.number(value, w.dates[n]), nil
}

// columnNumber reads the letters of an address such as B3: 1. Without any it
// is -1.
func columnNumber(address string) int {
	n := 0
	for _, c := range []byte(address) {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 1<<20 {
			return n
		}
	}
	return n - 1
}
