package publish_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"merkki/internal/i18n"
	"merkki/internal/judge"
	"merkki/internal/publish"
)

const (
	longName  = "Áile-Máhtte Niemelä-Šuŋŋávárri von Åkerhjelm-Žižkovská Ruoŧŧa"
	longTitle = "Uhanalaisten pohjoisten vesistöjen ekologian ja saamelaisen luonnontuntemuksen täydentävät opinnot sekä harjoittelu 12 op"
)

// certificate is one in a language, with the texts of the test credential.
func certificate(t testing.TB, lang string) publish.Certificate {
	t.Helper()
	f := publish.Credential(tree(t, credential))
	f.Language = lang
	return publish.Certificate{
		Facts: f, ID: "7K2MQ9D4X1TBN8RWZ03FHJ5V6P", URL: address, Issuer: "Example University", Domain: "merkki.example.fi",
		Created: time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC), Credential: []byte(credential), Printer: i18n.New(lang),
	}
}

// full is the certificate with the most to say: long name, long title, long
// texts, a test, withdrawn.
func full(t testing.TB, lang string) publish.Certificate {
	c := certificate(t, lang)
	c.Facts.Recipient, c.Facts.Achievement.Name = longName, longTitle
	c.Facts.Achievement.Description = strings.Repeat("Collects, cleans and models measurements of power grids. ", 40)
	c.Facts.Achievement.Field, c.Facts.Term = strings.Repeat("field ", 30), "2026"
	c.Test = true
	c.Ended = &publish.Ended{At: c.Created, Reason: strings.Repeat("Issued to the wrong person. ", 20)}
	return c
}

func file(t testing.TB, c publish.Certificate) []byte {
	t.Helper()
	b, err := c.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func saved(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestCertificateIsSteady: the same record gives the same bytes.
func TestCertificateIsSteady(t *testing.T) {
	if !bytes.Equal(file(t, certificate(t, "fi")), file(t, certificate(t, "fi"))) {
		t.Error("two files of one record differ")
	}
}

// TestCertificateReadByOthers: whatever it has to say, in each language, poppler
// and qpdf find nothing wrong, one page of A4, its title, its language, embedded
// fonts and every letter.
func TestCertificateReadByOthers(t *testing.T) {
	pdfinfo := judge.Command(t, "pdfinfo", "Debian package poppler-utils")
	pdffonts := judge.Command(t, "pdffonts", "Debian package poppler-utils")
	pdftotext := judge.Command(t, "pdftotext", "Debian package poppler-utils")
	qpdf := judge.Command(t, "qpdf", "Debian package qpdf")
	embedded := regexp.MustCompile(`(?m)^[A-Z]{6}\+Source\S+ +CID TrueType +Identity-H +yes yes yes`)
	for _, lang := range i18n.Languages {
		path := saved(t, "c.pdf", file(t, full(t, lang)))
		if out := run(t, qpdf, "--check", path); !strings.Contains(out, "No syntax or stream encoding errors") || strings.Contains(out, "WARNING") {
			t.Errorf("qpdf: %s", out)
		}
		info := run(t, pdfinfo, path)
		for _, want := range []string{longTitle + " · " + longName, "Author:          Example University", "Pages:           1\n", "(A4)", "Tagged:          yes", "JavaScript:      no", "Encrypted:       no"} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: pdfinfo lacks %q:\n%s", lang, want, info)
			}
		}
		if out := run(t, qpdf, "--qdf", "--object-streams=disable", path, "-"); !strings.Contains(out, "/Lang "+utf16(lang)) {
			t.Errorf("the file does not say that it is in %s", lang)
		}
		if out := run(t, pdffonts, path); len(embedded.FindAllString(out, -1)) < 3 {
			t.Errorf("fonts are not embedded subsets: %s", out)
		}
		text := strings.Join(strings.Fields(run(t, pdftotext, path, "-")), " ")
		for _, want := range []string{longName, longTitle, "7K2M-Q9D4-X1TB-N8RW-Z03F-HJ5V-6P", "merkki.example.fi/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P", i18n.New(lang).T("test.band")} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the text lacks %q:\n%s", lang, want, text)
			}
		}
	}
}

func utf16(s string) string {
	if len(s) == 2 {
		return fmt.Sprintf("<feff00%x00%x>", s[0], s[1])
	}
	return "?"
}

// TestCertificateCarriesTheCredential: an independent reader gets the bytes that
// were signed, with their media type; a file for the printer carries nothing.
func TestCertificateCarriesTheCredential(t *testing.T) {
	pdfdetach := judge.Command(t, "pdfdetach", "Debian package poppler-utils")
	b := file(t, certificate(t, "en"))
	dir := t.TempDir()
	run(t, pdfdetach, "-save", "1", "-o", filepath.Join(dir, "out"), saved(t, "c.pdf", b))
	if got, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || string(got) != credential {
		t.Errorf("the attached file has other bytes than the credential (%v)", err)
	}
	if !bytes.Contains(b, []byte("/Subtype /application#2Fvc ")) || !bytes.Contains(b, []byte("/AFRelationship /Source")) {
		t.Error("the attached file has no media type or no relationship")
	}
	sheets, err := publish.Sheets([]publish.Certificate{certificate(t, "en"), full(t, "fi"), certificate(t, "sv")})
	if err != nil {
		t.Fatal(err)
	}
	if out := run(t, pdfdetach, "-list", saved(t, "s.pdf", sheets)); !strings.HasPrefix(out, "0 embedded") {
		t.Errorf("a file for the printer has attachments: %s", out)
	}
	if pdfinfo := run(t, judge.Command(t, "pdfinfo", "Debian package poppler-utils"), saved(t, "s.pdf", sheets)); !strings.Contains(pdfinfo, "Pages:           3") {
		t.Errorf("three certificates are not three pages: %s", pdfinfo)
	}
}

