package rdfcanon_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"merkki/internal/judge"
	"merkki/schema/rdfcanon"
)

// graph draws a small dataset over few nodes, so that many look alike.
func graph(t *rapid.T) []rdfcanon.Quad {
	node := rapid.Custom(func(t *rapid.T) rdfcanon.Term {
		if rapid.IntRange(0, 4).Draw(t, "named") == 0 {
			return rdfcanon.Term{Kind: rdfcanon.IRI, Value: rapid.SampledFrom([]string{"urn:x:1", "urn:x:2"}).Draw(t, "iri")}
		}
		return rdfcanon.Term{Kind: rdfcanon.Blank, Value: rapid.SampledFrom([]string{"_:k", "_:l", "_:m", "_:n", "_:o"}).Draw(t, "label")}
	})
	quad := rapid.Custom(func(t *rapid.T) rdfcanon.Quad {
		q := rdfcanon.Quad{
			Subject:   node.Draw(t, "s"),
			Predicate: rdfcanon.Term{Kind: rdfcanon.IRI, Value: rapid.SampledFrom([]string{"urn:p:1", "urn:p:2"}).Draw(t, "p")},
			Object:    node.Draw(t, "o"),
		}
		switch rapid.IntRange(0, 5).Draw(t, "form") {
		case 0:
			q.Object = rdfcanon.Term{Kind: rdfcanon.Literal, Value: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "text")}
		case 1:
			q.Graph = node.Draw(t, "g")
		}
		return q
	})
	return rapid.SliceOfN(quad, 0, 14).Draw(t, "quads")
}

// TestNamesAndOrderDoNotMatter: other labels, another order and statements said
// twice give the same lines.
func TestNamesAndOrderDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quads := graph(t)
		hash := rapid.SampledFrom([]crypto.Hash{crypto.SHA256, crypto.SHA384}).Draw(t, "hash")
		one, err := rdfcanon.Canonicalize(context.Background(), quads, hash)
		if err != nil {
			t.Skip(err)
		}
		labels := rapid.Permutation([]string{"_:k", "_:l", "_:m", "_:n", "_:o"}).Draw(t, "labels")
		rename := func(x *rdfcanon.Term) {
			if x.Kind == rdfcanon.Blank {
				x.Value = labels[strings.Index("klmno", x.Value[2:])] + "z"
			}
		}
		other := rapid.Permutation(append(slices.Clone(quads), quads[:len(quads)/2]...)).Draw(t, "order")
		for i := range other {
			rename(&other[i].Subject)
			rename(&other[i].Object)
			rename(&other[i].Graph)
		}
		two, err := rdfcanon.Canonicalize(context.Background(), other, hash)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one.Lines(), two.Lines()) {
			t.Fatalf("%s\nand\n%s", one.Bytes(), two.Bytes())
		}
	})
}

// TestCanonicalFormIsItsOwn: read back and canonicalised again, a canonical form
// is itself, and its labels are those it has.
func TestCanonicalFormIsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := rdfcanon.Canonicalize(context.Background(), graph(t), crypto.SHA256)
		if err != nil {
			t.Skip(err)
		}
		again, err := rdfcanon.ParseNQuads(string(c.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		d, err := rdfcanon.Canonicalize(context.Background(), again, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(c.Lines(), d.Lines()) {
			t.Fatalf("%s\nand\n%s", c.Bytes(), d.Bytes())
		}
	})
}

// TestDifferentDatasetsDiffer: taking away a statement changes the form.
func TestDifferentDatasetsDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quads := graph(t)
		if len(quads) == 0 {
			t.Skip("empty")
		}
		one, err := rdfcanon.Canonicalize(context.Background(), quads, crypto.SHA256)
		if err != nil {
			t.Skip(err)
		}
		gone := rapid.SampledFrom(quads).Draw(t, "gone")
		rest := slices.DeleteFunc(slices.Clone(quads), func(q rdfcanon.Quad) bool { return q == gone })
		two, err := rdfcanon.Canonicalize(context.Background(), rest, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if len(two.Lines()) != len(one.Lines())-1 {
			t.Fatalf("%d lines, without one statement %d", len(one.Lines()), len(two.Lines()))
		}
	})
}

func link(from, predicate, to string) rdfcanon.Quad {
	return rdfcanon.Quad{
		Subject:   rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:" + from},
		Predicate: rdfcanon.Term{Kind: rdfcanon.IRI, Value: "urn:p:" + predicate},
		Object:    rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:" + to},
	}
}

