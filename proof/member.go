package proof

import (
	"slices"
	"strings"
	"time"

	"merkki/proof/dataintegrity"
	"merkki/schema"
)

// members are the options of a DataIntegrityProof (Data Integrity 1.0, section
// 2.1), each with the form that a value must have. A form admits no value that
// RDF would drop or not tell from another, such as an empty array or a blank
// node label, for no signature would cover it.
var members = map[string]func(p *Proof, v schema.Value) bool{
	"type":               isText,
	"cryptosuite":        isText,
	"verificationMethod": isText,
	"proofPurpose":       isText,
	"proofValue":         isText,
	"challenge":          isText,
	"nonce":              isText,
	"domain":             isTexts,
	"id":                 isName,
	"previousProof":      isAnything, // link judges it
	"created":            func(p *Proof, v schema.Value) bool { return isTime(v, &p.Created) },
	"expires":            func(p *Proof, v schema.Value) bool { return isTime(v, &p.Expires) },
}

// checkMembers refuses what the contexts do not define inside a proof, and
// options of the wrong form.
func (p *Proof) checkMembers() *schema.Fault {
	for _, m := range p.value.Members {
		form, ok := members[m.Name]
		switch {
		case m.Name == "@context": // checkContexts judges it
		case !ok, m.Name == "cryptosuite" && p.Format.suite.Type != dataintegrity.DataIntegrityProof:
			return schema.Found("format.proof-terms", schema.PointerTo(p.Pointer, m.Name), map[string]any{"term": m.Name})
		case !form(p, m.Value):
			return p.malformed(m.Name)
		}
	}
	return nil
}

// checkContexts admits contexts inside a proof only where its suite puts them
// there, and only those that the document begins with too.
func (p *Proof) checkContexts(claims schema.Value) *schema.Fault {
	_, ok := p.value.Get("@context")
	if ok && !(p.Format.CoversText && dataintegrity.Extends(claims, p.value)) {
		return schema.Found("contexts.nested", p.Pointer+"/@context", nil)
	}
	return nil
}

func (p *Proof) malformed(member string) *schema.Fault {
	return schema.Found("format.member-malformed", schema.PointerTo(p.Pointer, member), map[string]any{"member": member})
}

func isAnything(*Proof, schema.Value) bool { return true }

func isText(_ *Proof, v schema.Value) bool { return v.Kind == schema.String }

func isTexts(_ *Proof, v schema.Value) bool {
	if v.Kind == schema.String {
		return true
	}
	var seen []string
	for _, item := range v.Items {
		if item.Kind != schema.String || slices.Contains(seen, item.Text) {
			return false
		}
		seen = append(seen, item.Text)
	}
	return len(seen) > 0
}

// isName admits what may be the id of a proof: a URL. A blank node label is
// none, and it could be changed without touching the signature.
func isName(_ *Proof, v schema.Value) bool {
	return v.Kind == schema.String && strings.Contains(v.Text, ":") && !strings.HasPrefix(v.Text, "_:")
}

func isTime(v schema.Value, t *time.Time) bool {
	if v.Kind != schema.String {
		return false
	}
	var err error
	*t, err = schema.ParseTime(v.Text)
	return err == nil
}
