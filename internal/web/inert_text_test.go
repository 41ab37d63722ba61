package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/internal/mail"
	"merkki/internal/mail/mailtest"
	"merkki/issuer"
)

// hostileTexts act when they are put into a page as they are. Those of the attack
// corpus are verified beside them.
var hostileTexts = map[string]string{
	"script":  `<script>window.ran=1</script>`,
	"onerror": `"'><img src=x onerror="window.ran=1">`,
	"svg":     `</textarea></title><svg onload="window.ran=1">`,
	"picture": `<img src="https://evil.example/p.png">`,
	"style":   `<style>@import url(https://evil.example/s.css);</style>`,
	"frame":   `<iframe src="https://evil.example/"></iframe>`,
	"refresh": `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
	"base":    `<base href="https://evil.example/"><img src="q.png">`,
}

// hostileMarkdown is for criteria, which are Markdown.
const hostileMarkdown = "[go](javascript:window.ran=1) [go](java&#115;cript:window.ran=1) [go](data:text/html,%3Cscript%3Ewindow.ran=1%3C/script%3E)\n\n" +
	"![pixel](https://evil.example/m.png)\n\n<https://evil.example/auto>\n\n[r]: https://evil.example/ref\n\n"

// TestTextsAreInert: hostile texts act in Chromium where they stand in a page as
// they are, and do nothing on any page, picture, card, mail or result that carries
// them, even where no content security policy would help.
func TestTextsAreInert(t *testing.T) {
	port, taken := mailtest.Relay(t, "plain")
	post := &mail.Post{Relay: mail.Relay{Host: "127.0.0.1", Port: port, Plain: true}, From: "badges@example.fi", BaseURL: base}
	var all strings.Builder
	for _, s := range hostileTexts {
		all.WriteString(s)
	}
	g := newSite(t, "School "+hostileTexts["script"]+hostileTexts["onerror"], "en", false)
	mux := http.NewServeMux()
	var raw, shown []map[string]string
	bare := func(list *[]map[string]string, name, content string) { // without the headers that protect it
		path := "/bare/" + name
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(content))
		})
		*list = append(*list, map[string]string{"name": name, "path": path})
	}
	for name, s := range hostileTexts {
		bare(&raw, "raw-"+name, "<!doctype html><title>"+name+"</title><body>"+s)
	}
	def, err := json.Marshal(map[string]any{"id": "urn:example:hostile", "type": []string{"Achievement"}, "name": all.String(), "description": all.String(),
		"humanCode": all.String(), "fieldOfStudy": all.String(), "tag": []string{all.String()},
		"criteria":  map[string]string{"narrative": hostileMarkdown + all.String()},
		"alignment": []map[string]any{{"type": []string{"Alignment"}, "targetName": all.String(), "targetUrl": "https://evil.example/target"}}})
	must(t, err)
	a := g.add(t, string(def), false)
	r := g.award(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: all.String()[:min(200, all.Len())], Email: "e@example.org"}, Narrative: hostileMarkdown + all.String(), Mail: true})
	_, err = g.Deliver(ctx, post)
	must(t, err)
	select {
	case m := <-taken:
		_, _, html := mailtest.Read(t, m)
		bare(&shown, "mail", html)
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
	}
	cookie, _ := g.session(t, "e@example.org")
	for name, path := range map[string]string{"credential": "/c/" + r.ID, "card": "/c/" + r.ID + ".card.html", "achievement": "/a/" + a.ID, "catalogue": "/a",
		"issuer": "/i/" + g.inst.ID, "home": "/", "mine": "/my/" + r.ID, "my": "/my", "nowhere": "/nowhere/%3Cscript%3Ewindow.ran=1%3C/script%3E"} {
		w := g.call("GET", path, "", "Accept: text/html", "Cookie: "+cookie)
		bare(&shown, name, w.Body.String())
		if !strings.HasPrefix(path, "/my") {
			shown = append(shown, map[string]string{"name": name + ", as it is served", "path": path})
		}
	}
	for _, form := range []string{".svg", ".png", ".preview.png", ".qr.svg"} {
		shown = append(shown, map[string]string{"name": form, "path": "/c/" + r.ID + form})
	}
	bare(&shown, "result", g.call("POST", "/verify", string(r.Credential), "Accept: text/html").Body.String())
	files, err := filepath.Glob(filepath.Join(judge.Root(), "testdata", "attacks", "content", "*"))
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		g.pass(time.Minute)
		bare(&shown, filepath.Base(f), g.call("POST", "/verify", string(b), "Accept: text/html").Body.String())
	}
	paperIsInert(t, g, r)
	mux.Handle("/", g.web.Public())
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for _, a := range act(t, srv.URL, raw) {
		if !a.any() {
			t.Errorf("%s: does nothing where it stands as it is, so it proves nothing", a.Name)
		}
	}
	for _, a := range act(t, srv.URL, shown) {
		if a.any() {
			t.Errorf("%+v", a)
		}
	}
}

// paperIsInert asks poppler for what could act in a certificate: scripts, and links
// other than to the credential itself.
func paperIsInert(t *testing.T, g *site, r issuer.Record) {
	t.Helper()
	paper := filepath.Join(t.TempDir(), "paper.pdf")
	must(t, os.WriteFile(paper, g.call("GET", "/c/"+r.ID+".pdf", "").Body.Bytes(), 0o600))
	pdfinfo := judge.Command(t, "pdfinfo", "Debian package poppler-utils")
	for _, what := range []string{"-js", "-url"} {
		out, err := exec.Command(pdfinfo, what, paper).CombinedOutput()
		must(t, err)
		if s := string(out); strings.Contains(s, "evil.example") || strings.Contains(s, "window.ran") {
			t.Errorf("pdfinfo %s: %s", what, s)
		}
	}
}
