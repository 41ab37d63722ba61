package verifier_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/judge"
	"merkki/keys/did"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// An attack is a line of testdata/attacks/index.jsonl; its README explains the
// members.
type attack struct {
	Path, Encoding, Op, Subject, Class, Title string
	Verdict                                   verifier.Verdict
	Check, Outcome, Finding, Clock            string
	Code                                      schema.Code
	Accept                                    []struct {
		Verdict verifier.Verdict
		Code    schema.Code
	}
	Warn     []schema.Code
	Checks   map[string]string
	Resolve  map[string]string
	Requests []string
	Params   struct{ Challenge, Domain string }
	MaxMS    int `json:"max_ms"`
	MaxMiB   int `json:"max_mib"`
}

var attackDir = filepath.Join(judge.Root(), "testdata", "attacks")

// attackFile reads a file of the sample, the outer packing taken off.
func attackFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(attackDir, path))
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func attacks(t testing.TB) (all []attack) {
	t.Helper()
	for line := range bytes.Lines(attackFile(t, "index.jsonl")) {
		var a attack
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// attackWeb holds keys/resolve.json and what the row adds, nothing else.
func attackWeb(t testing.TB, a attack) fetch.Map {
	t.Helper()
	var served map[string]struct{ File, Type string }
	if err := json.Unmarshal(attackFile(t, "keys/resolve.json"), &served); err != nil {
		t.Fatal(err)
	}
	web := fetch.Map{}
	for url, d := range served {
		web[url] = fetch.Document{Bytes: attackFile(t, d.File), MediaType: d.Type}
	}
	for url, file := range a.Resolve {
		web[url] = fetch.Document{Bytes: attackFile(t, file), MediaType: "application/json"}
	}
	return web
}

func attackTrust(t testing.TB) []verifier.TrustList {
	t.Helper()
	list, err := verifier.ParseTrustList(attackFile(t, "keys/trust.json"), "keys/trust.json")
	if err != nil {
		t.Fatal(err)
	}
	return []verifier.TrustList{list}
}

// attackVerifier asks a recording web under the program's own address rules.
func attackVerifier(t testing.TB, a attack) (*verifier.Verifier, *fetch.Recorder) {
	t.Helper()
	web := fetch.NewRecorder(attackWeb(t, a))
	return a.verifier(t, fetch.NewStack(fetch.Rules{}, web)), web
}

func (a attack) verifier(t testing.TB, source fetch.Source) *verifier.Verifier {
	clock := a.Clock
	if clock == "" {
		clock = "2026-06-01T12:00:00Z"
	}
	return &verifier.Verifier{
		Contexts: jsonld.Embedded(),
		Resolver: did.New(did.FromSource(source)),
		Lists:    verifier.FromSource(source),
		Trust:    attackTrust(t),
		Now:      fixed(clock),
	}
}

// verifies tells whether the row hands something to a verifier.
func (a attack) verifies() bool {
	return a.Op == "verify" || a.Op == "serve" || a.Op == "verify-presentation"
}

// request is what the row asks of a verifier.
func (a attack) request(t testing.TB) verifier.Request {
	file := a.Path
	if a.Op == "serve" {
		file = a.Subject
	}
	return verifier.Request{Input: attackFile(t, file), Presentation: a.Op == "verify-presentation",
		Challenge: a.Params.Challenge, Domain: a.Params.Domain}
}

// TestAttacks runs every row of the sample that hands something to a verifier.
func TestAttacks(t *testing.T) {
	ran := 0
	for _, a := range attacks(t) {
		if !a.verifies() {
			continue
		}
		ran++
		t.Run(a.Path, func(t *testing.T) {
			v, web := attackVerifier(t, a)
			ask := a.request(t)
			run := func() {
				if _, err := v.Verify(t.Context(), ask); err != nil {
					t.Fatal(err)
				}
			}
			withinLimits(t, run, a.MaxMS, a.MaxMiB)
			r, err := v.Verify(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, r)
			for _, url := range web.Asked() {
				if !slices.Contains(a.Requests, url) {
					t.Errorf("asked for %s", url)
				}
			}
			a.judge(t, r)
		})
	}
	if ran < 79 {
		t.Errorf("only %d rows ran", ran)
	}
}

// withinLimits measures what a verification takes; its time only where nothing
// else runs.
func withinLimits(t *testing.T, run func(), ms, mib int) {
	t.Helper()
	if got, max := allocatedBy(run), uint64(mib)<<20; got > max {
		t.Errorf("%d bytes allocated, allowed %d", got, max)
	}
	if os.Getenv("MERKKI_LONG") == "1" {
		if got, max := judge.CPUTime(run), time.Duration(ms)*time.Millisecond; got > max {
			t.Errorf("%s of CPU, allowed %s", got, max)
		}
	}
}

// allocatedBy returns all bytes that something ever allocates, which is more
// than memory can grow by.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// judge compares a report with what the row expects.
func (a attack) judge(t *testing.T, r *verifier.Report) {
	t.Helper()
	var p verifier.Primary
	if r.Primary != nil {
		p = *r.Primary
	}
	for _, o := range a.Accept {
		if r.Verdict == o.Verdict && p.Code == o.Code {
			return
		}
	}
	if r.Verdict != a.Verdict || p.Code != a.Code || p.Check != a.Check || p.Finding != a.Finding ||
		a.Outcome != "" && p.Outcome.String() != a.Outcome {
		t.Errorf("%s: got %s %+v, want %s %s %s %s %s", a.Title, r.Verdict, p, a.Verdict, a.Check, a.Outcome, a.Code, a.Finding)
	}
	for name, want := range a.Checks {
		if c := r.Check(name); c.Status.String() != want {
			t.Errorf("%s is %s, want %s", name, c.Status, want)
		}
	}
	for _, code := range a.Warn {
		if !slices.Contains(warnings(r), code) {
			t.Errorf("no warning %s in %v", code, warnings(r))
		}
	}
}

// warnings returns the codes of all warnings of a report.
func warnings(r *verifier.Report) (codes []schema.Code) {
	for _, c := range r.Checks {
		if c.Status == schema.Warn {
			codes = append(codes, c.Code)
		}
		for _, a := range c.Also {
			if a.Outcome == schema.Warn {
				codes = append(codes, a.Code)
			}
		}
	}
	return codes
}

// TestAttackSampleIsWhole compares the copy in the repository with the
// reference data.
func TestAttackSampleIsWhole(t *testing.T) {
	want, err := os.ReadFile(judge.Data(t, "attacks", "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, attackFile(t, "index.jsonl")) {
		t.Error("testdata/attacks is not the reference data's attack sample: copy it again")
	}
}
