package verifier_test

import (
	"testing"

	"merkki/verifier"
)

// service is an Own with one issuer.
type service struct {
	id   string
	test bool
}

func (s service) OwnIssuer(id string) (name, domain string, ok bool) {
	return "Our School", "school.example", id == s.id
}

func (s service) OwnTestIssuer(id string) bool { return s.test && id == s.id }

// TestOwnIssuer: a service that is asked about itself cannot vouch for itself.
// It says who it is, and the domain beside the name.
func TestOwnIssuer(t *testing.T) {
	w := newWorld()
	input := w.uni.Sign(w.uni.Badge())
	for name, c := range map[string]struct {
		own  verifier.Own
		ask  string
		want string
		test bool
	}{
		"itself":              {service{id: w.uni.ID()}, "", "valid; issuer.trusted not-applicable issuer.self", false},
		"a test issuer":       {service{id: w.uni.ID(), test: true}, "", "valid; issuer.trusted not-applicable issuer.self", true},
		"another's":           {service{id: "did:web:other.example"}, "", "indeterminate; issuer.trusted unknown issuer.unlisted", false},
		"other was asked for": {service{id: w.uni.ID()}, "other.example", "indeterminate; issuer.trusted unknown issuer.unlisted", false},
	} {
		t.Run(name, func(t *testing.T) {
			w.v.Trust, w.v.Own = nil, c.own
			r, err := w.v.Verify(t.Context(), verifier.Request{Input: input, Issuer: c.ask})
			if err != nil {
				t.Fatal(err)
			}
			expect(t, r, c.want)
			consistent(t, r)
			if r.Test != c.test {
				t.Errorf("test: %v", r.Test)
			}
			if args := r.Check("issuer.trusted").Args; c.want[:5] == "valid" && (args["name"] != "Our School" || args["domain"] != "school.example") {
				t.Errorf("args %v", args)
			}
		})
	}
}

// TestTestIssuerIsSaidToBeOne: by merit under an entry marked as test, unknown
// without it.
func TestTestIssuerIsSaidToBeOne(t *testing.T) {
	w := newWorld()
	input := w.uni.Sign(w.uni.Badge())
	w.v.Trust[0].Entries[0].Test = true
	if r := verify(t, w.v, input); !r.Test || r.Verdict != verifier.Valid {
		t.Errorf("%s, test %v", r.Verdict, r.Test)
	}
	w.v.Trust = append(w.v.Trust, verifier.TrustList{Entries: []verifier.TrustEntry{{Issuer: w.uni.ID()}}})
	if r := verify(t, w.v, input); !r.Test {
		t.Error("another list hides that it is a test issuer")
	}
	w.v.Trust = nil
	if r := verify(t, w.v, input); r.Test || r.Verdict != verifier.Indeterminate {
		t.Errorf("unlisted: %s, test %v", r.Verdict, r.Test)
	}
}
