package proof

import (
	"crypto"
	"errors"
	"strconv"
	"sync"
	"time"

	"merkki/proof/dataintegrity"
	"merkki/proof/jose"
	"merkki/schema"
)

// A Proof is one proof of a document, read and not yet believed.
type Proof struct {
	Format  *Format // nil where the suite is not known
	Pointer string  // "/proof/0", or "/proof" for a single object
	ID      string  // "" where it has none
	Method  string  // verificationMethod, as it stands there
	Purpose string
	Created time.Time // zero: absent
	Expires time.Time // zero: absent
	// Previous are the proofs that previousProof names. A proof counts as
	// verified only if it and all that it references, directly or not, are
	// (Data Integrity 1.0, section 4.5).
	Previous []*Proof
	// Challenge and Domains tie a presentation to the one who asked for it: the
	// members challenge and domain, or the claims nonce and aud of a token.
	Challenge string
	Domains   []string
	// HeaderKey is the public key in the header of a token, nil where there is
	// none or KeyFault, of key.resolved, says why it cannot be used. Whoever made
	// the token wrote it there: it is a candidate, and where Method names a key
	// it is not even that.
	HeaderKey crypto.PublicKey
	KeyFault  *schema.Fault
	// Fault is what proof.format says against this proof, nil when it can be tried.
	Fault *schema.Fault

	value     schema.Value // the proof object
	signature *dataintegrity.Value
	token     *jose.Token // of a token; then the two above are zero
}

// A Secured is a document and what secures it. Nothing in it may be believed.
// It is safe for concurrent use.
type Secured struct {
	Document *schema.Document
	// Claims is the document without its proofs: what document.* checks judge.
	Claims schema.Value
	Proofs []*Proof // in the order of the document, at least one
	// Also is what reading a token found besides: claims that are not what the
	// credential says (document.schema), a member of the header that decides
	// nothing and proofs inside that are none (proof.format). Each belongs to
	// the check that its row of the table of findings names.
	Also []*schema.Fault

	mu       sync.Mutex
	inputs   map[inputKey]*dataintegrity.Input // guarded by mu
	overdone *schema.Fault                     // guarded by mu; set once the work budget was exceeded
}

// Read takes a document apart. The error is a [*schema.Fault] of proof.format
// that concerns the document as a whole: no proof, or something that is no
// proof in the place of one. One object is as good as a list of one. What is
// wrong with a single proof stands in its Fault.
func Read(doc *schema.Document) (*Secured, error) {
	root := doc.Root()
	member, ok := root.Get("proof")
	if !ok {
		return nil, schema.Found("format.unsecured", "", nil)
	}
	s := secured(doc, root)
	if err := s.readProofs(member); err != nil {
		return nil, err
	}
	return s, nil
}

func secured(doc *schema.Document, root schema.Value) *Secured {
	return &Secured{
		Document: doc, Claims: root.Without("proof"),
		inputs: map[inputKey]*dataintegrity.Input{},
	}
}

// readProofs reads the member proof of a document.
func (s *Secured) readProofs(member schema.Value) error {
	if member.Kind != schema.Array && member.Kind != schema.Object || member.Kind == schema.Array && len(member.Items) == 0 {
		return schema.Found("format.proof-shape", "/proof", nil)
	}
	seen := map[string]bool{}
	for i, v := range member.List() {
		pointer := "/proof"
		if member.Kind == schema.Array {
			pointer += "/" + strconv.Itoa(i)
		}
		if v.Kind != schema.Object {
			return schema.Found("format.proof-shape", pointer, nil)
		}
		// Equal values are signatures over equal statements: the second proof
		// says nothing, and no signature covers the repetition.
		if value := v.GetString("proofValue"); value != "" {
			if seen[value] {
				return schema.Found("schema.duplicate-item", pointer, nil)
			}
			seen[value] = true
		}
		s.Proofs = append(s.Proofs, readProof(s.Claims, v, pointer))
	}
	s.boundSignatures()
	link(s.Proofs)
	return nil
}

