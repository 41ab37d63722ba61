package main

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"merkki/internal/roster"
	"merkki/schema"
)

// fileFlags are the flags of a command that does with every row of a file what
// it does with one thing otherwise.
type fileFlags struct {
	from, encoding, rejects string
	maps                    []string
	dry, all                bool
}

// ofFile are the flags that only a file gives a meaning to.
var ofFile = []string{"encoding", "map", "dry-run", "all-or-nothing", "rejects"}

// alsoFrom lets a command work through a file. order says what is to be done
// with each row; single are the flags that a row of the file stands for.
func (p *program) alsoFrom(c *cobra.Command, order func() url.Values, single ...string) *cobra.Command {
	f := &fileFlags{}
	fl := c.Flags()
	fl.StringVar(&f.from, "from", "", "do it for every row of `FILE`: CSV, XLSX or JSON Lines")
	fl.StringVar(&f.encoding, "encoding", "", "encoding of the file, when it is not UTF-8: windows-1252, iso-8859-15, utf-16")
	fl.StringArrayVar(&f.maps, "map", nil, "`HEADING=COLUMN`: what a heading of the file means; HEADING=- leaves it out; may be repeated")
	fl.BoolVar(&f.dry, "dry-run", false, "with --from: do nothing, and say of each row what would be done")
	fl.BoolVar(&f.all, "all-or-nothing", false, "with --from: do nothing unless every row can be done")
	fl.StringVar(&f.rejects, "rejects", "", "with --from: write the rows that were rejected to `FILE`.csv, to be corrected and sent again")
	one, pre, args := c.RunE, c.PreRunE, c.Args
	c.Args = func(c *cobra.Command, given []string) error {
		if f.from != "" {
			args = cobra.NoArgs
		}
		return args(c, given)
	}
	c.PreRunE = func(c *cobra.Command, given []string) error {
		if f.from == "" {
			if name := firstSet(fl, ofFile); name != "" {
				return usage("--%s belongs to --from", name)
			}
			return pre(c, given)
		}
		if name := firstSet(fl, single); name != "" {
			return usage("--%s is about one; with --from it stands in the file", name)
		}
		return nil
	}
	whole := p.withClient(func(ctx context.Context, cl *client, _ []string) error { return p.workThrough(ctx, cl, f, order()) })
	c.RunE = func(c *cobra.Command, given []string) error {
		if f.from != "" {
			return whole(c, given)
		}
		return one(c, given)
	}
	return c
}

func firstSet(fl *pflag.FlagSet, names []string) string {
	for _, n := range names {
		if fl.Changed(n) {
			return n
		}
	}
	return ""
}

// workThrough sends a file, waits until it is worked through, and says what came
// of it. In this process the work is done here; where a server runs, it does it.
func (p *program) workThrough(ctx context.Context, cl *client, f *fileFlags, q url.Values) error {
	if f.rejects != "" && exists(f.rejects) {
		return exit(exitCannotCreate, "%s exists already, and is not overwritten", f.rejects)
	}
	b, err := p.readInput(f.from, roster.MaxBytes)
	if err != nil {
		return err
	}
	for name, on := range map[string]bool{"dryRun": f.dry, "allOrNothing": f.all} {
		if on {
			q.Set(name, "true")
		}
	}
	if f.encoding != "" {
		q.Set("encoding", f.encoding)
	}
	q["map"] = f.maps
	var started batch
	err = cl.call(ctx, request{method: "POST", path: "/api/v1/batches", query: q, file: b, headers: english}, &started)
	if err != nil {
		return howTo(err, f.from)
	}
	ended, err := p.awaitBatch(ctx, cl, started)
	if err != nil {
		return err
	}
	return p.reportBatch(ctx, cl, ended, f.rejects)
}

// english asks for sentences in the language of the commands.
var english = map[string]string{"Accept-Language": "en"}

// howTo adds to what is wrong with a file the flag that says otherwise.
func howTo(err error, file string) error {
	pr, ok := errors.AsType[*problem](err)
	if !ok {
		return err
	}
	hint := ""
	switch pr.Args["problem"] {
	case "encoding":
		if name, ok := pr.Args["encoding"].(string); ok {
			hint = "with the flag --encoding " + name
		}
	case "heading":
		hint = "with the flag --map '" + text(pr.Args["member"]) + "=COLUMN', or --map '" + text(pr.Args["member"]) + "=-'"
	case "heading-missing":
		hint = "with the flag --map 'HEADING=" + text(pr.Args["column"]) + "'"
	}
	if pr.Code == schema.CodeUnknownField || pr.Args["problem"] != nil {
		said := *pr
		said.Title = file + ": " + pr.Detail
		said.Detail = hint
		return exit(exitStatus(err), "%w", &said)
	}
	return err
}

func text(v any) string { s, _ := v.(string); return s }

// rowResult is what came of a row, as the API says it.
type rowResult struct {
	Row         int    `json:"row"`
	Line        int    `json:"line"`
	Outcome     string `json:"outcome"`
	Name        string `json:"name"`
	Achievement string `json:"achievement"`
	ID          string `json:"id"`
	URL         string `json:"url"`
	Errors      []struct {
		Column string `json:"column"`
		Value  string `json:"value"`
		Detail string `json:"detail"`
	} `json:"errors"`
}

// cells are the rows of a table that say it: line, outcome, column, value, what.
func (r rowResult) cells() (rows [][]string) {
	if len(r.Errors) == 0 {
		return [][]string{{strconv.Itoa(r.Line), r.Outcome, "", r.Name, firstOf(r.URL, r.Achievement)}}
	}
	for _, e := range r.Errors {
		rows = append(rows, []string{strconv.Itoa(r.Line), r.Outcome, e.Column, e.Value, e.Detail})
	}
	return rows
}
