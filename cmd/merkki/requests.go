package main

import (
	"context"
	"errors"
	"net/url"

	"github.com/spf13/cobra"
)

// A correction is a learner's request as the API shows it.
type correction struct {
	ID         string `json:"id"`
	Credential string `json:"credential"`
	State      string `json:"state"`
	Made       string `json:"made"`
	Decided    string `json:"decided"`
	Wrong      string `json:"wrong"`
	Right      string `json:"right"`
	Reason     string `json:"reason"`
}

func (p *program) requestsCmd() *cobra.Command {
	return holder("requests", "What learners ask to have corrected: list, show, accept, decline",
		p.requestsList(), p.requestsShow(), p.decideCmd("accept", "accepted"), p.decideCmd("decline", "declined"))
}

func (p *program) requestsList() *cobra.Command {
	var credential string
	c := &cobra.Command{
		Use: "list", Short: "List the open requests, those that wait longest first", Args: cobra.NoArgs,
		Example: "  merkki requests list\n  merkki requests list --credential 7K2MQ9D4X1TBN8RWZ03FHJ5V6P",
	}
	c.Flags().StringVar(&credential, "credential", "", "all requests about the credential with this `ID`, decided ones too")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		q := url.Values{}
		if credential != "" {
			q.Set("credential", idIn(credential, "c"))
		}
		return all(ctx, p, cl, "/api/v1/requests", q, []string{"ID", "STATE", "MADE", "CREDENTIAL", "WRONG"}, func(r correction) []string {
			return []string{r.ID, r.State, r.Made, r.Credential, r.Wrong}
		})
	})
	return c
}

func (p *program) requestsShow() *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one request in full", Args: cobra.ExactArgs(1),
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			return one(ctx, p, cl, request{method: "GET", path: "/api/v1/requests/" + args[0]}, p.showRequest)
		}),
	}
}

func (p *program) showRequest(r correction) {
	p.line("%s", r.ID)
	for _, row := range [][2]string{{"state", r.State}, {"credential", r.Credential}, {"made", r.Made}, {"wrong", r.Wrong}, {"right", r.Right}, {"decided", r.Decided}, {"reason", r.Reason}} {
		if row[1] != "" {
			p.line("  %-12s %s", row[0], row[1])
		}
	}
}

// decideCmd makes one of the two commands that decide a request.
func (p *program) decideCmd(decision, done string) *cobra.Command {
	var reason string
	var right correctionFlags
	c := &cobra.Command{
		Use: decision + " ID", Short: map[string]string{"accept": "Accept a request", "decline": "Decline a request"}[decision], Args: cobra.ExactArgs(1),
		Long: map[string]string{
			"accept":  "Record that a request is right. With what is right (--name, --from …) the corrected\ncredential is issued and supersedes the old one; without, nothing is issued, and the\ncommand that does it is printed.",
			"decline": "Record that a credential stays as it is. Its learner reads the reason.",
		}[decision],
		Example: `  merkki requests ` + decision + ` 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --reason "…"`,
	}
	c.Flags().StringVar(&reason, "reason", "", "why; the learner reads it")
	if decision == "accept" {
		c.Example += "\n" + `  merkki requests accept 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --reason "…" --name "Aino Korhonen"`
		right.register(c)
	}
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		if right.given() {
			if err := p.correct(ctx, cl, args[0], right); err != nil {
				return err
			}
		}
		r := request{method: "POST", path: "/api/v1/requests/" + args[0], body: map[string]string{"decision": decision, "reason": reason}}
		return one(ctx, p, cl, r, func(r correction) {
			p.line("%s %s", done, r.ID)
			if decision == "accept" && !right.given() {
				p.say("the learner wants: %s", r.Right)
				p.say("issue the corrected one, which withdraws the old one: merkki reissue %s --name …", r.Credential)
			}
		})
	})
	return required(c, "reason")
}

// correct issues the credential that a request asks for. Where an earlier try did
// that and went no further, there is nothing left to do.
func (p *program) correct(ctx context.Context, cl *client, id string, right correctionFlags) error {
	body, err := p.correction(right)
	if err != nil {
		return err
	}
	var asked correction
	if err := cl.call(ctx, request{method: "GET", path: "/api/v1/requests/" + id}, &asked); err != nil {
		return err
	}
	if asked.State != "open" {
		return nil // the decision that follows says so
	}
	var r record
	err = cl.call(ctx, request{method: "POST", path: "/api/v1/credentials/" + asked.Credential + "/reissue", body: body}, &r)
	if said, ok := errors.AsType[*problem](err); ok && said.Args["reason"] == "superseded" {
		return nil
	}
	if err == nil {
		p.say("issued %s", r.URL)
	}
	return err
}
