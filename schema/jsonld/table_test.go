package jsonld

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"merkki/schema"
)

// A spot is an object of a document in which a compiled state is in force.
type spot struct {
	of    *state
	words []string // that mean something here that they do not mean at the top
	typed bool     // the object has a type already
	inner bool     // it is no whole document
	from  *state   // that a step leads from, nil at the top
	by    step
	wrap  func(string) string // members → document
}

// A trial is a document in which a word occurs, and what the careful way says.
type trial struct {
	list []entry
	root schema.Value
	want string // statements; "" where it is refused
}

// lists are combinations of registered contexts: those that Merkki itself writes
// and the bases; with MERKKI_LONG=1 each context after each base.
func lists(r *Register) (all [][]string) {
	if os.Getenv("MERKKI_LONG") != "1" {
		return [][]string{{BaseV1}, {BaseV2, urlOB303}, {BaseV2, "https://w3id.org/merkki/mc/v1"}}
	}
	for _, base := range []string{BaseV2, BaseV1} {
		all = append(all, []string{base})
		for _, url := range r.URLs() {
			if url != base && url != BaseV1 && url != BaseV2 {
				all = append(all, []string{base, url})
			}
		}
	}
	return append(all, []string{BaseV2, urlOB303, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"})
}

// A bench tries the words of one table.
type bench struct {
	testing.TB
	r     *Register
	table *table
	list  []entry
	json  string // the list
}

func newBench(t testing.TB, r *Register, urls []string) *bench {
	b := &bench{TB: t, r: r, json: `["` + strings.Join(urls, `", "`) + `"]`}
	root := b.parse(`{"@context": ` + b.json + `}`)
	if len(r.CheckContexts(root)) > 0 {
		return nil // they contradict each other
	}
	var err error
	if b.list, err = r.entries(root); err != nil {
		t.Fatal(err)
	}
	if b.table = r.table(b.list); b.table == nil {
		t.Fatalf("%v is not covered", urls)
	}
	return b
}

func (b *bench) parse(text string) schema.Value {
	doc, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		b.Fatalf("%v in %s", err, text)
	}
	return doc.Root()
}

func (b *bench) trial(text string) trial {
	root := b.parse(text)
	d, err := b.r.readTwice(b.Context(), root, b.list)
	if err != nil {
		return trial{b.list, root, ""}
	}
	return trial{b.list, root, d.String()}
}

// agrees reports whether the tables say of a document what the careful way says.
func (b *bench) agrees(tr trial) bool {
	d, ok := b.r.walk(b.Context(), tr.root, tr.list)
	return ok == (tr.want != "") && (!ok || d.String() == tr.want)
}

// spots finds the states that one step leads to from the top.
func (b *bench) spots() []spot {
	top := b.table.top
	document := func(members string) string { return `{"@context": ` + b.json + `, "id": "urn:x:1", ` + members + `}` }
	all := []spot{{top, slices.Sorted(maps.Keys(top.terms)), false, false, nil, step{}, document}}
	reach := func(from *state, by step, typed bool, wrap func(string) string) *state {
		o, ok := b.table.apply(from, by)
		if !ok {
			return nil // null over protected words, when it is used as a type
		}
		all = append(all, spot{o.to, differing(o.to, top), typed, by.propagate, from, by, wrap})
		return o.to
	}
	inside := func(name string, wrap func(string) string) func(string) string {
		return func(members string) string { return wrap(fmt.Sprintf(`%q: {%s}`, name, members)) }
	}
	for _, name := range all[0].words {
		w := top.terms[name]
		if w.scoped == nil {
			continue
		}
		if w.means == isProperty {
			reach(top, stepInto(w), false, inside(name, document))
		}
		typed := func(members string) string { return document(fmt.Sprintf(`"type": %q, `, name) + members) }
		of := reach(top, stepOf(w), true, typed)
		if of == nil {
			continue
		}
		for _, inner := range differing(of, top) {
			if w := of.terms[inner]; w.scoped != nil && w.means == isProperty {
				reach(of.previous, stepInto(w), false, inside(inner, typed))
			}
		}
	}
	return all
}

func stepInto(w *word) step { return step{w.scoped, true, true} }
func stepOf(w *word) step   { return step{w.scoped, false, false} }

// differing lists the words of a state that mean something else at the top.
func differing(s, top *state) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(s.terms)) {
		if t := top.terms[name]; t == nil || !t.term.same(s.terms[name].term) {
			names = append(names, name)
		}
	}
	return names
}

// sample is a value for a word, as JSON.
func (b *bench) sample(w *word) string {
	switch {
	case w.scoped != nil && w.scoped.null: // what has words there brings its own
		return `{"@context": ` + b.json + `, "id": "urn:g:1", "type": "https://x.example/T"}`
	case w.json:
		return `{"b": [1, null], "a": "x"}`
	case w.container&inLanguage != 0:
		return `{"sv": "a", "fi": ["b", "c"]}`
	case w.container&inGraph != 0:
		return `{"id": "urn:g:1", "type": "https://x.example/T"}`
	case w.container&inList != 0 && w.link:
		return `["urn:x:b", "urn:x:a", {"id": "urn:x:b"}]`
	case w.container&inList != 0:
		return `["b", "a", "b"]`
	case w.link:
		return `["https://x.example/a", {"id": "urn:o:1"}, 5]`
	}
	return `["a", 5, 5.5, true, {"@value": "x", "@language": "fi"}, {"id": "urn:o:1"}]`
}

// anywhere is a property that the top defines and that no class changes.
func (b *bench) anywhere() string {
	for _, name := range slices.Sorted(maps.Keys(b.table.top.terms)) {
		if w := b.table.top.terms[name]; w.means == isProperty && w.scoped == nil && w.container&^(inSet|inGraph) == 0 && !w.json {
			return name
		}
	}
	b.Fatal("the top has no property")
	return ""
}

