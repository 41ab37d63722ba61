package main

import (
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/schema/bake"
)

// bakeFlags are the flags of bake.
type bakeFlags struct{ replace, force bool }

func (p *program) bakeCmd() *cobra.Command {
	var f bakeFlags
	c := &cobra.Command{
		Use:   "bake CREDENTIAL IMAGE OUT",
		Short: "Put a credential into a PNG or SVG picture",
		Long: `Put a signed credential (JSON or a token) into a picture, so that the picture is
the credential: whoever has the file can verify it. The picture stays what it is
to look at. CREDENTIAL may also be a picture or PDF that holds one, or - for
standard input. The credential is not verified: see merkki verify.

A picture that holds a credential already is refused, unless --replace says that
it gives way. OUT is not overwritten without --force.`,
		Example: `  merkki bake diploma.json badge.png diploma.png
  merkki unbake old.png | merkki bake - badge.svg new.svg`,
		Args: cobra.ExactArgs(3),
	}
	c.Flags().BoolVar(&f.replace, "replace", false, "take a credential that is in the picture out of it first")
	c.Flags().BoolVar(&f.force, "force", false, "overwrite OUT")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.bake(f, args[0], args[1], args[2]) }
	return c
}

// A baking is how a credential goes into a kind of picture.
type baking struct {
	clean func(image []byte) ([]byte, error)
	into  func(image, credential []byte) ([]byte, error)
}

var bakings = map[schema.Form]baking{
	schema.FormPNG: {bake.CleanPNG, bake.IntoPNG},
	schema.FormSVG: {bake.CleanSVG, bake.IntoSVG},
}

func (p *program) bake(f bakeFlags, from, picture, out string) error {
	if from == "-" && picture == "-" {
		return usage("only one of CREDENTIAL and IMAGE can be standard input")
	}
	if !f.force && exists(out) {
		return exit(exitCannotCreate, "%s exists already, and is not overwritten without --force", out)
	}
	credential, err := p.readInput(from, maxInput)
	if err != nil {
		return err
	}
	if content, err := unpacked(credential); err != nil {
		return p.containerError(from, err)
	} else if content != nil {
		credential = content.Credential
	}
	image, err := p.readInput(picture, maxInput)
	if err != nil {
		return err
	}
	form := schema.Recognise(image)
	baked, err := p.baked(f, form, picture, image, credential)
	if err != nil {
		return err
	}
	if err := writeFile(out, baked, 0o644); err != nil {
		return err
	}
	if p.json {
		b, err := json.Marshal(map[string]any{"file": out, "kind": form.String(), "bytes": len(baked)})
		if err != nil {
			return err
		}
		return p.printJSON(b)
	}
	p.line("%s holds the credential (%d bytes)", filepath.Clean(out), len(baked))
	return nil
}

// baked is the picture with the credential in it.
func (p *program) baked(f bakeFlags, form schema.Form, name string, image, credential []byte) (out []byte, err error) {
	kind, ok := bakings[form]
	switch {
	case !ok:
		return nil, exit(exitData, "%s is neither PNG nor SVG: no other picture can hold a credential", name)
	case len(image) > maxImage:
		return nil, exit(exitData, "%s has %d bytes; a picture may have %d", name, len(image), maxImage)
	case len(credential) > maxDocument:
		return nil, exit(exitData, "the credential has %d bytes; it may have %d", len(credential), maxDocument)
	}
	if f.replace {
		if image, err = kind.clean(image); err != nil {
			return nil, p.containerError(name, err)
		}
	}
	out, err = kind.into(image, credential)
	if f, ok := errors.AsType[*schema.Fault](err); ok && f.Finding == "container.two-credentials" {
		return nil, exit(exitData, "%s holds a credential already: --replace takes it out first", name)
	}
	return out, p.containerError(name, err)
}

// maxImage is what a picture may have (security model, section 5); with the
// credential in it others have to be able to read it too.
const maxImage = 9 << 20

// unpacked takes a credential out of a picture or PDF; nil for anything else.
func unpacked(b []byte) (*bake.Content, error) {
	switch form := schema.Recognise(b); form {
	case schema.FormPNG, schema.FormSVG, schema.FormPDF:
		if f := schema.Foreign(b); f != nil {
			return nil, f
		}
		return bake.From(form, b)
	}
	return nil, nil
}

// containerError puts a fault into words and says, where there is something to
// do about its kind, what.
func (p *program) containerError(name string, err error) error {
	said := p.faultError(name, err)
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		return said
	}
	words := i18n.New("en")
	kind, _ := f.Args["kind"].(string)
	if next := "next.format." + kind; words.Has(next) {
		return exit(exitStatus(said), "%w\n%s", said, words.T(next))
	}
	return said
}
