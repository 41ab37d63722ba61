// Package jose reads and makes credentials in compact JSON Web Signatures: the
// VC-JWT of Open Badges 3.0, section 8.2, with payloads of both versions of the
// data model, and the enveloping form of VC JOSE COSE.
//
//	t, err := jose.Read(b, jose.Options{})   // framing, header, payload
//	v := t.View()                            // what the payload says as a credential
//	ok := t.Verify(key)                      // the arithmetic, with a key found elsewhere
//
// Four rules make a token mean one thing.
//
//   - One spelling. Three segments of canonical base64url and nothing around
//     them: a signature has no second text that would also verify.
//   - A closed header. Members are alg, kid, jwk, typ, cty; x5c is ignored and
//     reported; everything else (crit, jku, x5u, b64, …) is refused, since it is
//     there to change how a token is read or where its key comes from.
//   - The key decides. A token's alg has to be that of the key (RFC 8725,
//     section 3.1), and the key comes from the issuer. A key in the header is
//     a candidate that proves nothing about the issuer.
//   - Claims agree. What iss, sub, jti, nbf and exp repeat has to be what the
//     credential says.
//
// Most callers want [merkki/proof.ReadToken] or [merkki/proof.SecureToken].
//
// Specifications: RFC 7515, RFC 7519, RFC 8725; Open Badges 3.0, section 8.2;
// Securing Verifiable Credentials using JOSE and COSE; Verifiable Credentials
// Data Model 1.1, section 6.3.1.
package jose
