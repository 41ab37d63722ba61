package issuer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// block is how many numbers of a status list are spent at once in the
// high-water file, so that it is synced once for that many credentials.
const block = 1024

const highwaterMagic = "merkki highwater 1"

// A highwater is a small file outside the database that says, for each status
// list, below which number everything may have been used. A database restored
// from a backup remembers less than the world does; this file remembers the
// rest. It is on the disk before a number of the next block is used.
type highwater struct {
	path  string
	mu    sync.Mutex
	marks map[string]int // guarded by mu
}

func openHighwater(path string) (*highwater, error) {
	h := &highwater{path: path, marks: map[string]int{}}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, err
	}
	if h.marks, err = parseHighwater(string(b)); err != nil {
		return nil, fmt.Errorf("%s: %w; restore it from the newest backup, never from an older one", path, err)
	}
	return h, nil
}

// parseHighwater reads the file: a heading, a line for each list, and the
// SHA-256 of what stands before it.
func parseHighwater(s string) (map[string]int, error) {
	body, sum, ok := strings.Cut(s, "\nsum ")
	if !ok || sum != sumOf(body)+"\n" {
		return nil, errors.New("the checksum does not match")
	}
	lines := strings.Split(body, "\n")
	if lines[0] != highwaterMagic {
		return nil, fmt.Errorf("the first line is not %q", highwaterMagic)
	}
	marks := map[string]int{}
	for _, line := range lines[1:] {
		list, number, _ := strings.Cut(line, " ")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || len(list) != idLength {
			return nil, fmt.Errorf("line %q is not a list and a number", line)
		}
		marks[list] = n
	}
	return marks, nil
}

func sumOf(body string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(body))) }

// cover returns once the mark of a list is on the disk above a number.
func (h *highwater) cover(list string, number int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if number < h.marks[list] {
		return nil
	}
	return h.write(list, (number/block+1)*block)
}

// settle sets the mark of a list to exactly what was used. Only a service that
// hands out no more numbers calls it, so that a start after an orderly end
// wastes none.
func (h *highwater) settle(list string, next int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.marks[list] == next || next < h.marks[list]-block {
		return nil
	}
	return h.write(list, next)
}

func (h *highwater) write(list string, mark int) error {
	next := maps.Clone(h.marks)
	next[list] = mark
	var b strings.Builder
	b.WriteString(highwaterMagic)
	for _, l := range slices.Sorted(maps.Keys(next)) {
		fmt.Fprintf(&b, "\n%s %d", l, next[l])
	}
	body := b.String()
	if err := replaceFile(h.path, []byte(body+"\nsum "+sumOf(body)+"\n")); err != nil {
		return err
	}
	h.marks = next
	return nil
}

// mark returns the mark of a list.
func (h *highwater) mark(list string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.marks[list]
}
