package fetch

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

var quiet = log.New(io.Discard, "", 0)

// fakeNames answers every question for an IPv4 address with one address: a
// name server in the hands of an attacker.
func fakeNames(t *testing.T, address [4]byte) *net.Resolver {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for b := make([]byte, 1500); ; {
			n, from, err := l.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response = true
			m.Additionals = nil
			if m.Questions[0].Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 0},
					Body:   &dnsmessage.AResource{A: address},
				}}
			}
			if reply, err := m.Pack(); err == nil {
				l.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", l.LocalAddr().String())
	}}
}

// 2 and 12: a name may say anything; the address is judged when it is dialled.
func TestNamesThatLeadInside(t *testing.T) {
	for _, address := range [][4]byte{
		{127, 0, 0, 1}, {10, 0, 0, 8}, {172, 16, 0, 1}, {192, 168, 1, 1}, {169, 254, 169, 254},
		{100, 64, 0, 1}, {0, 0, 0, 0}, {192, 0, 2, 1}, {198, 18, 0, 1}, {224, 0, 0, 1}, {255, 255, 255, 255},
	} {
		c := New(Config{})
		c.dial = guardedDialer(Rules{}, Outside{Names: fakeNames(t, address)})
		_, err := c.Get(t.Context(), Key, "https://issuer.example/did.json")
		if got := what(t, err); got != "refused" {
			t.Errorf("a name that leads to %v: %v, want refused", address, err)
		}
	}
}

// The registries of special-purpose addresses, IANA, as the guard knows them.
func TestGuard(t *testing.T) {
	for _, c := range []struct {
		address string
		ok      bool
	}{
		{"93.184.216.34:443", true},
		{"[2606:2800:220:1:248:1893:25c8:1946]:443", true},
		{"93.184.216.34:80", false},
		{"93.184.216.34:8443", false},
		{"[2606:2800:220:1:248:1893:25c8:1946]:22", false},
		{"127.0.0.1:443", false},
		{"[::1]:443", false},
		{"[::]:443", false},
		{"[::ffff:127.0.0.1]:443", false},
		{"[::ffff:10.0.0.1]:443", false},
		{"[fc00::1]:443", false},
		{"[fd12:3456::1]:443", false},
		{"[fe80::1]:443", false},
		{"[ff02::1]:443", false},
		{"[64:ff9b::7f00:1]:443", false},
		{"[64:ff9b:1::1]:443", false},
		{"[2002:7f00:1::1]:443", false},
		{"[2001::1]:443", false},
		{"[2001:db8::1]:443", false},
		{"[100::1]:443", false},
	} {
		network := "tcp4"
		if c.address[0] == '[' {
			network = "tcp6"
		}
		if err := guard(Rules{}, testHost).Safe(network, c.address, nil); (err == nil) != c.ok {
			t.Errorf("%s: %v, want allowed %v", c.address, err, c.ok)
		} else if err != nil && addressRefused(err) == "" {
			t.Errorf("%s: %v is not reported as a refusal", c.address, err)
		}
	}
	if err := guard(Rules{}, testHost).Safe("udp4", "93.184.216.34:443", nil); err == nil {
		t.Error("UDP is allowed")
	}
}

