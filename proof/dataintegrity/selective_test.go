package dataintegrity

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"merkki/proof/dataintegrity/cbor"
	"merkki/schema"
	"merkki/schema/jsonld"
)

func sd(t testing.TB) *Suite {
	t.Helper()
	return Lookup("ecdsa-sd-2023")
}

// anyDerived is a derived value of the right form that is over nothing.
func anyDerived() *Value {
	return &Value{signature: make([]byte, 64), disclosed: &disclosure{
		scoped: make([]byte, 35), signatures: [][]byte{make([]byte, 64)},
		labels: map[uint64][]byte{0: make([]byte, 32), 1: make([]byte, 32)}, mandatory: []uint64{0, 2},
	}}
}

// written is a derived value from its parts, right or wrong.
func written(head []byte, parts ...[]byte) string {
	return wrap(head, slices.Concat(parts...))
}

// Each way in which a value can be malformed. The parts of a whole one come
// first; a row replaces some.
func TestSelectiveValueForms(t *testing.T) {
	arr := func(n int, items ...[]byte) []byte {
		return append(cbor.AppendArray(nil, n), slices.Concat(items...)...)
	}
	str := func(n int) []byte { return cbor.AppendBytes(nil, make([]byte, n)) }
	num := func(n uint64) []byte { return cbor.AppendUint(nil, n) }
	pairs := func(n int, items ...[]byte) []byte { return append(cbor.AppendMap(nil, n), slices.Concat(items...)...) }
	five := cbor.AppendArray(nil, 5)
	for _, c := range []struct {
		name, value string
		want        error
	}{
		{"whole", written(derivedHead, five, str(64), str(35), arr(1, str(64)), pairs(1, num(0), str(32)), arr(1, num(0))), nil},
		{"no signatures, labels or indices", written(derivedHead, five, str(64), str(35), arr(0), pairs(0), arr(0)), nil},
		{"labels in another order", written(derivedHead, five, str(64), str(35), arr(0), pairs(2, num(1), str(32), num(0), str(32)), arr(0)), nil},
		{"nothing", "", ErrValue},
		{"no bytes", "u", ErrValue},
		{"head only", "u2V0B", ErrValue},
		{"base 58", "z" + written(derivedHead, five)[1:], ErrValue},
		{"head of another suite", written([]byte{0xd9, 0x5d, 0x02}, five, str(64), str(35), arr(0), pairs(0), arr(0)), ErrValue},
		{"a base proof", (&base{make([]byte, 64), make([]byte, 35), make([]byte, 32), nil, nil}).encode(), ErrBase},
		{"half a base proof", written(baseHead, five, str(64)), ErrValue},
		{"a derived value under the head of a base", written(baseHead, five, str(64), str(35), arr(0), pairs(0), arr(0)), ErrValue},
		{"four parts", written(derivedHead, cbor.AppendArray(nil, 4), str(64), str(35), arr(0), pairs(0)), ErrValue},
		{"six parts", written(derivedHead, cbor.AppendArray(nil, 6), str(64), str(35), arr(0), pairs(0), arr(0), num(0)), ErrValue},
		{"short signature", written(derivedHead, five, str(63), str(35), arr(0), pairs(0), arr(0)), ErrValue},
		{"key of 36 bytes", written(derivedHead, five, str(64), str(36), arr(0), pairs(0), arr(0)), ErrValue},
		{"long single signature", written(derivedHead, five, str(64), str(35), arr(1, str(65)), pairs(0), arr(0)), ErrValue},
		{"short label", written(derivedHead, five, str(64), str(35), arr(0), pairs(1, num(0), str(31)), arr(0)), ErrValue},
		{"one label twice", written(derivedHead, five, str(64), str(35), arr(0), pairs(2, num(0), str(32), num(0), str(32)), arr(0)), ErrValue},
		{"label as text", written(derivedHead, five, str(64), str(35), arr(0), pairs(1, cbor.AppendText(nil, "c14n0"), str(32)), arr(0)), ErrValue},
		{"index as bytes", written(derivedHead, five, str(64), str(35), arr(0), pairs(0), arr(1, str(0))), ErrValue},
		{"negative index", written(derivedHead, five, str(64), str(35), arr(0), pairs(0), arr(1, []byte{0x20})), ErrValue},
		{"index not in its shortest form", written(derivedHead, five, str(64), str(35), arr(0), pairs(0), arr(1, []byte{0x18, 0})), ErrValue},
		{"tag 64 around a byte string", written(derivedHead, five, []byte{0xd8, 0x40}, str(64), str(35), arr(0), pairs(0), arr(0)), ErrValue},
		{"array of indefinite length", written(derivedHead, []byte{0x9f}, str(64), str(35), arr(0), pairs(0), arr(0), []byte{0xff}), ErrValue},
		{"something after it", written(derivedHead, five, str(64), str(35), arr(0), pairs(0), arr(0), num(0)), ErrValue},
	} {
		if v, err := sd(t).DecodeValue(c.value); err != c.want || (err == nil) != (v != nil) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	whole := anyDerived().encode()
	for name, other := range map[string]string{
		"padding":                whole + "=",
		"a line feed":            whole[:9] + "\n" + whole[9:],
		"standard base 64":       strings.Replace(whole, "_", "/", 1) + "+",
		"a trailing bit":         whole[:len(whole)-1] + string(rune(whole[len(whole)-1]+1)),
		"four letters too many":  whole + "AAAA",
		"a letter of no meaning": whole + "A",
	} {
		if _, err := sd(t).DecodeValue(other); err == nil {
			t.Errorf("with %s it was read", name)
		}
	}
}

// A value is in the one spelling or refused; a value that is read is written back.
func FuzzSelectiveValue(f *testing.F) {
	f.Add(anyDerived().encode())
	f.Add((&base{make([]byte, 64), make([]byte, 35), make([]byte, 32), [][]byte{make([]byte, 64)}, []string{"/issuer"}}).encode())
	f.Add("u2V0BhVhA")
	f.Fuzz(func(t *testing.T, value string) {
		if v, err := sd(t).DecodeValue(value); err == nil {
			// Only the order of the labels is free.
			again, err := sd(t).DecodeValue(v.encode())
			if err != nil || len(v.encode()) != len(value) || again.encode() != v.encode() {
				t.Fatalf("%q is written %q", value, v.encode())
			}
		}
		if b, err := decodeBase(value); err == nil && b.encode() != value {
			t.Fatalf("the base %q is written %q", value, b.encode())
		}
	})
}

// pointed is a document to point into.
func pointed(t testing.TB) schema.Value {
	t.Helper()
	doc, err := schema.Parse([]byte(`{"@context":["c"],"id":"urn:a","type":["T"],"name":"n","a/b":{"~":1},"list":["x","y","z"],
		"objects":[{"id":"_:b","type":"U","name":"o","other":1},{"@context":"d","name":"p","deep":{"id":"urn:d","name":"q"}}],"empty":{}}`), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// What pointers select (Data Integrity ECDSA Cryptosuites 1.0, section 3.4.14).
func TestSelection(t *testing.T) {
	const top = `"@context":["c"],"id":"urn:a","type":["T"]`
	for _, c := range []struct {
		pointers []string
		want     string // "" means a PointerError
	}{
		{nil, `{` + top + `}`},
		{[]string{"/name"}, `{` + top + `,"name":"n"}`},
		{[]string{""}, string(schema.Marshal(pointed(t)))},
		{[]string{"/a~1b/~0"}, `{` + top + `,"a/b":{"~":1}}`},
		{[]string{"/list/2", "/list/0"}, `{` + top + `,"list":["x","z"]}`},
		{[]string{"/objects/0/name"}, `{` + top + `,"objects":[{"type":"U","name":"o"}]}`},
		{[]string{"/objects/0/name", "/objects/0"}, `{` + top + `,"objects":[{"id":"_:b","type":"U","name":"o","other":1}]}`},
		{[]string{"/objects/1/deep/name"}, `{` + top + `,"objects":[{"@context":"d","deep":{"id":"urn:d","name":"q"}}]}`},
		{[]string{"/empty"}, `{` + top + `,"empty":{}}`},
		{[]string{"/id", "/type/0"}, `{"@context":["c"],"id":"urn:a","type":["T"]}`},
		{[]string{"/nothing"}, ""},
		{[]string{"/name/0"}, ""},
		{[]string{"/name", "/list/3"}, ""},
		{[]string{"/list/-"}, ""},
		{[]string{"/list/01"}, ""},
		{[]string{"/list/length"}, ""},
		{[]string{"name"}, ""},
		{[]string{"/empty/"}, ""},
	} {
		s, err := selectBy(pointed(t), c.pointers)
		if c.want == "" {
			if p, ok := errors.AsType[*PointerError](err); !ok || p.Pointer != c.pointers[len(c.pointers)-1] {
				t.Errorf("%q: %v", c.pointers, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.pointers, err)
			continue
		}
		if got := string(schema.Marshal(s.of(pointed(t)))); got != c.want {
			t.Errorf("%q selects\n%s\nwant\n%s", c.pointers, got, c.want)
		}
	}
}

// A derived value says which labels and lines there are; one that fits another
// document fits not this one, and nothing is computed with it.
func TestPresentRefuses(t *testing.T) {
	in := NewInput(jsonld.Embedded(), schema.ObjectValue(
		schema.Member{Name: "@context", Value: schema.StringValue(jsonld.BaseV2)},
		schema.Member{Name: "name", Value: schema.StringValue("n")},
		schema.Member{Name: "description", Value: schema.StringValue("d")},
	))
	part, err := statements.run(t.Context(), in, withP256.hash)
	if err != nil {
		t.Fatal(err)
	}
	label := bytes.Repeat([]byte{7}, 32)
	for _, c := range []struct {
		name string
		d    disclosure
		fits bool
	}{
		{"all mandatory", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{0, 1}}, true},
		{"one of two", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{1}, signatures: [][]byte{nil}}, true},
		{"a label too many", disclosure{labels: map[uint64][]byte{0: label, 1: label}, mandatory: []uint64{0, 1}}, false},
		{"no label", disclosure{mandatory: []uint64{0, 1}}, false},
		{"another label", disclosure{labels: map[uint64][]byte{1: label}, mandatory: []uint64{0, 1}}, false},
		{"index out of range", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{0, 2}, signatures: [][]byte{nil}}, false},
		{"huge index", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{1 << 63}, signatures: [][]byte{nil, nil}}, false},
		{"index twice", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{0, 0}, signatures: [][]byte{nil}}, false},
		{"signature too many", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{0, 1}, signatures: [][]byte{nil}}, false},
		{"signature missing", disclosure{labels: map[uint64][]byte{0: label}, mandatory: []uint64{0}}, false},
	} {
		_, err := sd(t).Present(part, &Value{disclosed: &c.d})
		if (err == nil) != c.fits || err != nil && err != ErrValue {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A holder who shows one signed thing as two gives both one label: then every
// line and every signature is right, and only the label tells.
func TestOneNodeShownAsTwo(t *testing.T) {
	read := func(text string) schema.Value {
		doc, err := schema.Parse([]byte(text), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return doc.Root()
	}
	const head = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"urn:i","credentialSubject":`
	one := NewInput(jsonld.Embedded(), read(head+`{"name":"n","description":"d"}}`))
	two := NewInput(jsonld.Embedded(), read(head+`[{"name":"n"},{"description":"d"}]}`))
	sec, err := newSecret()
	if err != nil {
		t.Fatal(err)
	}
	config := &Part{Hash: make([]byte, 32)}
	b, err := signBase(t.Context(), withP256, sec.scoped, one, config, []string{"/issuer"}, sec)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.derive(t.Context(), withP256, one, []string{""})
	if err != nil {
		t.Fatal(err)
	}
	present := func(in *Input) (*Part, error) {
		part, err := sd(t).Prepare(t.Context(), sec.scoped.Public(), in)
		if err != nil {
			t.Fatal(err)
		}
		return sd(t).Present(part, v)
	}
	if p, err := present(one); err != nil || !sd(t).Verify(sec.scoped.Public(), p, config, v) {
		t.Fatalf("as it was signed: %v", err)
	}
	// Three nodes; the two subjects get the label of the one. Which number is
	// whose is tried out.
	credential, subject := v.disclosed.labels[0], v.disclosed.labels[1]
	for _, labels := range [][3][]byte{
		{credential, subject, subject}, {subject, credential, subject}, {subject, subject, credential},
		{subject, credential, credential}, {credential, subject, credential}, {credential, credential, subject},
	} {
		v.disclosed.labels = map[uint64][]byte{0: labels[0], 1: labels[1], 2: labels[2]}
		if p, err := present(two); err == nil {
			t.Errorf("shown as two it is presented, and verifies: %v", sd(t).Verify(sec.scoped.Public(), p, config, v))
		}
	}
}

// Keys and HMAC keys are made for one proof: two base proofs of one document by
// one key have nothing in common but what they say.
func TestSecretsAreFresh(t *testing.T) {
	a, err := newSecret()
	if err != nil {
		t.Fatal(err)
	}
	b, err := newSecret()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a.hmacKey, b.hmacKey) || a.scoped.Equal(b.scoped) || bytes.Equal(a.hmacKey, make([]byte, hmacSize)) {
		t.Error("secrets were used again")
	}
	if s := base64.RawURLEncoding.EncodeToString(a.hmacKey); len(s) != 43 {
		t.Errorf("an HMAC key of %d characters", len(s))
	}
}
