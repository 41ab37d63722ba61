package dataintegrity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"merkki/keys"
	"merkki/proof/dataintegrity/cbor"
)

// selective is the form of ecdsa-sd-2023 (Data Integrity ECDSA Cryptosuites
// 1.0, sections 3.4 to 3.6). The issuer signs the statements that must be shown
// with his key, and each of the others with a key made for this proof alone.
// Whoever holds this base proof makes derived ones, in which some of the others
// are left out; only those are verified.
//
// The issuer's signature is checked with the key of the verification method,
// and the single ones with the key that the issuer's signature covers. Read
// literally, section 3.6.7 checks both with the second key, which the holder
// supplies: then anybody could be any issuer.
type selective struct{}

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

// present gives the statements the labels of the value and parts those that
// the issuer signed together from those signed one by one (section 3.5.8).
func (selective) present(document *Part, v *Value) (*Part, error) {
	lines, err := relabelled(document, v.disclosed.labels)
	if err != nil {
		return nil, err
	}
	mandatory := make([]bool, len(lines))
	for _, i := range v.disclosed.mandatory {
		if i >= uint64(len(lines)) || mandatory[i] {
			return nil, ErrValue
		}
		mandatory[i] = true
	}
	p := parted(lines, func(i int) bool { return mandatory[i] })
	if len(p.single) != len(v.disclosed.signatures) {
		return nil, ErrValue
	}
	return p, nil
}

// verify checks the issuer's signature, and each single one (section 3.6.7,
// with the right key for each).
func (selective) verify(a *algorithm, key crypto.PublicKey, document, configuration *Part, v *Value) bool {
	d := v.disclosed
	return a.holds(key, signedBase(configuration, d.scoped, document), v.signature) && holdSingly(a, d.scoped, document.single, d.signatures)
}

// holdSingly reports whether each line has its signature by the scoped key.
func holdSingly(a *algorithm, scoped []byte, lines, signatures [][]byte) bool {
	key, err := keys.ParseMultikey(multikey(scoped))
	if err != nil || len(lines) != len(signatures) {
		return false
	}
	for i, l := range lines {
		if !a.holds(key, l, signatures[i]) {
			return false
		}
	}
	return true
}

// signedBase is what the issuer signs (section 3.5.1).
func signedBase(configuration *Part, scoped []byte, document *Part) []byte {
	return slices.Concat(configuration.Hash, scoped, document.Hash)
}

// A secret is what is made for one base proof and for no other.
type secret struct {
	hmacKey []byte
	scoped  *ecdsa.PrivateKey
}

func newSecret() (*secret, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	s := &secret{hmacKey: make([]byte, hmacSize), scoped: key}
	_, err = rand.Read(s.hmacKey)
	return s, err
}

// sign makes a base proof (section 3.6.2). The private half of the scoped key
// lives no longer than this call.
func (selective) sign(ctx context.Context, _ *Suite, a *algorithm, s crypto.Signer, in *Input, configuration *Part, mandatory []string) (string, error) {
	sec, err := newSecret()
	if err != nil {
		return "", err
	}
	v, err := signBase(ctx, a, s, in, configuration, mandatory, sec)
	if err != nil {
		return "", err
	}
	return v.encode(), nil
}

func signBase(ctx context.Context, a *algorithm, s crypto.Signer, in *Input, configuration *Part, mandatory []string, sec *secret) (*base, error) {
	g, err := newGrouping(ctx, in, sec.hmacKey)
	if err != nil {
		return nil, err
	}
	must, err := g.matching(ctx, mandatory)
	if err != nil {
		return nil, err
	}
	document := parted(g.lines, func(i int) bool { return must.at[i] })
	v := &base{hmacKey: sec.hmacKey, mandatory: mandatory}
	if v.scoped, err = scopedBytes(&sec.scoped.PublicKey); err != nil {
		return nil, err
	}
	for _, line := range document.single {
		sig, err := a.signChecked(sec.scoped, line)
		if err != nil {
			return nil, err
		}
		v.signatures = append(v.signatures, sig)
	}
	if v.signature, err = a.signChecked(s, signedBase(configuration, v.scoped, document)); err != nil {
		return nil, fmt.Errorf("issuer's signature: %w", err)
	}
	return v, nil
}

// scopedBytes is a P-256 key in Multikey form, before base 58.
func scopedBytes(key *ecdsa.PublicKey) ([]byte, error) {
	uncompressed, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	half := (len(uncompressed) - 1) / 2
	sign := 2 + uncompressed[len(uncompressed)-1]&1
	return slices.Concat(scopedPrefix, []byte{sign}, uncompressed[1:1+half]), nil
}