func TestAllowedHostIsBoundToItsNetwork(t *testing.T) {
	allowed, err := ParseAllowed("did.campus=127.0.0.0/30")
	if err != nil {
		t.Fatal(err)
	}
	rules := Rules{Allow: []Allowed{allowed}}
	for _, c := range []struct {
		host    string
		address [4]byte
		refused bool
	}{
		{"did.campus", [4]byte{127, 0, 0, 1}, false}, // nothing listens on 443 there, or what does has no certificate
		{"did.campus", [4]byte{127, 0, 1, 1}, true},
		{"did.campus", [4]byte{10, 0, 0, 1}, true},
		{"other.campus", [4]byte{127, 0, 0, 1}, true},
	} {
		client := New(Config{Rules: rules})
		client.dial = guardedDialer(rules, Outside{Names: fakeNames(t, c.address)})
		_, err := client.Get(t.Context(), Key, "https://"+c.host+"/did.json")
		if got := what(t, err); (got == "refused") != c.refused || got == "" {
			t.Errorf("%s at %v: %v, want refused %v", c.host, c.address, err, c.refused)
		}
	}
	if err := rules.Check("https://did.campus:8443/"); err == nil {
		t.Error("an allowed host may be asked on any port")
	}
	for _, s := range []string{"", "did.campus", "did.campus=", "=10.0.0.0/8", "did.campus=10.0.0.1", "DID.campus=10.0.0.0/8", "10.0.0.1=10.0.0.0/8"} {
		if a, err := ParseAllowed(s); err == nil {
			t.Errorf("%q is read as %v", s, a)
		}
	}
	if allowed.Prefix != netip.MustParsePrefix("127.0.0.0/30") {
		t.Errorf("prefix %v", allowed.Prefix)
	}
}

// A clock for caches and circuits.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time          { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) Advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func counting(t *testing.T, h http.HandlerFunc) (*Client, *atomic.Int64, *clock) {
	t.Helper()
	var requests atomic.Int64
	client := serve(t, func(w http.ResponseWriter, r *http.Request) { requests.Add(1); h(w, r) })
	client.timeout = 5 * time.Second
	at := &clock{now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	client.config.Now = at.Now
	return client, &requests, at
}

// 11: the host answers one thing, then another.
func TestCacheLives(t *testing.T) {
	const short, day = time.Minute, 24 * time.Hour
	for _, c := range []struct {
		name, control string
		purpose       Purpose
		life          time.Duration
	}{
		{"says nothing", "", Key, short},
		{"forbids", "no-store, max-age=0", Key, short},
		{"an hour", "public, max-age=3600", Key, time.Hour},
		{"a year", "max-age=31536000", Key, day},
		{"a year, list", "max-age=31536000", Status, time.Hour},
		{"a year, credential", "max-age=31536000", Credential, short},
		{"nonsense", "max-age=-1, max-age=x", Key, short},
		{"in capitals", "Max-Age=120", Key, 2 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := int64(0)
			client, requests, at := counting(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", c.control)
				answerJSON(w, fmt.Sprint(atomic.AddInt64(&answer, 1)))
			})
			get := func() Document {
				doc, err := client.Get(t.Context(), c.purpose, "https://issuer.example/a")
				if err != nil {
					t.Fatal(err)
				}
				return doc
			}
			if first := get(); first.Cached || string(first.Bytes) != "1" || first.MediaType != "application/json" {
				t.Errorf("first: %+v", first)
			}
			at.Advance(c.life - time.Second)
			if second := get(); !second.Cached || string(second.Bytes) != "1" {
				t.Errorf("a second before its life ends: %+v", second)
			}
			at.Advance(2 * time.Second)
			if third := get(); third.Cached || string(third.Bytes) != "2" || requests.Load() != 2 {
				t.Errorf("a second after its life: %+v, %d requests", third, requests.Load())
			}
		})
	}
}

func TestAgainAsksAtMostEveryTenSeconds(t *testing.T) {
	client, requests, at := counting(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=86400")
		answerJSON(w, `{}`)
	})
	for _, c := range []struct {
		wait time.Duration
		want int64
	}{
		{0, 1},
		{time.Second, 2}, {time.Second, 2}, {7 * time.Second, 2}, // the reserve, and no more
		{time.Second, 3}, {9 * time.Second, 3}, {time.Second, 4}, // one in ten seconds
		{time.Hour, 5}, {time.Second, 6}, {time.Second, 6}, // the reserve is back
	} {
		at.Advance(c.wait)
		if _, err := client.Get(Again(t.Context()), Key, "https://issuer.example/a"); err != nil {
			t.Fatal(err)
		}
		if got := requests.Load(); got != c.want {
			t.Errorf("after %v more: %d requests, want %d", c.wait, got, c.want)
		}
	}
}

