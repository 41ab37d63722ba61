package publish_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/internal/judge"
	"merkki/internal/publish"
	"merkki/internal/publish/draw"
	"merkki/schema"
)

const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 80"><g fill="#7a2a2e"><path d="M40 4 72 20v24c0 16-14 26-32 32C22 70 8 60 8 44V20z"/><path d="M26 40l10 10 20-22" fill="none" stroke="#fff" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/><path d="M96 24h12v32h-12zM120 24h12l10 18 10-18h12v32h-11V42l-8 14h-6l-8-14v14h-11z"/></g></svg>`

func mustImage(t testing.TB, b []byte) *publish.Image {
	t.Helper()
	im, err := publish.ReadImage("", b)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// hand is a signature: a curve of ink on nothing.
func hand(t testing.TB) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 400, 120))
	for x := 10.0; x < 390; x += 0.2 {
		y := 60 + 40*math.Sin(x/17)*math.Cos(x/70)
		for d := -2.0; d <= 2; d++ {
			img.SetNRGBA(int(x), int(y+d), color.NRGBA{R: 0x10, G: 0x20, B: 0x60, A: 255})
		}
	}
	return encoded(t, img)
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// dressed gives a certificate everything that an institution can choose.
func dressed(t testing.TB, c publish.Certificate, landscape bool) publish.Certificate {
	second := "sv"
	if c.Facts.Language == "sv" {
		second = "en"
	}
	c.Look = publish.Look{
		Colour: draw.Colour{R: 0x7a, G: 0x2a, B: 0x2e}, Logo: mustImage(t, []byte(logo)), Landscape: landscape, Second: i18n.New(second),
		Signatures: []publish.Signature{
			{Name: "Šárá Ŋáhkárgeahči-Žižkovská", Title: "Rehtori / Rector", Image: mustImage(t, hand(t))},
			{Name: "Björn Åkerhjelm", Title: "Vice Rector for Education and for the Recognition of Prior Learning"},
			{Name: strings.Repeat("Đurđa ", 12)},
		},
	}
	return c
}

// looks are certificates in each state and lie.
func looks(t testing.TB, lang string) map[string]publish.Certificate {
	long := certificate(t, lang)
	long.Facts.Recipient, long.Facts.Achievement.Name = longName, longTitle
	long.Facts.Achievement.Description = strings.Repeat("Collects, cleans and models measurements of power grids. ", 40)
	testing := long
	testing.Test = true
	hold := long
	hold.Ended = &publish.Ended{Suspended: true, At: hold.Created, Reason: "An appeal is being heard."}
	m := map[string]publish.Certificate{}
	for lie, landscape := range map[string]bool{"portrait": false, "landscape": true} {
		for state, c := range map[string]publish.Certificate{"issued": certificate(t, lang), "long": long, "test": testing, "hold": hold, "full": full(t, lang)} {
			m[lie+"-"+state] = dressed(t, c, landscape)
		}
		bare := certificate(t, lang)
		bare.Look.Landscape = landscape
		m[lie+"-bare"] = bare
	}
	return m
}

