package i18ntest

import (
	"fmt"
	"regexp"

	"merkki/schema"
	"merkki/verifier"
)

// A claim is something that words can say, and what has to be so before they may.
type claim struct {
	name  string
	words map[string]*regexp.Regexp // by language
	holds func(*verifier.Report) bool
}

func words(en, fi, sv string) map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{"en": regexp.MustCompile(en), "fi": regexp.MustCompile(fi), "sv": regexp.MustCompile(sv)}
}

func passed(names ...string) func(*verifier.Report) bool {
	return func(r *verifier.Report) bool {
		for _, n := range names {
			if !Passed(r, n) {
				return false
			}
		}
		return true
	}
}

func itself(r *verifier.Report) bool { return r.Check("issuer.trusted").Finding == "issuer.self" }

// claims are the words of headlines that have to be earned.
var claims = []claim{
	{"unchanged", words(`[Uu]nchanged`, `[Mm]uuttumaton`, `[Oo]förändrat`), passed("proof.signature")},
	{"signed by the issuer", words(`^Signed by|Unchanged since it was signed by`, `^Allekirjoittaja |allekirjoitti`, `^Undertecknat av|sedan .* undertecknade`),
		passed("proof.signature", "key.controller", "key.window")},
	{"confirmed by the issuer", words(`Confirmed by`, `Vahvistaja`, `Bekräftat av`), func(r *verifier.Report) bool {
		return itself(r) && passed("proof.signature", "key.controller", "key.window")(r)
	}},
	{"genuine", words(`[Gg]enuine`, `\b[Aa]ito`, `Äkta|äkta`), func(r *verifier.Report) bool {
		return r.Check("issuer.trusted").Status == schema.Pass && passed("proof.signature", "key.controller", "key.window")(r)
	}},
	{"in force", words(`in force[^ ]|in force on|in force,|in force with`, `[Vv]oimassa[.;,]|oli voimassa`, `i kraft[.,]|i kraft den|och giltigt`),
		passed("credential.validity", "credential.status")},
	{"shown by its holder", words(`Shown by its holder`, `Haltijan itsensä esittämä`, `Visat av innehavaren`), passed("presentation.binding", "proof.signature")},
	{"withdrawn or on hold", words(`^Withdrawn by|^Put on hold`, `on peruuttanut|on keskeyttänyt`, `^Återkallat av|^Tillfälligt`), func(r *verifier.Report) bool {
		return r.Check("credential.status").Status == schema.Fail
	}},
	{"changed", words(`^Changed`, `^Muutettu`, `^Ändrat`), func(r *verifier.Report) bool { return r.Check("proof.signature").Status == schema.Fail }},
	{"not valid", words(`[Nn]ot valid`, `[Ee]i kelpaa`, `[Ii]nte giltigt`), func(r *verifier.Report) bool { return r.Verdict == verifier.Invalid }},
	{"an issuer that is not known", words(`do not know (this|every) issuer`, `mme tunne`, `känner inte`), func(r *verifier.Report) bool {
		c := r.Check("issuer.trusted")
		open := c.Status == schema.Unknown || c.Status == schema.Warn || c.Status == schema.Fail
		for _, a := range c.Also {
			open = open || a.Finding == "issuer.unlisted"
		}
		return open
	}},
	{"not this person", words(`not issued to this person`, `myönnetty tälle henkilölle`, `inte utfärdat till den här`), func(r *verifier.Report) bool {
		return r.Check("recipient.matches").Status == schema.Fail
	}},
	{"this person", words(`[^t] issued to this person|^[Ii]ssued to this`, `^Myönnetty tälle`, `^Utfärdat till den här`), func(r *verifier.Report) bool {
		return r.Check("recipient.matches").Status == schema.Pass
	}},
}

// Contradictions returns what a headline says that the report does not bear.
func Contradictions(lang string, r *verifier.Report, headline string) (out []string) {
	for _, c := range claims {
		if c.words[lang].MatchString(headline) && !c.holds(r) {
			out = append(out, fmt.Sprintf("%s: %q says %q, and the report is %s", lang, headline, c.name, String(r)))
		}
	}
	return out
}

// Says reports whether a headline makes a claim, by the name of the claim.
func Says(lang, headline, name string) bool {
	for _, c := range claims {
		if c.name == name {
			return c.words[lang].MatchString(headline)
		}
	}
	panic("no such claim: " + name)
}

// ClaimNames lists the claims, for tests that each is made at least once.
func ClaimNames() (names []string) {
	for _, c := range claims {
		names = append(names, c.name)
	}
	return names
}
