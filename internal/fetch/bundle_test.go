package fetch

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

const smallBundle = `{"serve":[
	{"url":"https://issuer.example/.well-known/did.json","file":"did.json","media_type":"application/did+json; charset=utf-8"},
	{"url":"https://issuer.example/status/1#list","file":"lists/1.json"}],"made":"by hand"}`

// folder writes files and returns the folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// zipped writes files into a zip and returns its name.
func zipped(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBundleHasThreeForms(t *testing.T) {
	files := map[string]string{"bundle.json": smallBundle, "did.json": `{"id":1}`, "lists/1.json": `{"id":2}`}
	dir := folder(t, files)
	other := folder(t, map[string]string{"web.json": smallBundle, "did.json": `{"id":1}`, "lists/1.json": `{"id":2}`})
	for name, path := range map[string]string{
		"folder":                dir,
		"file":                  filepath.Join(dir, "bundle.json"),
		"file of another name":  filepath.Join(other, "web.json"),
		"zip":                   zipped(t, files),
		"folder by another way": dir + string(filepath.Separator) + ".",
	} {
		b, err := OpenBundle(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		doc, err := b.Get(t.Context(), Key, "https://issuer.example/.well-known/did.json#k")
		if err != nil || string(doc.Bytes) != `{"id":1}` || doc.MediaType != "application/did+json" {
			t.Errorf("%s: %+v, %v", name, doc, err)
		}
		if doc, err := b.Get(t.Context(), Status, "https://issuer.example/status/1"); err != nil || string(doc.Bytes) != `{"id":2}` {
			t.Errorf("%s: %+v, %v", name, doc, err)
		}
		if _, err := b.Get(t.Context(), Key, "https://issuer.example/status/2"); !errors.Is(err, ErrAbsent) {
			t.Errorf("%s: %v, want ErrAbsent", name, err)
		}
		if got := len(b.URLs()); got != 2 {
			t.Errorf("%s: %d addresses", name, got)
		}
	}
}

func TestBundleIsReadOnce(t *testing.T) {
	dir := folder(t, map[string]string{"bundle.json": smallBundle, "did.json": `{"id":1}`, "lists/1.json": `{}`})
	b, err := OpenBundle(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "did.json"), []byte(`{"id":3}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if doc, err := b.Get(t.Context(), Key, "https://issuer.example/.well-known/did.json"); err != nil || string(doc.Bytes) != `{"id":1}` {
		t.Errorf("%s, %v: the bundle changed under a verification", doc.Bytes, err)
	}
}

func TestBundlesThatAreRefused(t *testing.T) {
	serving := func(entry string) map[string]string {
		return map[string]string{"bundle.json": `{"serve":[` + entry + `]}`, "a.json": `{}`, "sub/b.json": `{}`}
	}
	entry := func(file string) string { return fmt.Sprintf(`{"url":"https://a.example/","file":%q}`, file) }
	for _, c := range []struct {
		name   string
		files  map[string]string
		phrase string
	}{
		{"no index", map[string]string{"a.json": `{}`}, "it has no file bundle.json"},
		{"not JSON", map[string]string{"bundle.json": `serve`}, "not a JSON object"},
		{"array", map[string]string{"bundle.json": `[]`}, "not a JSON object"},
		{"no list", map[string]string{"bundle.json": `{}`}, `no list "serve"`},
		{"null", map[string]string{"bundle.json": `{"serve":null}`}, `no list "serve"`},
		{"list of texts", serving(`"a.json"`), `no list "serve"`},
		{"other case", map[string]string{"bundle.json": `{"Serve":[]}`}, `no list "serve"`},
		{"no file named", serving(`{"url":"https://a.example/"}`), `"file" is not a text`},
		{"no url", serving(`{"file":"a.json"}`), `"url" is not a text`},
		{"media type a number", serving(`{"url":"https://a.example/","file":"a.json","media_type":1}`), `"media_type" is not a text`},
		{"file is not there", serving(entry("c.json")), "entry 1: it has no file c.json"},
		{"parent", serving(entry("../a.json")), "not a path inside"},
		{"parent, later", serving(entry("sub/../../a.json")), "not a path inside"},
		{"absolute", serving(entry("/etc/passwd")), "not a path inside"},
		{"folder", serving(entry("sub")), "is not a file"},
		{"itself", serving(entry(".")), "is not a file"},
		{"url twice", serving(entry("a.json") + "," + entry("sub/b.json")), "served twice"},
		{"url twice, fragment", serving(entry("a.json") + `,{"url":"https://a.example/#x","file":"a.json"}`), "served twice"},
		{"large file", map[string]string{"bundle.json": `{"serve":[` + entry("a.json") + `]}`, "a.json": strings.Repeat(" ", bundleFile+1)}, "is larger than"},
		{"large index", map[string]string{"bundle.json": `{"serve":[]` + strings.Repeat(" ", bundleFile) + `}`}, "is larger than"},
		{"many entries", map[string]string{"bundle.json": `{"serve":[{}` + strings.Repeat(",{}", bundleEntries) + `]}`}, "more than 4096"},
	} {
		for form, path := range map[string]string{"folder": folder(t, c.files), "zip": zipped(t, c.files)} {
			if form == "zip" && c.name == "itself" {
				continue // a zip has no folder to open
			}
			_, err := OpenBundle(path)
			if err == nil || !strings.Contains(err.Error(), c.phrase) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s, %s: %v, want a sentence with %q and the path", c.name, form, err, c.phrase)
			}
		}
	}
	if _, err := OpenBundle(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "no such file or folder") {
		t.Errorf("a bundle that is not there: %v", err)
	}
}

func TestBundleIsConfined(t *testing.T) {
	secret := filepath.Join(folder(t, map[string]string{"secret": "{}"}), "secret")
	dir := folder(t, map[string]string{"bundle.json": `{"serve":[{"url":"https://a.example/","file":"link"}]}`})
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if b, err := OpenBundle(dir); err == nil {
		t.Errorf("a link out of the folder is followed: %v", b.URLs())
	}
}

// A zip of a few kilobytes that unpacks to more than the bounds: one file of
// blanks, compressed once, under many names.
func TestBundleBomb(t *testing.T) {
	blanks := bytes.Repeat([]byte(" "), bundleFile)
	var packed, b bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(blanks); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&b)
	var entries []string
	for i := range bundleBytes/bundleFile + 1 {
		name := fmt.Sprintf("%d.json", i)
		entries = append(entries, fmt.Sprintf(`{"url":"https://a.example/%d","file":%q}`, i, name))
		f, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(blanks),
			CompressedSize64: uint64(packed.Len()), UncompressedSize64: bundleFile,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	f, err := z.Create("bundle.json")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, `{"serve":[%s]}`, strings.Join(entries, ","))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bundle.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBundle(path); err == nil || !strings.Contains(err.Error(), "entry 33: 32.json is larger than the 0 bytes") {
		t.Errorf("66 MiB out of a zip of %d bytes: %v", b.Len(), err)
	}
}

// A document in a bundle is under the limit of its purpose, as on the network.
func TestBundleObeysThePurpose(t *testing.T) {
	b, err := OpenBundle(folder(t, map[string]string{
		"bundle.json": `{"serve":[{"url":"https://a.example/","file":"a.json"}]}`,
		"a.json":      strings.Repeat(" ", 1<<20+1),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(t.Context(), Key, "https://a.example/"); what(t, err) != "too-large fetch.bytes" {
		t.Errorf("a key document of more than a mebibyte: %v", err)
	}
	if _, err := b.Get(t.Context(), Status, "https://a.example/"); err != nil {
		t.Errorf("a list of more than a mebibyte: %v", err)
	}
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte(smallBundle))
	f.Add([]byte(`{"serve":[{"url":"https://a.example/","file":"../did.json"}]}`))
	f.Add([]byte(`{"serve":[null]}`))
	f.Fuzz(func(t *testing.T, index []byte) {
		files := fstest.MapFS{
			"bundle.json":  {Data: index},
			"did.json":     {Data: []byte(`{}`)},
			"lists/1.json": {Data: []byte(`{}`)},
		}
		b, err := readBundle(files, "bundle.json")
		if err != nil {
			return
		}
		for _, url := range b.URLs() {
			if _, err := b.Get(t.Context(), Key, url); err != nil {
				t.Fatalf("%q is served and not had: %v", url, err)
			}
		}
	})
}
