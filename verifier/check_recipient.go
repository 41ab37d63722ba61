package verifier

import (
	"context"
	"strconv"
	"strings"

	"merkki/schema"
)

// A Recipient is whom somebody expects a credential to be about.
type Recipient struct {
	// Type is "id", or a term of the IdentifierTypeEnum of Open Badges 3.0 such
	// as "emailAddress".
	Type string
	// Value is the identifier as it is known from elsewhere.
	Value string
}

// checkRecipient compares what is known of the recipient from elsewhere with
// what the credential says (Open Badges 3.0, section 9.1). The known value is in
// no report. Hashes that hide nothing are noted, whoever is asked about.
func checkRecipient(_ context.Context, c *caseFile) (answer, error) {
	claims, asked := c.opened.Claims, c.ask.Recipient
	weak := weakHashes(claims)
	if asked == nil {
		a := notApplicable("recipient.not-asked", nil)
		a.faults = weak
		return a, nil
	}
	args := map[string]any{"type": asked.Type}
	stated, form := asked.in(claims)
	switch {
	case form != schema.MatchNone:
		args["form"] = string(form)
		return pass("recipient.same", args, weak...), nil
	case stated:
		return answer{faults: append(weak, schema.Found("recipient.differs", "/credentialSubject", args))}, nil
	}
	return answer{faults: append(weak, schema.Found("recipient.not-stated", "/credentialSubject", args))}, nil
}

// in looks for the recipient among the subjects. stated says that they have an
// identifier of the type at all.
func (r *Recipient) in(claims schema.Value) (stated bool, form schema.IdentityMatch) {
	for _, subject := range claims.GetList("credentialSubject") {
		if r.Type == "id" {
			id := subject.GetString("id")
			stated = stated || id != ""
			if id != "" && id == r.Value {
				return true, schema.MatchExact
			}
			continue
		}
		for _, v := range subject.GetList("identifier") {
			hashed, _ := v.Get("hashed")
			entry := schema.IdentityObject{
				Hashed: hashed.True, IdentityHash: v.GetString("identityHash"),
				IdentityType: v.GetString("identityType"), Salt: v.GetString("salt"),
			}
			if entry.IdentityType != r.Type {
				continue
			}
			stated = true
			if form, _ := schema.MatchIdentity(entry, r.Value); form != schema.MatchNone {
				return true, form
			}
		}
	}
	return stated, schema.MatchNone
}

// weakHashes finds hashed identities (Open Badges 3.0, IdentityObject) that a
// list of likely names undoes in no time: MD5, no salt, or a salt that is too
// short to hold 128 bits whatever its encoding.
func weakHashes(claims schema.Value) (faults []*schema.Fault) {
	subject, _ := claims.Get("credentialSubject")
	for i, s := range claims.GetList("credentialSubject") {
		identifiers, _ := s.Get("identifier")
		for j, id := range s.GetList("identifier") {
			hashed, _ := id.Get("hashed")
			hash := id.GetString("identityHash")
			if !hashed.True || strings.HasPrefix(hash, "sha256$") && len(id.GetString("salt")) >= 16 {
				continue
			}
			algorithm, _, _ := strings.Cut(hash, "$")
			pointer := pointerTo(identifiers, pointerTo(subject, "/credentialSubject", i)+"/identifier", j)
			faults = append(faults, schema.Found("recipient.weak-hash", pointer,
				map[string]any{"algorithm": algorithm, "salt": strconv.Itoa(len(id.GetString("salt")))}))
		}
	}
	return faults
}
