package bake_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/bake"
)

const (
	token   = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"
	json    = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"name":"å","proof":{}}`
	drawing = `<?xml version="1.0" encoding="UTF-8"?>
<!-- <svg> --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle r="4"/></svg>`
)

func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sample reads a file of testdata/attacks.
func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(judge.Root(), "testdata", "attacks", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// finding is the finding of a fault, "" where there is no error, and the words of
// any other error.
func finding(err error) string {
	var f *schema.Fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f):
		return f.Finding
	}
	return err.Error()
}

// part makes a chunk with the right CRC.
func part(kind, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data))))
}

// withChunks puts chunks before the pixels of a picture.
func withChunks(t testing.TB, parts ...string) []byte {
	t.Helper()
	p := picture(t, 8, 8)
	const afterHeader = 8 + 25
	return []byte(string(p[:afterHeader]) + strings.Join(parts, "") + string(p[afterHeader:]))
}

func TestReadingPNG(t *testing.T) {
	const plain = "\x00\x00\x00\x00\x00"
	whole := string(withChunks(t, part("iTXt", "openbadgecredential"+plain+token)))
	for name, c := range map[string]struct {
		in, want string // the credential, or the finding
		place    string
	}{
		"as written":             {whole, token, "iTXt"},
		"with a language":        {string(withChunks(t, part("iTXt", "openbadgecredential\x00\x00\x00fi\x00merkki\x00"+token))), token, "iTXt"},
		"method means nothing":   {string(withChunks(t, part("iTXt", "openbadgecredential\x00\x00\x07\x00\x00"+token))), token, "iTXt"},
		"CLR":                    {string(withChunks(t, part("iTXt", "clrcredential"+plain+json))), json, "iTXt"},
		"tEXt":                   {string(withChunks(t, part("tEXt", "openbadgecredential\x00"+json))), json, "tEXt"},
		"tEXt in Latin-1":        {string(withChunks(t, part("tEXt", "openbadgecredential\x00{\"name\":\"\xe5\"}"))), `{"name":"å"}`, "tEXt"},
		"something after IEND":   {whole + part("iTXt", "openbadgecredential"+plain+"evil"), token, "iTXt"},
		"beside an older badge":  {string(withChunks(t, part("tEXt", "openbadges\x00https://koulu.example/a"), part("iTXt", "openbadgecredential"+plain+token))), token, "iTXt"},
		"after the pixels":       {string(picture(t, 8, 8)[:len(picture(t, 8, 8))-12]) + part("iTXt", "openbadgecredential"+plain+token) + part("IEND", ""), token, "iTXt"},
		"an older badge":         {string(withChunks(t, part("tEXt", "openbadges\x00https://koulu.example/a"))), "container.legacy-badge", ""},
		"nothing":                {string(picture(t, 8, 8)), "container.none", ""},
		"an empty chunk":         {string(withChunks(t, part("iTXt", "openbadgecredential"+plain))), "container.none", ""},
		"another case":           {string(withChunks(t, part("iTXt", "OpenBadgeCredential"+plain+token))), "container.none", ""},
		"a longer keyword":       {string(withChunks(t, part("iTXt", "openbadgecredentials"+plain+token))), "container.none", ""},
		"twice":                  {string(withChunks(t, part("iTXt", "openbadgecredential"+plain+token), part("iTXt", "openbadgecredential"+plain+token))), "container.two-credentials", ""},
		"of two kinds":           {string(withChunks(t, part("iTXt", "openbadgecredential"+plain+token), part("tEXt", "clrcredential\x00"+json))), "container.two-credentials", ""},
		"compressed":             {string(withChunks(t, part("iTXt", "openbadgecredential\x00\x01\x00\x00\x00"+token))), "container.compressed", ""},
		"zTXt":                   {string(withChunks(t, part("zTXt", "openbadgecredential\x00\x00"+token))), "container.compressed", ""},
		"a flag of no meaning":   {string(withChunks(t, part("iTXt", "openbadgecredential\x00\x02\x00\x00\x00"+token))), "container.png-malformed", ""},
		"no translated keyword":  {string(withChunks(t, part("iTXt", "openbadgecredential\x00\x00\x00"+token))), "container.png-malformed", ""},
		"no keyword":             {string(withChunks(t, part("iTXt", "openbadgecredential"))), "container.png-malformed", ""},
		"cut off":                {whole[:len(whole)-5], "container.png-malformed", ""},
		"no IEND":                {whole[:len(whole)-12], "container.png-malformed", ""},
		"no header":              {whole[:8] + whole[33:], "container.png-malformed", ""},
		"a length past the end":  {whole[:33] + "\xff\xff\xff\xff" + whole[37:], "container.png-malformed", ""},
		"a changed byte":         {strings.Replace(whole, "c2ln", "c2lo", 1), "container.png-malformed", ""},
		"more chunks than read":  {string(withChunks(t, strings.Repeat(part("tIME", ""), 10_000))), "container.limit", ""},
		"many chunks":            {string(withChunks(t, strings.Repeat(part("tIME", ""), 9_000), part("iTXt", "openbadgecredential"+plain+token))), token, "iTXt"},
		"another kind of a file": {"GIF89a", "container.png-malformed", ""},
	} {
		check(t, name, c.in, c.want, c.place, bake.FromPNG)
	}
}

// check compares what is read with what is wanted: the credential, or a finding.
func check(t *testing.T, name, in, want, place string, from func([]byte) (*bake.Content, error)) {
	t.Helper()
	got, err := from([]byte(in))
	switch {
	case place == "" && (err == nil || finding(err) != want):
		t.Errorf("%s: %v %v, want %s", name, got, err, want)
	case place != "" && (err != nil || string(got.Credential) != want || got.Place != place):
		t.Errorf("%s: %+v %v, want %s", name, got, err, want)
	case place != "" && (len(got.Warnings) > 0) != (place == "tEXt"):
		t.Errorf("%s: warnings %v", name, got.Warnings)
	}
}

func TestReadingSVG(t *testing.T) {
	const svg, end = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">`, `</svg>`
	const svg11 = `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`
	const element = `<o:credential verify="` + token + `"/>`
	body := func(s string) string { return svg + `<o:credential>` + s + `</o:credential>` + end }
	for name, c := range map[string]struct{ in, want, place string }{
		"attribute":                   {svg + element + end, token, "verify"},
		"CDATA":                       {body("<![CDATA[" + json + "]]>"), json, "credential"},
		"CDATA in parts and a text":   {body("\n {<![CDATA[\"a]]>b<![CDATA[\":1]]>}\n"), `{"ab":1}`, "credential"},
		"a comment is no text":        {body("{<!-- , -->}"), `{}`, "credential"},
		"a token as text":             {body(token), token, "credential"},
		"entities of XML itself":      {body("{&quot;a&quot;:&#49;}"), `{"a":1}`, "credential"},
		"deep within":                 {svg + strings.Repeat("<g>", 200) + element + strings.Repeat("</g>", 200) + end, token, "verify"},
		"default namespace":           {`<svg><credential xmlns="https://purl.imsglobal.org/ob/v3p0" verify="` + token + `"/></svg>`, token, "verify"},
		"CLR":                         {`<svg xmlns:c="https://purl.imsglobal.org/clr/v2p0"><c:credential verify="` + token + `"/></svg>`, token, "verify"},
		"byte order mark":             {"\ufeff" + svg + element + end, token, "verify"},
		"document type of the W3C":    {svg11 + svg + element + end, token, "verify"},
		"older badge":                 {`<svg xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="a.b.c"/></svg>`, "container.legacy-badge", ""},
		"prefix of something else":    {`<svg xmlns:openbadges="https://attacker.example/"><openbadges:credential verify="a.b.c"/></svg>`, "container.none", ""},
		"prefix that nobody declared": {`<svg><openbadges:credential verify="a.b.c"/></svg>`, "container.none", ""},
		"nothing in it":               {body("  "), "container.none", ""},
		"an empty attribute":          {svg + `<o:credential verify=""/>` + end, "container.none", ""},
		"no drawing":                  {`<?xml version="1.0"?><note><b>`, "container.none", ""},
		"attribute and body":          {svg + `<o:credential verify="a.b.c">{}</o:credential>` + end, "container.two-credentials", ""},
		"twice":                       {svg + element + element + end, "container.two-credentials", ""},
		"an element within":           {body("{}<g/>"), "container.svg-malformed", ""},
		"a credential within":         {body(element), "container.svg-malformed", ""},
		"attribute twice":             {svg + `<o:credential verify="a.b.c" verify="d.e.f"/>` + end, "container.svg-malformed", ""},
		"entity declared":             {`<!DOCTYPE svg [<!ENTITY x "y">]>` + svg + element + end, "container.svg-malformed", ""},
		"entity in a known type":      {strings.Replace(svg11, ">", ` [<!ENTITY x "y">]>`, 1) + svg + element + end, "container.svg-malformed", ""},
		"type of somebody else":       {`<!DOCTYPE svg SYSTEM "https://attacker.example/svg.dtd">` + svg + element + end, "container.svg-malformed", ""},
		"W3C's name, other's file":    {strings.Replace(svg11, "www.w3.org/G", "attacker.example/G", 1) + svg + element + end, "container.svg-malformed", ""},
		"type twice":                  {svg11 + svg11 + svg + element + end, "container.svg-malformed", ""},
		"type within":                 {svg + svg11 + element + end, "container.svg-malformed", ""},
		"entity used":                 {svg + "&x;" + element + end, "container.svg-malformed", ""},
		"another encoding":            {`<?xml version="1.0" encoding="ISO-8859-1"?>` + svg + element + end, "container.svg-malformed", ""},
		"bytes that are no UTF-8":     {svg + "\xff" + element + end, "container.svg-malformed", ""},
		"second root":                 {svg + end + svg + element + end, "container.svg-malformed", ""},
		"text after the end":          {svg + element + end + "x", "container.svg-malformed", ""},
		"cut off":                     {svg + element, "container.svg-malformed", ""},
		"wrong end":                   {svg + element + "</g>", "container.svg-malformed", ""},
		"too deep":                    {svg + strings.Repeat("<g>", 300), "container.limit", ""},
		"too many elements":           {svg + strings.Repeat("<g/>", 100_001) + element + end, "container.limit", ""},
		"too many attributes":         {svg + "<g " + strings.Repeat(`a="" `, 10_001) + "/>" + end, "container.limit", ""},
	} {
		check(t, name, c.in, c.want, c.place, bake.FromSVG)
	}
}

