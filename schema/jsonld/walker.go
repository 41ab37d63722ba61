package jsonld

import (
	"context"
	"slices"
	"strconv"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// A walker goes through a document once, with the compiled tables of its
// contexts, and writes its statements as it goes. It knows only what it is sure
// about: at anything else (a loss, a limit, a keyword, a label of a blank node,
// a form that ordinary credentials do not have) it stops, and the document is
// read with care, which finds the words for what is wrong. So it can accept and
// never refuses.
//
// It writes the same quads in the same order and under the same labels as the
// careful reading does; tests compare them one by one.
type walker struct {
	*table
	ctx    context.Context
	out    *rdfcanon.Builder
	blanks int
	bytes  int // of all facts, as a census counts them
	spent  int // on contexts, as a scoper counts
	refs   []ref
	cells  []rdfcanon.Term
}

// A ref is a property of the node that is being written: where among the
// members, and its word.
type ref struct {
	*word
	member int
}

// walk returns the statements of a document, and false where it is not covered.
func (r *Register) walk(ctx context.Context, root schema.Value, list []entry) (*rdfcanon.Dataset, bool) {
	t := r.table(list)
	if t == nil {
		return nil, false
	}
	w := &walker{table: t, ctx: ctx, out: rdfcanon.NewBuilder(), refs: make([]ref, 0, 32)}
	var none rdfcanon.Term
	if _, ok := w.node(t.top, &root, &none, true); !ok || w.out.Len() == 0 || !w.within() {
		w.out.Discard()
		return nil, false
	}
	return w.out.Finish(), true
}

// within reports whether the limits of a careful reading would hold.
func (w *walker) within() bool {
	return w.bytes <= rdfcanon.MaxBytes && w.spent <= maxDefinitions && w.ctx.Err() == nil
}

// apply puts a scoped context into force.
func (w *walker) apply(s *state, l *local, override, propagate bool) *state {
	o, ok := w.table.apply(s, step{l, override, propagate})
	if w.spent += o.cost; !ok || w.spent > maxDefinitions {
		return nil
	}
	return o.to
}

// object writes the value v of a property, an object (JSON-LD 1.1 API, section
// 5.1.2 steps 6 to 11), and returns the term that stands for it.
func (w *walker) object(s *state, via *word, v *schema.Value, graph *rdfcanon.Term) (o rdfcanon.Term, ok bool) {
	_, isValue := v.Get("@value")
	if s.previous != nil && !isValue && !s.isReference(v) {
		s = s.previous
	}
	if via.scoped != nil {
		if s = w.apply(s, via.scoped, true, true); s == nil {
			return o, false
		}
	}
	if isValue {
		o, ok = w.value(s, v)
		return o, ok && via.container&inGraph == 0
	}
	if s = w.contexts(s, v); s == nil {
		return o, false
	}
	if via.container&inGraph != 0 {
		name := w.fresh()
		_, ok = w.node(s, v, &name, true)
		return name, ok
	}
	return w.node(s, v, graph, false)
}

// contexts puts the contexts of an embedded credential into force.
func (w *walker) contexts(s *state, v *schema.Value) *state {
	for _, item := range v.GetList("@context") {
		src, ok := w.scoper.register.contexts[item.Text]
		if item.Kind != schema.String || !ok {
			return nil
		}
		w.spent += 100 // for the address, beside what it leads to
		if s = w.apply(s, src.local, false, true); s == nil {
			return nil
		}
	}
	return s
}

// isReference reports whether an object only names a node.
func (s *state) isReference(v *schema.Value) bool {
	if len(v.Members) != 1 {
		return false
	}
	e := s.terms[v.Members[0].Name]
	return e != nil && e.means == isIdentifier
}

// node writes what is said about a node. One that speaks stands for itself: if it
// has a name, something has to be said about it.
func (w *walker) node(typed *state, v *schema.Value, graph *rdfcanon.Term, speaks bool) (s rdfcanon.Term, ok bool) {
	if w.ctx.Err() != nil {
		return s, false
	}
	classes := typed.classes(v)
	in := w.scoped(typed, classes)
	if in == nil {
		return s, false
	}
	from := len(w.refs)
	id, ok := w.members(in, v, classes != nil)
	if !ok {
		return s, false
	}
	before := w.out.Len()
	if id == nil {
		s = w.fresh()
	} else if s, ok = w.identifier(in, id.Text, false); !ok {
		return s, false
	}
	if ok = w.classify(typed, &s, classes, graph); !ok {
		return s, false
	}
	// What is nested grows the stack of references further, and cuts it back.
	for i := from; i < len(w.refs); i++ {
		r := w.refs[i]
		m := &v.Members[r.member]
		p := rdfcanon.Term{Kind: rdfcanon.IRI, Value: r.iri}
		if !w.property(in, r.word, m, &s, &p, graph) {
			return s, false
		}
	}
	w.refs = w.refs[:from]
	return s, !speaks || id == nil || w.out.Len() > before
}

// classes returns the value of the member that means @type, nil where there is
// none.
func (s *state) classes(v *schema.Value) *schema.Value {
	for i := range v.Members {
		if slices.Contains(s.types, v.Members[i].Name) {
			return &v.Members[i].Value
		}
	}
	return nil
}

// scoped puts the contexts of the classes into force, in the order of their
// names.
func (w *walker) scoped(typed *state, classes *schema.Value) *state {
	if classes == nil {
		return typed
	}
	var few [8]*schema.Value
	sorted := few[:0]
	for i := range count(classes) {
		sorted = append(sorted, item(classes, i))
	}
	slices.SortFunc(sorted, func(a, b *schema.Value) int { return compareText(a, b) })
	s := typed
	for _, c := range sorted {
		if e := typed.terms[c.Text]; e != nil && e.scoped != nil {
			if s = w.apply(s, e.scoped, false, false); s == nil {
				return nil
			}
		}
	}
	return s
}

// members sorts the properties of a node onto the stack and returns its
// identifier, nil where there is none. typed says that the node has a type.
func (w *walker) members(s *state, v *schema.Value, typed bool) (id *schema.Value, ok bool) {
	from, classes := len(w.refs), 0
	for i := range v.Members {
		m := &v.Members[i]
		e := s.terms[m.Name]
		switch {
		case m.Name == "@context":
			continue
		case e == nil:
			return nil, false
		}
		switch e.means {
		case isProperty:
			w.refs = append(w.refs, ref{e, i})
			for k := len(w.refs) - 1; k > from && w.refs[k-1].rank > e.rank; k-- {
				w.refs[k], w.refs[k-1] = w.refs[k-1], w.refs[k]
			}
		case isClass:
			classes++
		case isIdentifier:
			if id != nil || m.Value.Kind != schema.String {
				return nil, false
			}
			id = &m.Value
		default:
			return nil, false
		}
	}
	return id, classes == 1 && typed || classes == 0 && !typed
}

// classify writes the types of a node.
func (w *walker) classify(s *state, subject *rdfcanon.Term, classes *schema.Value, graph *rdfcanon.Term) bool {
	if classes == nil {
		return true
	}
	for i := range count(classes) {
		c := item(classes, i)
		if c.Kind != schema.String {
			return false
		}
		o, ok := w.class(s, c.Text)
		if !ok {
			return false
		}
		w.out.Add(subject, &isA, &o, graph)
	}
	return true
}

func (w *walker) fresh() rdfcanon.Term {
	w.blanks++
	if w.blanks <= len(labels) {
		return rdfcanon.Term{Kind: rdfcanon.Blank, Value: labels[w.blanks-1]}
	}
	return rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:b" + strconv.Itoa(w.blanks-1)}
}

// labels are the first ones, ready made.
var labels = func() (l [64]string) {
	for i := range l {
		l[i] = "_:b" + strconv.Itoa(i)
	}
	return l
}()
