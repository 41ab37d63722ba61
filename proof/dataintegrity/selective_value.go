package dataintegrity

import (
	"encoding/base64"
	"errors"
	"slices"

	"merkki/proof/dataintegrity/cbor"
)

// The heads of the two kinds of value; they are the head of a CBOR tag.
var (
	baseHead    = []byte{0xd9, 0x5d, 0x00}
	derivedHead = []byte{0xd9, 0x5d, 0x01}
)

// ErrBase is the error of a base proof where a derived one is needed.
var ErrBase = errors.New("dataintegrity: a base proof is for its holder, who derives from it what others verify")

const (
	signatureSize = 64
	hmacSize      = 32
	// scopedSize is that of a P-256 key in Multikey form: two bytes of
	// prefix and a compressed point. Section 3.5.8 says 36, and means this.
	scopedSize = 35
)

var scopedPrefix = []byte{0x80, 0x24}

// A disclosure is what a derived value says beside the issuer's signature.
type disclosure struct {
	scoped     []byte            // the key made for this proof
	signatures [][]byte          // of the statements that are not mandatory
	labels     map[uint64][]byte // N of _:c14nN → the HMAC that is its label
	mandatory  []uint64          // indices into the relabelled lines
}

// A base is what a base value says.
type base struct {
	signature  []byte
	scoped     []byte
	hmacKey    []byte
	signatures [][]byte
	mandatory  []string // JSON pointers
}

// unwrap takes the multibase text, u and base64url without padding (Controlled
// Identifiers 1.0, section 2.4), off the bytes and splits off their head.
func unwrap(proofValue string) (head, body []byte, err error) {
	if proofValue == "" || proofValue[0] != 'u' {
		return nil, nil, ErrValue
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(proofValue[1:])
	// The decoder skips line feeds, which would be a second spelling.
	if err != nil || len(b) < len(baseHead) || base64.RawURLEncoding.EncodedLen(len(b)) != len(proofValue)-1 {
		return nil, nil, ErrValue
	}
	return b[:len(baseHead)], b[len(baseHead):], nil
}

func wrap(head, body []byte) string {
	return "u" + base64.RawURLEncoding.EncodeToString(slices.Concat(head, body))
}

// decode reads a derived value (section 3.5.7).
func (selective) decode(_ *Suite, proofValue string) (*Value, error) {
	head, body, err := unwrap(proofValue)
	switch {
	case err != nil:
		return nil, err
	case slices.Equal(head, baseHead):
		if _, err := decodeBase(proofValue); err == nil {
			return nil, ErrBase
		}
		return nil, ErrValue
	case !slices.Equal(head, derivedHead):
		return nil, ErrValue
	}
	r := cbor.NewReader(body)
	if r.Array() != 5 {
		return nil, ErrValue
	}
	v := &Value{signature: r.Bytes(), disclosed: &disclosure{scoped: r.Bytes()}}
	d := v.disclosed
	d.signatures = byteStrings(r)
	ok := true
	pairs := r.Map()
	d.labels = make(map[uint64][]byte, pairs)
	for range pairs {
		n, label := r.Uint(), r.Bytes()
		_, twice := d.labels[n]
		ok = ok && !twice && len(label) == hmacSize
		d.labels[n] = label
	}
	for range r.Array() {
		d.mandatory = append(d.mandatory, r.Uint())
	}
	if r.End() != nil || !ok || !areSignatures(v.signature, d.signatures) || len(d.scoped) != scopedSize {
		return nil, ErrValue
	}
	return v, nil
}

// encode writes a derived value (section 3.5.6).
func (v *Value) encode() string {
	d := v.disclosed
	b := cbor.AppendArray(nil, 5)
	b = cbor.AppendBytes(b, v.signature)
	b = cbor.AppendBytes(b, d.scoped)
	b = appendStrings(b, d.signatures)
	b = cbor.AppendMap(b, len(d.labels))
	for _, n := range sortedKeys(d.labels) {
		b = cbor.AppendBytes(cbor.AppendUint(b, n), d.labels[n])
	}
	b = cbor.AppendArray(b, len(d.mandatory))
	for _, n := range d.mandatory {
		b = cbor.AppendUint(b, n)
	}
	return wrap(derivedHead, b)
}

// decodeBase reads a base value (section 3.5.3).
func decodeBase(proofValue string) (*base, error) {
	head, body, err := unwrap(proofValue)
	if err != nil || !slices.Equal(head, baseHead) {
		return nil, ErrValue
	}
	r := cbor.NewReader(body)
	if r.Array() != 5 {
		return nil, ErrValue
	}
	v := &base{signature: r.Bytes(), scoped: r.Bytes(), hmacKey: r.Bytes()}
	v.signatures = byteStrings(r)
	for range r.Array() {
		v.mandatory = append(v.mandatory, r.Text())
	}
	if r.End() != nil || !areSignatures(v.signature, v.signatures) || len(v.scoped) != scopedSize || len(v.hmacKey) != hmacSize {
		return nil, ErrValue
	}
	return v, nil
}

// encode writes a base value (section 3.5.2).
func (v *base) encode() string {
	b := cbor.AppendArray(nil, 5)
	b = cbor.AppendBytes(b, v.signature)
	b = cbor.AppendBytes(b, v.scoped)
	b = cbor.AppendBytes(b, v.hmacKey)
	b = appendStrings(b, v.signatures)
	b = cbor.AppendArray(b, len(v.mandatory))
	for _, p := range v.mandatory {
		b = cbor.AppendText(b, p)
	}
	return wrap(baseHead, b)
}

func byteStrings(r *cbor.Reader) (list [][]byte) {
	for range r.Array() {
		list = append(list, r.Bytes())
	}
	return list
}

func appendStrings(b []byte, list [][]byte) []byte {
	b = cbor.AppendArray(b, len(list))
	for _, s := range list {
		b = cbor.AppendBytes(b, s)
	}
	return b
}

func areSignatures(first []byte, others [][]byte) bool {
	return len(first) == signatureSize && !slices.ContainsFunc(others, func(s []byte) bool { return len(s) != signatureSize })
}
