package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/internal/web"
	"merkki/issuer"
)

// working has batches worked through until the test ends.
func (s *site) working(t testing.TB) {
	t.Helper()
	c, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { s.WorkBatches(c); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
}

// batch sends a file and returns the batch as it ended.
func (s *site) batch(t testing.TB, order string, file []byte) issuer.Batch {
	t.Helper()
	w := call(s.web.Local(), web.WithActor(ctx, local), "POST", "/api/v1/batches?"+order, string(file), "Content-Type: text/csv")
	if w.Code != http.StatusAccepted {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	id := object(t, w)["id"].(string)
	for {
		news := s.BatchNews()
		b, err := s.Batch(ctx, local, id)
		must(t, err)
		if b.State.Final() {
			return b
		}
		select {
		case <-news:
		case <-time.After(time.Minute):
			t.Fatalf("a minute without news: %+v", b)
		}
	}
}

// TestBulkAttacks imports every file of the attack sample's class and holds
// what comes of its rows, and of every table that we write, against the index.
func TestBulkAttacks(t *testing.T) {
	index, err := os.Open(filepath.Join(judge.Root(), "testdata", "attacks", "index.jsonl"))
	must(t, err)
	defer index.Close()
	g := newSite(t, "Example University", "en", false)
	g.add(t, strings.Replace(energy, `"EN.512"`, `"7"`, 1), false)
	g.working(t)
	n := 0
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var row struct {
			Path, Op, Class string
			Rows            struct {
				Issued, Duplicates int
				Rejected           []struct {
					Row  int
					Code string
				}
			}
		}
		must(t, json.Unmarshal(lines.Bytes(), &row))
		if row.Op != "import" {
			continue
		}
		n++
		file, err := os.ReadFile(filepath.Join(judge.Root(), "testdata", "attacks", row.Path))
		must(t, err)
		b := g.batch(t, "", file)
		if b.Counts[issuer.RowIssued] != row.Rows.Issued || b.Counts[issuer.RowDuplicate] != row.Rows.Duplicates {
			t.Errorf("%s: %v, want %d issued and %d duplicates", row.Path, b.Counts, row.Rows.Issued, row.Rows.Duplicates)
		}
		codes := map[int]string{}
		must(t, g.BatchResults(ctx, local, b.ID, func(r issuer.RowResult) error {
			if r.Outcome == issuer.RowRejected {
				codes[r.Row] = string(r.Faults[0].Code)
			}
			return nil
		}))
		if len(codes) != len(row.Rows.Rejected) {
			t.Errorf("%s: rejected are %v, want %v", row.Path, codes, row.Rows.Rejected)
		}
		for _, want := range row.Rows.Rejected {
			if codes[want.Row] != want.Code {
				t.Errorf("%s, row %d: %q, want %s", row.Path, want.Row, codes[want.Row], want.Code)
			}
		}
		for _, table := range []string{"result.csv", "rejects.csv"} {
			inert(t, g.tell("GET", "/api/v1/batches/"+b.ID+"/"+table, "").Body.Bytes())
		}
	}
	if n == 0 {
		t.Error("the index has no file to import")
	}
}

// inert fails if a cell of a table begins like a formula.
func inert(t testing.TB, table []byte) {
	t.Helper()
	cells, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(table, []byte("\ufeff")))).ReadAll()
	must(t, err)
	for _, row := range cells {
		for _, c := range row {
			if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
				t.Errorf("a cell begins like a formula: %q", c)
			}
		}
	}
}

