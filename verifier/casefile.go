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

	form    schema.Form        // from the start
	doc     *schema.Document   // input.container, if it could be parsed
	refusal *schema.Fault      // input.container: why it could not
	claims  schema.Value       // document.syntax: the unsigned view, without proofs
	secured *proof.Secured     // document.syntax, unless unread
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

// A proofCase is what became of one proof.
type proofCase struct {
	*proof.Proof
	foreign  bool            // key.resolved: the method is not the issuer's by its identifier
	method   *keys.Method    // key.resolved
	multikey string          // key.resolved: the form in which lists pin keys
	faults   []*schema.Fault // key.resolved
	bound    bool            // key.controller
	holds    *proof.Opened   // proof.signature
}

// open starts a case.
func (v *Verifier) open(q Request) *caseFile {
	now := time.Now
	if v.Now != nil {
		now = v.Now
	}
	c := &caseFile{v: v, ask: q, now: seconds(now()), at: seconds(q.At), form: schema.Recognise(q.Input), lists: map[string]*listed{}, outside: &outside{keys: map[string]found{}}}
	if q.At.IsZero() {
		c.at = c.now
	}
	return c
}

// issuer returns the id of the issuer that a credential names: an object with
// an id, or the id itself.
func issuer(claims schema.Value) (id, name string) {
	v, _ := claims.Get("issuer")
	if v.Kind == schema.String {
		return v.Text, ""
	}
	return v.GetString("id"), v.GetString("name")
}
