package main

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/spf13/cobra"
)

func (p *program) listCmd() *cobra.Command {
	var state, achievementID string
	c := &cobra.Command{
		Use: "list", Short: "List the credentials that were issued", Args: cobra.NoArgs,
		Example: "  merkki list\n  merkki list --state revoked --json",
	}
	c.Flags().StringVar(&state, "state", "", "only those in this state: issued, suspended, revoked")
	c.Flags().StringVar(&achievementID, "achievement", "", "only those for the achievement with this `ID`")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		q := url.Values{}
		if state != "" {
			q.Set("state", state)
		}
		if achievementID != "" {
			q.Set("achievement", achievementID)
		}
		return all(ctx, p, cl, "/api/v1/credentials", q,
			[]string{"ID", "STATE", "ISSUED", "VALID UNTIL", "ACHIEVEMENT"},
			func(r record) []string {
				return []string{r.ID, r.State, r.IssuedAt, firstOf(r.ValidUntil, "-"), r.Achievement}
			})
	})
	return c
}

func (p *program) showCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one credential and its state", Args: cobra.ExactArgs(1),
		Example: `  merkki show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P
  merkki show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --json`,
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			r := request{method: "GET", path: "/api/v1/credentials/" + idIn(args[0], "c")}
			return one(ctx, p, cl, r, p.showRecord)
		}),
	}
}

func (p *program) showRecord(r struct {
	record
	Credential json.RawMessage `json:"credential"`
}) {
	f := factsOf(r.Credential)
	p.line("%s", firstOf(f.achievement, r.Achievement))
	for _, row := range [][2]string{
		{"address", r.URL}, {"state", r.State}, {"reason", r.Reason}, {"changed", r.ChangedAt},
		{"recipient", f.recipient}, {"issued", r.IssuedAt}, {"valid until", r.ValidUntil},
		{"achievement", r.Achievement}, {"issuer", r.Issuer},
	} {
		if row[1] != "" {
			p.line("  %-12s %s", row[0], row[1])
		}
	}
}
