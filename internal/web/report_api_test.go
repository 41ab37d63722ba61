package web_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/verifier"
)

// TestStoredReport asks for reports of stored credentials: each says what /verify
// says of the same bytes, at once after a change too, and a credential that its
// address does not show has none.
func TestStoredReport(t *testing.T) {
	g := newGallery(t, false)
	for name, c := range map[string]struct {
		r       issuer.Record
		verdict verifier.Verdict
	}{"valid": {g.valid, verifier.Valid}, "expired": {g.expired, verifier.Invalid}, "revoked": {g.revoked, verifier.Invalid}, "suspended": {g.suspended, verifier.Invalid}} {
		w := g.call("GET", "/c/"+c.r.ID+"/report", "")
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
		var got, want verifier.Report
		must(t, json.Unmarshal(w.Body.Bytes(), &got))
		must(t, json.Unmarshal(g.call("POST", "/verify", string(c.r.Credential)).Body.Bytes(), &want))
		for _, shown := range want.Check("proof.signature").Evidence {
			m := shown.(map[string]any)
			delete(m, "canonicalDocument")
			delete(m, "canonicalProof")
		}
		if got.Verdict != c.verdict || string(asJSON(t, got)) != string(asJSON(t, want)) {
			t.Errorf("%s: the report of the stored credential is\n%s\nand /verify says\n%s", name, asJSON(t, got), asJSON(t, want))
		}
	}

	verdict := func() verifier.Verdict {
		var rep verifier.Report
		must(t, json.Unmarshal(g.call("GET", "/c/"+g.valid.ID+"/report", "").Body.Bytes(), &rep))
		return rep.Verdict
	}
	_, err := g.ChangeStatus(ctx, local, g.valid.ID, revoke)
	must(t, err)
	if got := verdict(); got != verifier.Invalid {
		t.Errorf("right after it was revoked the report says %s", got)
	}
	g.pass(48 * time.Hour) // lists and reports of yesterday are worth nothing
	if got := verdict(); got != verifier.Invalid {
		t.Errorf("two days later the report says %s", got)
	}
	_, err = g.Withhold(ctx, local, g.valid.ID, true)
	must(t, err)
	if w := g.call("GET", "/c/"+g.valid.ID+"/report", ""); w.Code != http.StatusNotFound {
		t.Errorf("a withheld credential has a report: %d", w.Code)
	}
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return b
}

// BenchmarkReport is the report of a stored credential, every check run anew.
func BenchmarkReport(b *testing.B) {
	s := newSite(b, "Example University of Applied Sciences", "en", false)
	ids := warmStore(b, s, 50)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if w := s.call("GET", "/c/"+ids[i%len(ids)]+"/report", ""); w.Code != 200 {
			b.Fatal(w.Code)
		}
	}
}
