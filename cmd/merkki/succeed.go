package main

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"
)

func (p *program) renewCmd() *cobra.Command {
	var until string
	c := &cobra.Command{
		Use: "renew ID", Short: "Issue a credential that goes on from one that ends", Args: cobra.ExactArgs(1),
		Long: `Issue a credential that says the same as an earlier one and is valid longer. The
earlier one stays as it is and ends when it said; its page leads to the new one.
The address of the new one is printed.`,
		Example: "  merkki renew 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --valid-until 2030-12-31",
	}
	c.Flags().StringVar(&until, "valid-until", "", "last `DATE` or time of validity")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		at, err := moment("valid-until", until)
		if err != nil {
			return err
		}
		r := request{method: "POST", path: "/api/v1/credentials/" + idIn(args[0], "c") + "/renewal", body: map[string]string{"validUntil": wireTime(at)}}
		return one(ctx, p, cl, r, func(r record) { p.line("%s", r.URL) })
	})
	return required(c, "valid-until")
}

func (p *program) reissueCmd() *cobra.Command {
	var with correctionFlags
	c := &cobra.Command{
		Use: "reissue ID", Short: "Correct a credential: issue a new one and withdraw the old one", Args: cobra.ExactArgs(1),
		Long: `Correct a credential. What was signed is never changed: a new credential is issued
that says the same but for what is given here, and the old one is revoked with the
reason code superseded. Both happen in one step, or neither does. The page of the old
one leads to the new one, unless its learner hides that; what the learner chose about
the page goes over to the new one. The address of the new one is printed.

With --from the corrections are read from a JSON file: an object with any of
achievement, name, email, subjectId, awardedDate, validUntil, language, credits,
narrative, result and evidence.`,
		Example: `  merkki reissue 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --name "Aino Korhonen" --reason "The name was misspelt."
  merkki reissue 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --from corrections.json`,
	}
	with.register(c)
	c.Flags().StringVar(&with.reason, "reason", "", "why; shown to whoever opens the old page, so no personal data")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		body, err := p.correction(with)
		if err != nil {
			return err
		}
		if with.reason != "" {
			body["reason"] = with.reason
		}
		r := request{method: "POST", path: "/api/v1/credentials/" + idIn(args[0], "c") + "/reissue", body: body}
		return one(ctx, p, cl, r, func(r record) { p.line("%s", r.URL) })
	})
	return c
}

// correctionFlags say what a corrected credential says otherwise.
type correctionFlags struct {
	name, email, validUntil, awarded, from, reason string
}

func (f *correctionFlags) register(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "the right name of the learner")
	fl.StringVar(&f.email, "email", "", "the right e-mail address of the learner")
	fl.StringVar(&f.validUntil, "valid-until", "", "the right last `DATE` or time of validity")
	fl.StringVar(&f.awarded, "awarded", "", "the right `DATE` or time of the award")
	fl.StringVar(&f.from, "from", "", "read what is right from a JSON `FILE`")
}

// given reports whether anything is to be corrected.
func (f correctionFlags) given() bool {
	return f.name+f.email+f.validUntil+f.awarded+f.from != ""
}

// correction is the request's part that says what is right.
func (p *program) correction(f correctionFlags) (map[string]any, error) {
	body := map[string]any{}
	if f.from != "" {
		b, err := p.readInput(f.from, maxDocument)
		if err != nil {
			return nil, err
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			return nil, exit(exitData, "%s is not a JSON object", f.from)
		}
		for name, v := range members {
			body[name] = v
		}
	}
	for member, v := range map[string]string{"name": f.name, "email": f.email} {
		if v != "" {
			body[member] = v
		}
	}
	return body, p.addTimes(body, f.validUntil, f.awarded)
}
