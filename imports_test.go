package merkki_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rooms lists the packages of the program from bottom to top. One may import
// what stands before it, and what lies inside itself.
var rooms = []string{
	"internal/fetch", "schema", "keys", "proof", "verifier", "issuer",
	"internal/roster", "internal/publish", "internal/many", "internal/i18n", "internal/mail", "internal/web", "cmd",
}

// neighbours are the exceptions to the order, each with the reason why it is
// one.
var neighbours = []struct{ from, to, why string }{
	{"internal/publish", "internal/i18n", "what the world sees is words; the catalogues know nothing of pages"},
}

// doors lists the only rooms that may import a dependency, and why: the reason
// is what the person who trips over the rule needs to read.
var doors = []struct {
	dep  string
	door []string
	why  string
}{
	{"github.com/piprate/json-gold", []string{"schema/jsonld"}, "its defaults open files and addresses, race, and drop what they do not know; one package keeps those paths out of reach"},
	{"github.com/go-jose/go-jose", []string{"keys", "proof/jose"}, "algorithms are decided by our tables and never by a header"},
	{"github.com/labstack/echo", []string{"internal/web"}, "v4 loses support on 2026-12-31; moving to v5 has to stay a change in one package"},
	{"go.etcd.io/bbolt", []string{"issuer/store/bolt"}, "the contract of the store is semantic; another database must be able to keep it"},
	{"github.com/skip2/go-qrcode", []string{"internal/publish"}, "a QR code holds the credential's own address and nothing else"},
	{"golang.org/x/image", []string{"internal/publish"}, "letters and outlines of what we print; pictures from outside are never decoded by it"},
	{"github.com/wneessen/go-mail", []string{"internal/mail"}, "letters leave through one outbox, and no string of ours becomes a header line"},
	{"net/http", []string{"internal/fetch", "internal/web", "cmd"}, "one client, so that one place limits addresses, bytes and time"},
	{"code.dny.dev/ssrf", []string{"internal/fetch"}, "where the addresses are limited"},
	{"filippo.io/age", []string{"keys/softstore"}, "private keys are opened in one place"},
	{"math/rand", nil, "identifiers, indices and salts must not be guessed: crypto/rand"},
}

// everySource visits the program's Go files, without tests and what only serves
// them.
func everySource(t *testing.T, visit func(path string, imports []string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || d.Name() != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, im := range f.Imports {
			path, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, path)
		}
		n++
		visit(filepath.ToSlash(p), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Fatalf("only %d source files were found: this test looks in the wrong place", n)
	}
}

// within reports whether a path is a package or lies inside it.
func within(path, pkg string) bool {
	return path == pkg || strings.HasPrefix(path, pkg+"/")
}

// forTests are packages that only tests import, and the bench, which measures
// the program beside others; they may use what their tests need.
func forTests(path string) bool {
	return within(path, "internal/judge") || strings.Contains(path, "test/") || within(path, "verifier/virtual") || within(path, "bench")
}

func TestDoors(t *testing.T) {
	used := map[string]bool{}
	everySource(t, func(file string, imports []string) {
		if forTests(file) {
			return
		}
		for _, im := range imports {
			for _, d := range doors {
				if !within(im, d.dep) {
					continue
				}
				used[d.dep] = true
				if !slices.ContainsFunc(d.door, func(door string) bool { return within(file, door) }) {
					t.Errorf("%s imports %s, which enters through %v: %s", file, im, d.door, d.why)
				}
			}
		}
	})
	for _, d := range doors {
		if d.door != nil && !used[d.dep] {
			t.Errorf("nothing imports %s any more: the rule about it is dead", d.dep)
		}
	}
}

func TestOrderOfRooms(t *testing.T) {
	everySource(t, func(file string, imports []string) {
		from := room(file)
		if forTests(file) {
			return
		}
		if from < 0 {
			t.Errorf("%s is in no room: add it to the list of rooms and to docs/architecture.md", file)
			return
		}
		for _, im := range imports {
			path, ours := strings.CutPrefix(im, "merkki/")
			if !ours || excepted(file, path) {
				continue
			}
			switch to := room(path); {
			case forTests(path + "/"):
				t.Errorf("%s imports %s, which is for tests only", file, im)
			case to > from:
				t.Errorf("%s imports %s, which stands above it (%v)", file, im, rooms)
			}
		}
	})
}

// room returns the place of a path in the order, or -1.
func room(path string) int {
	return slices.IndexFunc(rooms, func(r string) bool { return within(path, r) })
}

func excepted(file, path string) bool {
	for _, n := range neighbours {
		if within(file, n.from) && within(path, n.to) {
			return true
		}
	}
	return false
}
