package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"merkki/schema"
)

// A page is docs/performance.md.
type page struct {
	rounds, documents int
	rows              []*row
	more              []*row // what Merkki does besides
	shapes            []string
}

// describe notes what the documents of a corpus are like.
func (p *page) describe(c corpus, docs []schema.Value, signed [][]byte) {
	bytes, shapes := 0, map[[32]byte]bool{}
	for i, v := range docs {
		bytes += len(signed[i])
		shapes[sha256.Sum256([]byte(schema.Shape(v)))] = true
	}
	p.shapes = append(p.shapes, fmt.Sprintf("%s: %d documents of %d bytes on average with their proof, %d shapes", c.name, len(docs), bytes/len(docs), len(shapes)))
}

// besides measures what the other parties do not do.
func (p *page) besides(ctx context.Context, rounds, n int) error {
	for _, c := range corpora {
		key, _, err := edKey()
		if err != nil {
			return err
		}
		k, err := newSigner(key)
		if err != nil {
			return err
		}
		docs := c.documents(n, k.did)
		for _, r := range []*row{
			{what: c.name + ": read the JSON", parties: []party{{name: us, turn: timed(n, func(i int) error {
				_, err := schema.Build(docs[i])
				return err
			})}}},
			{what: c.name + ": JSON Schema and rules of Open Badges", parties: []party{{name: us, turn: timed(n, func(i int) error {
				if f := schema.CheckCredential(docs[i]); len(f) > 0 {
					return f[0]
				}
				return nil
			})}}},
		} {
			if err := r.run(rounds); err != nil {
				return fmt.Errorf("%s: %w", r.what, err)
			}
			p.more = append(p.more, r)
		}
	}
	return nil
}

// write writes the page.
func (p *page) write(w io.Writer) {
	fmt.Fprintf(w, "# Performance\n\nMeasured on %s, %s, %s, Node %s, one core (GOMAXPROCS=1).\nMade by `go run ./bench`, which says what is measured and how; %d rounds of %d documents,\nmedians of microseconds of processor time a document. Machines differ: the ratios were\ntaken in one run, everybody taking turns, and are what can be compared.\n\n",
		time.Now().UTC().Format(time.DateOnly), cpu(), runtime.Version(), nodeVersion(), p.rounds, p.documents)
	for _, s := range p.shapes {
		fmt.Fprintf(w, "- %s.\n", s)
	}
	fmt.Fprint(w, "\n## Beside others\n\n| what | Merkki µs | json-gold µs | Node µs | faster than json-gold | faster than Node |\n|---|---|---|---|---|---|\n")
	for _, r := range p.rows {
		what := r.what
		if r.note != "" {
			what += " (" + r.note + ")"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", what, micros(r.median(us)), micros(r.median(goldName)), micros(r.median(nodeName)),
			ratio(r.median(goldName), r.median(us)), ratio(r.median(nodeName), r.median(us)))
	}
	fmt.Fprint(w, "\n## What Merkki does besides\n\n| what | µs |\n|---|---|\n")
	for _, r := range p.more {
		fmt.Fprintf(w, "| %s | %s |\n", r.what, micros(r.median(us)))
	}
}

func micros(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f", float64(d)/float64(time.Microsecond))
}

func ratio(a, b time.Duration) string {
	if a == 0 || b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f×", float64(a)/float64(b))
}

// cpu names the processor, or the architecture where it has no name.
func cpu() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(b)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOARCH
}

func nodeVersion() string {
	b, err := exec.Command("node", "--version").Output()
	if err != nil {
		return "?"
	}
	return strings.TrimPrefix(strings.TrimSpace(string(b)), "v")
}