// TestCertificateChoices: whatever an institution chose and whatever there is to
// say, others find one page of A4 the way it should lie, nothing wrong in it,
// every name, embedded fonts, the credential, and a code that leads to it.
func TestCertificateChoices(t *testing.T) {
	const poppler = "Debian package poppler-utils"
	pdfinfo, pdffonts, pdftotext := judge.Command(t, "pdfinfo", poppler), judge.Command(t, "pdffonts", poppler), judge.Command(t, "pdftotext", poppler)
	pdfdetach, pdftoppm := judge.Command(t, "pdfdetach", poppler), judge.Command(t, "pdftoppm", poppler)
	qpdf, zbar := judge.Command(t, "qpdf", "Debian package qpdf"), judge.Command(t, "zbarimg", "Debian package zbar-tools")
	size := map[bool]string{false: "595.276 x 841.89 pts (A4)", true: "841.89 x 595.276 pts (A4)"}
	for name, c := range looks(t, "fi") {
		if c.Test != (c.Ended != nil) { // the fullest and the usual ones
			continue
		}
		path := saved(t, "c.pdf", file(t, c))
		if out := run(t, qpdf, "--check", path); !strings.Contains(out, "No syntax or stream encoding errors") || strings.Contains(out, "WARNING") {
			t.Errorf("%s: qpdf: %s", name, out)
		}
		if info := run(t, pdfinfo, path); !strings.Contains(info, "Pages:           1\n") || !strings.Contains(info, size[c.Look.Landscape]) {
			t.Errorf("%s: pdfinfo: %s", name, info)
		}
		if out := run(t, pdffonts, path); strings.Contains(out, " no  ") || !strings.Contains(out, "SourceSerif4") {
			t.Errorf("%s: fonts: %s", name, out)
		}
		text := strings.Join(strings.Fields(run(t, pdftotext, path, "-")), " ")
		want := []string{c.Facts.Recipient, c.Facts.Achievement.Name, "7K2M-Q9D4-X1TB-N8RW-Z03F-HJ5V-6P", "merkki.example.fi/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P"}
		if c.Ended == nil && len(c.Look.Signatures) > 0 {
			want = append(want, "Šárá Ŋáhkárgeahči-Žižkovská", "Björn Åkerhjelm", "På svenska:")
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: the text lacks %q:\n%s", name, w, text)
			}
		}
		if strings.Contains(text, "Šárá") && c.Ended != nil {
			t.Errorf("%s: somebody signs what is not in force", name)
		}
		if out := run(t, pdfdetach, "-list", path); !strings.HasPrefix(out, "1 embedded") {
			t.Errorf("%s: %s", name, out)
		}
		run(t, pdftoppm, "-r", "150", "-gray", "-png", "-singlefile", path, path)
		if keep := os.Getenv("MERKKI_PICTURES"); keep != "" { // for people who want to look
			run(t, pdftoppm, "-r", "70", "-png", "-singlefile", path, filepath.Join(keep, name))
		}
		if got, err := exec.Command(zbar, "--raw", "-q", path+".png").Output(); err != nil || strings.TrimSpace(string(got)) != strings.ToUpper(address) {
			t.Errorf("%s: the code says %q (%v)", name, got, err)
		}
	}
}

// TestSignatureForThoseWhoDoNotSee: a picture of a hand has the name for its
// text, and the line in another language says which.
func TestSignatureForThoseWhoDoNotSee(t *testing.T) {
	qpdf := judge.Command(t, "qpdf", "Debian package qpdf")
	path := saved(t, "c.pdf", file(t, dressed(t, certificate(t, "fi"), false)))
	plain := run(t, qpdf, "--qdf", "--object-streams=disable", path, "-")
	alt := fmt.Sprintf("%x", "\xfe\xff")
	for _, u := range "Allekirjoitus: Šárá" {
		alt += fmt.Sprintf("%04x", u)
	}
	if !strings.Contains(plain, "/Alt <"+alt) {
		t.Error("the picture of a hand has no name")
	}
	if strings.Count(plain, "/Lang "+utf16("sv")) != 1 {
		t.Error("no element is in Swedish")
	}
	if n := strings.Count(plain, "/Subtype /Image"); n != 2 { // the hand and its mask; the logo is outlines
		t.Errorf("%d images", n)
	}
}

// TestSheetsShareTheirPictures: many certificates have one copy of a picture.
func TestSheetsShareTheirPictures(t *testing.T) {
	var all []publish.Certificate
	for range 20 {
		all = append(all, dressed(t, certificate(t, "en"), true))
	}
	b, err := publish.Sheets(all)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, []byte("/Subtype /Image")); n != 2 {
		t.Errorf("%d images in a file of 20 certificates", n)
	}
}

