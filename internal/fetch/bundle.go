package fetch

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Bounds of a bundle; it comes from the person at the command line, and may
// have come to that person by mail.
const (
	bundleIndex   = "bundle.json"
	bundleEntries = 4096
	bundleFile    = 2 << 20  // of one file, the index too
	bundleBytes   = 64 << 20 // of all files, and of a zip
)

// A Bundle is a piece of the web in a file: documents by address, read whole
// when it is opened, so that nothing can change under a verification.
type Bundle struct {
	documents Map
}

// OpenBundle reads a bundle: a JSON file {"serve":[{"url","file","media_type"}]}
// whose paths are relative to it, or a folder or zip that holds such a file
// under the name bundle.json. A path that leaves the folder or the zip, by
// name or by a symbolic link, is refused. The error is a sentence about the bundle.
func OpenBundle(name string) (*Bundle, error) {
	b, err := openBundle(name)
	if err != nil {
		return nil, fmt.Errorf("the bundle %s cannot be used: %w", name, err)
	}
	return b, nil
}

func openBundle(name string) (*Bundle, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such file or folder")
	case err != nil:
		return nil, err
	case info.IsDir():
		return openFolder(name, bundleIndex)
	case info.Size() > bundleBytes:
		return nil, fmt.Errorf("it is larger than %d MiB", bundleBytes>>20)
	}
	if !startsWith(name, "PK") {
		return openFolder(filepath.Dir(name), filepath.Base(name))
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("it begins like a zip and is none: %w", err)
	}
	defer z.Close()
	return readBundle(z, bundleIndex)
}

// startsWith tells a zip from JSON by the first bytes; a file that cannot be
// read is reported by whoever reads it next.
func startsWith(name, magic string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	b := make([]byte, len(magic))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == magic
}

func openFolder(dir, index string) (*Bundle, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return readBundle(root.FS(), index)
}

// A bundleEntry is one served document.
type bundleEntry struct{ url, file, mediaType string }

func readBundle(files fs.FS, index string) (*Bundle, error) {
	text, err := readFile(files, index, bundleFile)
	if err != nil {
		return nil, err
	}
	entries, err := parseBundle(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", index, err)
	}
	documents := make(Map, len(entries))
	left := int64(bundleBytes)
	for i, e := range entries {
		if !fs.ValidPath(e.file) {
			return nil, fmt.Errorf("entry %d: %q is not a path inside the bundle", i+1, e.file)
		}
		b, err := readFile(files, path.Clean(e.file), min(bundleFile, left))
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		left -= int64(len(b))
		url := withoutFragment(e.url)
		if _, twice := documents[url]; twice {
			return nil, fmt.Errorf("entry %d: %s is served twice", i+1, clip(url))
		}
		documents[url] = Document{Bytes: b, MediaType: e.mediaType}
	}
	return &Bundle{documents}, nil
}

func readFile(files fs.FS, name string, most int64) ([]byte, error) {
	f, err := files.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("it has no file %s", name)
	case err != nil:
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	case int64(len(b)) > most:
		return nil, fmt.Errorf("%s is larger than the %d bytes that are left for it", name, most)
	}
	return b, nil
}

// parseBundle reads the index. Names are matched exactly, other members are
// left alone.
func parseBundle(text []byte) ([]bundleEntry, error) {
	var top map[string]json.RawMessage
	var serve []map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, errors.New("it is not a JSON object")
	}
	if err := json.Unmarshal(top["serve"], &serve); err != nil || serve == nil {
		return nil, errors.New(`it has no list "serve" of objects`)
	}
	if len(serve) > bundleEntries {
		return nil, fmt.Errorf("it serves more than %d addresses", bundleEntries)
	}
	entries := make([]bundleEntry, len(serve))
	for i, object := range serve {
		e := &entries[i]
		for name, into := range map[string]*string{"url": &e.url, "file": &e.file, "media_type": &e.mediaType} {
			raw, there := object[name]
			if !there && name == "media_type" {
				continue
			}
			if err := json.Unmarshal(raw, into); err != nil || *into == "" {
				return nil, fmt.Errorf("entry %d: %q is not a text", i+1, name)
			}
		}
		if t, _, err := mime.ParseMediaType(e.mediaType); err == nil {
			e.mediaType = strings.ToLower(t)
		}
	}
	return entries, nil
}

// Get implements [Source]. A document larger than the purpose allows is
// unreachable, as it would be on the network.
func (b *Bundle) Get(ctx context.Context, p Purpose, url string) (Document, error) {
	doc, err := b.documents.Get(ctx, p, url)
	if most := purposes[p].bytes; err == nil && int64(len(doc.Bytes)) > most {
		return Document{}, &UnreachableError{URL: url, Host: hostOf(url), Reason: "too-large", Limit: "fetch.bytes", Max: most}
	}
	return doc, err
}

// URLs returns the addresses that the bundle answers, in no order.
func (b *Bundle) URLs() []string {
	urls := make([]string, 0, len(b.documents))
	for u := range b.documents {
		urls = append(urls, u)
	}
	return urls
}