func TestFailuresAreRememberedForAMinute(t *testing.T) {
	client, requests, at := counting(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) })
	for _, c := range []struct {
		wait time.Duration
		want int64
	}{{0, 1}, {59 * time.Second, 1}, {2 * time.Second, 2}} {
		at.Advance(c.wait)
		doc, err := client.Get(t.Context(), Key, "https://issuer.example/a")
		if got := what(t, err); got != "http-404" || doc.Bytes != nil {
			t.Errorf("%v", err)
		}
		if got := requests.Load(); got != c.want {
			t.Errorf("after %v more: %d requests, want %d", c.wait, got, c.want)
		}
	}
}

// 18: slow while many want the same document.
func TestManyReadersOneRequest(t *testing.T) {
	release := make(chan struct{})
	client, requests, _ := counting(t, func(w http.ResponseWriter, r *http.Request) { <-release; answerJSON(w, `{}`) })
	gaveUp, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	ready := make(chan struct{}, 100)
	for i := range 100 {
		wg.Go(func() {
			ctx := t.Context()
			if i == 0 {
				ctx = gaveUp
			}
			ready <- struct{}{}
			_, err := client.Get(ctx, Key, "https://issuer.example/a")
			if got := what(t, err); got != "" && (i != 0 || got != "timeout") {
				t.Errorf("reader %d: %v", i, err)
			}
		})
	}
	for range 100 {
		<-ready
	}
	cancel() // one of them, perhaps the one that started the request
	close(release)
	wg.Wait()
	if got := requests.Load(); got != 1 {
		t.Errorf("%d requests for 100 readers, want 1", got)
	}
}

func TestCircuitOpensAfterFailuresOfAHost(t *testing.T) {
	broken := atomic.Bool{}
	broken.Store(true)
	client, requests, at := counting(t, func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			w.WriteHeader(500)
			return
		}
		answerJSON(w, `{}`)
	})
	get := func(path string) string {
		_, err := client.Get(t.Context(), Key, "https://issuer.example/"+path)
		return what(t, err)
	}
	for i := range circuitFailures {
		if got := get(fmt.Sprint(i)); got != "http-500" {
			t.Fatalf("failure %d: %s", i, got)
		}
	}
	broken.Store(false)
	if got := get("new"); got != "circuit-open" || requests.Load() != circuitFailures {
		t.Errorf("%s after %d requests, want an open circuit", got, requests.Load())
	}
	at.Advance(circuitOpen)
	if got := get("new"); got != "" {
		t.Errorf("%s after a minute, want a document", got)
	}
}

// Nobody can shut out a host by asking it for what it does not have.
func TestMissingDocumentsOpenNoCircuit(t *testing.T) {
	client, _, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			answerJSON(w, `{}`)
			return
		}
		w.WriteHeader(404)
	})
	for i := range 3 * circuitFailures {
		if _, err := client.Get(t.Context(), Key, fmt.Sprintf("https://issuer.example/%d", i)); what(t, err) != "http-404" {
			t.Fatal(err)
		}
	}
	if _, err := client.Get(t.Context(), Key, "https://issuer.example/there"); err != nil {
		t.Error(err)
	}
}

