package main

import (
	"context"
	"net/url"

	"github.com/spf13/cobra"
)

func (p *program) revokeCmd() *cobra.Command {
	return p.statusCmd("revoke", "Withdraw a credential for good",
		"A revoked credential stays revoked: every verifier that asks will say so, and\nthe public page shows the reason. There is no way back; a mistake is mended by\nissuing a new one.")
}

func (p *program) suspendCmd() *cobra.Command {
	return p.statusCmd("suspend", "Put a credential on hold",
		"Only credentials of achievements that were added with --suspendable have a place\nin a suspension list. The public page shows the reason.")
}

func (p *program) reinstateCmd() *cobra.Command {
	return p.statusCmd("reinstate", "Take a credential off hold",
		"The opposite of suspend. A revoked credential cannot be reinstated.")
}

// statusCmd makes one of the three commands that change the state.
func (p *program) statusCmd(action, short, long string) *cobra.Command {
	var reason, code string
	c := &cobra.Command{
		Use: action + " ID", Short: short, Long: long, Args: cobra.ExactArgs(1),
		Example: `  merkki ` + action + ` 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --reason "…"
  merkki ` + action + ` --from ids.csv --reason "…" --dry-run`,
	}
	c.Flags().StringVar(&reason, "reason", "", "why; shown to whoever opens the page, so no personal data")
	c.Flags().StringVar(&code, "code", "", "reason code: issued-in-error, requirements-not-met, misconduct or requested-by-holder")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		body := map[string]string{"action": action, "reason": reason}
		if code != "" {
			body["code"] = code
		}
		r := request{method: "POST", path: "/api/v1/credentials/" + idIn(args[0], "c") + "/status", body: body}
		return one(ctx, p, cl, r, func(r record) { p.line("%s %s", r.State, r.URL) })
	})
	return p.alsoFrom(required(c, "reason"), func() url.Values {
		return url.Values{"action": {action}, "reason": {reason}, "code": {code}}
	})
}
