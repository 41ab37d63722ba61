package virtual

import (
	"context"
	"slices"

	"merkki/proof/dataintegrity"
	"merkki/schema"
)

// Prove adds a proof with members that [merkki/proof.Secure] has no option for:
// an id, an end, proofs that it rests on (previousProof). What is not given is
// as in any proof of the issuer.
func (i *Issuer) Prove(root schema.Value, options ...schema.Member) schema.Value {
	claims := root.Without("proof")
	p := tree(`{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "CREATED",
		"verificationMethod": "METHOD", "proofPurpose": "assertionMethod"}`,
		"CREATED", schema.FormatTime(i.campus.Now()), "METHOD", i.Signer().VerificationMethod())
	for _, o := range options {
		p = p.With(o.Name, o.Value)
	}
	suite := dataintegrity.Lookup("eddsa-rdfc-2022")
	ctx := context.Background()
	covered, configuration := suite.Split(restingOn(claims, root, p), p)
	config, err := suite.Prepare(ctx, i.Signer().Public(), dataintegrity.NewInput(i.campus.Contexts, configuration))
	if err != nil {
		panic(err)
	}
	value, err := suite.Sign(ctx, i.Signer(), dataintegrity.NewInput(i.campus.Contexts, covered), config, dataintegrity.SignOptions{})
	if err != nil {
		panic(err)
	}
	p = p.With("proofValue", schema.StringValue(value))
	return root.With("proof", schema.ArrayValue(slices.Concat(root.GetList("proof"), []schema.Value{p})...))
}

// restingOn is what a proof is over: the claims, with the proofs that it
// references (VC Data Integrity 1.0, section 2.1.2).
func restingOn(claims, root, p schema.Value) schema.Value {
	var previous []schema.Value
	for _, id := range p.GetList("previousProof") {
		for _, q := range root.GetList("proof") {
			if q.GetString("id") == id.Text {
				previous = append(previous, q)
			}
		}
	}
	if previous == nil {
		return claims
	}
	return claims.With("proof", schema.ArrayValue(previous...))
}
