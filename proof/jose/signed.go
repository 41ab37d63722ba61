package jose

import (
	"crypto"
	"slices"

	"merkki/schema"
)

// OpenSigned returns the payload of a compact JWS that is no credential, such as
// a signed list, after its signature was verified with a key that the reader
// already has. Its header may say alg, kid, typ and cty; alg has to be that of
// the key and one of algs.
//
// The error is a [*schema.Fault]: container.jws-malformed, the faults of
// [schema.Parse] for the payload, format.header, format.algorithm-unknown,
// format.algorithm-forbidden or signature.mismatch.
func OpenSigned(b []byte, key crypto.PublicKey, l schema.Limits, algs ...string) (*schema.Document, error) {
	if l.Bytes > 0 && len(b) > l.Bytes {
		return nil, schema.Found("size.too-large", "", map[string]any{"limit": "document.bytes", "max": l.Bytes, "found": len(b)})
	}
	header, payload, err := split(string(b))
	if err != nil {
		return nil, err
	}
	h, err := schema.Parse(header, schema.Limits{Bytes: maxHeader, Depth: 8})
	if err != nil {
		return nil, malformed("header")
	}
	for _, m := range h.Root().Members {
		if !slices.Contains([]string{"alg", "kid", "typ", "cty"}, m.Name) || m.Value.Kind != schema.String {
			return nil, headerFault(m.Name)
		}
	}
	name := h.Root().GetString("alg")
	row, fault := chooseAlgorithm(name, Options{})
	if fault != nil {
		return nil, fault
	}
	if !slices.Contains(algs, name) || !row.fits(key) {
		return nil, schema.Found("format.algorithm-forbidden", "", map[string]any{"algorithm": name})
	}
	if !(&Token{text: string(b), algorithm: row}).holds(key) {
		return nil, schema.Found("signature.mismatch", "", nil)
	}
	return schema.Parse(payload, l)
}
