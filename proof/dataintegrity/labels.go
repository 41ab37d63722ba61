package dataintegrity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/mr-tron/base58"

	"merkki/schema/rdfcanon"
)

// canonicalLabel is how RDFC-1.0 names blank nodes, before the number.
const canonicalLabel = "_:c14n"

// hmacLabel is the label that a base proof gives a blank node instead of its
// canonical one, so that what is left out cannot be guessed from the labels of
// what is shown (Data Integrity ECDSA Cryptosuites 1.0, section 3.4.2).
func hmacLabel(key []byte, canonical string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.TrimPrefix(canonical, "_:")))
	return h.Sum(nil)
}

// blankLabel writes an HMAC as the label of a blank node.
func blankLabel(mac []byte) string { return "_:u" + base64.RawURLEncoding.EncodeToString(mac) }

// relabelled writes the statements of a canonicalised document under the labels
// that a derived value has for its canonical ones. Every blank node must have a
// label of its own: with one label for two a holder could show one signed node
// as two things, and signatures would hold. The specification does not ask for it.
func relabelled(p *Part, labels map[uint64][]byte) ([]string, error) {
	taken := make(map[string]bool, len(labels))
	for _, mac := range labels {
		taken[string(mac)] = true
	}
	n := p.dataset.Nodes()
	if len(taken) != n || len(labels) != n {
		return nil, ErrValue
	}
	byNumber := make([]string, n)
	for i := range byNumber {
		mac, ok := labels[uint64(i)]
		if !ok {
			return nil, ErrValue
		}
		byNumber[i] = blankLabel(mac)
	}
	return p.dataset.Relabel(func(n int) string { return byNumber[n] }), nil
}

// relabel writes statements with other labels, sorted again: the order of the
// canonical form is lost by relabelling (section 3.4.1 does not say so; the
// published vectors depend on it).
func relabel(quads []rdfcanon.Quad, labels map[string]string) ([]string, error) {
	lines := make([]string, len(quads))
	for i, q := range quads {
		for _, t := range []*rdfcanon.Term{&q.Subject, &q.Object, &q.Graph} {
			if t.Kind != rdfcanon.Blank {
				continue
			}
			l, ok := labels[t.Value]
			if !ok {
				return nil, ErrValue
			}
			t.Value = l
		}
		lines[i] = q.String()
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// parted joins and hashes the lines that are mandatory, and leaves the others
// single (section 3.4.11, 3.4.17).
func parted(lines []string, mandatory func(i int) bool) *Part {
	p := &Part{text: []byte(strings.Join(lines, ""))}
	h := sha256.New()
	for i, l := range lines {
		if mandatory(i) {
			h.Write([]byte(l))
		} else {
			p.single = append(p.single, []byte(l))
		}
	}
	p.Hash = h.Sum(nil)
	return p
}

func multikey(b []byte) string { return base58btc + base58.Encode(b) }

func sortedKeys[V any](m map[uint64]V) []uint64 { return slices.Sorted(maps.Keys(m)) }
