package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/internal/publish"
)

// An issuerEdit is what the flags of `issuers edit` say.
type issuerEdit struct {
	formats, texts, signatures                  []string
	logo, colour, dark, contact, layout, second string
}

func (p *program) issuersEdit() *cobra.Command {
	var e issuerEdit
	c := &cobra.Command{
		Use: "edit ID", Short: "Change how an institution looks, and with what it signs", Args: cobra.ExactArgs(1),
		Long: `Change how an institution looks on its pages, its badges and its certificates, and
the formats in which it signs. What is not named stays as it is; an empty value takes
something away. Credentials that were issued stay as they are; their pages and papers
are made anew each time and have the new look.

A colour has to be read: on light grounds it needs a contrast of 4.5 with #f3f1ea, on
dark ones with #1a211f. One that has not is refused with the figure and the nearest
colour that would do. Without --colour-dark the colour is made lighter where it is dark.

A logo is a PNG or an SVG of at most 512 KiB. It is read and written anew, without
anything that could act or load. An SVG of flat colours also stands on paper; one with
text, gradients or transparency does not, and the command says so.

A text is a file of Markdown about the institution, in the language that its name ends
in (about.fi.md, about.sv.md, about.en.md) or else in that of the institution.

A signature is "NAME; WHAT THEY ARE; FILE" with a picture of a hand, or the first one or
two of these. It proves nothing: what proves is the credential, and the paper says where
it is. At most three; --signature "" takes all away.

The formats are ` + strings.Join(issuable(), ", ") + `;
":" and a kind of key after one chooses another than its usual one (Ed25519, P-256,
P-384, RSA). Formats whose proof stands in the document are a set: every credential
carries one of each. vc-jwt makes a token beside the document, ecdsa-sd-2023 a copy
for the holder alone. At least one has to stand in the document. They hold from the next
credential on; keys that are missing are made.`,
		Example: `  merkki issuers edit 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --logo logo.svg --colour "#1d4d4f" --text about.fi.md --text about.en.md
  merkki issuers edit 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --layout landscape --second-language en --signature "Aino Esimerkki; Rector"
  merkki issuers edit 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --formats eddsa-rdfc-2022,vc-jwt,ecdsa-sd-2023
  merkki issuers edit 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --formats ecdsa-rdfc-2019:P-384 --formats vc-jwt:RSA`,
	}
	f := c.Flags()
	f.StringVar(&e.logo, "logo", "", "`FILE` with its logo, PNG or SVG")
	f.StringVar(&e.colour, "colour", "", "its colour as `HEX`, like #1d4d4f")
	f.StringVar(&e.dark, "colour-dark", "", "its colour on dark grounds as `HEX`")
	f.StringArrayVar(&e.texts, "text", nil, "`FILE` with what it says of itself, Markdown; once a language")
	f.StringVar(&e.contact, "contact", "", "`ADDRESS` for questions: of mail, or of a page (https)")
	f.StringVar(&e.layout, "layout", "", "how its certificates lie: portrait or landscape")
	f.StringVar(&e.second, "second-language", "", "one more `LANGUAGE` on its certificates: fi, sv or en")
	f.StringArrayVar(&e.signatures, "signature", nil, "`WHO` signs its certificates: \"NAME; WHAT THEY ARE; FILE\"; may be repeated")
	f.StringSliceVar(&e.formats, "formats", nil, "all `FORMATS` it signs with, separated by commas; may be repeated")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		path := "/api/v1/issuers/" + idIn(args[0], "i")
		body, err := p.issuerEdit(c, &e, func() (i institution, err error) {
			return i, cl.call(ctx, request{method: "GET", path: path}, &i)
		})
		if err != nil {
			return err
		}
		if len(body) == 0 {
			return usage("name what to change: --logo, --colour, --text, --contact, --layout, --second-language, --signature or --formats")
		}
		return one(ctx, p, cl, request{method: "PATCH", path: path, body: body}, func(i institution) {
			p.line("%s  %s", i.ID, strings.Join(i.Formats, ", "))
			if _, formats := body["formats"]; !formats || len(body) > 1 {
				p.showLook(i)
			}
		})
	})
	return c
}

