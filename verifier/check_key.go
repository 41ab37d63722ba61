package verifier

import (
	"cmp"
	"context"
	"slices"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
)

// checkResolved finds the key of each proof. A method that by its identifier
// is not the issuer's is looked up only where that asks nobody: a proof must not
// make the verifier call an address of the forger's choice.
func checkResolved(ctx context.Context, c *caseFile) (answer, error) {
	id, _ := c.party()
	for _, p := range c.proofs {
		look := c.resolve
		if p.isToken() {
			look = c.resolveToken
		}
		if err := look(ctx, p, id); err != nil {
			return answer{}, err
		}
	}
	a := pass("key.found", nil)
	for _, p := range c.proofs {
		a.faults = append(a.faults, p.faults...)
		if p.method != nil {
			if a.evidence == nil {
				a.args, a.evidence = map[string]any{"method": cmp.Or(p.method.ID, p.multikey)}, map[string]any{}
			}
			a.evidence[p.Pointer] = p.show()
		}
	}
	if len(a.faults) == 0 && a.evidence == nil {
		return notRun("key.controller"), nil
	}
	return a, nil
}

// resolve fills foreign, method and faults of a proof in the document.
func (c *caseFile) resolve(ctx context.Context, p *proofCase, party string) error {
	pointer, method := p.at("verificationMethod"), p.Method
	controller, fault := controllerOf(method, pointer)
	p.foreign = controller != "" && controller != party
	if whole, ok := onlyMethod(controller); fault != nil && p.foreign && ok && method == controller {
		// It names no method, which is said; but there is only one that it can
		// mean, and whose it is not is worth knowing too.
		method, p.faults = whole, []*schema.Fault{fault.Weighing(schema.Warn)}
		fault = nil
	}
	switch {
	case fault != nil:
		p.faults = []*schema.Fault{fault}
		return nil
	case p.foreign && !isComputed(controller):
		if c.isReferenced(p) {
			p.faults = []*schema.Fault{schema.Found("key.url-refused", pointer, map[string]any{"url": controller, "reason": "foreign"})}
		}
		return nil
	}
	m, fault, err := c.key(ctx, method, pointer)
	p.found(m, fault)
	return err
}

// found keeps what looking for the key of a proof came to.
func (p *proofCase) found(m *keys.Method, fault *schema.Fault) {
	switch {
	case fault != nil:
		p.faults = append(p.faults, fault)
	case m != nil:
		p.method, p.multikey = m, multikeyOf(m)
	}
}

// isReferenced says whether another proof rests on p, so that p cannot be left
// aside as merely additional.
func (c *caseFile) isReferenced(p *proofCase) bool {
	return slices.ContainsFunc(c.proofs, func(x *proofCase) bool {
		return slices.ContainsFunc(x.Previous, func(q *proof.Proof) bool { return q == p.Proof })
	})
}

// checkController decides whose the keys are (security model, section 9.3). One
// proof by a key of the issuer is enough; another's beside it is worth a
// warning and is never called a signature of the issuer.
func checkController(_ context.Context, c *caseFile) (answer, error) {
	id, _ := c.party()
	var faults, strangers []*schema.Fault
	open := false
	for _, p := range c.proofs {
		switch f := c.bind(p, id); {
		case f == nil && p.bound:
		case f == nil:
			open = true
		case f.Finding == "key.unbound":
			strangers = append(strangers, f)
		default:
			faults = append(faults, f)
		}
	}
	bound := slices.ContainsFunc(c.proofs, func(p *proofCase) bool { return p.bound })
	if bound || open || len(faults) > 0 { // then a stranger's proof is an additional one
		for i, f := range strangers {
			strangers[i] = f.Weighing(schema.Warn)
		}
	}
	faults = append(faults, strangers...)
	if open && !bound && !slices.ContainsFunc(faults, func(f *schema.Fault) bool { return f.Outcome == schema.Fail }) {
		return notRun("key.resolved"), nil
	}
	args := map[string]any{"issuer": id}
	if domain, _ := domainOf(id); domain != "" {
		args["domain"] = domain
	}
	good := "key.bound"
	if c.role == presenting {
		good = "key.of-holder"
	}
	return pass(good, args, faults...), nil
}

// bind sets bound, or says why not; neither where the key could not be found.
func (c *caseFile) bind(p *proofCase, party string) *schema.Fault {
	pointer := p.at("verificationMethod")
	args := map[string]any{"issuer": party, "method": p.Method}
	pinned := p.method != nil && c.v.isPinned(party, p.multikey, c.at)
	switch {
	case pinned:
		p.bound = true
	case p.foreign || p.method != nil && p.method.Controller != party:
		if p.method != nil && p.method.Controller != "" {
			args["controller"] = p.method.Controller
		}
		p.bound = p.method != nil && c.takesAnyKey()
		return schema.Found("key.unbound", pointer, args)
	case p.method == nil:
	case !slices.Contains(p.method.Relationships, c.role.purpose):
		return schema.Found("key.relationship", pointer, map[string]any{"method": p.Method, "expected": c.role.purpose})
	default:
		p.bound = true
	}
	return nil
}

// checkWindow refuses keys that are revoked or expired at the moment asked
// about. The proof's own date excuses nothing: the holder of a stolen key
// writes it.
func checkWindow(_ context.Context, c *caseFile) (answer, error) {
	var faults []*schema.Fault
	for _, p := range c.proofs {
		if p.method == nil {
			continue
		}
		if t := p.method.Revoked; !t.IsZero() && !t.After(c.at) {
			faults = append(faults, schema.Found("key.revoked", p.Pointer, map[string]any{"method": p.Method, "revoked": schema.FormatTime(t)}))
		}
		if t := p.method.Expires; !t.IsZero() && !t.After(c.at) {
			faults = append(faults, schema.Found("key.expired", p.Pointer, map[string]any{"method": p.Method, "expires": schema.FormatTime(t)}))
		}
	}
	return pass("key.in-force", nil, faults...), nil
}

// show is the resolved key for the expert panel.
func (p *proofCase) show() map[string]any {
	m := map[string]any{"method": p.method.ID, "controller": p.method.Controller, "relationships": p.method.Relationships}
	if _, err := keys.Multikey(p.method.Key); err == nil {
		m["publicKeyMultibase"] = p.multikey
	} else {
		m["jwkThumbprint"] = p.multikey
	}
	return m
}
