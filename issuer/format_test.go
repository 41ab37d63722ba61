package issuer_test

import (
	"slices"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// equipped is a school that signs in these formats.
func equipped(t testing.TB, formats ...string) (*house, issuer.Achievement, issuer.Institution) {
	t.Helper()
	h, a := school(t, false)
	i, err := h.EditInstitution(ctx, registrar, a.Issuer, issuer.Edit{Formats: formats})
	must(t, err)
	return h, a, i
}

// suitesOf lists the suites of the proofs of a document.
func suitesOf(t testing.TB, document []byte) (names []string) {
	t.Helper()
	for _, p := range parse(t, string(document)).GetList("proof") {
		names = append(names, p.GetString("cryptosuite"))
	}
	return names
}

func TestEveryFormatThatIsIssued(t *testing.T) {
	h, a, _ := equipped(t, "eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-rdfc-2019:P-384", "ecdsa-jcs-2019:P-384", "ecdsa-sd-2023")
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	want := []string{"eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-rdfc-2019", "ecdsa-jcs-2019"}
	if got := suitesOf(t, r.Credential); !slices.Equal(got, want) {
		t.Errorf("the document is signed with %v, want %v", got, want)
	}
	report := h.verify(t, r.Credential)
	if n := report.Check("proof.signature").Args["proofs"]; report.Verdict != verifier.Valid || n != len(want) {
		t.Errorf("%s with %v proofs that hold, %+v", report.Verdict, n, report.Primary)
	}
	for n := range want { // each proof stands alone as well
		doc := parse(t, string(r.Credential))
		one := schema.Marshal(doc.With("proof", doc.GetList("proof")[n]))
		if report := h.verify(t, one); report.Verdict != verifier.Valid {
			t.Errorf("%s alone: %s, %+v", want[n], report.Verdict, report.Primary)
		}
	}
	altered := strings.Replace(string(r.Credential), "Aino", "Eino", 1)
	if report := h.verify(t, []byte(altered)); report.Verdict != verifier.Invalid {
		t.Errorf("altered: %s", report.Verdict)
	}
	again, err := h.Get(ctx, r.ID)
	must(t, err)
	if !slices.Equal(again.Forms, []string{issuer.FormBase}) || string(again.Base) != string(r.Base) {
		t.Errorf("read back: forms %v", again.Forms)
	}
	list, _ := h.list(t, r.Status[0].List)
	if got := suitesOf(t, schema.Marshal(list)); !slices.Equal(got, want) {
		t.Errorf("the status list is signed with %v, want what the credential has", got)
	}
	h.healthy(t)
}

// The base copy is the holder's: the public document has nothing of it, no list
// shows it, and what its holder derives from it verifies, the least of it too.
func TestBaseCopyIsForItsHolder(t *testing.T) {
	h, a, _ := equipped(t, "eddsa-rdfc-2022", "ecdsa-sd-2023")
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if strings.Contains(string(r.Credential), "ecdsa-sd-2023") {
		t.Error("the public document has a base proof")
	}
	if report := h.verify(t, r.Base); report.Verdict == verifier.Valid {
		t.Error("a base proof is taken for a credential")
	}
	page, err := h.List(ctx, registrar, issuer.Query{})
	must(t, err)
	if page.Items[0].Base != nil || !slices.Equal(page.Items[0].Forms, []string{issuer.FormBase}) {
		t.Errorf("listed with %d bytes of base copy and forms %v", len(page.Items[0].Base), page.Items[0].Forms)
	}
	doc, err := schema.Parse(r.Base, schema.Limits{})
	must(t, err)
	for _, pointers := range [][]string{{"/name"}, {"/credentialSubject"}, {"/credentialSubject/identifier", "/name"}} {
		shown, err := proof.Derive(ctx, jsonld.Embedded(), doc, pointers)
		must(t, err)
		report := h.verify(t, shown.Raw())
		if report.Verdict != verifier.Valid {
			t.Errorf("derived for %v: %s, %+v, args %v", pointers, report.Verdict, report.Primary, report.Check(report.Primary.Check).Args)
		}
		named := strings.Contains(string(shown.Raw()), "Aino")
		if wanted := pointers[0] != "/name"; named != wanted {
			t.Errorf("derived for %v: the name is there: %v", pointers, named)
		}
	}
	_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	shown, err := proof.Derive(ctx, jsonld.Embedded(), doc, []string{"/name"})
	must(t, err)
	if report := h.verify(t, shown.Raw()); report.Primary == nil || report.Primary.Code != schema.CodeRevoked {
		t.Errorf("derived and revoked: %s, %+v", report.Verdict, report.Primary)
	}
}

func TestFormatsRefused(t *testing.T) {
	h, a, _ := equipped(t, "eddsa-rdfc-2022")
	key, err := h.AddInstitution(ctx, registrar, "Key School", "key", "", false)
	must(t, err)
	for name, c := range map[string]struct {
		institution string
		formats     []string
		code        schema.Code
		pointer     string
	}{
		"none":                     {a.Issuer, []string{}, schema.CodeMalformedValueError, "/formats"},
		"too many":                 {a.Issuer, slices.Repeat([]string{"eddsa-rdfc-2022"}, 9), schema.CodeMalformedValueError, "/formats"},
		"twice":                    {a.Issuer, []string{"ecdsa-rdfc-2019", "ecdsa-rdfc-2019:P-256"}, schema.CodeMalformedValueError, "/formats/1"},
		"two base copies":          {a.Issuer, []string{"eddsa-rdfc-2022", "ecdsa-sd-2023", "ecdsa-sd-2023"}, schema.CodeMalformedValueError, "/formats/2"},
		"two tokens":               {a.Issuer, []string{"eddsa-rdfc-2022", "vc-jwt", "vc-jwt:Ed25519"}, schema.CodeMalformedValueError, "/formats/2"},
		"nothing in the document":  {a.Issuer, []string{"ecdsa-sd-2023"}, schema.CodeMalformedValueError, "/formats"},
		"nobody's":                 {a.Issuer, []string{"eddsa-rdfc-2022", "rot13"}, schema.CodeUnsupportedAlgorithm, "/formats/1"},
		"read only":                {a.Issuer, []string{"Ed25519Signature2020"}, schema.CodeUnsupportedAlgorithm, "/formats/0"},
		"key that does not fit":    {a.Issuer, []string{"eddsa-rdfc-2022:P-256"}, schema.CodeUnsupportedAlgorithm, "/formats/0"},
		"key that only verifies":   {a.Issuer, []string{"eddsa-rdfc-2022", "vc-jwt:P-384"}, schema.CodeUnsupportedAlgorithm, "/formats/1"},
		"no such key":              {a.Issuer, []string{"eddsa-rdfc-2022:"}, schema.CodeUnsupportedAlgorithm, "/formats/0"},
		"did:key and another kind": {key.ID, []string{"eddsa-rdfc-2022", "ecdsa-rdfc-2019"}, schema.CodeConflict, ""},
		"did:key and its kind no":  {key.ID, []string{"eddsa-rdfc-2022:P-256"}, schema.CodeConflict, ""},
		"nobody":                   {issuer.NewID(), []string{"eddsa-rdfc-2022"}, schema.CodeNotFound, ""},
	} {
		_, err := h.EditInstitution(ctx, registrar, c.institution, issuer.Edit{Formats: c.formats})
		if f := faultOf(err); f == nil || f.Code != c.code || f.Pointer != c.pointer {
			t.Errorf("%s: %v, want %s at %q", name, err, c.code, c.pointer)
		}
	}
	for name, actor := range map[string]struct {
		issuer.Actor
		code schema.Code
	}{
		"publisher":             {issuer.Actor{Name: "p", Roles: []string{issuer.Publisher, issuer.Registrar}}, schema.CodeForbidden},
		"custodian of anothers": {issuer.Actor{Name: "c", Issuer: key.ID, Roles: []string{issuer.KeyCustodian}}, schema.CodeNotFound},
	} {
		_, err := h.EditInstitution(ctx, actor.Actor, a.Issuer, issuer.Edit{Formats: []string{"eddsa-jcs-2022"}})
		if f := faultOf(err); f == nil || f.Code != actor.code {
			t.Errorf("%s: %v, want %s", name, err, actor.code)
		}
	}
}

// Switching a format on makes the keys that it needs, once; switching it off
// leaves them published, for what they signed.
func TestKeysOfFormats(t *testing.T) {
	h, a, _ := equipped(t, "eddsa-rdfc-2022", "ecdsa-rdfc-2019", "ecdsa-sd-2023:P-256")
	count := func() map[string]int {
		pairs, err := h.Keys(ctx, a.Issuer)
		must(t, err)
		n := map[string]int{}
		for _, p := range pairs {
			n[string(p.Algorithm)+" "+string(p.Role)]++
		}
		return n
	}
	before := count()
	if before["P-256 credentials"] != 1 || before["P-256 status-lists"] != 1 || before["Ed25519 credentials"] != 1 {
		t.Errorf("keys: %v", before)
	}
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	for _, formats := range [][]string{{"eddsa-jcs-2022"}, {"ecdsa-rdfc-2019"}} {
		_, err := h.EditInstitution(ctx, registrar, a.Issuer, issuer.Edit{Formats: formats})
		must(t, err)
		if report := h.verify(t, r.Credential); report.Verdict != verifier.Valid {
			t.Errorf("signed before %v: %s, %+v", formats, report.Verdict, report.Primary)
		}
		if got := suitesOf(t, h.issue(t, issuer.Draft{Achievement: a.ID}).Credential); !slices.Equal(got, formats) {
			t.Errorf("after %v it signs with %v", formats, got)
		}
	}
	if after := count(); len(after) != len(before) || after["P-256 credentials"] != 1 {
		t.Errorf("keys: %v, before %v", after, before)
	}
	h.reopen(t)
	i, err := h.Institution(ctx, a.Issuer)
	must(t, err)
	if !slices.Equal(i.Formats, []string{"ecdsa-rdfc-2019"}) {
		t.Errorf("after a restart: %v", i.Formats)
	}
	h.healthy(t)
}

func TestNewKeysOfEveryKind(t *testing.T) {
	h, a, _ := equipped(t, "eddsa-rdfc-2022", "ecdsa-rdfc-2019")
	made, err := h.NewKey(ctx, registrar, a.Issuer, keys.P256, keys.Credentials)
	must(t, err)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if !strings.Contains(string(r.Credential), made.ID) {
		t.Error("the newest key did not sign")
	}
	for _, c := range []struct {
		keys.Algorithm
		keys.Role
	}{{keys.RSA, keys.StatusLists}, {keys.P256, keys.Log}, {"secp256k1", keys.Credentials}} {
		_, err := h.NewKey(ctx, registrar, a.Issuer, c.Algorithm, c.Role)
		refusedWith(t, err, schema.CodeUnsupportedAlgorithm, "/algorithm")
	}
}
