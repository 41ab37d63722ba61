package jsonld

import (
	"slices"
	"testing"
)

// A damage is a kind of error that a table could have: what it does to a word of a
// state, and how to undo it; nil where it would change nothing.
type damage struct {
	name string
	do   func(s spot, name string, w *word) (undo func())
}

// damages are those to single words. Whether a word is protected is asked while
// tables are made, and stands in none; @set means nothing in statements.
var damages = []damage{
	{"missing", func(s spot, name string, w *word) func() {
		delete(s.of.terms, name)
		return func() { s.of.terms[name] = w }
	}},
	{"another IRI", func(_ spot, _ string, w *word) func() {
		if w.means == isClass || w.means == isIdentifier {
			return nil // the IRI is a keyword, and asked only when the table is made
		}
		return changed(w, func(w *word) { w.iri += "x" })
	}},
	{"means nothing", func(_ spot, _ string, w *word) func() {
		if w.means == isNothing {
			return nil
		}
		return changed(w, func(w *word) { w.means = isNothing })
	}},
	{"identifier or text", property(func(w *word) bool { return asItself(w) && w.container&inGraph == 0 }, func(w *word) { w.link = !w.link })},
	{"like a class or not", property(func(w *word) bool { return w.link && asItself(w) && w.container&inGraph == 0 }, func(w *word) { w.vocab = !w.vocab })},
	{"JSON literal or not", property(func(w *word) bool { return true }, func(w *word) { w.json = !w.json })},
	{"datatype", property(func(w *word) bool {
		return asItself(w) && w.container&inGraph == 0 && (!w.link || w.container&inList == 0)
	},
		func(w *word) { w.datatype += "https://x.example/other" })},
	{"list or not", property(func(w *word) bool { return w.container&(inLanguage|inGraph) == 0 && !w.json }, func(w *word) { w.container ^= inList })},
	{"graph or not", property(func(w *word) bool { return w.container&inList == 0 && !w.json && w.container&inLanguage == 0 }, func(w *word) { w.container ^= inGraph })},
	{"language map or not", property(func(w *word) bool { return w.container&inList == 0 && !w.json }, func(w *word) { w.container ^= inLanguage })},
	{"clears the context of its values", property(func(w *word) bool { return w.scoped == nil && !w.json && w.container&inLanguage == 0 }, func(w *word) { w.scoped = &local{null: true} })},
	{"beginning of identifiers or not", func(s spot, _ string, w *word) func() {
		if s.typed || w.means == isClass || w.means == isIdentifier || w.iri == "" {
			return nil // no document can have it there
		}
		return changed(w, func(w *word) { w.prefix = !w.prefix })
	}},
}

// asItself reports whether scalars are read as the word says: in a scoped context
// the word is looked up once more.
func asItself(w *word) bool { return w.scoped == nil && !w.json && w.container&inLanguage == 0 }

// property makes a damage that only properties can have.
func property(can func(w *word) bool, change func(w *word)) func(spot, string, *word) func() {
	return func(_ spot, _ string, w *word) func() {
		if w.means != isProperty || !can(w) {
			return nil
		}
		return changed(w, change)
	}
}

// changed changes a word, whose term it may share with the reader, and returns
// how to undo that.
func changed(w *word, change func(w *word)) (undo func()) {
	before, term := *w, *w.term
	w.term = &term
	change(w)
	return func() { *w = before }
}

// TestTablesDamaged: an error of any kind in any entry of a table shows in the
// documents of TestTablesEveryWord.
func TestTablesDamaged(t *testing.T) {
	r := Embedded().clone() // with tables of its own
	tried := map[string]int{}
	for _, urls := range lists(r) {
		b := newBench(t, r, urls)
		if b == nil {
			continue
		}
		for _, s := range b.spots() {
			whole := b.together(s)
			for _, name := range s.words {
				trials := append(b.trials(s, name), whole)
				caught := func(what string) {
					tried[what]++
					if !slices.ContainsFunc(trials, func(tr trial) bool { return !b.agrees(tr) }) {
						t.Errorf("%v, %s: nothing shows: %s", urls, s.wrap(name), what)
					}
				}
				for _, d := range damages {
					if undo := d.do(s, name, s.of.terms[name]); undo != nil {
						caught(d.name)
						undo()
					}
				}
			}
			b.damageState(t, s, tried)
		}
	}
	for _, d := range damages {
		if tried[d.name] == 0 {
			t.Errorf("%s was never tried", d.name)
		}
	}
	t.Logf("caught: %v", tried)
}

// damageState damages what a state has besides words: the order in which
// properties are written, the names of @type, where a type's scope ends, and the
// scoped contexts that lead to it.
func (b *bench) damageState(t *testing.T, s spot, tried map[string]int) {
	trials := []trial{b.together(s)}
	var properties []*word
	for _, name := range s.words {
		trials = append(trials, b.trials(s, name)...)
		if w := s.of.terms[name]; w.means == isProperty {
			properties = append(properties, w)
		}
	}
	caught := func(what string) {
		tried[what]++
		if !slices.ContainsFunc(trials, func(tr trial) bool { return !b.agrees(tr) }) {
			t.Errorf("%s: nothing shows: %s", s.wrap(""), what)
		}
	}
	if len(properties) > 1 && trials[0].want != "" {
		first, last := properties[0], properties[len(properties)-1]
		first.rank, last.rank = last.rank, first.rank
		caught("order")
		first.rank, last.rank = last.rank, first.rank
	}
	if types := s.of.types; !s.typed && len(types) > 0 {
		s.of.types = nil
		caught("names of @type")
		s.of.types = types
	}
	if previous := s.of.previous; previous != nil && len(properties) > 0 {
		s.of.previous = nil
		caught("end of a type's scope")
		s.of.previous = previous
	}
	if s.from != nil && len(s.words) > 0 {
		known := s.from.next.Load()
		wrong := map[step]outcome{s.by: {s.from, 100}}
		s.from.next.Store(&wrong)
		caught("scoped context")
		s.from.next.Store(known)
	}
}
