package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
)

// A token is what the API tells of one; Secret only when it was just made.
type token struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Issuer  string   `json:"issuer"`
	Roles   []string `json:"roles"`
	Created string   `json:"created"`
	Expires string   `json:"expires"`
	Revoked string   `json:"revoked"`
	Secret  string   `json:"secret"`
}

func (p *program) tokensCmd() *cobra.Command {
	return holder("tokens", "Who may use the API: new, list, revoke",
		p.tokensNew(), p.tokensList(), p.tokensRevoke())
}

func (p *program) tokensNew() *cobra.Command {
	var name, issuerID, expires string
	var roles []string
	c := &cobra.Command{
		Use: "new", Short: "Make a token and print it, once", Args: cobra.NoArgs,
		Long: `Make a token for the API. It is printed once and kept only as a hash: whoever
loses it needs a new one. On this machine no token is needed to make the first.`,
		Example: `  merkki tokens new --name "study register" --role registrar --expires 2027-08-01 > register.token`,
	}
	c.Flags().StringVar(&name, "name", "", "who will use it; stands in the log of changes")
	c.Flags().StringSliceVar(&roles, "role", nil, "what it may do: "+strings.Join(everyRole, ", ")+"; may be repeated")
	c.Flags().StringVar(&issuerID, "issuer", "", "only for the issuer with this `ID`")
	c.Flags().StringVar(&expires, "expires", "", "last `DATE` or time")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		for _, r := range roles {
			if err := oneOf("role", r, everyRole...); err != nil {
				return err
			}
		}
		end, err := moment("expires", expires)
		if err != nil {
			return err
		}
		body := map[string]any{"name": name, "roles": roles}
		if issuerID != "" {
			body["issuer"] = issuerID
		}
		if !end.IsZero() {
			body["expires"] = wireTime(end)
		}
		return one(ctx, p, cl, request{method: "POST", path: "/api/v1/tokens", body: body}, func(t token) {
			p.line("%s", t.Secret)
			p.say("this is the only time it is shown")
		})
	})
	return required(c, "name", "role")
}

func (p *program) tokensList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the tokens", Args: cobra.NoArgs,
		RunE: p.withClient(func(ctx context.Context, cl *client, _ []string) error {
			return all(ctx, p, cl, "/api/v1/tokens", nil, []string{"ID", "NAME", "ROLES", "ISSUER", "CREATED", "EXPIRES", "REVOKED"},
				func(t token) []string {
					return []string{t.ID, t.Name, strings.Join(t.Roles, ","), firstOf(t.Issuer, "all"), t.Created, firstOf(t.Expires, "never"), firstOf(t.Revoked, "-")}
				})
		}),
	}
}

func (p *program) tokensRevoke() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a token at once", Args: cobra.ExactArgs(1),
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			return cl.call(ctx, request{method: "DELETE", path: "/api/v1/tokens/" + args[0]}, nil)
		}),
	}
}
