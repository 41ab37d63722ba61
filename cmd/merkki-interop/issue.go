package main

import (
	"context"
	"net/http"
	"slices"
	"time"

	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// issuers says which did:key belongs to which profile.
func (s *server) issuers(*http.Request, map[string]string) reply {
	var members []schema.Member
	for _, p := range profiles {
		members = append(members, member(p.name, schema.StringValue(s.profiles[p.name].signer.did)))
	}
	return answer(http.StatusOK, schema.ObjectValue(members...))
}

// issue secures what it is sent, under the profile that the address names.
func (s *server) issue(r *http.Request, values map[string]string) reply {
	p, ok := s.profiles[values["profile"]]
	if !ok {
		return s.refuse(schema.Refusal(schema.CodeNotFound, "", nil)).with(http.StatusNotFound)
	}
	root, err := body(r)
	if err != nil {
		return s.refuse(err)
	}
	credential, pointers, err := order(root)
	if err != nil {
		return s.refuse(err)
	}
	if credential, err = s.prepare(r.Context(), credential, p); err != nil {
		return s.refuse(err)
	}
	secured, err := s.secure(r.Context(), credential, p, pointers)
	if err != nil {
		return s.refuse(err)
	}
	return answer(http.StatusCreated, schema.ObjectValue(member("verifiableCredential", secured)))
}

// order reads the body of an issuing request.
func order(root schema.Value) (credential schema.Value, mandatory []string, err error) {
	credential, _ = root.Get("credential")
	if credential.Kind != schema.Object {
		return credential, nil, malformed("/credential", "object")
	}
	mandatory, err = pointersOf(root, "mandatoryPointers")
	return credential, mandatory, err
}

// pointersOf reads a list of JSON pointers out of the options of a request;
// where it is absent it is empty.
func pointersOf(root schema.Value, name string) ([]string, error) {
	options, _ := root.Get("options")
	list, there := options.Get(name)
	pointers := []string{}
	if !there {
		return pointers, nil
	}
	if list.Kind != schema.Array || slices.ContainsFunc(list.Items, func(v schema.Value) bool { return v.Kind != schema.String }) {
		return nil, malformed("/options/"+name, "array of strings")
	}
	for _, p := range list.Items {
		pointers = append(pointers, p.Text)
	}
	return pointers, nil
}

func malformed(pointer, expected string) *schema.Fault {
	return schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"expected": expected})
}

// prepare judges a credential by its data model and makes it the profile's own:
// suites send any issuer and expect their verifiers to find the one whose key it
// is (see issuers).
func (s *server) prepare(ctx context.Context, credential schema.Value, p profile) (schema.Value, error) {
	credential = dated(credential, s.now())
	if f := checkLists(credential); f != nil {
		return credential, f
	}
	if f := refusal(schema.CheckVerifiableCredential(credential)); f != nil {
		return credential, f
	}
	if faults := s.contexts.CheckContexts(credential); len(faults) > 0 {
		return credential, jsonld.Faults(faults)
	}
	if f := checkDigests(credential); f != nil {
		return credential, f
	}
	issuer, _ := credential.Get("issuer")
	if did := schema.StringValue(p.signer.did); issuer.Kind == schema.Object {
		credential = credential.With("issuer", issuer.With("id", did))
	} else {
		credential = credential.With("issuer", did)
	}
	if _, has := credential.Get("credentialStatus"); p.lists && !has {
		credential = credential.With("credentialStatus", s.nextEntry())
		credential = s.defining(ctx, credential, "BitstringStatusListEntry", "https://www.w3.org/ns/credentials/status/v1")
	}
	switch p.format {
	case proof.FormatToken:
	case "Ed25519Signature2020":
		credential = s.defining(ctx, credential, p.format, "https://w3id.org/security/suites/ed25519-2020/v1")
	default:
		credential = s.defining(ctx, credential, "DataIntegrityProof", "https://w3id.org/security/data-integrity/v2")
	}
	return credential, nil
}

// dated adds the date that data model 1.1 requires to a credential that lacks
// it, as suites expect.
func dated(credential schema.Value, now time.Time) schema.Value {
	if _, has := credential.Get("issuanceDate"); has || schema.DataModelOf(credential) != schema.VC11 {
		return credential
	}
	return credential.With("issuanceDate", schema.StringValue(schema.FormatTime(now)))
}

// refusal returns the first fault that is more than a warning.
func refusal(faults []*schema.Fault) *schema.Fault {
	for _, f := range faults {
		if f.Outcome != schema.Warn {
			return f
		}
	}
	return nil
}

// checkLists refuses a single value where suites want a list.
func checkLists(credential schema.Value) *schema.Fault {
	for _, name := range []string{"@context", "type"} {
		if v, there := credential.Get(name); there && v.Kind != schema.Array {
			return malformed("/"+name, "array")
		}
	}
	return nil
}

// defining returns the credential with one more context if a type has no meaning
// in those it has.
func (s *server) defining(ctx context.Context, credential schema.Value, typ, url string) schema.Value {
	contexts, _ := credential.Get("@context")
	_, err := s.contexts.Quads(ctx, schema.ObjectValue(
		member("@context", contexts),
		member("id", schema.StringValue("urn:x")),
		member("type", schema.StringValue(typ)),
	))
	if err == nil {
		return credential
	}
	return credential.With("@context", schema.ArrayValue(append(slices.Clone(contexts.List()), schema.StringValue(url))...))
}

// secure makes the proof or the envelope.
func (s *server) secure(ctx context.Context, credential schema.Value, p profile, mandatory []string) (schema.Value, error) {
	if p.format == proof.FormatToken {
		token, err := proof.SecureToken(ctx, s.contexts, credential, p.signer, proof.TokenOptions{Type: "vc+jwt"})
		if err != nil {
			return credential, err
		}
		return schema.ObjectValue(
			member("@context", schema.StringValue(jsonld.BaseV2)),
			member("id", schema.StringValue("data:application/vc+jwt,"+string(token))),
			member("type", schema.StringValue("EnvelopedVerifiableCredential")),
		), nil
	}
	o := proof.Options{Format: p.format, Created: s.now(), ReadOnlyUnsafe: true}
	if p.format == "ecdsa-sd-2023" {
		o.MandatoryPointers = mandatory
	}
	doc, err := proof.Secure(ctx, s.contexts, credential, p.signer, o)
	if err != nil {
		return credential, err
	}
	return single(doc.Root()), nil
}
