// Package rdfcanon puts RDF datasets into the one canonical form that all
// RDF-canonicalising signatures cover: RDFC-1.0 (W3C Recommendation, RDF
// Dataset Canonicalization).
//
//	b := rdfcanon.NewBuilder()
//	b.Add(&subject, &predicate, &object, &graph)
//	c, err := b.Finish().Canonicalize(ctx, crypto.SHA256)
//	if err != nil {
//		return err // a *WorkError when the dataset is poison
//	}
//	digest := c.Sum() // SHA-256 of c.Bytes()
//
// Statements are written down as lines while they are found, with holes where
// blank nodes stand; what follows works on the lines. [Canonicalize] does it all
// for quads.
//
// Two datasets have the same canonical form exactly when they say the same,
// whatever their blank nodes are called and in whatever order their statements
// come. Finding the form is as hard as comparing graphs, and anybody can write
// a small document for which it takes for ever. The package therefore counts
// its work and refuses beyond a bound ([WorkError]); it never depends on a
// timer, so a document that is refused is refused on every machine. The
// context is looked at in every loop that input can lengthen.
//
// Ordinary credentials have blank nodes that differ in what is said about
// them directly. For those no search takes place at all.
package rdfcanon

// A TermKind says what a Term is.
type TermKind uint8

// The kinds of terms.
const (
	IRI TermKind = iota + 1
	Blank
	Literal
)

// A Term is a subject, predicate, object or graph name. A zero Term as graph
// name means the default graph.
type Term struct {
	Kind     TermKind
	Value    string // IRI; label with "_:"; lexical form
	Datatype string // of a literal; "" means xsd:string
	Language string // of a literal; lower case
}

// A Quad is one statement.
type Quad struct{ Subject, Predicate, Object, Graph Term }

// String returns the quad as one line of N-Quads with its final LF, blank
// nodes under the labels they have.
func (q Quad) String() string { return string(appendQuad(nil, q)) }
