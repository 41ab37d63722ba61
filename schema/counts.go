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
	c := counter{path: make([]step, 0, 16)}
	return c.walk(&root, 0)
}

type counter struct {
	endorsements int
	path         []step // to what is being looked at
}

// exceeded is a fault at a member of what is being looked at.
func (c *counter) exceeded(member, limit string, maximum, found int) *Fault {
	return exceeded("syntax.count", pointerAt(c.path, member), limit, maximum, found)
}

func (c *counter) walk(v *Value, nesting int) *Fault {
	for i := range v.Items {
		if f := c.below(&v.Items[i], step{index: i}, nesting); f != nil {
			return f
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		n := 1
		if m.Value.Kind == Array {
			n = len(m.Value.Items)
		}
		inner := nesting
		switch m.Name {
		case "proof", "previousProof":
			if n > maxProofs {
				return c.exceeded(m.Name, m.Name, maxProofs, n)
			}
		case "credentialStatus":
			if n > maxStatusEntries {
				return c.exceeded(m.Name, m.Name, maxStatusEntries, n)
			}
		case "verifiableCredential":
			if n > maxCredentials {
				return c.exceeded(m.Name, m.Name, maxCredentials, n)
			}
		case "endorsement", "endorsementJwt":
			if inner++; inner > maxEndorsementNesting {
				return c.exceeded(m.Name, "endorsement.nesting", maxEndorsementNesting, inner)
			}
			if c.endorsements += n; c.endorsements > maxEndorsements {
				return c.exceeded(m.Name, "endorsement", maxEndorsements, c.endorsements)
			}
		}
		if f := c.below(&m.Value, step{m.Name, -1}, inner); f != nil {
			return f
		}
	}
	return nil
}

// below walks what stands one step further, if that can hold anything.
func (c *counter) below(v *Value, s step, nesting int) *Fault {
	if v.Kind < Array {
		return nil
	}
	c.path = append(c.path, s)
	f := c.walk(v, nesting)
	c.path = c.path[:len(c.path)-1]
	return f
}
