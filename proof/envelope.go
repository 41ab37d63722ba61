package proof

import (
	"slices"
	"strings"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// envelopes are the types of objects that carry a secured document as a data:
// URL (VC Data Model 2.0, section 4.13), each with the media type of the tokens
// that we read.
var envelopes = map[string]string{
	"EnvelopedVerifiableCredential":   "application/vc+jwt",
	"EnvelopedVerifiablePresentation": "application/vp+jwt",
}

// unread are media types of envelopes that exist and that we do not read.
var unread = []string{
	"application/vc+sd-jwt", "application/vp+sd-jwt", "application/dc+sd-jwt",
	"application/vc+cose", "application/vp+cose",
}

// Unwrap returns the token inside an EnvelopedVerifiableCredential or
// EnvelopedVerifiablePresentation, and whether root is one. The token is taken
// as it stands after the comma, and is for [ReadToken].
//
// The error is a [*schema.Fault]: container.envelope-malformed for an envelope
// that is none (another first context than that of data model 2.0, an id that
// is no data: URL of the media type, members that nothing secures), or
// format.algorithm-unknown for one of a kind that we do not read.
func Unwrap(root schema.Value) (token []byte, enveloped bool, err error) {
	var media string
	for _, t := range root.GetList("type") {
		if m, ok := envelopes[t.Text]; ok && t.Kind == schema.String {
			media = m
		}
	}
	if media == "" {
		return nil, false, nil
	}
	if f := checkEnvelope(root); f != nil {
		return nil, true, f
	}
	found, content, ok := strings.Cut(strings.TrimPrefix(root.GetString("id"), "data:"), ",")
	name, _, _ := strings.Cut(found, ";")
	switch {
	case ok && slices.Contains(unread, strings.ToLower(name)):
		return nil, true, schema.Found("format.algorithm-unknown", "/id", map[string]any{"algorithm": name})
	case !ok || !strings.EqualFold(found, media):
		return nil, true, envelopeFault("/id", "id")
	}
	return []byte(content), true, nil
}

// checkEnvelope looks at all but the token.
func checkEnvelope(root schema.Value) *schema.Fault {
	contexts := root.GetList("@context")
	switch {
	case len(contexts) == 0 || contexts[0].Kind != schema.String || contexts[0].Text != jsonld.BaseV2:
		return envelopeFault("/@context", "@context")
	case len(root.GetList("type")) != 1:
		return envelopeFault("/type", "type")
	case !strings.HasPrefix(root.GetString("id"), "data:"):
		return envelopeFault("/id", "id")
	}
	for _, m := range root.Members {
		if m.Name != "@context" && m.Name != "type" && m.Name != "id" {
			return envelopeFault(schema.PointerTo("", m.Name), m.Name)
		}
	}
	return nil
}

func envelopeFault(pointer, member string) *schema.Fault {
	return schema.Found("container.envelope-malformed", pointer, map[string]any{"member": member})
}
