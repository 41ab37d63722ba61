package proof_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"merkki/proof"
	"merkki/schema"
)

// A proof that has everything and is of the right form. That its signature is
// over nothing does not matter to reading.
const (
	wholeProof = `{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"2026-01-01T00:00:00Z",` +
		`"verificationMethod":"did:key:zA#zA","proofPurpose":"assertionMethod","proofValue":"` + anyValue + `"}`
	anyValue   = "z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr"
	otherValue = "zeuuS9pi2ZR8Q41bFFJKS9weSWkwa7pRcxHTHzxjDEHtVSZp3D9Rm3JdzT82EQpmXMb9wvfFJLuDPeSXZaRX1q1c"
)

func parse(t testing.TB, text string) *schema.Document {
	t.Helper()
	doc, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return doc
}

// What is in the place of the proof decides about the document as a whole.
func TestReadShape(t *testing.T) {
	for _, c := range []struct{ name, document, finding, pointer string }{
		{"no proof", `{}`, "format.unsecured", ""},
		{"null", `{"proof":null}`, "format.proof-shape", "/proof"},
		{"string", `{"proof":"z"}`, "format.proof-shape", "/proof"},
		{"number", `{"proof":1}`, "format.proof-shape", "/proof"},
		{"false", `{"proof":false}`, "format.proof-shape", "/proof"},
		{"empty list", `{"proof":[]}`, "format.proof-shape", "/proof"},
		{"list with a string", `{"proof":[` + wholeProof + `,"z"]}`, "format.proof-shape", "/proof/1"},
		{"list with a list", `{"proof":[[` + wholeProof + `]]}`, "format.proof-shape", "/proof/0"},
		{"the same proof twice", `{"proof":[` + wholeProof + `,` + wholeProof + `]}`, "schema.duplicate-item", "/proof/1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := proof.Read(parse(t, c.document))
			f, ok := errors.AsType[*schema.Fault](err)
			if !ok || f.Finding != c.finding || f.Pointer != c.pointer {
				t.Errorf("Read = %v, %v, want %s at %q", s, err, c.finding, c.pointer)
			}
		})
	}
}

// One object is as good as a list of one, and the claims are what is left.
func TestReadOneOrMany(t *testing.T) {
	other := strings.Replace(wholeProof, anyValue, otherValue, 1)
	for _, c := range []struct {
		document string
		pointers []string
	}{
		{`{"name":"a","proof":` + wholeProof + `}`, []string{"/proof"}},
		{`{"name":"a","proof":[` + wholeProof + `]}`, []string{"/proof/0"}},
		{`{"proof":[` + wholeProof + `,` + other + `],"name":"a"}`, []string{"/proof/0", "/proof/1"}},
	} {
		s, err := proof.Read(parse(t, c.document))
		if err != nil {
			t.Fatal(err)
		}
		var pointers []string
		for _, p := range s.Proofs {
			if p.Fault != nil {
				t.Errorf("%s: %v", p.Pointer, p.Fault)
			}
			pointers = append(pointers, p.Pointer)
		}
		if fmt.Sprint(pointers) != fmt.Sprint(c.pointers) {
			t.Errorf("proofs at %v, want %v", pointers, c.pointers)
		}
		if got := string(schema.Marshal(s.Claims)); got != `{"name":"a"}` {
			t.Errorf("claims are %s", got)
		}
	}
}

