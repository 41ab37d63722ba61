package verifier_test

import (
	"fmt"
	"strings"
	"testing"

	"merkki/proof"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// occasion is what a reader asked the holder for.
var occasion = proof.Options{Challenge: "abc", Domain: []string{"https://reader.example"}}

// asked makes the request of that reader.
func (w *world) asked() {
	w.ask.Presentation, w.ask.Challenge, w.ask.Domain = true, "abc", "https://reader.example"
}

// about is a badge of the university about an issuer of the campus, who then is
// its holder.
func (w *world) about(holder *virtual.Issuer) schema.Value {
	subject, _ := w.uni.Badge().Get("credentialSubject")
	return w.uni.Badge().With("credentialSubject", subject.With("id", schema.StringValue(holder.ID())))
}

var presentations = []situation{
	{"shown by its holder", func(w *world) []byte {
		w.asked()
		return w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)), w.uni.Token(w.about(w.forger)))
	}, "valid; key.controller pass key.of-holder; proof.purpose pass purpose.showing; issuer.trusted not-applicable check.presented; presentation.binding pass presentation.bound", didDoc},
	{"nothing shown", func(w *world) []byte {
		w.asked()
		return w.forger.Present(occasion)
	}, "valid; presentation.binding pass presentation.bound", ""},
	{"for another occasion", func(w *world) []byte {
		w.asked()
		return w.forger.Present(proof.Options{Challenge: "xyz", Domain: occasion.Domain}, w.uni.Sign(w.about(w.forger)))
	}, "invalid; presentation.binding fail presentation.challenge", didDoc},
	{"for another reader", func(w *world) []byte {
		w.asked()
		return w.forger.Present(proof.Options{Challenge: "abc", Domain: []string{"https://other.example"}}, w.uni.Sign(w.about(w.forger)))
	}, "invalid; presentation.binding fail presentation.domain", didDoc},
	{"for several readers", func(w *world) []byte {
		w.asked()
		return w.forger.Present(proof.Options{Challenge: "abc", Domain: []string{"https://other.example", "https://reader.example"}},
			w.uni.Sign(w.about(w.forger)))
	}, "valid", didDoc},
	{"not asked for an occasion", func(w *world) []byte {
		w.ask.Presentation = true
		return w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)))
	}, "valid", didDoc},
	{"somebody else's", func(w *world) []byte {
		w.asked()
		return w.forger.Present(occasion, w.uni.Sign(w.uni.Badge()))
	}, "invalid; presentation.binding fail presentation.holder", didDoc},
	{"nobody's", func(w *world) []byte {
		w.asked()
		subject, _ := w.uni.Badge().Get("credentialSubject")
		identifier := schema.ArrayValue(schema.ObjectValue(schema.Member{Name: "type", Value: schema.StringValue("IdentityObject")},
			schema.Member{Name: "hashed", Value: schema.BoolValue(false)}, member("identityHash", "a@b.example"), member("identityType", "emailAddress")))
		return w.forger.Present(occasion, w.uni.Sign(w.uni.Badge().With("credentialSubject", subject.Without("id").With("identifier", identifier))))
	}, "indeterminate; presentation.binding unknown presentation.holder", didDoc},
	{"with one that is revoked", func(w *world) []byte {
		w.asked()
		list := w.uni.List("revocation")
		list.Set(7)
		return w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)), w.uni.Sign(virtual.WithStatus(w.about(w.forger), list, 7)))
	}, "invalid; credential.status fail status.revocation; presentation.binding pass presentation.bound", didDoc + " " + list1},
	{"with one of an unknown issuer", func(w *world) []byte {
		w.asked()
		other := w.Key("other")
		return w.forger.Present(occasion, other.Sign(w.about(w.forger).With("issuer", schema.StringValue(other.ID()))))
	}, "indeterminate; issuer.trusted unknown issuer.unlisted", ""},
	{"with one that was changed", func(w *world) []byte {
		w.asked()
		return w.forger.Present(occasion, []byte(strings.Replace(string(w.uni.Sign(w.about(w.forger))), "nine hold", "ten hold", 1)))
	}, "invalid; proof.signature pass signature.holds; presentation.binding fail signature.mismatch", didDoc},
	{"with one that is no credential", func(w *world) []byte {
		w.asked()
		return w.forger.Present(occasion, []byte("eyJhbGciOiJFZERTQSJ9.e30.AAAA"))
	}, "invalid; presentation.binding fail contexts.missing", ""},
	{"as a token", func(w *world) []byte {
		w.asked()
		return presentedAsToken(w, "abc")
	}, "valid; input.container pass container.envelope; presentation.binding pass presentation.bound", didDoc},
	{"as a token for another occasion", func(w *world) []byte {
		w.asked()
		return presentedAsToken(w, "xyz")
	}, "invalid; presentation.binding fail presentation.challenge", didDoc},
	{"signed for something else", func(w *world) []byte {
		w.asked()
		o := occasion
		o.Purpose = "assertionMethod"
		return w.forger.Present(o, w.uni.Sign(w.about(w.forger)))
	}, "invalid; proof.purpose fail purpose.differs", didDoc},
	{"in the name of another holder", func(w *world) []byte {
		w.asked()
		b := w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)))
		return []byte(strings.Replace(string(b), `"holder":"`+w.forger.ID(), `"holder":"`+w.Key("other").ID(), 1))
	}, "invalid; key.controller fail key.unbound; presentation.binding not-run check.not-run", ""},
	{"a credential where a presentation was asked for", func(w *world) []byte {
		w.asked()
		return w.uni.Sign(w.uni.Badge())
	}, "invalid; document.schema fail schema.shape", ""},
	{"about the person asked about", func(w *world) []byte {
		w.asked()
		w.ask.Recipient = &verifier.Recipient{Type: "id", Value: w.forger.ID()}
		return w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)))
	}, "valid; recipient.matches not-applicable check.presented", didDoc},
	{"about somebody who was not asked about", func(w *world) []byte {
		w.asked()
		w.ask.Recipient = &verifier.Recipient{Type: "id", Value: "did:example:other"}
		return w.forger.Present(occasion, w.uni.Sign(w.about(w.forger)))
	}, "invalid; recipient.matches fail recipient.differs", didDoc},
}

