package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"merkki/issuer"
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
			[]string{"ID", "STATE", "ISSUED", "VALID UNTIL", "MAIL", "ACHIEVEMENT"},
			func(r record) []string {
				return []string{r.ID, r.State, r.IssuedAt, firstOf(r.ValidUntil, "-"), lastMail(r.Mails), r.Achievement}
			})
	})
	return c
}

func (p *program) showCmd() *cobra.Command {
	var form string
	c := &cobra.Command{
		Use: "show ID", Short: "Show one credential and its state", Args: cobra.ExactArgs(1),
		Long: `Show the record of one credential. With --form the credential itself is printed,
as it was signed: vc is the public document, jwt the token beside it, sd-base the
copy with a base proof. That copy is for its holder alone: whoever has it can show
everything, and any part of it (` + "`merkki derive`" + `).`,
		Example: `  merkki show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P
  merkki show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --json
  merkki show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --form sd-base > for-the-holder.json`,
	}
	c.Flags().StringVar(&form, "form", "", "print the credential in this `FORM`: vc, jwt or sd-base")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		id := idIn(args[0], "c")
		if form == "" {
			return one(ctx, p, cl, request{method: "GET", path: "/api/v1/credentials/" + id}, p.showRecord)
		}
		r, err := formRequest(id, form)
		if err != nil {
			return err
		}
		b, err := cl.raw(ctx, r)
		if err != nil {
			return err
		}
		p.line("%s", b)
		return nil
	})
	return c
}

// formRequest asks for a credential in a form. The API has it whatever its public
// address shows.
func formRequest(id, form string) (request, error) {
	if err := oneOf("form", form, "vc", issuer.FormToken, issuer.FormBase); err != nil {
		return request{}, err
	}
	return request{method: "GET", path: "/api/v1/credentials/" + id, query: url.Values{"form": {form}}}, nil
}

func (p *program) showRecord(r struct {
	record
	Credential json.RawMessage `json:"credential"`
}) {
	f := factsOf(r.Credential)
	p.line("%s", firstOf(f.achievement, r.Achievement))
	rows := [][2]string{
		{"address", r.URL}, {"state", r.State}, {"reason", r.Reason}, {"changed", r.ChangedAt},
		{"recipient", f.recipient}, {"issued", r.IssuedAt}, {"valid until", r.ValidUntil},
		{"achievement", r.Achievement}, {"issuer", r.Issuer},
		{"forms", strings.Join(append([]string{"vc"}, r.Forms...), ", ")},
	}
	for _, m := range r.Mails {
		rows = append(rows, [2]string{"mail", m.String()})
	}
	for _, row := range rows {
		if row[1] != "" {
			p.line("  %-12s %s", row[0], row[1])
		}
	}
}
