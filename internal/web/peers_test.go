package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/issuer"
	"merkki/schema/jsonld"
)

// allFormats are the settings of an institution that signs in every way.
var allFormats = []string{
	"eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-rdfc-2019:P-384", "ecdsa-jcs-2019", "ecdsa-sd-2023", "vc-jwt",
}

// signedEveryWay is a site with a credential that its institution signed in all
// of these formats.
func signedEveryWay(t testing.TB, formats ...string) (*site, issuer.Record) {
	t.Helper()
	s := newSite(t, "Example School", "en", false)
	_, err := s.EditInstitution(ctx, local, s.inst.ID, issuer.Edit{Formats: formats})
	must(t, err)
	a := s.add(t, energy, false)
	return s, s.award(t, issuer.Draft{Achievement: a.ID, Recipient: aino})
}

// get asks as a stranger does and returns what a program would read.
func (s *site) get(t testing.TB, path, accept string) []byte {
	t.Helper()
	w := s.call("GET", path, "", "Accept: "+accept)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// documents gives the peers what the service serves, and the contexts.
func (s *site) documents(t testing.TB) any {
	t.Helper()
	byURL := map[string][]byte{"did:web:badges.example": s.get(t, "/.well-known/did.json", "application/did+json")}
	for _, u := range []string{
		"https://www.w3.org/ns/credentials/v2",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
	} {
		b, ok := jsonld.Embedded().Context(u)
		if !ok {
			t.Fatalf("no context %s", u)
		}
		byURL[u] = b
	}
	return judge.Documents(byURL)
}

// peer asks a script one question and reads its answer into out.
func (s *site) peer(t testing.TB, script string, question map[string]any, out any) {
	t.Helper()
	answers := judge.Node(t, script, s.documents(t), question)
	if len(answers) != 1 {
		t.Fatalf("%d answers to one question", len(answers))
	}
	must(t, json.Unmarshal(answers[0], out))
}

// TestPeerVerifiesEverySuite: Digital Bazaar's verifier, with the key document
// that the service serves, accepts a credential with a set of five proofs, each
// proof alone, and no altered one.
func TestPeerVerifiesEverySuite(t *testing.T) {
	judge.Peers(t)
	s, r := signedEveryWay(t, allFormats...)
	served := s.get(t, "/c/"+r.ID, "application/vc")
	var whole map[string]any
	must(t, json.Unmarshal(served, &whole))
	proofs := whole["proof"].([]any)
	if len(proofs) != 5 {
		t.Fatalf("%d proofs", len(proofs))
	}
	type row struct {
		name       string
		credential any
		holds      bool
	}
	rows := []row{{"all five", json.RawMessage(served), true}}
	for _, p := range proofs {
		one := map[string]any{}
		for k, v := range whole {
			one[k] = v
		}
		one["proof"] = p
		b, err := json.Marshal(one)
		must(t, err)
		name := p.(map[string]any)["cryptosuite"].(string)
		altered := strings.Replace(string(b), "Aino Virtanen", "Eino Virtanen", 1)
		rows = append(rows, row{name, json.RawMessage(b), true}, row{name + ", altered", json.RawMessage(altered), false})
	}
	questions := []any{s.documents(t)}
	for _, x := range rows {
		questions = append(questions, map[string]any{"credential": x.credential, "now": whole["validFrom"]})
	}
	answers := judge.Node(t, "verify.mjs", questions...)
	if len(answers) != len(rows) {
		t.Fatalf("%d answers to %d questions", len(answers), len(rows))
	}
	for i, b := range answers {
		var a struct {
			Verified bool
			Error    string
		}
		must(t, json.Unmarshal(b, &a))
		if a.Verified != rows[i].holds || strings.Contains(a.Error, "not among the given documents") {
			t.Errorf("%s: verified is %v %s", rows[i].name, a.Verified, a.Error)
		}
	}
}

// TestPeerDerivesFromTheHoldersCopy: what a holder derives with Digital Bazaar's
// software from the copy that a registrar hands out is valid here, and says no
// more than was selected.
func TestPeerDerivesFromTheHoldersCopy(t *testing.T) {
	judge.Peers(t)
	s, r := signedEveryWay(t, allFormats...)
	w := s.tell("GET", "/api/v1/credentials/"+r.ID+"?form=sd-base", "")
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var a struct{ Credential json.RawMessage }
	s.peer(t, "derive.mjs", map[string]any{"credential": json.RawMessage(w.Body.Bytes()), "pointers": []string{"/name"}}, &a)
	if strings.Contains(string(a.Credential), "Aino") || !strings.Contains(string(a.Credential), "Data Analytics") {
		t.Errorf("derived: %s", a.Credential)
	}
	if said := object(t, s.call("POST", "/verify", string(a.Credential), "Content-Type: application/json")); said["verdict"] != "valid" {
		t.Errorf("derived: %v, %v", said["verdict"], said["primary"])
	}
}

// TestPeerVerifiesTokens: jose finds in the JWK Sets that the service serves the
// key that each token names, and accepts the token as the issuer's; not an altered
// one, not as another's, and not with the keys of another issuer.
func TestPeerVerifiesTokens(t *testing.T) {
	judge.Peers(t)
	s, first := signedEveryWay(t, "eddsa-rdfc-2022", "vc-jwt")
	_, err := s.EditInstitution(ctx, local, s.inst.ID, issuer.Edit{Formats: []string{"eddsa-rdfc-2022", "vc-jwt:Ed25519"}})
	must(t, err)
	second := s.award(t, issuer.Draft{Achievement: first.Achievement, Recipient: aino})
	other, err := s.AddInstitution(ctx, local, "Other School", "web", "en", false)
	must(t, err)
	set := func(path string) json.RawMessage { return s.get(t, path, "application/jwk-set+json") }
	host, own, others := set("/.well-known/jwks.json"), set("/i/"+s.inst.ID+"/jwks.json"), set("/i/"+other.ID+"/jwks.json")
	es256, eddsa := s.get(t, "/c/"+first.ID, "application/vc+jwt"), s.get(t, "/c/"+second.ID+".jwt", "*/*")
	rows := []struct {
		name   string
		token  string
		jwks   json.RawMessage
		issuer string
		holds  bool
	}{
		{"ES256", string(es256), host, s.inst.DID, true},
		{"ES256, keys of the issuer alone", string(es256), own, s.inst.DID, true},
		{"EdDSA", string(eddsa), host, s.inst.DID, true},
		{"altered", altered(es256), host, s.inst.DID, false},
		{"as another's", string(es256), host, other.DID, false},
		{"keys of another issuer", string(es256), others, s.inst.DID, false},
	}
	var questions []any
	for _, r := range rows {
		questions = append(questions, map[string]any{"token": r.token, "jwks": r.jwks, "issuer": r.issuer, "now": s.clock()})
	}
	answers := judge.Node(t, "jwks.mjs", questions...)
	if len(answers) != len(rows) {
		t.Fatalf("%d answers to %d questions", len(answers), len(rows))
	}
	for i, b := range answers {
		var a struct {
			Verified   bool
			Error, Kid string
			Payload    map[string]any
		}
		must(t, json.Unmarshal(b, &a))
		if a.Verified != rows[i].holds || (a.Error == "") != rows[i].holds {
			t.Errorf("%s: verified is %v %s", rows[i].name, a.Verified, a.Error)
		}
		if a.Verified && (!strings.HasPrefix(a.Kid, s.inst.DID+"#z") || a.Payload["iss"] != s.inst.DID) {
			t.Errorf("%s: kid %s, payload %v", rows[i].name, a.Kid, a.Payload)
		}
	}
}
