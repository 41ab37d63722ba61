package did

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// relationships are the members of a document that say what a method is for
// (Controlled Identifiers 1.0, section 2.3).
var relationships = []string{"authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation"}

// documentLimits are those of any document, a quarter of them: the largest
// key document seen holds a few dozen keys.
var documentLimits = schema.Limits{Bytes: 1 << 20, Depth: 32}

// A listed is a verification method where it stands in a document.
type listed struct {
	value        schema.Value
	pointer      string
	relationship string // in which it is embedded; "": in verificationMethod
}

// read finds a method in the document that its DID's own address served.
func read(b []byte, address string, id identifier) (*keys.Method, error) {
	fault := func(finding, pointer, reason string) error {
		return schema.Found(finding, "", map[string]any{"url": address, "pointer": pointer, "reason": reason})
	}
	doc, err := schema.Parse(b, documentLimits)
	if err != nil {
		return nil, parseFault(address, err)
	}
	root := doc.Root()
	if name, ok := root.Get("id"); !ok || name.Kind != schema.String || name.Text != id.did {
		return nil, fault("key.document-id", "/id", "differs")
	}
	methods, listings, err := collect(root)
	if err != nil {
		return nil, fault("key.document", err.Error(), "shape")
	}
	var found []listed
	for _, m := range methods {
		if isReference(m.value.GetString("id"), id) {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return nil, fault("key.not-listed", "", "missing")
	case 1:
	default:
		return nil, fault("key.not-listed", found[1].pointer, "twice")
	}
	m := found[0]
	if controller, ok := m.value.Get("controller"); !ok || controller.Kind != schema.String || controller.Text != id.did {
		return nil, fault("key.controller-differs", m.pointer+"/controller", "differs")
	}
	pub, err := publicKey(m.value)
	if err != nil {
		return nil, placed(err, address, m.pointer)
	}
	out := &keys.Method{ID: id.url, Controller: id.did, Key: pub, Relationships: named(listings, m, id)}
	for name, into := range map[string]*time.Time{"revoked": &out.Revoked, "expires": &out.Expires} {
		if v, there := m.value.Get(name); there {
			if *into, err = schema.ParseTime(v.Text); err != nil || v.Kind != schema.String {
				return nil, fault("key.unusable", m.pointer+"/"+name, "time")
			}
		}
	}
	return out, nil
}

// A listing is a reference to a method under a relationship.
type listing struct{ relationship, id string }

// collect gathers the methods of a document and the references to them. The
// error is the pointer of what has not the form that Controlled Identifiers
// 1.0, sections 2.2 and 2.3, gives it. A single value is read as a list of one.
func collect(root schema.Value) (methods []listed, listings []listing, err error) {
	for i, v := range root.GetList("verificationMethod") {
		pointer := fmt.Sprintf("/verificationMethod/%d", i)
		if v.Kind != schema.Object {
			return nil, nil, errors.New(pointer)
		}
		methods = append(methods, listed{v, pointer, ""})
	}
	for _, name := range relationships {
		for i, v := range root.GetList(name) {
			pointer := fmt.Sprintf("/%s/%d", name, i)
			switch v.Kind {
			case schema.String:
				listings = append(listings, listing{name, v.Text})
			case schema.Object:
				methods = append(methods, listed{v, pointer, name})
			default:
				return nil, nil, errors.New(pointer)
			}
		}
	}
	return methods, listings, nil
}

// isReference tells whether a reference in the document of id means id's
// method: the whole DID URL, or the fragment alone, which is relative to the
// document's id (Controlled Identifiers 1.0, section 3.3).
func isReference(reference string, id identifier) bool {
	return reference == id.url || reference == "#"+id.fragment
}

// named returns the relationships under which a method is listed. A method
// that is embedded serves the relationship in which it stands and no other.
func named(listings []listing, m listed, id identifier) []string {
	if m.relationship != "" {
		return []string{m.relationship}
	}
	var names []string
	for _, l := range listings {
		if isReference(l.id, id) && (len(names) == 0 || names[len(names)-1] != l.relationship) {
			names = append(names, l.relationship)
		}
	}
	return names
}

// publicKey reads the key of a method: exactly one of the two forms, in the
// one that its type asks for. The types of 2020 are those of older documents.
func publicKey(m schema.Value) (crypto.PublicKey, error) {
	multibase, hasMultibase := m.Get("publicKeyMultibase")
	jwk, hasJWK := m.Get("publicKeyJwk")
	for _, secret := range []string{"secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"} {
		if _, there := m.Get(secret); there {
			return nil, unusable("private-member")
		}
	}
	if hasMultibase && hasJWK {
		return nil, unusable("two-keys")
	}
	kind := m.GetString("type")
	switch kind {
	case "Multikey", "Ed25519VerificationKey2020":
		if !hasMultibase || multibase.Kind != schema.String {
			return nil, unusable("no-key")
		}
		pub, err := keys.ParseMultikey(multibase.Text)
		if err == nil && kind != "Multikey" && keys.AlgorithmOf(pub) != keys.Ed25519 {
			return nil, unusable("type")
		}
		return pub, err
	case "JsonWebKey", "JsonWebKey2020":
		if !hasJWK {
			return nil, unusable("no-key")
		}
		return keys.ReadJWK(jwk)
	}
	return nil, unusable("type")
}

func unusable(reason string) error {
	return schema.Found("key.unusable", "", map[string]any{"reason": reason})
}

// placed says of a fault where it was found.
func placed(err error, address, pointer string) error {
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		return err
	}
	return schema.Found(f.Finding, "", map[string]any{"url": address, "pointer": pointer, "reason": f.Args["reason"]})
}

// parseFault turns what the parser says into what it means for a key: no
// document, or one beyond our limits.
func parseFault(address string, err error) error {
	f, ok := errors.AsType[*schema.Fault](err)
	if ok && f.Code == schema.CodeLimitExceeded {
		return schema.Found("key.limit", "", map[string]any{"url": address, "limit": f.Args["limit"], "max": f.Args["max"]})
	}
	return schema.Found("key.document", "", map[string]any{"url": address, "reason": "syntax"})
}
