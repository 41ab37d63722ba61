package main

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/schema/microcredential/rules"
)

// achievementsCheck needs no directory: whoever writes a template has none yet.
func (p *program) achievementsCheck() *cobra.Command {
	var names []string
	var lang string
	c := &cobra.Command{
		Use:   "check FILE.json",
		Short: "Say what a micro-credential lacks, and what to do",
		Long: `Compare a micro-credential with the European profile and with rule packs. FILE is an
Achievement, or a credential (the JSON form). An Achievement that is not issued yet has
beside its own members awardedBy (who awards), creator (who answers for it) and
notApplicable (elements that are left out, each with the reason).

Rule packs are ` + strings.Join(rules.Names(), ", ") + `. Without --pack they are eu-2022 (Annex I of the
Council Recommendation of 16 June 2022), and fi-draft when a body is Finnish. No
directory and no network are needed. Exit status 0 means that nothing has to be
corrected, 1 that something has, 65 that FILE is no such document.`,
		Example: `  merkki achievements check course.json
  merkki achievements check course.json --pack eu-2022 --lang fi
  merkki achievements check credential.json --json`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().StringArrayVar(&names, "pack", nil, "rule pack by its short `NAME`; may be repeated")
	c.Flags().StringVar(&lang, "lang", "en", "language of the words: fi, sv or en")
	c.RunE = func(_ *cobra.Command, args []string) error {
		for _, name := range names {
			if err := oneOf("pack", name, rules.Names()...); err != nil {
				return err
			}
		}
		if err := oneOf("lang", lang, i18n.Languages...); err != nil {
			return err
		}
		b, err := p.readInput(args[0], maxDocument)
		if err != nil {
			return err
		}
		return p.checkMicrocredential(b, args[0], names, i18n.New(lang))
	}
	return c
}

func (p *program) checkMicrocredential(b []byte, name string, names []string, say *i18n.Printer) error {
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return exit(exitData, "%w", p.faultError(name, err))
	}
	packs, err := rules.Choose(names, doc.Root())
	if err != nil {
		return err
	}
	found, err := rules.Review(doc.Root(), packs, time.Now())
	if err != nil {
		return exit(exitData, "%s holds neither an Achievement nor a credential of one", name)
	}
	r := say.Review(packs, found)
	if p.json {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := p.printJSON(b); err != nil {
			return err
		}
	} else {
		p.printReview(r, packs, say)
	}
	if !r.Conforms {
		return verdictError(exitInvalid)
	}
	return nil
}

// printReview says first how it stands, then what has to be corrected, then the
// rest, each finding under the element of the Recommendation that it is about.
func (p *program) printReview(r i18n.Review, packs []*rules.Pack, say *i18n.Printer) {
	bad := 0
	for _, f := range r.Findings {
		if f.Severity == rules.Error {
			bad++
		}
	}
	if labels := strings.Join(r.Packs, ", "); r.Conforms {
		p.line("%s", say.T("mc.conforms", "packs", labels))
	} else {
		p.line("%s", say.T("mc.not", "packs", labels, "n", bad))
	}
	for _, pack := range packs {
		if pack.Status == "draft" {
			p.line("%s", say.T("mc.draft", "pack", pack.Label()))
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b i18n.RuleFound) int { return weight(a.Severity) - weight(b.Severity) })
	for _, f := range r.Findings {
		path := f.Path
		if path == "" {
			path = say.T("mc.document")
		}
		p.line("\n%s: %s", say.T("element."+f.Element), say.T("severity."+f.Severity))
		p.line("  %s", f.Message)
		p.line("  %s", f.Remedy)
		p.line("  %s", say.T("mc.where", "path", path))
		p.line("  %s", say.T("mc.rule", "rule", f.Rule, "pack", f.Pack))
	}
}

func weight(severity string) int {
	return slices.Index([]string{rules.Error, rules.Warning, rules.Info}, severity)
}
