package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (p *program) visibilityCmd() *cobra.Command {
	return &cobra.Command{
		Use: "visibility ID withheld|chosen", Short: "Withhold what the address of a credential shows, or end that", Args: cobra.ExactArgs(2),
		Long: `Say what the address of a credential shows. Whether it shows everything by link,
may be found, or is closed is its learner's choice, made on the learner's own page.

withheld is for people whose whereabouts must not be told (a non-disclosure order):
every public address then answers as if the number had never been given, the
certificate has no address and no code, and mails say nothing of it. A file of it
that its learner hands out is verified as before. chosen ends that: what the
learner had chosen counts again.`,
		Example: `  merkki visibility 7K2MQ9D4X1TBN8RWZ03FHJ5V6P withheld`,
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			if err := oneOf("visibility", args[1], "withheld", "chosen"); err != nil {
				return err
			}
			r := request{method: "PATCH", path: "/api/v1/credentials/" + idIn(args[0], "c"), body: map[string]string{"visibility": args[1]}}
			return one(ctx, p, cl, r, func(r struct {
				ID         string `json:"id"`
				Visibility string `json:"visibility"`
			}) {
				p.line("%s %s", firstOf(r.Visibility, "link"), r.ID)
			})
		}),
	}
}
