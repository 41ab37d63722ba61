package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/term"
)

// passphrase finds the passphrase of the keys. fresh asks twice and refuses a
// short one, because it is about to be the only way to the keys.
func (p *program) passphrase(c *config, fresh bool) (string, error) {
	if v, ok := p.Getenv("MERKKI_PASSPHRASE"); ok && v != "" {
		return v, nil
	}
	if path := p.passphraseFile(c); path != "" {
		return readSecret(path)
	}
	f, ok := p.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", exit(exitConfiguration, "the keys need a passphrase and there is no terminal to ask on: set MERKKI_PASSPHRASE_FILE, or name an identity with --identity")
	}
	if fresh {
		return p.askTwice(f, "passphrase of the keys: ")
	}
	return p.ask(f, "passphrase of the keys: ")
}

// askTwice asks for a passphrase that is about to be the only way to the keys.
func (p *program) askTwice(f *os.File, question string) (string, error) {
	first, err := p.ask(f, question)
	if err != nil {
		return "", err
	}
	again, err := p.ask(f, "the same once more: ")
	switch {
	case err != nil:
		return "", err
	case first != again:
		return "", exit(exitUsage, "the two passphrases differ")
	case len(first) < 12:
		return "", exit(exitUsage, "a passphrase has at least 12 characters")
	}
	return first, nil
}

// passphraseFile is the configured file, or the credential that systemd hands
// over (LoadCredential=merkki.passphrase:…).
func (p *program) passphraseFile(c *config) string {
	if c.PassphraseFile != "" {
		return c.PassphraseFile
	}
	if d, ok := p.Getenv("CREDENTIALS_DIRECTORY"); ok {
		if path := filepath.Join(d, "merkki.passphrase"); exists(path) {
			return path
		}
	}
	return ""
}

// readSecret reads a secret from a file that only its owner may read.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", exit(exitConfiguration, "a secret could not be read: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", exit(exitConfiguration, "%s can be read by others: chmod 600 it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", exit(exitConfiguration, "a secret could not be read: %w", err)
	}
	s := trimNewline(b)
	if s == "" {
		return "", exit(exitConfiguration, "%s is empty", path)
	}
	return s, nil
}

// ask puts a question on the terminal and reads the answer without showing it.
func (p *program) ask(f *os.File, question string) (string, error) {
	fmt.Fprint(p.Err, question)
	b, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(p.Err)
	return string(b), err
}
