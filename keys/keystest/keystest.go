// Package keystest is the specification of [keys.Store] in a form that runs.
//
// An implementation has no store tests of its own beyond what is particular to
// it. If it breaks in a way that Run does not notice, the missing case belongs
// here, where every other implementation meets it too.
package keystest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"merkki/keys"
)

// Run checks one implementation. open returns the store that lives at place,
// which it makes if it is not there; two calls with one place give the same
// keys, as two starts of a program would.
func Run(t *testing.T, open func(t *testing.T, place string) keys.Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, open func() keys.Store)
	}{
		{"GenerateNamesTheKey", generateNamesTheKey},
		{"EmptyIssuerIsDIDKey", emptyIssuerIsDIDKey},
		{"SignaturesVerify", signaturesVerify},
		{"KeysDiffer", keysDiffer},
		{"UnknownIsRefused", unknownIsRefused},
		{"ListIsOldestFirst", listIsOldestFirst},
		{"RetiredSignsNothing", retiredSignsNothing},
		{"RevokedSignsNothing", revokedSignsNothing},
		{"EarlierMomentHolds", earlierMomentHolds},
		{"SurvivesReopen", survivesReopen},
		{"Concurrent", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := t.TempDir()
			c.run(t, func() keys.Store { return open(t, place) })
		})
	}
}

const issuer = "did:web:issuer.example"

// algorithms are those of which every store makes keys.
var algorithms = []keys.Algorithm{keys.Ed25519, keys.P256, keys.P384, keys.RSA}

var moment = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func generate(t *testing.T, s keys.Store, alg keys.Algorithm, role keys.Role) keys.Pair {
	t.Helper()
	p, err := s.Generate(context.Background(), issuer, alg, role)
	if err != nil {
		t.Fatalf("Generate(%s, %s): %v", alg, role, err)
	}
	return p
}

func list(t *testing.T, s keys.Store) []keys.Pair {
	t.Helper()
	pairs, err := s.List(t.Context())
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	return pairs
}

func find(t *testing.T, s keys.Store, id string) keys.Pair {
	t.Helper()
	for _, p := range list(t, s) {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("List has no %s", id)
	return keys.Pair{}
}

func generateNamesTheKey(t *testing.T, open func() keys.Store) {
	s := open()
	for _, alg := range algorithms {
		p := generate(t, s, alg, keys.StatusLists)
		name, err := keys.Fragment(p.Public)
		if err != nil {
			t.Fatalf("%s: the public key breaks the key policy: %v", alg, err)
		}
		if want := issuer + "#" + name; p.ID != want || p.Issuer != issuer {
			t.Errorf("%s: id %q of issuer %q, want %q", alg, p.ID, p.Issuer, want)
		}
		if p.Algorithm != alg || keys.AlgorithmOf(p.Public) != alg || p.Role != keys.StatusLists {
			t.Errorf("%s: generated a %s (%s) key for %s", alg, p.Algorithm, keys.AlgorithmOf(p.Public), p.Role)
		}
		if p.Created.IsZero() || !p.Created.Equal(p.Created.Truncate(time.Second)) || !p.Retired.IsZero() || !p.Revoked.IsZero() {
			t.Errorf("%s: created %v, retired %v, revoked %v", alg, p.Created, p.Retired, p.Revoked)
		}
	}
	if _, err := s.Generate(t.Context(), issuer, "secp256k1", keys.Credentials); err == nil {
		t.Error("Generate made a key of an algorithm that no credential is signed with")
	}
	if _, err := s.Generate(t.Context(), issuer, keys.Ed25519, "everything"); err == nil {
		t.Error("Generate made a key for a role that does not exist")
	}
}

func emptyIssuerIsDIDKey(t *testing.T, open func() keys.Store) {
	p, err := open().Generate(t.Context(), "", keys.Ed25519, keys.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	multikey, _ := keys.Multikey(p.Public)
	if p.Issuer != "did:key:"+multikey || p.ID != p.Issuer+"#"+multikey {
		t.Errorf("issuer %q, id %q, key %s", p.Issuer, p.ID, multikey)
	}
	if p, err := open().Generate(t.Context(), "", keys.RSA, keys.Credentials); err == nil {
		t.Errorf("an RSA key became its own issuer %q; did:key has no such form", p.Issuer)
	}
}

func signaturesVerify(t *testing.T, open func() keys.Store) {
	s := open()
	for _, alg := range algorithms {
		p := generate(t, s, alg, keys.Credentials)
		signer, err := s.Signer(t.Context(), p.ID)
		if err != nil {
			t.Fatalf("%s: Signer: %v", alg, err)
		}
		if signer.VerificationMethod() != p.ID {
			t.Errorf("%s: the signer says it is %s, want %s", alg, signer.VerificationMethod(), p.ID)
		}
		if !keys.Equal(signer.Public(), p.Public) {
			t.Errorf("%s: the signer has another public key than the pair", alg)
		}
		if !signs(t, signer, p.Public) {
			t.Errorf("%s: the signature does not verify", alg)
		}
	}
}

// signs tells whether a signature of the signer verifies with a public key.
func signs(t *testing.T, signer keys.Signer, pub crypto.PublicKey) bool {
	t.Helper()
	message := []byte("a credential")
	switch k := pub.(type) {
	case ed25519.PublicKey:
		sig, err := signer.Sign(nil, message, crypto.Hash(0))
		return err == nil && ed25519.Verify(k, message, sig)
	case *ecdsa.PublicKey:
		digest := sha512.Sum384(message)
		// A nil source of randomness asks for RFC 6979.
		sig, err := signer.Sign(nil, digest[:], crypto.SHA384)
		again, errAgain := signer.Sign(nil, digest[:], crypto.SHA384)
		if !slices.Equal(sig, again) {
			t.Error("two deterministic signatures of one digest differ")
		}
		return err == nil && errAgain == nil && ecdsa.VerifyASN1(k, digest[:], sig)
	case *rsa.PublicKey:
		digest := sha256.Sum256(message)
		sig, err := signer.Sign(nil, digest[:], crypto.SHA256) // RS256
		pss, errPSS := signer.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
		return err == nil && rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], sig) == nil &&
			errPSS == nil && rsa.VerifyPSS(k, crypto.SHA256, digest[:], pss, nil) == nil
	}
	return false
}

