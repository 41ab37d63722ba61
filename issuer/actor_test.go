package issuer_test

import (
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

func TestRoles(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	other, err := h.AddInstitution(ctx, registrar, "Other School", "", "fi", false)
	must(t, err)
	calls := map[string]struct {
		roles []string
		bound bool // answers NOT_FOUND to an actor of another institution
		call  func(issuer.Actor) error
	}{
		"prepare": {[]string{issuer.Registrar}, true, func(a2 issuer.Actor) error {
			_, err := h.Prepare(ctx, a2, issuer.Draft{Achievement: a.ID, Recipient: aino})
			return err
		}},
		"issue once": {[]string{issuer.Registrar}, true, func(a2 issuer.Actor) error {
			_, err := h.IssueOnce(ctx, a2, issuer.NewID(), [32]byte{}, issuer.Draft{Achievement: a.ID, Recipient: aino})
			return err
		}},
		"status": {[]string{issuer.Registrar}, true, func(a2 issuer.Actor) error {
			_, err := h.ChangeStatus(ctx, a2, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
			if f := faultOf(err); f != nil && f.Code == schema.CodeConflict {
				return nil
			}
			return err
		}},
		"read": {[]string{issuer.Registrar, issuer.Auditor}, true, func(a2 issuer.Actor) error {
			_, err := h.Read(ctx, a2, r.ID)
			return err
		}},
		"list": {[]string{issuer.Registrar, issuer.Auditor}, false, func(a2 issuer.Actor) error {
			page, err := h.List(ctx, a2, issuer.Query{})
			if a2.Issuer == other.ID && len(page.Items) > 0 {
				t.Error("a list shows records of another institution")
			}
			return err
		}},
		"achievement": {[]string{issuer.Publisher}, false, func(a2 issuer.Actor) error {
			_, err := h.AddAchievement(ctx, a2, other.ID, parse(t, welding), false)
			return err
		}},
		"new key": {[]string{issuer.KeyCustodian}, false, func(a2 issuer.Actor) error {
			_, err := h.NewKey(ctx, a2, other.ID, "Ed25519", "credentials")
			return err
		}},
		"tokens": {[]string{issuer.KeyCustodian, issuer.Auditor}, false, func(a2 issuer.Actor) error {
			_, err := h.Tokens(ctx, a2)
			return err
		}},
	}
	for name, c := range calls {
		for _, role := range issuer.AllRoles() {
			err := c.call(issuer.Actor{Name: "t", Roles: []string{role}})
			allowed := false
			for _, r := range c.roles {
				allowed = allowed || r == role
			}
			if allowed {
				if err != nil {
					t.Errorf("%s as %s: %v", name, role, err)
				}
				continue
			}
			refusedWith(t, err, schema.CodeForbidden, "")
		}
		refusedWith(t, c.call(issuer.Actor{Name: "nobody"}), schema.CodeForbidden, "")
		err := c.call(issuer.Actor{Name: "t", Issuer: other.ID, Roles: issuer.AllRoles()})
		if c.bound {
			refusedWith(t, err, schema.CodeNotFound, "")
		} else if err != nil {
			t.Errorf("%s as an actor of one institution: %v", name, err)
		}
	}
}
