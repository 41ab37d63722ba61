package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/keys/did"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

// maxInput bounds what is read of one input before the verifier sees it; its
// own limits, by kind, are lower.
const maxInput = 32 << 20

// verifyFlags are the flags of verify.
type verifyFlags struct {
	sourceFlags
	trustFlags
	contextFlags
	issuer    string
	recipient string
	policies  []string
	at        string
	lang      string
	refresh   bool

	presentation      bool
	challenge, domain string
}

func (p *program) verifyCmd() *cobra.Command {
	var f verifyFlags
	c := &cobra.Command{
		Use:   "verify FILE|URL|-…",
		Short: "Say whether credentials are true",
		Long: `Verify credentials, whoever issued them: files, https addresses, or standard
input (-). The first line is valid, invalid or cannot tell; the line of every
check follows. A file that cannot be read is an error and no verdict.

An issuer is only known to those who say whom they trust: name lists with
--trust, or the one issuer you expect with --issuer. Without either a good
credential of an unknown issuer is "cannot tell". With --dir the service in that
directory is asked about its own credentials.

--recipient asks further whether a credential is about somebody: TYPE is id or a
term of Open Badges such as emailAddress or name. What a holder shows for an
occasion is a presentation: --challenge and --domain are those you gave the
holder, --presentation alone asks for neither.

A receipt of a check is read too: the verdict is then about the receipt, whether
its issuer wrote it as it stands, and the words say what it says.`,
		Example: `  merkki verify diploma.json --issuer university.example
  merkki verify https://university.example/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P --trust universities.json
  merkki verify - --bundle campus.zip --at 2026-03-12 --json < diploma.json
  merkki verify diploma.json --trust universities.jwt --trust-key registry.jwk --recipient emailAddress=aino@example.org
  merkki verify shown.json --challenge n-0S6_WzA2Mj --domain hr.example`,
		Args: cobra.MinimumNArgs(1),
	}
	fl := c.Flags()
	f.trustFlags.register(c, "")
	fl.StringVar(&f.issuer, "issuer", "", "the issuer you expect, as `DOMAIN` or DID")
	fl.StringVar(&f.recipient, "recipient", "", "whom it should be about, as `TYPE=VALUE`")
	fl.BoolVar(&f.presentation, "presentation", false, "the inputs are presentations: what a holder shows")
	fl.StringVar(&f.challenge, "challenge", "", "the `TEXT` that the holder was to answer; means --presentation")
	fl.StringVar(&f.domain, "domain", "", "the `NAME` for which the holder was to sign; means --presentation")
	fl.BoolVar(&f.refresh, "refresh", false, "ask the refresh service that a credential names for a newer copy; whoever runs it learns that somebody verifies")
	fl.StringArrayVar(&f.policies, "policy", nil, "relax a rule: any-issuer (an unlisted issuer is a note) or tolerant (read sloppy status entries); may be repeated")
	fl.StringVar(&f.at, "at", "", "judge as of this `DATE` or time")
	fl.StringVar(&f.lang, "lang", "en", "language of the words: fi, sv or en")
	f.sourceFlags.register(c)
	f.contextFlags.register(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return p.verify(cmd.Context(), f, cmd.Flags().Changed("dir"), args)
	}
	return c
}

// verify judges every input and ends with the worst of the verdicts. An input
// that cannot be read is told on standard error and outranks them: whoever
// calls this from a script has to know that not everything was judged.
func (p *program) verify(ctx context.Context, f verifyFlags, service bool, inputs []string) error {
	ask, err := f.request()
	if err != nil {
		return err
	}
	if err := oneOf("lang", f.lang, i18n.Languages...); err != nil {
		return err
	}
	v, source, own, err := p.verifier(ctx, f, service)
	if err != nil {
		return err
	}
	defer own.close()
	var worst verdictError
	var broken error
	for i, input := range inputs {
		b, err := p.readCredential(ctx, source, input)
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		if i > 0 && !p.json {
			p.line("")
		}
		if receipt.Recognise(b) {
			verdict, err := p.readReceipt(ctx, b, v, f.lang, inputName(input, inputs))
			if err != nil {
				return err
			}
			worst = worse(worst, exitOf(verdict))
			continue
		}
		ask.Input = b
		report, err := v.Verify(ctx, ask)
		if err != nil {
			return err
		}
		if err := p.printReport(report, i18n.New(f.lang), own.known(ctx, report), inputName(input, inputs)); err != nil {
			return err
		}
		worst = worse(worst, exitOf(report.Verdict))
	}
	switch {
	case broken != nil:
		return &exitError{exitStatus(broken), broken}
	case worst != exitOK:
		return worst
	}
	return nil
}

