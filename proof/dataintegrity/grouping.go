package dataintegrity

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// A grouping is a document whose statements have HMAC labels and can be found
// again when a part of the document is selected (Data Integrity ECDSA
// Cryptosuites 1.0, sections 3.4.3 and 3.4.15). For that every node without a
// name is given one. The specification compacts the expanded document again
// and selects on the result; here the names are put into the document as it
// is, so that a pointer means the same for the issuer, the holder and the
// reader.
type grouping struct {
	lines    []string          // under HMAC labels, sorted
	index    map[string]int    // of a line
	labels   map[string]string // label of a named node → HMAC label
	macs     map[string][]byte // label of a named node → HMAC
	named    schema.Value      // the document with names
	prefix   string            // that all names have
	register *jsonld.Register
}

// A group is what pointers select of a grouping.
type group struct {
	at    map[int]bool    // indices of lines
	quads []rdfcanon.Quad // with named blank nodes
}

// newGrouping canonicalises a document and labels its nodes.
func newGrouping(ctx context.Context, in *Input, hmacKey []byte) (*grouping, error) {
	// Names that nobody can foresee meet none that stands in the document.
	g := &grouping{register: in.register, prefix: "urn:bnid:" + strings.ToLower(rand.Text()) + ":"}
	var err error
	if g.named, err = in.register.NameNodes(ctx, in.object, g.prefix); err != nil {
		return nil, err
	}
	quads, err := g.statements(ctx, g.named)
	if err != nil {
		return nil, err
	}
	c, err := rdfcanon.Canonicalize(ctx, quads, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	g.labels, g.macs, g.index = map[string]string{}, map[string][]byte{}, map[string]int{}
	for name, canonical := range c.Labels() {
		g.macs[name] = hmacLabel(hmacKey, canonical)
		g.labels[name] = blankLabel(g.macs[name])
	}
	if g.lines, err = relabel(quads, g.labels); err != nil {
		return nil, err
	}
	for i, l := range g.lines {
		g.index[l] = i
	}
	return g, nil
}

// matching finds the lines that the selection of the pointers says.
func (g *grouping) matching(ctx context.Context, pointers []string) (*group, error) {
	out := &group{at: map[int]bool{}}
	if len(pointers) == 0 {
		return out, nil
	}
	s, err := selectBy(g.named, pointers)
	if err != nil {
		return nil, err
	}
	if out.quads, err = g.statements(ctx, s.of(g.named)); err != nil {
		return nil, err
	}
	lines, err := relabel(out.quads, g.labels)
	if err != nil {
		return nil, g.blame(ctx, pointers, err)
	}
	for _, l := range lines {
		i, ok := g.index[l]
		if !ok {
			// Half a list is another list.
			return nil, g.blame(ctx, pointers, ErrValue)
		}
		out.at[i] = true
	}
	return out, nil
}

// blame finds the first of several pointers that cannot be selected.
func (g *grouping) blame(ctx context.Context, pointers []string, err error) error {
	if len(pointers) == 1 {
		return &PointerError{pointers[0]}
	}
	for _, p := range pointers {
		if _, one := g.matching(ctx, []string{p}); one != nil {
			return one
		}
	}
	return err
}

// statements returns the statements of a document with names, with the named
// nodes as blank nodes again.
func (g *grouping) statements(ctx context.Context, document schema.Value) ([]rdfcanon.Quad, error) {
	quads, err := g.register.Quads(ctx, document)
	if err != nil {
		return nil, err
	}
	quads, err = nameByPlace(quads)
	if err != nil {
		return nil, err
	}
	for i := range quads {
		for _, t := range []*rdfcanon.Term{&quads[i].Subject, &quads[i].Object, &quads[i].Graph} {
			if name, ok := strings.CutPrefix(t.Value, g.prefix); ok && t.Kind == rdfcanon.IRI {
				*t = rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:" + name}
			}
		}
	}
	return quads, nil
}

// errUnnamed is about documents in which two things without a name stand at
// the same place, and which therefore cannot be found again in a part.
var errUnnamed = errors.New("dataintegrity: the document has lists or graphs that cannot be told apart, which selective disclosure needs")

// nameByPlace gives the blank nodes that no member of the document can name,
// the cells of lists and the names of graphs, labels made of where they stand:
// they are the only one of their kind there.
func nameByPlace(quads []rdfcanon.Quad) ([]rdfcanon.Quad, error) {
	type place struct{ subject, predicate string }
	from := map[string]place{}
	taken := map[place]string{}
	for _, q := range quads {
		if q.Object.Kind != rdfcanon.Blank {
			continue
		}
		p := place{q.Subject.Value, q.Predicate.Value}
		if old, ok := from[q.Object.Value]; ok && old != p {
			return nil, errUnnamed
		}
		if other, ok := taken[p]; ok && other != q.Object.Value {
			return nil, errUnnamed
		}
		from[q.Object.Value], taken[p] = p, q.Object.Value
	}
	// A list is in the order of its statements only by chance, so names are
	// found from the end of the way, which is as long as the list.
	names := map[string]string{}
	name := func(label string) (string, error) {
		var way []string
		for at := label; ; {
			p, ok := from[at]
			if !ok || len(way) > len(quads) {
				if strings.HasPrefix(at, "_:") {
					return "", errUnnamed // a node that nothing leads to, or a circle
				}
				way = append(way, at)
				break
			}
			way = append(way, p.predicate)
			at = p.subject
		}
		sum := sha256.Sum256([]byte(strings.Join(way, "\n")))
		return "_:p" + base64.RawURLEncoding.EncodeToString(sum[:]), nil
	}
	out := make([]rdfcanon.Quad, len(quads))
	for i, q := range quads {
		for _, t := range []*rdfcanon.Term{&q.Subject, &q.Object, &q.Graph} {
			if t.Kind != rdfcanon.Blank {
				continue
			}
			n, ok := names[t.Value]
			if !ok {
				var err error
				if n, err = name(t.Value); err != nil {
					return nil, err
				}
				names[t.Value] = n
			}
			t.Value = n
		}
		out[i] = q
	}
	return out, nil
}