// Every way in which one proof can be wrong by itself. A row replaces text in
// the whole proof; the finding stands beside the member it is about.
func TestReadProof(t *testing.T) {
	const option = `"proofPurpose":` // where a row adds a member
	for _, c := range []struct{ name, from, to, finding, pointer string }{
		{"type missing", `"type":"DataIntegrityProof",`, ``, "format.member-missing", "/proof"},
		{"type null", `"DataIntegrityProof"`, `null`, "format.member-missing", "/proof"},
		{"method missing", `"verificationMethod":"did:key:zA#zA",`, ``, "format.member-missing", "/proof"},
		{"purpose missing", `"proofPurpose":"assertionMethod",`, ``, "format.member-missing", "/proof"},
		{"value missing", `,"proofValue":"` + anyValue + `"`, ``, "format.member-missing", "/proof"},
		{"suite missing", `"cryptosuite":"eddsa-rdfc-2022",`, ``, "format.member-missing", "/proof"},
		{"type in a list", `"DataIntegrityProof"`, `["DataIntegrityProof"]`, "format.member-malformed", "/proof/type"},
		{"method an object", `"did:key:zA#zA"`, `{"id":"did:key:zA#zA"}`, "format.member-malformed", "/proof/verificationMethod"},
		{"purpose a list", `"assertionMethod"`, `["assertionMethod"]`, "format.member-malformed", "/proof/proofPurpose"},
		{"legacy type that names a suite", `"DataIntegrityProof"`, `"Ed25519Signature2020"`, "format.proof-terms", "/proof/cryptosuite"},
		{"legacy type as a suite", `eddsa-rdfc-2022`, `Ed25519Signature2020`, "format.algorithm-unknown", "/proof/cryptosuite"},
		{"suite as a type", `"DataIntegrityProof"`, `"eddsa-rdfc-2022"`, "format.algorithm-unknown", "/proof/type"},
		{"legacy type without created", `"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022","created":"2026-01-01T00:00:00Z"`, `"type":"Ed25519Signature2020"`, "format.member-missing", "/proof"},
		{"legacy type, other members", wholeProof, `{"type":"Ed25519Signature2018","jws":"a"}`, "format.algorithm-unknown", "/proof/type"},
		{"empty type", `"DataIntegrityProof"`, `""`, "format.algorithm-unknown", "/proof/type"},
		{"suite that we do not read", `eddsa-rdfc-2022`, `bbs-2023`, "format.algorithm-unknown", "/proof/cryptosuite"},
		{"suite with other values", `eddsa-rdfc-2022`, `ecdsa-sd-2023`, "format.proof-value", "/proof/proofValue"},
		{"text suite in a chain", `"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"eddsa-jcs-2022","previousProof":"urn:a"`, "format.algorithm-unknown", "/proof/previousProof"},
		{"contexts that the document has not", `"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"eddsa-jcs-2022","@context":"https://www.w3.org/ns/credentials/v2"`, "contexts.nested", "/proof/@context"},
		{"suite in other case", `eddsa-rdfc-2022`, `EDDSA-RDFC-2022`, "format.algorithm-unknown", "/proof/cryptosuite"},
		{"empty suite", `eddsa-rdfc-2022`, ``, "format.algorithm-unknown", "/proof/cryptosuite"},
		{"undefined member", option, `"signedBy":"The Rector",` + option, "format.proof-terms", "/proof/signedBy"},
		{"keyword", option, `"@type":"x",` + option, "format.proof-terms", "/proof/@type"},
		{"name that needs escaping", option, `"a/b~c":1,` + option, "format.proof-terms", "/proof/a~1b~0c"},
		{"empty name", option, `"":1,` + option, "format.proof-terms", "/proof/"},
		{"own context", option, `"@context":"https://www.w3.org/ns/credentials/v2",` + option, "contexts.nested", "/proof/@context"},
		{"created a date", `"2026-01-01T00:00:00Z"`, `"2026-01-01"`, "format.member-malformed", "/proof/created"},
		{"created without offset", `00:00Z"`, `00:00"`, "format.member-malformed", "/proof/created"},
		{"created null", `"2026-01-01T00:00:00Z"`, `null`, "format.member-malformed", "/proof/created"},
		{"expires a number", option, `"expires":1767225600,` + option, "format.member-malformed", "/proof/expires"},
		{"domain empty list", option, `"domain":[],` + option, "format.member-malformed", "/proof/domain"},
		{"domain with number", option, `"domain":["a",1],` + option, "format.member-malformed", "/proof/domain"},
		{"domain twice", option, `"domain":["a","a"],` + option, "format.member-malformed", "/proof/domain"},
		{"challenge a list", option, `"challenge":["a"],` + option, "format.member-malformed", "/proof/challenge"},
		{"nonce an object", option, `"nonce":{"@value":"a"},` + option, "format.member-malformed", "/proof/nonce"},
		{"id a blank node label", option, `"id":"_:b0",` + option, "format.member-malformed", "/proof/id"},
		{"id relative", option, `"id":"one",` + option, "format.member-malformed", "/proof/id"},
		{"value too long", anyValue, "z" + strings.Repeat("1", 65_536), "format.proof-value-length", "/proof/proofValue"},
		{"value empty", anyValue, ``, "format.proof-value", "/proof/proofValue"},
		{"value without prefix", anyValue, anyValue[1:], "format.proof-value", "/proof/proofValue"},
		{"value in base64url", anyValue, "u" + strings.Repeat("A", 86), "format.proof-value", "/proof/proofValue"},
		{"value with a character that base58 lacks", anyValue, anyValue[:80] + "0" + anyValue[81:], "format.proof-value", "/proof/proofValue"},
		{"value of 65 bytes", anyValue, "z1" + anyValue[1:], "format.proof-value", "/proof/proofValue"},
		{"value cut", anyValue, anyValue[:80], "format.proof-value", "/proof/proofValue"},
		{"value with a space", anyValue, anyValue + " ", "format.proof-value", "/proof/proofValue"},
		{"value long", anyValue, "z" + strings.Repeat("z", 65_535), "format.proof-value", "/proof/proofValue"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(wholeProof, c.from, c.to, 1)
			if text == wholeProof {
				t.Fatal("the row changes nothing")
			}
			s, err := proof.Read(parse(t, `{"proof":`+text+`}`))
			if err != nil {
				t.Fatal(err)
			}
			f := s.Proofs[0].Fault
			if f == nil || f.Finding != c.finding || f.Pointer != c.pointer {
				t.Errorf("fault is %v, want %s at %q", f, c.finding, c.pointer)
			}
		})
	}
}

