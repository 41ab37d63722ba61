package issuer_test

import (
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

func TestAchievementKeepsEverythingButItsID(t *testing.T) {
	h, a := school(t, false)
	want := strings.ReplaceAll(welding, "urn:example:welding", a.URL)
	if got := string(schema.Marshal(a.Definition)); got != string(schema.Marshal(parse(t, want))) {
		t.Errorf("definition is %s\nwant %s", got, want)
	}
	h.reopen(t)
	for _, ref := range []string{a.ID, strings.ToLower(a.ID), a.ID + "/v1", a.URL} {
		got, err := h.Achievement(ctx, ref)
		must(t, err)
		if got.URL != base+"/a/"+a.ID+"/v1" || string(schema.Marshal(got.Definition)) != string(schema.Marshal(a.Definition)) {
			t.Errorf("by %s: %+v", ref, got)
		}
	}
	for _, ref := range []string{"", "v1", a.ID + "/v2", a.ID + "/", issuer.NewID(), base + "/a/", "https://other.example/a/" + a.ID + "/v1"} {
		_, err := h.Achievement(ctx, ref)
		refusedWith(t, err, schema.CodeNotFound, "")
	}
}

func TestAchievementVersions(t *testing.T) {
	h, first := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: first.ID})
	edited := first.Definition.With("description", schema.StringValue("Joining steel very safely."))
	second, err := h.AddAchievement(ctx, registrar, "", edited, true)
	must(t, err)
	if second.ID != first.ID || second.Version != 2 || second.URL != base+"/a/"+first.ID+"/v2" {
		t.Fatalf("the next version is %+v", second)
	}
	grade := second.Definition.GetList("resultDescription")[0].GetString("id")
	if grade != second.URL+"#grade" {
		t.Errorf("the fragment id did not move: %s", grade)
	}
	if newest, err := h.Achievement(ctx, first.ID); err != nil || newest.Version != 2 {
		t.Errorf("newest: %+v, %v", newest, err)
	}
	if old, err := h.Achievement(ctx, r.Achievement); err != nil || old.Version != 1 || old.Definition.GetString("description") != "Joining steel safely." {
		t.Errorf("an issued version changed: %+v, %v", old, err)
	}
	_, err = h.AddAchievement(ctx, registrar, "", edited.With("id", schema.StringValue(base+"/a/"+issuer.NewID()+"/v1")), false)
	refusedWith(t, err, schema.CodeNotFound, "")
	all, err := h.Achievements(ctx)
	must(t, err)
	if len(all) != 2 || all[0].Version != 1 || all[1].Version != 2 {
		t.Errorf("list: %+v", all)
	}
}

func TestAchievementsRefused(t *testing.T) {
	h, _ := school(t, false)
	for name, c := range map[string]struct {
		definition string
		code       schema.Code
		pointer    string
	}{
		"no criteria":                {`{"id":"urn:x:1","type":["Achievement"],"name":"N","description":"D"}`, schema.CodeMalformedValueError, ""},
		"a term nobody defines":      {`{"id":"urn:x:1","type":["Achievement"],"name":"N","description":"D","criteria":{"narrative":"C"},"colour":"red"}`, schema.CodeDataLossDetectionError, "/colour"},
		"a context of its own":       {`{"@context":"https://example.org/c","id":"urn:x:1","type":["Achievement"],"name":"N","description":"D","criteria":{"narrative":"C"}}`, schema.CodeUnsupportedContext, "/@context"},
		"a name that rings the bell": {`{"id":"urn:x:1","type":["Achievement"],"name":"N\u0007","description":"D","criteria":{"narrative":"C"}}`, schema.CodeMalformedValueError, "/name"},
		"not an achievement":         {`{"id":"urn:x:1","type":["Profile"],"name":"N"}`, schema.CodeMalformedValueError, ""},
	} {
		_, err := h.AddAchievement(ctx, registrar, "", parse(t, c.definition), false)
		if f := faultOf(err); f == nil || f.Code != c.code || f.Pointer != c.pointer {
			t.Errorf("%s: %v, want %s at %q", name, err, c.code, c.pointer)
		}
	}
}

func TestInstitutions(t *testing.T) {
	h := newHouse(t)
	_, err := h.AddAchievement(ctx, registrar, "", parse(t, welding), false)
	refusedWith(t, err, schema.CodeNotFound, "")
	first, err := h.AddInstitution(ctx, registrar, "First", "", "fi", false)
	must(t, err)
	second, err := h.AddInstitution(ctx, registrar, "Second", "web", "sv", true)
	must(t, err)
	third, err := h.AddInstitution(ctx, registrar, "Third", "key", "en", false)
	must(t, err)
	if first.DID != "did:web:badges.example" || second.DID != "did:web:badges.example:i:"+second.ID || !strings.HasPrefix(third.DID, "did:key:z6Mk") {
		t.Errorf("DIDs %s, %s, %s", first.DID, second.DID, third.DID)
	}
	for _, i := range []issuer.Institution{first, second} {
		doc, err := h.DIDDocument(ctx, i.ID)
		must(t, err)
		// Ed25519 for credentials and for lists, P-256 as Multikey and as JWK
		if doc.GetString("id") != i.DID || len(doc.GetList("assertionMethod")) != 4 {
			t.Errorf("document of %s: %s", i.DID, schema.Marshal(doc))
		}
	}
	_, err = h.DIDDocument(ctx, third.ID)
	refusedWith(t, err, schema.CodeNotFound, "")
	_, err = h.NewKey(ctx, registrar, third.ID, "Ed25519", "credentials")
	refusedWith(t, err, schema.CodeConflict, "")
	_, err = h.AddAchievement(ctx, registrar, "", parse(t, welding), false)
	refusedWith(t, err, schema.CodeMalformedValueError, "/issuer")

	h.reopen(t)
	for _, i := range []issuer.Institution{first, second, third} {
		a, err := h.AddAchievement(ctx, registrar, i.ID, parse(t, welding), true)
		must(t, err)
		r := h.issue(t, issuer.Draft{Achievement: a.ID})
		if report := h.verify(t, r.Credential); report.Verdict != "valid" {
			t.Errorf("%s: %s, %+v", i.DID, report.Verdict, report.Primary)
		}
		if name, domain, ok := h.OwnIssuer(i.DID); !ok || name != i.Name || domain != "badges.example" {
			t.Errorf("own issuer %s: %s at %s, %v", i.DID, name, domain, ok)
		}
	}
	h.healthy(t)
}

func TestRotation(t *testing.T) {
	h, a := school(t, false)
	before := h.issue(t, issuer.Draft{Achievement: a.ID})
	old, err := h.Keys(ctx, "")
	must(t, err)
	pair, err := h.NewKey(ctx, registrar, "", "Ed25519", "credentials")
	must(t, err)
	after := h.issue(t, issuer.Draft{Achievement: a.ID})
	if !strings.Contains(string(after.Credential), pair.ID) {
		t.Error("the newest key did not sign")
	}
	must(t, h.keys.Retire(ctx, old[0].ID, h.clock()))
	for _, r := range []issuer.Record{before, after} {
		if report := h.verify(t, r.Credential); report.Verdict != "valid" {
			t.Errorf("%s: %+v", report.Verdict, report.Primary)
		}
	}
}
