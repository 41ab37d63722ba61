package proof_test

import (
	"crypto/elliptic"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// signAll adds proofs one after the other.
func signAll(t *testing.T, v schema.Value, rows []signing) *schema.Document {
	t.Helper()
	var doc *schema.Document
	for _, r := range rows {
		r.options.Created = created
		var err error
		if doc, err = proof.Secure(t.Context(), jsonld.Embedded(), v, r.key, r.options); err != nil {
			t.Fatal(err)
		}
		v = doc.Root()
	}
	return doc
}

type signing struct {
	key     keys.Signer
	options proof.Options
}

// One credential with a proof of each suite that signs, by keys of three kinds:
// each holds by itself, and none survives a change.
func TestSetOfAllSuites(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	p256, _ := ecKey(t, elliptic.P256(), "issuer")
	p384, _ := ecKey(t, elliptic.P384(), "issuer")
	rows := []signing{
		{ed, proof.Options{Format: "eddsa-rdfc-2022"}},
		{ed, proof.Options{Format: "eddsa-jcs-2022"}},
		{p256, proof.Options{Format: "ecdsa-rdfc-2019"}},
		{p256, proof.Options{Format: "ecdsa-jcs-2019"}},
		{p384, proof.Options{Format: "ecdsa-rdfc-2019"}},
		{p384, proof.Options{Format: "ecdsa-jcs-2019"}},
	}
	doc := signAll(t, unsigned(60, issuer), rows)
	if _, err := proof.Open(t.Context(), doc.Raw(), did.New(nothing{})); err != nil {
		t.Fatal(err)
	}
	changed := parse(t, string(schema.Marshal(doc.Root().With("name", schema.StringValue("another")))))
	for i, r := range rows {
		s := read(t, doc)
		if len(s.Proofs) != len(rows) || s.Proofs[i].Format.Name != r.options.Format {
			t.Fatalf("proofs are not those that were added")
		}
		for j, other := range rows {
			_, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[i], other.key.Public())
			want := "format.algorithm-forbidden"
			if s.Proofs[i].Format.Fits(other.key.Public()) {
				want = "signature.mismatch"
			}
			switch same := other.key.VerificationMethod() == r.key.VerificationMethod(); {
			case same && err != nil, !same && !isFinding(err, want):
				t.Errorf("proof %d by key %d: %v", i, j, err)
			}
		}
		c := read(t, changed)
		if _, err := c.Open(t.Context(), jsonld.Embedded(), c.Proofs[i], r.key.Public()); !isFinding(err, "signature.mismatch") {
			t.Errorf("%s on a changed document: %v", r.options.Format, err)
		}
	}
}

