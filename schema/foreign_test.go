package schema_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// kindOf says what a reader is told about b: the kind of a thing that is
// recognised and not read, or "".
func kindOf(b []byte) string {
	f := schema.Foreign(b)
	if f == nil {
		doc, err := schema.Parse(b, schema.Limits{})
		if err == nil {
			f = schema.ForeignDocument(doc.Root())
		} else if !errors.As(err, &f) || f.Args["kind"] == nil {
			f = nil
		}
	}
	if f == nil {
		return ""
	}
	if f.Outcome != schema.Unknown || f.Code != schema.CodeNoCredentialFound {
		return "evidence against it: " + f.Error()
	}
	return f.Args["kind"].(string)
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func token(header, payload string) string { return b64(header) + "." + b64(payload) + ".c2ln" }

func TestForeignKinds(t *testing.T) {
	const v1, v2 = `"https://www.w3.org/2018/credentials/v1"`, `"https://www.w3.org/ns/credentials/v2"`
	mdoc := "\xa2\x6anameSpaces\xa1\x71eu.europa.ec.edu\x80\x6aissuerAuth\x84"
	recognised := map[string]bool{}
	for _, c := range []struct{ kind, in string }{
		{"open-badges-2", `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://koulu.example/a/1","badge":"https://koulu.example/b/1"}`},
		{"open-badges-2", `{"@context":["https://w3id.org/openbadges/v2",{"x":"urn:x:y"}],"type":"BadgeClass"}`},
		{"open-badges-2", `{"@context":"https://purl.imsglobal.org/spec/ob/v2p1/ob_v2p1.jsonld","type":"Assertion"}`},
		{"open-badges-1", `{"@context":"https://w3id.org/openbadges/v1","type":"Assertion"}`},
		{"open-badges-1", `{"uid":"1","recipient":{"type":"email","hashed":true,"identity":"sha256$00"},"badge":"https://koulu.example/b/1","verify":{"type":"hosted"}}`},
		{"open-badges-1", `{"recipient":"sha256$00","salt":"x","badge":{"version":"0.5.0","name":"Merkki","issuer":{"origin":"https://koulu.example"}}}`},
		{"blockcerts", `{"@context":["https://w3id.org/openbadges/v2","https://w3id.org/blockcerts/v2"],"type":"Assertion"}`},
		{"blockcerts", `{"@context":[` + v1 + `,"https://w3id.org/blockcerts/v3"],"type":["VerifiableCredential","BlockcertsCredential"]}`},
		{"clr-1", `{"@context":"https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld","type":"Clr"}`},
		{"clr-1", `{"type":"Clr","learner":{},"publisher":{},"assertions":[]}`},
		{"edc", `{"@context":[` + v1 + `,"http://data.europa.eu/snb/model/context/edc-ap"],"type":["VerifiableCredential","EuropeanDigitalCredential"]}`},
		{"edc", `{"payload":"{\"type\":[\"VerifiableCredential\",\"EuropeanDigitalCredential\"]}","signatures":[{"protected":"e30","signature":"c2ln"}]}`},
		{"edc", `{"payload":"` + b64(`{"type":["EuropeanDigitalCredential"]}`) + `","protected":"e30","signature":"c2ln"}`},
		{"edc", `<?xml version="1.0"?><!-- diplom --><europassCredential xmlns="http://data.europa.eu/europass/model/credentials#">`},
		{"elmo", `<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">`},
		{"elmo", "<?xml version='1.0'?>\n<e:elmo xmlns:e='http://purl.org/net/elmo'/>"},
		{"anoncreds", `{"schema_id":"1","cred_def_id":"2","values":{},"signature":{}}`},
		{"vc-newer", `{"@context":["https://www.w3.org/ns/credentials/v3"],"type":["VerifiableCredential"]}`},
		{"sd-jwt", token(`{"alg":"ES256","typ":"vc+sd-jwt"}`, `{"iss":"https://koulu.example"}`) + "~" + b64(`["salt","name","x"]`) + "~"},
		{"sd-jwt-vc", token(`{"alg":"ES256","typ":"dc+sd-jwt"}`, `{"iss":"x"}`) + "~"},
		{"sd-jwt-vc", " " + token(`{"alg":"ES256"}`, `{"vct":"urn:eudi:diploma:1"}`) + "~W10~" + token(`{}`, `{}`)},
		{"sd-jwt", `{"payload":"e30","protected":"e30","signature":"c2ln","header":{"disclosures":["W10"]}}`},
		{"mdoc", mdoc},
		{"mdoc", base64.URLEncoding.EncodeToString([]byte(mdoc))},
		{"mdoc", "\xa3\x67version\x631.0\x69documents\x81"},
		{"cose", "\xd2\x84\x43\xa1\x01\x26\xa0"},
		{"cose", base64.StdEncoding.EncodeToString([]byte("\xd2\x84\x43\xa1\x01\x26\xa0\x58\x40"))},
		{"html", "<!DOCTYPE html>\n<title>Merkki"},
		{"html", "\ufeff \n<!-- <svg> --><HTML lang=fi>"},
		{"html", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`},
		{"link", "https://koulu.example/badges/1?x=1\n"},
		{"link", "HTTP://localhost:8080/a"},
		{"wallet-link", "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fkoulu.example"},
		{"wallet-link", "openid4vp://authorize?client_id=x"},
		{"picture", "\xff\xd8\xff\xe0\x00\x10JFIF"},
		{"picture", "RIFF\x10\x00\x00\x00WEBPVP8 "},
		{"picture", "\x00\x00\x00\x18ftypheic"},
		{"archive", "PK\x03\x04\x14\x00"},
		{"archive", "\x1f\x8b\x08\x00"},
		// What is read, or wrong, is no stranger.
		{"", ``}, {"", ` `}, {"", `null`}, {"", `{}`}, {"", "\x89PNG\r\n\x1a\n"}, {"", "%PDF-1.7"}, {"", "<"}, {"", "<!--"}, {"", "<!doctype"}, {"", "~"}, {"", "a.b.c~"},
		{"", `<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><html xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>`},
		{"", `<!DOCTYPE svg [<!ENTITY a "<html>">]><svg xmlns="http://www.w3.org/2000/svg" xmlns:e="http://data.europa.eu/europass/model/credentials#"/>`},
		{"", token(`{"alg":"ES256"}`, `{"iss":"x"}`)},
		{"", token(`{"alg":"ES256"}`, `no object`) + "~"},
		{"", `https://koulu.example/a and more`},
		{"", `{"payload":"e30","protected":"e30","signature":"c2ln"}`},
		{"", `{"@context":[` + v2 + `,"https://w3id.org/openbadges/v2"],"type":["VerifiableCredential"]}`},
		{"", `{"@context":["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","OpenBadgeCredential"]}`},
		{"", `{"@context":["https://www.w3.org/ns/credentials/v2/"]}`},
		{"", `{"@context":["https://www.w3.org/ns/credentials/v30000"]}`},
	} {
		if got := kindOf([]byte(c.in)); got != c.kind {
			t.Errorf("%.60q: %q, want %q", c.in, got, c.kind)
		}
		recognised[c.kind] = true
	}
	for _, kind := range schema.ForeignKinds() {
		if !recognised[kind] {
			t.Errorf("nothing shows that %q is recognised", kind)
		}
	}
}

// The payload of a signed Open Badge 2.0 is told by the same rule.
func TestForeignPayload(t *testing.T) {
	d, err := schema.Parse([]byte(`{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","verification":{"type":"signed"}}`), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f := schema.ForeignDocument(d.Root()); f == nil || f.Finding != "container.legacy-badge" {
		t.Errorf("%v", f)
	}
}

// What others publish is recognised: Europass samples, sealed and not, and the
// SD-JWTs of the IETF.
func TestPublishedForeigners(t *testing.T) {
	expect := func(pattern, kind string) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := kindOf(b); got != kind {
				t.Errorf("%s: %q, want %q", file, got, kind)
			}
		}
	}
	elm := judge.Data(t, "elm")
	expect(filepath.Join(elm, "edc", "samples", "*"), "edc")
	expect(filepath.Join(elm, "golden", "medsafe-edc-*.json"), "edc")
	expect(filepath.Join(elm, "golden", "medsafe-openbadge.json"), "")
	seen := 0
	err := filepath.WalkDir(judge.Data(t, "vectors", "sd-jwt"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var c struct{ Issuance, Presentation json.RawMessage }
		if json.Unmarshal(b, &c) != nil || c.Issuance == nil {
			return nil
		}
		for _, raw := range []json.RawMessage{c.Issuance, c.Presentation} {
			seen++
			in := string(raw)
			_ = json.Unmarshal(raw, &in) // a string, or an object that is the token itself
			if kind := kindOf([]byte(in)); !slices.Contains([]string{"sd-jwt", "sd-jwt-vc"}, kind) {
				t.Errorf("%s: %q %.80s", path, kind, in)
			}
		}
		return nil
	})
	if err != nil || seen < 80 {
		t.Errorf("%d tokens, %v", seen, err)
	}
}

// No published or attacking Open Badge is taken for something else.
func TestNoOpenBadgeIsForeign(t *testing.T) {
	for _, pattern := range []string{
		filepath.Join(judge.Root(), "testdata", "attacks", "*", "*"),
		filepath.Join(judge.Data(t, "openbadges"), "*", "*"),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 15 {
			t.Fatal(len(files), err)
		}
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil || info.IsDir() || slices.Contains([]string{".md", ".gz"}, filepath.Ext(file)) {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if kind := kindOf(b); kind != "" {
				t.Errorf("%s is taken for %s", file, kind)
			}
		}
	}
}

func FuzzForeign(f *testing.F) {
	for _, seed := range []string{
		`<!doctype html>`, `<?xml?><elmo`, token(`{}`, `{"vct":""}`) + "~", "https://koulu.example/", "\xa2\x6anameSpaces",
		`{"payload":"e30","signatures":[{"header":{"disclosures":[]}}]}`, `{"@context":["https://w3id.org/openbadges/v2"]}`, "PK\x03\x04",
	} {
		f.Add([]byte(seed))
	}
	kinds := append(schema.ForeignKinds(), "")
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind := kindOf(b); !slices.Contains(kinds, kind) {
			t.Errorf("%q is no kind", kind)
		}
	})
}
