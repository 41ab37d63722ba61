package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func openedLearners(t *testing.T, path string) *learners {
	t.Helper()
	l, err := openLearners(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.close() })
	return l
}

func TestLearnersKeepTheirKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "learners")
	l := openedLearners(t, path)
	var wg sync.WaitGroup
	var mu sync.Mutex
	keys := map[Digest][32]byte{}
	for n := range 200 {
		wg.Go(func() {
			id := l.byEmail(fmt.Sprintf("a%d@example.org", n%50))
			key, err := l.ensure(id)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if have, ok := keys[id]; ok && have != key {
				t.Error("one learner got two keys")
			}
			keys[id] = key
		})
	}
	wg.Wait()
	again := openedLearners(t, path)
	if again.secret != l.secret || len(again.keys) != 50 || len(again.damaged) > 0 {
		t.Errorf("reopened: %d keys, damage %v", len(again.keys), again.damaged)
	}
	for id, key := range keys {
		if got, err := again.key(id); err != nil || got != key {
			t.Errorf("key of %v changed: %v", id, err)
		}
	}
	if _, err := again.key(Digest{1}); !errors.Is(err, errNoLearner) {
		t.Errorf("key of nobody: %v", err)
	}
	if l.byEmail("A@Example.org ") != l.byEmail("a@example.org") || l.byEmail("a@example.org") == l.byEmail("b@example.org") {
		t.Error("the keyed hash tells case apart, or people not")
	}
}

// A power cut can leave half a slot, or a slot of zeros, at the end: it was
// never acknowledged. A hole in the middle is damage and is said.
func TestLearnersAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "learners")
	l := openedLearners(t, path)
	for n := range 3 {
		if _, err := l.ensure(Digest{byte(n + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content []byte
		keys    int
		damaged int
	}{
		"half a slot":       {append(bytes.Clone(whole), whole[80:120]...), 3, 0},
		"a slot of zeros":   {append(bytes.Clone(whole), make([]byte, 80)...), 3, 0},
		"the last cut off":  {whole[:len(whole)-1], 2, 0},
		"a hole in between": {append(append(bytes.Clone(whole[:160]), make([]byte, 80)...), whole[240:]...), 2, 1},
	} {
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		l := openedLearners(t, path)
		if len(l.keys) != c.keys || len(l.damaged) != c.damaged {
			t.Errorf("%s: %d keys, damage %v", name, len(l.keys), l.damaged)
		}
		if _, err := l.ensure(Digest{99}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if again := openedLearners(t, path); len(again.keys) != c.keys+1 {
			t.Errorf("%s: after one more there are %d keys", name, len(again.keys))
		}
	}
	if err := os.WriteFile(path, []byte("nothing of the kind"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openLearners(path); err == nil {
		t.Error("a foreign file was opened")
	}
}

func TestHighwater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "highwater")
	h, err := openHighwater(path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := encodeID([16]byte{1}), encodeID([16]byte{2})
	for _, step := range []struct {
		list         string
		number, mark int
	}{{a, 0, 1024}, {a, 1023, 1024}, {a, 1024, 2048}, {b, 5000, 5120}, {a, 3, 2048}} {
		if err := h.cover(step.list, step.number); err != nil {
			t.Fatal(err)
		}
		onDisk, err := openHighwater(path)
		if err != nil || onDisk.mark(step.list) != step.mark || h.mark(step.list) != step.mark {
			t.Errorf("after number %d the mark is %d on the disk, want %d (%v)", step.number, onDisk.mark(step.list), step.mark, err)
		}
	}
	if err := errors.Join(h.settle(a, 1500), h.settle(b, 17)); err != nil {
		t.Fatal(err)
	}
	onDisk, err := openHighwater(path)
	if err != nil || onDisk.mark(a) != 1500 || onDisk.mark(b) != 5120 {
		t.Errorf("settled at %d and %d, want 1500, and 5120 because the other knows better: %v", onDisk.mark(a), onDisk.mark(b), err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range good {
		spoilt := bytes.Clone(good)
		spoilt[at] ^= 1
		if _, err := parseHighwater(string(spoilt)); err == nil {
			t.Errorf("byte %d spoilt: it was read all the same", at)
		}
	}
}

func FuzzHighwater(f *testing.F) {
	body := highwaterMagic + "\n" + encodeID([16]byte{1}) + " 1024"
	f.Add(body + "\nsum " + sumOf(body) + "\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		marks, err := parseHighwater(s)
		for list, n := range marks {
			if err != nil || n < 0 || len(list) != idLength {
				t.Errorf("%q gave list %q mark %d, %v", s, list, n, err)
			}
		}
	})
}
