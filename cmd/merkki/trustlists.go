package main

import (
	"crypto"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
)

// maxTrustList bounds what is read of a trust list: those of whole countries fit.
const maxTrustList = 4 << 20

// trustFlags say whom the reader trusts.
type trustFlags struct {
	lists []string
	keys  []string
}

func (f *trustFlags) register(c *cobra.Command, prefix string) {
	c.Flags().StringArrayVar(&f.lists, "trust", nil, prefix+"trust the issuers listed in `FILE`; may be repeated")
	c.Flags().StringArrayVar(&f.keys, "trust-key", nil, prefix+"take signed lists when the public key (JWK) in `FILE` signed them; may be repeated")
}

// trustLists reads the lists that --trust names. A signed list must hold under
// one of the keys of --trust-key; one that nobody signed rests on who gave it.
func (p *program) trustLists(f trustFlags) ([]verifier.TrustList, error) {
	publics, err := p.trustKeys(f.keys)
	if err != nil {
		return nil, err
	}
	var lists []verifier.TrustList
	for _, path := range f.lists {
		b, err := p.readInput(path, maxTrustList)
		if err != nil {
			return nil, err
		}
		l, err := readTrustList(b, path, publics)
		if err != nil {
			return nil, exit(exitData, "%s is not a trust list: %w", path, p.faultError("", err))
		}
		lists = append(lists, l)
	}
	return lists, nil
}

func (p *program) trustKeys(paths []string) ([]crypto.PublicKey, error) {
	var publics []crypto.PublicKey
	for _, path := range paths {
		b, err := p.readInput(path, maxDocument)
		if err != nil {
			return nil, err
		}
		k, err := keys.ParseJWK(b)
		if err != nil {
			return nil, exit(exitData, "%s is not a public key (JWK): %w", path, p.faultError("", err))
		}
		publics = append(publics, k)
	}
	return publics, nil
}

// errNoTrustKey is about a signed list whose signature nobody could judge.
var errNoTrustKey = errors.New("it is signed: name the key it has to be signed with, --trust-key FILE")

func readTrustList(b []byte, source string, publics []crypto.PublicKey) (verifier.TrustList, error) {
	if !isSigned(b) {
		return verifier.ParseTrustList(b, source)
	}
	err := errNoTrustKey
	for _, k := range publics {
		var l verifier.TrustList
		if l, err = verifier.ParseSignedTrustList(b, source, k); err == nil {
			return l, nil
		}
	}
	return verifier.TrustList{}, err
}

// isSigned recognises a signed list: a compact JWS.
func isSigned(b []byte) bool { return schema.Recognise(b) == schema.FormJWS }

// listForAPI is a list as the API takes it: JSON, or a token as a text.
func listForAPI(b []byte) (json.RawMessage, bool) {
	if isSigned(b) {
		text, err := json.Marshal(string(b))
		return text, err == nil
	}
	return b, json.Valid(b)
}

// readJSON reads a file that goes into a request as it is.
func (p *program) readJSON(path string) (json.RawMessage, error) {
	b, err := p.readInput(path, maxDocument)
	if err == nil && !json.Valid(b) {
		err = exit(exitData, "%s is not JSON", path)
	}
	return b, err
}
