package schema_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"merkki/schema"
	"merkki/schema/schematest"
)

// Documents of every class that is compared with an official schema, and what
// can be changed in them.

// richCredential is a credential with what Merkki reads but does not issue.
func richCredential(rnd *rand.Rand) schema.Value {
	v := schematest.Credential(rnd)
	if rnd.IntN(2) == 0 {
		v = v.With("endorsement", schema.ArrayValue(endorsement(rnd), endorsement(rnd)))
	}
	if rnd.IntN(2) == 0 {
		v = v.With("endorsementJwt", schema.ArrayValue(schema.StringValue("eyJh.eyJi.c2ln")))
	}
	if rnd.IntN(2) == 0 {
		v = v.With("refreshService", typed("1EdTechCredentialRefresh"))
		v = v.With("termsOfUse", schema.ArrayValue(typed("IssuerPolicy")))
	}
	return v
}

func typed(kind string) schema.Value {
	return schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue("https://koulu.example/x")},
		schema.Member{Name: "type", Value: schema.StringValue(kind)})
}

func endorsement(rnd *rand.Rand) schema.Value {
	v := schematest.Credential(rnd).Without("evidence", "image")
	v = v.With("type", parsed(`["VerifiableCredential","EndorsementCredential"]`))
	v = v.With("credentialSubject", parsed(`{"id":"https://koulu.example/a/1","type":["EndorsementSubject"],"endorsementComment":"Hyvä."}`))
	return v.With("proof", parsed(`[{"type":"DataIntegrityProof","created":"2026-01-01T00:00:00Z","cryptosuite":"eddsa-rdfc-2022",
		"proofPurpose":"assertionMethod","proofValue":"z1","verificationMethod":"did:web:koulu.example#key"}]`))
}

// over11 makes what make makes follow VC Data Model 1.1, endorsements in it too.
func over11(make func(*rand.Rand) schema.Value) func(*rand.Rand) schema.Value {
	return func(rnd *rand.Rand) schema.Value {
		return rewrite(make(rnd), func(name string, v schema.Value) schema.Value {
			switch {
			case name == "@context":
				return parsed(`["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]`)
			case v.Kind != schema.Object:
				return v
			}
			members := v.Members
			for i, m := range members {
				switch m.Name {
				case "validFrom":
					members[i].Name = "issuanceDate"
				case "validUntil":
					members[i].Name = "expirationDate"
				}
			}
			v.Members = members
			return v
		})
	}
}

func richProfile(rnd *rand.Rand) schema.Value {
	issuer, _ := richCredential(rnd).Get("issuer")
	v := issuer.With("dateOfBirth", parsed(`"1999-12-31"`)).With("official", parsed(`"ylä"`))
	v = v.With("otherIdentifier", parsed(`[{"type":"IdentifierEntry","identifier":"1","identifierType":"ext:y-tunnus"}]`))
	return v.With("address", parsed(`{"type":["Address"],"geo":{"type":"GeoCoordinates","latitude":60.2,"longitude":25}}`)).
		With("endorsement", schema.ArrayValue(endorsement(rnd)))
}

func response(rnd *rand.Rand) schema.Value {
	return schema.CredentialsResponse{Credential: []schema.Value{richCredential(rnd)}, CompactJWSString: []string{"eyJh.eyJi.c2ln"}}.Value()
}

func statusInfo(rnd *rand.Rand) schema.Value {
	return schema.StatusInfo{
		CodeMajor: "failure", Severity: "error", Description: "ei löydy",
		CodeMinor: []schema.CodeMinorField{{Name: "Merkki", Value: []string{"not_found", "forbidden", "unknown"}[rnd.IntN(3)]}, {Name: "x", Value: "fullsuccess"}},
	}.Value()
}

// parsed reads a JSON value that a test holds.
func parsed(text string) schema.Value {
	d, err := schema.Parse(fmt.Appendf(nil, `{"v":%s}`, text), schema.Limits{})
	if err != nil {
		panic(err)
	}
	v, _ := d.Root().Get("v")
	return v
}

