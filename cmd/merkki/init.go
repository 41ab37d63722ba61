package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/issuer"
	"merkki/keys/softstore"
)

// A founding is what a new directory starts with.
type founding struct {
	baseURL, name, did, lang string
	test                     bool
	settings                 map[string]string // further keys of merkki.toml
}

func (p *program) initCmd() *cobra.Command {
	var f founding
	c := &cobra.Command{
		Use:   "init",
		Short: "Make the directory of a service: keys, records, configuration",
		Long: `Make the directory of a new service with its first issuer.

The base URL is the address under which the world will reach the service. It
stands in every credential, in the identifier of the issuer and in every QR code,
on paper too: it cannot be changed afterwards.

The keys are encrypted. The passphrase comes from MERKKI_PASSPHRASE, from the file
that MERKKI_PASSPHRASE_FILE names, or from a question on the terminal; or with
--identity FILE they belong to an age identity that you keep (it is made when
FILE does not exist).`,
		Example: `  merkki init --dir merkki-data --base-url https://badges.example.org --name "Example University" --lang en`,
		Args:    cobra.NoArgs,
	}
	fl := c.Flags()
	fl.StringVar(&f.baseURL, "base-url", "", "the https origin of the service, for ever")
	fl.StringVar(&f.name, "name", "", "name of the institution")
	fl.StringVar(&f.did, "did", "web", "kind of identifier: web (its domain) or key (its key, which can then never change)")
	fl.StringVar(&f.lang, "lang", "en", "its language: fi, sv or en")
	fl.BoolVar(&f.test, "test", false, "a test issuer: everything it issues says TEST")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := oneOf("did", f.did, "web", "key"); err != nil {
			return err
		}
		if err := oneOf("lang", f.lang, i18n.Languages...); err != nil {
			return err
		}
		if err := checkBaseURL(f.baseURL); err != nil {
			return usage("--base-url %w", err)
		}
		s, first, err := p.found(cmd.Context(), f)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		return p.tellFounded(f, first)
	}
	return required(c, "base-url", "name")
}

// found makes the directory. merkki.toml comes last: a directory without it was
// not finished, and no command takes it for a service.
func (p *program) found(ctx context.Context, f founding) (*service, issuer.Institution, error) {
	var none issuer.Institution
	dir := p.directory()
	if err := emptyDir(dir); err != nil {
		return nil, none, err
	}
	flags := map[string][]string{"base_url": {f.baseURL}, "lang": {f.lang}}
	for k, v := range f.settings {
		flags[k] = []string{v}
	}
	if f.settings["passphrase_file"] != "" {
		flags["passphrase_file"] = []string{filepath.Join(dir, f.settings["passphrase_file"])}
	}
	c, err := loadConfig("", p.withIdentity(flags), p.Getenv, p.Environ())
	if err != nil {
		return nil, none, err
	}
	unlock, err := p.unlockFresh(c)
	if err != nil {
		return nil, none, err
	}
	ks, err := softstore.Create(filepath.Join(dir, keysFolder), unlock)
	if err != nil {
		return nil, none, err
	}
	s, err := p.wire(ctx, dir, c, ks)
	if err != nil {
		return nil, none, err
	}
	first, err := s.issuer.AddInstitution(ctx, localActor(), f.name, f.did, f.lang, f.test)
	if err == nil {
		err = writeNew(filepath.Join(dir, "merkki.toml"), configText(f), 0o600)
	}
	if err != nil {
		s.Close()
		return nil, none, err
	}
	return s, first, nil
}

// unlockFresh asks for the passphrase at once: a directory that was half made
// because somebody mistyped it twice would be in the way.
func (p *program) unlockFresh(c *config) (softstore.Unlock, error) {
	if c.Identity != "" {
		if !exists(c.Identity) {
			if err := softstore.NewIdentity(c.Identity); err != nil {
				return nil, exit(exitCannotCreate, "%w", err)
			}
			p.say("the identity that opens the keys is in %s: keep it apart from the directory", c.Identity)
		}
		return softstore.IdentityFile(c.Identity), nil
	}
	s, err := p.passphrase(c, true)
	if err != nil {
		return nil, err
	}
	return softstore.Passphrase(func() (string, error) { return s, nil }), nil
}

// emptyDir makes the directory, or accepts an empty one.
func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	if exists(filepath.Join(dir, "merkki.toml")) {
		return exit(exitCannotCreate, "%s holds a service already: `merkki serve --dir %s` starts it", dir, dir)
	}
	for _, e := range entries {
		if e.Name() != "passphrase" {
			return exit(exitCannotCreate, "%s is not empty (%s): name a new directory, or remove what an unfinished init left", dir, e.Name())
		}
	}
	return os.Chmod(dir, 0o700)
}

// configText writes merkki.toml: every key with what it is, those that are set
// as they are, the others commented out.
func configText(f founding) []byte {
	set := map[string]string{"base_url": f.baseURL, "lang": f.lang}
	for k, v := range f.settings {
		set[k] = v
	}
	var b strings.Builder
	b.WriteString("# The configuration of this service. A flag, then the environment (MERKKI_ and\n# the key in capitals), stand above what is written here.\n")
	for _, s := range settings {
		b.WriteString("\n# " + strings.ReplaceAll(s.text, "\n", "\n# ") + "\n")
		value, ok := set[s.key]
		switch {
		case ok:
			fmt.Fprintf(&b, "%s = %q\n", s.key, value)
		case s.many != nil:
			fmt.Fprintf(&b, "#%s = []\n", s.key)
		case s.yes != nil:
			fmt.Fprintf(&b, "#%s = %s\n", s.key, s.fallback)
		default:
			fmt.Fprintf(&b, "#%s = %q\n", s.key, s.fallback)
		}
	}
	b.WriteString(contextHelp)
	return []byte(b.String())
}

const contextHelp = `
# JSON-LD contexts beyond the embedded ones, each pinned by its SHA-256. They are
# read from the file and never from the network.
#[[context]]
#url = "https://example.org/context.json"
#file = "context.json"
#sha256 = "…"
`

// tellFounded says what was made and what comes next.
func (p *program) tellFounded(f founding, i issuer.Institution) error {
	if p.json {
		return p.printJSON(fmt.Appendf(nil, `{"id":%q,"did":%q,"baseUrl":%q}`, i.ID, i.DID, f.baseURL))
	}
	p.line("%s  %s", i.ID, i.DID)
	p.say("%s is now the address of every credential, and goes onto paper: it cannot be changed", f.baseURL)
	p.warnDIDKey(f.did)
	p.say("next: merkki achievements add FILE.json --dir %s, then merkki serve --dir %s", p.directory(), p.directory())
	return nil
}
