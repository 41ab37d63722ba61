package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"merkki/internal/fetch"
	"merkki/schema/jsonld"
	mc "merkki/schema/microcredential"
)

func (p *program) doctorCmd() *cobra.Command {
	var online bool
	c := &cobra.Command{
		Use: "doctor", Short: "Check records, log, lists and keys of the directory", Args: cobra.NoArgs,
		Long: `Check the record file, the chain of the log, every status index, every credential
and the published lists. It changes nothing. Exit status 0 means that nothing was
found, 65 that something was. Advice about the configuration goes to standard error.

With --online the network is asked whether the address of the vocabulary of
micro-credentials serves the bytes that this program works with. The answer is advice
and changes no exit status.`,
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
			if online {
				p.say("advice: %s", contextAdvice(ctx, p.network()))
			}
			return p.showComplaints(found.Complaints)
		}),
	}
	c.Flags().BoolVar(&online, "online", false, "ask the network what the address of the vocabulary of micro-credentials serves")
	return c
}

// contextAdvice says whether the address of the context of micro-credentials
// serves the bytes at hand. Verifiers that do not have them depend on it.
func contextAdvice(ctx context.Context, net fetch.Source) string {
	own, _ := jsonld.Embedded().Context(mc.ContextURL)
	doc, err := net.Get(ctx, fetch.Context, mc.ContextURL)
	switch {
	case err != nil:
		return "context.unreachable: " + mc.ContextURL + " does not answer, so verifiers that do not know it cannot read micro-credentials: " + err.Error()
	case !bytes.Equal(doc.Bytes, own):
		return "context.differs: " + mc.ContextURL + " serves other bytes than this program works with: issue no micro-credentials before it is known why"
	}
	return "context.published: " + mc.ContextURL + " serves the bytes that this program works with"
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
