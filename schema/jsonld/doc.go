// Package jsonld turns documents into RDF quads without losing anything.
//
//	r := jsonld.Embedded()
//	if faults := r.CheckContexts(root); len(faults) > 0 {
//		return faults[0]
//	}
//	quads, err := r.Quads(ctx, root)
//
// A signature over RDF covers the quads and nothing else: a member that
// expansion drops can be added, changed or removed by anybody afterwards. The
// package therefore refuses what would be dropped, and says where it stands,
// which term it is and which context would define it (VC Data Integrity 1.0,
// section "Securing Data Losslessly").
//
// Four rules make that hold.
//
//   - The meaning of a term never comes from outside. Contexts are bytes pinned
//     by SHA-256 in a [Register]; nothing is retrieved, and a context URL that is
//     not in the register is a refusal. Contexts may stand at the top and on
//     embedded credentials, nowhere else, and only as URLs, unless an operator
//     lets documents add words of their own ([Register.WithInline]).
//   - What contexts mean is settled once. For each list of registered contexts
//     there is a table of states: what every name means at the top, within a class,
//     below a property. An ordinary document is walked once with it, and its
//     statements are written down on the way. The walk stops at whatever it is not
//     sure about, so that it can accept and never refuses.
//   - Everything else is read twice. json-gold expands the document; a reader of our
//     own, which knows the terms in force at every place, walks the document as
//     it came and names each loss. Both count every statement, type, identifier
//     and value they see, and a document about which they disagree is refused.
//     Quads are made here, from the expanded form, with no step that skips.
//   - Tests hold the two ways and jsonld.js against each other: the same quads in
//     the same order, over every word of every context and over documents that
//     vary in everything; and a table with any one entry damaged is found out.
//
// Numbers, language tags and base directions become literals as the JSON-LD 1.1
// API says with the option rdfDirection set to i18n-datatype, which is what
// other implementations of Data Integrity sign.
package jsonld
