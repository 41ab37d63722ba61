package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

// A record is what is kept of one credential, as the API shows it.
type record struct {
	ID          string `json:"id"`
	URL         string `json:"url"`
	Issuer      string `json:"issuer"`
	Achievement string `json:"achievement"`
	State       string `json:"state"`
	IssuedAt    string `json:"issuedAt"`
	ValidUntil  string `json:"validUntil"`
	Reason      string `json:"reason"`
	ChangedAt   string `json:"changedAt"`
	// Forms are those in which the credential was signed beside its document.
	Forms []string `json:"forms"`
	// Mails are what became of the mails about it.
	Mails []mailNote `json:"mails"`
}

func itoa(n int) string { return strconv.Itoa(n) }

func (p *program) issueCmd() *cobra.Command {
	d := map[string]*string{}
	var name, email, validUntil, awarded, result, key string
	var hashedEmail, mail bool
	c := &cobra.Command{
		Use:   "issue",
		Short: "Issue a credential to a learner",
		Long: `Issue a credential. The address that is printed is its public page; with --json
the whole record is printed. When this command succeeds, the record is on disk.

With --from every row of a file is issued: CSV, XLSX or JSON Lines with the columns
name and email, and any of achievement, row_key, subject_id, completed, valid_until,
language, result, credits, narrative and evidence_url. The headings may be Finnish,
Swedish or English, dates 12.5.2026 or 2026-05-12. Each row makes at most one
credential, however often a file is sent: it is known by its row_key, or else by
achievement, recipient and day of completion. A row that is wrong stops no other.

With --mail the learner is written to. The mail is on disk together with the record,
and leaves while ` + "`merkki serve`" + ` runs; ` + "`merkki list`" + ` and ` + "`merkki show`" + ` say what became of it.`,
		Example: `  merkki issue --achievement 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --name "Aino Virtanen" --email aino@example.org
  merkki issue --achievement … --name … --email … --valid-until 2028-12-31 --result result.json --json
  merkki issue --achievement 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --from spring.xlsx --dry-run
  merkki issue --achievement 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --from spring.xlsx --rejects again.csv`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	for _, s := range []struct{ flag, member, text string }{
		{"achievement", "achievement", "`ID` or address of what was achieved"},
		{"issuer", "issuer", "`ID` of the issuer, where there is more than one"},
		{"lang", "language", "language of the credential: fi, sv or en"},
	} {
		d[s.member] = f.String(s.flag, "", s.text)
	}
	subject := f.String("subject-id", "", "`URI` of the learner, such as a DID; otherwise a fresh urn:uuid")
	f.StringVar(&name, "name", "", "name of the learner, as it will stand on the page")
	f.StringVar(&email, "email", "", "e-mail address of the learner; kept sealed, not put into the credential")
	f.BoolVar(&hashedEmail, "hashed-email", false, "put a salted hash of the e-mail address into the credential")
	f.BoolVar(&mail, "mail", false, "write to the learner: now with a link to their page, and whenever something happens to the credential")
	f.StringVar(&validUntil, "valid-until", "", "last `DATE` or time of validity")
	f.StringVar(&awarded, "awarded", "", "`DATE` or time of the award, when it is not now")
	f.StringVar(&result, "result", "", "`FILE` with one Open Badges Result object or a list of them")
	f.StringVar(&key, "idempotency-key", "", "repeat safely: the same `KEY` issues once")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		recipient := map[string]string{"name": name, "email": email}
		if *subject != "" {
			recipient["subjectId"] = *subject
		}
		body := map[string]any{"recipient": recipient}
		for member, v := range d {
			if *v != "" {
				body[member] = *v
			}
		}
		if hashedEmail {
			body["hashedEmail"] = true
		}
		if mail {
			body["mail"] = true
		}
		if err := p.addTimes(body, validUntil, awarded); err != nil {
			return err
		}
		if err := p.addResults(body, result); err != nil {
			return err
		}
		r := request{method: "POST", path: "/api/v1/credentials", body: body}
		if key != "" {
			r.headers = map[string]string{"Idempotency-Key": key}
		}
		return one(ctx, p, cl, r, func(r record) { p.line("%s", r.URL) })
	})
	return p.alsoFrom(required(c, "achievement", "name", "email"), func() url.Values {
		q := url.Values{"action": {"issue"}, "achievement": {*d["achievement"]}}
		for member, on := range map[string]bool{"hashedEmail": hashedEmail, "mail": mail} {
			if on {
				q.Set(member, "true")
			}
		}
		return q
	}, "name", "email", "subject-id", "valid-until", "awarded", "result", "lang", "issuer", "idempotency-key")
}

func (p *program) addTimes(body map[string]any, validUntil, awarded string) error {
	for _, t := range []struct{ flag, member, value string }{
		{"valid-until", "validUntil", validUntil},
		{"awarded", "awardedDate", awarded},
	} {
		at, err := moment(t.flag, t.value)
		if err != nil {
			return err
		}
		if !at.IsZero() {
			body[t.member] = wireTime(at)
		}
	}
	return nil
}

// addResults reads --result: one Result or a list. What is in it is judged by
// the service.
func (p *program) addResults(body map[string]any, path string) error {
	if path == "" {
		return nil
	}
	b, err := p.readInput(path, maxDocument)
	if err != nil {
		return err
	}
	var list []json.RawMessage
	if json.Unmarshal(b, &list) == nil {
		body["result"] = list
		return nil
	}
	if !json.Valid(b) {
		return exit(exitData, "%s is not JSON", path)
	}
	body["result"] = []json.RawMessage{b}
	return nil
}