// shapes are datasets whose search is long, by size.
var shapes = map[string]func(n int) []rdfcanon.Quad{
	"clique": func(n int) (out []rdfcanon.Quad) {
		for i := range n {
			for j := range n {
				if i != j {
					out = append(out, link(fmt.Sprint(i), "", fmt.Sprint(j)))
				}
			}
		}
		return out
	},
	"ring": func(n int) (out []rdfcanon.Quad) {
		for i := range n {
			out = append(out, link(fmt.Sprint(i), "", fmt.Sprint((i+1)%n)))
		}
		return out
	},
	"chain": func(n int) (out []rdfcanon.Quad) {
		for i := range n - 1 {
			out = append(out, link(fmt.Sprint(i), "", fmt.Sprint(i+1)))
		}
		return out
	},
	"equal leaves": func(n int) (out []rdfcanon.Quad) {
		for i := range n {
			out = append(out, link("hub", "", fmt.Sprint(i)))
		}
		return out
	},
	// A hub that knows every node of a chain directly too: all of its long list
	// has labels before its permutations are tried.
	"chain with a hub": func(n int) (out []rdfcanon.Quad) {
		for i := range n - 1 {
			out = append(out, link(fmt.Sprint(i), "", fmt.Sprint(i+1)), link("hub", "all", fmt.Sprint(i)))
		}
		return append(out, link("hub", "first", "0"), link("hub2", "", "hub"), link("hub3", "", "hub2"))
	},
	"two hubs": func(n int) (out []rdfcanon.Quad) {
		for i := range n - 2 {
			out = append(out, link("a", "", fmt.Sprint(i)), link("b", "", fmt.Sprint(i)))
		}
		return out
	},
	"nothing shared": func(n int) (out []rdfcanon.Quad) {
		for i := range n {
			out = append(out, link("hub", fmt.Sprint(i), fmt.Sprint(i)))
		}
		return out
	},
}

// TestPoison: every size of every shape is answered, and soon. Being refused is
// a property of the dataset: twice the same answer.
func TestPoison(t *testing.T) {
	for name, shape := range shapes {
		for _, n := range []int{2, 5, 8, 10, 100, 400, 1_999, 2_500} {
			if name == "clique" && n > 140 {
				continue
			}
			quads := shape(n)
			var errs []error
			took := judge.CPUTime(func() {
				_, err := rdfcanon.Canonicalize(t.Context(), quads, crypto.SHA256)
				errs = append(errs, err)
			})
			if took > 100*time.Millisecond {
				t.Errorf("%s of %d took %v (%v)", name, n, took, errs[0])
			}
			for _, again := range errs {
				if fmt.Sprint(again) != fmt.Sprint(errs[0]) {
					t.Errorf("%s of %d: %v, then %v", name, n, errs[0], again)
				}
			}
			work, refused := errors.AsType[*rdfcanon.WorkError](errs[0])
			if errs[0] != nil && !refused {
				t.Errorf("%s of %d: %v", name, n, errs[0])
			}
			if n > 2_000 && (!refused || work.Limit != "rdf.blankNodes") {
				t.Errorf("%s of %d: %v, want rdf.blankNodes", name, n, errs[0])
			}
			if small := n <= 5; small && refused || name == "nothing shared" && n < 2_000 && refused {
				t.Errorf("%s of %d: %v", name, n, errs[0])
			}
		}
	}
}

// TestQuadsAreCounted: more statements than allowed are refused before anything
// is hashed.
func TestQuadsAreCounted(t *testing.T) {
	_, err := rdfcanon.Canonicalize(t.Context(), make([]rdfcanon.Quad, 20_001), crypto.SHA256)
	if work, ok := errors.AsType[*rdfcanon.WorkError](err); !ok || work.Limit != "rdf.quads" || work.Max != 20_000 {
		t.Errorf("got %v, want rdf.quads", err)
	}
}

// TestLongNames: what many statements share stands in each of them, and what is
// hashed again and again is counted by its length.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("x", 500_000)
	shared := make([]rdfcanon.Quad, 2_000)
	for i := range shared {
		shared[i] = link("a", long, fmt.Sprint(i%100))
	}
	ring := shapes["ring"](20)
	for i := range ring {
		ring[i].Predicate.Value = "urn:" + long
	}
	for want, quads := range map[string][]rdfcanon.Quad{"rdf.bytes": shared, "rdfc.calls": ring} {
		took := judge.CPUTime(func() {
			_, err := rdfcanon.Canonicalize(t.Context(), quads, crypto.SHA256)
			if work, ok := errors.AsType[*rdfcanon.WorkError](err); !ok || work.Limit != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
		if took > 250*time.Millisecond {
			t.Errorf("%s: the refusal took %v", want, took)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rdfcanon.Canonicalize(ctx, shapes["ring"](10), crypto.SHA256); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestNoStatementNoHash(t *testing.T) {
	good := link("a", "", "b")
	literal := rdfcanon.Term{Kind: rdfcanon.Literal, Value: "x"}
	for _, change := range []func(*rdfcanon.Quad){
		func(q *rdfcanon.Quad) { q.Subject = literal },
		func(q *rdfcanon.Quad) { q.Predicate = q.Subject },
		func(q *rdfcanon.Quad) { q.Object = rdfcanon.Term{} },
		func(q *rdfcanon.Quad) { q.Graph = literal },
	} {
		q := good
		change(&q)
		if _, err := rdfcanon.Canonicalize(t.Context(), []rdfcanon.Quad{good, q}, crypto.SHA256); err == nil {
			t.Errorf("accepted: %s", q)
		}
	}
	for _, h := range []crypto.Hash{0, crypto.SHA1, crypto.SHA512} {
		if _, err := rdfcanon.Canonicalize(t.Context(), []rdfcanon.Quad{good}, h); err == nil {
			t.Errorf("accepted hash %v", h)
		}
	}
}
