package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"merkki/internal/fetch"
)

// A trustSource is a trust list that the service uses, as the API shows it.
type trustSource struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Source  string `json:"source"`
	Version string `json:"version"`
	Date    string `json:"date"`
	Added   string `json:"added"`
	Issuers int    `json:"issuers"`
	Signer  string `json:"signer"`
	Expires string `json:"expires"`
}

func (p *program) trustCmd() *cobra.Command {
	return holder("trust", "The lists of issuers that this service's /verify trusts: add, list, remove",
		p.trustAdd(), p.trustList(), p.trustRemove())
}

func (p *program) trustAdd() *cobra.Command {
	var name, key string
	c := &cobra.Command{
		Use: "add FILE|URL", Short: "Add a list of trusted issuers", Args: cobra.ExactArgs(1),
		Long: `Add a list of issuers whose credentials this service's /verify may call genuine:
a JSON list of issuer ids or of entries, a list that somebody signed, or an issuer
registry of the Digital Credentials Consortium; see docs/reference/files.md. A
signed list needs --trust-key and names nobody after its end. An https address is
read once, now; add it again when it has changed.`,
		Example: `  merkki trust add universities.json --name "Universities of Finland"
  merkki trust add https://registry.example/universities.jwt --trust-key registry.jwk`,
	}
	c.Flags().StringVar(&name, "name", "", "what readers see as the name of the list")
	c.Flags().StringVar(&key, "trust-key", "", "the public key (JWK) in `FILE` has to have signed the list")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		b, err := p.readTrust(ctx, args[0])
		if err != nil {
			return err
		}
		list, ok := listForAPI(b)
		if !ok {
			return exit(exitData, "%s is not JSON", args[0])
		}
		body := map[string]any{"source": args[0], "list": list}
		if isSigned(b) {
			if key == "" {
				return exit(exitData, "%s: %w", args[0], errNoTrustKey)
			}
			if body["key"], err = p.readJSON(key); err != nil {
				return err
			}
		}
		if name != "" {
			body["name"] = name
		}
		r := request{method: "POST", path: "/api/v1/trust", body: body}
		return one(ctx, p, cl, r, func(t trustSource) {
			p.line("%s  %s  %s", t.ID, firstOf(t.Name, t.Source), count(t.Issuers, "issuer"))
		})
	})
	return c
}

// readTrust reads a trust list from a file or an https address.
func (p *program) readTrust(ctx context.Context, ref string) ([]byte, error) {
	if !strings.Contains(ref, "://") {
		return p.readInput(ref, maxTrustList)
	}
	d, err := p.network().Get(ctx, fetch.Credential, ref)
	if err != nil {
		return nil, exit(exitUnavailable, "%s: %w", ref, err)
	}
	return d.Bytes, nil
}

func (p *program) trustList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List them", Args: cobra.NoArgs,
		RunE: p.withClient(func(ctx context.Context, cl *client, _ []string) error {
			return all(ctx, p, cl, "/api/v1/trust", nil,
				[]string{"ID", "NAME", "ISSUERS", "VERSION", "DATE", "SIGNED BY", "UNTIL", "ADDED", "SOURCE"},
				func(t trustSource) []string {
					return []string{t.ID, firstOf(t.Name, "-"), itoa(t.Issuers), firstOf(t.Version, "-"), firstOf(t.Date, "-"), firstOf(t.Signer, "-"), firstOf(t.Expires, "-"), t.Added, t.Source}
				})
		}),
	}
}

func (p *program) trustRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove ID", Short: "Trust a list no longer", Args: cobra.ExactArgs(1),
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			return cl.call(ctx, request{method: "DELETE", path: "/api/v1/trust/" + args[0]}, nil)
		}),
	}
}
