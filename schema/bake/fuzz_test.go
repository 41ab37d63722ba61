package bake_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/bake"
)

// seed adds the samples of a kind, and what we write ourselves.
func seed(f *testing.F, pattern string, own ...[]byte) {
	for _, dir := range []string{"png", "svg", "baseline"} {
		files, err := filepath.Glob(filepath.Join(judge.Root(), "testdata", "attacks", dir, pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	for _, b := range own {
		f.Add(b)
	}
}

// holds says of any input that reading answers with a credential or a fault of
// this check, and that what is read can be baked again and read back.
func holds(t *testing.T, b []byte, from func([]byte) (*bake.Content, error), into func(image, credential []byte) ([]byte, error)) {
	got, err := from(b)
	var fault *schema.Fault
	if err != nil {
		if !errors.As(err, &fault) || fault.Outcome != schema.Fail && fault.Outcome != schema.Unknown {
			t.Fatal(err)
		}
	} else if len(bytes.TrimSpace(got.Credential)) == 0 {
		t.Fatal("a credential of nothing")
	}
	if into == nil {
		return
	}
	if out, err := into(b, []byte(token)); err == nil {
		if again, err := from(out); err != nil || string(again.Credential) != token {
			t.Fatalf("%v %v", again, err)
		}
	} else if !errors.As(err, &fault) {
		t.Fatal(err)
	}
}

func FuzzFromPNG(f *testing.F) {
	baked, err := bake.IntoPNG(picture(f, 8, 8), []byte(json))
	if err != nil {
		f.Fatal(err)
	}
	seed(f, "*.png", picture(f, 2, 2), baked)
	f.Fuzz(func(t *testing.T, b []byte) {
		b = mended(b)
		holds(t, b, bake.FromPNG, bake.IntoPNG)
		if clean, err := bake.CleanPNG(b); err == nil {
			if _, err := bake.FromPNG(clean); err == nil {
				t.Fatal("not clean")
			}
		}
	})
}

// mended puts the right CRC on every chunk, so that changes get past it.
func mended(b []byte) []byte {
	b = bytes.Clone(b)
	for at := 8; at+12 <= len(b); {
		size := int64(binary.BigEndian.Uint32(b[at:]))
		if size > int64(len(b)-at-12) {
			break
		}
		end := at + 8 + int(size)
		binary.BigEndian.PutUint32(b[end:], crc32.ChecksumIEEE(b[at+4:end]))
		at = end + 4
	}
	return b
}

func FuzzFromSVG(f *testing.F) {
	baked, err := bake.IntoSVG([]byte(drawing), []byte(json))
	if err != nil {
		f.Fatal(err)
	}
	seed(f, "*.svg", []byte(drawing), baked)
	f.Fuzz(func(t *testing.T, b []byte) {
		holds(t, b, bake.FromSVG, bake.IntoSVG)
		if clean, err := bake.CleanSVG(b); err == nil {
			if _, err := bake.FromSVG(clean); err == nil {
				t.Fatal("not clean")
			}
		}
	})
}

// FuzzIntoSVG bakes any JSON: it says the same when it is read back.
func FuzzIntoSVG(f *testing.F) {
	for _, c := range []string{token, json, hostile} {
		f.Add([]byte(c))
	}
	f.Fuzz(func(t *testing.T, credential []byte) {
		out, err := bake.IntoSVG([]byte(drawing), credential)
		if err != nil {
			var fault *schema.Fault
			if !errors.As(err, &fault) {
				t.Fatal(err)
			}
			return
		}
		got, err := bake.FromSVG(out)
		if err != nil || !sameJSON(t, string(credential), string(got.Credential)) {
			t.Fatalf("%q %v", got, err)
		}
	})
}

func FuzzFromPDF(f *testing.F) {
	f.Add([]byte(document(catalogue, spec("x", 4), nothing, streamOf(asVC, json))))
	f.Add([]byte(document(catalogue, spec("a.json", 4), nothing, streamOf("/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", deflated("\x02abcd")))))
	f.Add([]byte(document(`<</Pages 2 0 R/AF[3 0 R]>>`, `<</Kids[2 0 R]/Annots[<</Subtype/FileAttachment/FS 3 0 R>>]>>`, spec("x", 4), streamOf("", token))))
	f.Add([]byte("%PDF-1.5\n1 0 obj<</Type/XRef/W[1 1 1]/Size 3/Root 2 0 R/Length 9>>stream\n\x00\x00\x00\x01\x09\x00\x02\x01\x00\nendstream\nendobj\nstartxref\n9\n"))
	seedPrograms(f)
	f.Fuzz(func(t *testing.T, b []byte) { holds(t, b, bake.FromPDF, nil) })
}

// seedPrograms adds files that qpdf and poppler wrote.
func seedPrograms(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.pdf"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}
