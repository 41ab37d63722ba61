package web_test

import (
	"bytes"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"merkki/internal/publish"
	"merkki/issuer"
)

// TestWhoIsNamedBesideALink: the learner stands beside a link, and on a card in
// somebody else's page, once the learner made the credential public and not
// before; the picture names nobody at any time.
func TestWhoIsNamedBesideALink(t *testing.T) {
	g := newGallery(t, false)
	_, who := g.session(t, aino.Email)
	head := func() string {
		page, _, _ := strings.Cut(g.call("GET", "/c/"+g.valid.ID+".html", "").Body.String(), "</head>")
		return page
	}
	card := func() string { return g.call("GET", "/c/"+g.valid.ID+".card.html", "").Body.String() }
	picture := func() []byte { return g.call("GET", "/c/"+g.valid.ID+".preview.png", "").Body.Bytes() }
	before := picture()
	if h := head(); strings.Contains(h, "Aino") || !strings.Contains(h, `content="noindex"`) || strings.Contains(card(), "Aino") {
		t.Errorf("a credential by link names its learner beside the link, or may be found:\n%s", h)
	}
	_, err := g.Choose(ctx, who, g.valid.ID, issuer.Public)
	must(t, err)
	if h := head(); !strings.Contains(h, `<meta property="og:title" content="Aino Virtanen: Data Analytics`) || strings.Contains(h, "noindex") || !strings.Contains(card(), "Aino Virtanen") {
		t.Errorf("a public credential does not name its learner, or may not be found:\n%s", h)
	}
	if !bytes.Equal(before, picture()) {
		t.Error("the picture is another one for a public credential")
	}
}

// TestPreviewsFollowTheState: the picture is of the size that is announced, and
// asked for again it shows what has ended meanwhile.
func TestPreviewsFollowTheState(t *testing.T) {
	g := newGallery(t, false)
	ask := func() (tag string, picture []byte) {
		w := g.call("GET", "/c/"+g.valid.ID+".preview.png", "")
		if w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Header().Get("ETag"), w.Body.Bytes()
	}
	tag, b := ask()
	size, err := png.DecodeConfig(bytes.NewReader(b))
	must(t, err)
	if size.Width != publish.PreviewWidth || size.Height != publish.PreviewHeight {
		t.Errorf("%d by %d", size.Width, size.Height)
	}
	if again, _ := ask(); again != tag {
		t.Error("two pictures of one record differ")
	}
	_, err = g.ChangeStatus(ctx, local, g.valid.ID, revoke)
	must(t, err)
	if after, _ := ask(); after == tag {
		t.Error("the picture does not say that the credential was withdrawn")
	}
	tests := newGallery(t, true)
	band := func(picture []byte) color.Color {
		img, err := png.Decode(bytes.NewReader(picture))
		must(t, err)
		return img.At(1000, 4)
	}
	test := band(tests.call("GET", "/c/"+tests.valid.ID+".preview.png", "").Body.Bytes())
	if test == band(b) || test != color.Color(color.RGBA{0x6b, 0x2a, 0x83, 255}) {
		t.Errorf("the picture of a test has no band that says so, but %v", test)
	}
	if page := tests.call("GET", "/c/"+tests.valid.ID+".html", "").Body.String(); !strings.Contains(page, `<meta property="og:title" content="TEST · `) {
		t.Error("the title beside a link to a test does not say TEST")
	}
}
