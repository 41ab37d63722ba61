package schema

import "strconv"

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
	return c.walk(root, "", 0)
}

type counter struct{ endorsements int }

func (c *counter) walk(v Value, pointer string, nesting int) *Fault {
	for i, item := range v.Items {
		if item.Kind < Array {
			continue
		}
		if f := c.walk(item, PointerTo(pointer, strconv.Itoa(i)), nesting); f != nil {
			return f
		}
	}
	for _, m := range v.Members {
		n := len(m.Value.List())
		inner := nesting
		switch m.Name {
		case "proof", "previousProof":
			if n > maxProofs {
				return exceeded("syntax.count", PointerTo(pointer, m.Name), m.Name, maxProofs, n)
			}
		case "credentialStatus":
			if n > maxStatusEntries {
				return exceeded("syntax.count", PointerTo(pointer, m.Name), m.Name, maxStatusEntries, n)
			}
		case "verifiableCredential":
			if n > maxCredentials {
				return exceeded("syntax.count", PointerTo(pointer, m.Name), m.Name, maxCredentials, n)
			}
		case "endorsement", "endorsementJwt":
			if inner++; inner > maxEndorsementNesting {
				return exceeded("syntax.count", PointerTo(pointer, m.Name), "endorsement.nesting", maxEndorsementNesting, inner)
			}
			if c.endorsements += n; c.endorsements > maxEndorsements {
				return exceeded("syntax.count", PointerTo(pointer, m.Name), "endorsement", maxEndorsements, c.endorsements)
			}
		}
		if m.Value.Kind < Array {
			continue
		}
		if f := c.walk(m.Value, PointerTo(pointer, m.Name), inner); f != nil {
			return f
		}
	}
	return nil
}
