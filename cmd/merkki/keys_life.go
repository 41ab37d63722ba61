package main

import (
	"context"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

// A rotation is a change of keys as the API shows it.
type rotation struct {
	ID     string   `json:"id"`
	Issuer string   `json:"issuer"`
	Begun  string   `json:"begun"`
	From   string   `json:"from"`
	Old    []string `json:"old"`
}

func (p *program) keysRotate() *cobra.Command {
	var overlap time.Duration
	var status bool
	c := &cobra.Command{
		Use: "rotate [ISSUER]", Short: "Replace the keys that sign", Args: cobra.MaximumNArgs(1),
		Long: `Replace the keys with which an issuer signs credentials and status lists. The new
ones are published at once and sign after the overlap, when everybody who keeps a copy
of the old key documents has fetched them anew; then the old ones are retired. They
stay published, and what they signed goes on being verified.

What was begun goes on while ` + "`merkki serve`" + ` runs, also after a restart; --status shows
where it stands, and so does ` + "`merkki keys list`" + `. Without an overlap (0s) the new keys
sign at once; verifiers that miss them ask once more. A did:key issuer is its one key
and cannot do this.`,
		Example: "  merkki keys rotate\n  merkki keys rotate 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --overlap 48h\n  merkki keys rotate --status",
	}
	c.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "how long the new keys are published before they sign")
	c.Flags().BoolVar(&status, "status", false, "change nothing, and show what is under way")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		if status {
			return all(ctx, p, cl, "/api/v1/rotations", url.Values{}, []string{"ISSUER", "BEGUN", "NEW KEYS SIGN FROM"}, func(r rotation) []string {
				return []string{r.Issuer, r.Begun, firstOf(r.From, "not yet published")}
			})
		}
		body := map[string]string{"overlap": overlap.String()}
		if len(args) > 0 {
			body["issuer"] = args[0]
		}
		return one(ctx, p, cl, request{method: "POST", path: "/api/v1/rotations", body: body}, func(r rotation) {
			p.line("the new keys sign from %s", r.From)
			for _, old := range r.Old {
				p.line("then retired: %s", old)
			}
		})
	})
	return c
}

func (p *program) keysRetire() *cobra.Command {
	return &cobra.Command{
		Use: "retire KEY", Short: "Take a key out of use", Args: cobra.ExactArgs(1),
		Long: `Take a key out of use. It signs nothing more and stays published: what it signed
goes on being verified. KEY is a method as ` + "`merkki keys list`" + ` prints it. The last key
for a work is not retired: make another one first, or rotate.`,
		Example: "  merkki keys retire 'did:web:badges.example.org#z6Mk…'",
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			r := request{method: "POST", path: "/api/v1/keys/retire", body: map[string]string{"key": args[0]}}
			return one(ctx, p, cl, r, func(k keyPair) { p.line("%s retired %s", k.ID, k.Retired) })
		}),
	}
}

func (p *program) keysCompromise() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use: "compromise KEY", Short: "Say that a key is in other hands", Args: cobra.ExactArgs(1),
		Long: `Say that somebody else may have signed with a key. It signs nothing more, the key
documents say so at once, and every verifier refuses everything it ever signed: the
date in a proof is the word of whoever holds the key. Another key is made in its
place, and the status lists are signed anew. There is no way back.

` + "`merkki keys drill`" + ` counts beforehand what this means, and issues anew afterwards.
Readers keep key documents for up to a day.`,
		Example: "  merkki keys compromise 'did:web:badges.example.org#z6Mk…' --from 2026-05-12T08:00:00Z",
	}
	c.Flags().StringVar(&from, "from", "", "`TIME` from which others may have had the key; now, when absent")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		body := map[string]string{"key": args[0]}
		at, err := instant("from", from)
		if err != nil {
			return err
		}
		if !at.IsZero() {
			body["from"] = wireTime(at)
		}
		r := request{method: "POST", path: "/api/v1/keys/compromise", body: body}
		return one(ctx, p, cl, r, func(k keyPair) {
			p.line("%s revoked from %s", k.ID, k.Revoked)
			p.say("what it signed is refused from now on; issue it anew: merkki keys drill '%s' --reissue", k.ID)
		})
	})
	return c
}

