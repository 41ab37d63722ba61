package bake_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/bake"
)

// document writes a PDF out of its objects, the first of which is the catalogue.
func document(objects ...string) string {
	return update("%PDF-1.7\n", 0, "", objects...)
}

// update appends objects, numbered from first+1, with a table and a trailer.
func update(pdf string, first int, trailer string, objects ...string) string {
	table := fmt.Sprintf("xref\n0 1\n0000000000 65535 f \n%d %d\n", first+1, len(objects))
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(pdf))
		pdf += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", first+i+1, o)
	}
	return fmt.Sprintf("%s%strailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n", pdf, table, first+len(objects)+1, trailer, len(pdf))
}

func streamOf(dictionary, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dictionary, len(data), data)
}

func deflated(data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(data))
	_ = z.Close()
	return b.String()
}

const (
	catalogue = `<</Type/Catalog/Names<</EmbeddedFiles<</Names[(a)2 0 R(b)3 0 R]>>>>>>`
	asVC      = `/Type/EmbeddedFile/Subtype/application#2Fvc`
	nothing   = `<<>>`
)

func spec(name string, object int) string {
	return fmt.Sprintf("<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R/UF %d 0 R>>>>", name, name, object, object)
}

func TestReadingPDF(t *testing.T) {
	one := document(catalogue, spec("x", 4), nothing, streamOf(asVC, json))
	start := strings.LastIndex(one, "startxref\n") + len("startxref\n")
	prev := "/Prev " + strings.TrimSuffix(one[start:], "\n%%EOF\n")
	for name, c := range map[string]struct{ in, want, place string }{
		"by its type":     {one, json, "attachment"},
		"a token":         {document(catalogue, spec("x", 4), nothing, streamOf(`/Subtype/application#2fvc+jwt`, token)), token, "attachment"},
		"by its name":     {document(catalogue, spec("Todistus.JSON", 4), nothing, streamOf("", json)), json, "attachment"},
		"token by name":   {document(catalogue, spec("a.jwt", 4), nothing, streamOf("", token)), token, "attachment"},
		"name in UTF-16":  {document(catalogue, `<</UF<FEFF00E4002E006A0073006F006E>/EF<</F 4 0 R>>>>`, nothing, streamOf("", json)), json, "attachment"},
		"beside another":  {document(catalogue, spec("a.xml", 4), spec("b.json", 5), streamOf("", "<a/>"), streamOf("", json)), json, "attachment"},
		"named twice":     {document(`<</AF[2 0 R]/Names<</EmbeddedFiles<</Names[(a)2 0 R]>>>>>>`, spec("x", 4), nothing, streamOf(asVC, json)), json, "attachment"},
		"in a tree":       {document(`<</Names<</EmbeddedFiles 3 0 R>>>>`, spec("x", 4), `<</Kids[3 0 R 5 0 R]>>`, streamOf(asVC, json), `<</Names[(a)2 0 R]>>`), json, "attachment"},
		"on a page":       {document(`<</Pages 2 0 R>>`, `<</Kids[3 0 R]>>`, `<</Parent 2 0 R/Annots[<</Subtype/FileAttachment/FS 5 0 R>>]>>`, streamOf(asVC, json), spec("x", 4)), json, "attachment"},
		"deflated":        {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter/FlateDecode", deflated(json))), json, "attachment"},
		"in two filters":  {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter[/ASCIIHexDecode/FlateDecode]", fmt.Sprintf("%x>", deflated(json)))), json, "attachment"},
		"length beside":   {document(catalogue, spec("x", 4), fmt.Sprint(len(json)), fmt.Sprintf("<<%s/Length 3 0 R>>stream\r\n%s\nendstream", asVC, json)), json, "attachment"},
		"newer revision":  {update(one, 3, prev, streamOf(asVC, token)), token, "attachment"},
		"taken out again": {update(one, 0, prev, `<<>>`), "container.none", ""},

		"nothing attached": {document(`<<>>`), "container.none", ""},
		"something else":   {document(catalogue, spec("a.json", 4), nothing, streamOf("", "{}")), "container.none", ""},
		"an empty file":    {document(catalogue, spec("x", 4), nothing, streamOf(asVC, "")), "container.none", ""},
		"two":              {document(catalogue, spec("x", 4), spec("y.json", 5), streamOf(asVC, json), streamOf("", json)), "container.two-credentials", ""},
		"one for a system": {document(catalogue, `<</F(x)/EF<</F 4 0 R/Mac 5 0 R>>>>`, nothing, streamOf(asVC, json), streamOf(asVC, token)), "container.two-credentials", ""},

		"another filter":   {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter/LZWDecode", json)), "container.none pdf-damaged", ""},
		"not deflated":     {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter/FlateDecode", json)), "container.none pdf-damaged", ""},
		"a wrong length":   {strings.Replace(one, "/Length ", "/Length 1", 1), "container.none pdf-damaged", ""},
		"a wrong table":    {strings.Replace(one, "2 0 obj", "9 0 obj", 1), "container.none pdf-damaged", ""},
		"no table":         {"%PDF-1.7\nnothing", "container.none pdf-damaged", ""},
		"no root":          {"%PDF-1.7\nxref\n0 0\ntrailer<<>>\nstartxref\n9\n", "container.none pdf-damaged", ""},
		"in circles":       {strings.Replace(one, "/Root", fmt.Sprintf("/Prev %d/Root", strings.LastIndex(one, "xref\n0")), 1), json, "attachment"},
		"a tree in itself": {document(`<</Names<</EmbeddedFiles 2 0 R>>/Pages 3 0 R>>`, `<</Kids[2 0 R 2 0 R]>>`, `<</Kids[3 0 R]>>`), "container.none", ""},
		"length of itself": {document(catalogue, spec("x", 4), nothing, strings.Replace(streamOf(asVC, json), "/Length ", "/Length 4 0 R/X ", 1)), "container.none pdf-damaged", ""},
		"arrays in arrays": {document(strings.Repeat("[", 1000)), "container.none pdf-damaged", ""},
		"protected":        {strings.Replace(one, "/Root", "/Encrypt 9 0 R/Root", 1), "container.none pdf-encrypted", ""},

		"expands without end": {document(catalogue, spec("x", 4), nothing, streamOf(asVC+"/Filter/FlateDecode", deflated(strings.Repeat(" ", 17<<20)))), "container.limit", ""},
		"values without end":  {document("[" + strings.Repeat("0 ", 1_100_000) + "]"), "container.limit", ""},
		"too many objects":    {"%PDF-1.7\nxref\n1 100001\n" + strings.Repeat("0000000000 00000 n \n", 100_001) + "trailer<<>>\nstartxref\n9\n", "container.limit", ""},
		"expands overlapping": {overlapping(), "container.limit", ""},
	} {
		finding, kind, _ := strings.Cut(c.want, " ")
		if c.place != "" {
			finding = c.want
		}
		check(t, name, c.in, finding, c.place, bake.FromPDF)
		if _, err := bake.FromPDF([]byte(c.in)); c.place == "" && kind != "" && err.(*schema.Fault).Args["kind"] != kind {
			t.Errorf("%s: %v, want %s", name, err, kind)
		}
	}
}

// overlapping is a PDF with a thousand files, each of which is the same megabyte,
// packed.
func overlapping() string {
	packed := deflated(strings.Repeat(" ", 1<<20))
	names, objects := "", []string{""}
	for n := range 100 {
		names += fmt.Sprintf("(a)<</F(a.json)/EF<</F %d 0 R>>>>", n+2)
		objects = append(objects, streamOf("/Filter/FlateDecode", packed))
	}
	objects[0] = `<</Names<</EmbeddedFiles<</Names[` + names + `]>>>>>>`
	return document(objects...)
}

// TestPDFsOfOtherPrograms has qpdf and poppler attach a credential and write the
// file anew in every way they know.
func TestPDFsOfOtherPrograms(t *testing.T) {
	qpdf, pdfattach := judge.Command(t, "qpdf", "Debian package qpdf"), judge.Command(t, "pdfattach", "Debian package poppler-utils")
	dir := t.TempDir()
	run := func(program string, args ...string) {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", program, args, err, out)
		}
	}
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("credential.json", json)
	write("plain.pdf", document(`<</Type/Catalog/Pages 2 0 R>>`, `<</Type/Pages/Kids[3 0 R]/Count 1>>`, `<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>`))
	run(qpdf, "plain.pdf", "--add-attachment", "credential.json", "--mimetype=application/vc", "--", "attached.pdf")
	run(qpdf, "--check", "attached.pdf")
	run(qpdf, "--object-streams=generate", "attached.pdf", "streams.pdf")
	run(qpdf, "--object-streams=disable", "--linearize", "attached.pdf", "linearised.pdf")
	run(qpdf, "--linearize", "streams.pdf", "both.pdf")
	run(qpdf, "--qdf", "attached.pdf", "open.pdf")
	run(qpdf, "--object-streams=preserve", "--recompress-flate", "streams.pdf", "again.pdf")
	run(pdfattach, "plain.pdf", "credential.json", "poppler.pdf")
	run(pdfattach, "streams.pdf", "plain.pdf", "updated.pdf")
	run(qpdf, "--encrypt", "", "owner", "256", "--", "attached.pdf", "locked.pdf")
	for _, name := range []string{"attached", "streams", "linearised", "both", "open", "again", "poppler", "updated"} {
		b, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
		if err != nil {
			t.Fatal(err)
		}
		check(t, name, string(b), json, "attachment", bake.FromPDF)
	}
	locked, err := os.ReadFile(filepath.Join(dir, "locked.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "locked", string(locked), "container.none", "", bake.FromPDF)
}
