package statuslist_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/statuslist"
)

// code returns the problem code of an error, "" for none.
func code(t *testing.T, err error) schema.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		t.Fatalf("%v is not a fault", err)
	}
	if f.Outcome != schema.Unknown {
		t.Errorf("%v weighs %v: a list that cannot be read is no evidence against a credential", err, f.Outcome)
	}
	return f.Code
}

func TestFirstBitIsTheMostSignificant(t *testing.T) {
	for index, want := range map[int]byte{0: 0x80, 1: 0x40, 5: 0x04, 7: 0x01} {
		l := statuslist.New(statuslist.MinEntries)
		l.Set(index, true)
		if got := packed(t, l.Encode())[0]; got != want {
			t.Errorf("entry %d set: first byte %02x, want %02x", index, got, want)
		}
	}
}

// packed inflates an encoded list without the package's help.
func packed(t *testing.T, encoded string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(encoded[1:])
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSetAndGetAgreeWithASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := 8 * rapid.IntRange(1, 256).Draw(t, "bytes")
		l, want := statuslist.New(n), map[int]bool{}
		for range rapid.IntRange(0, 64).Draw(t, "changes") {
			i, on := rapid.IntRange(0, n-1).Draw(t, "entry"), rapid.Bool().Draw(t, "on")
			l.Set(i, on)
			want[i] = on
		}
		read, err := statuslist.Decode(l.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if read.Len() != n {
			t.Fatalf("%d entries, want %d", read.Len(), n)
		}
		for i := range n {
			if read.Get(i) != want[i] {
				t.Fatalf("entry %d is %v, want %v", i, read.Get(i), want[i])
			}
		}
	})
}

func TestBeyondTheListPanics(t *testing.T) {
	l := statuslist.New(16)
	for _, i := range []int{-1, 16, 1 << 40} {
		for name, f := range map[string]func(){"Get": func() { l.Get(i) }, "Set": func() { l.Set(i, true) }} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s(%d) of a list of 16 did not panic", name, i)
					}
				}()
				f()
			}()
		}
	}
}

// gzipped returns the gzip of b; raw turns bytes into an encoded list.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		panic(err)
	}
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func raw(b []byte) string { return "u" + base64.RawURLEncoding.EncodeToString(b) }