// maxSignatures bounds the arithmetic for one document: a proof of a selective
// suite has a signature for each statement, and there may be sixteen proofs.
const maxSignatures = 1_000

func (s *Secured) boundSignatures() {
	n := 0
	for _, p := range s.Proofs {
		if p.Fault != nil {
			continue
		}
		if n += p.signature.Signatures(); n > maxSignatures {
			p.Fault = schema.Found("format.proof-value-length", p.Pointer+"/proofValue", map[string]any{
				"limit": "signatures", "max": maxSignatures, "found": n,
			})
		}
	}
}

// readProof reads one proof object in the order in which the table of findings
// asks its questions.
func readProof(claims, v schema.Value, pointer string) *Proof {
	p := &Proof{
		Pointer: pointer,
		ID:      v.GetString("id"),
		Method:  v.GetString("verificationMethod"),
		Purpose: v.GetString("proofPurpose"),
		value:   v,

		Challenge: v.GetString("challenge"),
	}
	for _, d := range v.GetList("domain") {
		p.Domains = append(p.Domains, d.Text)
	}
	for _, step := range []func(*Proof) *schema.Fault{
		(*Proof).chooseFormat, (*Proof).requireMembers, (*Proof).checkMembers,
		func(p *Proof) *schema.Fault { return p.checkContexts(claims) }, (*Proof).readValue,
	} {
		if p.Fault = step(p); p.Fault != nil {
			break
		}
	}
	return p
}

// chooseFormat finds the row of the table. A proof of another type has other
// members, so nothing but the type is asked of it.
func (p *Proof) chooseFormat() *schema.Fault {
	typ, fault := p.require("type")
	if fault != nil {
		return fault
	}
	suite, at := typ, "/type"
	if typ == dataintegrity.DataIntegrityProof {
		// What every proof of the type needs comes first, whatever its suite.
		if fault := p.requireMembers(); fault != nil {
			return fault
		}
		if suite, fault = p.require("cryptosuite"); fault != nil {
			return fault
		}
		at = "/cryptosuite"
	}
	if p.Format = embedded(typ, suite); p.Format == nil {
		return schema.Found("format.algorithm-unknown", p.Pointer+at, map[string]any{"algorithm": suite})
	}
	return nil
}

// requireMembers looks for what Data Integrity 1.0, section 2.1, requires, and
// what the suite does.
func (p *Proof) requireMembers() *schema.Fault {
	for _, name := range []string{"verificationMethod", "proofPurpose", "proofValue"} {
		if _, fault := p.require(name); fault != nil {
			return fault
		}
	}
	if p.Format != nil && p.Format.suite.NeedsCreated {
		_, fault := p.require("created")
		return fault
	}
	return nil
}

// require returns the text of a member that must be there.
func (p *Proof) require(name string) (string, *schema.Fault) {
	m, ok := p.value.Get(name)
	switch {
	case !ok || m.Kind == schema.Null:
		return "", schema.Found("format.member-missing", p.Pointer, map[string]any{"member": name})
	case m.Kind != schema.String:
		return "", p.malformed(name)
	}
	return m.Text, nil
}

// readValue decodes proofValue, after looking at its length: decoding is
// quadratic.
func (p *Proof) readValue() *schema.Fault {
	const limit = 65_536
	text := p.value.GetString("proofValue")
	at := p.Pointer + "/proofValue"
	if len(text) > limit {
		return schema.Found("format.proof-value-length", at, map[string]any{
			"limit": "proofValue", "max": limit, "found": len(text),
		})
	}
	v, err := p.Format.suite.DecodeValue(text)
	if err != nil {
		args := map[string]any{"algorithm": p.Format.Name}
		if errors.Is(err, dataintegrity.ErrBase) {
			args["reason"] = reasonBase
		}
		return schema.Found("format.proof-value", at, args)
	}
	p.signature = v
	return nil
}
