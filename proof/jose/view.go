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
