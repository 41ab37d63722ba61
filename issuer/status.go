package issuer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"merkki/schema"
)

// A StatusChange is a request to change where a credential stands.
type StatusChange struct {
	Action string `json:"action"` // revoke, suspend, reinstate
	Reason string `json:"reason"` // for people, public, 1 to 1,000 characters
	Code   string `json:"code,omitempty"`
}

// ReasonCodes returns the codes that a StatusChange may give.
func ReasonCodes() []string {
	return []string{"issued-in-error", "requirements-not-met", "misconduct", "requested-by-holder", "superseded"}
}

// actions says, for each action, from which states it leads where, and what
// is logged. A revocation is final: nothing leads out of it.
var actions = map[string]struct {
	from []State
	to   State
	log  string
}{
	"revoke":    {[]State{Issued, Suspended}, Revoked, "credential.revoked"},
	"suspend":   {[]State{Issued}, Suspended, "credential.suspended"},
	"reinstate": {[]State{Suspended}, Issued, "credential.reinstated"},
}

// ChangeStatus revokes, suspends or reinstates a credential. What it returns
// is on the disk, this service judges by it from then on, and the status list that
// is served has it within a second (see [Service.ServedList]). A change
// that the present state does not allow is CONFLICT, and so is a suspension of
// a credential that has no entry for one.
func (s *Service) ChangeStatus(ctx context.Context, a Actor, id string, c StatusChange) (Record, error) {
	if err := a.may(Registrar); err != nil {
		return Record{}, err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	if err := c.check(); err != nil {
		return Record{}, err
	}
	for {
		r, err := s.visible(ctx, a, id)
		if err != nil {
			return Record{}, err
		}
		next, err := s.changed(r, c)
		if err != nil {
			return Record{}, err
		}
		err = s.store.Advance(ctx, r.State, next, s.entry(a, actions[c.Action].log, r.ID), s.mailsOfChange(next, c)...)
		if errors.Is(err, ErrConflict) {
			continue // somebody was faster: judge by what stands now
		}
		if err != nil {
			return Record{}, stored(err)
		}
		s.announce(next)
		s.wake()
		return s.openNoted(ctx, next)
	}
}

func (c StatusChange) check() error {
	if _, ok := actions[c.Action]; !ok {
		return malformed("/action", "revoke, suspend or reinstate")
	}
	if c.Reason == "" || len([]rune(c.Reason)) > 1000 {
		return malformed("/reason", "a reason of 1 to 1,000 characters")
	}
	if err := impersonal("/reason", c.Reason); err != nil {
		return err
	}
	if c.Code != "" && !slices.Contains(ReasonCodes(), c.Code) {
		return malformed("/code", strings.Join(ReasonCodes(), ", "))
	}
	return refuse(schema.CheckIssuable(schema.ObjectValue(schema.Member{Name: "reason", Value: schema.StringValue(c.Reason)})))
}

// changed returns r as it stands after c.
func (s *Service) changed(r StoredRecord, c StatusChange) (StoredRecord, error) {
	act := actions[c.Action]
	if !slices.Contains(act.from, r.State) {
		return r, conflict(r.ID, r.State, "not-from-this-state")
	}
	places := slices.Clone(r.Places)
	suspendable := false
	for n := range places {
		switch places[n].Purpose {
		case "revocation":
			places[n].Set = act.to == Revoked
		case "suspension":
			suspendable = true
			places[n].Set = act.to == Suspended
		}
	}
	if c.Action == "suspend" && !suspendable {
		return r, conflict(r.ID, r.State, "not-suspendable")
	}
	r.Places, r.State = places, act.to
	r.Reason, r.ReasonCode, r.ChangedAt = c.Reason, c.Code, s.now()
	return r, nil
}
