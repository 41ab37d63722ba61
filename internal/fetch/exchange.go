package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A reply is what one request brought: a document, or the place to ask next.
type reply struct {
	doc      Document
	life     time.Duration
	location string
	alive    bool // the host spoke HTTP and did not say that it is out of order
}

// exchange makes one request over a connection of its own. It speaks HTTP/1.1
// directly over TLS rather than through http.Transport, because what is
// counted here is exact: every byte of the headers, of the body, and those
// that come after the body. There is no proxy, no cookie, no credential, no
// referrer, no retry and no decompression to be switched off.
func (c *Client) exchange(ctx context.Context, p Purpose, url string) (reply, error) {
	fail := func(reason, limit string, most int64) error {
		return &UnreachableError{URL: url, Host: hostOf(url), Reason: reason, Limit: limit, Max: most}
	}
	conn, err := c.connect(ctx, hostOf(url))
	if err != nil {
		if refused := addressRefused(err); refused != "" {
			return reply{alive: true}, &RefusedError{URL: url, Reason: refused}
		}
		return reply{}, fail(reasonOf(ctx, err), "", 0)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	req, err := c.request(ctx, p, url)
	if err != nil {
		return reply{}, fail("malformed", "", 0)
	}
	if err := req.Write(conn); err != nil {
		return reply{}, fail(reasonOf(ctx, err), "", 0)
	}
	in := &counted{r: conn, left: maxHeaders}
	buffered := bufio.NewReader(in)
	resp, err := readHeaders(buffered, req)
	switch {
	case in.cut:
		return reply{}, fail("headers-too-large", "fetch.headers", maxHeaders)
	case err != nil:
		return reply{}, fail(reasonOf(ctx, err), "", 0)
	}
	defer resp.Body.Close()
	r := reply{alive: resp.StatusCode < 500}
	if location := resp.Header.Get("Location"); isRedirect(resp.StatusCode) && location != "" {
		r.location = location
		return r, nil
	}
	most := purposes[p].bytes
	if reason, limit := refusal(p, resp); reason != "" {
		return r, fail(reason, limit, most)
	}
	in.left = 2*most + maxHeaders // what chunks add is bounded, too
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case int64(len(body)) > most || in.cut:
		return r, fail("too-large", "fetch.bytes", most)
	case err != nil:
		r.alive = false
		return r, fail(reasonOf(ctx, err), "", 0)
	case len(body) == 0:
		return r, fail("empty", "", 0)
	case hasMore(conn, buffered):
		return r, fail("length", "", 0)
	}
	r.doc = Document{Bytes: body, MediaType: mediaType(resp)}
	r.life = life(p, resp.Header.Get("Cache-Control"))
	return r, nil
}

func (c *Client) connect(ctx context.Context, host string) (net.Conn, error) {
	raw, err := c.dial(ctx, host)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, &tls.Config{
		ServerName: host,
		RootCAs:    c.roots,
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, &handshakeError{err}
	}
	return conn, nil
}

func (c *Client) request(ctx context.Context, p Purpose, url string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Close = true
	req.Header.Set("User-Agent", c.config.Product)
	req.Header.Set("Accept", strings.Join(purposes[p].accept, ", "))
	req.Header.Set("Accept-Encoding", "identity")
	return req, nil
}

// readHeaders reads a final response; informational ones before it share the
// limit of its headers.
func readHeaders(in *bufio.Reader, req *http.Request) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(in, req)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode >= 200 {
			return resp, nil
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			return nil, errors.New("another protocol")
		}
	}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// refusal says why an answer is not read, from its headers alone.
func refusal(p Purpose, resp *http.Response) (reason, limit string) {
	encoding := resp.Header.Get("Content-Encoding")
	switch {
	case resp.StatusCode != http.StatusOK:
		return "http-" + strconv.Itoa(resp.StatusCode), ""
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return "content-encoding", "fetch.encoding"
	case !slices.Contains(purposes[p].accept, mediaType(resp)):
		return "media-type", ""
	case resp.ContentLength > purposes[p].bytes:
		return "too-large", "fetch.bytes"
	}
	return "", ""
}

func mediaType(resp *http.Response) string {
	t, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// life is how long an answer may be remembered: max-age, within the bounds of
// the purpose. no-store is overruled by the shortest life, which is what keeps
// one verification from asking twice.
func life(p Purpose, cacheControl string) time.Duration {
	d := shortestLife
	for directive := range strings.SplitSeq(cacheControl, ",") {
		if age, ok := strings.CutPrefix(strings.TrimSpace(strings.ToLower(directive)), "max-age="); ok {
			if seconds, err := strconv.ParseUint(age, 10, 31); err == nil {
				d = time.Duration(seconds) * time.Second
			}
		}
	}
	return min(max(d, shortestLife), purposes[p].life)
}

// hasMore tells whether the host sends on after the body it announced: then
// the announced length cut something off. The request said that the
// connection closes, so an honest host ends it now; one that only keeps it
// open is given a moment and then believed.
func hasMore(conn net.Conn, in *bufio.Reader) bool {
	if in.Buffered() == 0 {
		_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	}
	_, err := in.Peek(1)
	return err == nil
}

// counted is a reader that ends with an error, and says so, when more comes
// than is left.
type counted struct {
	r    io.Reader
	left int64
	cut  bool
}

func (c *counted) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.cut = true
		return 0, errors.New("fetch: more than the limit")
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}
