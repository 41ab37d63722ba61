package main

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log"
	"regexp"
	"slices"
	"time"

	"github.com/mr-tron/base58"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A suite is a row of the table of proof formats that has a peer.
type suite struct {
	name    string
	key     func() (crypto.Signer, map[string]any, error) // with the secret as the script wants it
	context string                                        // that defines its proofs, where no other does
}

var suites = []suite{
	{name: "eddsa-rdfc-2022", key: edKey},
	{name: "eddsa-jcs-2022", key: edKey},
	{name: "ecdsa-rdfc-2019", key: func() (crypto.Signer, map[string]any, error) { return ecKey(elliptic.P256(), 0x86) }},
	{name: "ecdsa-rdfc-2019", key: func() (crypto.Signer, map[string]any, error) { return ecKey(elliptic.P384(), 0x87) }},
	{name: "ecdsa-jcs-2019", key: func() (crypto.Signer, map[string]any, error) { return ecKey(elliptic.P256(), 0x86) }},
	{name: "ecdsa-sd-2023", key: func() (crypto.Signer, map[string]any, error) { return ecKey(elliptic.P256(), 0x86) }},
	{name: "Ed25519Signature2020", key: edKey, context: "https://w3id.org/security/suites/ed25519-2020/v1"},
}

func edKey() (crypto.Signer, map[string]any, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, map[string]any{"seed": hex.EncodeToString(key.Seed())}, err
}

// ecKey also writes the key as a Multikey, whose prefix for a secret key is given.
func ecKey(curve elliptic.Curve, prefix byte) (crypto.Signer, map[string]any, error) {
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	secret, err := key.Bytes()
	if err != nil {
		return nil, nil, err
	}
	public, err := keys.Multikey(key.Public())
	return key, map[string]any{"secret": "z" + base58.Encode(append([]byte{prefix, 0x26}, secret...)), "public": public}, err
}

// A row is one thing that several parties do, and how long each took, in every
// round.
type row struct {
	what    string
	parties []party
	note    string
}

type party struct {
	name  string
	turn  turn
	times []time.Duration
}

// median is that of a party, 0 where there is none.
func (r *row) median(name string) time.Duration {
	for _, p := range r.parties {
		if p.name == name {
			s := slices.Sorted(slices.Values(p.times))
			return s[len(s)/2]
		}
	}
	return 0
}

// The names of the parties.
const (
	us       = "Merkki"
	goldName = "json-gold"
	nodeName = "Node"
)

// measure lets everybody take turns.
func measure(ctx context.Context, rounds, n int, which *regexp.Regexp) (*page, error) {
	peer, err := startNode()
	if err != nil {
		return nil, err
	}
	p := &page{rounds: rounds, documents: n}
	for _, c := range corpora {
		for i, s := range suites {
			if i > 0 && c.name != corpora[0].name || !which.MatchString(s.name) {
				continue
			}
			rows, err := pair(ctx, peer, c, s, n, p)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", c.name, s.name, err)
			}
			for _, r := range rows {
				if err := r.run(rounds); err != nil {
					return nil, fmt.Errorf("%s, %s: %w", c.name, r.what, err)
				}
				p.rows = append(p.rows, r)
			}
		}
	}
	return p, cmp.Or(p.besides(ctx, rounds, n), peer.stop())
}

// run gives every party its turns, after one that does not count.
func (r *row) run(rounds int) error {
	log.Println(r.what)
	for i := range rounds + 1 {
		for j := range r.parties {
			p := &r.parties[j]
			took, err := p.turn()
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if i > 0 {
				p.times = append(p.times, took)
			}
		}
	}
	return nil
}

// pair returns the rows of issuing and verifying for one suite.
func pair(ctx context.Context, peer *node, c corpus, s suite, n int, p *page) ([]*row, error) {
	key, secret, err := s.key()
	if err != nil {
		return nil, err
	}
	k, err := newSigner(key)
	if err != nil {
		return nil, err
	}
	docs := c.documents(n, k.did)
	if s.context != "" {
		for i, v := range docs {
			contexts := append(slices.Clone(v.GetList("@context")), schema.StringValue(s.context))
			docs[i] = v.With("@context", schema.ArrayValue(contexts...))
		}
	}
	title := s.name + " " + string(keys.AlgorithmOf(k.Public())) + ", " + c.name
	if s.name == "ecdsa-sd-2023" {
		secret["mandatoryPointers"] = proof.MandatoryFor(docs[0])
	}
	issue := &row{what: title + ": issue", parties: []party{
		{name: us, turn: issues(ctx, docs, k, s.name)},
		{name: nodeName, turn: peer.turn(issuing(docs, s.name, secret), n)},
	}}
	signed, err := signedBy(ctx, peer, docs, k, s.name, secret)
	if err != nil {
		return nil, err
	}
	verify := &row{what: title + ": verify", parties: []party{
		{name: us, turn: verifies(ctx, signed, k.Public())},
		{name: nodeName, turn: peer.turn(verifying(signed), n)},
	}}
	rows := []*row{issue, verify}
	if s.name != proof.DefaultFormat {
		return rows, nil
	}
	self := &row{what: title + ": issue and verify what was made", parties: []party{
		{name: us, turn: issuesAndReads(ctx, docs, k, s.name)},
		{name: nodeName, turn: peer.turn(issuing(docs, s.name, secret), n)},
	}, note: "Node: issue alone"}
	g, err := newGold(k)
	if err != nil {
		return nil, err
	}
	goldIssues, err := g.issues(docs)
	if err != nil {
		return nil, err
	}
	for _, r := range []*row{issue, self} {
		r.parties = append(r.parties, party{name: goldName, turn: goldIssues})
	}
	verify.parties = append(verify.parties, party{name: goldName, turn: g.verifies(signed)})
	p.describe(c, docs, signed)
	return []*row{issue, self, verify}, nil
}

// signedBy returns what is to be verified: half of it signed by each side, so that
// each reads the other's, and for selective disclosure what a holder shows.
func signedBy(ctx context.Context, peer *node, docs []schema.Value, k signer, suite string, secret map[string]any) ([][]byte, error) {
	theirs, err := peer.ask(issuing(docs, suite, secret))
	if err != nil {
		return nil, err
	}
	signed := make([][]byte, len(docs))
	for i, v := range docs {
		if signed[i], err = secure(ctx, v, k, suite); err != nil {
			return nil, err
		}
		if i%2 == 1 && suite != "eddsa-rdfc-2022" {
			signed[i] = theirs.Credentials[i]
		}
		if suite != "ecdsa-sd-2023" {
			continue
		}
		base, err := schema.Parse(signed[i], schema.Limits{})
		if err != nil {
			return nil, err
		}
		shown, err := proof.Derive(ctx, jsonld.Embedded(), base, []string{"/credentialSubject"})
		if err != nil {
			return nil, err
		}
		signed[i] = shown.Raw()
	}
	return signed, nil
}
