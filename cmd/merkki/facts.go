package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// withClient runs a command's work on the service of the directory.
func (p *program) withClient(work func(ctx context.Context, c *client, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		c, err := p.client(cmd.Context())
		if err != nil {
			return err
		}
		defer func() {
			if cerr := c.Close(); err == nil {
				err = cerr
			}
		}()
		return work(cmd.Context(), c, args)
	}
}

// printJSON prints one value on one line, as the API wrote it.
func (p *program) printJSON(raw json.RawMessage) error {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.Out, b.String())
	return err
}

// one prints the answer of a request: as JSON, or through show.
func one[T any](ctx context.Context, p *program, c *client, r request, show func(T)) error {
	b, err := c.raw(ctx, r)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(b)
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	show(v)
	return nil
}

// each walks through a list of the API, page by page.
func each(ctx context.Context, c *client, path string, query url.Values, visit func(json.RawMessage) error) error {
	cursor := ""
	for {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  *string           `json:"next"`
		}
		if err := c.call(ctx, request{method: "GET", path: path, query: q}, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := visit(item); err != nil {
				return err
			}
		}
		if page.Next == nil || *page.Next == "" {
			return nil
		}
		cursor = *page.Next
	}
}

// all prints a list: one JSON object a line, or a table with a heading.
func all[T any](ctx context.Context, p *program, c *client, path string, query url.Values, heading []string, row func(T) []string) error {
	rows := [][]string{heading}
	err := each(ctx, c, path, query, func(raw json.RawMessage) error {
		if p.json {
			return p.printJSON(raw)
		}
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		rows = append(rows, row(v))
		return nil
	})
	if err != nil || p.json {
		return err
	}
	if len(rows) == 1 {
		p.say("there are none")
		return nil
	}
	p.table(rows)
	return nil
}

// idIn takes the id out of an address of this service (BASE/c/ID, BASE/a/ID/v2),
// or returns what it was given. room is the letter between the slashes.
func idIn(ref, room string) string {
	if _, after, ok := strings.Cut(ref, "://"); ok {
		if _, id, ok := strings.Cut(after, "/"+room+"/"); ok {
			return strings.TrimSuffix(id, "/")
		}
	}
	return ref
}

// moment reads a date or an RFC 3339 time. A date means the end of that day in
// UTC: what is valid until a day is valid on it.
func moment(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC().Truncate(time.Second), nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(24*time.Hour - time.Second), nil
	}
	return time.Time{}, usage("--%s wants a date (2027-01-31) or a time (2027-01-31T12:00:00Z), not %q", flag, s)
}

// wireTime writes a moment as the API wants it; the zero moment is absent.
func wireTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// yes says a truth in a table.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// required makes flags obligatory, with a usage error that names them all.
func required(c *cobra.Command, names ...string) *cobra.Command {
	pre := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		var missing []string
		for _, n := range names {
			if f := c.Flags().Lookup(n); f == nil || f.Value.String() == "" || f.Value.String() == "[]" {
				missing = append(missing, "--"+n)
			}
		}
		if len(missing) > 0 {
			return usage("%s needs %s", c.CommandPath(), strings.Join(missing, " and "))
		}
		if pre != nil {
			return pre(c, args)
		}
		return nil
	}
	return c
}