func keysDiffer(t *testing.T, open func() keys.Store) {
	s := open()
	a, b := generate(t, s, keys.Ed25519, keys.Credentials), generate(t, s, keys.Ed25519, keys.Credentials)
	if keys.Equal(a.Public, b.Public) {
		t.Fatal("two keys are one")
	}
	signer, err := s.Signer(t.Context(), a.ID)
	if err != nil {
		t.Fatal(err)
	}
	if signs(t, signer, b.Public) {
		t.Error("the signature of one key verifies with another")
	}
}

func unknownIsRefused(t *testing.T, open func() keys.Store) {
	s := open()
	const id = issuer + "#z6MkkT6U2aG6gaCJNNZdxCbG8WGsv4ag457DaVzSLjSiUi8W"
	if _, err := s.Signer(t.Context(), id); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("Signer of an unknown key: %v, want ErrNotFound", err)
	}
	if err := s.Retire(t.Context(), id, moment); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("Retire of an unknown key: %v, want ErrNotFound", err)
	}
	if err := s.Revoke(t.Context(), id, moment); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("Revoke of an unknown key: %v, want ErrNotFound", err)
	}
}

func listIsOldestFirst(t *testing.T, open func() keys.Store) {
	s := open()
	if got := list(t, s); len(got) != 0 {
		t.Fatalf("a new store has %d keys", len(got))
	}
	want := map[string]bool{}
	for range 5 {
		want[generate(t, s, keys.Ed25519, keys.Credentials).ID] = true
	}
	got := list(t, s)
	for i, p := range got {
		if !want[p.ID] {
			t.Errorf("List has %s, which was not generated or stands there twice", p.ID)
		}
		delete(want, p.ID)
		if i > 0 && p.Created.Before(got[i-1].Created) {
			t.Error("List is not in order of creation")
		}
	}
	if len(want) != 0 {
		t.Errorf("List lacks %d keys", len(want))
	}
}

func retiredSignsNothing(t *testing.T, open func() keys.Store) {
	ends(t, open, keys.Store.Retire, keys.ErrRetired)
}

func revokedSignsNothing(t *testing.T, open func() keys.Store) {
	ends(t, open, keys.Store.Revoke, keys.ErrRevoked)
}

