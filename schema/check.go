package schema

import (
	"slices"
	"strconv"
)

// CheckCredential is the check document.schema: it says what in a credential
// breaks the data model or the profile, by JSON Schema and by the rules that a
// JSON Schema cannot say. The data model is taken from the first context, the
// class from the types: an Open Badges AchievementCredential or
// EndorsementCredential, a CLR 2.0 ClrCredential with the credentials it holds,
// and everything else plainly by VC Data Model 1.1 or 2.0. A proof at the top
// may be there or not: one object is as good as a list of one, and package
// proof judges it. What embedded endorsements say is judged with the credential,
// each as its own class.
//
// Faults come in the order of the table of findings, then of the document, at
// most 64 of them. Warnings among them are schema.compacted (some value stands
// without its list, as Open Badges 3.0 allows) and schema.not-checked (the
// credential names a schema of somebody else). No faults: the credential is
// well formed.
func CheckCredential(claims Value) []*Fault {
	claims = claims.Without("proof")
	return inOrder(claims, checkAs(kindOf(claims), claims))
}

// CheckVerifiableCredential judges any credential by its data model alone, an
// Open Badge too: what a service that secures everybody's credentials asks. A
// proof, if one is there, is part of what is judged.
func CheckVerifiableCredential(v Value) []*Fault {
	return inOrder(v, checkAs(plainCredential, v))
}

// checkAs applies every rule of document.schema.
func checkAs(k kindRow, claims Value) []*Fault {
	faults := checkForm(k, claims)
	faults = append(faults, checkIdentifiers(claims, faults)...)
	return append(faults, checkDuplicates(claims)...)
}

// checkForm applies the rules that belong to a credential; the others belong to
// the document.
func checkForm(k kindRow, claims Value) []*Fault {
	faults := checkShape(k.classFor(claims), claims)
	faults = append(faults, checkPeriod(claims)...)
	faults = append(faults, checkStatusEntries(claims)...)
	faults = append(faults, checkCredentialSchema(claims)...)
	faults = append(faults, checkRelatedResources(claims)...)
	if k.holds {
		forEachObject(claims.member("credentialSubject"), "verifiableCredential", "/credentialSubject", func(v Value, at string) {
			for _, f := range checkForm(kindOf(v), v.Without("proof")) {
				faults = append(faults, f.under(at))
			}
		})
	}
	return faults
}

// checkIdentifiers looks at every id, also of objects that no schema knows: what
// is no absolute address names nothing (VC Data Model 2.0, Identifiers). It
// passes over those of which shape has spoken.
func checkIdentifiers(v Value, shape []*Fault) (faults []*Fault) {
	visit(v, nil, func(v Value, p *place) bool {
		id, there := v.Get("id")
		if !there || id.Kind == String && IsURI(id.Text) {
			return true
		}
		at := p.in("id").pointer()
		if !slices.ContainsFunc(shape, func(f *Fault) bool { return f.Pointer == at }) {
			faults = append(faults, Found("schema.identifier", at, map[string]any{"member": "id", "expected": "uri", "found": show(id)}))
		}
		return len(faults) < maxFaults
	})
	return faults
}

// openBadgesSchemas are the addresses of the official schemas whose rules ours
// hold, and that of micro-credentials. Nothing is ever fetched from them.
var openBadgesSchemas = func() map[string]bool {
	known := map[string]bool{}
	for _, family := range []string{"json", "json-ld"} {
		for _, name := range []string{
			"achievementcredential", "endorsementcredential", "anyachievementcredential", "anyendorsementcredential",
		} {
			known["https://purl.imsglobal.org/spec/ob/v3p0/schema/"+family+"/ob_v3p0_"+name+"_schema.json"] = true
		}
	}
	known[profileSchema] = true
	return known
}()

// profileSchema is the address of the schema of micro-credentials; its rules are
// in package microcredential, which the verifier asks.
const profileSchema = "https://w3id.org/merkki/mc/v1/schema.json"

func checkCredentialSchema(claims Value) (faults []*Fault) {
	list, isList := claims.Get("credentialSchema")
	for i, s := range list.List() {
		id := s.GetString("id")
		if id == "" || openBadgesSchemas[id] {
			continue
		}
		pointer := "/credentialSchema"
		if isList && list.Kind == Array {
			pointer = PointerTo(pointer, strconv.Itoa(i))
		}
		faults = append(faults, Found("schema.not-checked", pointer, map[string]any{"schema": id, "type": s.GetString("type")}))
	}
	return faults
}

// checkRelatedResources refuses one resource with two digests (VC Data Model
// 2.0, section 5.3: each id once).
func checkRelatedResources(claims Value) (faults []*Fault) {
	seen := map[string]bool{}
	forEachObject(claims, "relatedResource", "", func(v Value, at string) {
		id := v.GetString("id")
		if id != "" && seen[id] {
			faults = append(faults, Found("schema.duplicate-item", PointerTo(at, "id"), map[string]any{"found": id}))
		}
		seen[id] = true
	})
	return faults
}
