package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

const kindRequest = "request"

// The states of a correction request.
const (
	RequestOpen     = "open"
	RequestAccepted = "accepted"
	RequestDeclined = "declined"
)

// Bounds of requests.
const (
	maxRequestText = 1000 // characters of each text
	maxRequests    = 20   // about one credential
	maxListed      = 500  // open ones in a list
)

// A Request is a learner's wish that something in a credential be corrected. A
// signed document is never changed: who accepts issues another one.
type Request struct {
	ID         string
	Credential string // ID
	State      string
	Made       time.Time
	Decided    time.Time // zero while it is open
	Wrong      string    // what is wrong, in the learner's words
	Right      string    // what would be right
	Reason     string    // of the decision, for the learner
}

// A requestBody is how the store keeps one: its texts are sealed.
type requestBody struct {
	State   string    `json:"state"`
	Learner Digest    `json:"learner"`
	Issuer  string    `json:"issuer"` // ID of the institution
	Made    time.Time `json:"made"`
	Decided time.Time `json:"decided,omitzero"`
	Sealed  []byte    `json:"sealed"`
}

type requestTexts struct {
	Wrong  string `json:"wrong"`
	Right  string `json:"right"`
	Reason string `json:"reason,omitempty"`
}

// AskCorrection records what a learner says is wrong with a credential and what
// would be right, 1 to 1,000 characters each. One may be open at a time, and
// twenty may be made in all; further ones are CONFLICT.
func (s *Service) AskCorrection(ctx context.Context, who Digest, id, wrong, right string) (Request, error) {
	texts := requestTexts{Wrong: strings.TrimSpace(wrong), Right: strings.TrimSpace(right)}
	if err := checkText("/wrong", texts.Wrong); err != nil {
		return Request{}, err
	}
	if err := checkText("/right", texts.Right); err != nil {
		return Request{}, err
	}
	q := Request{ID: NewID(), State: RequestOpen, Made: s.now(), Wrong: texts.Wrong, Right: texts.Right}
	_, err := s.amend(ctx, learnerActor, "request.made", s.held(ctx, who, id), func(r *StoredRecord) ([]Thing, error) {
		q.Credential = r.ID
		have, err := s.requestsOf(ctx, r.ID)
		if err != nil {
			return nil, err
		}
		if len(have) >= maxRequests {
			return nil, conflict(r.ID, r.State, "too-many-requests")
		}
		for _, h := range have {
			if h.State == RequestOpen {
				return nil, conflict(r.ID, r.State, "request-open")
			}
		}
		sealed, err := s.sealFor(r.Learner, kindRequest+" "+q.ID, texts)
		if err != nil {
			return nil, err
		}
		body, err := json.Marshal(requestBody{State: RequestOpen, Learner: r.Learner, Issuer: r.Issuer, Made: q.Made, Sealed: sealed})
		// Due finds the open ones: the service has to look at them.
		return []Thing{{Kind: kindRequest, ID: q.ID, Owner: r.ID, Due: q.Made, Body: body}}, err
	})
	return q, err
}

func checkText(pointer, text string) error {
	if text == "" || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxRequestText {
		return malformed(pointer, "1 to 1,000 characters")
	}
	return nil
}

// Corrections returns what a learner asked to have corrected in a credential, the
// oldest first.
func (s *Service) Corrections(ctx context.Context, who Digest, id string) ([]Request, error) {
	r, err := s.held(ctx, who, id)()
	if err != nil {
		return nil, err
	}
	return s.requestsOf(ctx, r.ID)
}

func (s *Service) requestsOf(ctx context.Context, record string) ([]Request, error) {
	things, err := s.store.Owned(ctx, kindRequest, record)
	if err != nil {
		return nil, stored(err)
	}
	return s.requests(things, Actor{})
}

