package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
)

// A workbook reads the first visible sheet of an XLSX file (ECMA-376, Office
// Open XML): parts in a ZIP archive. Text that many cells share and the formats
// of dates are read first, rows as they are asked for.
type workbook struct {
	budget  *int64 // bytes that may still be unpacked
	shared  []string
	dates   map[int]bool // styles that show a number as a date
	is1904  bool         // days are counted from 1904
	sheet   *part
	lastRow int
}

// openWorkbook reads everything but the rows.
func openWorkbook(b []byte) (*workbook, error) {
	if bytes.Count(b, []byte("PK\x01\x02")) > maxParts {
		return nil, tooMuch("parts", maxParts, 0)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, broken("workbook", 0)
	}
	if slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "content.xml" }) {
		return nil, broken("kind", 0, "kind", "ods")
	}
	budget := int64(maxExpanded)
	w := &workbook{budget: &budget}
	target, err := w.findSheet(z)
	if err == nil {
		err = w.readShared(z)
	}
	if err == nil {
		err = w.readStyles(z)
	}
	if err == nil {
		w.sheet, err = w.open(z, target)
	}
	if err == nil && w.sheet == nil {
		err = broken("workbook", 0)
	}
	return w, w.fault(err)
}

// fault makes one error of what went wrong inside: bounds stay what they are.
func (w *workbook) fault(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, errExpanded) {
		return tooMuch("workbook.bytes", maxExpanded, 0)
	}
	if f, ok := asFault(err); ok {
		return f
	}
	return broken("workbook", 0)
}

// A part is one XML file of the archive, read token by token.
type part struct {
	decoder *xml.Decoder
	closer  io.Closer
	depth   int
}

// maxDepth is deeper than any part of a workbook that is read here.
const maxDepth = 64

// token returns the next token; io.EOF only where every element is closed.
func (p *part) token() (xml.Token, error) {
	t, err := p.decoder.RawToken()
	switch t.(type) {
	case xml.StartElement:
		p.depth++
	case xml.EndElement:
		p.depth--
	}
	if p.depth < 0 || p.depth > maxDepth || err == io.EOF && p.depth > 0 {
		return nil, errMarkup
	}
	return t, err
}

// open opens a part; nil if there is none.
func (w *workbook) open(z *zip.Reader, name string) (*part, error) {
	for _, f := range z.File {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		return &part{decoder: xml.NewDecoder(&plainXML{r: r, budget: w.budget}), closer: r}, nil
	}
	return nil, nil
}

// each visits the elements of a part, which may read on in it. A part that is not
// there has none.
func (w *workbook) each(z *zip.Reader, name string, visit func(*part, xml.StartElement) error) error {
	p, err := w.open(z, name)
	if p == nil || err != nil {
		return err
	}
	defer p.closer.Close()
	for {
		t, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := visit(p, e); err != nil {
				return err
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// findSheet returns the name of the part with the first sheet that is not
// hidden.
func (w *workbook) findSheet(z *zip.Reader) (string, error) {
	var id string
	err := w.each(z, "xl/workbook.xml", func(_ *part, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.is1904 = attribute(e, "date1904") == "1" || attribute(e, "date1904") == "true"
		case "sheet":
			if state := attribute(e, "state"); id == "" && (state == "" || state == "visible") {
				id = relation(e)
			}
		}
		return nil
	})
	if err != nil || id == "" {
		return "", errors.Join(err, broken("workbook", 0))
	}
	target := ""
	err = w.each(z, "xl/_rels/workbook.xml.rels", func(_ *part, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attribute(e, "Id") == id {
			target = attribute(e, "Target")
		}
		return nil
	})
	if !strings.HasPrefix(target, "/") {
		target = path.Join("xl", target)
	}
	return strings.TrimPrefix(target, "/"), err
}

// relation is the attribute r:id; sheet has others that end in Id.
func relation(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// readShared reads the texts that cells share. Phonetic guides are no text.
func (w *workbook) readShared(z *zip.Reader) error {
	return w.each(z, "xl/sharedStrings.xml", func(p *part, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := p.texts("si")
		if err != nil {
			return err
		}
		if w.shared = append(w.shared, text); len(w.shared) > maxTexts {
			return tooMuch("texts", maxTexts, 0)
		}
		return nil
	})
}

// texts joins the t elements up to the end of an element.
func (p *part) texts(until string) (string, error) {
	var b strings.Builder
	inText, phonetic := false, false
	for {
		t, err := p.token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			phonetic = phonetic || t.Name.Local == "rPh"
		case xml.EndElement:
			inText = false
			switch t.Name.Local {
			case until:
				return b.String(), nil
			case "rPh":
				phonetic = false
			}
		case xml.CharData:
			if inText && !phonetic {
				if b.Len()+len(t) > MaxCell {
					return "", tooMuch("cell.bytes", MaxCell, 0)
				}
				b.Write(t)
			}
		}
	}
}
