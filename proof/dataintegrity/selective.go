package dataintegrity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"slices"

	"merkki/keys"
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
func (selective) sign(ctx context.Context, _ *Suite, a *algorithm, s crypto.Signer, in *Input, configuration *Part, o SignOptions) (string, error) {
	sec, err := newSecret()
	if err != nil {
		return "", err
	}
	v, err := signBase(ctx, a, s, in, configuration, o.Mandatory, sec)
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
