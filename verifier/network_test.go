//go:build unix

package verifier_test

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/verifier"
)

// The rows of the reference data ask a map of documents in the other tests.
// Here they run with the program's own HTTP client, its rules and its guard,
// before a network that records the names that are looked up, the addresses
// that are dialled and the requests that arrive: what is never dialled cannot
// be asked.

// wirings are the two ways in which the program puts a verifier before the
// network (cmd/merkki): its commands through a stack, its service directly.
var wirings = map[string]func(*fetch.Client) fetch.Source{
	"command": func(c *fetch.Client) fetch.Source { return fetch.NewStack(fetch.Rules{}, c) },
	"service": func(c *fetch.Client) fetch.Source { return c },
}

// A tally counts over the rows, so that recorders that see nothing show.
type tally struct{ rows, silent, names, dials, requests int }

func (n *tally) add(o *outside) {
	n.rows++
	n.names += len(o.names)
	n.dials += len(o.dialled)
	n.requests += len(o.requested)
	if len(o.names) == 0 {
		n.silent++
	}
}

func TestAttacksOnTheNetwork(t *testing.T) {
	for wiring, wire := range wirings {
		var seen tally
		for _, a := range attacks(t) {
			if !a.verifies() {
				continue
			}
			t.Run(wiring+"/"+a.Path, func(t *testing.T) {
				v, web := attackVerifier(t, a)
				if _, err := v.Verify(t.Context(), a.request(t)); err != nil {
					t.Fatal(err)
				}
				out := newOutside(t, attackWeb(t, a))
				r := verifyBefore(t, out, a.verifier(t, wire(out.client())), a.request(t))
				consistent(t, r)
				a.judge(t, r)
				out.judge(t, a.Requests, web.Asked())
				seen.add(out)
			})
		}
		t.Logf("%s: %+v", wiring, seen)
		if seen.rows < 86 || seen.requests < 17 || seen.silent < 69 {
			t.Errorf("%s: the rows or their recorders do nothing: %+v", wiring, seen)
		}
	}
}

func TestOpenBadgesOnTheNetwork(t *testing.T) {
	all, web := openBadges(t)
	for wiring, wire := range wirings {
		var seen tally
		for _, f := range all.Fixtures {
			t.Run(wiring+"/"+f.Path, func(t *testing.T) {
				ask := verifier.Request{Input: readData(t, "openbadges", f.Path)}
				asked := fetch.NewRecorder(web)
				if _, err := all.verifier(fetch.NewStack(fetch.Rules{}, asked)).Verify(t.Context(), ask); err != nil {
					t.Fatal(err)
				}
				out := newOutside(t, web)
				r := verifyBefore(t, out, all.verifier(wire(out.client())), ask)
				consistent(t, r)
				f.judge(t, r)
				out.judge(t, f.NeedsURLs, asked.Asked())
				seen.add(out)
			})
		}
		t.Logf("%s: %+v", wiring, seen)
		if seen.rows < len(all.Fixtures) || seen.requests == 0 || seen.silent == 0 {
			t.Errorf("%s: the fixtures or their recorders do nothing: %+v", wiring, seen)
		}
	}
}

// verifyBefore verifies while the doors that lead past the client are watched:
// the resolver and the transport that a library takes when it is given none.
func verifyBefore(t *testing.T, o *outside, v *verifier.Verifier, ask verifier.Request) *verifier.Report {
	t.Helper()
	names, transport := net.DefaultResolver, http.DefaultTransport
	defer func() { net.DefaultResolver, http.DefaultTransport = names, transport }()
	net.DefaultResolver, http.DefaultTransport = o.resolver(&o.past), pastTransport{o}
	r, err := v.Verify(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// judge compares what was recorded with the addresses that a row allows, and
// with those that the row asks a source for.
func (o *outside) judge(t *testing.T, allowed, asked []string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	var hosts []string
	for _, url := range allowed {
		host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
		hosts = append(hosts, host)
	}
	for _, name := range o.names {
		if !slices.Contains(hosts, name) {
			t.Errorf("looked up %q, which is the host of none of %v", name, allowed)
		}
	}
	for _, to := range o.dialled {
		if host, ok := strings.CutSuffix(to, ":443"); !ok || !slices.Contains(hosts, host) {
			t.Errorf("dialled %q, which is the host of none of %v", to, allowed)
		}
	}
	for _, url := range o.requested {
		if !slices.Contains(allowed, url) {
			t.Errorf("asked for %s, which is not among %v", url, allowed)
		}
	}
	if len(o.past) > 0 {
		t.Errorf("past the client: %v", o.past)
	}
	if got, want := distinct(o.requested), distinct(asked); !slices.Equal(got, want) {
		t.Errorf("requests for %v arrived, want those for %v", got, want)
	}
	if len(o.requested) > len(o.dialled) || (len(o.dialled) > 0) != (len(o.names) > 0) {
		t.Errorf("%d names, %d dials and %d requests do not go together", len(o.names), len(o.dialled), len(o.requested))
	}
}

func distinct(s []string) []string { return slices.Compact(slices.Sorted(slices.Values(s))) }