// presentedAsToken is a presentation whose holder signs it as a token.
func presentedAsToken(w *world, nonce string) []byte {
	key := edKey(9)
	holder := "did:key:" + multikey(key)
	subject, _ := w.uni.Badge().Get("credentialSubject")
	token := w.uni.Token(w.uni.Badge().With("credentialSubject", subject.With("id", schema.StringValue(holder))))
	payload := schema.ObjectValue(
		schema.Member{Name: "@context", Value: schema.ArrayValue(schema.StringValue("https://www.w3.org/ns/credentials/v2"))},
		member("type", "VerifiablePresentation"), member("holder", holder),
		schema.Member{Name: "verifiableCredential", Value: schema.ArrayValue(virtual.Envelope(token))},
		member("nonce", nonce), member("aud", "https://reader.example"))
	return compact(`{"alg":"EdDSA","typ":"vp+jwt","kid":"`+holder+"#"+multikey(key)+`"}`, string(schema.Marshal(payload)), edSign(key))
}

func TestPresentations(t *testing.T) { play(t, presentations) }

// endorsed puts endorsements into a badge.
func endorsed(badge schema.Value, endorsements ...[]byte) schema.Value {
	var all []schema.Value
	for _, e := range endorsements {
		all = append(all, parse(e))
	}
	return badge.With("endorsement", schema.ArrayValue(all...))
}

var endorsements = []situation{
	{"none", func(w *world) []byte { return w.uni.Sign(w.uni.Badge()) },
		"valid; endorsements not-applicable endorsements.none", didDoc},
	{"one by a listed issuer", func(w *world) []byte {
		return w.uni.Sign(endorsed(w.uni.Badge(), w.uni.Endorse(w.uni.Badge().GetString("id"))))
	}, "valid; endorsements pass endorsements.hold", didDoc},
	{"of the issuer", func(w *world) []byte {
		who, _ := w.uni.Badge().Get("issuer")
		return w.uni.Sign(w.uni.Badge().With("issuer", endorsed(who, w.uni.Endorse(w.uni.ID()))))
	}, "valid; endorsements pass endorsements.hold", didDoc},
	{"one as a token, of the badge that is one too", func(w *world) []byte {
		b := w.uni.Badge()
		return w.uni.Token(b.With("endorsementJwt", schema.ArrayValue(schema.StringValue(string(w.uni.Token(w.uni.Endorsement(b.GetString("id"))))))))
	}, "valid; endorsements pass endorsements.hold", didDoc},
	{"by somebody unknown", func(w *world) []byte {
		return w.uni.Sign(endorsed(w.uni.Badge(), w.forger.Endorse(w.uni.Badge().GetString("id"))))
	}, "valid; endorsements pass endorsements.hold; endorsements also warn endorsements.unconfirmed", didDoc},
	{"changed", func(w *world) []byte {
		e := strings.Replace(string(w.uni.Endorse(w.uni.Badge().GetString("id"))), "know it well", "know it best", 1)
		return w.uni.Sign(endorsed(w.uni.Badge(), []byte(e)))
	}, "valid; endorsements also warn endorsements.unconfirmed", didDoc},
	{"of something else", func(w *world) []byte {
		return w.uni.Sign(endorsed(w.uni.Badge(), w.uni.Endorse("https://campus.example/c/another")))
	}, "valid; endorsements also warn endorsements.of-another", didDoc},
	{"by a host that is down", func(w *world) []byte {
		other := w.Web("other.example")
		e := other.Endorse(w.uni.Badge().GetString("id"))
		w.Down(other.DocumentURL())
		return w.uni.Sign(endorsed(w.uni.Badge(), e))
	}, "valid; endorsements also warn endorsements.unconfirmed", didDoc + " https://other.example/.well-known/did.json"},
}

