package publish_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/schema/bake"
)

// kinds lists the chunks of a PNG.
func kinds(b []byte) (all []string) {
	for at := 8; at+12 <= len(b); at += 12 + int(binary.BigEndian.Uint32(b[at:])) {
		all = append(all, string(b[at+4:at+8]))
	}
	return all
}

func chunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func square(t testing.TB, side int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side {
		img.SetNRGBA(i, i, color.NRGBA{R: 200, G: uint8(i), B: 20, A: 255})
	}
	return encoded(t, img)
}

// TestPNGIsWrittenAnew: the pixels stay, and nothing else of the file: no chunk
// with text, no second credential, nothing after its end. Read again it is the
// same bytes.
func TestPNGIsWrittenAnew(t *testing.T) {
	clean := square(t, 40)
	dirty := append([]byte{}, clean[:33]...)
	dirty = append(dirty, chunk("tEXt", []byte("Comment\x00<script>alert(1)</script>"))...)
	dirty = append(dirty, chunk("iTXt", []byte("openbadgecredential\x00\x00\x00\x00\x00{}"))...)
	dirty = append(dirty, chunk("zTXt", append([]byte("Bomb\x00\x00"), packed(1<<20)...))...)
	dirty = append(dirty, chunk("eXIf", []byte("MM\x00*GPS"))...)
	dirty = append(dirty, clean[33:]...)
	dirty = append(dirty, "<?php evil(); ?>"...)
	im := mustImage(t, dirty)
	if got := strings.Join(kinds(im.Bytes), " "); got != "IHDR IDAT IEND" {
		t.Errorf("chunks %s", got)
	}
	if bytes.Contains(im.Bytes, []byte("alert")) || bytes.Contains(im.Bytes, []byte("php")) {
		t.Error("text of the file came through")
	}
	a, _ := png.Decode(bytes.NewReader(clean))
	b, err := png.Decode(bytes.NewReader(im.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if a.At(i, i) != b.At(i, i) {
			t.Fatalf("pixel %d is %v, was %v", i, b.At(i, i), a.At(i, i))
		}
	}
	if !bytes.Equal(mustImage(t, im.Bytes).Bytes, im.Bytes) {
		t.Error("read again it is another file")
	}
}

func packed(n int) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(make([]byte, n)) // a Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// TestPicturesOfEveryKind: grey, palettes and sixteen bits become eight bits of
// colour; a large one becomes smaller and keeps its shape.
func TestPicturesOfEveryKind(t *testing.T) {
	r := image.Rect(0, 0, 30, 20)
	for name, img := range map[string]image.Image{
		"grey": image.NewGray(r), "grey16": image.NewGray16(r), "deep": image.NewNRGBA64(r),
		"palette": image.NewPaletted(r, color.Palette{color.Black, color.White}),
	} {
		if im := mustImage(t, encoded(t, img)); im.Width != 30 || im.Height != 20 || im.MediaType != "image/png" {
			t.Errorf("%s: %g by %g", name, im.Width, im.Height)
		}
	}
	im := mustImage(t, encoded(t, image.NewGray(image.Rect(0, 0, 3000, 1500))))
	if im.Width != 1024 || im.Height != 512 {
		t.Errorf("%g by %g of 3000 by 1500", im.Width, im.Height)
	}
}

// TestPicturesThatAreRefused: by the header alone, before anything is decoded,
// and with the figure.
func TestPicturesThatAreRefused(t *testing.T) {
	small := square(t, 10)
	huge := append([]byte{}, small...)
	binary.BigEndian.PutUint32(huge[16:], 100_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	broken := append([]byte{}, small...)
	broken[len(broken)-20] ^= 1
	for name, c := range map[string]struct {
		b            []byte
		code, reason string
	}{
		"nothing":         {nil, "MALFORMED_VALUE_ERROR", "picture-kind"},
		"JPEG":            {[]byte("\xff\xd8\xff\xe0 JFIF"), "MALFORMED_VALUE_ERROR", "picture-kind"},
		"GIF":             {[]byte("GIF89a;"), "MALFORMED_VALUE_ERROR", "picture-kind"},
		"text":            {[]byte("hello"), "MALFORMED_VALUE_ERROR", "picture-kind"},
		"cut off":         {small[:40], "MALFORMED_VALUE_ERROR", "picture-broken"},
		"changed":         {broken, "MALFORMED_VALUE_ERROR", "picture-broken"},
		"a web page":      {[]byte("<html><body onload=alert(1)></html>"), "MALFORMED_VALUE_ERROR", "picture-broken"},
		"many pixels":     {huge, "LIMIT_EXCEEDED", "picture"},
		"many bytes":      {make([]byte, publish.MaxPicture+1), "LIMIT_EXCEEDED", "picture"},
		"many elements":   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">` + strings.Repeat("<g/>", 10_001) + "</svg>"), "LIMIT_EXCEEDED", "picture"},
		"broken drawing":  {[]byte("<svg"), "MALFORMED_VALUE_ERROR", "picture-broken"},
		"external entity": {[]byte(`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&x;</text></svg>`), "MALFORMED_VALUE_ERROR", "picture-broken"},
	} {
		_, err := publish.ReadImage("/logo", c.b)
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || string(f.Code) != c.code || f.Args["reason"] != c.reason || f.Pointer != "/logo" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPicturesOfAttacks: each hostile picture of the library is refused or comes
// out with nothing in it but shapes and pixels.
func TestPicturesOfAttacks(t *testing.T) {
	folder := filepath.Join(judge.Root(), "testdata", "attacks")
	n := 0
	for _, glob := range []string{"png/*.png", "svg/*.svg", "baseline/*.png", "baseline/*.svg"} {
		files, err := filepath.Glob(filepath.Join(folder, glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			n++
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			im, err := publish.ReadImage("", b)
			if err != nil {
				if _, ok := errors.AsType[*schema.Fault](err); !ok {
					t.Errorf("%s: %v", path, err)
				}
				continue
			}
			for _, no := range []string{"openbadge", "credential", "passwd", "script", "<!", "ENTITY", "eyJ"} {
				if bytes.Contains(im.Bytes, []byte(no)) {
					t.Errorf("%s: %s came through", filepath.Base(path), no)
				}
			}
		}
	}
	if n < 8 {
		t.Errorf("only %d pictures were found", n)
	}
}

// TestEmblems: an uploaded picture is baked in both forms, a drawing as a drawing
// and as pixels, pixels as pixels and inside a drawing; where a drawing cannot be
// painted the drawn badge stands for it.
func TestEmblems(t *testing.T) {
	text := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><text>a</text></svg>`
	b := publish.Badge{Title: "Data", Issuer: "x"}
	drawn, err := b.PNG()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		own      *publish.Image
		contains string
		asDrawn  bool
	}{
		"none": {nil, "<title>Data</title>", true}, "drawing": {mustImage(t, []byte(logo)), "#7a2a2e", false},
		"text": {mustImage(t, []byte(text)), "<text>a</text>", true}, "pixels": {mustImage(t, square(t, 64)), "data:image/png;base64,", false},
	} {
		svg, err := bake.IntoSVG(publish.EmblemSVG(c.own, b), []byte(`{"proof":{"type":"DataIntegrityProof"}}`))
		if err != nil || !bytes.Contains(svg, []byte(c.contains)) {
			t.Errorf("%s: %v %s", name, err, svg)
		}
		px, err := publish.EmblemPNG(c.own, b)
		if err != nil || bytes.Equal(px, drawn) != c.asDrawn {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := bake.IntoPNG(px, []byte(`{"proof":{"type":"DataIntegrityProof"}}`)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadImage: whatever comes in is refused with a fault, or comes out as what
// is read again to the same bytes.
func FuzzReadImage(f *testing.F) {
	f.Add([]byte(logo))
	f.Add(square(f, 4))
	f.Add(encoded(f, image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.Black, color.Transparent})))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 26 && (binary.BigEndian.Uint32(b[16:]) > 500 || binary.BigEndian.Uint32(b[20:]) > 500) && b[0] == 0x89 {
			return // large pictures cost time, and are of no other kind
		}
		im, err := publish.ReadImage("", b)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatal(err)
			}
			return
		}
		again, err := publish.ReadImage("", im.Bytes)
		if err != nil || !bytes.Equal(again.Bytes, im.Bytes) {
			t.Fatalf("read again: %v", err)
		}
	})
}
