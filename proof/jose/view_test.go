package jose

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"merkki/schema"
)

// findings lists what a view complains about as "finding claim", with a
// question mark for a warning.
func findings(v *View) (list []string) {
	for _, f := range v.Faults {
		s := fmt.Sprint(strings.TrimPrefix(f.Finding, "schema.claims-"), " ", f.Args["claim"])
		if f.Outcome == schema.Warn {
			s += "?"
		}
		list = append(list, s)
	}
	return list
}

// Open Badges 3.0, section 8.2: what a claim repeats has to be what the
// credential says.
func TestClaims(t *testing.T) {
	const (
		credential = `"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"id":"urn:c","issuer":{"id":"https://uni.example"},"validFrom":"2026-01-01T00:00:00.75Z","credentialSubject":{"id":"did:example:s"}`
		all        = `"iss":"https://uni.example","jti":"urn:c","sub":"did:example:s","nbf":1767225600`
	)
	for _, c := range []struct {
		name, typ, payload string
		want               []string
	}{
		{"all", "JWT", credential + "," + all, nil},
		{"sub missing", "JWT", credential + `,"iss":"https://uni.example","jti":"urn:c","nbf":1767225600`, []string{"missing sub?"}},
		{"all missing", "JWT", credential, []string{"missing iss", "missing jti", "missing nbf", "missing sub?"}},
		{"all missing, no typ", "", credential, []string{"missing iss", "missing jti", "missing nbf", "missing sub?"}},
		{"VC JOSE COSE asks for none", "vc+jwt", credential, nil},
		{"iss differs", "vc+jwt", credential + `,"iss":"https://evil.example"`, []string{"differ iss"}},
		{"iss differs by a slash", "vc+jwt", credential + `,"iss":"https://uni.example/"`, []string{"differ iss"}},
		{"jti differs", "vc+jwt", credential + `,"jti":"urn:d"`, []string{"differ jti"}},
		{"sub differs", "vc+jwt", credential + `,"sub":"did:example:t"`, []string{"differ sub"}},
		{"nbf differs", "vc+jwt", credential + `,"nbf":1767225601`, []string{"differ nbf"}},
		{"exp alone", "vc+jwt", credential + `,"exp":1767225601`, nil},
		{"exp agrees", "vc+jwt", credential + `,"validUntil":"2026-01-01T02:00:01+02:00","exp":1767225601`, nil},
		{"exp differs", "vc+jwt", credential + `,"validUntil":"2027-01-01T00:00:00Z","exp":1767225601`, []string{"differ exp"}},
		{"validUntil no date", "vc+jwt", credential + `,"validUntil":"soon","exp":1767225601`, []string{"differ exp"}},
		{"wrong types", "vc+jwt", credential + `,"iss":1,"jti":{},"sub":[],"nbf":"1767225600","exp":1767225600.5,"iat":true,"aud":{}`,
			[]string{"type iss", "type sub", "type aud", "type exp", "type nbf", "type iat", "type jti"}},
		{"beyond year 9999", "vc+jwt", credential + `,"exp":253402300800`, []string{"type exp"}},
		{"vc beside 2.0", "JWT", credential + "," + all + `,"vc":{}`, []string{"forbidden vc"}},
		{"vp beside 2.0", "vc+jwt", credential + `,"vp":1`, []string{"forbidden vp"}},
		{"2.0 inside vc", "JWT", `"vc":{` + credential + `},` + all, []string{"forbidden vc"}},
	} {
		header := `{"alg":"EdDSA","kid":"k"}`
		if c.typ != "" {
			header = `{"alg":"EdDSA","kid":"k","typ":"` + c.typ + `"}`
		}
		tok, err := Read(unsigned(header, "{"+c.payload+"}"), Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		v := tok.View()
		if got := findings(v); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		for _, name := range append([]string{"vc", "vp"}, registered...) {
			if _, there := v.Claims.Get(name); there {
				t.Errorf("%s: the view still has %s", c.name, name)
			}
		}
	}
}

// A date that only a claim gives bounds the credential as well (Open Badges
// 3.0, section 8.2).
func TestDatesOfClaims(t *testing.T) {
	const head = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"]`
	read := func(payload string) *View {
		tok, err := Read(unsigned(`{"alg":"EdDSA","kid":"k","typ":"vc+jwt"}`, payload), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return tok.View()
	}
	v := read(head + `,"nbf":1767225600,"exp":1767225601}`)
	if v.Claims.GetString("validFrom") != "2026-01-01T00:00:00Z" || v.Claims.GetString("validUntil") != "2026-01-01T00:00:01Z" || !v.Expires.IsZero() {
		t.Errorf("claims %s", schema.Marshal(v.Claims))
	}
	// Proofs inside were made without it and must still be able to hold.
	v = read(head + `,"exp":1767225601,"proof":{}}`)
	if _, there := v.Claims.Get("validUntil"); there || v.Expires.Unix() != 1767225601 {
		t.Errorf("claims %s, expires %v", schema.Marshal(v.Claims), v.Expires)
	}
}

// VC Data Model 1.1, section 6.3.1: the decoding of a JWT puts back what was
// left out of vc.
func TestDataModel11(t *testing.T) {
	payload := `{"iss":"https://uni.example","jti":"urn:c","sub":"did:example:s","nbf":1767225600,"exp":1767225601,"iat":1767225600,
		"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{"name":"U"},"credentialSubject":{"achievement":"x"}}}`
	tok, err := Read(unsigned(`{"alg":"RS256","kid":"k","typ":"JWT"}`, payload), Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := tok.View()
	want := `{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],"issuer":{"name":"U","id":"https://uni.example"},` +
		`"credentialSubject":{"achievement":"x","id":"did:example:s"},"id":"urn:c","issuanceDate":"2026-01-01T00:00:00Z","expirationDate":"2026-01-01T00:00:01Z"}`
	if got := string(schema.Marshal(v.Claims)); got != want || len(v.Faults) > 0 || v.Issued.Unix() != 1767225600 {
		t.Errorf("%s %v", got, findings(v))
	}
	tok, err = Read(unsigned(`{"alg":"RS256","kid":"k"}`, `{"iss":"i:i","jti":"urn:c","sub":"s:s","nbf":0,"vc":{"@context":"https://www.w3.org/2018/credentials/v1"}}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := schema.Marshal(tok.View().Claims); !strings.Contains(string(got), `"credentialSubject":{"id":"s:s"}`) {
		t.Errorf("%s", got)
	}
	// What both say has to agree; VC JOSE COSE knows no vc.
	for _, c := range []struct{ typ, vc, want string }{
		{"JWT", `"issuer":"https://evil.example"`, "differ iss"},
		{"JWT", `"issuanceDate":"2025-01-01T00:00:00Z"`, "differ nbf"},
		{"vc+jwt", `"issuer":"https://uni.example"`, "forbidden vc"},
	} {
		payload := `{"iss":"https://uni.example","jti":"urn:c","nbf":1767225600,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential"],` + c.vc + `}}`
		tok, err := Read(unsigned(`{"alg":"RS256","kid":"k","typ":"`+c.typ+`"}`, payload), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := findings(tok.View()); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v", c.vc, got)
		}
	}
}

func TestPresentation(t *testing.T) {
	payload := `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":"VerifiablePresentation","holder":"did:example:h",
		"iss":"did:example:h","aud":"https://employer.example","nonce":"abc","exp":1767225601}`
	tok, err := Read(unsigned(`{"alg":"EdDSA","kid":"k","typ":"vp+jwt","cty":"vp"}`, payload), Options{})
	if err != nil {
		t.Fatal(err)
	}
	v := tok.View()
	if v.Content != Presentation || len(v.Faults) > 0 || v.Expires.Unix() != 1767225601 ||
		!slices.Equal(v.Audience, []string{"https://employer.example"}) || v.Nonce != "abc" {
		t.Errorf("%+v", v)
	}
	if _, there := v.Claims.Get("nonce"); there {
		t.Error("the nonce is no part of the presentation")
	}
}
