package web

import (
	"encoding/json"
	"strings"

	"merkki/schema"
	"merkki/verifier"
)

// An envelope is what a program sends that asks more than "what is this?": the
// credential or its address, and whom it should be about. It is sent in a body
// and never in an address, because addresses end up in logs.
type envelope struct {
	url        string
	credential []byte
	recipient  schema.Value
	issuer     string // the institution it should come from
}

// opened recognises {"url": …} and {"credential": …}, each with a "recipient" and
// an "issuer" or without. An object with any other member is a credential itself: its
// "@context" is one. The credential is an object, or a token as a string.
func opened(b []byte) (envelope, bool) {
	if schema.Recognise(b) != schema.FormJSON {
		return envelope{}, false
	}
	d, err := schema.Parse(b, schema.Limits{})
	if err != nil || d.Root().Kind != schema.Object {
		return envelope{}, false
	}
	var e envelope
	for _, m := range d.Root().Members {
		switch {
		case m.Name == "url" && m.Value.Kind == schema.String:
			e.url = m.Value.Text
		case m.Name == "credential" && m.Value.Kind == schema.String:
			e.credential = []byte(m.Value.Text)
		case m.Name == "credential" && m.Value.Kind == schema.Object:
			e.credential = memberBytes(b)
		case m.Name == "recipient":
			e.recipient = m.Value
		case m.Name == "issuer" && m.Value.Kind == schema.String:
			e.issuer = m.Value.Text
		default:
			return envelope{}, false
		}
	}
	return e, (e.url != "") != (e.credential != nil)
}

// memberBytes returns the credential as it was sent: a signature may be over its
// text, and the report has its hash. The strict parser has read b already.
func memberBytes(b []byte) []byte {
	var e struct {
		Credential json.RawMessage `json:"credential"`
	}
	if json.Unmarshal(b, &e) != nil {
		return nil
	}
	return e.Credential
}

// maxRecipient is how many bytes an identifier of a person may have.
const maxRecipient = 1000

// recipientOf reads whom a credential should be about; nil where nobody was
// named.
func recipientOf(kind, value, at string) (*verifier.Recipient, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return nil, nil
	case len(value) > maxRecipient:
		return nil, schema.Refusal(schema.CodeLimitExceeded, at, map[string]any{"limit": "recipient", "max": maxRecipient, "found": len(value)})
	case kind != "id" && !schema.IsIdentifierType(kind):
		known := append([]string{"id"}, schema.IdentifierTypes()...)
		return nil, schema.Refusal(schema.CodeRangeError, at, map[string]any{
			"member": "type", "found": kind, "expected": strings.Join(known, ", "), "suggestion": Nearest(kind, known)})
	}
	return &verifier.Recipient{Type: kind, Value: value}, nil
}

// who reads the member "recipient" of an envelope.
func (e envelope) who() (*verifier.Recipient, error) {
	if e.recipient.Kind == schema.Null {
		return nil, nil
	}
	b := &body{root: e.recipient}
	if e.recipient.Kind != schema.Object {
		return nil, schema.Found("schema.shape", "/recipient", map[string]any{"member": "recipient", "rule": "type", "expected": "object"})
	}
	b.known(e.recipient, "/recipient", "type", "value")
	kind, value := b.text(b.root, "/recipient", "type", true), b.text(b.root, "/recipient", "value", true)
	if err := b.err(); err != nil {
		return nil, err
	}
	return recipientOf(kind, value, "/recipient/type")
}
