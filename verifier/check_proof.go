package verifier

import (
	"context"
	"slices"
	"strings"

	"merkki/proof"
	"merkki/schema"
)

// checkFormat reads the proofs, or the envelope, as far as that goes without a
// key.
func checkFormat(ctx context.Context, c *caseFile) (answer, error) {
	if c.sealed != nil {
		return answer{faults: []*schema.Fault{c.sealed}}, nil
	}
	faults, err := faultsOf(ctx, c.unread, "format.proof-shape", "/proof")
	if err != nil || len(faults) > 0 {
		return answer{faults: faults}, err
	}
	var names []string
	for _, p := range c.secured.Proofs {
		c.proofs = append(c.proofs, &proofCase{Proof: p})
		if p.Fault != nil {
			f, err := c.weighFormat(ctx, p.Fault)
			if err != nil {
				return answer{}, err
			}
			faults = append(faults, f)
			continue
		}
		names = append(names, p.Format.Name)
	}
	faults = append(faults, c.besides("proof.format")...)
	return pass("format.read", map[string]any{"formats": strings.Join(names, ", "), "proofs": len(names)}, faults...), nil
}

// weighFormat tells a type of proof that exists and that we do not read from
// a word that no context of the document defines: the second is lost in
// expansion like any other.
func (c *caseFile) weighFormat(ctx context.Context, f *schema.Fault) (*schema.Fault, error) {
	if f.Finding != "format.algorithm-unknown" || !strings.HasSuffix(f.Pointer, "/type") {
		return f, nil
	}
	name, _ := f.Args["algorithm"].(string)
	contexts, _ := c.claims.Get("@context")
	_, err := c.v.Contexts.Quads(ctx, schema.ObjectValue(
		schema.Member{Name: "@context", Value: contexts},
		schema.Member{Name: "id", Value: schema.StringValue("urn:proof")},
		schema.Member{Name: "type", Value: schema.StringValue(name)},
	))
	if err == nil {
		return f, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return schema.Found("format.proof-terms", f.Pointer, map[string]any{"term": name}), nil
}

// maxStatements bounds what all proofs of a document together let us
// canonicalise, to what one document may hold (security model, section 5):
// sixteen proofs in a chain must not cost sixteen times as much.
const maxStatements = 20_000

// checkSignature does the arithmetic for each proof whose key is known. It
// says that a key made the proof, not whose key it was.
func checkSignature(ctx context.Context, c *caseFile) (answer, error) {
	var faults []*schema.Fault
	evidence := map[string]any{}
	work := c.said
	for _, p := range c.proofs {
		if p.method == nil {
			continue
		}
		if len(p.Previous) > 0 { // its document is another: the claims and the proofs it references
			work += c.said
		}
		if work > maxStatements {
			faults = append(faults, schema.Found("signature.work-limit", p.Pointer, map[string]any{"limit": "rdf.quads", "max": maxStatements, "found": work}))
			break
		}
		opened, err := c.secured.Open(ctx, c.v.Contexts, p.Proof, p.method.Key)
		evidence[p.Pointer] = c.show(p, opened, err == nil)
		found, err := faultsOf(ctx, err, "signature.transform", p.Pointer)
		if err != nil {
			return answer{}, err
		}
		faults = append(faults, found...)
		if len(found) == 0 {
			p.holds = opened
		}
	}
	faults, elsewhere := c.place(faults)
	if len(elsewhere) > 0 {
		return notRun(elsewhere...), nil
	}
	c.choose()
	a := pass("signature.holds", map[string]any{"proofs": c.holding()}, faults...)
	a.evidence = evidence
	return a, nil
}

// place hands faults that only showed when a proof was opened to the checks
// that answer for them: a term of the proof that no context defines, a key that
// is not of the suite's type. It returns those of proof.signature, and the
// checks that it now waits for in vain.
func (c *caseFile) place(faults []*schema.Fault) (own []*schema.Fault, elsewhere []string) {
	for _, f := range faults {
		switch check := checkOf(f.Finding); {
		case check == "proof.signature":
			own = append(own, f)
		case !slices.Contains(elsewhere, check):
			elsewhere = append(elsewhere, check)
			c.amend(check, f)
		}
	}
	return own, elsewhere
}

// choose takes the first proof by a key of the issuer as the one whose view
// later checks look at. All proofs of one document cover the same claims.
func (c *caseFile) choose() {
	for _, p := range c.proofs {
		if p.bound && c.stands(p.Proof) {
			c.opened = p.holds
			return
		}
	}
}

// stands says whether a proof holds and with it all that it references (VC Data
// Integrity 1.0, section 4.5: a chain is as good as its weakest link). Reading
// made sure that references do not run in a circle.
func (c *caseFile) stands(p *proof.Proof) bool {
	i := slices.IndexFunc(c.proofs, func(x *proofCase) bool { return x.Proof == p })
	return i >= 0 && c.proofs[i].holds != nil && !slices.ContainsFunc(p.Previous, func(q *proof.Proof) bool { return !c.stands(q) })
}

func (c *caseFile) holding() (n int) {
	for _, p := range c.proofs {
		if p.holds != nil {
			n++
		}
	}
	return n
}

// maxEvidence bounds a text of the expert panel, in bytes.
const maxEvidence = 64 << 10

// show is what one proof came to, whoever made it.
func (c *caseFile) show(p *proofCase, o *proof.Opened, holds bool) map[string]any {
	m := map[string]any{"format": p.Format.Name, "method": p.Method, "holds": holds}
	if o == nil {
		return m
	}
	m["documentHash"], m["proofHash"] = o.Evidence.DocumentHash, o.Evidence.ProofHash
	if c.depth > 0 || c.ask.Brief { // what is inside another document stands there
		return m
	}
	for name, text := range map[string]string{"canonicalDocument": o.Evidence.CanonicalDocument(), "canonicalProof": o.Evidence.CanonicalProof()} {
		if len(text) <= maxEvidence {
			m[name] = text
		} else {
			m[name+"Bytes"] = len(text)
		}
	}
	return m
}

// checkPurpose makes sure that each proof was made for what it is used for: to
// assert something, or to show who presents it; and that it is in force. "From the future" is measured by the real clock too: a proof
// that is newer than the moment asked about is no anomaly.
func checkPurpose(_ context.Context, c *caseFile) (answer, error) {
	latest := c.at
	if c.now.After(latest) {
		latest = c.now
	}
	var faults []*schema.Fault
	for _, p := range c.proofs {
		if p.Purpose != c.role.purpose {
			faults = append(faults, schema.Found("purpose.differs", p.at("proofPurpose"), map[string]any{"expected": c.role.purpose, "found": p.Purpose}))
		}
		if !p.Expires.IsZero() && !p.Expires.After(c.at) {
			faults = append(faults, schema.Found("purpose.expired", p.at("expires"), map[string]any{"expires": schema.FormatTime(p.Expires)}))
		}
		if p.Created.After(latest.Add(leeway)) {
			faults = append(faults, schema.Found("purpose.future", p.at("created"), map[string]any{"created": schema.FormatTime(p.Created)}))
		}
	}
	good := "purpose.assertion"
	if c.role == presenting {
		good = "purpose.showing"
	}
	return pass(good, nil, faults...), nil
}
