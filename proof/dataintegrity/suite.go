package dataintegrity

import (
	"context"
	"crypto"
	"errors"
	"sync/atomic"

	"merkki/keys"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// DataIntegrityProof is the type of every proof that names its suite in the
// member cryptosuite.
const DataIntegrityProof = "DataIntegrityProof"

// A Suite is a row of the table of cryptosuites: which keys it works with, what
// it transforms a document to, and in which form it signs the result.
type Suite struct {
	// Name is the value of cryptosuite, or of type where Type is the same.
	Name string
	// Type is the type of its proofs.
	Type string
	// IssueToo says that new proofs may be made with it.
	IssueToo bool
	// Chains says that its proofs may rest on others (previousProof).
	Chains bool
	// NeedsCreated says that a proof without created is none.
	NeedsCreated bool

	algorithms []*algorithm
	transform  *transformation
	form       form

	last atomic.Pointer[configured]
}

// A configured is the configuration of a proof that was made.
type configured struct {
	register  *jsonld.Register
	algorithm *algorithm
	text      string
	part      *Part
}

// A form is how the signature of a suite is made, written and checked.
type form interface {
	// decode reads a proofValue; the error is ErrValue or ErrBase.
	decode(s *Suite, proofValue string) (*Value, error)
	// present returns what of the document v is about, ErrValue where v does
	// not fit the document.
	present(document *Part, v *Value) (*Part, error)
	// verify checks a signature over what present returned.
	verify(a *algorithm, key crypto.PublicKey, document, configuration *Part, v *Value) bool
	// sign returns a proofValue.
	sign(ctx context.Context, suite *Suite, a *algorithm, s crypto.Signer, in *Input, configuration *Part, o SignOptions) (string, error)
}

var suites = []*Suite{
	// Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3.
	{Name: "eddsa-rdfc-2022", Type: DataIntegrityProof, IssueToo: true, Chains: true,
		algorithms: []*algorithm{withEd25519}, transform: statements, form: whole{}},
	{Name: "eddsa-jcs-2022", Type: DataIntegrityProof, IssueToo: true,
		algorithms: []*algorithm{withEd25519}, transform: text, form: whole{}},
	// Data Integrity ECDSA Cryptosuites 1.0, sections 3.2 to 3.6.
	{Name: "ecdsa-rdfc-2019", Type: DataIntegrityProof, IssueToo: true, Chains: true,
		algorithms: []*algorithm{withP256, withP384}, transform: statements, form: whole{}},
	{Name: "ecdsa-jcs-2019", Type: DataIntegrityProof, IssueToo: true,
		algorithms: []*algorithm{withP256, withP384}, transform: text, form: whole{}},
	{Name: "ecdsa-sd-2023", Type: DataIntegrityProof, IssueToo: true,
		algorithms: []*algorithm{withP256}, transform: statements, form: selective{}},
	// The draft name of eddsa-rdfc-2022.
	{Name: "eddsa-2022", Type: DataIntegrityProof, Chains: true,
		algorithms: []*algorithm{withEd25519}, transform: statements, form: whole{}},
	// Data Integrity EdDSA Cryptosuites 1.0, appendix A.
	{Name: "Ed25519Signature2020", Type: "Ed25519Signature2020", NeedsCreated: true,
		algorithms: []*algorithm{withEd25519}, transform: statements, form: whole{}},
}

// Suites returns the rows of the table. The slice is the caller's.
func Suites() []*Suite { return append([]*Suite(nil), suites...) }

// Lookup returns the suite of that name, or nil where there is none.
func Lookup(name string) *Suite {
	for _, s := range suites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// CoversText reports whether a signature covers the JSON as it stands; otherwise
// it covers the statements that the JSON expands to.
func (s *Suite) CoversText() bool { return s.transform == text }

// Fits reports whether the suite works with a key of this type. The algorithm
// follows from the key (RFC 8725, section 3.1), never from the proof alone.
func (s *Suite) Fits(key crypto.PublicKey) bool { return s.algorithm(key) != nil }

func (s *Suite) algorithm(key crypto.PublicKey) *algorithm {
	for _, a := range s.algorithms {
		if keys.AlgorithmOf(key) == a.key && keys.Check(key) == nil {
			return a
		}
	}
	return nil
}

// errKey is about a caller that did not ask Fits.
var errKey = errors.New("dataintegrity: the suite does not work with this type of key")

// Options completes the options of a new proof with what the suite adds to them.
func (s *Suite) Options(document, options schema.Value) schema.Value {
	return s.transform.complete(document, options)
}

// Split returns what the two halves of a signature are over: the document as
// this proof covers it, and the configuration of the proof. The document has
// no proof, or those that this one rests on. A proof of a text suite may have
// been made before contexts were added to the document; what it covers has the
// contexts of the proof, which must be the beginning of the document's (see
// [Extends]).
func (s *Suite) Split(document, proof schema.Value) (covered, configuration schema.Value) {
	return s.transform.split(document, proof)
}

// Prepare transforms and hashes the way it is done for the key, once for each
// Input.
//
// Where the object is to blame the error is [jsonld.Faults] or a
// [*schema.Fault]; it is a [*rdfcanon.WorkError] where the object would take
// too much work, the error of ctx where the caller gave up, and anything else
// is a transformation that failed.
func (s *Suite) Prepare(ctx context.Context, key crypto.PublicKey, in *Input) (*Part, error) {
	a := s.algorithm(key)
	if a == nil {
		return nil, errKey
	}
	return in.prepare(ctx, s.transform, a)
}

// Configure is Prepare for the configuration of a proof that is to be made. The
// last one is remembered, whole: those of all credentials that one key signs
// within a second are the same.
func (s *Suite) Configure(ctx context.Context, key crypto.PublicKey, r *jsonld.Register, configuration schema.Value) (*Part, error) {
	a := s.algorithm(key)
	if a == nil {
		return nil, errKey
	}
	var few [1024]byte
	text := schema.AppendJSON(few[:0], configuration)
	if c := s.last.Load(); c != nil && c.register == r && c.algorithm == a && c.text == string(text) {
		return c.part, nil
	}
	part, err := NewInput(r, configuration).prepare(ctx, s.transform, a)
	if err != nil {
		return nil, err
	}
	if len(text) <= len(few) {
		s.last.Store(&configured{r, a, string(text), part})
	}
	return part, nil
}

// DecodeValue reads a proofValue. Every value has exactly one spelling, and all
// others are [ErrValue]; a selective suite's value that is for the holder alone
// is [ErrBase].
func (s *Suite) DecodeValue(proofValue string) (*Value, error) { return s.form.decode(s, proofValue) }

// SignOptions say how Sign signs.
type SignOptions struct {
	// Mandatory pointers (RFC 6901) are for a selective suite alone.
	Mandatory []string
	// Unchecked says that the caller opens the result before anybody sees it.
	Unchecked bool
}

// Sign signs a document and the configuration of a proof and returns the
// proofValue. Unless the caller does, it checks it with the signer's own public
// key, because a faulty device must not put an institution's name under
// something that nobody can verify. The error is [*PointerError] where a
// mandatory pointer reaches nothing. Otherwise errors are as in Prepare, or those
// of the signer.
func (s *Suite) Sign(ctx context.Context, signer crypto.Signer, document *Input, configuration *Part, o SignOptions) (string, error) {
	a := s.algorithm(signer.Public())
	if a == nil {
		return "", errKey
	}
	if _, ok := s.form.(selective); !ok && len(o.Mandatory) > 0 {
		return "", errors.New("dataintegrity: " + s.Name + " has no mandatory pointers")
	}
	return s.form.sign(ctx, s, a, signer, document, configuration, o)
}

// Present returns what of a document a proof says anything about: for most
// suites all of it, for a selective one the statements under their own labels,
// with the hash of those that the issuer made mandatory. The error is
// [ErrValue] where the value does not fit the document.
func (s *Suite) Present(document *Part, v *Value) (*Part, error) { return s.form.present(document, v) }

// Verify reports whether the value is the key's over what [Suite.Present]
// returned and the configuration. A key of another type, or one that the key
// policy refuses, verifies nothing.
func (s *Suite) Verify(key crypto.PublicKey, document, configuration *Part, v *Value) bool {
	a := s.algorithm(key)
	return a != nil && s.form.verify(a, key, document, configuration, v)
}
