package publish_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"merkki/internal/publish"
	"merkki/internal/publish/draw"
)

func badge(t testing.TB, b publish.Badge) (svg, picture []byte) {
	t.Helper()
	picture, err := b.PNG()
	if err != nil {
		t.Fatal(err)
	}
	return b.SVG(), picture
}

// TestBadgeFigures: kinds of achievement look different, also at 64 pixels, and
// so do levels, titles and issuers; the same badge is the same bytes.
func TestBadgeFigures(t *testing.T) {
	base := publish.Badge{Type: "MicroCredential", Level: 6, Title: "Data Analytics", Issuer: "did:web:a.example"}
	seen := map[string]string{}
	for name, change := range map[string]func(*publish.Badge){
		"as it is":      func(*publish.Badge) {},
		"certification": func(b *publish.Badge) { b.Type = "Certification" },
		"degree":        func(b *publish.Badge) { b.Type = "MasterDegree" },
		"award":         func(b *publish.Badge) { b.Type = "Award" },
		"any other":     func(b *publish.Badge) { b.Type = "ext:Whatever" },
		"level":         func(b *publish.Badge) { b.Level = 7 },
		"title":         func(b *publish.Badge) { b.Title = "Nursing" },
		"issuer":        func(b *publish.Badge) { b.Issuer = "did:web:b.example" },
		"colour":        func(b *publish.Badge) { b.Colour = draw.Colour{R: 200, G: 30, B: 120} },
		"test":          func(b *publish.Badge) { b.Test = true },
	} {
		b := base
		change(&b)
		small, err := b.Picture().PNG(64)
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := seen[string(small)]; ok {
			t.Errorf("%s looks like %s", name, other)
		}
		seen[string(small)] = name
		svg, picture := badge(t, b)
		again, pictureAgain := badge(t, b)
		if !bytes.Equal(svg, again) || !bytes.Equal(picture, pictureAgain) {
			t.Errorf("%s: two drawings of one badge differ", name)
		}
	}
}

// TestBadgePictures: 512 pixels, clear at the corners, painted in the middle; and
// at 64 pixels the letters stand out from the disc that they stand on.
func TestBadgePictures(t *testing.T) {
	b := publish.Badge{Type: "MicroCredential", Title: "Data Analytics", Issuer: "x"}
	_, picture := badge(t, b)
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 512 || s.Y != 512 {
		t.Errorf("%v pixels", s)
	}
	if _, _, _, a := img.At(1, 1).RGBA(); a != 0 {
		t.Error("the corner is painted")
	}
	small, err := b.Picture().PNG(64)
	if err != nil {
		t.Fatal(err)
	}
	if img, err = png.Decode(bytes.NewReader(small)); err != nil {
		t.Fatal(err)
	}
	var darkest, lightest uint32 = 0xffff, 0
	for x := 18; x < 46; x++ {
		g, _, _, _ := img.At(x, 26).RGBA()
		darkest, lightest = min(darkest, g), max(lightest, g)
	}
	if lightest < 0xf000 || darkest > 0x7000 {
		t.Errorf("letters of %x on %x", darkest, lightest)
	}
}

// TestBadgeOfAnything: whatever the title is, the drawing is well formed, has the
// title as its text, and holds nothing but paths.
func TestBadgeOfAnything(t *testing.T) {
	titles := []string{"", " ", "\u0000\uffff", `<script>alert(1)</script>&"'`, "]]>", strings.Repeat("Ä", 5000), "a b c d", "日本語", "\u202eabc", "Åke", "e\u0301"}
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		s := make([]rune, r.IntN(60))
		for i := range s {
			s[i] = rune(r.IntN(0x3000))
		}
		titles = append(titles, string(s))
	}
	for _, title := range titles {
		svg := publish.Badge{Type: "Course", Level: 99, Title: title, Test: true}.SVG()
		names := map[string]bool{}
		d := xml.NewDecoder(bytes.NewReader(svg))
		for {
			tok, err := d.Token()
			if tok == nil {
				if err.Error() != "EOF" {
					t.Fatalf("%q: %v", title, err)
				}
				break
			}
			if e, ok := tok.(xml.StartElement); ok {
				names[e.Name.Local] = true
			}
		}
		delete(names, "svg")
		delete(names, "title")
		delete(names, "path")
		if len(names) > 0 {
			t.Errorf("%q: elements %v", title, names)
		}
	}
}

// TestBadgeColours: whatever colour an issuer has, white letters are read on it.
func TestBadgeColours(t *testing.T) {
	for _, s := range []string{"#ffff00", "#ffffff", "#00ff00", "#1d4d4f", "#767676"} {
		c, err := draw.ParseColour(s)
		if err != nil {
			t.Fatal(err)
		}
		if ground := (publish.Badge{Title: "A", Colour: c}).Ground(); ground.Contrast(draw.White) < 4.5 {
			t.Errorf("%s becomes %s, contrast %.2f", s, ground, ground.Contrast(draw.White))
		}
	}
	for i := range 200 {
		if ground := (publish.Badge{Issuer: strings.Repeat("i", i)}).Ground(); ground.Contrast(draw.White) < 7 {
			t.Errorf("%s of the palette has a contrast of %.2f", ground, ground.Contrast(draw.White))
		}
	}
	for _, s := range []string{"", "#12345", "123456", "#12345g", "red"} {
		if c, err := draw.ParseColour(s); err == nil {
			t.Errorf("%q is %s", s, c)
		}
	}
}

// TestLevel: only an alignment to the European Qualifications Framework is a
// level of it.
func TestLevel(t *testing.T) {
	for want, a := range map[int]publish.Alignment{
		6: {Name: "EQF level 6", Type: "ext:EQF"},
		5: {Framework: "European Qualifications Framework", Code: "5"},
		7: {Target: publish.Link{Text: "http://data.europa.eu/snb/eqf/7"}},
		0: {Framework: "ESCO", Code: "6", Target: publish.Link{Text: "http://data.europa.eu/snb/eqf/9"}},
	} {
		if got := (publish.Achievement{Alignments: []publish.Alignment{a}}).Level(); got != want {
			t.Errorf("%+v: level %d, want %d", a, got, want)
		}
	}
}
