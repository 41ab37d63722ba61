package cbor_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"merkki/proof/dataintegrity/cbor"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Integers of RFC 8949, appendix A, both ways.
func TestIntegers(t *testing.T) {
	for _, c := range []struct {
		n    uint64
		want string
	}{
		{0, "00"}, {1, "01"}, {10, "0a"}, {23, "17"}, {24, "1818"}, {25, "1819"}, {100, "1864"}, {255, "18ff"}, {256, "190100"},
		{1000, "1903e8"}, {65535, "19ffff"}, {65536, "1a00010000"}, {1000000, "1a000f4240"}, {math.MaxUint32, "1affffffff"},
		{1 << 32, "1b0000000100000000"}, {1000000000000, "1b000000e8d4a51000"}, {math.MaxUint64, "1bffffffffffffffff"},
	} {
		if got := hex.EncodeToString(cbor.AppendUint(nil, c.n)); got != c.want {
			t.Errorf("%d is written %s, want %s", c.n, got, c.want)
		}
		r := cbor.NewReader(unhex(t, c.want))
		if n := r.Uint(); n != c.n || r.End() != nil {
			t.Errorf("%s is read as %d, %v", c.want, n, r.End())
		}
	}
}

// Strings, arrays and maps of the same appendix.
func TestItems(t *testing.T) {
	r := cbor.NewReader(unhex(t, "8544010203046449455446a201020304"+"80"+"60"))
	if n := r.Array(); n != 5 {
		t.Errorf("%d items", n)
	}
	if b := r.Bytes(); !bytes.Equal(b, []byte{1, 2, 3, 4}) {
		t.Errorf("bytes %x", b)
	}
	if s := r.Text(); s != "IETF" {
		t.Errorf("text %q", s)
	}
	if n := r.Map(); n != 2 {
		t.Errorf("%d pairs", n)
	}
	for want := range uint64(4) {
		if n := r.Uint(); n != want+1 {
			t.Errorf("read %d, want %d", n, want+1)
		}
	}
	if n := r.Array(); n != 0 {
		t.Errorf("%d items in an empty array", n)
	}
	if s := r.Text(); s != "" || r.End() != nil {
		t.Errorf("text %q, %v", s, r.End())
	}
}

// What another reader of CBOR takes and this one must not.
func TestRefuses(t *testing.T) {
	asUint := func(r *cbor.Reader) { r.Uint() }
	asBytes := func(r *cbor.Reader) { r.Bytes() }
	asText := func(r *cbor.Reader) { r.Text() }
	asArray := func(r *cbor.Reader) {
		for range r.Array() {
			r.Uint()
		}
	}
	asMap := func(r *cbor.Reader) {
		for range r.Map() {
			r.Uint()
			r.Uint()
		}
	}
	for _, c := range []struct {
		name, in string
		read     func(*cbor.Reader)
	}{
		{"nothing", "", asUint},
		{"head cut", "18", asUint},
		{"head cut later", "1b00000000", asUint},
		{"five in two bytes", "1805", asUint},
		{"255 in three bytes", "1900ff", asUint},
		{"65535 in five bytes", "1a0000ffff", asUint},
		{"2^32-1 in nine bytes", "1b00000000ffffffff", asUint},
		{"reserved", "1c", asUint},
		{"negative", "20", asUint},
		{"float", "f93c00", asUint},
		{"true", "f5", asUint},
		{"something after", "0000", asUint},
		{"tag 64 around bytes", "d84041ff", asBytes},
		{"bytes of indefinite length", "5f41ffff", asBytes},
		{"bytes cut", "42ff", asBytes},
		{"bytes longer than memory", "5bffffffffffffffff", asBytes},
		{"length not shortest", "580100", asBytes},
		{"text for bytes", "6161", asBytes},
		{"bytes for text", "4161", asText},
		{"text that is not UTF-8", "61ff", asText},
		{"array of indefinite length", "9f00ff", asArray},
		{"array longer than memory", "9bffffffffffffffff", asArray},
		{"array cut", "820000"[:4], asArray},
		{"map for array", "a10000", asArray},
		{"map longer than memory", "bbffffffffffffffff", asMap},
		{"map that lacks a value", "a100", asMap},
		{"array for map", "820000", asMap},
	} {
		r := cbor.NewReader(unhex(t, c.in))
		c.read(r)
		if r.End() == nil {
			t.Errorf("%s (%s) was read", c.name, c.in)
		}
	}
}

// After a failure nothing is read any more, whatever is left.
func TestFailureStays(t *testing.T) {
	r := cbor.NewReader(unhex(t, "20010203"))
	r.Uint()
	if n := r.Uint(); n != 0 || r.End() == nil {
		t.Errorf("read %d after a failure, %v", n, r.End())
	}
}

// Whatever is read in full is written back to the same bytes, and reading ends:
// the items are asked for in the order in which the input offers them.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"00", "1818", "4401020304", "6449455446", "83010203", "a201020304", "8544010203046449455446a20102030480f6", "9bffffffffffffffff", "5f41ffff"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := cbor.NewReader(b)
		var again []byte
		left := 1
		for place := 0; left > 0 && place < len(b); place = len(again) {
			left--
			switch b[place] >> 5 {
			case 0:
				again = cbor.AppendUint(again, r.Uint())
			case 2:
				again = cbor.AppendBytes(again, r.Bytes())
			case 3:
				again = cbor.AppendText(again, r.Text())
			case 4:
				n := r.Array()
				left += n
				again = cbor.AppendArray(again, n)
			case 5:
				n := r.Map()
				left += 2 * n
				again = cbor.AppendMap(again, n)
			default:
				if r.Uint(); r.End() == nil {
					t.Fatalf("%x was read", b)
				}
				return
			}
			if len(again) > len(b)+16 {
				t.Fatalf("%x became longer: %x", b, again)
			}
		}
		if r.End() == nil && left == 0 && !bytes.Equal(again, b) {
			t.Fatalf("two spellings: %x and %x", b, again)
		}
	})
}
