package main

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/spf13/cobra"
)

// maxDocument bounds what is read of one document; the API judges.
const maxDocument = 1 << 20

// An achievement is one version of a definition, as the API shows it.
type achievement struct {
	ID          string `json:"id"`
	Version     int    `json:"version"`
	URL         string `json:"url"`
	Issuer      string `json:"issuer"`
	Suspendable bool   `json:"suspendable"`
	Added       string `json:"added"`
	Name        string `json:"name"`
}

func (p *program) achievementsCmd() *cobra.Command {
	return holder("achievements", "What can be achieved: check, add, list, show, export",
		p.achievementsCheck(), p.achievementsAdd(), p.achievementsList(), p.achievementsShow(), p.achievementsExport())
}

func (p *program) achievementsAdd() *cobra.Command {
	var suspendable bool
	var issuerID, image string
	c := &cobra.Command{
		Use:   "add FILE.json",
		Short: "Add an Open Badges 3.0 Achievement, or the next version of one",
		Long: `Add an Open Badges 3.0 Achievement object. Every member is kept but id, which
becomes an address of this service; adding a definition that has such an address
already makes its next version. A version that was added never changes.

With --image the version has a picture of its own, a PNG or an SVG of at most 512 KiB;
without one its badge is drawn from its type, its level and its title. The picture is
read and written anew, without anything that could act or load, and goes into every
badge of the version; the member image then has its address. A next version that still
names the picture of an earlier one keeps it. An SVG of flat colours is also painted
for PNG files and paper; for one with text, gradients or transparency the drawn badge
stands there, and the command says so.

With --suspendable its credentials carry a second status entry, for suspension.
Their credentialStatus is then a list, which VC 2.0 allows and the official JSON
Schema of Open Badges 3.0 does not: strict readers may object.`,
		Example: `  merkki achievements add course.json
  merkki achievements add course.json --image badge.png
  merkki achievements add licence.json --suspendable`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().BoolVar(&suspendable, "suspendable", false, "its credentials can be suspended and reinstated")
	c.Flags().StringVar(&issuerID, "issuer", "", "`ID` of the issuer, where there is more than one")
	c.Flags().StringVar(&image, "image", "", "`FILE` with its picture, PNG or SVG")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		b, err := p.readInput(args[0], maxDocument)
		if err != nil {
			return err
		}
		if !json.Valid(b) {
			return exit(exitData, "%s is not JSON", args[0])
		}
		q := url.Values{}
		if suspendable {
			q.Set("suspendable", "true")
		}
		if issuerID != "" {
			q.Set("issuer", issuerID)
		}
		var body any = json.RawMessage(b)
		if image != "" {
			picture, err := p.picture(image)
			if err != nil {
				return err
			}
			body = map[string]any{"achievement": body, "image": picture}
		}
		r := request{method: "POST", path: "/api/v1/achievements", query: q, body: body}
		return one(ctx, p, cl, r, func(a achievement) {
			p.line("%s", a.URL)
			if a.Suspendable {
				p.say("its credentials carry two status entries in a list: VC 2.0 allows it, the official JSON Schema of Open Badges 3.0 does not")
			}
		})
	})
	return c
}

func (p *program) achievementsList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the achievements, newest version of each", Args: cobra.NoArgs,
		RunE: p.withClient(func(ctx context.Context, cl *client, _ []string) error {
			return all(ctx, p, cl, "/api/v1/achievements", nil,
				[]string{"ID", "VERSION", "SUSPENDABLE", "NAME"},
				func(a achievement) []string {
					return []string{a.ID, "v" + itoa(a.Version), yes(a.Suspendable), a.Name}
				})
		}),
	}
}

func (p *program) achievementsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one achievement", Args: cobra.ExactArgs(1),
		Example: "  merkki achievements show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P/v1",
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			r := request{method: "GET", path: "/api/v1/achievements/" + idIn(args[0], "a")}
			return one(ctx, p, cl, r, func(a achievement) {
				p.line("%s", a.Name)
				p.line("  address      %s", a.URL)
				p.line("  version      %s", itoa(a.Version))
				p.line("  issuer       %s", a.Issuer)
				p.line("  suspendable  %s", firstOf(yes(a.Suspendable), "no"))
				p.line("  added        %s", a.Added)
			})
		}),
	}
}

func (p *program) achievementsExport() *cobra.Command {
	return &cobra.Command{
		Use: "export ID", Short: "Print the Open Badges 3.0 Achievement object", Args: cobra.ExactArgs(1),
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			b, err := cl.raw(ctx, request{method: "GET", path: "/api/v1/achievements/" + idIn(args[0], "a") + "/export"})
			if err != nil {
				return err
			}
			return p.printJSON(b)
		}),
	}
}
