package schema

import (
	"slices"
	"strconv"
)

// CheckCredential is the check document.schema: it says what in a credential
// breaks the data model or the profile, by JSON Schema and by the rules that a
// JSON Schema cannot say. The class is taken from the types: an Open Badges
// AchievementCredential or EndorsementCredential, and everything else plainly
// by VC Data Model 2.0. A proof at the top may be there or not: package proof
// judges it, and here it is only said when an Open Badges credential has one
// without its list.
//
// Faults come in the order of the table of findings, then of the document, at
// most 64 of them.
// Warnings among them are schema.compacted (some value stands without its list,
// as Open Badges 3.0 allows) and schema.not-checked (the credential names a
// schema of somebody else). No faults: the credential is well formed.
func CheckCredential(claims Value) []*Fault {
	class, proof := classOf(claims), claims.member("proof")
	claims = claims.Without("proof")
	faults := checkShape(class, claims)
	if proof.Kind == Object && class != classVerifiableCredential {
		faults = append(faults, Found("schema.compacted", "/proof", map[string]any{"member": "proof"}))
	}
	faults = append(faults, checkIdentifiers(claims, faults)...)
	faults = append(faults, checkDuplicates(claims)...)
	faults = append(faults, checkPeriod(claims)...)
	faults = append(faults, checkStatusEntries(claims)...)
	faults = append(faults, checkCredentialSchema(claims)...)
	return inOrder(claims, faults)
}

func classOf(claims Value) class {
	for _, t := range claims.texts("type") {
		switch t {
		case "AchievementCredential", "OpenBadgeCredential":
			return classAchievementCredential
		case "EndorsementCredential":
			return classEndorsementCredential
		}
	}
	return classVerifiableCredential
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

// checkPeriod compares only what can be read; what cannot is a fault already.
// A period may end in the moment in which it begins (VC Data Model 2.0, section
// 4.9: the same or later).
func checkPeriod(claims Value) []*Fault {
	from, haveFrom := parseTime(claims.GetString("validFrom"))
	until, haveUntil := parseTime(claims.GetString("validUntil"))
	if !haveFrom || !haveUntil || !until.Before(from) {
		return nil
	}
	return []*Fault{Found("schema.period", "/validUntil", map[string]any{
		"validFrom": claims.GetString("validFrom"), "validUntil": claims.GetString("validUntil"),
	})}
}

// openBadgesSchemas are the addresses of the official schemas whose rules ours
// hold. Nothing is ever fetched from them.
var openBadgesSchemas = func() map[string]bool {
	known := map[string]bool{}
	for _, family := range []string{"json", "json-ld"} {
		for _, name := range []string{
			"achievementcredential", "endorsementcredential", "anyachievementcredential", "anyendorsementcredential",
		} {
			known["https://purl.imsglobal.org/spec/ob/v3p0/schema/"+family+"/ob_v3p0_"+name+"_schema.json"] = true
		}
	}
	return known
}()

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
