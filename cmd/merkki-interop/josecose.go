package main

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"merkki/proof/jose"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A feature is what vc-jose-cose-test-suite asks for: a kind of document in a
// kind of envelope.
type feature struct {
	name  string
	typ   string // of the JWS; "" for envelopes that Merkki does not have
	check func(schema.Value) []*schema.Fault
}

var features = []feature{
	{"credential_jose", "vc+jwt", schema.CheckVerifiableCredential},
	{"presentation_jose", "vp+jwt", schema.CheckPresentation},
	{"credential_sdjwt", "", nil},
	{"credential_cose", "", nil},
	{"presentation_sdjwt", "", nil},
	{"presentation_cose", "", nil},
}

// joseFiles are the flags of the two commands.
type joseFiles struct{ input, key, feature, sd, output string }

func joseCoseCommand() *cobra.Command {
	verb := func(use, short string, do func(context.Context, feature, []byte, verificationKey) result) *cobra.Command {
		var f joseFiles
		c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return f.run(c.Context(), do) }}
		f.bind(c)
		return c
	}
	return group("vc-jose-cose", "Answer the suite for VC JOSE COSE (JOSE only)",
		verb("issue", "Secure a credential or presentation as a JWS", issueToken),
		verb("verify", "Verify a JWS with the key that is given", verifyToken))
}

func (f *joseFiles) bind(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.input, "input", "", "`file` to secure or verify")
	flags.StringVar(&f.key, "key", "", "`file` with a verification method")
	flags.StringVar(&f.feature, "feature", "", "`name` of what is asked for, such as credential_jose")
	flags.StringVar(&f.sd, "sd", "", "paths of an SD-JWT, as a JSON `list`; not used")
	flags.StringVar(&f.output, "output", "", "`file` for the result")
	for _, name := range []string{"input", "key", "feature", "output"} {
		_ = c.MarkFlagRequired(name) // the name is right
	}
}

func (f *joseFiles) run(ctx context.Context, do func(context.Context, feature, []byte, verificationKey) result) error {
	i := slices.IndexFunc(features, func(x feature) bool { return x.name == f.feature })
	if i < 0 {
		return fmt.Errorf("there is no feature %q", f.feature)
	}
	if features[i].typ == "" {
		return unsupported(f.feature + " is not supported").write(f.output)
	}
	input, err := os.ReadFile(f.input)
	if err != nil {
		return err
	}
	file, err := os.ReadFile(f.key)
	if err != nil {
		return err
	}
	key, err := readKey(file)
	if err != nil {
		return failed(err).write(f.output)
	}
	return do(ctx, features[i], input, key).write(f.output)
}

// issueToken signs what conforms and loses nothing. What is enveloped inside a
// presentation is not verified: it is the holder's to choose.
func issueToken(ctx context.Context, f feature, input []byte, key verificationKey) result {
	doc, err := schema.Parse(input, bodyLimits)
	if err != nil {
		return failed(err)
	}
	contexts, err := suiteContexts()
	if err != nil {
		return failed(err)
	}
	if fault := undefined(ctx, doc.Root()); fault != nil {
		return failed(fault)
	}
	if fault := conform(ctx, contexts, doc.Root(), f.check); fault != nil {
		return failed(fault)
	}
	token, err := jose.Sign(ctx, doc.Root(), key.private, jose.SignOptions{KeyID: key.name, Type: f.typ, ConformanceUnsafe: true})
	if err != nil {
		return failed(err)
	}
	return succeeded(string(token))
}

// verifyToken verifies with the one key there is. That the token has expired is
// said and decides nothing: the suite's inputs are of the past.
func verifyToken(ctx context.Context, f feature, input []byte, key verificationKey) result {
	contexts, err := suiteContexts()
	if err != nil {
		return failed(err)
	}
	t, err := jose.Read([]byte(strings.TrimSpace(string(input))), jose.Options{ConformanceUnsafe: true, Limits: bodyLimits})
	if err != nil {
		return failed(err)
	}
	view := t.View()
	if fault := judgeToken(ctx, contexts, f, t, view, key.public); fault != nil {
		return failed(fault)
	}
	said := string(schema.Marshal(view.Claims))
	if !view.Expires.IsZero() {
		said += "\nexpires " + schema.FormatTime(view.Expires)
	}
	return succeeded(said)
}

func judgeToken(ctx context.Context, contexts *jsonld.Register, f feature, t *jose.Token, view *jose.View, key crypto.PublicKey) *schema.Fault {
	i := slices.IndexFunc(view.Faults, func(f *schema.Fault) bool { return f.Outcome != schema.Warn && !isTextualDate(f) })
	switch {
	case t.Header.Fault != nil:
		return t.Header.Fault
	case !t.Fits(key):
		return schema.Found("format.algorithm-forbidden", "", map[string]any{"algorithm": t.Header.Algorithm})
	case !t.Verify(key):
		return schema.Found("signature.mismatch", "", nil)
	case i >= 0:
		return view.Faults[i]
	}
	if fault := undefined(ctx, view.Claims); fault != nil {
		return fault
	}
	return conform(ctx, contexts, view.Claims, f.check)
}

// isTextualDate tells a claim iat that is no number, as several inputs of the
// suite have it that must succeed.
func isTextualDate(f *schema.Fault) bool {
	return f.Finding == "schema.claims-type" && f.Args["claim"] == "iat"
}