// instant reads a moment; a date is its beginning, in UTC.
func instant(flag, s string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	return moment(flag, s)
}

// A drill is what a key signed, counted.
type drill struct {
	Key         string   `json:"key"`
	Role        string   `json:"role"`
	State       string   `json:"state"`
	Credentials int      `json:"credentials"`
	Since       int      `json:"since"`
	InForce     int      `json:"inForce"`
	Suspended   int      `json:"suspended"`
	Expired     int      `json:"expired"`
	Revoked     int      `json:"revoked"`
	Erased      int      `json:"erased"`
	Learners    int      `json:"learners"`
	Lists       []string `json:"lists"`
}

func (p *program) keysDrill() *cobra.Command {
	var from string
	var reissue bool
	c := &cobra.Command{
		Use: "drill KEY", Short: "Count what depends on a key, and issue it anew", Args: cobra.ExactArgs(1),
		Long: `Count what a key signed: what would be refused if it were said to be compromised, and
how many people would have to be told. Nothing is changed.

With --reissue every credential that the key signed and that is in force is issued
anew with the keys that sign now, and the old one is superseded. The key has to be
said to be compromised first. Begun again, it goes on with what is left; suspended and
expired credentials are left as they are.`,
		Example: `  merkki keys drill 'did:web:badges.example.org#z6Mk…' --from 2026-05-12
  merkki keys drill 'did:web:badges.example.org#z6Mk…' --reissue`,
	}
	c.Flags().StringVar(&from, "from", "", "`TIME` from which others may have had the key: counts what was issued since")
	c.Flags().BoolVar(&reissue, "reissue", false, "issue anew what a compromised key signed and what is in force")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		if reissue {
			return p.replaceSigned(ctx, cl, args[0])
		}
		q := url.Values{"key": {args[0]}}
		at, err := instant("from", from)
		if err != nil {
			return err
		}
		if !at.IsZero() {
			q.Set("from", wireTime(at))
		}
		return one(ctx, p, cl, request{method: "GET", path: "/api/v1/keys/drill", query: q}, func(d drill) { p.showDrill(d, !at.IsZero()) })
	})
	return c
}

func (p *program) showDrill(d drill, since bool) {
	rows := []struct {
		name string
		n    int
		show bool
	}{
		{"credentials signed", d.Credentials, true}, {"issued since then", d.Since, since},
		{"in force", d.InForce, true}, {"suspended", d.Suspended, true}, {"expired", d.Expired, true}, {"revoked", d.Revoked, true},
		{"of erased learners", d.Erased, d.Erased > 0}, {"learners to tell", d.Learners, true}, {"status lists signed", len(d.Lists), true},
	}
	p.line("%s", d.Key)
	p.line("  %-20s %s", "role", d.Role)
	p.line("  %-20s %s", "state", d.State)
	for _, r := range rows {
		if r.show {
			p.line("  %-20s %d", r.name, r.n)
		}
	}
}

// replaceSigned issues anew, page by page, and prints each new address.
func (p *program) replaceSigned(ctx context.Context, cl *client, key string) error {
	body := map[string]string{"key": key}
	n := 0
	for {
		var page struct {
			Reissued []string `json:"reissued"`
			Next     string   `json:"next"`
		}
		if err := cl.call(ctx, request{method: "POST", path: "/api/v1/keys/replace", body: body}, &page); err != nil {
			return err
		}
		for _, address := range page.Reissued {
			p.line("%s", address)
		}
		n += len(page.Reissued)
		if page.Next == "" {
			p.say("%d credentials were issued anew", n)
			return nil
		}
		body["cursor"] = page.Next
	}
}

// keepKeys goes on with changes of keys until ctx ends. A failure is logged and
// tried again.
func (p *program) keepKeys(ctx context.Context, s *service) {
	tick := time.NewTicker(keyTime)
	defer tick.Stop()
	for {
		if _, err := s.issuer.KeepKeys(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("keys could not be replaced", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keyTime is how often serve looks whether a rotation is due. Which key signs does
// not wait for it.
const keyTime = 10 * time.Second