// A chain: the second proof rests on the first, the third on both. What it rests
// on cannot be taken away or exchanged, and what rests on it can.
func TestSecureChain(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	notary, _ := ecKey(t, elliptic.P256(), "notary")
	registry, _ := ecKey(t, elliptic.P384(), "registry")
	doc := signAll(t, unsigned(61, issuer), []signing{
		{ed, proof.Options{ID: "urn:proof:1"}},
		{notary, proof.Options{Format: "ecdsa-rdfc-2019", ID: "urn:proof:2", Previous: []string{"urn:proof:1"}}},
		{registry, proof.Options{Format: "ecdsa-rdfc-2019", Previous: []string{"urn:proof:1", "urn:proof:2"}}},
	})
	if _, err := proof.Open(t.Context(), doc.Raw(), did.New(nothing{})); err != nil {
		t.Fatal(err)
	}
	s := read(t, doc)
	if n := len(s.Proofs[2].Previous); n != 2 || s.Proofs[1].Previous[0] != s.Proofs[0] {
		t.Fatalf("the last proof rests on %d", n)
	}
	proofs := doc.Root().GetList("proof")
	again := signAll(t, unsigned(61, issuer), []signing{{notary, proof.Options{Format: "ecdsa-jcs-2019", ID: "urn:proof:1"}}}).Root().GetList("proof")[0]
	for _, c := range []struct {
		name   string
		proofs []schema.Value
		want   string // of the last one, "" if it holds
	}{
		{"what rests on it taken away", proofs[:2], ""},
		{"in another order", []schema.Value{proofs[2], proofs[0], proofs[1]}, ""},
		{"what it rests on taken away", proofs[1:2], "format.chain"},
		{"what it rests on exchanged", []schema.Value{again, proofs[1]}, "signature.mismatch"},
		{"no longer said to rest on it", []schema.Value{proofs[0], proofs[1].Without("previousProof")}, "signature.mismatch"},
		{"an id changed", []schema.Value{proofs[0].With("id", schema.StringValue("urn:proof:9")), proofs[1].With("previousProof", schema.StringValue("urn:proof:9"))}, "signature.mismatch"},
	} {
		s := read(t, parse(t, string(schema.Marshal(doc.Root().With("proof", schema.ArrayValue(c.proofs...))))))
		p := s.Proofs[len(s.Proofs)-1]
		_, err := s.Open(t.Context(), jsonld.Embedded(), p, keyOf(t, p.Method))
		if c.want == "" && err != nil || c.want != "" && !isFinding(err, c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A proof over statements can rest on one over the text, which keeps a @context.
func TestChainOnTextProof(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	notary, _ := didKey(t, "notary")
	doc := signAll(t, unsigned(62, issuer), []signing{
		{ed, proof.Options{Format: "eddsa-jcs-2022", ID: "urn:proof:1"}},
		{notary, proof.Options{Previous: []string{"urn:proof:1"}}},
	})
	if _, err := proof.Open(t.Context(), doc.Raw(), did.New(nothing{})); err != nil {
		t.Error(err)
	}
}

// A chain that cannot be read is not made.
func TestSecureChainRefuses(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	p256, _ := ecKey(t, elliptic.P256(), "issuer")
	first := signAll(t, unsigned(63, issuer), []signing{{ed, proof.Options{ID: "urn:proof:1"}}}).Root()
	for _, c := range []struct {
		name string
		s    signing
		want string
	}{
		{"over the text", signing{ed, proof.Options{Format: "eddsa-jcs-2022", Previous: []string{"urn:proof:1"}}}, "format.algorithm-unknown"},
		{"selective", signing{p256, proof.Options{Format: "ecdsa-sd-2023", Previous: []string{"urn:proof:1"}}}, "format.algorithm-unknown"},
		{"on a proof that is not there", signing{ed, proof.Options{Previous: []string{"urn:proof:2"}}}, "format.chain"},
		{"on itself", signing{ed, proof.Options{ID: "urn:proof:2", Previous: []string{"urn:proof:2"}}}, "format.chain"},
		{"with an id that is taken", signing{ed, proof.Options{ID: "urn:proof:1", Previous: []string{"urn:proof:1"}}}, "format.chain"},
		{"twice on one", signing{ed, proof.Options{Previous: []string{"urn:proof:1", "urn:proof:1"}}}, "format.chain"},
	} {
		if doc, err := proof.Secure(t.Context(), jsonld.Embedded(), first, c.s.key, c.s.options); doc != nil || !isFinding(err, c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// Contexts that were added after signing over the text are not in what the
// signature covers; contexts that were taken away or exchanged break it.
func TestTextProofContexts(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	doc := signAll(t, unsigned(64, issuer), []signing{{ed, proof.Options{Format: "eddsa-jcs-2022"}}})
	contexts, _ := doc.Root().Get("@context")
	all := contexts.Items
	more := schema.StringValue("https://w3id.org/security/data-integrity/v2")
	with := func(cs ...schema.Value) schema.Value {
		return doc.Root().With("@context", schema.ArrayValue(cs...))
	}
	o, err := proof.Open(t.Context(), schema.Marshal(with(append(all[:len(all):len(all)], more)...)), did.New(nothing{}))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := o.Claims.Get("@context"); len(got.Items) != len(all) {
		t.Errorf("the view has contexts that nobody signed: %s", schema.Marshal(got))
	}
	p := doc.Root().GetList("proof")[0]
	for _, c := range []struct {
		name string
		v    schema.Value
		want string
	}{
		{"one fewer", with(all[:len(all)-1]...), "contexts.nested"},
		{"one in between", with(all[0], more, all[1]), "contexts.nested"},
		{"fewer in the proof too", with(all[:len(all)-1]...).With("proof", p.With("@context", schema.ArrayValue(all[:len(all)-1]...))), "signature.mismatch"},
		{"none in the proof", doc.Root().With("proof", p.Without("@context")), "signature.mismatch"},
		{"a context of its own", doc.Root().With("proof", p.With("@context", schema.ObjectValue())), "contexts.nested"},
	} {
		s := read(t, parse(t, string(schema.Marshal(c.v))))
		if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], ed.Public()); !isFinding(err, c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// A signature over the text covers what no context defines; a null or a keyword
// is refused all the same, and so is everything if another proof needs statements.
func TestExcuses(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	v := unsigned(65, issuer)
	text := signAll(t, v, []signing{{ed, proof.Options{Format: "eddsa-jcs-2022"}}})
	both := signAll(t, v, []signing{{ed, proof.Options{Format: "eddsa-jcs-2022"}}, {ed, proof.Options{}}})
	for _, c := range []struct {
		member, text string
		textWants    string
		bothWants    string
	}{
		{"ects", `"5"`, "signature.mismatch", "terms.undefined"},
		{"name", `{"@value":"n","@language":"not a language"}`, "signature.mismatch", "terms.language"},
		{"nothing", `null`, "terms.null", "terms.null"},
		{"@index", `"x"`, "terms.keyword", "terms.keyword"},
	} {
		member := parse(t, `{"v":`+c.text+`}`).Root().Members[0].Value
		for d, want := range map[*schema.Document]string{text: c.textWants, both: c.bothWants} {
			_, err := proof.Open(t.Context(), schema.Marshal(d.Root().With(c.member, member)), did.New(nothing{}))
			if !isFinding(err, want) {
				t.Errorf("%s, %d proofs: %v, want %s", c.member, len(d.Root().GetList("proof")), err, want)
			}
		}
	}
	// Issuing refuses all of them, whatever the suite.
	if _, err := proof.Secure(t.Context(), jsonld.Embedded(), v.With("ects", schema.StringValue("5")), ed, proof.Options{Format: "eddsa-jcs-2022"}); !isFinding(err, "terms.undefined") {
		t.Errorf("signed: %v", err)
	}
}

// Others sign over the text what no context defines. It is covered, so it opens.
func TestUndefinedTermUnderTextProof(t *testing.T) {
	ed, issuer := didKey(t, "issuer")
	claims := unsigned(65, issuer).With("ects", schema.StringValue("5"))
	suite := dataintegrity.Lookup("eddsa-jcs-2022")
	p := suite.Options(claims, parse(t, `{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"`+ed.method+`","proofPurpose":"assertionMethod"}`).Root())
	_, config := suite.Split(claims, p)
	configuration, err := suite.Prepare(t.Context(), ed.Public(), dataintegrity.NewInput(jsonld.Embedded(), config))
	if err != nil {
		t.Fatal(err)
	}
	value, err := suite.Sign(t.Context(), ed, dataintegrity.NewInput(jsonld.Embedded(), claims), configuration, dataintegrity.SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := schema.Marshal(claims.With("proof", p.With("proofValue", schema.StringValue(value))))
	o, err := proof.Open(t.Context(), b, did.New(nothing{}))
	if err != nil || o.Claims.GetString("ects") != "5" {
		t.Errorf("opened: %v", err)
	}
}

// Options stand in the proof, are signed, and are read back.
func TestSecureOptions(t *testing.T) {
	ed, issuer := didKey(t, "holder")
	for _, format := range []string{"eddsa-rdfc-2022", "eddsa-jcs-2022"} {
		doc := signAll(t, unsigned(66, issuer), []signing{{ed, proof.Options{
			Format: format, Purpose: "authentication", ID: "urn:proof:1", Expires: created.AddDate(1, 0, 0),
			Domain: []string{"a.example", "b.example"}, Challenge: "c",
		}}})
		for _, c := range []string{`"id":"urn:proof:1"`, `"expires":"2027-01-02T03:04:05Z"`, `"domain":["a.example","b.example"]`, `"challenge":"c"`, `"proofPurpose":"authentication"`} {
			text := string(schema.Marshal(doc.Root().GetList("proof")[0]))
			if !strings.Contains(text, c) {
				t.Errorf("%s is not in %s", c, text)
				continue
			}
			changed := strings.Replace(string(doc.Raw()), c, strings.Replace(strings.Replace(c, "2027", "2028", 1), "a.example", "z.example", 1), 1)
			if changed == string(doc.Raw()) {
				changed = strings.Replace(changed, c+",", "", 1)
			}
			s := read(t, parse(t, changed))
			if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], ed.Public()); err == nil {
				t.Errorf("%s: %s is not signed", format, c)
			}
		}
	}
}
