package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"merkki/proof"
)

// An institution is an issuer of the service, as the API shows it.
type institution struct {
	ID   string `json:"id"`
	DID  string `json:"did"`
	Name string `json:"name"`
	URL  string `json:"url"`
	Lang string `json:"lang"`
	Test bool   `json:"test"`
	// Formats are what it signs with.
	Formats []string `json:"formats"`
	Look    *struct {
		Colour     string            `json:"colour"`
		Dark       string            `json:"colourDark"`
		Logo       string            `json:"logo"`
		Text       map[string]string `json:"text"`
		Contact    string            `json:"contact"`
		Layout     string            `json:"layout"`
		Second     string            `json:"secondLanguage"`
		Signatures []struct {
			Name  string `json:"name"`
			Title string `json:"title"`
			Image bool   `json:"image"`
		} `json:"signatures"`
	} `json:"look"`
}

func (p *program) issuersCmd() *cobra.Command {
	return holder("issuers", "The institutions that issue: add, edit, list, show",
		p.issuersAdd(), p.issuersEdit(), p.issuersList(), p.issuersShow())
}

func (p *program) issuersAdd() *cobra.Command {
	var name, did, lang string
	var test bool
	c := &cobra.Command{
		Use: "add", Short: "Add an institution", Args: cobra.NoArgs,
		Example: `  merkki issuers add --name "Example Polytechnic"`,
	}
	c.Flags().StringVar(&name, "name", "", "name of the institution")
	c.Flags().StringVar(&did, "did", "web", "kind of identifier: web or key")
	c.Flags().StringVar(&lang, "lang", "", "its language: fi, sv or en")
	c.Flags().BoolVar(&test, "test", false, "a test issuer: everything it issues says TEST")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		if err := oneOf("did", did, "web", "key"); err != nil {
			return err
		}
		body := map[string]any{"name": name, "did": did}
		if lang != "" {
			body["lang"] = lang
		}
		if test {
			body["test"] = true
		}
		return one(ctx, p, cl, request{method: "POST", path: "/api/v1/issuers", body: body}, func(i institution) {
			p.line("%s  %s", i.ID, i.DID)
			p.warnDIDKey(did)
		})
	})
	return required(c, "name")
}

// issuable are the formats that an institution can sign in.
func issuable() []string {
	var names []string
	for _, f := range proof.Formats() {
		if f.IssueToo {
			names = append(names, f.Name)
		}
	}
	return names
}

// warnDIDKey says what a did:key issuer gives up.
func (p *program) warnDIDKey(method string) {
	if method == "key" {
		p.say("a did:key issuer is its key: it can never be changed for another, and when it is lost or stolen the issuer is, too")
	}
}

// oneOf makes a usage error of a flag with a value that does not exist.
func oneOf(flag, v string, allowed ...string) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	return usage("--%s is one of %s, not %q%s", flag, strings.Join(allowed, ", "), v, didYouMean(v, allowed))
}

func (p *program) issuersList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the institutions", Args: cobra.NoArgs,
		RunE: p.withClient(func(ctx context.Context, cl *client, _ []string) error {
			return all(ctx, p, cl, "/api/v1/issuers", nil, []string{"ID", "NAME", "TEST", "IDENTIFIER"},
				func(i institution) []string { return []string{i.ID, i.Name, yes(i.Test), i.DID} })
		}),
	}
}

func (p *program) issuersShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one institution", Args: cobra.ExactArgs(1),
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			r := request{method: "GET", path: "/api/v1/issuers/" + idIn(args[0], "i")}
			return one(ctx, p, cl, r, func(i institution) {
				p.line("%s%s", i.Name, testMark(i.Test))
				p.line("  id          %s", i.ID)
				p.line("  identifier  %s", i.DID)
				p.line("  page        %s", i.URL)
				p.line("  language    %s", i.Lang)
				p.line("  signs with  %s", strings.Join(i.Formats, ", "))
				p.showLook(i)
			})
		}),
	}
}

func testMark(test bool) string {
	if test {
		return " (TEST)"
	}
	return ""
}
