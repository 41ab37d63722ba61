package i18n

import (
	"merkki/schema/microcredential/rules"
)

// A Review is a check of a micro-credential put into words: what the API answers
// and the command prints.
type Review struct {
	Conforms bool        `json:"conforms"` // no finding is an error
	Packs    []string    `json:"packs"`    // id@version
	Findings []RuleFound `json:"findings"`
}

// RuleFound is a finding with its words in one language.
type RuleFound struct {
	rules.Finding
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

// Review puts findings into words.
func (p *Printer) Review(packs []*rules.Pack, found []rules.Finding) Review {
	r := Review{Conforms: rules.Conforms(found), Packs: []string{}, Findings: []RuleFound{}}
	for _, pack := range packs {
		r.Packs = append(r.Packs, pack.Label())
	}
	for _, f := range found {
		message, remedy := p.Rule(f)
		r.Findings = append(r.Findings, RuleFound{f, message, remedy})
	}
	return r
}

// Rule returns what is said of a finding about a micro-credential: what is wrong,
// and what to do. Packs of rules bring their words with them; those of the profile
// stand in the catalogues.
func (p *Printer) Rule(f rules.Finding) (message, remedy string) {
	if f.Fault == nil {
		return worded(f.Message, p.lang), worded(f.Remedy, p.lang)
	}
	bare := map[string]any{"term": f.Fault.Args["term"]}
	return p.Finding(f.Fault.Finding, bare), p.text("mc.wanted", p.spoken(f.Fault.Args))
}

// worded is the text of a pack in a language; English is the one that every pack
// has.
func worded(texts map[string]string, lang string) string {
	if s := texts[lang]; s != "" {
		return s
	}
	return texts["en"]
}

// names are arguments that name something the catalogues have words for, and the
// beginning of the key of these words.
var names = map[string]string{"want": "want.", "identifier": "identifier."}

// named puts a name into words, with the other arguments; v itself where there
// are none.
func (p *Printer) named(name string, v any, args map[string]any) any {
	s, _ := v.(string)
	if key := names[name] + s; s != "" && p.Has(key) && names[name] != "" {
		return p.text(key, args)
	}
	return p.speak(name, v)
}
