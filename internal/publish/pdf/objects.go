package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/md5" // the check sum that PDF asks of an attached file; nothing rests on it
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// writePages writes pages with their links, and keeps the numbers of their
// objects for the structure.
func (d *Document) writePages(w *writer, tree, resources int) {
	var kids []string
	annotation := len(d.pages) // keys of the parent tree: first pages, then links
	for i, p := range d.pages {
		content := w.stream("", p.content.Bytes())
		page := w.reserve()
		p.ref = page
		var annots []string
		for j := range p.links {
			l := &p.links[j]
			l.key = annotation
			annotation++
			k := perMillimetre
			l.ref = w.add("<< /Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /F 4 /StructParent %d /Contents %s /A << /S /URI /URI %s >> >>",
				l.x*k, (p.height-l.y-l.h)*k, (l.x+l.w)*k, (p.height-l.y)*k, l.key, text(l.address), ascii(l.address))
			annots = append(annots, fmt.Sprintf("%d 0 R", l.ref))
		}
		w.set(page, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f] /Resources %d 0 R /Contents %d 0 R /StructParents %d /Tabs /S /Annots [%s] >>",
			tree, p.width*perMillimetre, p.height*perMillimetre, resources, content, i, strings.Join(annots, " "))
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
	}
	w.set(tree, "<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids))
}

// writeStructure writes the tree of elements (ISO 32000-1, section 14.7) and
// returns its root.
func (d *Document) writeStructure(w *writer) int {
	root, whole := w.reserve(), w.reserve()
	var all, links, parents []string
	for i, p := range d.pages {
		refs := make([]string, len(p.elements))
		for n, e := range p.elements {
			kid, words := fmt.Sprint(n), ""
			if e.words != "" {
				words = " /Alt " + text(e.words)
			}
			if e.lang != "" {
				words += " /Lang " + text(e.lang)
			}
			if e.link >= 0 {
				kid = fmt.Sprintf("[%d << /Type /OBJR /Obj %d 0 R /Pg %d 0 R >>]", n, p.links[e.link].ref, p.ref)
			}
			refs[n] = fmt.Sprintf("%d 0 R", w.add("<< /Type /StructElem /S /%s /P %d 0 R /Pg %d 0 R /K %s%s >>", e.role, whole, p.ref, kid, words))
			if e.link >= 0 {
				links = append(links, fmt.Sprintf("%d %s", p.links[e.link].key, refs[n]))
			}
		}
		all = append(all, refs...)
		parents = append(parents, fmt.Sprintf("%d [%s]", i, strings.Join(refs, " ")))
	}
	w.set(whole, "<< /Type /StructElem /S /Document /P %d 0 R /K [%s] >>", root, strings.Join(all, " "))
	w.set(root, "<< /Type /StructTreeRoot /K %d 0 R /ParentTree << /Nums [%s] >> /ParentTreeNextKey %d >>",
		whole, strings.Join(append(parents, links...), " "), len(d.pages)+len(links))
	return root
}

// write writes a font as the composite kind, whose codes are glyph numbers, with
// the way back to characters (ISO 32000-1, sections 9.7 and 9.10.3).
func (u *usedFont) write(w *writer) int {
	f := u.font
	ids := slices.Sorted(maps.Keys(u.used))
	set := map[uint16]bool{}
	var widths, back strings.Builder
	tag := sha256.New()
	for i, id := range ids {
		set[id] = true
		fmt.Fprintf(tag, "%d ", id)
		r := u.used[id]
		if id == 0 {
			r = 0xfffd
		}
		fmt.Fprintf(&widths, "%d [%d] ", id, thousandths(f.Glyphs(string(u.used[id]))[0].Advance, f))
		if i%100 == 0 {
			if i > 0 {
				back.WriteString("endbfchar\n")
			}
			fmt.Fprintf(&back, "%d beginbfchar\n", min(100, len(ids)-i))
		}
		fmt.Fprintf(&back, "<%04X> %s\n", id, strings.Replace(text(string(r)), "FEFF", "", 1))
	}
	if len(ids) > 0 {
		back.WriteString("endbfchar\n")
	}
	name := subsetTag(tag.Sum(nil)) + "+" + f.Name
	program := f.Subset(set)
	file := w.stream(fmt.Sprintf("/Length1 %d", len(program)), program)
	toUnicode := w.stream("", fmt.Appendf(nil, cmap, back.String()))
	k := func(v int) int { return thousandths(v, f) }
	descriptor := w.add("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight %d /StemV 80 /FontFile2 %d 0 R >>",
		name, k(f.Box[0]), k(f.Box[1]), k(f.Box[2]), k(f.Box[3]), k(f.Ascent), k(f.Descent), k(f.CapHeight), file)
	descendant := w.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 500 /W [%s] >>",
		name, descriptor, widths.String())
	return w.add("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, descendant, toUnicode)
}

const cmap = `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
%sendcmap
CMapName currentdict /CMap defineresource pop
end
end
`

// subsetTag is six capitals that differ between subsets.
func subsetTag(sum []byte) string {
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// write writes an attached file and what is said of it: it is the source that
// the pages were made from (ISO 32000-1, section 7.11.4; the relationship is of
// PDF 2.0).
func (f *File) write(w *writer, modified time.Time) int {
	stream := w.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params << /Size %d /ModDate (%s) /CheckSum <%x> >>",
		strings.ReplaceAll(f.MediaType, "/", "#2F"), len(f.Content), date(modified), md5.Sum(f.Content)), f.Content)
	return w.add("<< /Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Source /EF << /F %d 0 R /UF %d 0 R >> >>",
		ascii(f.Name), text(f.Name), text(f.Description), stream, stream)
}

// ascii writes a byte string in hexadecimal.
func ascii(s string) string { return fmt.Sprintf("<%X>", s) }

func deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	z.Write(b) // a Buffer takes everything
	z.Close()
	return out.Bytes()
}