func TestOneSpellingOfAList(t *testing.T) {
	good := gzipped(make([]byte, 16384))
	flip := func(at int) []byte {
		b := slices.Clone(good)
		if at < 0 {
			at += len(b)
		}
		b[at] ^= 1
		return b
	}
	text := raw(good)
	for _, c := range []struct {
		name, encoded string
		want          schema.Code
	}{
		{"good", text, ""},
		{"shorter than allowed is still read", raw(gzipped(make([]byte, 100))), ""},
		{"nothing", "", schema.CodeMalformedValueError},
		{"multibase header alone", "u", schema.CodeMalformedValueError},
		{"base58", "z" + text[1:], schema.CodeMalformedValueError},
		{"standard base64", "m" + base64.RawStdEncoding.EncodeToString(good), schema.CodeMalformedValueError},
		{"padding", text + "=", schema.CodeMalformedValueError},
		{"line break inside", text[:20] + "\n" + text[20:], schema.CodeMalformedValueError},
		{"line break at the end", text + "\r\n", schema.CodeMalformedValueError},
		{"space", text + " ", schema.CodeMalformedValueError},
		{"a byte after the member", raw(append(slices.Clone(good), 0)), schema.CodeMalformedValueError},
		{"a second member", raw(append(slices.Clone(good), good...)), schema.CodeMalformedValueError},
		{"checksum", raw(flip(-8)), schema.CodeMalformedValueError},
		{"length", raw(flip(-1)), schema.CodeMalformedValueError},
		{"not gzip", raw(flip(0)), schema.CodeMalformedValueError},
		{"cut off", raw(good[:len(good)-1]), schema.CodeMalformedValueError},
		{"largest", raw(gzipped(make([]byte, statuslist.MaxExpanded))), ""},
		{"one byte more", raw(gzipped(make([]byte, statuslist.MaxExpanded+1))), schema.CodeLimitExceeded},
	} {
		if _, err := statuslist.Decode(c.encoded); code(t, err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTrailingBitsAreRefused(t *testing.T) {
	// A list whose packed length leaves two or four unused bits in the last
	// character: the same bytes then have several spellings.
	for n := 8; ; n++ {
		b := gzipped(bytes.Repeat([]byte{byte(n), 3}, n))
		if len(b)%3 == 0 {
			continue
		}
		text := raw(b)
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
		last := bytes.IndexByte([]byte(alphabet), text[len(text)-1])
		second := text[:len(text)-1] + string(alphabet[last+1])
		if same, err := base64.RawURLEncoding.DecodeString(second[1:]); err != nil || !bytes.Equal(same, b) {
			t.Fatalf("the second spelling is none: %v", err)
		}
		if _, err := statuslist.Decode(second); code(t, err) != schema.CodeMalformedValueError {
			t.Errorf("second spelling of a list: %v", err)
		}
		return
	}
}

// TestGeneratedLists reads lists made by the npm package
// @digitalbazaar/vc-bitstring-status-list.
func TestGeneratedLists(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "vectors", "bitstring-status-list", "generated-lists.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Lists []struct {
			Name               string
			LengthBits         int
			BitsSet            []int
			UncompressedSha256 string
			EncodedList        string
		}
		MalformedLists []struct{ Name, Expect, EncodedList string }
	}
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Lists) == 0 || len(vectors.MalformedLists) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vectors.Lists {
		l, err := statuslist.Decode(v.EncodedList)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		ours := statuslist.New(v.LengthBits)
		for _, i := range v.BitsSet {
			ours.Set(i, true)
			if !l.Get(i) {
				t.Errorf("%s: entry %d is clear", v.Name, i)
			}
		}
		for name, list := range map[string]*statuslist.List{"theirs": l, "ours": ours} {
			sum := sha256.Sum256(packed(t, list.Encode()))
			if list.Len() != v.LengthBits || hex.EncodeToString(sum[:]) != v.UncompressedSha256 {
				t.Errorf("%s: %s has %d entries and other bits, want %d", v.Name, name, list.Len(), v.LengthBits)
			}
		}
	}
	for _, v := range vectors.MalformedLists {
		l, err := statuslist.Decode(v.EncodedList)
		if v.Expect == string(schema.CodeStatusListLengthError) {
			if err != nil || l.Len() >= statuslist.MinEntries {
				t.Errorf("%s: %v, want a list that is too short", v.Name, err)
			}
		} else if string(code(t, err)) != v.Expect {
			t.Errorf("%s: %v, want %s", v.Name, err, v.Expect)
		}
	}
	judge.Score{Suite: "@digitalbazaar/vc-bitstring-status-list, generated lists", How: "read and written, bit by bit; malformed lists refused with the listed code",
		Passed: len(vectors.Lists) + len(vectors.MalformedLists)}.Report(t)
}

// TestBombIsCut reads 1 GiB of zeros in about a megabyte.
func TestBombIsCut(t *testing.T) {
	f, err := os.Open(judge.Data(t, "attacks", "status", "list-gzip-bomb-1GiB.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var credential struct {
		CredentialSubject struct{ EncodedList string }
	}
	if err := json.NewDecoder(z).Decode(&credential); err != nil {
		t.Fatal(err)
	}
	encoded := credential.CredentialSubject.EncodedList
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := statuslist.Decode(encoded); code(t, err) != schema.CodeLimitExceeded {
		t.Errorf("%v, want LIMIT_EXCEEDED", err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 3*statuslist.MaxExpanded/2 {
		t.Errorf("reading the bomb takes %d bytes", got)
	}
}

func FuzzDecode(f *testing.F) {
	good := gzipped(make([]byte, 64))
	f.Add(raw(good))
	f.Add(raw(append(slices.Clone(good), good...)))
	f.Add(raw(good[:12]))
	f.Add("u")
	f.Add("uH4sIAAAAAAACA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYfSVKsAQAAA")
	f.Fuzz(func(t *testing.T, encoded string) {
		l, err := statuslist.Decode(encoded)
		if code(t, err) != "" {
			return
		}
		if l.Len() > 8*statuslist.MaxExpanded {
			t.Fatalf("%d entries", l.Len())
		}
		again, err := statuslist.Decode(l.Encode())
		if err != nil || again.Len() != l.Len() {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	l := statuslist.New(statuslist.MinEntries)
	for i := 0; i < l.Len(); i += 97 {
		l.Set(i, true)
	}
	encoded := l.Encode()
	for b.Loop() {
		if _, err := statuslist.Decode(encoded); err != nil {
			b.Fatal(err)
		}
	}
}