// issuerEdit makes a request of the flags that were given.
func (p *program) issuerEdit(c *cobra.Command, e *issuerEdit, now func() (institution, error)) (map[string]any, error) {
	body := map[string]any{}
	given := c.Flags().Changed
	for _, f := range []struct{ flag, member, value string }{
		{"colour", "colour", e.colour}, {"colour-dark", "colourDark", e.dark}, {"contact", "contact", e.contact},
		{"layout", "layout", e.layout}, {"second-language", "secondLanguage", e.second},
	} {
		if given(f.flag) {
			body[f.member] = f.value
		}
	}
	if given("formats") {
		body["formats"] = e.formats
	}
	if given("logo") {
		picture, err := p.picture(e.logo)
		if err != nil {
			return nil, err
		}
		body["logo"] = picture
	}
	if given("signature") {
		all, err := p.signatures(e.signatures)
		if err != nil {
			return nil, err
		}
		body["signatures"] = all
	}
	if given("text") {
		texts, err := p.texts(e.texts, now)
		if err != nil {
			return nil, err
		}
		body["text"] = texts
	}
	return body, nil
}

// picture reads a picture for a request, and says what it will not be good for;
// the API judges. "" is none.
func (p *program) picture(path string) ([]byte, error) {
	if path == "" {
		return []byte{}, nil
	}
	b, err := p.readInput(path, publish.MaxPicture)
	if err != nil {
		return nil, err
	}
	if im, err := publish.ReadImage("", b); err == nil && im.Unpainted != "" {
		p.say("%s is shown by browsers alone, not in PNG files and not on paper: it has %s", path, im.Unpainted)
	}
	return b, nil
}

// signatures reads "NAME; WHAT THEY ARE; FILE".
func (p *program) signatures(flags []string) ([]map[string]any, error) {
	all := []map[string]any{}
	for _, f := range flags {
		if f == "" {
			continue
		}
		parts := strings.SplitN(f, ";", 3)
		s := map[string]any{"name": strings.TrimSpace(parts[0])}
		if len(parts) > 1 && strings.TrimSpace(parts[1]) != "" {
			s["title"] = strings.TrimSpace(parts[1])
		}
		if len(parts) > 2 && strings.TrimSpace(parts[2]) != "" {
			picture, err := p.picture(strings.TrimSpace(parts[2]))
			if err != nil {
				return nil, err
			}
			s["image"] = picture
		}
		all = append(all, s)
	}
	return all, nil
}

// maxText bounds what is read of a text; the API judges.
const maxText = 64 << 10

// texts reads texts by language. "" takes those in all languages away.
func (p *program) texts(files []string, now func() (institution, error)) (map[string]string, error) {
	texts := map[string]string{}
	for _, f := range files {
		if f == "" {
			for _, l := range i18n.Languages {
				texts[l] = ""
			}
			continue
		}
		lang := strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))), ".")
		if !slices.Contains(i18n.Languages, lang) {
			i, err := now()
			if err != nil {
				return nil, err
			}
			lang = firstOf(i.Lang, "en")
		}
		b, err := p.readInput(f, maxText)
		if err != nil {
			return nil, err
		}
		texts[lang] = string(b)
	}
	return texts, nil
}

// showLook says how an institution looks, where it chose anything.
func (p *program) showLook(i institution) {
	l := i.Look
	if l == nil {
		return
	}
	show := func(name, v string) {
		if v != "" {
			p.line("  %-10s  %s", name, v)
		}
	}
	show("colour", strings.TrimSpace(l.Colour+" "+l.Dark))
	show("logo", l.Logo)
	for _, lang := range i18n.Languages {
		if l.Text[lang] != "" {
			show("text", lang)
		}
	}
	show("contact", l.Contact)
	show("layout", l.Layout)
	show("second", l.Second)
	for _, s := range l.Signatures {
		hand := ""
		if s.Image {
			hand = " (with a picture)"
		}
		show("signature", strings.Trim(s.Name+", "+s.Title, ", ")+hand)
	}
}
