package jsonld

import "hash/maphash"

// A census is what one reading of a document found: how many facts, and a sum
// over their hashes that does not depend on their order. Two readings that
// found the same have equal censuses; with a seed that nobody outside knows,
// others do not.
type census struct {
	n     int
	bytes int // of all facts, each as often as it occurs
	sum   uint64
}

var censusSeed = maphash.MakeSeed()

// The kinds of facts.
const (
	factID       = "id"       // a node has an identifier: the IRI
	factType     = "type"     // a node is of a class: the IRI
	factProperty = "property" // a node has a value for a property: the IRI
	factList     = "list"     // the value is a list
	factGraph    = "graph"    // the value is a graph
	factLiteral  = "literal"  // a value: JSON type, text, datatype, language and direction
)

// add counts a fact.
func (c *census) add(kind string, parts ...string) {
	var h maphash.Hash
	h.SetSeed(censusSeed)
	h.WriteString(kind)
	for _, p := range parts {
		h.WriteByte(0)
		h.WriteString(p)
		c.bytes += len(p)
	}
	c.n++
	c.sum += h.Sum64()
}
