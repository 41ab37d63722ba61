package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/proof/jose"
	"merkki/schema"
)

// Whatever is asked, the answer is JSON, says what this program is and is never
// an error of ours.
func FuzzAnswer(f *testing.F) {
	seed, err := readSeed(testSeed)
	if err != nil {
		f.Fatal(err)
	}
	s, err := newServer("https://127.0.0.1:1", seed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("POST", "/eddsa-rdfc-2022/credentials/issue", `{"credential":`+credential20+`}`)
	f.Add("POST", "/ecdsa-sd-2023/credentials/issue", `{"credential":`+credential11+`,"options":{"mandatoryPointers":["/issuer"]}}`)
	f.Add("POST", "/credentials/derive", `{"verifiableCredential":`+credential20+`,"options":{"selectivePointers":["/credentialSubject/id"]}}`)
	f.Add("POST", "/credentials/verify", `{"verifiableCredential":"e30.e30.AA"}`)
	f.Add("POST", "/presentations/verify", `{"verifiablePresentation":{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiablePresentation","id":"data:application/jwt,e30.e30.AA"},"options":{"challenge":"a"}}`)
	f.Add("GET", "/status/1", ``)
	f.Add("GET", "/1.0/identifiers/did%3Akey%3A1%3A"+someKey+"%23x?publicKeyFormat=unknown", ``)
	f.Fuzz(func(t *testing.T, method, path, body string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code >= 300 && w.Code < 400 || w.Header().Get("X-Merkki-Mode") != "interop" {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if _, err := schema.Parse(w.Body.Bytes(), bodyLimits); err != nil {
			t.Errorf("%v: %s", err, w.Body)
		}
	})
}

// A key file gives a pair that fits together, or an error.
func FuzzKeyFile(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(judge.Root(), "..", "shared", "data", "vectors", "vc-jose-cose", "vm-*.json"))
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil {
			f.Add(b)
		}
	}
	f.Add([]byte(`{"publicKeyJwk":{"kty":"EC","crv":"P-521","x":"AA","y":"AA"},"secretKeyJwk":{"kty":"EC","crv":"P-521","d":"AA"}}`))
	f.Add([]byte(`{"publicKeyJwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := readKey(b)
		if err != nil || k.private == nil {
			return
		}
		if _, err := jose.Sign(t.Context(), schema.ObjectValue(), k.private, jose.SignOptions{KeyID: "k", Type: "vc+jwt", ConformanceUnsafe: true}); err != nil {
			t.Errorf("a key that does not sign: %v", err)
		}
	})
}
