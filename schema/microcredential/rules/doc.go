// Package rules decides whether a micro-credential says what a framework wants
// of it. Frameworks are drafts, differ and change: their rules are data, packs of
// JSON with a version, and no code stands in one.
//
//	view := rules.ViewOf(root)                          // an Achievement or a credential
//	for _, f := range rules.Evaluate(packs, view, at) { // what is wrong, where, and what to do
//		fmt.Println(f.Element, f.Rule, f.Path, f.Remedy["fi"])
//	}
//
// A rule holds or not by itself: their order changes nothing, and neither does
// that of the packs. A pack may build on another, and tighten or silence its
// rules; what it silenced is in the report.
//
// Rules look at a view of these parts, whichever document they come from:
//
//	achievement  the Achievement
//	issuer       the Profile that answers for it: issuer, or creator of an achievement
//	declared     elements that do not apply, each with the reason (notApplicable of a template)
//	awardedBy    who awards: of the subject, or of the achievement that is not issued yet
//	subject, credential  the award; without them rules for awards do not apply
//
// Paths are JSON Pointers in which * stands for every element of an array and
// every member of a language map.
package rules