// hostile is a credential full of what could end its container early.
const hostile = "{\r\n\"proof\":{},\"@context\":[],\"name\":\"]]> ]]>> </openbadges:credential> &amp; \ufffe\uffff \u2028 \U0001f393\"}"

func TestWhatIsBakedIsReadBack(t *testing.T) {
	for _, credential := range []string{token, json, hostile} {
		b, err := bake.IntoPNG(picture(t, 8, 8), []byte(credential))
		if err != nil {
			t.Fatal(err)
		}
		check(t, "png", string(b), credential, "iTXt", bake.FromPNG)
		if _, err := bake.IntoPNG(b, []byte(token)); finding(err) != "container.two-credentials" {
			t.Error("baked over:", err)
		}
		if clean, err := bake.CleanPNG(b); err != nil || !bytes.Equal(clean, picture(t, 8, 8)) {
			t.Error("not cleaned:", err)
		}
		if _, err := png.Decode(bytes.NewReader(b)); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatIsBakedIntoSVGSaysTheSame(t *testing.T) {
	for name, image := range map[string]string{
		"drawing":     drawing,
		"empty":       `<svg xmlns="http://www.w3.org/2000/svg" />`,
		"prefixed":    `<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`,
		"declared":    `<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" xmlns="http://www.w3.org/2000/svg"></svg>`,
		"older badge": `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="a.b.c"/></svg>`,
		"byte mark":   "\ufeff" + drawing,
		"title":       `<svg aria-label="a > b" xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>`,
	} {
		for _, credential := range []string{token, json, hostile} {
			b, err := bake.IntoSVG([]byte(image), []byte(credential))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got, err := bake.FromSVG(b)
			if err != nil || !sameJSON(t, credential, string(got.Credential)) {
				t.Errorf("%s: %s %v", name, got.Credential, err)
			}
			if _, err := bake.IntoSVG(b, []byte(token)); finding(err) != "container.two-credentials" {
				t.Errorf("%s: baked over: %v", name, err)
			}
			if clean, err := bake.CleanSVG(b); err != nil {
				t.Errorf("%s: not cleaned: %v", name, err)
			} else if _, err := bake.IntoSVG(clean, []byte(token)); err != nil {
				t.Errorf("%s: cleaned, and still %v", name, err)
			}
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	if a == b {
		return true
	}
	x, errX := schema.Parse([]byte(a), schema.Limits{})
	y, errY := schema.Parse([]byte(b), schema.Limits{})
	return errX == nil && errY == nil && bytes.Equal(schema.Marshal(x.Root()), schema.Marshal(y.Root()))
}

func TestWhatIsNotBaked(t *testing.T) {
	small := string(picture(t, 8, 8))
	for name, c := range map[string]struct{ image, credential, want string }{
		"no proof":          {small, `{"@context":[]}`, "format.unsecured"},
		"no JSON":           {small, `{`, "syntax.not-json"},
		"nothing":           {small, ``, "container.empty"},
		"a picture":         {small, small, "container.none"},
		"an older badge":    {small, `{"@context":"https://w3id.org/openbadges/v2","proof":{}}`, "container.legacy-badge"},
		"a token in two":    {small, "e30.e30", "container.jws-malformed"},
		"a token and space": {small, "e30.e30. c2ln", "container.jws-malformed"},
		"a bomb":            {string(sample(t, "png/dimension-bomb.png")), token, "container.limit"},
		"too wide":          {string(picture(t, 4097, 1)), token, "container.limit"},
		"no pixels":         {small[:33] + part("IEND", ""), token, "container.png-malformed"},
		"damaged":           {small[:40], token, "container.png-malformed"},
	} {
		if b, err := bake.IntoPNG([]byte(c.image), []byte(c.credential)); err == nil || finding(err) != c.want {
			t.Errorf("%s: %d bytes, %v, want %s", name, len(b), err, c.want)
		}
	}
	for name, c := range map[string]struct{ image, credential, want string }{
		"no drawing":    {`<note/>`, token, "container.none"},
		"no namespace":  {`<svg/>`, token, "container.svg-malformed"},
		"document type": {`<!DOCTYPE svg [<!ENTITY a "b">]>` + drawing, token, "container.svg-malformed"},
		"no proof":      {drawing, `{"@context":[]}`, "format.unsecured"},
	} {
		if b, err := bake.IntoSVG([]byte(c.image), []byte(c.credential)); err == nil || finding(err) != c.want {
			t.Errorf("%s: %s, %v, want %s", name, b, err, c.want)
		}
	}
	b, err := bake.IntoPNG(picture(t, 4096, 1), []byte("\n"+token+"\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, "white space around", string(b), token, "iTXt", bake.FromPNG)
}
