package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"merkki/internal/web"
	"merkki/issuer"
)

// warmStore issues n credentials through the service, as registrars do, and
// returns their ids.
func warmStore(t testing.TB, s *site, n int) []string {
	t.Helper()
	a := s.add(t, energy, true)
	ids := make([]string, n)
	var next sync.WaitGroup
	work := make(chan int)
	for range 64 { // who issue at once share the syncs of the disk
		next.Go(func() {
			for i := range work {
				d := issuer.Draft{Achievement: a.ID, AwardedDate: "2026-11-20", Language: "en",
					Recipient: issuer.Recipient{Name: fmt.Sprintf("Learner %06d", i), Email: fmt.Sprintf("l%d@example.org", i)}}
				p, err := s.Prepare(ctx, local, d)
				if err != nil {
					t.Error(err)
					return
				}
				r, err := s.Issue(ctx, p)
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = r.ID
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	next.Wait()
	return ids
}

// loopback serves the public handler on a port of this machine, as the program
// does.
func loopback(t testing.TB, s *site) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	srv := web.HTTPServer(s.web.Public(), slog.New(slog.DiscardHandler))
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return "http://" + l.Addr().String()
}

// TestPageSpeed asks for pages of credentials over real HTTP, one after the
// other, out of a store with many: the time until the first byte comes.
func TestPageSpeed(t *testing.T) {
	records, asked := 400, 100
	if long() {
		records, asked = 100_000, 2_000
	}
	s := newSite(t, "Example University of Applied Sciences", "en", false)
	began := time.Now()
	ids := warmStore(t, s, records)
	if t.Failed() {
		return
	}
	filled := time.Since(began)
	at := loopback(t, s)
	for _, what := range []struct{ name, suffix string }{{"page", ""}, {"document", ".json"}} {
		times := make([]time.Duration, 0, asked)
		for i := range asked + 20 {
			id := ids[rand.N(len(ids))]
			took, body := firstByte(t, at+"/c/"+id+what.suffix)
			if !strings.Contains(body, id) {
				t.Fatalf("%s does not say its id: %.300s", what.name, body)
			}
			if i >= 20 { // warm
				times = append(times, took)
			}
		}
		slices.Sort(times)
		part := func(p int) time.Duration { return times[len(times)*p/100].Round(10 * time.Microsecond) }
		t.Logf("%s: first byte of %d out of %d records: median %v, 95 %% %v, 99 %% %v (filled in %v)",
			what.name, asked, records, part(50), part(95), part(99), filled.Round(time.Second))
		if long() && part(95) > 20*time.Millisecond {
			t.Errorf("%s: the first byte takes %v for one in twenty, 20 ms were promised", what.name, part(95))
		}
	}
}

func firstByte(t testing.TB, address string) (time.Duration, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	must(t, err)
	r.Header.Set("Accept", "text/html")
	var took time.Duration
	began := time.Now()
	r = r.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { took = time.Since(began) }}))
	resp, err := http.DefaultClient.Do(r)
	must(t, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", address, resp.StatusCode)
	}
	return took, string(b)
}

// BenchmarkPage is the page of one credential, verified anew, without the
// network.
func BenchmarkPage(b *testing.B) {
	s := newSite(b, "Example University of Applied Sciences", "en", false)
	ids := warmStore(b, s, 50)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if w := s.call("GET", "/c/"+ids[i%len(ids)], "", "Accept: text/html"); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
