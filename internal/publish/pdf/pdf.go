// Package pdf writes what a certificate needs of PDF 1.7 (ISO 32000-1): pages of
// text in embedded TrueType subsets, of filled outlines and of pixels, links, one
// attached file, and the structure by which other programs read it aloud: a title, a
// language, headings, paragraphs, and words for pictures.
//
//	d := pdf.New(pdf.Info{Title: "Data Analytics", Lang: "fi", Created: record.IssuedAt})
//	p := d.Page(210, 297)
//	p.Element(pdf.Heading, "", func() { p.Text(style, 25, 60, "Data Analytics") })
//	d.Attach(pdf.File{Name: "credential.json", MediaType: "application/vc", Content: b})
//	b := d.Bytes()
//
// Lengths are millimetres from the upper left corner of the page, font sizes too.
// Text goes in as glyph numbers and comes out of Bytes as nothing else, so no
// text can become a command. There are no actions but links, no scripts, no
// forms, nothing that a viewer would fetch. The same calls give the same bytes.
//
// The structure follows the rules of tagged PDF, but no judge of PDF/UA or PDF/A
// has read what comes out: nobody may claim either of it.
package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"merkki/internal/publish/fonts"
)

// Info is what a file says about itself.
type Info struct {
	Title, Author string
	Lang          string    // BCP 47
	Created       time.Time // from the record, so that the file stays the same
}

// A File is attached to a document.
type File struct {
	Name        string // ASCII
	MediaType   string
	Description string
	Content     []byte
}

// A Document is a file in the making. It is not safe for concurrent use.
type Document struct {
	info  Info
	pages []*Page
	fonts []*usedFont
	file  *File

	images []*usedImage
}

// New begins a document.
func New(i Info) *Document { return &Document{info: i} }

// Attach puts a file inside; a second one takes the place of the first.
func (d *Document) Attach(f File) { d.file = &f }

// A usedFont collects which letters of a font a document needs.
type usedFont struct {
	font *fonts.Font
	used map[uint16]rune
	name string // resource name
}

func (d *Document) use(f *fonts.Font) *usedFont {
	for _, u := range d.fonts {
		if u.font == f {
			return u
		}
	}
	u := &usedFont{f, map[uint16]rune{}, fmt.Sprintf("F%d", len(d.fonts)+1)}
	d.fonts = append(d.fonts, u)
	return u
}

// Bytes writes the document.
func (d *Document) Bytes() []byte {
	var w writer
	catalog, info, tree := w.reserve(), w.reserve(), w.reserve()
	fontRefs := make([]string, len(d.fonts))
	for i, u := range d.fonts {
		fontRefs[i] = fmt.Sprintf("/%s %d 0 R", u.name, u.write(&w))
	}
	var xobjects string
	if len(d.images) > 0 {
		refs := make([]string, len(d.images))
		for i, u := range d.images {
			refs[i] = fmt.Sprintf("/%s %d 0 R", u.name, u.write(&w))
		}
		xobjects = fmt.Sprintf(" /XObject << %s >>", strings.Join(refs, " "))
	}
	resources := w.add("<< /Font << %s >>%s >>", strings.Join(fontRefs, " "), xobjects)
	d.writePages(&w, tree, resources)

	var file string
	if d.file != nil {
		ref := d.file.write(&w, d.info.Created)
		file = fmt.Sprintf(" /Names << /EmbeddedFiles << /Names [%s %d 0 R] >> >> /AF [%d 0 R]", text(d.file.Name), ref, ref)
	}
	w.set(catalog, "<< /Type /Catalog /Pages %d 0 R /Lang %s /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R /ViewerPreferences << /DisplayDocTitle true >>%s >>",
		tree, text(d.info.Lang), d.writeStructure(&w), file)
	w.set(info, "<< /Title %s /Author %s /Creator (Merkki) /Producer (Merkki) /CreationDate (%s) /ModDate (%s) >>",
		text(d.info.Title), text(d.info.Author), date(d.info.Created), date(d.info.Created))
	return w.finish(catalog, info)
}

// text writes a text string: UTF-16BE with its mark, in hexadecimal, so that it
// holds no character that means something (ISO 32000-1, section 7.9.2).
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

func date(t time.Time) string { return t.UTC().Format("D:20060102150405Z") }

// A writer numbers objects and lays them out.
type writer struct{ objects [][]byte }

func (w *writer) reserve() int {
	w.objects = append(w.objects, nil)
	return len(w.objects)
}

func (w *writer) set(ref int, format string, args ...any) {
	w.objects[ref-1] = fmt.Appendf(nil, format, args...)
}

func (w *writer) add(format string, args ...any) int {
	ref := w.reserve()
	w.set(ref, format, args...)
	return ref
}

// stream adds a stream, packed; dict are the entries besides length and filter.
func (w *writer) stream(dict string, content []byte) int {
	packed := deflate(content)
	ref := w.reserve()
	w.objects[ref-1] = slices.Concat(fmt.Appendf(nil, "<< %s /Filter /FlateDecode /Length %d >>\nstream\n", dict, len(packed)), packed, []byte("\nendstream"))
	return ref
}

// finish writes header, objects, cross-reference table and trailer.
func (w *writer) finish(catalog, info int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(w.objects))
	for i, o := range w.objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	sum := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(at)+1, catalog, info, sum[:16], sum[:16], start)
	return b.Bytes()
}
