package main

import (
	"errors"

	"github.com/spf13/cobra"

	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

func (p *program) deriveCmd() *cobra.Command {
	var pointers []string
	var contexts contextFlags
	c := &cobra.Command{
		Use:   "derive FILE|-",
		Short: "Make what a holder shows of a credential: some of it, still signed",
		Long: `Make a credential that shows only what its issuer made mandatory and what you
point at. FILE is the holder's own copy, with a base proof of ecdsa-sd-2023
(` + "`merkki show ID --form sd-base`" + `); whoever has it can show everything, so it
is not what you pass on. Nothing is asked of the network or of the issuer.

A pointer is a JSON Pointer (RFC 6901) into FILE, such as
/credentialSubject/achievement/criteria; of an array the elements that are pointed
at are shown.`,
		Example: `  merkki derive mine.json --pointer /credentialSubject/result > shown.json`,
		Args:    cobra.ExactArgs(1),
	}
	c.Flags().StringArrayVar(&pointers, "pointer", nil, "show what stands at this JSON `POINTER`; may be repeated")
	contexts.register(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		r, err := p.contextsFor(contexts, cmd.Flags().Changed("dir"))
		if err != nil {
			return err
		}
		b, err := p.readInput(args[0], maxDocument)
		if err != nil {
			return err
		}
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			return p.faultError(args[0], err)
		}
		shown, err := proof.Derive(cmd.Context(), r, doc, pointers)
		if f, ok := errors.AsType[*schema.Fault](err); ok && f.Code == schema.CodeProofGenerationError {
			return exit(exitData, "%s: nothing can be shown of it at %q [%s]", args[0], f.Pointer, f.Code)
		}
		if err != nil {
			return p.faultError(args[0], err)
		}
		p.line("%s", shown.Raw())
		return nil
	}
	return required(c, "pointer")
}

// contextsFor are the contexts of a command that needs no service: those of the
// directory if --dir names one, and those of its own flags.
func (p *program) contextsFor(f contextFlags, directory bool) (*jsonld.Register, error) {
	r := jsonld.Embedded()
	if directory {
		c, err := p.config(nil)
		if err != nil {
			return nil, err
		}
		if r, err = contextsOf(c); err != nil {
			return nil, err
		}
	}
	return f.addTo(r)
}
