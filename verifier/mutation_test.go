package verifier_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/schematest"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// awarded is a random credential of the issuer, with a status in its list.
func awarded(rnd *rand.Rand, uni *virtual.Issuer, l *virtual.List) schema.Value {
	v := schematest.Credential(rnd)
	profile, _ := v.Get("issuer")
	v = v.With("issuer", profile.With("id", schema.StringValue(uni.ID()))).Without("credentialStatus", "validUntil")
	return virtual.WithStatus(v, l, 7)
}

// mayBeUnknown are the places where a changed value is another thing that we do
// not know, rather than a wrong one.
func mayBeUnknown(what string) bool {
	where, ok := strings.CutPrefix(what, "changed ")
	return ok && (strings.HasPrefix(where, "/@context") || where == "/proof/0/type" || where == "/proof/0/cryptosuite")
}

// TestEveryChangeShows changes, removes and adds everything that can be in
// signed credentials, one thing at a time. None of it may be valid, and the
// report has to name the check.
func TestEveryChangeShows(t *testing.T) {
	credentials := 4
	if os.Getenv("MERKKI_LONG") == "1" {
		credentials = 200
	}
	campus := virtual.New()
	uni := campus.Key("university")
	list := uni.List("revocation")
	v := campus.Verifier(uni)
	rnd := rand.New(rand.NewPCG(20260601, 1))
	changes := 0
	for range credentials {
		b := uni.Sign(awarded(rnd, uni, list))
		if r := verify(t, v, b); r.Verdict != verifier.Valid {
			t.Fatalf("unchanged: %s %+v\n%s", r.Verdict, r.Primary, b)
		}
		for what, changed := range schematest.Mutations(parse(b)) {
			changes++
			r := verify(t, v, schema.Marshal(changed))
			switch {
			case r.Primary == nil || r.Verdict == verifier.Valid:
				t.Errorf("%s: %s\n%s", what, r.Verdict, schema.Marshal(changed))
			case r.Verdict == verifier.Indeterminate && !mayBeUnknown(what):
				t.Errorf("%s: %s %+v", what, r.Verdict, *r.Primary)
			}
		}
	}
	if changes < credentials*100 {
		t.Errorf("only %d changes to %d credentials", changes, credentials)
	}
	t.Logf("%d changes to %d credentials", changes, credentials)
}

// TestWhatASignatureOverRDFCannotSee lists every alteration that leaves the
// signed statements as they are. They are the only ones that stay valid.
func TestWhatASignatureOverRDFCannotSee(t *testing.T) {
	campus := virtual.New()
	uni := campus.Key("university")
	v := campus.Verifier(uni)
	signed := parse(uni.Sign(created(uni.Badge(), schema.ObjectValue(member("id", uni.ID()), member("type", "Profile")))))
	contexts := append(signed.GetList("@context"), schema.StringValue("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"))
	for what, changed := range map[string]schema.Value{
		"nothing":                               signed,
		"the other name of the credential type": signed.With("type", texts("VerifiableCredential", "AchievementCredential")),
		"an appended context that redefines nothing in use": signed.With("@context", schema.ArrayValue(contexts...)),
		"a statement said twice about one id": created(signed, schema.ObjectValue(
			member("id", uni.ID()), member("type", "Profile"), member("name", uni.Name))),
		"an empty array": signed.With("evidence", schema.ArrayValue()),
	} {
		if r := verify(t, v, schema.Marshal(changed)); r.Verdict != verifier.Valid {
			t.Errorf("%s: %s %+v", what, r.Verdict, r.Primary)
		}
	}
	doubled := texts("VerifiableCredential", "OpenBadgeCredential", "OpenBadgeCredential")
	r := verify(t, v, schema.Marshal(signed.With("type", doubled)))
	expect(t, r, "invalid; document.schema fail schema.duplicate-item")
}

// created puts a creator into the achievement.
func created(badge, creator schema.Value) schema.Value {
	subject, _ := badge.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	return badge.With("credentialSubject", subject.With("achievement", achievement.With("creator", creator)))
}

func texts(all ...string) schema.Value {
	var items []schema.Value
	for _, s := range all {
		items = append(items, schema.StringValue(s))
	}
	return schema.ArrayValue(items...)
}

// member is a member with a text, or for "type" with a list of one.
func member(name, text string) schema.Member {
	if name == "type" {
		return schema.Member{Name: name, Value: texts(text)}
	}
	return schema.Member{Name: name, Value: schema.StringValue(text)}
}

func verify(t testing.TB, v *verifier.Verifier, b []byte) *verifier.Report {
	t.Helper()
	r, err := v.Verify(t.Context(), verifier.Request{Input: b})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
