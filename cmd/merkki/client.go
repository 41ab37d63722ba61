package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A client speaks the API of a service on this machine: over the socket of the
// server that runs on the directory, or to the same handler in process.
type client struct {
	http  *http.Client
	token string
	close func() error
	// work works through a batch, where this process is the service.
	work func(ctx context.Context, id string)
	// explain says more about a problem than the API does, where this process
	// is the service.
	explain func(error) error
}

// client opens the directory. A running server is asked first, because it
// holds the record file; where none runs, this process is the server.
func (p *program) client(ctx context.Context) (*client, error) {
	token, err := p.tokenOfAs()
	if err != nil {
		return nil, err
	}
	if conn, err := dialSocket(ctx, p.directory()); err == nil {
		conn.Close()
		return overSocket(p.directory(), token), nil
	}
	s, err := p.openService(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &client{
		http:  &http.Client{Transport: inProcess{s.web.Local(), localActor()}},
		token: token, close: s.Close, explain: s.keys.explain, work: s.issuer.WorkBatch,
	}, nil
}

// directory is the folder of the service: --dir, MERKKI_DIR, ./merkki-data.
func (p *program) directory() string {
	if p.dir != "" {
		return p.dir
	}
	if v, ok := p.Getenv("MERKKI_DIR"); ok && v != "" {
		return v
	}
	return "merkki-data"
}

// tokenOfAs reads the token in the file that --as names.
func (p *program) tokenOfAs() (string, error) {
	if p.as == "" {
		return "", nil
	}
	b, err := p.readInput(p.as, 4096)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(b))
	if !strings.HasPrefix(token, "mk_") {
		return "", exit(exitData, "%s does not hold a token: one begins with mk_", p.as)
	}
	return token, nil
}

// works has a batch worked through by this process, if it is the service, until
// stop is called; stop waits until the rows in flight are done.
func (c *client) works(ctx context.Context, id string) (stop func()) {
	if c.work == nil {
		return func() {}
	}
	return background(ctx, func(ctx context.Context) { c.work(ctx, id) })
}

// background runs something until stop is called, which waits for it.
func background(ctx context.Context, work func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { work(ctx); close(done) }()
	return func() { cancel(); <-done }
}

func (c *client) Close() error {
	if c.close == nil {
		return nil
	}
	return c.close()
}

func overSocket(dir, token string) *client {
	return &client{token: token, http: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialSocket(ctx, dir)
		},
	}}}
}

// socketPath is where the socket of a directory is named.
func socketPath(dir string) string { return filepath.Join(dir, "merkki.sock") }

// dialSocket connects to the server that runs on a directory. Paths of sockets
// are short by nature of the system: a long one is a link to where it lies.
func dialSocket(ctx context.Context, dir string) (net.Conn, error) {
	path := socketPath(dir)
	if to, err := os.Readlink(path); err == nil {
		path = to
	}
	return (&net.Dialer{}).DialContext(ctx, "unix", path)
}

// A request is one call of the API.
type request struct {
	method, path string
	query        url.Values
	body         any    // marshalled; json.RawMessage as it is
	file         []byte // instead of a body: sent as it is
	headers      map[string]string
}

// call sends a request and reads the answer into out (nil: whatever it is). A
// problem document comes back as a *problem.
func (c *client) call(ctx context.Context, r request, out any) error {
	b, err := c.raw(ctx, r)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("the answer of %s is not what it should be: %w", r.path, err)
	}
	return nil
}

// raw sends a request and returns the bytes of the answer.
func (c *client) raw(ctx context.Context, r request) ([]byte, error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unavailable(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, unavailable(err)
	}
	if resp.StatusCode >= 400 {
		err := problemOf(resp.StatusCode, b)
		if c.explain != nil {
			err = c.explain(err)
		}
		return nil, err
	}
	return b, nil
}

func (c *client) build(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	if r.file != nil {
		body = bytes.NewReader(r.file)
	}
	u := url.URL{Scheme: "http", Host: "local", Path: r.path, RawQuery: r.query.Encode()}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.file != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	req.Header.Set("Accept", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for k, v := range r.headers {
		req.Header.Set(k, v)
	}
	return req, nil
}

// unavailable says that the server went away in the middle: whether it did
// what was asked is not known.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, os.ErrNotExist) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) {
		return exit(exitUnavailable, "the server on this directory stopped answering: look with `merkki list` before asking again (%w)", err)
	}
	return err
}
