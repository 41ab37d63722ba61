package verifier

import (
	"bytes"
	"crypto"
	"strconv"
	"time"

	"merkki/proof/jose"
	"merkki/schema"
)

// trustLimits bound a trust list. Registries of whole countries fit.
var trustLimits = schema.Limits{Bytes: 4 << 20, Values: 200_000, Objects: 20_000, Members: 20_000}

// ParseTrustList reads a JSON list of issuer ids or entries; an object that
// holds such a list in "issuers" and may say its "name", "version" and "date";
// or a registry of the Digital Credentials Consortium, an object that holds the
// entries in "registry" under the ids of their issuers. Members it does not know
// are ignored, wrong types of those it knows are not: an entry that was meant
// to be narrow must not turn out wide. The error is a [*schema.Fault].
func ParseTrustList(b []byte, source string) (TrustList, error) {
	bare := bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("["))
	if bare { // the strict parser reads objects
		b = []byte(`{"issuers":` + string(b) + `}`)
	}
	doc, err := schema.Parse(b, trustLimits)
	if err != nil {
		return TrustList{}, err
	}
	if bare && len(doc.Root().Members) != 1 {
		return TrustList{}, schema.Found("syntax.trailing-data", "", nil)
	}
	return readTrustList(doc.Root(), source)
}

// ParseSignedTrustList reads a list that somebody signed: a compact JWS (EdDSA
// or ES256, by the key given) over an object with "iss", "iat", "exp" and
// "issuers", entries as in [ParseTrustList]. Its name is what "iss" says, unless
// it has a "name". That it has expired is judged when it is used: an expired
// list names nobody. The error is a [*schema.Fault].
func ParseSignedTrustList(b []byte, source string, key crypto.PublicKey) (TrustList, error) {
	doc, err := jose.OpenSigned(bytes.TrimSpace(b), key, trustLimits, "EdDSA", "ES256")
	if err != nil {
		return TrustList{}, err
	}
	root := doc.Root()
	list, err := readTrustList(root, source)
	if err != nil {
		return TrustList{}, err
	}
	r := reader{}
	list.Signer = r.text(root, "", "iss")
	list.Date = r.seconds(root, "iat")
	list.Expires = r.seconds(root, "exp")
	if list.Signer == "" {
		r.wrong("", "iss", "string")
	}
	if list.Name == source {
		list.Name = list.Signer
	}
	if r.fault != nil {
		return TrustList{}, r.fault
	}
	return list, nil
}

func readTrustList(root schema.Value, source string) (TrustList, error) {
	list := TrustList{Name: source, Source: source}
	r := reader{}
	registry, isRegistry := root.Get("registry")
	issuers := r.list(root, "", "issuers")
	switch {
	case isRegistry && issuers == nil && r.fault == nil:
		list.Entries = r.registry(registry)
		list.Date = r.dateOf(root)
	case issuers == nil:
		r.wrong("", "issuers", "array")
	}
	if name := r.text(root, "", "name"); name != "" {
		list.Name = name
	}
	list.Version = r.text(root, "", "version")
	if date := r.time(root, "", "date"); !date.IsZero() {
		list.Date = date
	}
	for i, v := range issuers {
		list.Entries = append(list.Entries, r.entry(v, "/issuers/"+strconv.Itoa(i)))
	}
	if r.fault != nil {
		return TrustList{}, r.fault
	}
	return list, nil
}

// registry reads {ISSUER: {"name", "url", "location"}}: entries without period,
// keys or scope.
func (r *reader) registry(v schema.Value) (entries []TrustEntry) {
	if v.Kind != schema.Object {
		r.wrong("", "registry", "object")
	}
	for _, m := range v.Members {
		if m.Name == "" || m.Value.Kind != schema.Object {
			r.wrong("/registry", m.Name, "object")
		}
		entries = append(entries, TrustEntry{Issuer: m.Name, Name: r.text(m.Value, schema.PointerTo("/registry", m.Name), "name")})
	}
	return entries
}

// dateOf reads when a registry was last changed. It writes dates in several
// forms, and they decide nothing.
func (r *reader) dateOf(root schema.Value) time.Time {
	meta, _ := root.Get("meta")
	for _, name := range []string{"updated", "created"} {
		if t, err := schema.ParseTime(meta.GetString(name)); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (r *reader) entry(v schema.Value, at string) TrustEntry {
	if v.Kind == schema.String && v.Text != "" {
		return TrustEntry{Issuer: v.Text}
	}
	e := TrustEntry{
		Issuer:     r.text(v, at, "issuer"),
		Name:       r.text(v, at, "name"),
		Keys:       r.texts(v, at, "keys"),
		ValidFrom:  r.time(v, at, "validFrom"),
		ValidUntil: r.time(v, at, "validUntil"),
		Withdrawn:  r.flag(v, at, "withdrawn"),
		Test:       r.flag(v, at, "test"),
		Scopes:     r.texts(v, at, "scopes"),
	}
	if v.Kind != schema.Object || e.Issuer == "" {
		r.wrong(at, "issuer", "string")
	}
	return e
}
