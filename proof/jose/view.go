package jose

import (
	"slices"
	"time"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// A View is what the payload of a token says as a document.
type View struct {
	// Claims is the credential or presentation, with its proofs where it has
	// some: the payload without the registered claims, or, of data model 1.1,
	// what stands in the claim vc. Where nbf, exp and, in data model 1.1, iss,
	// jti or sub say what the document does not, it stands here in the
	// document's own words.
	Claims  schema.Value
	Content Content // what Claims are by their type
	// Faults are those of document.schema about the claims: schema.claims-type,
	// -forbidden, -differ, -missing. A missing sub is a warning, since published
	// badges lack it.
	Faults []*schema.Fault
	// Issued is iat, NotBefore nbf and Expires exp where Claims could not take
	// them in. Zero: absent.
	Issued, NotBefore, Expires time.Time
	// Audience and Nonce are aud and nonce of a presentation.
	Audience []string
	Nonce    string
}

// registered are the claims of RFC 7519, section 4.1.
var registered = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}

// View reads the payload. It decides nothing.
func (t *Token) View() *View {
	payload := t.Payload.Root()
	r := &reader{token: t, payload: payload, claims: readClaims(payload)}
	v := &View{Faults: r.claims.faults, Issued: r.claims.times["iat"]}
	r.view = v
	r.unwrap()
	switch v.Content = contentOf(v.Claims); v.Content {
	case Presentation:
		r.presentation()
	default:
		r.credential()
	}
	return v
}

func contentOf(v schema.Value) Content {
	isType := func(name string) bool {
		return slices.ContainsFunc(v.GetList("type"), func(t schema.Value) bool { return t.Kind == schema.String && t.Text == name })
	}
	switch {
	case isType("VerifiablePresentation"):
		return Presentation
	case isType("VerifiableCredential"):
		return Credential
	}
	return Anything
}

// claims are the registered claims of the right type.
type claims struct {
	texts  map[string]string
	times  map[string]time.Time
	faults []*schema.Fault
}

func readClaims(payload schema.Value) claims {
	c := claims{texts: map[string]string{}, times: map[string]time.Time{}}
	for _, name := range registered {
		m, there := payload.Get(name)
		if !there {
			continue
		}
		ok := false
		switch name {
		case "iss", "sub", "jti":
			if ok = m.Kind == schema.String && m.Text != ""; ok {
				c.texts[name] = m.Text
			}
		case "aud":
			ok = isAudience(m)
		default:
			var at time.Time
			if at, ok = numericDate(m); ok {
				c.times[name] = at
			}
		}
		if !ok {
			c.faults = append(c.faults, schema.Found("schema.claims-type", "/"+name, map[string]any{"claim": name}))
		}
	}
	return c
}

func isAudience(v schema.Value) bool {
	return len(v.List()) > 0 && !slices.ContainsFunc(v.List(), func(i schema.Value) bool { return i.Kind != schema.String })
}

// A reader makes a view.
type reader struct {
	token   *Token
	payload schema.Value
	claims  claims
	view    *View
	wrapped bool // the document stands in a claim of its own
}

// unwrap finds the document. Data model 1.1 puts it into the claim vc (section
// 6.3.1); 2.0 makes it the payload and forbids the claims vc and vp (VC JOSE
// COSE, section 3.1.3).
func (r *reader) unwrap() {
	if inner, name := r.token.wrapped(); name != "" {
		r.wrapped = true
		r.view.Claims = inner
		if r.version() == jsonld.BaseV2 || !r.token.Header.OpenBadges() {
			r.forbid(name)
		}
		return
	}
	for _, name := range []string{"vc", "vp"} {
		if _, there := r.payload.Get(name); there {
			r.forbid(name)
		}
	}
	r.view.Claims = r.payload.Without(append([]string{"vc", "vp"}, registered...)...)
}

// wrapped returns the document that stands in a claim of its own, and the name
// of the claim.
func (t *Token) wrapped() (schema.Value, string) {
	payload := t.Payload.Root()
	if _, own := payload.Get("@context"); own {
		return schema.Value{}, ""
	}
	for _, name := range []string{"vc", "vp"} {
		if v, has := payload.Get(name); has && v.Kind == schema.Object {
			return v, name
		}
	}
	return schema.Value{}, ""
}

func (r *reader) forbid(claim string) {
	r.fault("schema.claims-forbidden", claim, nil)
}

func (r *reader) fault(finding, claim string, args map[string]any) {
	if args == nil {
		args = map[string]any{}
	}
	args["claim"] = claim
	r.view.Faults = append(r.view.Faults, schema.Found(finding, "/"+claim, args))
}

// version returns the first context: that of the data model.
func (r *reader) version() string {
	if contexts := r.view.Claims.GetList("@context"); len(contexts) > 0 {
		return contexts[0].Text
	}
	return ""
}

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

// complete puts what a claim says into a member that is absent.
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
		r.complete("credentialSubject", said)
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
