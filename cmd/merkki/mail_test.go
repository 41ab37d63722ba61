package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"merkki/internal/mail/mailtest"
)

const mailAchievement = `{"id":"urn:example:welding","type":["Achievement"],"name":"Welding basics","description":"Joining steel safely.","criteria":{"narrative":"Pass the practical test."}}`

// A place is a directory with an environment, in which commands are run.
type place struct {
	t   *testing.T
	env map[string]string
}

// run runs a command and returns what it printed; it fails unless the exit status
// is the one that is wanted.
func (p place) run(status int, args ...string) string {
	p.t.Helper()
	out, errs, got := p.start(context.Background(), args...)
	if got != status {
		p.t.Fatalf("merkki %s ends with %d, want %d: %s", strings.Join(args, " "), got, status, errs)
	}
	return out + errs
}

func (p place) start(ctx context.Context, args ...string) (out, errs string, status int) {
	prog, o, e := newProgram()
	prog.Getenv = func(k string) (string, bool) { v, ok := p.env[k]; return v, ok }
	prog.Environ = func() []string { return nil }
	status = prog.run(ctx, args)
	return o.String(), e.String(), status
}

// TestMailLeaves: a mail is queued by a command while nothing runs, leaves through
// a real relay once a server does, its link opens the learner's page once, and the
// lists say what became of it.
func TestMailLeaves(t *testing.T) {
	port, mails := mailtest.Relay(t, "plain", "the-relay's-password")
	dir := filepath.Join(t.TempDir(), "d")
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte("the-relay's-password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := place{t, map[string]string{"MERKKI_DIR": dir, "MERKKI_PASSPHRASE": "correct horse battery"}}
	p.run(exitOK, "init", "--base-url", "https://badges.example", "--name", "Example School")
	definition := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(definition, []byte(mailAchievement), 0o600); err != nil {
		t.Fatal(err)
	}
	var a struct{ ID string }
	if err := json.Unmarshal([]byte(p.run(exitOK, "achievements", "add", definition, "--json")), &a); err != nil {
		t.Fatal(err)
	}
	issue := []string{"issue", "--achievement", a.ID, "--name", "Aino", "--email", "aino@example.org", "--mail", "--json"}
	if said := p.run(exitData, issue...); !strings.Contains(said, "no-relay") {
		t.Errorf("without a relay: %s", said)
	}
	p.env["MERKKI_SMTP_URL"] = "smtp://merkki@127.0.0.1:" + strconv.Itoa(port)
	p.run(exitConfiguration, issue...) // no sender, no password
	p.env["MERKKI_SMTP_PASSWORD_FILE"], p.env["MERKKI_MAIL_FROM"] = secret, "badges@example.fi"
	var r record
	if err := json.Unmarshal([]byte(p.run(exitOK, issue...)), &r); err != nil {
		t.Fatal(err)
	}
	if list := p.run(exitOK, "list"); !strings.Contains(list, "issued waiting") {
		t.Errorf("before a server runs: %s", list)
	}

	address := freeAddress(t)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		_, errs, status := p.start(ctx, "serve", "--listen", address)
		if status != exitOK {
			t.Errorf("serve ended with %d: %s", status, errs)
		}
		ended <- status
	}()
	defer func() { stop(); <-ended }()
	header, text, _ := mailtest.Read(t, receive(t, mails))
	if from, err := header.AddressList("From"); err != nil || len(from) != 1 || from[0].String() != `"Example School" <badges@example.fi>` {
		t.Errorf("From %v, %v", from, err)
	}
	link := regexp.MustCompile(`https://badges\.example(/claim/\S+)`).FindStringSubmatch(text)
	if link == nil {
		t.Fatalf("no link in\n%s", text)
	}
	here := "http://" + address
	if got := answered(t, "GET", here+link[1], nil); got.StatusCode != http.StatusOK {
		t.Errorf("looking: %d", got.StatusCode)
	}
	opened := answered(t, "POST", here+link[1], nil)
	if opened.StatusCode != http.StatusSeeOther {
		t.Errorf("using: %d", opened.StatusCode)
	}
	if got := answered(t, "POST", here+link[1], nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("using again: %d", got.StatusCode)
	}
	everything, err := io.ReadAll(answered(t, "GET", here+"/my/all.zip", opened.Cookies()).Body)
	if err != nil {
		t.Fatal(err)
	}
	p.judgeArchive(everything)
	id := strings.TrimPrefix(strings.TrimSuffix(header.Get("Message-Id"), "@badges.example>"), "<")
	if shown := p.run(exitOK, "show", r.ID); !strings.Contains(shown, "issued: sent") || !strings.Contains(shown, id) {
		t.Errorf("show: %s", shown)
	}
	p.run(exitOK, "mail", "bounced", id, "--code", "5.1.1")
	if list := p.run(exitOK, "list"); !strings.Contains(list, "issued bounced") {
		t.Errorf("list: %s", list)
	}
	// A change tells its learner at once: the commit wakes the server.
	p.run(exitOK, "revoke", r.ID, "--reason", "Issued in error.")
	if header, text, _ := mailtest.Read(t, receive(t, mails)); !strings.Contains(text, "Issued in error.") {
		t.Errorf("%v: %s", header, text)
	}
}

func receive(t *testing.T, mails <-chan mailtest.Taken) mailtest.Taken {
	t.Helper()
	select {
	case m := <-mails:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
	}
	return mailtest.Taken{}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// answered sends a request, follows nothing, and returns the answer with its
// body read.
func answered(t *testing.T, method, url string, cookies []*http.Cookie) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	resp, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(b))
	return resp
}

// command is how the page in an archive says that it is checked.
var command = regexp.MustCompile(`<code>merkki (verify [^<]+)</code>`)

// judgeArchive unpacks what a learner took along and runs the command that stands
// in it, which asks nobody for anything, on every form of the credential.
func (p place) judgeArchive(b []byte) {
	p.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		p.t.Fatal(err)
	}
	dir := p.t.TempDir()
	if err := os.CopyFS(dir, z); err != nil {
		p.t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		p.t.Fatal(err)
	}
	said := command.FindSubmatch(page)
	if said == nil {
		p.t.Fatalf("the archive does not say how it is checked:\n%s", page)
	}
	args := strings.Fields(string(said[1]))
	file := args[len(args)-1]
	for n, a := range args {
		if strings.HasSuffix(a, ".json") {
			args[n] = filepath.Join(dir, a)
		}
	}
	for _, form := range []string{"credential.json", "certificate.pdf", "badge.png", "badge.svg"} {
		args[len(args)-1] = filepath.Join(dir, filepath.Dir(file), form)
		if out := p.run(exitOK, args...); !strings.HasPrefix(out, "valid\n") {
			p.t.Errorf("%s: %s", form, out)
		}
	}
}
