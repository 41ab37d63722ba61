package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"merkki/internal/i18n"
	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

var update = flag.Bool("update", false, "write the pages of docs/reference that are tables of the program")

// reference are the pages that are tables of the program.
var reference = map[string]func() string{
	"commands.md":      commandsPage,
	"configuration.md": configurationPage,
	"checks.md":        checksPage,
	"problems.md":      problemsPage,
	"proofs.md":        proofsPage,
}

// TestReference writes the pages anew and compares.
func TestReference(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(reference)) {
		path := filepath.Join("..", "..", "docs", "reference", name)
		want := reference[name]()
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not what the program says: go test ./cmd/merkki -run TestReference -update", path)
		}
	}
}

func commandsPage() string {
	p, _, _ := newProgram()
	root := p.root()
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	b.WriteString("# Commands\n\nWhat was asked for goes to standard output, words to standard error. `-` is\nstandard input wherever a file is read. These flags are everywhere:\n\n")
	writeFlags(&b, root.PersistentFlags())
	b.WriteString("\n## Exit statuses\n\n| status | meaning |\n|---|---|\n")
	for _, m := range exitMeanings {
		fmt.Fprintf(&b, "| %d | %s |\n", m.status, m.meaning)
	}
	b.WriteString("\nSeveral inputs of `verify`: 1 if any is invalid, else 2 if any cannot be told,\nelse 0. An input that cannot be read outranks them.\n")
	for _, c := range root.Commands() {
		if c.Name() != "help" && c.Name() != "completion" && c.Name() != "exits" {
			writeCommand(&b, c)
		}
	}
	return b.String()
}

func writeCommand(b *strings.Builder, c *cobra.Command) {
	if !c.HasSubCommands() {
		fmt.Fprintf(b, "\n## %s\n\n%s.\n", c.CommandPath(), c.Short)
		if c.Long != "" {
			fmt.Fprintf(b, "\n%s\n", c.Long)
		}
		fmt.Fprintf(b, "\n```text\n%s\n```\n", c.UseLine())
		if c.LocalNonPersistentFlags().HasFlags() {
			b.WriteString("\n")
			writeFlags(b, c.LocalNonPersistentFlags())
		}
	}
	for _, sub := range c.Commands() {
		writeCommand(b, sub)
	}
}

func writeFlags(b *strings.Builder, f *pflag.FlagSet) {
	b.WriteString("| flag | what it does |\n|---|---|\n")
	f.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if value != "" && f.Value.Type() != "bool" {
			name += " " + strings.ToUpper(strings.Replace(value, "stringArray", "value", 1))
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			text += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", name, cell(text))
	})
}

// cell makes a text fit into a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\n", " "), "|", `\|`)
}

func configurationPage() string {
	var b strings.Builder
	b.WriteString(`# Configuration

Each value comes from the first of: a flag of the command, the environment,
` + "`DIR/merkki.toml`" + `, the default. Unknown keys, in the file or in the environment,
are refused with the nearest known one; all faults are named at once, and the
program ends with 78. Paths in the file are relative to the directory. ` + "`merkki\ninit`" + ` writes the file with a comment on every key.

| key | environment | default | what it is |
|---|---|---|---|
`)
	for _, s := range settings {
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.key, s.env(), firstOf(s.fallback, "–"), cell(s.text))
	}
	b.WriteString("| `[[context]]` | – | – | JSON-LD contexts beyond the embedded ones: `url`, `file`, `sha256`. |\n")
	b.WriteString(`
Only in the environment: ` + "`MERKKI_DIR`" + `, the directory when ` + "`--dir`" + ` is not given, and
` + "`MERKKI_PASSPHRASE`" + `, the passphrase itself. A systemd credential named
` + "`merkki.passphrase`" + ` stands in for ` + "`passphrase_file`" + `.
`)
	return b.String()
}

