package did

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// relationships are the members of a document that say what a method is for
// (Controlled Identifiers 1.0, section 2.3).
var relationships = []string{"authentication", "assertionMethod", "keyAgreement", "capabilityInvocation", "capabilityDelegation"}

// documentLimits are those of any document, a quarter of them: the largest
// key document seen holds a few dozen keys.
var documentLimits = schema.Limits{Bytes: 1 << 20, Depth: 32}

// maxListed bounds the methods of a document, and the keys of a JWK Set, of
// which all are wanted: each key costs a check that it is one.
const maxListed = 256

// A document is what the own address of an identifier says of it.
type document struct {
	address  string // where it was had
	id       string
	methods  []listed
	listings map[string][]string // relationships by the reference that stands under them
}

// A listed is a verification method where it stands in a document.
type listed struct {
	value        schema.Value
	pointer      string
	relationship string // in which it is embedded; "": in verificationMethod
}

// readDocument reads the document that an identifier's own address served.
func readDocument(b []byte, address, id string) (*document, error) {
	d := &document{address: address, id: id, listings: map[string][]string{}}
	parsed, err := schema.Parse(b, documentLimits)
	if err != nil {
		return nil, parseFault(address, err)
	}
	root := parsed.Root()
	if name, ok := root.Get("id"); !ok || name.Kind != schema.String || name.Text != id {
		return nil, d.fault("key.document-id", "/id", "differs")
	}
	if err := d.collect(root); err != nil {
		return nil, d.fault("key.document", err.Error(), "shape")
	}
	return d, nil
}

// collect gathers the methods of a document and the references to them. The
// error is the pointer of what has not the form that Controlled Identifiers
// 1.0, sections 2.2 and 2.3, gives it. A single value is read as a list of one.
func (d *document) collect(root schema.Value) error {
	for i, v := range root.GetList("verificationMethod") {
		pointer := fmt.Sprintf("/verificationMethod/%d", i)
		if v.Kind != schema.Object {
			return errors.New(pointer)
		}
		d.methods = append(d.methods, listed{v, pointer, ""})
	}
	for _, name := range relationships {
		for i, v := range root.GetList(name) {
			pointer := fmt.Sprintf("/%s/%d", name, i)
			switch v.Kind {
			case schema.String:
				if names := d.listings[v.Text]; !slices.Contains(names, name) {
					d.listings[v.Text] = append(names, name)
				}
			case schema.Object:
				d.methods = append(d.methods, listed{v, pointer, name})
			default:
				return errors.New(pointer)
			}
		}
	}
	return nil
}

// means tells whether a reference stands for a URL: it is the URL, or its
// fragment alone, which is relative to the document's id (Controlled
// Identifiers 1.0, section 3.3).
func (d *document) means(reference, url string) bool {
	rest, own := strings.CutPrefix(url, d.id)
	return reference == url || own && strings.HasPrefix(reference, "#") && reference == rest
}

// find returns the one method with a URL.
func (d *document) find(url string) (*keys.Method, error) {
	var found []listed
	for _, m := range d.methods {
		if d.means(m.value.GetString("id"), url) {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return nil, d.fault("key.not-listed", "", "missing")
	case 1:
		return d.read(found[0], url)
	}
	return nil, d.fault("key.not-listed", found[1].pointer, "twice")
}

// all returns the methods of the document's own subject; those of others stand
// in it and say nothing. One that cannot be used has a Fault instead of a key.
func (d *document) all() ([]*keys.Method, error) {
	if len(d.methods) > maxListed {
		return nil, tooMany(d.address, len(d.methods))
	}
	list := []*keys.Method{}
	for _, m := range d.methods {
		url := m.value.GetString("id")
		if strings.HasPrefix(url, "#") {
			url = d.id + url
		}
		if !strings.HasPrefix(url, d.id+"#") || !d.controls(m) {
			continue
		}
		method, err := d.find(url) // which knows whether it stands there twice
		if err != nil {
			method = &keys.Method{ID: url, Controller: d.id, KeyID: keyIDOf(m.value), Fault: err}
		}
		list = append(list, method)
	}
	return list, nil
}

func (d *document) controls(m listed) bool {
	controller, ok := m.value.Get("controller")
	return ok && controller.Kind == schema.String && controller.Text == d.id
}

func (d *document) fault(finding, pointer, reason string) error {
	return schema.Found(finding, "", map[string]any{"url": d.address, "pointer": pointer, "reason": reason})
}

func tooMany(address string, found int) error {
	return schema.Found("key.limit", "", map[string]any{"url": address, "limit": "key.entries", "max": maxListed, "found": found})
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
