package web_test

import (
	"bytes"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema/bake"
)

// TestPaperCarriesTheCredential: certificate and badge hold the bytes that were
// signed, /verify says of each what it says of the document, and the same record
// gives the same file; a withdrawal changes it.
func TestPaperCarriesTheCredential(t *testing.T) {
	g := newGallery(t, false)
	readers := map[string]func([]byte) (*bake.Content, error){".pdf": bake.FromPDF, ".png": bake.FromPNG, ".svg": bake.FromSVG}
	for _, r := range []struct{ id, verdict string }{{g.valid.ID, "valid"}, {g.revoked.ID, "invalid"}} {
		document := g.call("GET", "/c/"+r.id+".json", "").Body.Bytes()
		for suffix, read := range readers {
			w := g.call("GET", "/c/"+r.id+suffix, "")
			inside, err := read(w.Body.Bytes())
			must(t, err)
			if !bytes.Equal(inside.Credential, document) {
				t.Errorf("%s of the %s credential holds other bytes than the document", suffix, r.verdict)
			}
			if w := g.call("GET", "/c/"+r.id+suffix, "", "If-None-Match: "+w.Header().Get("ETag")); w.Code != 304 {
				t.Errorf("%s made again is another file (%d)", suffix, w.Code)
			}
			g.verdict(t, w.Body.String(), r.verdict)
		}
	}
	before := g.call("GET", "/c/"+g.valid.ID+".pdf", "").Header().Get("ETag")
	w := g.tell("POST", "/api/v1/credentials/"+g.valid.ID+"/status", `{"action":"revoke","reason":"Issued to the wrong person."}`)
	if w.Code != 200 || g.call("GET", "/c/"+g.valid.ID+".pdf", "").Header().Get("ETag") == before {
		t.Error("the certificate does not say that it was withdrawn")
	}
}

// TestAlteredAttachment: a file with one letter of the attached credential
// changed is invalid, whatever is printed on its page.
func TestAlteredAttachment(t *testing.T) {
	g := newGallery(t, false)
	forged := strings.Replace(string(g.valid.Credential), "Aino", "Eino", 1)
	b, err := publish.Certificate{URL: g.valid.URL, ID: g.valid.ID, Printer: i18n.New("en"), Credential: []byte(forged)}.PDF()
	must(t, err)
	g.verdict(t, string(b), "invalid")
}

// verdict asks /verify what it thinks of a file.
func (g *gallery) verdict(t *testing.T, file, want string) {
	t.Helper()
	w := g.call("POST", "/verify", file, "Content-Type: application/octet-stream", "Accept: application/json")
	if got := object(t, w)["verdict"]; got != want {
		t.Errorf("verdict %v (%d), want %s", got, w.Code, want)
	}
	g.pass(60e9)
}

// TestUnseenIsNotPrinted: there is no paper of what the world may not see.
func TestUnseenIsNotPrinted(t *testing.T) {
	g := newGallery(t, false)
	for _, suffix := range []string{".pdf", ".png", ".svg", ".qr.pdf", ".PDF.json", ".gif"} {
		if w := g.call("GET", "/c/00000000000000000000000000"+suffix, ""); w.Code != 404 {
			t.Errorf("%s of an id that was never issued: %d", suffix, w.Code)
		}
	}
	for _, suffix := range []string{".qr.pdf", ".gif"} {
		if w := g.call("GET", "/c/"+g.valid.ID+suffix, ""); w.Code != 404 {
			t.Errorf("%s: %d", suffix, w.Code)
		}
	}
}

func BenchmarkPaper(b *testing.B) {
	g := newGallery(b, false)
	for _, suffix := range []string{".pdf", ".png", ".svg"} {
		b.Run(suffix[1:], func(b *testing.B) {
			for b.Loop() {
				if w := g.call("GET", "/c/"+g.valid.ID+suffix, ""); w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
