package verifier

import (
	"time"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
)

// A caseFile is what the checks of one verification hand on to each other.
// Each field says which check fills it; before that it is zero.
type caseFile struct {
	v       *Verifier
	ask     Request
	now, at time.Time

	role    role               // from the start
	depth   int                // from the start: how many documents this one stands in
	form    schema.Form        // from the start
	doc     *schema.Document   // input.container, if it is JSON that could be parsed
	refusal *schema.Fault      // input.container: why it could not
	sealed  *schema.Fault      // input.container: an envelope of a kind that is not read
	claims  schema.Value       // document.syntax: the unsigned view, without proofs
	secured *proof.Secured     // input.container for a token, else document.syntax, unless unread
	unread  error              // document.syntax: why the proofs could not be read
	said    int                // document.terms: how many statements the claims make
	proofs  []*proofCase       // proof.format
	opened  *proof.Opened      // proof.signature: by a key of the issuer
	lists   map[string]*listed // credential.status, by URL
	outside *outside           // from the start
	test    bool               // issuer.trusted

	rows    []Check // those that run, in order
	results []CheckResult
}

// A role is who has to have signed a document, and for what.
type role struct {
	party   string // the member that names who
	purpose string // of the proof, and the relationship under which the key stands
}

var (
	issuing    = role{"issuer", "assertionMethod"}
	presenting = role{"holder", "authentication"}
)

// A proofCase is what became of one proof.
type proofCase struct {
	*proof.Proof
	foreign  bool            // key.resolved: the method is not the party's, as far as can be told
	method   *keys.Method    // key.resolved
	multikey string          // key.resolved: the form in which lists pin keys
	faults   []*schema.Fault // key.resolved
	bound    bool            // key.controller
	holds    *proof.Opened   // proof.signature
}

// at points into a proof. A token is the whole input and has no members.
func (p *proofCase) at(member string) string {
	if p.isToken() {
		return p.Pointer
	}
	return p.Pointer + "/" + member
}

func (p *proofCase) isToken() bool { return p.Format != nil && p.Format.Name == proof.FormatToken }

// open starts a case.
func (v *Verifier) open(q Request) *caseFile {
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	c := &caseFile{
		v: v, ask: q, now: seconds(now()), at: seconds(q.At), role: issuing,
		form: schema.Recognise(q.Input), lists: map[string]*listed{}, outside: newOutside(),
	}
	if q.At.IsZero() {
		c.at = c.now
	}
	if q.Presentation {
		c.role = presenting
		c.outside.values = presentationLimits.Values
	}
	return c
}

// party returns the id and the name of whom a document says it comes from: the
// issuer of a credential, the holder of a presentation.
func (c *caseFile) party() (id, name string) { return partyOf(c.claims, c.role.party) }

// issuer returns the id and name of the issuer that a credential names: an
// object with an id, or the id itself.
func issuer(claims schema.Value) (id, name string) { return partyOf(claims, issuing.party) }

func partyOf(claims schema.Value, member string) (id, name string) {
	v, _ := claims.Get(member)
	if v.Kind == schema.String {
		return v.Text, ""
	}
	return v.GetString("id"), v.GetString("name")
}
