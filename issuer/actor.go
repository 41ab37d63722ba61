package issuer

import (
	"slices"

	"merkki/schema"
)

// The roles an actor can have.
const (
	Registrar    = "registrar"     // issues credentials, changes their status, reads records
	Publisher    = "publisher"     // adds institutions and achievements, and the trust lists this service uses
	KeyCustodian = "key-custodian" // makes keys and tokens, takes backups
	Auditor      = "auditor"       // reads everything, changes nothing
)

// AllRoles returns every role: what somebody has who can read the directory.
func AllRoles() []string { return []string{Registrar, Publisher, KeyCustodian, Auditor} }

// An Actor is who does something. Its name goes into the log.
type Actor struct {
	Name   string   // of a token, or "local:USER"
	Issuer string   // ID of the one institution it may act for; "" for all
	Roles  []string // see AllRoles
}

// may refuses with FORBIDDEN unless the actor has one of the roles.
func (a Actor) may(roles ...string) error {
	for _, r := range roles {
		if slices.Contains(a.Roles, r) {
			return nil
		}
	}
	return forbidden(roles[0])
}

// mayForAll is may for what concerns every institution of the service: an
// actor that is bound to one is refused.
func (a Actor) mayForAll(role string) error {
	if err := a.may(role); err != nil {
		return err
	}
	if a.Issuer != "" {
		return forbidden(role)
	}
	return nil
}

func forbidden(role string) error {
	return schema.Refusal(schema.CodeForbidden, "", map[string]any{"role": role})
}

// sees reports whether the things of an institution exist for the actor. What
// does not is answered like something that never was.
func (a Actor) sees(institution string) bool { return a.Issuer == "" || a.Issuer == institution }
