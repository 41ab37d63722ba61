package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A volley is what the generator is told: to ask for addresses chosen at random,
// from so many connections, for so long; Rate is how many a second are sent
// whether or not the earlier ones were answered, zero as fast as answers come.
type volley struct {
	Addresses   []string
	Connections int
	Rate        int
	For         time.Duration
}

// A tally is what came of a volley. Of offered requests the time counts from the
// moment at which they should have been sent, so that a service which stalls
// does not hide it.
type tally struct {
	Codes         map[int]int
	Wrong         int // answers of 200 that do not say "valid"
	Took          time.Duration
	P50, P99, Max time.Duration
}

func (a tally) perSecond() int { return int(float64(a.Codes[200]) / a.Took.Seconds()) }

// generate is the generator's process: this test binary, told by its environment.
func generate() {
	var v volley
	if err := json.NewDecoder(os.Stdin).Decode(&v); err != nil {
		panic(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: v.Connections, MaxConnsPerHost: v.Connections, DisableCompression: true}}
	var mu sync.Mutex
	got := tally{Codes: map[int]int{}}
	var times []time.Duration
	var sent atomic.Int64
	began := time.Now()
	var hands sync.WaitGroup
	for range v.Connections {
		hands.Go(func() {
			var mine []time.Duration
			codes, wrong := map[int]int{}, 0
			for {
				due := time.Now()
				if v.Rate > 0 {
					due = began.Add(time.Duration(sent.Add(1)) * time.Second / time.Duration(v.Rate))
					time.Sleep(time.Until(due))
				}
				if due.Sub(began) > v.For {
					break
				}
				code, body := 0, ""
				if resp, err := client.Get(v.Addresses[rand.IntN(len(v.Addresses))]); err == nil {
					b, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					code, body = resp.StatusCode, string(b)
				}
				mine = append(mine, time.Since(due))
				if codes[code]++; code == 200 && !strings.Contains(body, `"verdict":"valid"`) {
					wrong++
				}
			}
			mu.Lock()
			defer mu.Unlock()
			for code, n := range codes {
				got.Codes[code] += n
			}
			got.Wrong += wrong
			times = append(times, mine...)
		})
	}
	hands.Wait()
	got.Took = time.Since(began)
	slices.Sort(times)
	if n := len(times); n > 0 {
		got.P50, got.P99, got.Max = times[n/2], times[n*99/100], times[n-1]
	}
	_ = json.NewEncoder(os.Stdout).Encode(got)
}

// fire has the generator work in a process of its own.
func fire(t *testing.T, v volley) (got tally) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	told, err := json.Marshal(v)
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "WEBTEST_PART=generator")
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(told)), os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	must(t, json.NewDecoder(bufio.NewReader(out)).Decode(&got))
	must(t, cmd.Wait())
	return got
}

// TestReportLoad asks for reports of stored credentials over real HTTP from a
// process of its own on the same machine. In every answer every check ran anew.
func TestReportLoad(t *testing.T) {
	records, length, rate := 60, 500*time.Millisecond, 50
	if long() {
		records, length, rate = 2_000, 15*time.Second, 4_000
	}
	s := newSite(t, "Example University of Applied Sciences", "en", false)
	ids := warmStore(t, s, records)
	if t.Failed() {
		return
	}
	at := loopback(t, s)
	addresses := make([]string, len(ids))
	for i, id := range ids {
		addresses[i] = at + "/c/" + id + "/report"
	}
	fire(t, volley{addresses, 16, 0, length / 5}) // warm
	closed := fire(t, volley{addresses, 16, 0, length})
	offered := fire(t, volley{addresses, 64, rate, length})
	for name, got := range map[string]tally{"closed": closed, "offered": offered} {
		if len(got.Codes) != 1 || got.Codes[200] == 0 || got.Wrong > 0 {
			t.Errorf("%s: %d answers that are not valid, codes %v", name, got.Wrong, got.Codes)
		}
	}
	t.Logf("%d cores with the generator: %d reports a second in a closed loop, 99 %% within %v; at %d a second offered 99 %% within %v, median %v, all within %v",
		runtime.GOMAXPROCS(0), closed.perSecond(), round(closed.P99), rate, round(offered.P99), round(offered.P50), round(offered.Max))
	if long() && (closed.perSecond() < 10_000 || offered.P99 > 5*time.Millisecond) {
		t.Errorf("10,000 a second and 5 ms were promised")
	}
}

func round(d time.Duration) string { return fmt.Sprint(d.Round(10 * time.Microsecond)) }
