package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// testSeed makes runs repeat.
const testSeed = "6d65726b6b692d696e7465726f70206b65797320666f722074657374696e6721"

// A client talks to the program as a suite does: over TLS, with JSON, and
// trusting a certificate that nobody vouches for.
type client struct {
	t    testing.TB
	base string
	http *http.Client
}

// start runs the program's own server on a free port until the test ends.
func start(t testing.TB) *client { return startServer(t, func(*server) {}) }

func startServer(t testing.TB, change func(*server)) *client {
	t.Helper()
	seed, err := readSeed(testSeed)
	if err != nil {
		t.Fatal(err)
	}
	l, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	s, err := newServer("https://"+l.Addr().String(), seed)
	if err != nil {
		t.Fatal(err)
	}
	change(s)
	go func() { ended <- s.serve(ctx, l, io.Discard) }()
	c := clientOf(t, s.base)
	t.Cleanup(func() {
		c.http.CloseIdleConnections()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return c
}

func clientOf(t testing.TB, base string) *client {
	return &client{t, base, &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// in returns the client for a subtest.
func (c *client) in(t testing.TB) *client { return &client{t, c.base, c.http} }

// A response is an answer, read.
type response struct {
	status int
	header http.Header
	body   schema.Value
}

// do sends a request and asserts what holds of every answer.
func (c *client) do(method, path string, body []byte) response {
	c.t.Helper()
	req, err := http.NewRequest(method, c.base+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	doc, err := schema.Parse(b, bodyLimits)
	if err != nil {
		c.t.Fatalf("%s %s answered %d with no JSON: %v\n%s", method, path, res.StatusCode, err, b)
	}
	if res.Header.Get("X-Merkki-Mode") != "interop" {
		c.t.Errorf("%s %s does not say what it is", method, path)
	}
	if res.StatusCode >= 500 || res.StatusCode >= 300 && res.StatusCode < 400 || res.StatusCode == 401 || res.StatusCode == 403 {
		c.t.Errorf("%s %s answered %d: %s", method, path, res.StatusCode, b)
	}
	return response{res.StatusCode, res.Header, doc.Root()}
}

func (c *client) post(path string, members ...schema.Member) response {
	c.t.Helper()
	return c.do("POST", path, schema.Marshal(schema.ObjectValue(members...)))
}

// issue issues under a profile; options are those of the request.
func (c *client) issue(profile string, credential schema.Value, options ...schema.Member) response {
	c.t.Helper()
	return c.post("/"+profile+"/credentials/issue", member("credential", credential), member("options", schema.ObjectValue(options...)))
}

// issued issues what has to be issued.
func (c *client) issued(profile string, credential schema.Value, options ...schema.Member) schema.Value {
	c.t.Helper()
	r := c.issue(profile, credential, options...)
	v, _ := r.body.Get("verifiableCredential")
	if r.status != http.StatusCreated || v.Kind != schema.Object {
		c.t.Fatalf("%s: %d %s", profile, r.status, schema.Marshal(r.body))
	}
	return v
}

func (c *client) verify(credential schema.Value) response {
	c.t.Helper()
	return c.post("/credentials/verify", member("verifiableCredential", credential))
}

func (c *client) verifyProof(credential schema.Value) response {
	c.t.Helper()
	return c.post("/proof/credentials/verify", member("verifiableCredential", credential))
}

// codes are those of the problems in an answer.
func (r response) codes() string {
	var codes []string
	problems := r.body.GetList("problemDetails")
	if r.header.Get("Content-Type") == "application/problem+json" {
		problems = []schema.Value{r.body}
	}
	for _, p := range problems {
		codes = append(codes, p.GetString("code"))
	}
	return strings.Join(codes, " ")
}

func (r response) String() string { return string(schema.Marshal(r.body)) }

// parse reads a document that a test has as text.
func parse(t testing.TB, text string) schema.Value {
	t.Helper()
	doc, err := schema.Parse([]byte(text), bodyLimits)
	if err != nil {
		t.Fatal(err, text)
	}
	return doc.Root()
}

// vector reads a file of the published vectors.
func vector(t testing.TB, elem ...string) schema.Value {
	t.Helper()
	b, err := os.ReadFile(judge.Data(t, filepath.Join(append([]string{"vectors"}, elem...)...)))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(b))
}

// list reads a file that holds a list.
func list[T any](t testing.TB, elem ...string) (all []T) {
	t.Helper()
	b, err := os.ReadFile(judge.Data(t, filepath.Join(append([]string{"vectors"}, elem...)...)))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}
