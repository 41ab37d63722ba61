// Package receipt writes down that something was checked, for whoever has to show
// later that it was: the SHA-256 of what came, the verdict, every check with its
// outcome, when, and whose lists of issuers were used. Nothing of the content is
// in it, and nobody's name.
//
//	r := receipt.Of(report, service, trust) // from a finished report, never from its input
//	b, err := r.Sign(ctx, signer)           // or r.Unsigned(), which says that it is
//	reading := receipt.Read(ctx, b, resolver)
//
// A signed receipt is a compact JWS with the type merkki-receipt+jwt over
//
//	{"iss", "iat", "sub": "sha-256:…", "verdict", "checks": {name: status}, "evaluatedAt", "trust": […], "test"?}
//
// iat is when the checks ran, also in a receipt that is asked for later. The key has the
// role "receipt": it is published by its institution under no verification
// relationship, signs nothing else, and a receipt under a key that signs
// credentials is refused. So no credential can be made by asking for a receipt,
// and no receipt reads as a credential.
//
// A receipt says what one service found at one time. It is no credential, and
// says nothing about today.
package receipt
