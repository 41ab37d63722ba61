// Package schematest makes credentials for tests: random valid ones within what
// Merkki issues, and every small alteration of a given one.
//
//	for what, forged := range schematest.Mutations(signed) {
//		// what is for example "changed /credentialSubject/achievement/name"
//	}
//
// Both are deterministic: the same seed gives the same documents.
package schematest