// TestCertificateLies: the code keeps its size and its quiet zone, and everything
// stays inside the frame, whichever way the sheet lies.
func TestCertificateLies(t *testing.T) {
	for _, lang := range i18n.Languages {
		for name, c := range looks(t, lang) {
			drawn := commands(t, file(t, c))
			w, h, codeTop := 210.0, 297.0, 236.0
			if c.Look.Landscape {
				w, h, codeTop = 297, 210, 154
			}
			m := scaled.FindStringSubmatch(drawn)
			all := cells.FindAllStringSubmatch(drawn, -1)
			if m == nil || len(all) < 30 {
				t.Fatalf("%s: the code is not drawn as cells", name)
			}
			white, lo, hi := atoi(all[0][3]), math.MaxInt, 0
			for _, r := range all[1:] {
				lo, hi = min(lo, atoi(r[1]), atoi(r[2])), max(hi, atoi(r[1])+atoi(r[3]), atoi(r[2])+1)
			}
			if side := number(t, m[1]) * float64(white); side < 25 || lo != publish.QuietZone || white-hi != publish.QuietZone {
				t.Errorf("%s %s: %g mm, dark from %d to %d of %d", lang, name, side, lo, hi, white)
			}
			if x, y, side := number(t, m[3]), number(t, m[4]), number(t, m[1])*float64(white); x < 11 || y < 11 || x+side > w-11 || y+side > h-11 {
				t.Errorf("%s %s: the code lies at %g, %g", lang, name, x, y)
			}
			last := 0.0
			for _, m := range baseline.FindAllStringSubmatch(drawn, -1) {
				x, y := number(t, m[1]), number(t, m[2])
				if x < 20 || x > w-20 || y < 15 || y > h-13 {
					t.Errorf("%s %s: a line at %g, %g", lang, name, x, y)
				}
				if y < codeTop {
					last = max(last, y)
				}
			}
			if last > codeTop-4.5 {
				t.Errorf("%s %s: the body goes down to %g mm of %g", lang, name, last, codeTop)
			}
		}
	}
}

// TestCertificateWithoutAnAddress: a credential whose address must not be found
// has neither code nor address nor link on its paper.
func TestCertificateWithoutAnAddress(t *testing.T) {
	c := certificate(t, "en")
	c.URL = ""
	b := file(t, c)
	if text := run(t, judge.Command(t, "pdftotext", "Debian package poppler-utils"), saved(t, "c.pdf", b), "-"); strings.Contains(text, "merkki.example.fi") || strings.Contains(text, "scan") || strings.Contains(text, "7K2M") {
		t.Errorf("the paper leads somewhere:\n%s", text)
	}
	if bytes.Contains(b, []byte("/URI")) || scaled.MatchString(commands(t, b)) {
		t.Error("there is a code or a link")
	}
}

var places = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// TestCheckColour: a colour that cannot be read is refused with the figure and
// the nearest one that would do, which then passes; both grounds are judged.
func TestCheckColour(t *testing.T) {
	for _, c := range []struct {
		hex, near string
		ground    draw.Colour
		found     float64
	}{
		{"#1d4d4f", "", publish.LightGround, 0}, {"#000000", "", publish.LightGround, 0}, {"#ffffff", "", publish.DarkGround, 0},
		{"#ffff00", "#727200", publish.LightGround, 1.05}, {"#7f9f7f", "#5d745d", publish.LightGround, 2.59}, {"#1d4d4f", "", publish.DarkGround, 1.73},
	} {
		_, err := publish.CheckColour("/colour", c.hex, c.ground)
		if c.found == 0 {
			if err != nil {
				t.Errorf("%s: %v", c.hex, err)
			}
			continue
		}
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || f.Code != schema.CodeRangeError || f.Args["found"] != c.found || c.near != "" && f.Args["nearest"] != c.near {
			t.Errorf("%s: %v", c.hex, err)
			continue
		}
		near := f.Args["nearest"].(string)
		if _, err := publish.CheckColour("/colour", near, c.ground); err != nil || !places.MatchString(near) {
			t.Errorf("%s is said to do, and is refused: %v", near, err)
		}
	}
	for _, s := range []string{"", "red", "#12345", "1d4d4f"} {
		if _, err := publish.CheckColour("", s, publish.LightGround); err == nil {
			t.Errorf("%q is a colour", s)
		}
	}
}

var groundRule = regexp.MustCompile(`--(ground|paper):(#[0-9a-f]{6})`)

// TestGroundsAreThoseOfThePages: the grounds that colours are judged against are
// the hardest of the style sheet.
func TestGroundsAreThoseOfThePages(t *testing.T) {
	css, err := os.ReadFile(filepath.Join(judge.Root(), "internal", "web", "assets", "merkki.css"))
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme:dark")
	for _, c := range []struct {
		css    string
		ground draw.Colour
		ink    draw.Colour
	}{{light, publish.LightGround, draw.Black}, {dark, publish.DarkGround, draw.White}} {
		found := groundRule.FindAllStringSubmatch(c.css, 2)
		if len(found) != 2 {
			t.Fatal("the style sheet has no grounds")
		}
		for _, m := range found {
			g, err := draw.ParseColour(m[2])
			if err != nil || g.Contrast(c.ink) < c.ground.Contrast(c.ink) {
				t.Errorf("--%s %s is harder to read on than %s", m[1], m[2], c.ground)
			}
		}
	}
}
