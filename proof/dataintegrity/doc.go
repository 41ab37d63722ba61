// Package dataintegrity computes and checks the signatures of W3C Verifiable
// Credential Data Integrity 1.0: one pipeline, transform → hash → sign, and one
// row of a table for each cryptosuite.
//
// It works on a document and a proof configuration that package proof has taken
// apart; it neither finds proofs in documents nor decides whose key is right.
// Most callers want [merkki/proof.Open] or [merkki/proof.Secure].
package dataintegrity
