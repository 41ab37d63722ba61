package main

import (
	"net/http"
	"slices"

	"merkki/proof"
	"merkki/schema"
	"merkki/verifier"
)

// verifyStrictly is the verifier of suites: the key has to be the issuer's.
func (s *server) verifyStrictly(r *http.Request, _ map[string]string) reply { return s.verify(r, true) }

// verifyProof asks nothing but whether somebody's key made the proof. Seven
// tests need it, whose vectors are signed by keys that have nothing to do with
// the issuer they name; a product that answered so would let anybody sign for any
// issuer.
func (s *server) verifyProof(r *http.Request, _ map[string]string) reply { return s.verify(r, false) }

func (s *server) verify(r *http.Request, strict bool) reply {
	root, err := body(r)
	if err != nil {
		return s.deny(faultOf(err))
	}
	input, f := submitted(root, "verifiableCredential")
	if f != nil {
		return s.deny(f)
	}
	return s.judge(r.Context(), s.verifier(strict), verifier.Request{Input: input})
}

// submitted returns what is to be verified: an object, or a string that is a
// token.
func submitted(root schema.Value, name string) ([]byte, *schema.Fault) {
	switch v, _ := root.Get(name); v.Kind {
	case schema.Object:
		return schema.Marshal(v), nil
	case schema.String:
		return []byte(v.Text), nil
	}
	return nil, malformed("/"+name, "object")
}

// verifyPresentation verifies a presentation and everything in it.
func (s *server) verifyPresentation(r *http.Request, _ map[string]string) reply {
	root, err := body(r)
	if err != nil {
		return s.deny(faultOf(err))
	}
	input, f := submitted(root, "verifiablePresentation")
	if f != nil {
		return s.deny(f)
	}
	presentation, _ := root.Get("verifiablePresentation")
	options, _ := root.Get("options")
	if token, is := legacyEnvelope(presentation); is {
		return s.verifyLegacy(r.Context(), token, options.GetString("challenge"))
	}
	return s.judge(r.Context(), s.verifier(true), verifier.Request{
		Input: input, Presentation: true,
		Challenge: asked(presentation, options, "challenge"),
		Domain:    asked(presentation, options, "domain"),
	})
}

// asked returns what the request names, if the presentation has it too: suites
// compare challenge and domain only where both sides have them.
func asked(presentation, options schema.Value, name string) string {
	has := slices.ContainsFunc(presentation.GetList("proof"), func(p schema.Value) bool {
		_, there := p.Get(name)
		return there
	})
	if !has {
		return ""
	}
	return options.GetString(name)
}

// derive makes what a holder would show of a credential with a base proof of
// ecdsa-sd-2023.
func (s *server) derive(r *http.Request, _ map[string]string) reply {
	root, err := body(r)
	if err != nil {
		return s.refuse(err)
	}
	credential, _ := root.Get("verifiableCredential")
	if credential.Kind != schema.Object {
		return s.refuse(malformed("/verifiableCredential", "object"))
	}
	pointers, err := pointersOf(root, "selectivePointers")
	if err != nil {
		return s.refuse(err)
	}
	doc, err := schema.Build(credential)
	if err != nil {
		return s.refuse(err)
	}
	derived, err := proof.Derive(r.Context(), s.contexts, doc, pointers)
	if err != nil {
		return s.refuse(err)
	}
	return answer(http.StatusCreated, schema.ObjectValue(member("verifiableCredential", single(derived.Root()))))
}

// single writes one proof as an object, as suites expect, and not as a list of
// one.
func single(v schema.Value) schema.Value {
	if proofs := v.GetList("proof"); len(proofs) == 1 {
		return v.With("proof", proofs[0])
	}
	return v
}
