package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups in which help lists the commands.
const (
	groupStart  = "start"
	groupIssue  = "issue"
	groupVerify = "verify"
	groupCare   = "care"
)

// root builds the tree of commands anew for each run: flags are state.
func (p *program) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "merkki",
		Short: "Issue Open Badges 3.0 credentials, and verify anybody's",
		Example: `  merkki demo
  merkki verify diploma.json
  merkki init --dir merkki-data --base-url https://badges.example.org --name "Example University"`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          subcommandOnly,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.SuggestionsMinimumDistance = 2
	c.SetIn(p.In)
	c.SetOut(p.Out)
	c.SetErr(p.Err)
	c.CompletionOptions.HiddenDefaultCmd = false
	c.SetFlagErrorFunc(flagError)
	c.AddGroup(
		&cobra.Group{ID: groupStart, Title: "Start:"},
		&cobra.Group{ID: groupVerify, Title: "Verify:"},
		&cobra.Group{ID: groupIssue, Title: "Issue:"},
		&cobra.Group{ID: groupCare, Title: "Take care:"},
	)
	f := c.PersistentFlags()
	f.StringVar(&p.dir, "dir", "", "directory of the service (default $MERKKI_DIR, then ./merkki-data)")
	f.BoolVar(&p.json, "json", false, "print facts as JSON: one object, or one a line")
	f.StringVar(&p.as, "as", "", "act as the token in `FILE` instead of as the operating-system user")
	f.StringVar(&p.identity, "identity", "", "open the keys with the age identity in `FILE` instead of a passphrase")

	add := func(group string, cs ...*cobra.Command) {
		for _, sub := range cs {
			sub.GroupID = group
			c.AddCommand(sub)
		}
	}
	add(groupStart, p.demoCmd(), p.initCmd(), p.serveCmd())
	add(groupVerify, p.verifyCmd(), p.unbakeCmd(), p.deriveCmd(), p.trustCmd())
	add(groupIssue, p.achievementsCmd(), p.issueCmd(), p.batchesCmd(), p.renewCmd(), p.reissueCmd(), p.revokeCmd(), p.suspendCmd(), p.reinstateCmd(), p.visibilityCmd(), p.requestsCmd(), p.listCmd(), p.showCmd(), p.mailCmd(), p.bakeCmd(), p.printCmd())
	add(groupCare, p.issuersCmd(), p.keysCmd(), p.passphraseCmd(), p.tokensCmd(), p.backupCmd(), p.doctorCmd(), p.versionCmd())
	c.AddCommand(exitsTopic())
	strict(c)
	return c
}

// flagError is a usage error that suggests the nearest flag.
func flagError(c *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usage("%w", err)
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	return usage("%w%s", err, didYouMean("--"+unknown.GetSpecifiedName(), known))
}

// strict makes every wrong number of arguments a usage error and every command
// that only holds others refuse what it does not know.
func strict(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return asUsage(err)
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

func asUsage(err error) error {
	if exitStatus(err) == exitUsage {
		return err
	}
	return usage("%w", err)
}

// subcommandOnly is the argument rule of a command that only holds others.
func subcommandOnly(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	near := ""
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		near = fmt.Sprintf(", did you mean %q?", s[0])
	}
	return usage("there is no command %q%s", c.CommandPath()+" "+args[0], near)
}

// holder makes a command that only holds others.
func holder(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: subcommandOnly,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.SuggestionsMinimumDistance = 2
	c.AddCommand(subs...)
	return c
}

// exitsTopic is the help topic of the exit statuses.
func exitsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("The exit status says what came of a command:\n\n")
	for _, m := range exitMeanings {
		fmt.Fprintf(&b, "  %2d  %s\n", m.status, m.meaning)
	}
	b.WriteString("\nSeveral inputs of verify: 1 if any is invalid, else 2 if any cannot be told, else 0.")
	return &cobra.Command{Use: "exits", Short: "What the exit statuses mean", Long: b.String()}
}