// Options that are allowed and say more.
func TestReadOptions(t *testing.T) {
	const option = `"proofPurpose":`
	for _, o := range []string{
		`"id":"urn:uuid:5e9b4f6c-7d0e-4a5c-9f5a-0d2b5c0a3f11"`,
		`"expires":"2027-01-01T00:00:00+02:00"`,
		`"domain":"verifier.example"`,
		`"domain":["a.example","b.example"]`,
		`"challenge":"c"`,
		`"nonce":"n"`,
	} {
		s, err := proof.Read(parse(t, `{"proof":`+strings.Replace(wholeProof, option, o+","+option, 1)+`}`))
		if err != nil || s.Proofs[0].Fault != nil {
			t.Errorf("%s: %v, %v", o, err, s.Proofs[0].Fault)
		}
	}
	s, err := proof.Read(parse(t, `{"proof":`+strings.Replace(wholeProof, option, `"expires":"2027-01-01T00:00:00+02:00",`+option, 1)+`}`))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Proofs[0]
	if got := p.Created.UTC().Format("2006-01-02T15:04Z"); got != "2026-01-01T00:00Z" {
		t.Errorf("created %s", got)
	}
	if got := p.Expires.UTC().Format("2006-01-02T15:04Z"); got != "2026-12-31T22:00Z" {
		t.Errorf("expires %s", got)
	}
	if p.Method != "did:key:zA#zA" || p.Purpose != "assertionMethod" || p.Format.Name != proof.DefaultFormat {
		t.Errorf("read %+v", p)
	}
}