// ends checks that after the end of a key neither a new signer nor one that
// was opened before signs, and that other keys do not notice.
func ends(t *testing.T, open func() keys.Store, end func(keys.Store, context.Context, string, time.Time) error, want error) {
	s := open()
	p, other := generate(t, s, keys.Ed25519, keys.Credentials), generate(t, s, keys.Ed25519, keys.Credentials)
	before, err := s.Signer(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := end(s, t.Context(), p.ID, moment); err != nil {
		t.Fatal(err)
	}
	for _, s := range []keys.Store{s, open()} {
		if _, err := s.Signer(t.Context(), p.ID); !errors.Is(err, want) {
			t.Errorf("Signer after the end of the key: %v, want %v", err, want)
		}
		if _, err := s.Signer(t.Context(), other.ID); err != nil {
			t.Errorf("Signer of another key: %v", err)
		}
		if got := find(t, s, p.ID); !keys.Equal(got.Public, p.Public) {
			t.Error("the public half of an ended key is gone; what it signed can no longer be verified")
		}
	}
	if _, err := before.Sign(nil, []byte("message"), crypto.Hash(0)); !errors.Is(err, want) {
		t.Errorf("a signer opened before the end of its key: %v, want %v", err, want)
	}
}

func earlierMomentHolds(t *testing.T, open func() keys.Store) {
	s := open()
	p := generate(t, s, keys.Ed25519, keys.Credentials)
	for _, at := range []time.Time{moment, moment.Add(time.Hour), moment.Add(-time.Hour), moment} {
		if err := s.Revoke(t.Context(), p.ID, at); err != nil {
			t.Fatal(err)
		}
		if err := s.Retire(t.Context(), p.ID, at); err != nil {
			t.Fatal(err)
		}
	}
	want := moment.Add(-time.Hour)
	for _, s := range []keys.Store{s, open()} {
		if got := find(t, s, p.ID); !got.Revoked.Equal(want) || !got.Retired.Equal(want) {
			t.Errorf("revoked %v, retired %v, want %v: the earliest moment that was said", got.Revoked, got.Retired, want)
		}
	}
	if err := s.Revoke(t.Context(), p.ID, time.Time{}); err == nil {
		t.Error("Revoke from no moment was accepted")
	}
}

func survivesReopen(t *testing.T, open func() keys.Store) {
	s := open()
	generate(t, s, keys.Ed25519, keys.Credentials)
	generate(t, s, keys.P256, keys.StatusLists)
	generate(t, s, keys.RSA, keys.Credentials)
	retired := generate(t, s, keys.P384, keys.Log)
	if err := s.Retire(t.Context(), retired.ID, moment); err != nil {
		t.Fatal(err)
	}
	want, again := list(t, s), open()
	got := list(t, again)
	if len(got) != len(want) {
		t.Fatalf("%d keys after reopening, want %d", len(got), len(want))
	}
	for i := range want {
		a, b := want[i], got[i]
		if !keys.Equal(a.Public, b.Public) || !a.Created.Equal(b.Created) || !a.Retired.Equal(b.Retired) ||
			a.ID != b.ID || a.Issuer != b.Issuer || a.Role != b.Role || a.Algorithm != b.Algorithm {
			t.Errorf("key %d after reopening: %+v, want %+v", i, b, a)
		}
		if !a.Retired.IsZero() {
			continue
		}
		signer, err := again.Signer(t.Context(), a.ID)
		if err != nil {
			t.Fatalf("Signer after reopening: %v", err)
		}
		if !signs(t, signer, a.Public) {
			t.Errorf("%s: the reopened key signs something else", a.ID)
		}
	}
}

func concurrent(t *testing.T, open func() keys.Store) {
	s := open()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := s.Generate(context.Background(), issuer, keys.Ed25519, keys.Credentials)
			if err != nil {
				t.Errorf("Generate: %v", err)
				return
			}
			signer, err := s.Signer(context.Background(), p.ID)
			if err != nil {
				t.Errorf("Signer: %v", err)
				return
			}
			if _, err := signer.Sign(nil, []byte("message"), crypto.Hash(0)); err != nil {
				t.Errorf("Sign: %v", err)
			}
			if err := s.Retire(context.Background(), p.ID, moment); err != nil {
				t.Errorf("Retire: %v", err)
			}
		})
	}
	wg.Wait()
	if got := list(t, open()); len(got) != 8 {
		t.Errorf("%d keys after 8 concurrent calls, want 8", len(got))
	}
}
