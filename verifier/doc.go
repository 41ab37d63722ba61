// Package verifier answers whether a credential is true, check by check.
//
// The one call:
//
//	v := &verifier.Verifier{Contexts: jsonld.Embedded(), Resolver: resolver, Lists: lists, Trust: trust}
//	report, err := v.Verify(ctx, verifier.Request{Input: b})
//	if err != nil {
//		return err // about us: cancelled. It says nothing about the credential
//	}
//	switch report.Verdict {
//	case verifier.Valid:         // every check that the policy requires passed
//	case verifier.Invalid:       // there is evidence against the credential
//	case verifier.Indeterminate: // we, or the world, cannot tell
//	}
//
// A report holds every check of [Checks], in that order, each with one of six
// outcomes; a check that could not run says which other check it waited for.
// The verdict is computed from the outcomes and from nothing else: any fail
// makes it invalid, otherwise anything unknown or not run makes it
// indeterminate, so that a shortened list of checks is never valid.
//
// Three answers are kept apart because they are three questions:
// proof.signature (some key made this), key.controller (the key is that of the
// issuer named inside) and issuer.trusted (the reader knows that issuer). A
// forger gets the first for nothing.
//
// Whatever form a credential has, the same checks run on it: a document with
// proofs, a token (VC-JWT, VC JOSE COSE), an envelope, a JSON string that holds
// a token. A format is one more row in package proof, a kind of status entry one
// more row here. What is recognised and not read is named and says nothing
// against anybody.
//
// Documents inside a document are cases of their own with reports of their own,
// in the evidence "reports" of the check that asked: endorsements, which decide
// nothing about the credential, and the credentials of a presentation
// ([Request].Presentation), which decide about it. They share one budget of
// requests, time and work with the document around them.
//
// Checks after proof.signature look only at the signed view, what
// [merkki/proof.Opened] says the signature covers, never at the parsed input
// beside it.
//
// A verifier holds no private key, opens no database and makes no request but
// those that its Resolver and its Lists make. Whom it asks is decided by the
// issuer's identifier before anything is asked: an address that only the
// credential or its proof names is never called for a key.
package verifier
