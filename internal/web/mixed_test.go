package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/internal/judge"
	"merkki/internal/many"
	"merkki/internal/web"
	"merkki/issuer"
	"merkki/keys/did"
	"merkki/verifier"
)

// serve is the web of a site with a client of its own, the real one, in a world
// without names: every address outside is dead.
func serve(t testing.TB, s *site, log *slog.Logger, known ...fetch.Source) *web.Server {
	t.Helper()
	nowhere := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }}
	source := fetch.NewStack(fetch.Rules{}, append(known, fetch.New(fetch.Config{Outside: fetch.Outside{Names: nowhere}}))...)
	w, err := web.New(web.Config{
		Service: s.Service, Source: source, BaseURL: base, Lang: "en", Now: s.clock, Log: log,
		Verifier: func(context.Context) (*verifier.Verifier, error) {
			return s.Service.Verifier(did.New(did.FromSource(source)), verifier.FromSource(source), s.trust), nil
		},
	})
	must(t, err)
	return w
}

func hasText(key string) bool { return i18n.New("en").Has(key) }

func keysUnder(prefix string) (all []string) {
	for _, k := range i18n.Keys() {
		if strings.HasPrefix(k, prefix) {
			all = append(all, k)
		}
	}
	return all
}

// TestMixedInputs: what 200 applicants may send, all at once: badges of others,
// attacks, diplomas of Europass, PDFs without a credential, dead links. Every line
// has a sentence and a next step in three languages, and none is without a
// reason; the long form is all of it, within a minute.
func TestMixedInputs(t *testing.T) {
	n := 60
	if long() {
		n = 200
	}
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	r := s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
	d := desk{serve(t, s, slog.New(slog.DiscardHandler), servedBadges(t))}
	f := mixed(t, n, r)
	began := time.Now()
	id, lines := d.table(t, f)
	took := time.Since(began)
	t.Logf("%d inputs in %.1f s", len(lines), took.Seconds())
	if long() && took > time.Minute {
		t.Errorf("%d inputs took %s", len(lines), took)
	}
	if len(lines) != n {
		t.Fatalf("%d lines for %d inputs", len(lines), n)
	}
	count := map[string]int{}
	for _, lang := range i18n.Languages {
		for _, l := range d.lines(t, id, lang) {
			count[l.Verdict]++
			for what, text := range map[string]string{"sentence": l.Sentence, "reason": l.Reason, "next step": l.Next} {
				if strings.TrimSpace(text) == "" || strings.Contains(text, "⟪") {
					t.Errorf("%s: %s (%s) has no %s: %q", lang, l.Name, l.Verdict, what, text)
				}
			}
		}
	}
	t.Logf("valid %d, invalid %d, cannot tell %d", count["valid"]/3, count["invalid"]/3, count["indeterminate"]/3)
	for _, verdict := range []string{"valid", "invalid", "indeterminate"} {
		if count[verdict] == 0 {
			t.Errorf("no line is %s: the mixture is none", verdict)
		}
	}
	page := d.get("/verify/jobs/"+id, "Accept: text/html", "Accept-Language: fi").Body.String()
	if strings.Count(page, `<tr role="row" class=`) != n || strings.Contains(page, "<script") {
		t.Errorf("the page has %d lines", strings.Count(page, `<tr role="row" class=`))
	}
}

// servedBadges are the key documents that the reference badges need.
func servedBadges(t testing.TB) fetch.Source {
	t.Helper()
	var index struct {
		Serve []struct {
			URL, File string
			MediaType string `json:"media_type"`
		}
	}
	b, err := os.ReadFile(judge.Data(t, "openbadges", "index.json"))
	must(t, err)
	must(t, json.Unmarshal(b, &index))
	known := fetch.Map{}
	for _, one := range index.Serve {
		b, err := os.ReadFile(judge.Data(t, "openbadges", one.File))
		must(t, err)
		known[one.URL] = fetch.Document{Bytes: b, MediaType: one.MediaType}
	}
	return known
}

// mixed is a list of n inputs: a third of them links, of which most are dead.
func mixed(t testing.TB, n int, own issuer.Record) (f sent) {
	t.Helper()
	var pool []many.File
	for _, folder := range []string{"openbadges", "elm", "attacks"} {
		root := judge.Data(t, folder)
		must(t, filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() || info.Size() == 0 || info.Size() > 1<<20 {
				return err
			}
			switch filepath.Ext(path) {
			case ".json", ".jsonld", ".jwt", ".jwe", ".png", ".svg", ".xml", ".pdf":
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				name, _ := filepath.Rel(root, path)
				pool = append(pool, many.File{Name: folder + "-" + strings.ReplaceAll(name, "/", "-"), Bytes: b})
			}
			return nil
		}))
	}
	links := []string{"Aino Virtanen," + own.URL}
	for i := range n/6 - 1 {
		links = append(links, fmt.Sprintf("Applicant %d,https://gone-%d.example/badge", i, i))
	}
	for i := range n / 20 {
		f.files = append(f.files, many.File{Name: fmt.Sprintf("scan-%d.pdf", i), Bytes: plainPDF})
	}
	f.files = append(f.files, many.File{Name: "own.json", Bytes: own.Credential})
	rest := n - len(links) - len(f.files)
	if rest > len(pool) {
		t.Fatalf("the data have %d inputs, %d are needed", len(pool), rest)
	}
	for i := range rest { // from all over the pool
		f.files = append(f.files, pool[i*len(pool)/rest])
	}
	f.fields = map[string]string{"text": strings.Join(links, "\n")}
	return f
}

// plainPDF is a page with nothing attached (ISO 32000-2, 7.5).
var plainPDF = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n" +
	"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n")
