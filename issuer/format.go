package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"slices"
	"strconv"
	"strings"
	"sync"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
)

// A suite is one line of an institution's settings: a format and the kind of
// key that signs in it.
type suite struct {
	name      string // as it was written: "ecdsa-rdfc-2019", or "ecdsa-rdfc-2019:P-384"
	format    *proof.Format
	algorithm keys.Algorithm
}

// formatBase is the format of base proofs. Whoever has one can show everything,
// so that it stands in a copy of its own, for the holder alone.
const formatBase = "ecdsa-sd-2023"

// embedded reports whether the suite's proof stands in the public document.
func (x suite) embedded() bool {
	return x.format.Name != proof.FormatToken && x.format.Name != formatBase
}

// defaultFormats are those of a new institution. Its tokens are signed with
// ES256, which every reader of tokens knows; those of a did:key with its one key.
func defaultFormats() []string { return []string{proof.DefaultFormat, proof.FormatToken} }

// algorithms in the order in which one is chosen for a format that several fit.
var algorithms = []keys.Algorithm{keys.P256, keys.Ed25519, keys.P384, keys.RSA}

// maxFormats bounds the settings of one institution. A credential is signed,
// and read back, once for each.
const maxFormats = 8

// parseFormats reads the settings of an institution with this DID. The faults
// point into the member "formats" of a request.
func parseFormats(did string, names []string) ([]suite, error) {
	if len(names) == 0 || len(names) > maxFormats {
		return nil, malformed("/formats", "1 to "+strconv.Itoa(maxFormats)+" names of formats")
	}
	var suites []suite
	for n, name := range names {
		x, err := parseFormat(did, name, "/formats/"+strconv.Itoa(n))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(suites, func(y suite) bool { return x.clashes(y) }) {
			return nil, malformed("/formats/"+strconv.Itoa(n), "a format that is not in the list yet")
		}
		suites = append(suites, x)
	}
	if !slices.ContainsFunc(suites, suite.embedded) {
		return nil, malformed("/formats", "at least one format whose proof stands in the document")
	}
	return suites, nil
}

// clashes reports whether two suites make the same thing: a proof of one format
// by one kind of key, or the one token, or the one base copy.
func (x suite) clashes(y suite) bool {
	return x.format == y.format && (!x.embedded() || x.algorithm == y.algorithm)
}

func parseFormat(did, name, pointer string) (suite, error) {
	format, algorithm, chosen := strings.Cut(name, ":")
	unknown := func(found string, expected []string) error {
		return schema.Refusal(schema.CodeUnsupportedAlgorithm, pointer,
			map[string]any{"found": found, "expected": strings.Join(expected, ", ")})
	}
	rows := slices.DeleteFunc(proof.Formats(), func(f *proof.Format) bool { return !f.IssueToo })
	at := slices.IndexFunc(rows, func(f *proof.Format) bool { return f.Name == format })
	if at < 0 {
		var expected []string
		for _, f := range rows {
			expected = append(expected, f.Name)
		}
		return suite{}, unknown(name, expected)
	}
	x := suite{name: name, format: rows[at], algorithm: keys.Algorithm(algorithm)}
	if own := algorithmOfKeyDID(did); own != "" { // its one key is all there is
		if chosen && x.algorithm != own || !x.format.Fits(sample(own).Public()) {
			return suite{}, conflict(did, "", "did-key-has-one-key")
		}
		x.algorithm = own
		return x, nil
	}
	if chosen && slices.Contains(algorithms, x.algorithm) && x.format.Fits(sample(x.algorithm).Public()) {
		return x, nil
	}
	for _, a := range algorithms {
		if chosen || !x.format.Fits(sample(a).Public()) {
			continue
		}
		x.algorithm = a
		return x, nil
	}
	return suite{}, unknown(algorithm, x.fitting())
}

// fitting lists the kinds of keys that sign in the format of x.
func (x suite) fitting() (names []string) {
	for _, a := range algorithms {
		if x.format.Fits(sample(a).Public()) {
			names = append(names, string(a))
		}
	}
	return names
}

// algorithmOfKeyDID returns the kind of the one key of a did:key, "" for another
// identifier.
func algorithmOfKeyDID(did string) keys.Algorithm {
	multikey, ok := strings.CutPrefix(did, "did:key:")
	if !ok {
		return ""
	}
	pub, err := keys.ParseMultikey(multikey)
	if err != nil {
		return ""
	}
	return keys.AlgorithmOf(pub)
}

// fresh makes a key of a kind that signs nothing that anybody gets.
func fresh(a keys.Algorithm) crypto.Signer {
	var k crypto.Signer
	var err error
	switch a {
	case keys.Ed25519:
		_, k, err = ed25519.GenerateKey(nil)
	case keys.P256:
		k, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case keys.P384:
		k, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case keys.RSA:
		k, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		panic("issuer: no algorithm " + string(a))
	}
	if err != nil {
		panic(err) // crypto/rand never fails since Go 1.24
	}
	return k
}

var samples sync.Map // keys.Algorithm → func() crypto.Signer

// sample returns the one throw-away key of a kind that this process keeps: for
// asking what fits, and for kinds whose keys take long to make.
func sample(a keys.Algorithm) crypto.Signer {
	once, _ := samples.LoadOrStore(a, sync.OnceValue(func() crypto.Signer { return fresh(a) }))
	return once.(func() crypto.Signer)()
}
