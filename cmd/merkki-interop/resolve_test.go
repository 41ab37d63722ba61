package main

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/mr-tron/base58"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/schema"
)

const someKey = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"

// TestResolver asks what the suite for did:key asks. Every answer has all three
// parts.
func TestResolver(t *testing.T) {
	c := start(t)
	rows := []struct {
		name, did, query string
		part, problem    string // didResolutionMetadata, or didDereferencingMetadata
	}{
		{"a key", "did:key:" + someKey, "", "didResolutionMetadata", ""},
		{"a key of a version", "did:key:1:" + someKey, "", "didResolutionMetadata", ""},
		{"P-256", "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", "", "didResolutionMetadata", ""},
		{"as Multikey", "did:key:" + someKey, "publicKeyFormat=Multikey", "didResolutionMetadata", ""},
		{"a method of a key", "did:key:" + someKey + "#" + someKey, "", "didDereferencingMetadata", ""},
		{"another scheme", "urn:key:" + someKey, "", "didResolutionMetadata", "invalidDid"},
		{"another method", "did:example:" + someKey, "", "didResolutionMetadata", "methodNotSupported"},
		{"a method that is retrieved", "did:web:issuer.example", "", "didResolutionMetadata", "methodNotSupported"},
		{"a negative version", "did:key:-4:" + someKey, "", "didResolutionMetadata", "invalidDid"},
		{"a version of letters", "did:key:one:" + someKey, "", "didResolutionMetadata", "invalidDid"},
		{"not base58", "did:key:f6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", "", "didResolutionMetadata", "invalidDid"},
		{"a character", "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDoo@p", "", "didResolutionMetadata", "invalidDid"},
		{"too short", "did:key:zTjsVPtY", "", "didResolutionMetadata", "invalidPublicKeyLength"},
		{"a point that is on no curve", "did:key:" + offCurve(t), "", "didResolutionMetadata", "invalidPublicKey"},
		{"unknown format", "did:key:" + someKey, "publicKeyFormat=unknown", "didResolutionMetadata", "unsupportedPublicKeyType"},
		{"characters of no URL", "did:key:" + someKey + "/^bar^/?query=`#" + someKey, "", "didDereferencingMetadata", "invalidDidUrl"},
		{"an experimental type", "did:key:" + someKey + "#" + someKey, "publicKeyFormat=Ed25519VerificationKey2018", "didDereferencingMetadata", "invalidPublicKeyType"},
		{"an experimental type, switched off", "did:key:" + someKey + "#" + someKey, "publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=false", "didDereferencingMetadata", "invalidPublicKeyType"},
		{"an experimental type, asked for", "did:key:" + someKey + "#" + someKey, "publicKeyFormat=Ed25519VerificationKey2018&enableExperimentalPublicKeyTypes=true", "didDereferencingMetadata", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := c.do("GET", "/1.0/identifiers/"+url.PathEscape(row.did)+"?"+row.query, nil)
			document, has := r.body.Get("didDocument")
			metadata, _ := r.body.Get(row.part)
			_, context := r.body.Get("@context")
			_, more := r.body.Get("didDocumentMetadata")
			if !has || document.Kind != schema.Object || !context || !more || metadata.Kind != schema.Object || metadata.GetString("error") != row.problem {
				t.Fatalf("%d %s, want %q", r.status, r, row.problem)
			}
			if row.problem != "" {
				if r.status != http.StatusBadRequest {
					t.Errorf("%d", r.status)
				}
				return
			}
			methods := document.GetList("verificationMethod")
			if r.status != http.StatusOK || document.GetString("controller") != document.GetString("id") || len(methods) != 1 ||
				methods[0].GetString("id") != document.GetString("id")+"#"+methods[0].GetString("publicKeyMultibase") {
				t.Errorf("%d %s", r.status, r)
			}
		})
	}
	judge.Score{Suite: "After the CCG suite for did:key", How: "its inputs and ours of the same kinds: document, relationships, and the error in its place", Passed: len(rows)}.Report(t)
}

// offCurve makes a multikey of a number that is the coordinate of no point.
func offCurve(t *testing.T) string {
	t.Helper()
	for i := range byte(255) {
		text := "z" + base58.Encode(slices.Concat([]byte{0x80, 0x24, 2}, make([]byte, 31), []byte{i}))
		if _, err := keys.ParseMultikey(text); err != nil {
			return text
		}
	}
	t.Fatal("every number is a coordinate")
	return ""
}