// TestCertificateCodeIsRead: the code on the page as it is printed leads to the
// credential.
func TestCertificateCodeIsRead(t *testing.T) {
	zbar := judge.Command(t, "zbarimg", "Debian package zbar-tools")
	pdftoppm := judge.Command(t, "pdftoppm", "Debian package poppler-utils")
	path := saved(t, "c.pdf", file(t, full(t, "sv")))
	run(t, pdftoppm, "-r", "150", "-gray", "-png", "-singlefile", path, path)
	got, err := exec.Command(zbar, "--raw", "-q", path+".png").Output()
	if err != nil || strings.TrimSpace(string(got)) != strings.ToUpper(address) {
		t.Errorf("read %q (%v)", got, err)
	}
}

var (
	streams = regexp.MustCompile(`(?s)<<  /Filter /FlateDecode /Length \d+ >>\nstream\n(.*?)\nendstream`)
	onPage  = regexp.MustCompile(`^2\.834646 0 0 -2\.834646 0 (841\.8898|595\.2756) cm\n`)
	scaled  = regexp.MustCompile(`(?m)^q (\S+) 0 0 (\S+) (\S+) (\S+) cm$`)
	cells   = regexp.MustCompile(`(?m)^(\d+) (\d+) (\d+) (\d+) re( f)?$`)
)

// commands unpacks what draws the page: the first stream that begins with the
// change of coordinates to millimetres.
func commands(t testing.TB, b []byte) string {
	t.Helper()
	for _, m := range streams.FindAllSubmatch(b, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := io.ReadAll(z); err == nil && onPage.Match(c) {
			return string(c)
		}
	}
	t.Fatal("no page is drawn in millimetres of A4")
	return ""
}

// TestCertificateCodeSize: by the drawing commands the code is at least 25 mm
// wide with four modules of white around it, and lies on the sheet.
func TestCertificateCodeSize(t *testing.T) {
	for _, host := range []string{"merkki.example.fi", strings.Repeat("long", 14) + ".example.fi"} {
		c := certificate(t, "fi")
		c.URL = "https://" + host + "/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P"
		drawn := commands(t, file(t, c))
		m := scaled.FindStringSubmatch(drawn)
		all := cells.FindAllStringSubmatch(drawn, -1)
		if m == nil || len(all) < 30 {
			t.Fatal("the code is not drawn as cells")
		}
		white := atoi(all[0][3])
		lo, hi := math.MaxInt, 0
		for _, r := range all[1:] {
			x, y, w := atoi(r[1]), atoi(r[2]), atoi(r[3])
			lo, hi = min(lo, x, y), max(hi, x+w, y+1)
		}
		if lo != publish.QuietZone || white-hi != publish.QuietZone {
			t.Errorf("%s: dark modules from %d to %d in a square of %d", host, lo, hi, white)
		}
		side := number(t, m[1]) * float64(white)
		if x, y := number(t, m[3]), number(t, m[4]); side < 25 || x < 11 || y < 11 || x+side > 199 || y+side > 286 {
			t.Errorf("%s: %g mm at %g, %g", host, side, x, y)
		}
	}
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var baseline = regexp.MustCompile(`BT 1 0 0 -1 (\S+) (\S+) Tm`)

// TestCertificateStaysOnTheSheet: no line of text begins outside the frame, and
// what belongs to the body ends above the code, however much there is to say.
func TestCertificateStaysOnTheSheet(t *testing.T) {
	for _, c := range []publish.Certificate{full(t, "fi"), full(t, "sv"), full(t, "en"), certificate(t, "en"), {Printer: i18n.New("en"), URL: address}} {
		last := 0.0
		for _, m := range baseline.FindAllStringSubmatch(commands(t, file(t, c)), -1) {
			x, y := number(t, m[1]), number(t, m[2])
			if x < 20 || x > 190 || y < 15 || y > 284 {
				t.Errorf("a line at %g, %g", x, y)
			}
			if y < 236 {
				last = max(last, y)
			}
		}
		if last > 232 {
			t.Errorf("the body goes down to %g mm", last)
		}
	}
}

// TestCertificateSaysWhatItCannotPrint: a letter without a glyph is a box, and
// the sheet names it; nothing that came from outside is a command or a link.
func TestCertificateSaysWhatItCannotPrint(t *testing.T) {
	pdftotext := judge.Command(t, "pdftotext", "Debian package poppler-utils")
	c := certificate(t, "en")
	c.Facts.Recipient = "王 \u202eonia\u202c) Tj ET /JS (app.alert(1)) \\"
	b := file(t, c)
	text := run(t, pdftotext, saved(t, "c.pdf", b), "-")
	for _, want := range []string{"U+738B", "U+202E", "\ufffd", ") Tj ET /JS (app.alert(1)) \\"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, no := range []string{"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA"} {
		if bytes.Contains(b, []byte(no)) {
			t.Errorf("%s in the file", no)
		}
	}
	if n := bytes.Count(b, []byte("/URI <")); n != 1 {
		t.Errorf("%d links, want the credential's own alone", n)
	}
}

// TestSheetsAreBounded: a file for the printer has between one page and the
// most that there may be.
func TestSheetsAreBounded(t *testing.T) {
	if _, err := publish.Sheets(nil); err == nil {
		t.Error("a file without a page was made")
	}
	if _, err := publish.Sheets(make([]publish.Certificate, publish.MaxSheets+1)); err == nil {
		t.Error("a file with too many pages was made")
	}
}
