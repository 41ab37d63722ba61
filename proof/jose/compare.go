package jose

import (
	"slices"
	"time"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// credential compares the claims with the credential and completes it (Open
// Badges 3.0, section 8.2; VC Data Model 1.1, section 6.3.1).
func (r *reader) credential() {
	if r.token.Header.OpenBadges() {
		r.require()
	}
	r.compareText("iss", "issuer")
	r.compareText("jti", "id")
	r.compareSubject()
	from, until := "validFrom", "validUntil"
	if r.version() == jsonld.BaseV1 {
		from, until = "issuanceDate", "expirationDate"
	}
	r.compareTime("nbf", from, &r.view.NotBefore)
	r.compareTime("exp", until, &r.view.Expires)
}

// require looks for the claims that the Open Badges profile asks for. Whether a
// missing sub says something depends on whether there is a subject to name.
func (r *reader) require() {
	for _, name := range []string{"iss", "jti", "nbf"} {
		if _, there := r.payload.Get(name); !there {
			r.fault("schema.claims-missing", name, nil)
		}
	}
	if _, there := r.payload.Get("sub"); !there && len(r.subjects()) > 0 {
		r.fault("schema.claims-missing", "sub", nil)
		last := len(r.view.Faults) - 1
		r.view.Faults[last] = r.view.Faults[last].Weighing(schema.Warn)
	}
}

// idOf returns a member that is an id or an object with one.
func idOf(v schema.Value, member string) string {
	m, _ := v.Get(member)
	if m.Kind == schema.Object {
		return m.GetString("id")
	}
	return m.Text
}

// compareText compares a claim with the identifier it repeats.
func (r *reader) compareText(claim, member string) {
	said, there := r.claims.texts[claim]
	if !there {
		return
	}
	found := idOf(r.view.Claims, member)
	switch {
	case found == "" && r.wrapped:
		r.complete(member, said)
	case found != "" && found != said:
		r.differ(claim, found, said)
	}
}

func (r *reader) differ(claim, expected, found string) {
	r.fault("schema.claims-differ", claim, map[string]any{"expected": expected, "found": found})
}

// complete puts what a claim says into a member, or the id of a member, that is
// absent.
func (r *reader) complete(member, text string) {
	m, there := r.view.Claims.Get(member)
	switch {
	case !there:
		r.view.Claims = r.view.Claims.With(member, schema.StringValue(text))
	case m.Kind == schema.Object:
		if _, has := m.Get("id"); !has {
			r.view.Claims = r.view.Claims.With(member, m.With("id", schema.StringValue(text)))
		}
	}
}

// completeSubject does so for the subject, which is always an object.
func (r *reader) completeSubject(id string) {
	if _, there := r.view.Claims.Get("credentialSubject"); !there {
		r.view.Claims = r.view.Claims.With("credentialSubject", schema.ObjectValue())
	}
	r.complete("credentialSubject", id)
}

// subjects returns the ids of the subjects.
func (r *reader) subjects() (ids []string) {
	for _, s := range r.view.Claims.GetList("credentialSubject") {
		if id := s.GetString("id"); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// compareSubject compares sub with the subject. A credential about several has
// none that sub could stand for alone: it may name any of them.
func (r *reader) compareSubject() {
	said, there := r.claims.texts["sub"]
	if !there {
		return
	}
	switch ids := r.subjects(); {
	case len(ids) == 0 && r.wrapped:
		r.completeSubject(said)
	case len(ids) > 0 && !slices.Contains(ids, said):
		r.differ("sub", ids[0], said)
	}
}

// compareTime compares a NumericDate with the date it repeats, which is cut to
// whole seconds. A date that only the claim gives bounds the credential as well
// and is put into it, unless the credential has proofs of its own, which do not
// cover it; then it is handed on in later.
func (r *reader) compareTime(claim, member string, later *time.Time) {
	said, there := r.claims.times[claim]
	if !there {
		return
	}
	m, has := r.view.Claims.Get(member)
	_, proven := r.view.Claims.Get("proof")
	switch at, err := schema.ParseTime(m.Text); {
	case !has && proven:
		*later = said
	case !has:
		r.view.Claims = r.view.Claims.With(member, schema.StringValue(schema.FormatTime(said)))
	case err != nil || at.Unix() != said.Unix():
		r.differ(claim, m.Text, schema.FormatTime(said))
	}
}

// presentation compares what a presentation has.
func (r *reader) presentation() {
	r.compareText("iss", "holder")
	r.compareText("jti", "id")
	r.view.NotBefore, r.view.Expires = r.claims.times["nbf"], r.claims.times["exp"]
	for _, a := range r.payload.GetList("aud") {
		r.view.Audience = append(r.view.Audience, a.Text)
	}
	r.view.Nonce = r.payload.GetString("nonce")
	r.view.Claims = r.view.Claims.Without("nonce")
}
