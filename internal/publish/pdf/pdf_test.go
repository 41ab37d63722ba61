package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
	"merkki/internal/publish/pdf"
)

// document has one of everything, on two pages.
func document() *pdf.Document {
	d := pdf.New(pdf.Info{Title: "Otsikko ŧ (\\) 𝄞", Author: "Å", Lang: "se", Created: time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)})
	for n := range 2 {
		p := d.Page(210, 297)
		p.Decoration(func() { p.Fill(draw.White, draw.Circle(50, 50, 10)) })
		p.Element(pdf.Heading, "", func() {
			p.Text(pdf.Style{Font: fonts.SerifSemibold(), Size: 10}, 20, 40, fmt.Sprintf("Ruoŧŧa %d AVAV", n))
		})
		p.Link(20, 60, 50, 6, "https://merkki.example/c/1?a=(b)", func() {
			p.Text(pdf.Style{Font: fonts.Sans(), Size: 5}, 20, 65, "merkki.example")
		})
		p.Element(pdf.Figure, "nine cells", func() { p.Cells([][]bool{{true, true, false}, {false, true, false}, {true, false, true}}, 20, 80, 30) })
		p.Element(pdf.Paragraph, "", func() { p.Text(pdf.Style{Font: fonts.Sans(), Size: 5}, 20, 120, "") })
	}
	d.Attach(pdf.File{Name: "a.json", MediaType: "application/vc+jwt", Description: "(d)", Content: []byte("{}")})
	return d
}

// TestCrossReferences: every entry of the table points at the object it numbers,
// and every reference at an object that is there.
func TestCrossReferences(t *testing.T) {
	b := document().Bytes()
	if !bytes.Equal(b, document().Bytes()) {
		t.Error("the same calls gave other bytes")
	}
	start, _ := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(b)[1]))
	table := strings.Split(string(b[start:]), "\n")
	if table[0] != "xref" {
		t.Fatalf("startxref leads to %q", table[0])
	}
	objects := 0
	for n := 1; strings.HasSuffix(table[n+2], " n "); n++ {
		at, _ := strconv.Atoi(table[n+2][:10])
		if !bytes.HasPrefix(b[at:], fmt.Appendf(nil, "%d 0 obj\n", n)) {
			t.Errorf("entry %d leads to %.20q", n, b[at:])
		}
		objects++
	}
	for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllSubmatch(b, -1) {
		if n, _ := strconv.Atoi(string(m[1])); n < 1 || n > objects {
			t.Errorf("%s leads nowhere", m[0])
		}
	}
	if !bytes.Contains(b, fmt.Appendf(nil, "/Size %d ", objects+1)) {
		t.Error("the trailer has another number of objects")
	}
}

// TestReadByOthers: poppler reads structure, words and text, letters of two
// fonts in one line included; qpdf finds nothing wrong.
func TestReadByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.pdf")
	if err := os.WriteFile(path, document().Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name, pkg string, args ...string) string {
		out, err := exec.Command(judge.Command(t, name, pkg), args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	if out := run("qpdf", "Debian package qpdf", "--check", path); strings.Contains(out, "WARNING") {
		t.Error(out)
	}
	const poppler = "Debian package poppler-utils"
	if out := run("pdfinfo", poppler, path); !strings.Contains(out, "Otsikko ŧ (\\) 𝄞\n") || strings.Contains(out, "Error") {
		t.Error(out)
	}
	out := run("pdfinfo", poppler, "-struct-text", path)
	for _, want := range []string{"H1 (block)", `"Ruoŧŧa 0 AVAV"`, `"Ruoŧŧa 1 AVAV"`, "Link (inline)", "Figure", `"merkki.example"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the structure lacks %q:\n%s", want, out)
		}
	}
	if out := run("pdftotext", poppler, path, "-"); strings.Count(out, "Ruoŧŧa") != 2 {
		t.Errorf("the text is %q", out)
	}
	if out := run("pdfinfo", poppler, "-url", path); strings.Count(out, "https://merkki.example/c/1?a=(b)") != 2 {
		t.Errorf("links: %s", out)
	}
}