// TestRejectsGoBack corrects the rows that were rejected in the table that the
// service gives out, and sends it again.
func TestRejectsGoBack(t *testing.T) {
	g := newSite(t, "Example University", "en", false)
	a := g.add(t, energy, false)
	g.working(t)
	b := g.batch(t, "achievement="+a.ID, []byte("Nimi;Sähköposti;Suoritettu\n=Aino;aino@;12.5.2026\nBjörn Ek;bjorn@example.org;2026-05-12\n"))
	if b.Counts[issuer.RowIssued] != 1 || b.Counts[issuer.RowRejected] != 1 {
		t.Fatalf("%+v", b.Counts)
	}
	table := g.tell("GET", "/api/v1/batches/"+b.ID+"/rejects.csv", "").Body.String()
	if !strings.Contains(table, "'=Aino,aino@,12.5.2026,") {
		t.Errorf("rejects: %q", table)
	}
	b = g.batch(t, "achievement="+a.ID, []byte(strings.Replace(table, "aino@", "aino@example.org", 1)))
	if b.Rows != 1 || b.Counts[issuer.RowIssued] != 1 {
		t.Fatalf("%+v", b)
	}
	must(t, g.BatchResults(ctx, local, b.ID, func(r issuer.RowResult) error {
		made, err := g.Get(ctx, r.ID)
		if err == nil && made.Recipient.Name != "=Aino" {
			t.Errorf("issued to %q", made.Recipient.Name)
		}
		return err
	}))
}

// TestBatchEvents reads progress over a connection, up to its end.
func TestBatchEvents(t *testing.T) {
	g := newSite(t, "Example University", "en", false)
	a := g.add(t, energy, false)
	var file strings.Builder
	file.WriteString("name,email\n")
	for n := range 40 {
		fmt.Fprintf(&file, "Learner %d,l%d@example.org\n", n, n)
	}
	srv := httptest.NewServer(watched(withOwner(g.web.Local())))
	defer srv.Close()
	resp, err := http.Post(srv.URL+"/api/v1/batches?achievement="+a.ID, "text/csv", strings.NewReader(file.String()))
	must(t, err)
	resp.Body.Close()
	events, err := http.Get(srv.URL + resp.Header.Get("Location") + "/events")
	must(t, err)
	defer events.Body.Close()
	lines := bufio.NewScanner(events.Body)
	if lines.Scan(); lines.Text() != "event: progress" {
		t.Fatalf("it begins with %q", lines.Text())
	}
	g.working(t) // only now: a batch that waits says so
	last := ""
	for lines.Scan() {
		if lines.Text() != "" {
			last = lines.Text()
		}
	}
	if !strings.Contains(last, `"state":"done"`) || !strings.Contains(last, `"issued":40`) {
		t.Errorf("it ends with %q", last)
	}
}

// TestBatchForm sends a file as browsers do.
func TestBatchForm(t *testing.T) {
	g := newSite(t, "Example University", "en", false)
	a := g.add(t, energy, false)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"achievement", a.ID}, {"dryRun", "true"}, {"map", "Oppija nro=-"}} {
		must(t, m.WriteField(field[0], field[1]))
	}
	f, err := m.CreateFormFile("file", "../../x.csv")
	must(t, err)
	_, err = io.WriteString(f, "Nimi;Sähköposti;Oppija nro\nAino;aino@example.org;12\n")
	must(t, err)
	must(t, m.Close())
	send := func(body string) *httptest.ResponseRecorder {
		return call(g.web.Local(), web.WithActor(ctx, local), "POST", "/api/v1/batches", body, "Content-Type: "+m.FormDataContentType())
	}
	if w := send(body.String()); w.Code != http.StatusAccepted || !strings.Contains(w.Body.String(), `"dryRun":true`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	for name, body := range map[string]string{"no file": "--" + m.Boundary() + "--\r\n", "torn": body.String()[:200], "nothing": ""} {
		if w := send(body); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestBatchFileSize: a file over the limit is refused while it is read.
func TestBatchFileSize(t *testing.T) {
	g := newSite(t, "Example University", "en", false)
	for _, headers := range [][]string{{"Content-Type: text/csv"}, {"Content-Type: multipart/form-data; boundary=x"}} {
		body := "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n" + strings.Repeat("A", 21<<20)
		w := call(g.web.Local(), web.WithActor(ctx, local), "POST", "/api/v1/batches", body, headers...)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%q: %d %s", headers, w.Code, w.Body)
		}
	}
}
