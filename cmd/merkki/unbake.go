package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/schema"
)

func (p *program) unbakeCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "unbake FILE",
		Short: "Take the credential out of a PNG, SVG or PDF",
		Long: `Write the credential that a picture or PDF holds to standard output, byte for
byte as it stands there. It is not verified: see merkki verify, which reads such
files itself. FILE may be - for standard input.`,
		Example: `  merkki unbake diploma.png > diploma.json
  merkki unbake --json certificate.pdf`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return p.unbake(args[0]) },
	}
}

// unbaked are the facts that unbake --json prints.
type unbaked struct {
	Kind       string `json:"kind"`   // png, svg or pdf
	Place      string `json:"place"`  // where in it
	Form       string `json:"form"`   // json or jws
	SHA256     string `json:"sha256"` // of the credential
	Credential string `json:"credential"`
}

func (p *program) unbake(file string) error {
	b, err := p.readInput(file, maxInput)
	if err != nil {
		return err
	}
	content, err := unpacked(b)
	if err != nil {
		return p.containerError(file, err)
	}
	if content == nil {
		return exit(exitData, "%s is no PNG, SVG or PDF: there is nothing to take it out of", file)
	}
	words := i18n.New("en")
	for _, f := range content.Warnings {
		p.say("%s: %s", file, words.Finding(f.Finding, f.Args))
	}
	if !p.json {
		_, err := p.Out.Write(content.Credential)
		return err
	}
	sum := sha256.Sum256(content.Credential)
	out, err := json.Marshal(unbaked{
		schema.Recognise(b).String(), content.Place, schema.Recognise(content.Credential).String(),
		hex.EncodeToString(sum[:]), string(content.Credential),
	})
	if err != nil {
		return err
	}
	return p.printJSON(out)
}
