// Package mailtest has a real mail relay for tests: Debian's aiosmtpd on a free
// port of this machine, which hands every message that it takes to the test. A
// recipient whose name begins with "gone" is refused for good, "later" for now,
// and one with "spam" after its data.
package mailtest

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os/exec"
	"strings"
	"testing"

	"merkki/internal/judge"
)

//go:embed smtpd.py
var program string

// A Taken is a message as the relay got it.
type Taken struct {
	From string
	To   []string
	TLS  bool
	User string
	Data []byte
}

// Relay starts a relay that ends with the test, or skips where there is none to
// be had. args are "plain" or "starttls" CERT KEY, and a password if it wants one.
func Relay(t testing.TB, args ...string) (port int, mails <-chan Taken) {
	t.Helper()
	python := judge.Command(t, "/usr/bin/python3", "Debian package python3-aiosmtpd")
	if exec.Command(python, "-c", "import aiosmtpd").Run() != nil {
		judge.Skip(t, "aiosmtpd is not installed (Debian package python3-aiosmtpd)")
	}
	cmd := exec.Command(python, append([]string{"-c", program}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended; _ = cmd.Wait() })
	rows := bufio.NewScanner(out)
	rows.Buffer(nil, 1<<20)
	var first struct{ Port int }
	if !rows.Scan() || json.Unmarshal(rows.Bytes(), &first) != nil {
		close(ended)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("the relay does not start: %s", said.String())
	}
	c := make(chan Taken, 1000)
	go func() {
		defer close(ended)
		for rows.Scan() {
			var m Taken
			if json.Unmarshal(rows.Bytes(), &m) == nil {
				c <- m
			}
		}
	}()
	return first.Port, c
}

// Read parses a message with the standard library and returns its header and its
// two parts, decoded.
func Read(t testing.TB, m Taken) (h mail.Header, text, html string) {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		t.Fatal(err)
	}
	kind, p, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("Content-Type %q, %v", kind, err)
	}
	r := multipart.NewReader(msg.Body, p["boundary"])
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return msg.Header, text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = part
		switch part.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			body = quotedprintable.NewReader(part)
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, part)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			html = string(b)
		} else {
			text = string(b)
		}
	}
}