// trials are documents in which a word of a spot occurs in every way in which it
// can: as a member, as a class, as the beginning of an identifier, as a value.
func (b *bench) trials(s spot, name string) (all []trial) {
	w := s.of.terms[name]
	add := func(members string) { all = append(all, b.trial(s.wrap(members))) }
	if w.means == isProperty {
		add(fmt.Sprintf(`%q: %s`, name, b.sample(w)))
		if w.container&(inLanguage|inGraph) == 0 {
			add(fmt.Sprintf(`%q: "VerifiableCredential"`, name))
		}
		if w.scoped != nil && w.vocab {
			o, _ := b.table.apply(s.of, stepInto(w))
			for _, inner := range differing(o.to, s.of) {
				add(fmt.Sprintf(`%q: %q`, name, inner))
			}
		}
	}
	if w.means == isIdentifier && s.inner {
		add(fmt.Sprintf(`"type": "https://x.example/T", %q: "urn:x:7"`, name))
	}
	switch {
	case w.means == isIdentifier || w.means == isClass && s.typed:
	case w.means == isClass:
		add(fmt.Sprintf(`%q: "https://x.example/T"`, name))
	case s.typed: // The type's words end at the next object.
		add(fmt.Sprintf(`%q: {%q: %s}`, b.anywhere(), name, b.sample(w)))
	default:
		add(fmt.Sprintf(`"type": %q`, name))
		add(fmt.Sprintf(`"type": "%s:x"`, name))
	}
	return all
}

// together is a document with all properties of a spot.
func (b *bench) together(s spot) trial {
	var members []string
	for _, name := range s.words {
		if w := s.of.terms[name]; w.means == isProperty {
			members = append(members, fmt.Sprintf(`%q: %s`, name, b.sample(w)))
		}
	}
	if len(members) == 0 {
		members = []string{fmt.Sprintf(`%q: {"id": "urn:o:1", "type": "https://x.example/T"}`, b.anywhere())}
	}
	slices.Reverse(members) // not in the order in which they are written
	return b.trial(s.wrap(strings.Join(members, ", ")))
}

// TestTablesEveryWord tries every word that a registered context defines, wherever it
// is in force: the tables say what the careful way says.
func TestTablesEveryWord(t *testing.T) {
	r, words, accepted := Embedded(), 0, 0
	for _, urls := range lists(r) {
		b := newBench(t, r, urls)
		if b == nil {
			continue
		}
		for _, s := range b.spots() {
			all := []trial{b.together(s)}
			for _, name := range s.words {
				words++
				all = append(all, b.trials(s, name)...)
			}
			for _, tr := range all {
				if tr.want != "" {
					accepted++
				}
				if !b.agrees(tr) {
					d, ok := b.r.walk(t.Context(), tr.root, tr.list)
					t.Errorf("covered %v: %s\n%v\nwant\n%s", ok, schema.Marshal(tr.root), d, tr.want)
				}
			}
		}
	}
	if words < 700 || accepted < 800 {
		t.Errorf("%d words and %d accepted documents are too few", words, accepted)
	}
	t.Logf("%d words, %d documents accepted", words, accepted)
}

// TestTablesAreBounded: a sender of ever new combinations of types does not make a
// register grow, and it says the same as before, to everybody.
func TestTablesAreBounded(t *testing.T) {
	r := Embedded().clone()
	b := newBench(t, r, []string{BaseV2, urlOB303})
	classes := []string{"Achievement", "Address", "Alignment", "Evidence", "Image", "Profile", "Related", "Result", "IdentityObject", "GeoCoordinates", "RubricCriterionLevel", "IdentifierEntry"}
	ordinary := b.trial(`{"@context": ` + b.json + `, "id": "urn:x:1", "type": "Achievement", "achievementType": "Course"}`)
	began := r.compiled.Load()
	for set := range 1 << len(classes) {
		var types []string
		for i, c := range classes {
			if set>>i&1 == 1 {
				types = append(types, `"`+c+`"`)
			}
		}
		root := b.parse(`{"@context": ` + b.json + `, "id": "urn:x:1", "type": ["VerifiableCredential", ` + strings.Join(append(types, `"VerifiablePresentation"`), ", ") + `]}`)
		_, _ = r.walk(t.Context(), root, b.list)
		if set%512 == 0 && !b.agrees(ordinary) {
			t.Fatal("an ordinary document is read otherwise")
		}
		// One document adds at most as many states as it has types.
		if n := r.compiled.Load().states.Load(); n > maxStates+int64(2*len(classes)) {
			t.Fatalf("%d states", n)
		}
	}
	if r.compiled.Load() == began {
		t.Error("the register never began again: the test does not reach the bound")
	}
}

// TestTablesAreShared lets many goroutines make the states of one table at once; it
// is for the race detector.
func TestTablesAreShared(t *testing.T) {
	b := newBench(t, Embedded().clone(), []string{BaseV2, urlOB303})
	var trials []trial
	for _, class := range []string{"Achievement", "Profile", "Image", "Result", "Address"} {
		trials = append(trials, b.trial(`{"@context": `+b.json+`, "id": "urn:x:1", "type": ["VerifiableCredential", "`+class+`"], "credentialSubject": {"type": "`+class+`"}}`))
	}
	b.r = Embedded().clone() // with nothing made yet
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if tr := trials[i%len(trials)]; !b.agrees(tr) || tr.want == "" {
				t.Errorf("%s is read otherwise", schema.Marshal(tr.root))
			}
		})
	}
	wg.Wait()
}