func checksPage() string {
	words := i18n.New("en")
	var b strings.Builder
	b.WriteString(`# Checks

The checks of a report, in the order in which they run. A check whose needs have
not passed does not run, and says so. What each may find stands below it, with
the code for programs and the outcome: fail is evidence against the credential,
unknown says something about us or the world, warn decides nothing.
`)
	for _, c := range verifier.Checks() {
		fmt.Fprintf(&b, "\n## %s\n\n%s. Cited: %s.", c.Name, strings.TrimRight(words.CheckName(c.Name), ".?"), strings.TrimSuffix(c.Citation, "."))
		if len(c.Needs) > 0 {
			fmt.Fprintf(&b, " Needs %s.", "`"+strings.Join(c.Needs, "`, `")+"`")
		}
		b.WriteString("\n")
		writeFindings(&b, words, c.Name)
	}
	return b.String()
}

func writeFindings(b *strings.Builder, words *i18n.Printer, check string) {
	heading := "\n| finding | outcome | code | in words |\n|---|---|---|---|\n"
	for _, f := range schema.Findings() {
		if f.Check != check {
			continue
		}
		b.WriteString(heading)
		heading = ""
		fmt.Fprintf(b, "| `%s` | %s | [%s](problems.md#%s) | %s |\n", f.Finding, f.Outcome, f.Code, strings.ToLower(string(f.Code)), cell(words.Finding(f.Finding, nil)))
	}
}

func problemsPage() string {
	words := i18n.New("en")
	var b strings.Builder
	b.WriteString(`# Problems

The codes of reports and of the API (RFC 9457). A code never changes its meaning.
The type is a URL: that of the W3C where it has named the problem, a page of the
service otherwise. The status is that of an API request; a verification answers
200 with a report, whatever it says.
`)
	for _, c := range schema.Codes() {
		t := words.Code(c)
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s\n\nType `%s`, status %d, exit status of a command %d.\n", c, strings.TrimSuffix(t.Title, "."), t.Meaning, c.Type(), c.Status(), statusOf(c))
	}
	return b.String()
}

// proofsPage lists what is signed and read, which contexts are known, and what is
// recognised without being read.
func proofsPage() string {
	words := i18n.New("en")
	var b strings.Builder
	b.WriteString(`# Proof formats, contexts, kinds of files

## Proof formats

Whoever issues chooses among those that are issued, several for one credential
(` + "`merkki issuers edit`" + `). What covers statements ignores white space and the order
of members; what covers text is over the text of every value.

| format | issued with | covers |
|---|---|---|
`)
	for _, f := range proof.Formats() {
		with, covers := "read only", "statements"
		if f.IssueToo {
			with = fitting(f)
		}
		if f.CoversText {
			covers = "text"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, with, covers)
	}
	b.WriteString("\n## Contexts\n\nEmbedded, each pinned by its SHA-256; none is ever fetched.\n\n")
	for _, url := range jsonld.Embedded().URLs() {
		fmt.Fprintf(&b, "- `%s`\n", url)
	}
	b.WriteString("\n## Kinds that are recognised and not read\n\nTheir verdict is *cannot tell*, with the name and what to do next.\n\n| kind | name | next step |\n|---|---|---|\n")
	for _, kind := range schema.ForeignKinds() {
		next := words.T("next.no-credential")
		if key := "next.format." + kind; words.Has(key) {
			next = words.T(key)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", kind, words.T("format."+kind), next)
	}
	return b.String()
}

// fitting names the kinds of keys that sign in a format.
func fitting(f *proof.Format) string {
	var names []string
	for _, k := range keyOfEachKind() {
		if f.Fits(k) {
			names = append(names, string(keys.AlgorithmOf(k)))
		}
	}
	return strings.Join(names, ", ")
}

// keyOfEachKind is one public key of each kind.
var keyOfEachKind = sync.OnceValue(func() []crypto.PublicKey {
	ed, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	all := []crypto.PublicKey{ed}
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384()} {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			panic(err)
		}
		all = append(all, k.Public())
	}
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return append(all, k.Public())
})