func TestBudget(t *testing.T) {
	client, requests, _ := counting(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/far" {
			w.Header().Set("Location", "/near")
			w.WriteHeader(302)
			return
		}
		answerJSON(w, `{}`)
	})
	get := func(ctx context.Context, path string) string {
		_, err := client.Get(ctx, Key, "https://issuer.example"+path)
		return what(t, err)
	}
	ctx := WithBudget(t.Context(), 3)
	for i, want := range []string{"", "", "budget verification.requests"} {
		// Two requests, then one.
		if got := get(ctx, []string{"/far", "/a", "/b"}[i]); got != want {
			t.Errorf("request %d: %q, want %q", i, got, want)
		}
	}
	if got := get(ctx, "/a"); got != "" {
		t.Errorf("a document from the cache: %q, want it for nothing", got)
	}
	if got := get(WithBudget(t.Context(), 1), "/b"); got != "" {
		t.Errorf("under another budget: %q; a spent budget must not be remembered as a fault of the address", got)
	}
	if got := requests.Load(); got != 4 {
		t.Errorf("%d requests, want 4", got)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c, now := newCache(), time.Now()
	big := answer{doc: Document{Bytes: make([]byte, 1<<20)}, life: time.Hour}
	for i := range 3 * cacheEntries {
		a := answer{life: time.Hour}
		if i%2 == 0 {
			a = big
		}
		c.put(cacheKey{Key, fmt.Sprint(i)}, a, now)
		if len(c.entries) > cacheEntries || c.bytes > cacheBytes || c.order.Len() != len(c.entries) {
			t.Fatalf("after %d: %d entries, %d bytes", i, len(c.entries), c.bytes)
		}
	}
	if _, ok := c.get(cacheKey{Key, fmt.Sprint(3*cacheEntries - 1)}, now, false); !ok {
		t.Error("the newest answer is forgotten")
	}
	if _, ok := c.get(cacheKey{Key, "0"}, now, false); ok {
		t.Error("the oldest answer is remembered")
	}
}

func TestSwitchboardIsBounded(t *testing.T) {
	s, now := newSwitchboard(), time.Now()
	for i := range 3 * hostsRemembered {
		name := fmt.Sprintf("h%d.example", i)
		if reason := s.enter(t.Context(), name, now); reason != "" {
			t.Fatal(reason)
		}
		s.leave(name, i%2 == 0, now)
	}
	if got := len(s.hosts); got > hostsRemembered {
		t.Errorf("%d hosts are remembered", got)
	}
}

func TestSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwitchboard()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range requestsPerHost {
			if reason := s.enter(ctx, "a.example", time.Now()); reason != "" {
				t.Fatal(reason)
			}
		}
		if reason := s.enter(ctx, "a.example", time.Now()); reason != "busy" {
			t.Errorf("one more to the same host: %q, want busy", reason)
		}
		if reason := s.enter(t.Context(), "b.example", time.Now()); reason != "" {
			t.Errorf("one to another host: %q", reason)
		}
		s.leave("a.example", true, time.Now())
		if reason := s.enter(t.Context(), "a.example", time.Now()); reason != "" {
			t.Errorf("one after another has left: %q", reason)
		}
	})
}

func TestNothingIsLeftRunning(t *testing.T) {
	client := serveRaw(t, nil, func(c net.Conn, done <-chan struct{}) { <-done })
	before, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.Get(before, Key, "https://issuer.example/a"); what(t, err) != "timeout" {
		t.Errorf("%v, want timeout", err)
	}
	if _, err := client.Get(t.Context(), Key, "https://issuer.example/a"); what(t, err) != "timeout" {
		t.Errorf("%v, want timeout", err)
	}
	client.mu.Lock()
	defer client.mu.Unlock()
	if n := len(client.flights); n != 0 {
		t.Errorf("%d requests are still on their way", n)
	}
}

func TestLongAddress(t *testing.T) {
	client, requests, _ := counting(t, func(w http.ResponseWriter, r *http.Request) { answerJSON(w, `{}`) })
	fits := "https://issuer.example/" + strings.Repeat("a", maxURL-len("https://issuer.example/"))
	if _, err := client.Get(t.Context(), Key, fits); err != nil {
		t.Error(err)
	}
	if _, err := client.Get(t.Context(), Key, fits+"a"); what(t, err) != "refused" || requests.Load() != 1 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
}
