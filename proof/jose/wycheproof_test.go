package jose

import (
	"crypto"
	"encoding/json"
	"os"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
)

// Algorithms of valid cases that we refuse on purpose: shared secrets, and those
// that no badge is signed with.
var notOurs = map[string]bool{
	"HS256": true, "RS384": true, "RS512": true, "PS384": true, "PS512": true, "ES512": true,
}

// Project Wycheproof: JSON Web Signatures that must not hold do not, and those
// that must hold do, where we have the algorithm.
func TestWycheproof(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "vectors", "wycheproof", "json_web_signature_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		TestGroups []struct {
			Public json.RawMessage
			Tests  []struct {
				TcID    int
				Comment string
				JWS     json.RawMessage
				Result  string
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	held, refused, exceptions := 0, 0, 0
	strict := map[string]bool{
		"emptyPayload":                      true, // no credential is empty
		"InvalidCharacterInsertedInHeader":  true, // the file calls them valid; they are no base64url
		"InvalidCharacterInsertedInPayload": true,
	}
	for _, g := range file.TestGroups {
		key, _ := keys.ParseJWK(g.Public) // none where it may not verify
		for _, c := range g.Tests {
			var text string
			if json.Unmarshal(c.JWS, &text) != nil {
				text = string(c.JWS) // the JSON serialisation, which is never read
			}
			holds, alg := holdsFor(text, key)
			switch {
			case holds && c.Result == "valid":
				held++
			case !holds && c.Result == "invalid":
				refused++
			case c.Result == "valid" && (notOurs[alg] || strict[c.Comment]):
				exceptions++
			default:
				t.Errorf("%d %s: %v, want %s", c.TcID, c.Comment, holds, c.Result)
			}
		}
	}
	t.Logf("%d hold, %d do not, %d are of algorithms that we refuse", held, refused, exceptions)
	if held == 0 || held+refused+exceptions != 401 {
		t.Errorf("%d cases of 401", held+refused+exceptions)
	}
	judge.Score{Suite: "Project Wycheproof, JSON Web Signatures", How: "every token with the key of its group",
		Passed: held + refused, Failed: exceptions, Why: "algorithms that no badge is signed with (HS256, RS384, RS512, PS384, PS512, ES512), an empty payload, and texts that are no base64url"}.Report(t)
}

// holdsFor is Read and Verify for payloads that are no JSON.
func holdsFor(text string, key crypto.PublicKey) (holds bool, alg string) {
	tok, _, err := open(text, Options{})
	if err != nil {
		return false, ""
	}
	return key != nil && tok.Verify(key), tok.Header.Algorithm
}