// request is what is asked about every input.
func (f verifyFlags) request() (q verifier.Request, err error) {
	q = verifier.Request{Issuer: f.issuer, Challenge: f.challenge, Domain: f.domain}
	q.Presentation = f.presentation || f.challenge != "" || f.domain != ""
	if q.At, err = moment("at", f.at); err != nil || f.recipient == "" {
		return q, err
	}
	kind, value, ok := strings.Cut(f.recipient, "=")
	if !ok || value == "" {
		return q, usage("--recipient wants TYPE=VALUE, such as emailAddress=aino@example.org")
	}
	if kind != "id" && !schema.IsIdentifierType(kind) {
		return q, oneOf("recipient", kind, append([]string{"id"}, schema.IdentifierTypes()...)...)
	}
	q.Recipient = &verifier.Recipient{Type: kind, Value: value}
	return q, nil
}

// inputName is what stands before the verdict: nothing where there is one input.
func inputName(input string, all []string) string {
	if len(all) == 1 {
		return ""
	}
	return input + ": "
}

// verifier puts together what verifies: where documents come from, whom the
// reader trusts, and the service itself where --dir names one (otherwise nil).
func (p *program) verifier(ctx context.Context, f verifyFlags, service bool) (*verifier.Verifier, fetch.Source, *ownService, error) {
	source, err := p.source(f.sourceFlags)
	if err != nil {
		return nil, nil, nil, err
	}
	v := &verifier.Verifier{Contexts: jsonld.Embedded(), Now: time.Now}
	if v.Policy, err = policy(f.policies); err != nil {
		return nil, nil, nil, err
	}
	v.Policy.Refresh = f.refresh
	if v.Trust, err = p.trustLists(f.trustFlags); err != nil {
		return nil, nil, nil, err
	}
	var own *ownService
	if service {
		if own, err = p.own(ctx); err != nil {
			return nil, nil, nil, err
		}
		v.Own, v.Contexts = own, own.contexts
		source = ownDocuments{own.client, own.baseURL, source}
	}
	if v.Contexts, err = f.contextFlags.addTo(v.Contexts); err != nil {
		own.close()
		return nil, nil, nil, err
	}
	v.Resolver = did.New(did.FromSource(source))
	v.Lists = verifier.FromSource(source)
	return v, source, own, nil
}

func policy(names []string) (verifier.Policy, error) {
	var p verifier.Policy
	for _, n := range names {
		switch n {
		case "any-issuer":
			p.AnyIssuer = true
		case "tolerant":
			p.Tolerant = true
		default:
			return p, oneOf("policy", n, "any-issuer", "tolerant")
		}
	}
	return p, nil
}

// readCredential reads what a command line names: a file, an address, or
// standard input.
func (p *program) readCredential(ctx context.Context, source fetch.Source, ref string) ([]byte, error) {
	if !strings.Contains(ref, "://") {
		return p.readInput(ref, maxInput)
	}
	d, err := source.Get(ctx, fetch.Credential, ref)
	if err == nil {
		return d.Bytes, nil
	}
	if _, refused := errors.AsType[*fetch.RefusedError](err); refused {
		return nil, exit(exitData, "%s is not asked for: %w", ref, err)
	}
	return nil, exit(exitUnavailable, "%s: %w", ref, err)
}

func exitOf(v verifier.Verdict) verdictError {
	switch v {
	case verifier.Valid:
		return exitOK
	case verifier.Invalid:
		return exitInvalid
	}
	return exitCannotTell
}

// worse of two verdicts: one forged file in a heap must not hide behind one
// that cannot be told.
func worse(a, b verdictError) verdictError {
	switch {
	case a == exitInvalid || b == exitInvalid:
		return exitInvalid
	case a == exitCannotTell || b == exitCannotTell:
		return exitCannotTell
	}
	return exitOK
}

// printReport prints one report: as one line of JSON, or as words.
func (p *program) printReport(r *verifier.Report, words *i18n.Printer, known i18n.Known, name string) error {
	if p.json {
		b, err := json.Marshal(r)
		if err != nil {
			return err
		}
		return p.printJSON(b)
	}
	p.line("%s%s", name, firstLine(r, words.Lang()))
	p.printWords(r, words, known, "  ")
	return nil
}
