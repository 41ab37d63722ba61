package jose

import (
	"crypto"
	"errors"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"merkki/keys"
	"merkki/schema"
)

// A Content is what a token carries, as far as its header says.
type Content uint8

// The contents.
const (
	Anything     Content = iota // the header does not say
	Credential                  // a verifiable credential
	Presentation                // a verifiable presentation
)

// A Header is the header of a token, read and not believed.
type Header struct {
	Algorithm string  // alg, as it stands there
	Type      string  // typ; "" where it has none
	Content   Content // what typ says
	KeyID     string  // kid; "" where it has none
	// Key is the public key in jwk, nil where there is none or KeyFault says
	// why it cannot be used. Whoever made the token wrote it there.
	Key      crypto.PublicKey
	KeyFault *schema.Fault // of key.resolved
	// Ignored are members that decide nothing here.
	Ignored []string
	// Fault is what proof.format says against the header: format.header,
	// format.type, format.algorithm-unknown or format.algorithm-forbidden. Nil
	// when the token can be tried.
	Fault *schema.Fault
	// Text is the header as JSON, as it was signed.
	Text string
}

// OpenBadges reports whether the token is of the Open Badges profile, which
// requires iss, jti and nbf; the others are of VC JOSE COSE, which does not.
func (h *Header) OpenBadges() bool { return h.Type == "" || h.Type == "JWT" }

// types are the values of typ that a credential or presentation has, today or
// in a draft that was implemented. They are compared as they stand: another
// text is another kind of token (RFC 8725, section 3.11).
var types = map[string]Content{
	"":          Anything,
	"JWT":       Anything,
	"vc+jwt":    Credential,
	"vc-ld+jwt": Credential,
	"vc+ld+jwt": Credential,
	"vp+jwt":    Presentation,
	"vp-ld+jwt": Presentation,
	"vp+ld+jwt": Presentation,
}

// contentTypes are the values of cty.
var contentTypes = map[string]Content{
	"":                           Anything,
	"vc":                         Credential,
	"application/vc":             Credential,
	"vc+ld+json":                 Credential,
	"application/vc+ld+json":     Credential,
	"vp":                         Presentation,
	"application/vp":             Presentation,
	"vp+ld+json":                 Presentation,
	"application/vp+ld+json":     Presentation,
	"credential-claims-set+json": Credential,
}

// readHeader reads the header in the order in which the table of findings asks
// its questions: the algorithm, then the members.
func (t *Token) readHeader(doc *schema.Document, o Options) {
	h, v := &t.Header, doc.Root()
	h.Text = string(doc.Raw())
	h.Algorithm, h.Type, h.KeyID = v.GetString("alg"), v.GetString("typ"), v.GetString("kid")
	h.Fault = firstFault(
		func() *schema.Fault { return h.isText(v, "alg", true) },
		func() (f *schema.Fault) { t.algorithm, f = chooseAlgorithm(h.Algorithm, o); return f },
		func() *schema.Fault { return h.checkMembers(v) },
		func() *schema.Fault { return h.checkKey(v) },
		func() *schema.Fault { return h.checkTypes(v) },
		func() *schema.Fault { return t.checkLibrary() },
	)
}

// firstFault returns the first fault of several questions.
func firstFault(questions ...func() *schema.Fault) *schema.Fault {
	for _, ask := range questions {
		if f := ask(); f != nil {
			return f
		}
	}
	return nil
}

func headerFault(member string) *schema.Fault {
	return schema.Found("format.header", "", map[string]any{"member": member})
}

// checkMembers is the closed list.
func (h *Header) checkMembers(v schema.Value) *schema.Fault {
	for _, m := range v.Members {
		switch m.Name {
		case "alg", "kid", "jwk", "typ", "cty":
		case "x5c":
			h.Ignored = append(h.Ignored, m.Name)
		default:
			return headerFault(m.Name)
		}
	}
	return nil
}

// isText faults a member that is not a text, or is an empty one.
func (h *Header) isText(v schema.Value, name string, required bool) *schema.Fault {
	m, there := v.Get(name)
	if !there && !required || m.Kind == schema.String && m.Text != "" {
		return nil
	}
	return headerFault(name)
}

// checkKey looks for what names the key: kid, jwk or both.
func (h *Header) checkKey(v schema.Value) *schema.Fault {
	if f := h.isText(v, "kid", false); f != nil {
		return f
	}
	jwk, there := v.Get("jwk")
	switch {
	case there && jwk.Kind != schema.Object:
		return headerFault("jwk")
	case !there && h.KeyID == "":
		return headerFault("kid")
	case !there:
		return nil
	}
	key, err := keys.ReadJWK(jwk)
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		h.KeyFault = f
		return nil
	}
	h.Key = key
	return nil
}

// checkTypes compares typ and cty with what there is.
func (h *Header) checkTypes(v schema.Value) *schema.Fault {
	for _, name := range []string{"typ", "cty"} {
		if f := h.isText(v, name, false); f != nil {
			return f
		}
	}
	content, ok := types[h.Type]
	if !ok {
		return schema.Found("format.type", "", map[string]any{"found": h.Type})
	}
	inner, ok := contentTypes[v.GetString("cty")]
	if !ok || inner != Anything && content != Anything && inner != content {
		return schema.Found("format.type", "", map[string]any{"found": v.GetString("cty")})
	}
	h.Content = max(content, inner)
	return nil
}

// checkLibrary asks go-jose, which has its own idea of a header: a token that
// two readers do not take alike is none.
func (t *Token) checkLibrary() *schema.Fault {
	if t.Header.KeyFault != nil {
		return nil // it does not take keys that we do not take
	}
	_, err := jose.ParseSignedCompact(t.text, []jose.SignatureAlgorithm{t.algorithm.name})
	if err == nil {
		return nil
	}
	if i := slices.Index(t.Header.Ignored, "x5c"); i >= 0 {
		return headerFault("x5c")
	}
	return headerFault("")
}
