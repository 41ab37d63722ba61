package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"merkki/schema/jsonld"
)

// contextsOf registers the operator's contexts beside the embedded ones, and
// takes inline contexts where the configuration says so.
func contextsOf(c *config) (*jsonld.Register, error) {
	r := jsonld.Embedded()
	for _, f := range c.Contexts {
		b, err := os.ReadFile(f.File)
		if err != nil {
			return nil, exit(exitConfiguration, "context %s: %w", f.URL, err)
		}
		if r, err = r.With(f.URL, b, f.SHA256); err != nil {
			return nil, exit(exitConfiguration, "context %s: %w", f.URL, err)
		}
	}
	if c.InlineContexts {
		r = r.WithInline()
	}
	return r, nil
}

// contextFlags name contexts for one command, which has no configuration that
// could pin them: whoever gives the file answers for what is in it.
type contextFlags struct {
	files  []string
	inline bool
}

func (f *contextFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.files, "context", nil, "know this JSON-LD context too: `URL=FILE`; may be repeated")
	c.Flags().BoolVar(&f.inline, "inline-contexts", false, "read contexts that stand inside a document, as long as they only add words")
}

// given reports whether any of them was.
func (f *contextFlags) given() bool { return len(f.files) > 0 || f.inline }

// addTo registers them.
func (f *contextFlags) addTo(r *jsonld.Register) (*jsonld.Register, error) {
	for _, s := range f.files {
		// A URL may hold "=", the name of a file hardly.
		i := strings.LastIndexByte(s, '=')
		if i <= 0 || i == len(s)-1 {
			return nil, usage("--context wants URL=FILE, not %q", s)
		}
		b, err := os.ReadFile(s[i+1:])
		if err != nil {
			return nil, exit(exitNoInput, "--context: %w", err)
		}
		sum := sha256.Sum256(b)
		if r, err = r.With(s[:i], b, hex.EncodeToString(sum[:])); err != nil {
			return nil, exit(exitData, "context %s: %w", s[:i], err)
		}
	}
	if f.inline {
		r = r.WithInline()
	}
	return r, nil
}
