// Package proof secures documents and opens secured ones.
//
// Opening is the only way from bytes to claims:
//
//	opened, err := proof.Open(ctx, b, resolver)
//	if err != nil {
//		return err // nothing in b may be believed or shown as signed
//	}
//	claims := opened.Claims // exactly what the signature covers
//
// What a signature covers depends on the format ([Formats]). For the rdfc
// cryptosuites it is the RDF dataset that the document expands to, so Open
// refuses a document in which expansion would drop anything: a claim that is
// visible and unsigned is a forgery waiting for a reader. For the jcs
// cryptosuites and for tokens it is the text. For a proof of ecdsa-sd-2023 it is
// what its holder chose to show, and what the issuer made him show.
//
// A signature that holds says that a key made it. Whether the key is the
// issuer's, whether it was made for this purpose and is still good, and whether
// the issuer is anybody are further questions; package verifier asks them. It
// takes the longer way, [Read], or [ReadToken] for a compact JWS, and then [Secured.Open] proof by proof, because it
// reports on every proof and every step.
//
// [Secure] adds a proof, beside others or resting on them; [SecureToken] makes a
// token of a credential. What they return was read back from its own bytes.
// [Unwrap] takes a token out of the object that envelops it. [Derive] is for the holder of a credential that
// was made for selective disclosure.
//
// Specifications: Verifiable Credential Data Integrity 1.0, sections 2.1 and 4;
// those of package jose.
package proof
