package web_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/issuer"
)

// An acted is what acted on a page.
type acted struct {
	Name    string
	Status  int
	Dialogs int
	Ran     bool
	Foreign []string
}

func (a acted) any() bool { return a.Dialogs > 0 || a.Ran || len(a.Foreign) > 0 }

// hostilePictures are drawings that act in a browser that opens them as they are.
var hostilePictures = map[string]string{
	"script":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>window.ran=1</script><rect width="9" height="9"/></svg>`,
	"onload":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="window.ran=1"><rect width="9" height="9"/></svg>`,
	"onclick":  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" onclick="window.ran=1"/></svg>`,
	"dialog":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script><![CDATA[alert(1)]]></script></svg>`,
	"image":    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="https://evil.example/i.png" width="9" height="9"/></svg>`,
	"import":   `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>@import url(https://evil.example/s.css);</style><rect width="9" height="9"/></svg>`,
	"font":     `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>@font-face{font-family:x;src:url(https://evil.example/f.woff2)} text{font-family:x}</style><text>a</text></svg>`,
	"foreign":  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example/h.png"/></foreignObject></svg>`,
	"animated": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><animate onbegin="window.ran=1" attributeName="x" dur="1s"/><rect width="9" height="9"/></svg>`,
	"link":     `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><a href="javascript:window.ran=1"><rect width="9" height="9"/></a></svg>`,
}

// TestPicturesAreInert: hostile drawings act in Chromium as they were sent, and do
// nothing at any address where they are served or shown once they were taken.
func TestPicturesAreInert(t *testing.T) {
	g := newSite(t, "School", "en", false)
	mux := http.NewServeMux()
	mux.Handle("/", g.web.Public())
	var raw, taken []map[string]string
	show := func(list *[]map[string]string, name, path string) {
		*list = append(*list, map[string]string{"name": name + " " + path, "path": path})
	}
	pictures := map[string][]byte{}
	for name, s := range hostilePictures {
		pictures[name] = []byte(s)
		mux.HandleFunc("/raw/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = w.Write([]byte(s))
		})
		show(&raw, name, "/raw/"+name)
	}
	for _, glob := range []string{"svg/*.svg", "png/*.png", "baseline/*.png", "baseline/*.svg"} {
		files, err := filepath.Glob(filepath.Join(judge.Root(), "testdata", "attacks", glob))
		must(t, err)
		for _, f := range files {
			b, err := os.ReadFile(f)
			must(t, err)
			pictures[filepath.Base(f)] = b
		}
	}
	refused := 0
	for name, b := range pictures {
		body, err := json.Marshal(map[string]any{"image": b, "achievement": map[string]any{"id": "urn:x", "type": []string{"Achievement"},
			"name": name, "description": "Hostile.", "criteria": map[string]string{"narrative": "None."}}})
		must(t, err)
		w := g.tell("POST", "/api/v1/achievements", string(body))
		if w.Code == 422 {
			refused++
			continue
		}
		var a struct{ ID string }
		must(t, json.Unmarshal(w.Body.Bytes(), &a))
		look, err := json.Marshal(map[string]string{"logo": base64.StdEncoding.EncodeToString(b)})
		must(t, err)
		if w := g.tell("PATCH", "/api/v1/issuers/"+g.inst.ID, string(look)); w.Code != 200 {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		r := g.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
		show(&taken, name, "/a/"+a.ID+"/v1/image")
		if hostilePictures[name] != "" {
			show(&taken, name, "/c/"+r.ID+".svg")
		}
		if name == "image" { // pages show it as every other
			show(&taken, name, "/c/"+r.ID+".html")
			show(&taken, name, "/c/"+r.ID+".png")
			show(&taken, name, "/a/"+a.ID)
			show(&taken, name, "/i/"+g.inst.ID+"/logo")
		}
	}
	for _, path := range []string{"/i/" + g.inst.ID, "/a"} { // with all of them
		show(&taken, "all", path)
	}
	if refused < 2 || len(taken) < 2*len(hostilePictures) {
		t.Errorf("%d pictures were refused, %d addresses are left", refused, len(taken))
	}
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for _, a := range act(t, srv.URL, raw) {
		if !a.any() {
			t.Errorf("%s: does nothing where it is sent as it is, so it proves nothing", a.Name)
		}
	}
	for _, a := range act(t, srv.URL, taken) {
		if a.any() || a.Status != 200 {
			t.Errorf("%+v", a)
		}
	}
}

// act opens pages in Chromium.
func act(t *testing.T, base string, pages []map[string]string) (all []acted) {
	t.Helper()
	node, chromium := judge.Command(t, "node", "Debian package nodejs"), judge.Command(t, "chromium", "Debian package chromium")
	folder := filepath.Join(judge.Root(), "testdata", "browser")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core")); err != nil {
		judge.Skip(t, "testdata/browser has no packages (npm ci there)")
	}
	task, err := json.Marshal(map[string]any{"executable": chromium, "base": base, "pages": pages})
	must(t, err)
	cmd := exec.Command(node, "inert.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = folder, bytes.NewReader(task), os.Stderr
	b, err := cmd.Output()
	must(t, err)
	for lines := bufio.NewScanner(strings.NewReader(string(b))); lines.Scan(); {
		var a acted
		must(t, json.Unmarshal(lines.Bytes(), &a))
		all = append(all, a)
	}
	if len(all) != len(pages) {
		t.Fatalf("Chromium opened %d of %d pages", len(all), len(pages))
	}
	return all
}
