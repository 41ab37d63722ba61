package publish_test

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/publish"
)

func preview(title string, change func(*publish.Preview)) publish.Preview {
	p := publish.Preview{
		Title: title, Issuer: "Example University of Applied Sciences", Domain: "badges.example",
		Facts: "5 ECTS · EQF 6 · micro-credential", Ask: "Is it in force? Ask badges.example",
		Badge: publish.Badge{Type: "MicroCredential", Level: 6, Title: title, Issuer: "did:web:badges.example"},
	}
	if change != nil {
		change(&p)
	}
	return p
}

var previews = map[string]publish.Preview{
	"plain": preview("Data Analytics for Energy Systems", nil),
	"long": preview("Kestävä metsäbiotalous, kiertotalouden materiaalit ja osallistava aluesuunnittelu harvaan asutussa pohjoisessa 2026",
		func(p *publish.Preview) {
			p.Issuer = "Kaakkois-Suomen ammattikorkeakoulu ja Keski-Pohjanmaan koulutusyhtymä yhdessä"
		}),
	"test-ended": preview("Hållbar skogsbioekonomi, cirkulära material och deltagande regionplanering i det glest befolkade Norden 2026",
		func(p *publish.Preview) {
			p.Test, p.Ended = "TEST · Den här utfärdaren är till för att prova.", "ÅTERKALLAT den 27.11.2026"
			p.Badge.Test = true
		}),
	"sami":  preview("Davvisámegiela ja kultuvrra vuođđooahput: Ŋáhkárgeahči, čáhci, ŧ", func(p *publish.Preview) { p.Facts = "" }),
	"empty": {},
	"word":  preview("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", nil),
}

// TestPreviews: each is a picture of the size that networks ask for, the same
// bytes every time, no larger than they load, and nothing of its text is cut.
func TestPreviews(t *testing.T) {
	for name, v := range previews {
		b, err := v.PNG()
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := v.PNG(); !bytes.Equal(b, again) {
			t.Errorf("%s: two pictures of one record differ", name)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if s := img.Bounds().Size(); s.X != publish.PreviewWidth || s.Y != publish.PreviewHeight {
			t.Errorf("%s: %v", name, s)
		}
		if len(b) > 300_000 {
			t.Errorf("%s: %d bytes", name, len(b))
		}
		if folder := os.Getenv("MERKKI_PICTURES"); folder != "" { // for people who want to look
			if err := os.WriteFile(filepath.Join(folder, "preview-"+name+".png"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestOwnPictureOnThePreview: an uploaded picture takes the place of the badge,
// in the middle of the panel; a drawing that is not painted leaves the badge.
func TestOwnPictureOnThePreview(t *testing.T) {
	at := func(v publish.Preview) color.Color {
		b, err := v.PNG()
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return img.At(183, 315)
	}
	v := previews["plain"]
	drawn := at(v)
	own, err := publish.ReadImage("", []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="#ff0000"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	v.Own = own
	if r, g, b, _ := at(v).RGBA(); r>>8 != 255 || g != 0 || b != 0 {
		t.Errorf("the uploaded picture is not in the middle of the panel but %v", at(v))
	}
	unpainted := *own
	unpainted.Unpainted = "text"
	v.Own = &unpainted
	if at(v) != drawn {
		t.Error("a drawing that is not painted left neither itself nor the badge")
	}
}

// TestLongTitlesStandWhole: titles of up to 120 characters in three languages are
// set without a cut, also below both bands: their last letter makes a difference,
// which that of a title without an end does not.
func TestLongTitlesStandWhole(t *testing.T) {
	differs := func(v publish.Preview) bool {
		shorter := v
		shorter.Title = v.Title[:len(v.Title)-1]
		return !bytes.Equal(v.Picture().SVG(""), shorter.Picture().SVG(""))
	}
	endless := previews["long"]
	endless.Title += strings.Repeat(" and so much more", 20)
	if differs(endless) {
		t.Error("a title without an end is not cut")
	}
	for _, title := range []string{
		previews["long"].Title, previews["test-ended"].Title,
		"Sustainable Forest Bioeconomy, Circular Materials and Participatory Regional Planning in the Sparsely Peopled North 2026",
	} {
		for _, name := range []string{"long", "test-ended"} {
			v := previews[name]
			if v.Title = title; !differs(v) {
				t.Errorf("%s: %q is cut", name, title)
			}
		}
	}
}
