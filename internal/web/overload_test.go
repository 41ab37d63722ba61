package web_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// costly are inputs that cost as much as they can: a graph whose nodes look
// alike, a deep one, a large one, and a credential that somebody altered.
func costly(t testing.TB, credential string) []string {
	t.Helper()
	var ring strings.Builder
	for i := range 60 {
		fmt.Fprintf(&ring, `{"id":"_:b%d","type":["Profile"],"parentOrg":{"id":"_:b%d","type":["Profile"]}},`, i, (i+1)%60)
	}
	return []string{
		strings.Replace(credential, `"credentialSubject":`, `"evidence":[`+strings.TrimSuffix(ring.String(), ",")+`],"credentialSubject":`, 1),
		strings.Repeat(`{"a":[`, 50_000),
		`{"@context":"https://www.w3.org/ns/credentials/v2","x":"` + strings.Repeat("y", 900_000) + `"}`,
		strings.Replace(credential, "Learner", "Lurker", 1),
	}
}

// TestOverload: within 512 MiB, who comes while everybody comes is answered, or
// asked to come again and told when; who comes at a rate that the machine can
// bear is answered at once, whatever a fifth of them sends. Everybody comes from
// an address of their own, so that no allowance of an address is in the way.
func TestOverload(t *testing.T) {
	burst, rate, length := 150, 10, time.Second
	if long() {
		burst, rate, length = 10_000, 1_000, time.Minute
	}
	s := newSite(t, "Example University of Applied Sciences", "en", false)
	ids := warmStore(t, s, 40)
	if t.Failed() {
		return
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(512 << 20))
	var good []string
	for _, id := range ids {
		good = append(good, s.call("GET", "/c/"+id+".json", "").Body.String())
	}
	bad := costly(t, good[0])
	h := s.web.Public()
	ask := func(n int, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/verify", strings.NewReader(body))
		r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:4711", n>>16&255, n>>8&255, n&255)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		published().complain(r, w.Code, w.Header(), w.Body.Bytes())
		return w
	}

	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for n := range burst {
		all.Go(func() {
			body := good[n%len(good)]
			if n%5 == 0 {
				body = bad[n/5%len(bad)]
			}
			w := ask(n, body)
			mu.Lock()
			defer mu.Unlock()
			codes[w.Code]++
			if again, err := strconv.Atoi(w.Header().Get("Retry-After")); w.Code == http.StatusTooManyRequests && (err != nil || again < 1) {
				t.Errorf("refused without a Retry-After: %v", w.Header())
			}
		})
	}
	all.Wait()
	for code := range codes {
		if code != http.StatusOK && code != http.StatusTooManyRequests {
			t.Errorf("%d at once: answers %v", burst, codes)
			break
		}
	}

	var times []time.Duration
	refused := 0
	began := time.Now()
	n := 0
	for due := began; due.Sub(began) < length; due = due.Add(time.Second / time.Duration(rate)) {
		time.Sleep(time.Until(due)) // the rate that is offered
		n++
		isBad, number := n%5 == 0, burst+n
		all.Go(func() {
			if isBad {
				ask(number, bad[rand.IntN(len(bad))])
				return
			}
			w := ask(number, good[rand.IntN(len(good))])
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, took)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"verdict":"valid"`) {
				refused++
			}
		})
	}
	all.Wait()
	slices.Sort(times)
	p99 := times[len(times)*99/100]
	if refused > 0 {
		t.Errorf("at %d a second %d of %d who sent something good were not told so", rate, refused, len(times))
	}
	t.Logf("%d at once within 512 MiB: answers %v; then %d a second for %v, one fifth hostile: %d good ones, none refused, 99 %% within %v, median %v",
		burst, codes, rate, length, len(times), round(p99), round(times[len(times)/2]))
	if long() && p99 > 25*time.Millisecond {
		t.Errorf("25 ms were promised")
	}
}
