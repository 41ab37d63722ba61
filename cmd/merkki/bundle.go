package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"merkki/internal/web"
)

// A served is one entry of bundle.json and the bytes behind it.
type served struct {
	URL       string `json:"url"`
	File      string `json:"file"`
	MediaType string `json:"media_type"`
	bytes     []byte
}

// get asks the service for one of its public addresses.
func (d *demo) get(ctx context.Context, address, accept string) ([]byte, error) {
	path, _, _ := strings.Cut(strings.TrimPrefix(address, demoBase), "?") // a version, for those who keep copies
	return d.client.raw(ctx, request{method: "GET", path: path, headers: map[string]string{"Accept": accept}})
}

// collect asks the service for everything a verifier outside would ask for.
func (d *demo) collect(ctx context.Context) error {
	add := func(url, file, mediaType string) ([]byte, error) {
		b, err := d.get(ctx, url, mediaType)
		if err == nil {
			d.served = append(d.served, served{url, file, mediaType, b})
		}
		return b, err
	}
	if _, err := add(demoBase+"/.well-known/did.json", "did.json", "application/did+json"); err != nil {
		return err
	}
	lists := map[string]bool{}
	for _, s := range d.shown {
		b, err := add(s.url, s.name+".json", "application/vc")
		if err != nil {
			return err
		}
		s.credential = b
		for _, url := range statusLists(b) {
			if lists[url] {
				continue
			}
			lists[url] = true
			if _, err := add(url, "status-"+url[strings.LastIndexByte(url, '/')+1:]+".json", "application/vc"); err != nil {
				return err
			}
		}
	}
	return nil
}

// statusLists returns the addresses of the lists of a credential of our own.
func statusLists(credential []byte) []string {
	var c struct {
		CredentialStatus json.RawMessage `json:"credentialStatus"`
	}
	type entry struct {
		StatusListCredential string `json:"statusListCredential"`
	}
	var many []entry
	var one entry
	if json.Unmarshal(credential, &c) != nil {
		return nil
	}
	if json.Unmarshal(c.CredentialStatus, &many) != nil && json.Unmarshal(c.CredentialStatus, &one) == nil {
		many = []entry{one}
	}
	var urls []string
	for _, e := range many {
		urls = append(urls, e.StatusListCredential)
	}
	return urls
}

// trustList is the demo's issuer as a reader would list it.
func (d *demo) trustList() ([]byte, error) {
	return json.MarshalIndent([]any{map[string]any{"issuer": d.issuer.DID, "name": d.issuer.Name, "test": true}}, "", "  ")
}

// shownAs are the forms in which the demo writes each credential besides the
// document, by the suffix of its address.
var shownAs = map[string]struct{ accept, name string }{
	".html":   {"text/html", ".html"},
	".qr.svg": {"image/svg+xml", ".qr.svg"},
	".qr.png": {"image/png", ".qr.png"},
	".pdf":    {"application/pdf", ".pdf"},
	".png":    {"image/png", ".baked.png"},
	".svg":    {"image/svg+xml", ".baked.svg"},
}

// write puts everything into a folder: the credentials with page, certificate,
// badge and QR codes, the trust list, and the bundle.
func (d *demo) write(ctx context.Context, out string) error {
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, s := range d.served {
		files[s.File] = s.bytes
	}
	for _, s := range d.shown {
		for suffix, as := range shownAs {
			b, err := d.get(ctx, s.url+suffix, as.accept)
			if err != nil {
				return err
			}
			if suffix == ".html" {
				b = web.Standalone(b, func(path string) ([]byte, error) { return d.get(ctx, demoBase+path, "*/*") })
			}
			files[s.name+as.name] = b
		}
	}
	var err error
	if files["trust.json"], err = d.trustList(); err != nil {
		return err
	}
	if files["bundle.json"], err = json.MarshalIndent(map[string]any{"serve": d.served}, "", "  "); err != nil {
		return err
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(out, name), b, 0o644); err != nil {
			return exit(exitIO, "%w", err)
		}
	}
	return nil
}
