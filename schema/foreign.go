package schema

import (
	"regexp"
	"slices"
	"strings"
)

// What people hand in is often a credential of another kind, or no credential:
// a badge of 2014, a diploma sealed for Europass, a page, a link. None of it is
// evidence against anybody, so each is told apart by its form and answered with
// an Unknown finding of input.container whose argument "kind" is a name of the
// table below. Telling apart is not checking: nothing here looks at a signature,
// and what is not told apart goes on to the checks.

// A foreignKind is a kind of document that is recognised and not read.
type foreignKind struct{ name, finding string }

// foreignKinds are all of them. container.legacy-badge and container.unread are
// credentials; under container.none there is none.
var foreignKinds = []foreignKind{
	{"open-badges-1", "container.legacy-badge"},
	{"open-badges-2", "container.legacy-badge"}, // 2.1 too
	{"anoncreds", "container.unread"},
	{"blockcerts", "container.unread"},
	{"clr-1", "container.unread"},
	{"cose", "container.unread"}, // COSE_Sign1 (RFC 9052), as VC-JOSE-COSE uses it
	{"edc", "container.unread"},  // European Digital Credential, in JSON or XML
	{"elmo", "container.unread"}, // EMREX transcript
	{"mdoc", "container.unread"}, // ISO/IEC 18013-5
	{"sd-jwt", "container.unread"},
	{"sd-jwt-vc", "container.unread"},
	{"vc-newer", "container.unread"}, // a VC data model after 2.0
	{"archive", "container.none"},
	{"html", "container.none"},
	{"link", "container.none"},
	{"picture", "container.none"}, // other than PNG and SVG, which can hold a badge
	{"wallet-link", "container.none"},
}

// ForeignKinds returns the names of all kinds that are recognised and not read,
// for texts and tests.
func ForeignKinds() []string {
	var names []string
	for _, k := range foreignKinds {
		names = append(names, k.name)
	}
	return names
}

func foreign(name string) *Fault {
	i := slices.IndexFunc(foreignKinds, func(k foreignKind) bool { return k.name == name })
	return Found(foreignKinds[i].finding, "", map[string]any{"kind": name})
}

// ForeignDocument says which kind of credential that is not read a JSON document
// is, or the payload of a token; nil for everything else. It goes by contexts,
// types and member names.
func ForeignDocument(root Value) *Fault {
	for _, row := range foreignDocuments {
		if row.is(root) {
			return foreign(row.kind)
		}
	}
	return nil
}

var foreignDocuments = []struct {
	kind string
	is   func(Value) bool
}{
	{"edc", isEDC},
	{"blockcerts", func(v Value) bool { return hasContext(v, "://w3id.org/blockcerts", "blockcerts.org/schema/") }},
	{"clr-1", func(v Value) bool {
		return DataModelOf(v) == NoDataModel && (hasContext(v, "imsglobal.org/spec/clr/v1p0", "imsglobal.org/clr/v1p0") ||
			v.GetString("type") == "Clr" && has(v, "learner", "assertions"))
	}},
	{"open-badges-2", func(v Value) bool {
		return DataModelOf(v) == NoDataModel && hasContext(v, "://w3id.org/openbadges/v2", "://openbadgespec.org/v2/", "imsglobal.org/spec/ob/v2p")
	}},
	{"open-badges-1", func(v Value) bool {
		return DataModelOf(v) == NoDataModel && hasContext(v, "://w3id.org/openbadges/v1", "://openbadgespec.org/v1/") || isUntypedAssertion(v)
	}},
	{"anoncreds", func(v Value) bool { return has(v, "schema_id", "cred_def_id", "values", "signature") }},
	{"vc-newer", func(v Value) bool {
		first := v.GetList("@context")
		return len(first) > 0 && newerBase.MatchString(first[0].Text)
	}},
}

// newerBase is what the W3C would call the base context of a data model after
// 2.0: until it is known, nothing under it has a meaning here.
var newerBase = regexp.MustCompile(`^https://www\.w3\.org/ns/credentials/v([3-9]|[1-9][0-9])$`)

// isEDC recognises a European Digital Credential for Learning, also as the
// Europass tools take it for sealing, in a member of its own.
func isEDC(v Value) bool {
	if inner := v.member("credential"); inner.Kind == Object && !has(v, "@context") {
		v = inner
	}
	return slices.Contains(v.texts("type"), "EuropeanDigitalCredential") || hasContext(v, "data.europa.eu/snb/model/context/")
}

// isUntypedAssertion recognises an assertion of Open Badges 0.5 or 1.0, from
// before they had contexts.
func isUntypedAssertion(v Value) bool {
	if has(v, "@context") || !has(v, "recipient", "badge") {
		return false
	}
	return has(v, "uid") || has(v, "verify") || has(v.member("badge"), "issuer")
}

// hasContext says whether a context address holds one of the parts.
func hasContext(v Value, parts ...string) bool {
	for _, url := range v.texts("@context") {
		for _, part := range parts {
			if strings.Contains(url, part) {
				return true
			}
		}
	}
	return false
}

// has says whether all the members are there.
func has(v Value, names ...string) bool {
	for _, name := range names {
		if _, there := v.Get(name); !there {
			return false
		}
	}
	return true
}

// sealedFault says what a JWS in JSON serialisation is. It is never read: it has
// two places for a header and so two meanings. The Europass seal (JAdES) and an
// SD-JWT come in this form, and are named.
func sealedFault(root Value) *Fault {
	if strings.Contains(peekPayload(root.GetString("payload")), `"EuropeanDigitalCredential"`) {
		return foreign("edc")
	}
	for _, place := range append([]Value{root}, root.GetList("signatures")...) {
		if has(place.member("header"), "disclosures") || has(place, "disclosures") {
			return foreign("sd-jwt")
		}
	}
	return Found("container.jws-malformed", "", nil)
}
