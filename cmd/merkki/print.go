package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) printCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "print ID… FILE.pdf",
		Short: "Write certificates as PDF, one sheet of A4 each",
		Long: `Write the certificates of credentials as PDF, one sheet of A4 each, in the order
given. IDs may also be addresses.

The file of one credential has the credential attached and can be verified as it
is. The file of several is for the printer: nothing is attached, and a list of
what stands on which page goes to FILE.csv beside it. A field that a spreadsheet
would take for a formula begins with an apostrophe there.

What was withdrawn or put on hold is printed too, and says so. Files that exist
are not overwritten.`,
		Example: `  merkki print 7K2MQ9D4X1TBN8RWZ03FHJ5V6P aino.pdf
  merkki print $(merkki list --json --state issued | jq -r .id) spring.pdf`,
		Args: cobra.MinimumNArgs(2),
	}
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		refs, out := args[:len(args)-1], args[len(args)-1]
		if !strings.HasSuffix(strings.ToLower(out), ".pdf") {
			return usage("the last argument is the file to write, and its name ends in .pdf: %s does not", out)
		}
		var rows []printed
		for i, ref := range refs {
			r := printed{Page: i + 1}
			if err := cl.call(ctx, request{method: "GET", path: "/api/v1/credentials/" + idIn(ref, "c")}, &r); err != nil {
				return err
			}
			rows = append(rows, r)
		}
		if len(rows) == 1 {
			return p.printOne(ctx, cl, rows[0], out)
		}
		return p.printMany(ctx, cl, rows, out)
	})
	return c
}

// A printed is a credential and the page that it stands on.
type printed struct {
	record
	Page       int             `json:"-"`
	Credential json.RawMessage `json:"credential"`
}

func (p *program) printOne(ctx context.Context, cl *client, r printed, out string) error {
	b, err := cl.raw(ctx, request{method: "GET", path: "/api/v1/credentials/" + r.ID, query: url.Values{"form": {"pdf"}}})
	if err != nil {
		return err
	}
	if err := writeNew(out, b, 0o644); err != nil {
		return err
	}
	return p.said(out, 1, "")
}

func (p *program) printMany(ctx context.Context, cl *client, rows []printed, out string) error {
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	b, err := cl.raw(ctx, request{method: "POST", path: "/api/v1/print", body: map[string]any{"ids": ids}})
	if err != nil {
		return err
	}
	list, err := manifest(rows)
	if err != nil {
		return err
	}
	listed := out[:len(out)-len(".pdf")] + ".csv"
	if err := writeNew(listed, list, 0o644); err != nil {
		return err
	}
	if err := writeNew(out, b, 0o644); err != nil {
		return err
	}
	return p.said(out, len(rows), listed)
}

// said tells what was written.
func (p *program) said(out string, pages int, listed string) error {
	if p.json {
		b, err := json.Marshal(struct {
			File     string `json:"file"`
			Pages    int    `json:"pages"`
			Manifest string `json:"manifest,omitempty"`
		}{out, pages, listed})
		if err != nil {
			return err
		}
		return p.printJSON(b)
	}
	p.line("%s", out)
	if listed != "" {
		p.line("%s", listed)
	}
	return nil
}

// manifest says in CSV (RFC 4180) what stands on which page.
func manifest(rows []printed) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	lines := [][]string{{"page", "id", "address", "recipient", "achievement", "state"}}
	for _, r := range rows {
		f := factsOf(r.Credential)
		lines = append(lines, []string{strconv.Itoa(r.Page), r.ID, r.URL, inert(f.recipient), inert(f.achievement), r.State})
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// inert keeps a field from being a formula in a spreadsheet.
func inert(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
