package verifier_test

import (
	"errors"
	"reflect"
	"testing"

	"merkki/schema"
	"merkki/verifier"
)

func TestParseTrustList(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want verifier.TrustList
	}{
		"ids": {`["did:web:a.example", "https://b.example"]`,
			verifier.TrustList{Name: "f", Source: "f", Entries: []verifier.TrustEntry{{Issuer: "did:web:a.example"}, {Issuer: "https://b.example"}}}},
		"entries": {` [{"issuer":"did:web:a.example","name":"A","keys":["z6Mk"],"validFrom":"2026-01-01T00:00:00Z","validUntil":"2027-01-01T00:00:00+02:00","withdrawn":true,"test":true,"scopes":["x"],"colour":"red"}] `,
			verifier.TrustList{Name: "f", Source: "f", Entries: []verifier.TrustEntry{{Issuer: "did:web:a.example", Name: "A", Keys: []string{"z6Mk"},
				ValidFrom: at("2026-01-01T00:00:00Z"), ValidUntil: at("2027-01-01T00:00:00+02:00"), Withdrawn: true, Test: true, Scopes: []string{"x"}}}}},
		"object": {`{"name":"Universities","version":"7","date":"2026-01-01T00:00:00Z","issuers":["did:web:a.example"]}`,
			verifier.TrustList{Name: "Universities", Source: "f", Version: "7", Date: at("2026-01-01T00:00:00Z"), Entries: []verifier.TrustEntry{{Issuer: "did:web:a.example"}}}},
		"nobody": {`[]`, verifier.TrustList{Name: "f", Source: "f"}},
	} {
		got, err := verifier.ParseTrustList([]byte(c.text), "f")
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v %v\nwant %+v", name, got, err, c.want)
		}
	}
}

// TestTrustListRefusals: a list that is not understood is no list. What would
// widen an entry when it was ignored is refused with the place.
func TestTrustListRefusals(t *testing.T) {
	for text, pointer := range map[string]string{
		``:                                   "",
		`"did:web:a.example"`:                "",
		`{}`:                                 "/issuers",
		`{"issuers":{}}`:                     "/issuers",
		`[], "name":"x"`:                     "",
		`[7]`:                                "/issuers/0/issuer",
		`[""]`:                               "/issuers/0/issuer",
		`[{}]`:                               "/issuers/0/issuer",
		`[{"issuer":"a","withdrawn":"yes"}]`: "/issuers/0/withdrawn",
		`[{"issuer":"a","keys":"z6Mk"}]`:     "/issuers/0/keys",
		`[{"issuer":"a","keys":[7]}]`:        "/issuers/0/keys",
		`[{"issuer":"a","scopes":null}]`:     "/issuers/0/scopes",
		`[{"issuer":"a","validUntil":"2026-01-01"}]`: "/issuers/0/validUntil",
		`[{"issuer":"a","issuer":"b"}]`:              "/issuers/0/issuer",
	} {
		list, err := verifier.ParseTrustList([]byte(text), "f")
		var f *schema.Fault
		if !errors.As(err, &f) || f.Pointer != pointer || len(list.Entries) > 0 {
			t.Errorf("%s: %+v %v, want a fault at %q", text, list, err, pointer)
		}
	}
}

// FuzzParseTrustList: whatever comes, entries name an issuer and nothing
// panics.
func FuzzParseTrustList(f *testing.F) {
	f.Add([]byte(`["did:web:a.example"]`))
	f.Add([]byte(`{"issuers":[{"issuer":"a","keys":["z6Mk"],"validFrom":"2026-01-01T00:00:00Z"}]}`))
	f.Add(attackFile(f, "keys/trust.json"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := verifier.ParseTrustList(b, "f")
		if err != nil && len(list.Entries) > 0 {
			t.Error("entries of a list that was refused")
		}
		for _, e := range list.Entries {
			if e.Issuer == "" {
				t.Errorf("an entry for nobody: %+v", e)
			}
		}
	})
}
