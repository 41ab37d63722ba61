package svg_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"regexp"
	"strings"
	"testing"

	"merkki/internal/publish/svg"
	"merkki/schema"
)

const head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">`

func read(t testing.TB, body string) *svg.Drawing {
	t.Helper()
	d, err := svg.Read([]byte(head + body + `</svg>`))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return d
}

// inner is what came through, without the root.
func inner(t testing.TB, body string) string {
	t.Helper()
	b := string(read(t, body).Bytes())
	b = b[strings.Index(b, "\n")+1:]
	b = b[strings.Index(b, ">")+1:]
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(b), "</svg>"))
}

// TestComesThrough: what a drawing is made of comes through, styles as
// attributes, in one spelling.
func TestComesThrough(t *testing.T) {
	for in, want := range map[string]string{
		`<rect height='2' width="1" fill="#fff"/>`:                                                                                 `<rect fill="#fff" height="2" width="1"/>`,
		`<path d="M0 0L1,1 2-3z" style="fill:rgb(1, 2, 3);stroke : none"/>`:                                                        `<path d="M0 0L1,1 2-3z" fill="rgb(1, 2, 3)" stroke="none"/>`,
		`<style>/* a */.a,.b{fill:#123}#c{fill:#456}path{stroke:red;fill:blue}</style><path class="x a"/><path id="c" class="b"/>`: "<path fill=\"#123\" stroke=\"red\"/>\n<path fill=\"#456\" id=\"c\" stroke=\"red\"/>",
		`<style>.a{fill:#123}</style><g class="a" style="fill:#789"/>`:                                                             `<g fill="#789"/>`,
		`<linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient><rect fill="url('#g')"/>`:                      "<linearGradient id=\"g\"><stop offset=\"0\" stop-color=\"red\"/>\n</linearGradient>\n<rect fill=\"url(#g)\"/>",
		`<defs><circle id="a" r="3"/></defs><use xlink:href="#a" x="5"/>`:                                                          "<defs><circle id=\"a\" r=\"3\"/>\n</defs>\n<use href=\"#a\" x=\"5\"/>",
		`<text x="1">a &lt;b&gt; <tspan>č</tspan></text>`:                                                                          `<text x="1">a &lt;b&gt; <tspan>č</tspan></text>`,
	} {
		if got := inner(t, in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// TestDropped: nothing that could act, load or be loaded comes through.
func TestDropped(t *testing.T) {
	for _, in := range []string{
		`<script>alert(1)</script>`, `<script href="https://evil.example/x.js"/>`, `<SCRIPT>alert(1)</SCRIPT>`,
		`<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>`,
		`<image href="https://evil.example/x.png"/>`, `<image xlink:href="data:image/svg+xml;base64,AAAA"/>`, `<feImage href="#a"/>`,
		`<a href="javascript:alert(1)"><rect/></a>`, `<animate attributeName="href" to="javascript:alert(1)"/>`, `<set attributeName="onload" to="alert(1)"/>`,
		`<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example"/>`, `<title>alert</title>`, `<metadata>alert</metadata>`,
		`<filter id="f"><feTurbulence/></filter>`, `<style>@import url(https://evil.example/x.css);</style>`, `<style>.a{fill:url(https://evil.example)}</style>`,
		`<x:rect xmlns:x="urn:evil"/>`, `<!-- alert -->`, `<?xml-stylesheet href="https://evil.example"?>`, `<font/>`, `<marker id="m"/>`, `<pattern id="p"/>`, `<mask id="m"/>`,
		`<svg onload="alert(1)"/>`,
	} {
		if got := inner(t, in); got != "" {
			t.Errorf("%s leaves %s", in, got)
		}
	}
	for in, want := range map[string]string{
		`<rect onload="alert(1)" onclick="alert(1)" fill="red"/>`:                     `<rect fill="red"/>`,
		`<rect fill="url(https://evil.example#a)" stroke="url(data:a#b)"/>`:           `<rect/>`,
		`<rect style="fill:url(&quot;https://evil.example&quot;);stroke:red"/>`:       `<rect stroke="red"/>`,
		`<rect style="background:red;behavior:red;-moz-binding:red"/>`:                `<rect/>`,
		`<rect fill="\75rl(x)" stroke="u\rl(x)"/>`:                                    `<rect/>`,
		`<use href="https://evil.example/a.svg#a"/>`:                                  `<g/>`,
		`<use href="#nowhere"/>`:                                                      `<g/>`,
		`<g id="a"><use href="#a"/></g>`:                                              `<g id="a"><g/>` + "\n</g>",
		`<rect xml:base="https://evil.example" xlink:title="x" data-x="y" id="a b"/>`: `<rect/>`,
		`<rect xml:space="preserve" width="calc(1;2)" height="expression('x')"/>`:     `<rect/>`,
	} {
		if got := inner(t, in); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// TestRefused: what is no drawing, or larger than its file, has a code.
func TestRefused(t *testing.T) {
	ten := func(id, of string) string {
		return `<g id="` + id + `">` + strings.Repeat(`<use href="#`+of+`"/>`, 10) + `</g>`
	}
	for name, c := range map[string]struct{ in, code string }{
		"no XML":          {"<svg", "PARSING_ERROR"},
		"another root":    {"<html/>", "NO_CREDENTIAL_FOUND"},
		"wrong space":     {`<svg xmlns="urn:x" viewBox="0 0 1 1"/>`, "PARSING_ERROR"},
		"no size":         {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "PARSING_ERROR"},
		"infinite size":   {`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1e300 1"/>`, "PARSING_ERROR"},
		"entity":          {`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + head + `&a;</svg>`, "PARSING_ERROR"},
		"billion laughs":  {`<!DOCTYPE svg [<!ENTITY a "aaa">]>` + head + `<text>&a;</text></svg>`, "PARSING_ERROR"},
		"too many":        {head + strings.Repeat("<g/>", 10_001) + "</svg>", "LIMIT_EXCEEDED"},
		"use bomb":        {head + `<g id="a">` + strings.Repeat("<rect/>", 1200) + `</g>` + ten("b", "a") + "</svg>", "LIMIT_EXCEEDED"},
		"markup in style": {head + `<style><rect/></style></svg>`, "PARSING_ERROR"},
	} {
		_, err := svg.Read([]byte(c.in))
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || string(f.Code) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// at paints a drawing of 100 by 100 and returns the colour at a place.
func at(t testing.TB, body string, places ...image.Point) []string {
	t.Helper()
	p, err := read(t, body).Picture()
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	px, err := p.Paint(200)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range places {
		c := px.RGBAAt(2*a.X, 2*a.Y)
		if c.A == 0 {
			out = append(out, "none")
		} else {
			out = append(out, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
		}
	}
	return out
}

// TestPainted: shapes, paths, transforms, strokes and holes are where they should
// be: each drawing is looked at in the middle and at 15, 50.
func TestPainted(t *testing.T) {
	for in, want := range map[string]string{
		`<rect x="30" y="30" width="40" height="40"/>`:                                                                                    "#000000 none",
		`<circle cx="50" cy="50" r="30" fill="teal"/>`:                                                                                    "#008080 none",
		`<ellipse cx="50" cy="50" rx="40" ry="5" fill="rgb(1,2,3)"/>`:                                                                     "#010203 #010203",
		`<polygon points="10,10 90,10 90,90 10,90" fill="#abc"/>`:                                                                         "#aabbcc #aabbcc",
		`<path d="M10 10h80v80h-80zM30 30h40v40h-40z" fill-rule="evenodd"/>`:                                                              "none #000000",
		`<path d="M10 10h80v80h-80zM30 30h40v40h-40z"/>`:                                                                                  "#000000 #000000",
		`<path d="M10 10h80v80h-80zM70 30h-40v40h40z"/>`:                                                                                  "none #000000",
		`<path d="M10 10h80v80h-80zM30 30v40h40v-40z"/>`:                                                                                  "none #000000",
		`<path d="m20 50a30 30 0 1060 0 30 30 0 10-60 0" fill="red"/>`:                                                                    "#ff0000 none",
		`<path d="M0 50q50-100 100 0t100 0" fill="red" transform="translate(0,25)"/>`:                                                     "#ff0000 #ff0000",
		`<path d="M5 50c10-60 80-60 90 0s-80 60-90 0" fill="red"/>`:                                                                       "#ff0000 #ff0000",
		`<line x1="0" y1="50" x2="100" y2="50" stroke="blue" stroke-width="4"/>`:                                                          "#0000ff #0000ff",
		`<polyline points="30,50 70,50" stroke="blue" stroke-width="4" stroke-linecap="square"/>`:                                         "#0000ff none",
		`<polyline points="20,50 70,50" stroke="blue" stroke-width="12" stroke-linecap="round"/>`:                                         "#0000ff #0000ff",
		`<rect x="15" y="15" width="70" height="70" fill="none" stroke="#00f" stroke-width="6"/>`:                                         "none #0000ff",
		`<g transform="rotate(90 50 50)"><rect x="45" y="0" width="10" height="100"/></g>`:                                                "#000000 #000000",
		`<g transform="matrix(0 1 -1 0 100 0) scale(.5)"><rect x="90" y="0" width="20" height="200"/></g>`:                                "#000000 #000000",
		`<defs><rect id="a" width="20" height="20"/></defs><use href="#a" x="40" y="40" fill="red"/>`:                                     "#ff0000 none",
		`<g color="red"><rect width="100" height="100" fill="currentColor"/></g>`:                                                         "#ff0000 #ff0000",
		`<g display="none"><rect width="100" height="100"/></g>`:                                                                          "none none",
		`<rect width="100" height="100" opacity="0"/>`:                                                                                    "none none",
		`<clipPath id="c"><rect width="100" height="100"/></clipPath><g clip-path="url(#c)"><rect width="100" height="100" rx="20"/></g>`: "#000000 #000000",
	} {
		if got := strings.Join(at(t, in, image.Pt(50, 50), image.Pt(15, 50)), " "); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// TestUnpainted: what is not painted is said, and comes through for browsers.
func TestUnpainted(t *testing.T) {
	for in, want := range map[string]string{
		`<text>a</text>`: "text", `<rect width="9" height="9" opacity=".5"/>`: "transparency",
		`<linearGradient id="g"/><rect width="9" height="9" fill="url(#g)"/>`: "gradient",
		`<clipPath id="c"><circle r="5"/></clipPath><g clip-path="url(#c)"/>`: "clipping",
		`<rect width="50%" height="9"/>`:                                      "size",
		`<path d="M0 0h9" stroke="red" stroke-dasharray="1 2"/>`:              "dashes",
		`<rect width="9" height="9" fill="hsl(120 50 50)"/>`:                  "colour",
		`<g transform="perspective(3)"/>`:                                     "transform",
	} {
		_, err := read(t, in).Picture()
		if u, ok := errors.AsType[*svg.UnpaintedError](err); !ok || u.Feature != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

var forbidden = regexp.MustCompile(`(?i)<(script|foreignobject|image|iframe|a|animate|set|style|filter|svg[^>]*<svg)[\s/>]|\son[a-z]+=|javascript:|url\((?:[^#]|#[^)]*[^A-Za-z0-9_.)-])|href="[^#]|<!|&#0;`)

// FuzzRead: whatever comes in, nothing that acts comes out; what came out comes
// through again as it is, and can be painted or says why not.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		`<rect width="9" height="9" onload="x"/>`, `<script>x</script><path d="M0 0a1 2 3 01 4 5zm1e3-2.5.5"/>`, `<style>.a{fill:url(#b)}</style><g class="a"/>`,
		`<use href="#a"/><g id="a"/>`, `<text>x<tspan/>]]&gt;</text>`, `<path d="M0 0L9 9 9 0" fill-rule="evenodd" stroke="red" stroke-linejoin="round"/>`,
		`<path d="M1 1 1 1zL2 2C0 0 0 0 0 0" stroke="red"/>`,
	} {
		f.Add([]byte(head + s + `</svg>`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := svg.Read(b)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		out := d.Bytes()
		if m := forbidden.Find(bytes.TrimPrefix(out, []byte(`<?xml version="1.0" encoding="UTF-8"?>`))); m != nil {
			t.Fatalf("%q came through in %s", m, out)
		}
		if err := xml.Unmarshal(out, new(struct{})); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		again, err := svg.Read(out)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !bytes.Equal(again.Bytes(), out) {
			t.Fatalf("read again it is\n%s\nnot\n%s", again.Bytes(), out)
		}
		p, err := d.Picture()
		if err != nil {
			if _, ok := errors.AsType[*svg.UnpaintedError](err); !ok {
				t.Fatal(err)
			}
			return
		}
		_, _ = p.Paint(16) // a very narrow drawing is too high for it
	})
}
