package schema_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"merkki/schema"
)

func TestCredentialOf(t *testing.T) {
	c := schema.CredentialOf(set(plainBadge(), "/endorsement", `[{"type":["VerifiableCredential","EndorsementCredential"],
		"credentialSubject":{"id":"urn:x:1","endorsementComment":"Hyvä"}}]`))
	for what, got := range map[string]string{
		"https://koulu.example/c/1": c.ID,
		"did:web:koulu.example":     c.Issuer.ID,
		"Koulu":                     c.Issuer.Name,
		"2026-01-01T00:00:00Z":      c.ValidFrom,
		"Tietoturva":                c.Subject.Achievement.Name,
		"Tentti":                    c.Subject.Achievement.Criteria.Narrative,
		"a,b":                       strings.Join(c.Subject.Achievement.Tag, ","),
		"10.5":                      c.Subject.Achievement.ResultDescription[1].ValueMax,
		"Taitaja":                   c.Subject.Achievement.ResultDescription[3].RubricCriterionLevel[1].Name,
		"3":                         c.Subject.Result[0].Value,
		"5":                         c.Status[0].StatusListIndex,
		"Hyvä":                      c.Endorsement[0].Subject.EndorsementComment,
	} {
		if got != what {
			t.Errorf("%q, want %q", got, what)
		}
	}
	if !c.IsAchievement() || c.Endorsement[0].IsAchievement() {
		t.Error("the types are read wrongly")
	}
}

// Members are read by their exact name, and never from another type: what a
// view shows is what was signed.
func TestTheViewReadsNothingElse(t *testing.T) {
	c := schema.CredentialOf(parsed(`{"ID":"urn:a:b","Name":"x","name":5,"issuer":["did:web:x"],"validFrom":true,
		"credentialSubject":{"Achievement":{"name":"x"},"creditsEarned":"5","result":["x",{"value":"1"}]}}`))
	c.Source, c.Subject.Source = schema.Value{}, schema.Value{}
	if got := fmt.Sprint(c.ID, c.Name, c.Issuer.ID, c.ValidFrom, c.Subject.Achievement.Name, c.Subject.CreditsEarned); strings.TrimSpace(got) != "" {
		t.Errorf("read %q", got)
	}
	if len(c.Subject.Result) != 1 || c.Subject.Result[0].Value != "1" {
		t.Errorf("results: %+v", c.Subject.Result)
	}
}

func TestValueObjectsAndAddresses(t *testing.T) {
	c := schema.CredentialOf(parsed(`{"name":[{"@value":"Merkki","@language":"fi"},"Badge"],"issuer":"did:web:koulu.example",
		"image":"https://koulu.example/k.png","type":"VerifiableCredential","credentialStatus":{"id":"urn:s:1","type":"X"}}`))
	if c.Name != "Merkki" || c.Issuer.ID != "did:web:koulu.example" || c.Image.ID != "https://koulu.example/k.png" ||
		!c.HasType("VerifiableCredential") || len(c.Status) != 1 {
		t.Errorf("%+v", c)
	}
}

// Every string field of the view is filled by some generated credential, so
// that no member name in it is misspelt. What Merkki does not issue is added.
func TestEveryFieldIsFilled(t *testing.T) {
	filled := map[string]bool{}
	for seed := range uint64(300) {
		v := richCredential(rand.New(rand.NewPCG(seed, 9)))
		v = set(v, "/issuer/additionalName", `"a"`)
		for _, name := range []string{"patronymicName", "honorificPrefix", "honorificSuffix", "familyNamePrefix"} {
			v = set(v, "/issuer/"+name, `"a"`)
		}
		v = set(v, "/issuer/endorsementJwt", `["a.b.c"]`)
		v = set(v, "/issuer/endorsement", string(schema.Marshal(schema.ArrayValue(endorsement(rand.New(rand.NewPCG(seed, 9)))))))
		v = set(v, "/credentialSubject/achievement/endorsementJwt", `["a.b.c"]`)
		v = set(v, "/credentialSubject/achievement/endorsement", `[{"id":"urn:a:b"}]`)
		v = set(v, "/credentialSubject/image", `{"id":"urn:a:b","type":"Image"}`)
		collectFilled(reflect.ValueOf(schema.CredentialOf(v)), filled)
	}
	for _, of := range []any{
		schema.Credential{}, schema.Subject{}, schema.IdentityObject{}, schema.StatusEntry{}, schema.TypedRef{}, schema.Achievement{},
		schema.Criteria{}, schema.Alignment{}, schema.Related{}, schema.ResultDescription{}, schema.RubricCriterionLevel{}, schema.Result{},
		schema.Profile{}, schema.Image{}, schema.IdentifierEntry{}, schema.Evidence{}, schema.Address{},
	} {
		for field := range reflect.TypeOf(of).Fields() {
			if name := reflect.TypeOf(of).Name() + "." + field.Name; !filled[name] {
				t.Errorf("%s is never filled", name)
			}
		}
	}
}

func collectFilled(v reflect.Value, filled map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collectFilled(v.Elem(), filled)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectFilled(v.Index(i), filled)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[schema.Value]() {
			return
		}
		for field, value := range v.Fields() {
			if !value.IsZero() {
				filled[v.Type().Name()+"."+field.Name] = true
				collectFilled(value, filled)
			}
		}
	}
}
