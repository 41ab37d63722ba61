package web_test

import (
	"bytes"
	"encoding/json"
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

// A stride is one step of a walk; testdata/browser/walk.mjs says which there are.
type stride map[string]string

// A walk is a way through pages, as somebody goes it in Chromium.
type walk struct {
	Width   int      `json:"width"`
	Lang    string   `json:"lang"`
	Script  bool     `json:"script"`
	Dark    bool     `json:"dark"`
	Allowed []string `json:"allowed"`
	Steps   []stride `json:"steps"`
}

// A walked is what came of it.
type walked struct {
	Clicks  int
	Foreign []string
	URL     string
}

// walk goes, and fails at a step that cannot be taken, or when a page asked
// anybody else for anything.
func (w walk) walk(t *testing.T) walked {
	t.Helper()
	folder := filepath.Join(judge.Root(), "testdata", "browser")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core")); err != nil {
		judge.Skip(t, "testdata/browser has no packages (npm ci there)")
	}
	task, err := json.Marshal(struct {
		Executable string `json:"executable"`
		walk
	}{judge.Command(t, "chromium", "Debian package chromium"), w})
	must(t, err)
	cmd := exec.Command(judge.Command(t, "node", "Debian package nodejs"), "walk.mjs")
	var said bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = folder, bytes.NewReader(task), &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var got walked
	must(t, json.Unmarshal(out, &got))
	if len(got.Foreign) > 0 {
		t.Errorf("asked elsewhere: %v", got.Foreign)
	}
	return got
}

// TestLearnerWalks goes the ways of a learner with mails that went through a real
// SMTP server: from the mail to the certificate in two clicks, from a lost mail
// to the own page in three, with and without script, by mouse and by keyboard; and
// a link that was used says so and shows the way back.
func TestLearnerWalks(t *testing.T) {
	port, taken := mailtest.Relay(t, "plain")
	post := &mail.Post{Relay: mail.Relay{Host: "127.0.0.1", Port: port, Plain: true}, From: "badges@example.fi", BaseURL: base}
	s := newSite(t, "Example University", "en", false)
	a := s.add(t, energy, false)
	srv := httptest.NewServer(watched(s.web.Public()))
	defer srv.Close()
	mailbox := t.TempDir()
	// received is the HTML of the next mail, as a file that the browser opens. Its
	// links lead to this test's server.
	received := func() string {
		t.Helper()
		s.web.Wait()
		_, err := s.Deliver(ctx, post)
		must(t, err)
		select {
		case m := <-taken:
			_, _, html := mailtest.Read(t, m)
			path := filepath.Join(mailbox, "mail.html")
			must(t, os.WriteFile(path, []byte(strings.ReplaceAll(html, base, srv.URL)), 0o600))
			return "file://" + path
		case <-time.After(10 * time.Second):
			t.Fatal("no mail came")
		}
		return ""
	}
	for _, how := range []walk{{Width: 390, Lang: "en"}, {Width: 1280, Lang: "en", Script: true, Dark: true}} {
		how.Allowed = []string{srv.URL + "/", "file://" + mailbox}
		press := "click"
		if how.Script {
			press = "enter" // by keyboard alone
		}
		s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino, Mail: true})
		letter := received()
		toPDF := how
		toPDF.Steps = []stride{{"open": letter}, {"click": `a[href*="/claim/"]`}, {"see": "Aino Virtanen"}, {"file": `button[value="pdf"]`, "ends": ".pdf"}}
		if got := toPDF.walk(t); got.Clicks > 2 {
			t.Errorf("%d px: %d clicks from the mail to the certificate", how.Width, got.Clicks)
		}
		again := how
		again.Steps = []stride{{"open": letter}, {press: `a[href*="/claim/"]`}, {"see": "does not work any more"}, {press: `a[href="/my/link"]`}, {"see": "The way to your page"}}
		again.walk(t)

		s.pass(10 * time.Minute)
		ask := how
		ask.Steps = []stride{{"open": srv.URL + "/my/link"}, {"fill": "#email", "with": aino.Email}, {press: `form[action="/my/link"] button`}, {"see": "on its way"}}
		asked := ask.walk(t)
		home := how
		home.Steps = []stride{{"open": received()}, {press: `a[href*="/claim/"]`}, {press: `form.go button[value="page"]`}, {"see": "My credentials"}, {"see": "Data Analytics for Energy Systems"}}
		arrived := home.walk(t)
		if n := asked.Clicks + arrived.Clicks; n > 3 || arrived.URL != srv.URL+"/my" {
			t.Errorf("%d px: %d clicks from a lost mail to %s", how.Width, n, arrived.URL)
		}

		s.pass(10 * time.Minute)
		must(t, s.RequestLink(ctx, aino.Email, "en"))
		rest := how
		rest.Steps = []stride{{"open": received()}, {press: `a[href*="/claim/"]`}, {press: `form.go button[value="page"]`},
			{"file": `a[href="/my/all.zip"]`, "ends": "/my/all.zip"},
			{press: `button[value="stop"]`}, {"see": "Send me mail again"}, {press: `button[value="start"]`}, {"see": "Stop mail"},
			{press: `form[action="/my/leave"] button`}, {"open": srv.URL + "/my"}, {"see": "The way to your page"}, {"miss": "Data Analytics"}}
		rest.walk(t)
	}
}
