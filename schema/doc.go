// Package schema reads credentials: it holds the one strict parser that every
// byte from outside enters through, the types of Open Badges 3.0 and VC Data
// Model 2.0, the rules that a well-formed credential keeps, and the table of
// findings with which the whole program says what is wrong.
//
// The way in is the same for everybody:
//
//	doc, err := schema.Parse(b, schema.Limits{})
//	if err != nil {
//		return err // a *schema.Fault: size, container or syntax, with the place
//	}
//	for _, f := range schema.CheckCredential(doc.Root()) {
//		// f says finding, code, outcome, pointer; package i18n has the words
//	}
//	badge := schema.CredentialOf(doc.Root())
//
// Credentials follow VC Data Model 2.0 or, read only, 1.1: [DataModelOf] says
// which. CheckCredential knows Open Badges and CLR 2.0 by their types and judges
// everything else by the data model; [CheckVerifiableCredential] judges any
// credential by that alone, [CheckPresentation] what is presented,
// [CheckProfile], [CheckCredentialsResponse] and [CheckStatusInfo] what the REST
// API of Open Badges sends. The JSON Schemas behind them are in the folder
// jsonschema, one file a standard.
//
// What is handed in need not be a credential that is read here. [Recognise] says
// what form it has; [Foreign] and [ForeignDocument] name what is known and not
// read, such as an Open Badge 2.0 or a web page, so that a reader can be told
// what to do with it.
//
// A [Document] keeps its bytes and has one tree, [Value], from which the typed
// view and the JSON-LD view are both made: they cannot disagree about names
// that stand twice, names in another case, or numbers that were rounded. The
// parser accepts I-JSON (RFC 7493) and less; it counts depth, values, objects
// and members while it reads, and so do the checks: no input makes them
// allocate or compare more than a small multiple of its size.
//
// A well-formed credential may still be a forgery. Whether anything of it is
// signed, by whom, and whether that still holds, are questions of the packages
// proof, keys and verifier; whether a signature over RDF covers all of it is
// one of schema/jsonld.
//
// Whoever issues asks three more: [CheckConsistency] (results fit what the
// achievement says about results), [CheckIssuable] (nothing in it deceives) and,
// earlier, [CheckAchievement]. Test documents come from schema/schematest.
package schema