// Requests returns the open requests, those that wait longest first, at most
// 500; with the ID of a credential all about it. It needs the role of registrar
// or auditor.
func (s *Service) Requests(ctx context.Context, a Actor, credential string) ([]Request, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return nil, err
	}
	if credential != "" {
		r, err := s.visible(ctx, a, credential)
		if err != nil {
			return nil, err
		}
		return s.requestsOf(ctx, r.ID)
	}
	things, err := s.store.Due(ctx, kindRequest, s.now(), maxListed)
	if err != nil {
		return nil, stored(err)
	}
	return s.requests(things, a)
}

// requests opens those that an actor may see. One whose learner has been erased
// is left out: nobody can read it any more.
func (s *Service) requests(things []Thing, a Actor) ([]Request, error) {
	all := make([]Request, 0, len(things))
	for _, t := range things {
		q, b, err := s.request(t)
		switch {
		case isGone(err):
		case err != nil:
			return nil, err
		case a.sees(b.Issuer):
			all = append(all, q)
		}
	}
	return all, nil
}

func (s *Service) request(t Thing) (Request, requestBody, error) {
	var b requestBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return Request{}, b, stored(fmt.Errorf("%w: request %s: %v", ErrDamaged, t.ID, err))
	}
	var texts requestTexts
	if err := s.unsealFor(b.Learner, kindRequest+" "+t.ID, b.Sealed, &texts); err != nil {
		return Request{}, b, err
	}
	return Request{t.ID, t.Owner, b.State, b.Made, b.Decided, texts.Wrong, texts.Right, texts.Reason}, b, nil
}

// Request returns one request. It needs the role of registrar or auditor.
func (s *Service) Request(ctx context.Context, a Actor, id string) (Request, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return Request{}, err
	}
	q, _, _, err := s.requestThing(ctx, a, id)
	return q, err
}

func (s *Service) requestThing(ctx context.Context, a Actor, id string) (Request, requestBody, Thing, error) {
	parsed, err := ParseID(id)
	if err != nil {
		return Request{}, requestBody{}, Thing{}, err
	}
	t, err := s.store.Thing(ctx, kindRequest, parsed)
	if err != nil {
		return Request{}, requestBody{}, t, found(id, err)
	}
	q, b, err := s.request(t)
	if err == nil && !a.sees(b.Issuer) {
		err = notFound(id)
	}
	return q, b, t, err
}

// DecideRequest accepts or declines an open request, with a reason of 1 to 1,000
// characters that the learner reads. Accepting issues nothing: the corrected
// credential is issued as any other, and the old one revoked. One that has been
// decided is CONFLICT. It needs the role of registrar.
func (s *Service) DecideRequest(ctx context.Context, a Actor, id string, accept bool, reason string) (Request, error) {
	if err := a.may(Registrar); err != nil {
		return Request{}, err
	}
	reason = strings.TrimSpace(reason)
	if err := checkText("/reason", reason); err != nil {
		return Request{}, err
	}
	q, b, t, err := s.requestThing(ctx, a, id)
	if err != nil {
		return Request{}, err
	}
	if q.State != RequestOpen {
		return Request{}, conflict(q.ID, State(q.State), "request-decided")
	}
	action := "request.declined"
	if q.State = RequestDeclined; accept {
		q.State, action = RequestAccepted, "request.accepted"
	}
	q.Reason, q.Decided = reason, s.now()
	b.State, b.Decided = q.State, q.Decided
	if b.Sealed, err = s.sealFor(b.Learner, kindRequest+" "+t.ID, requestTexts{q.Wrong, q.Right, reason}); err != nil {
		return Request{}, err
	}
	t.Due = time.Time{}
	if t.Body, err = json.Marshal(b); err != nil {
		return Request{}, err
	}
	// Whoever was faster has decided: the revision says so.
	err = s.store.Replace(ctx, t, s.entry(a, action, t.ID))
	if isConflict(err) {
		err = conflict(q.ID, RequestOpen, "request-decided")
	}
	return q, found(id, err)
}
