package schema

// Counts of things that each cost work later (security model, section 5).
const (
	maxProofs             = 16 // of one credential, and of one previousProof
	maxEndorsements       = 64 // of a document, at all levels
	maxEndorsementNesting = 3
	maxStatusEntries      = 16 // of one credential
	maxCredentials        = 64 // of a presentation
)

// checkCounts refuses documents that have too many proofs, endorsements, status
// entries or credentials, wherever they stand.
func checkCounts(root Value) *Fault {
	c := counter{}
	return c.walk(root, nil, 0)
}

type counter struct{ endorsements int }

func (c *counter) walk(v Value, p *place, nesting int) *Fault {
	for i, item := range v.Items {
		if item.Kind < Array {
			continue
		}
		if f := c.walk(item, p.at(i), nesting); f != nil {
			return f
		}
	}
	for _, m := range v.Members {
		n := len(m.Value.List())
		inner := nesting
		switch m.Name {
		case "proof", "previousProof":
			if n > maxProofs {
				return exceeded("syntax.count", p.in(m.Name).pointer(), m.Name, maxProofs, n)
			}
		case "credentialStatus":
			if n > maxStatusEntries {
				return exceeded("syntax.count", p.in(m.Name).pointer(), m.Name, maxStatusEntries, n)
			}
		case "verifiableCredential":
			if n > maxCredentials {
				return exceeded("syntax.count", p.in(m.Name).pointer(), m.Name, maxCredentials, n)
			}
		case "endorsement", "endorsementJwt":
			if inner++; inner > maxEndorsementNesting {
				return exceeded("syntax.count", p.in(m.Name).pointer(), "endorsement.nesting", maxEndorsementNesting, inner)
			}
			if c.endorsements += n; c.endorsements > maxEndorsements {
				return exceeded("syntax.count", p.in(m.Name).pointer(), "endorsement", maxEndorsements, c.endorsements)
			}
		}
		if m.Value.Kind < Array {
			continue
		}
		if f := c.walk(m.Value, p.in(m.Name), inner); f != nil {
			return f
		}
	}
	return nil
}
