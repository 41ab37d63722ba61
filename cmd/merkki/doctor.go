package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) doctorCmd() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check records, log, lists and keys of the directory", Args: cobra.NoArgs,
		Long: `Check the record file, the chain of the log, every status index, every credential
and the published lists. It changes nothing. Exit status 0 means that nothing was
found, 65 that something was. Advice about the configuration goes to standard error.`,
		RunE: p.withClient(func(ctx context.Context, cl *client, _ []string) error {
			var found struct {
				Complaints []json.RawMessage `json:"complaints"`
				Advice     []struct{ Check, Detail string }
			}
			if err := cl.call(ctx, request{method: "GET", path: "/api/v1/doctor"}, &found); err != nil {
				return err
			}
			for _, a := range found.Advice {
				fmt.Fprintf(p.Err, "advice: %s: %s\n", a.Check, a.Detail)
			}
			return p.showComplaints(found.Complaints)
		}),
	}
}

func (p *program) showComplaints(list []json.RawMessage) error {
	for _, raw := range list {
		if p.json {
			if err := p.printJSON(raw); err != nil {
				return err
			}
			continue
		}
		var c struct{ Check, Detail string }
		if err := json.Unmarshal(raw, &c); err != nil {
			return err
		}
		p.line("%s: %s", c.Check, c.Detail)
	}
	if len(list) > 0 {
		return exit(exitData, "%s", count(len(list), "complaint"))
	}
	if !p.json {
		fmt.Fprintln(p.Out, "clean")
	}
	return nil
}
