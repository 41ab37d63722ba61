package main

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// The forms of public keys that a client may ask for. Whatever it asks for, it
// gets a Multikey, which is what the current text of did:key has; those of
// earlier texts have to be asked for as experimental.
var (
	keyFormats   = []string{"", "Multikey", "JsonWebKey", "JsonWebKey2020", "Ed25519VerificationKey2020"}
	experimental = []string{"Ed25519VerificationKey2018", "X25519KeyAgreementKey2019", "EcdsaSecp256k1VerificationKey2019"}
)

// resolve answers like the resolvers of did:key that existed when its suite was
// written: every answer has all three parts, and the errors have the names of
// that time.
func (s *server) resolve(r *http.Request, values map[string]string) reply {
	url := values["did"]
	metadata := "didResolutionMetadata"
	if strings.ContainsAny(url, "/?#") {
		metadata = "didDereferencingMetadata"
	}
	document, problem := s.document(r.Context(), url)
	if problem == "" {
		problem = checkFormat(r.URL.Query().Get("publicKeyFormat"), r.URL.Query().Get("enableExperimentalPublicKeyTypes") == "true")
	}
	status, said := http.StatusOK, schema.ObjectValue()
	if problem != "" {
		status, document = http.StatusBadRequest, schema.ObjectValue()
		said = said.With("error", schema.StringValue(problem))
	}
	return answer(status, schema.ObjectValue(
		member("@context", schema.StringValue("https://w3id.org/did-resolution/v1")),
		member("didDocument", document),
		member("didDocumentMetadata", schema.ObjectValue()),
		member(metadata, said),
	))
}

func checkFormat(name string, all bool) string {
	switch {
	case slices.Contains(keyFormats, name), all && slices.Contains(experimental, name):
		return ""
	case slices.Contains(experimental, name):
		return "invalidPublicKeyType"
	}
	return "unsupportedPublicKeyType"
}

// document returns the document of the did:key in a DID or DID URL, or the name
// of what is wrong.
func (s *server) document(ctx context.Context, url string) (schema.Value, string) {
	did, rest := url, ""
	if i := strings.IndexAny(url, "/?#"); i >= 0 {
		did, rest = url[:i], url[i:]
	}
	if strings.Trim(rest, urlCharacters) != "" {
		return schema.Value{}, "invalidDidUrl"
	}
	specific, isKey := strings.CutPrefix(did, "did:key:")
	value := specific[strings.LastIndexByte(specific, ':')+1:]
	m, err := s.resolver.Resolve(ctx, did+"#"+value)
	if err != nil {
		return schema.Value{}, resolutionError(faultOf(err))
	}
	if !isKey { // another method that is computed or asked for elsewhere
		return schema.Value{}, "methodNotSupported"
	}
	d, err := keyDocument(m)
	if err != nil {
		return schema.Value{}, "internalError"
	}
	return d, ""
}

// urlCharacters are those of RFC 3986, section 2, that a path, query and
// fragment may have.
const urlCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%:/?#[]@!$&'()*+,;="

// resolutionError names a fault as resolvers of the time did.
func resolutionError(f *schema.Fault) string {
	reason, _ := f.Args["reason"].(string)
	switch {
	case f.Finding == "key.did-method":
		return "methodNotSupported"
	case reason == "length":
		return "invalidPublicKeyLength"
	case f.Finding == "key.unusable" && reason == "multicodec":
		return "unsupportedPublicKeyType"
	case f.Finding == "key.unusable":
		return "invalidPublicKey"
	case f.Finding == "key.unreachable":
		return "methodNotSupported" // nobody is asked here
	}
	return "invalidDid"
}

// keyDocument writes the document that follows from a did:key. The resolver has
// read the key; this is its other direction.
func keyDocument(m *keys.Method) (schema.Value, error) {
	text, err := keys.Multikey(m.Key)
	if err != nil {
		return schema.Value{}, err
	}
	method := schema.ArrayValue(schema.StringValue(m.ID))
	members := []schema.Member{
		member("@context", schema.ArrayValue(schema.StringValue("https://www.w3.org/ns/did/v1"), schema.StringValue("https://w3id.org/security/multikey/v1"))),
		member("id", schema.StringValue(m.Controller)),
		member("controller", schema.StringValue(m.Controller)),
		member("verificationMethod", schema.ArrayValue(schema.ObjectValue(
			member("id", schema.StringValue(m.ID)),
			member("type", schema.StringValue("Multikey")),
			member("controller", schema.StringValue(m.Controller)),
			member("publicKeyMultibase", schema.StringValue(text)),
		))),
	}
	for _, relationship := range m.Relationships {
		members = append(members, member(relationship, method))
	}
	return schema.ObjectValue(members...), nil
}