func TestEndorsements(t *testing.T) { play(t, endorsements) }

// TestSubReports: what is inside has a report of its own that says where it is.
func TestSubReports(t *testing.T) {
	w := newWorld()
	id := w.uni.Badge().GetString("id")
	b := w.uni.Sign(endorsed(w.uni.Badge(), w.uni.Endorse(id), w.forger.Endorse(id)))
	r := verify(t, w.v, b)
	reports, _ := r.Check("endorsements").Evidence["reports"].([]*verifier.Report)
	if len(reports) != 2 {
		t.Fatalf("%d reports", len(reports))
	}
	for i, want := range []string{"valid", "indeterminate"} {
		consistent(t, reports[i])
		if p := fmt.Sprintf("/endorsement/%d", i); reports[i].Pointer != p || string(reports[i].Verdict) != want {
			t.Errorf("%s %s, want %s %s", reports[i].Pointer, reports[i].Verdict, p, want)
		}
	}
	if also := r.Check("endorsements").Also; len(also) != 1 || also[0].Pointer != "/endorsement/1" {
		t.Errorf("%+v", also)
	}
}

// TestEndorsementsAreBounded: tokens hide from the parser how deep they go.
func TestEndorsementsAreBounded(t *testing.T) {
	w := newWorld()
	w.v = w.Verifier(w.forger)
	id := w.forger.Badge().GetString("id")
	inner := w.forger.Endorsement(id)
	for range 6 {
		token := schema.StringValue(string(w.forger.Token(inner)))
		inner = w.forger.Endorsement(id).With("endorsementJwt", schema.ArrayValue(token))
	}
	r := verify(t, w.v, w.forger.Token(w.forger.Badge().With("endorsementJwt", schema.ArrayValue(schema.StringValue(string(w.forger.Token(inner)))))))
	if r.Verdict != verifier.Valid {
		t.Fatalf("%s %+v", r.Verdict, r.Primary)
	}
	depth := 0
	for reports := []*verifier.Report{r}; len(reports) > 0; depth++ {
		reports, _ = reports[0].Check("endorsements").Evidence["reports"].([]*verifier.Report)
	}
	if depth > 4 {
		t.Errorf("%d levels were verified", depth)
	}
}

// TestWhatIsInsideIsBounded: many large credentials in one presentation are
// judged as far as the work goes, and the rest is said to be too much.
func TestWhatIsInsideIsBounded(t *testing.T) {
	w := newWorld()
	var many []schema.Value
	for i := range 300 {
		many = append(many, schema.ObjectValue(member("type", "Alignment"), member("targetName", "name"),
			member("targetUrl", fmt.Sprintf("https://framework.example/%d", i)), member("targetCode", "code")))
	}
	subject, _ := w.about(w.forger).Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	large := w.about(w.forger).With("credentialSubject", subject.With("achievement", achievement.With("alignment", schema.ArrayValue(many...))))
	token := w.uni.Token(large)
	var shown []schema.Value
	for range 22 {
		shown = append(shown, virtual.Envelope(token))
	}
	b := schema.Marshal(parse(w.forger.Present(occasion)).With("verifiableCredential", schema.ArrayValue(shown...)))
	presentation := w.forger.SignWith(parse(b).Without("proof"), proof.Options{Purpose: "authentication", Created: w.Now(), Format: "eddsa-jcs-2022"})
	r, err := w.v.Verify(t.Context(), verifier.Request{Input: presentation, Presentation: true})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, r, "indeterminate; presentation.binding unknown syntax.values")
	reports := r.Check("presentation.binding").Evidence["reports"].([]*verifier.Report)
	judged := 0
	for _, r := range reports {
		if r.Verdict == verifier.Valid {
			judged++
		}
	}
	if judged < 2 || judged > 20 || len(reports) != 22 {
		t.Errorf("%d of %d were judged", judged, len(reports))
	}
}
