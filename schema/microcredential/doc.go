// Package microcredential is what a European micro-credential says beyond an
// Open Badge: the elements of Annex I of the Council Recommendation of 16 June
// 2022 (2022/C 243/02) that Open Badges 3.0 has no place for, as a vocabulary
// of its own, the mc context.
//
// A micro-credential stays an Open Badge. Names, criteria, credits, alignments
// and results stand where every reader of Open Badges looks for them; the mc
// terms say the same exactly, and more. Three kinds of values are what makes
// them exact:
//
//	credits   decimals in strings, compared as decimals ([Decimal])
//	codes     addresses from the lists of the European Union and of Finland ([List])
//	texts     language maps, in which every language has equal standing
//
// The lists are embedded, each checked against its SHA-256 when it is first
// used. A code that is on no list is refused when it is issued and reported when
// it is read.
package microcredential