// disturb changes v at one random place in one random way.
func disturb(rnd *rand.Rand, v schema.Value) schema.Value {
	var pointers, special []string
	var collect func(v schema.Value, pointer string)
	collect = func(v schema.Value, pointer string) {
		for i, item := range v.Items {
			collect(item, fmt.Sprint(pointer, "/", i))
		}
		for _, m := range v.Members {
			collect(m.Value, schema.PointerTo(pointer, m.Name))
		}
		if pointer != "" {
			pointers = append(pointers, pointer)
		}
		if specialForm.MatchString(pointer) {
			special = append(special, pointer)
		}
	}
	collect(v, "")
	if len(special) > 0 && rnd.IntN(2) == 0 {
		pointers = special
	}
	if len(pointers) == 0 {
		return v // nothing is left of it
	}
	return disturbAt(rnd, v, "", pointers[rnd.IntN(len(pointers))])
}

// specialForm finds members whose text has a form, which chance alone would
// seldom meet.
var specialForm = regexp.MustCompile(`/(valid\w+|\w+Date|created|inLanguage|\w+Type|dateOfBirth|status|endorsementJwt/\d|credentialStatus|proof)$`)

var strangeValues = []schema.Value{
	parsed(`null`), parsed(`true`), parsed(`5`), parsed(`2.5`), parsed(`""`), parsed(`"x"`), parsed(`[]`), parsed(`{}`), parsed(`["x"]`),
	parsed(`"ext:x"`), parsed(`"ext:"`), parsed(`"xext:a b"`), parsed(`"Ext:x"`), parsed(`"not a uri"`), parsed(`"_:b0"`), parsed(`"urn:a:b"`),
	parsed(`"2026-02-29T00:00:00Z"`), parsed(`"2026-02-28T24:00:00Z"`), parsed(`"2026-02-28t00:00:00z"`), parsed(`"2026-02-28T00:00:00"`),
	parsed(`"2026-02-28T23:59:60Z"`), parsed(`"2026-02-28T00:00:00.5+14:00"`), parsed(`"2026-02-28T00:00:00+15:00"`), parsed(`"2026-02-28"`),
	parsed(`"fi"`), parsed(`"FI"`), parsed(`"a.b.c"`), parsed(`"a..c"`), parsed(`"Status"`), parsed(`"Completed"`), parsed(`"MicroCredential"`),
	parsed(`{"id":"urn:x:1","type":"Image"}`), parsed(`["VerifiableCredential","OpenBadgeCredential","x"]`), parsed(`"Achievement"`),
}

// disturbAt goes down to target and does something there.
func disturbAt(rnd *rand.Rand, v schema.Value, pointer, target string) schema.Value {
	if pointer == target {
		switch rnd.IntN(4) {
		case 0:
			return schema.ArrayValue(v)
		case 1:
			if v.Kind == schema.Array && len(v.Items) > 0 {
				return v.Items[0]
			}
		case 2:
			if v.Kind == schema.Object {
				return v.With([]string{"extra", "id", "type", "name"}[rnd.IntN(4)], strangeValues[rnd.IntN(len(strangeValues))])
			}
		}
		if form := specialForm.FindStringSubmatch(target); form != nil && strings.HasSuffix(form[1], "Type") {
			return parsed([]string{`"ext:x"`, `"ext:"`, `"xext:a b"`, `"Ext:x"`}[rnd.IntN(4)])
		}
		return strangeValues[rnd.IntN(len(strangeValues))]
	}
	if v.Kind == schema.Array {
		items := append([]schema.Value(nil), v.Items...)
		for i := range items {
			if at := fmt.Sprint(pointer, "/", i); at == target || strings.HasPrefix(target, at+"/") {
				items[i] = disturbAt(rnd, items[i], at, target)
			}
		}
		return schema.ArrayValue(items...)
	}
	for _, m := range v.Members {
		at := schema.PointerTo(pointer, m.Name)
		if at == target && rnd.IntN(5) == 0 {
			return v.Without(m.Name)
		}
		if at == target || strings.HasPrefix(target, at+"/") {
			return v.With(m.Name, disturbAt(rnd, m.Value, at, target))
		}
	}
	return v
}
