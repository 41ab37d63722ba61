package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"merkki/keys/softstore"
)

func (p *program) passphraseCmd() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "passphrase", Short: "Change the passphrase of the keys", Args: cobra.NoArgs,
		Long: `Change the passphrase of the keys. The old one comes from where it always comes from:
the terminal, MERKKI_PASSPHRASE_FILE or the configuration. The keys themselves stay as
they are, and a server that runs goes on. Where the service reads its passphrase from a
file, write the new one there afterwards. Older backups open with the older passphrase:
if somebody else knows that, the keys have to be replaced, too.`,
		Example: "  merkki passphrase\n  merkki passphrase --new-passphrase-file new.txt",
	}
	c.Flags().StringVar(&file, "new-passphrase-file", "", "read the new passphrase from `FILE` (mode 0600) instead of asking on the terminal")
	c.RunE = func(*cobra.Command, []string) error {
		conf, err := p.config(nil)
		if err != nil {
			return err
		}
		dir := filepath.Join(p.directory(), keysFolder)
		old := func() (string, error) { return p.passphrase(conf, false) }
		if err := softstore.ChangePassphrase(dir, old, func() (string, error) { return p.newPassphrase(file) }); err != nil {
			if exitStatus(err) != exitInternal {
				return err
			}
			return exit(exitConfiguration, "%w", err)
		}
		p.line("the passphrase was changed")
		return nil
	}
	return c
}

// newPassphrase reads the new passphrase from a file, or asks for it twice.
func (p *program) newPassphrase(file string) (string, error) {
	if file != "" {
		word, err := readSecret(file)
		if err == nil && len(word) < 12 {
			err = exit(exitUsage, "a passphrase has at least 12 characters")
		}
		return word, err
	}
	f, ok := p.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", usage("there is no terminal to ask on: give the new passphrase with --new-passphrase-file")
	}
	return p.askTwice(f, "new passphrase of the keys: ")
}
