package rdfcanon_test

import (
	"crypto"
	"testing"

	"merkki/schema/rdfcanon"
)

// TestLines: N-Quads that are read, each with its canonical line.
func TestLines(t *testing.T) {
	for in, want := range map[string]string{
		`<urn:s> <urn:p> "a" .`:                                                  `<urn:s> <urn:p> "a" .`,
		"\t<urn:s>\t<urn:p>\t\"a\"\t<urn:g>\t.\t# comment":                       `<urn:s> <urn:p> "a" <urn:g> .`,
		`<urn:s><urn:p>"a"@fi-FI.`:                                               `<urn:s> <urn:p> "a"@fi-FI .`,
		`_:a <urn:p> _:a.b.`:                                                     `_:c14n1 <urn:p> _:c14n0 .`,
		`<urn:s> <urn:p> "1"^^<urn:t> .`:                                         `<urn:s> <urn:p> "1"^^<urn:t> .`,
		`<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#string> .`:       `<urn:s> <urn:p> "1" .`,
		`<urn:s> <urn:p\u00e4> "\u00e4\U0001F600\'" .`:                           `<urn:s> <urn:pä> "ä😀'" .`,
		`<urn:s> <urn:p> "\u0000\u0007\b\t\n\u000b\f\r\u000E\u001F\u007f\"\\" .`: `<urn:s> <urn:p> "\u0000\u0007\b\t\n\u000B\f\r\u000E\u001F\u007F\"\\" .`,
		"<urn:s> <urn:p> \"\uffff\ufffe\ufffd\u0080\u2028\" .":                   "<urn:s> <urn:p> \"\\uFFFF\\uFFFE\ufffd\u0080\u2028\" .",
	} {
		quads, err := rdfcanon.ParseNQuads(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		c, err := rdfcanon.Canonicalize(t.Context(), quads, crypto.SHA256)
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := string(c.Bytes()); got != want+"\n" {
			t.Errorf("%s became\n%swant\n%s", in, got, want)
		}
	}
	for _, in := range []string{
		`<s> <urn:p> "a" .`, `<urn:s> <urn:p> "a"`, `<urn:s> <urn:p> .`, `"a" <urn:p> "a" .`, `<urn:s> _:p "a" .`,
		`<urn:s> <urn:p> "a" "g" .`, `<urn:s> <urn:p> "a" . <urn:s>`, `<urn:s> <urn:p> "a\x" .`, `<urn:s> <urn:p> "a\u12" .`,
		`<urn:s> <urn:p> "a\uD800" .`, `<urn:s> <urn:p> "a\UFFFFFFFF" .`, `<urn:s> <urn:p> "a`, `<urn:s> <urn:p> "a\`, `<urn:s> <urn:p> "a"@ .`,
		`<urn:s> <urn:p> "a"@1 .`, `<urn:s> <urn:p> "a"^^"b" .`, `<urn:s> <urn:p> _: .`, `<urn:s> <urn:p> _:-a .`, `<urn:s> <urn:p q> "a" .`,
		`<urn:s> <urn:p\n> "a" .`, `<urn:s <urn:p> "a" .`, `hello`, "<urn:s> <urn:p> \"\xff\" .", "<urn:s> <urn:p> \"a\nb\" .",
	} {
		if q, err := rdfcanon.ParseNQuads(in); err == nil {
			t.Errorf("accepted %q as %v", in, q)
		}
	}
}

// FuzzNQuads: whatever is read can be written and read again.
func FuzzNQuads(f *testing.F) {
	f.Add("<urn:s> <urn:p> \"a\"@fi <urn:g> . # c\n_:a <urn:p> _:b .\n")
	f.Add(`_:a <urn:p> "\u0041\n"^^<urn:t> .`)
	f.Add("_:a <urn:p> _:b .\n_:b <urn:p> _:a .\n_:a <urn:p> _:a _:g .\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		quads, err := rdfcanon.ParseNQuads(text)
		if err != nil {
			return
		}
		for _, q := range quads {
			again, err := rdfcanon.ParseNQuads(q.String())
			if err != nil || len(again) != 1 || again[0] != q {
				t.Fatalf("%q became %q: %v", q, again, err)
			}
		}
		c, err := rdfcanon.Canonicalize(t.Context(), quads, crypto.SHA256)
		if err != nil {
			return
		}
		if len(c.Lines()) > len(quads) {
			t.Fatalf("%d lines of %d quads", len(c.Lines()), len(quads))
		}
	})
}
