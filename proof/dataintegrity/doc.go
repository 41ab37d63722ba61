// Package dataintegrity computes and checks the signatures of W3C Verifiable
// Credential Data Integrity 1.0: one pipeline, transform → hash → sign, and one
// row of a table for each cryptosuite.
//
// A row says three things. Which keys it works with: the key decides the
// algorithm and the hash, and the hash is used everywhere, inside
// canonicalisation too. What a document is transformed to: the statements that
// it expands to, or its text. And the form of the signature: one over the whole,
// or, for selective disclosure, one over what must be shown and one over each
// other statement.
//
//	suite := dataintegrity.Lookup("ecdsa-rdfc-2019")
//	covered, config := suite.Split(document, proof)
//	c, err := suite.Prepare(ctx, key, dataintegrity.NewInput(register, config))
//	d, err := suite.Prepare(ctx, key, dataintegrity.NewInput(register, covered))
//	v, err := suite.DecodeValue(proofValue)
//	d, err = suite.Present(d, v)
//	holds := suite.Verify(key, d, c, v)
//
// It works on a document and a proof that package proof has taken apart; it
// neither finds proofs in documents nor decides whose key is right.
// Most callers want [merkki/proof.Open] or [merkki/proof.Secure].
package dataintegrity