// previousProof is resolved among the proofs of the document, or refused.
func TestReadChain(t *testing.T) {
	for _, c := range []struct {
		name   string
		proofs []string // members to add to each proof
		faulty []int
		links  [][]int // what each proof rests on, where none is faulty
	}{
		{"no chain", []string{`"id":"urn:a"`, `"id":"urn:b"`}, nil, [][]int{{}, {}}},
		{"string", []string{`"id":"urn:a"`, `"previousProof":"urn:a"`}, nil, [][]int{{}, {0}}},
		{"list", []string{`"id":"urn:a"`, `"id":"urn:b"`, `"previousProof":["urn:a","urn:b"]`}, nil, [][]int{{}, {}, {0, 1}}},
		{"forwards", []string{`"previousProof":["urn:b"]`, `"id":"urn:b"`}, nil, [][]int{{1}, {}}},
		{"chain of three", []string{`"id":"urn:a"`, `"id":"urn:b","previousProof":"urn:a"`, `"previousProof":"urn:b"`}, nil, [][]int{{}, {0}, {1}}},
		{"diamond", []string{`"id":"urn:a"`, `"id":"urn:b","previousProof":"urn:a"`, `"id":"urn:c","previousProof":"urn:a"`, `"previousProof":["urn:b","urn:c"]`}, nil, [][]int{{}, {0}, {0}, {1, 2}}},
		{"dangling", []string{`"id":"urn:a"`, `"previousProof":"urn:x"`}, []int{1}, nil},
		{"one of two dangling", []string{`"id":"urn:a"`, `"previousProof":["urn:a","urn:x"]`}, []int{1}, nil},
		{"empty list", []string{`"id":"urn:a"`, `"previousProof":[]`}, []int{1}, nil},
		{"number", []string{`"id":"urn:a"`, `"previousProof":1`}, []int{1}, nil},
		{"null", []string{`"id":"urn:a"`, `"previousProof":null`}, []int{1}, nil},
		{"list with object", []string{`"id":"urn:a"`, `"previousProof":[{"id":"urn:a"}]`}, []int{1}, nil},
		{"named twice", []string{`"id":"urn:a"`, `"previousProof":["urn:a","urn:a"]`}, []int{1}, nil},
		{"two proofs with one id", []string{`"id":"urn:a"`, `"id":"urn:a"`, `"nonce":"n"`}, []int{0, 1}, nil},
		{"itself", []string{`"id":"urn:a","previousProof":"urn:a"`}, []int{0}, nil},
		{"circle of two", []string{`"id":"urn:a","previousProof":"urn:b"`, `"id":"urn:b","previousProof":"urn:a"`}, []int{0, 1}, nil},
		{"circle beside", []string{`"id":"urn:a","previousProof":"urn:a"`, `"previousProof":"urn:a"`}, []int{0}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := proof.Read(parse(t, `{"proof":[`+strings.Join(distinct(c.proofs), ",")+`]}`))
			if err != nil {
				t.Fatal(err)
			}
			index := map[*proof.Proof]int{}
			for i, p := range s.Proofs {
				index[p] = i
			}
			var faulty []int
			for i, p := range s.Proofs {
				if p.Fault != nil {
					faulty = append(faulty, i)
					if p.Fault.Finding != "format.chain" {
						t.Errorf("proof %d: %v", i, p.Fault)
					}
				}
			}
			if fmt.Sprint(faulty) != fmt.Sprint(c.faulty) {
				t.Fatalf("faulty are %v, want %v", faulty, c.faulty)
			}
			for i, want := range c.links {
				got := []int{}
				for _, q := range s.Proofs[i].Previous {
					got = append(got, index[q])
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("proof %d rests on %v, want %v", i, got, want)
				}
			}
		})
	}
}

// distinct makes whole proofs that differ in their values.
func distinct(members []string) (proofs []string) {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	for i, m := range members {
		value := anyValue[:len(anyValue)-1] + digits[i:i+1]
		text := strings.Replace(wholeProof, anyValue, value, 1)
		proofs = append(proofs, strings.Replace(text, `"proofPurpose":`, m+`,"proofPurpose":`, 1))
	}
	return proofs
}

// Whatever stands in a document, reading it ends with faults and not otherwise.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"proof":` + wholeProof + `}`))
	f.Add([]byte(`{"proof":[` + strings.Join(distinct([]string{`"id":"urn:a"`, `"previousProof":"urn:a"`, `"previousProof":["urn:a"]`}), ",") + `]}`))
	f.Add([]byte(`{"proof":[]}`))
	f.Add([]byte(`{"@context":["a","b"],"proof":` + strings.Replace(wholeProof, `"eddsa-rdfc-2022"`, `"eddsa-jcs-2022","@context":["a"]`, 1) + `}`))
	f.Add([]byte(`{"proof":` + strings.NewReplacer(`"eddsa-rdfc-2022"`, `"ecdsa-sd-2023"`, anyValue, "u2V0BhVhA").Replace(wholeProof) + `}`))
	f.Add([]byte(`{"proof":` + strings.Replace(wholeProof, `"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022"`, `"Ed25519Signature2020"`, 1) + `}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			return
		}
		s, err := proof.Read(doc)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("an error about us: %v", err)
			}
			return
		}
		for _, p := range s.Proofs {
			if (p.Format == nil) && p.Fault == nil {
				t.Fatal("a proof without format that can be tried")
			}
		}
		if _, ok := s.Claims.Get("proof"); ok || len(s.Proofs) == 0 {
			t.Fatal("proofs left in the claims, or none read")
		}
	})
}
