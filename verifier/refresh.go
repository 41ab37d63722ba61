package verifier

import (
	"context"
	"errors"
	"strings"

	"merkki/schema"
)

// A Refresher is a [Lists] that also retrieves newer copies of credentials. Its
// errors are *schema.Fault, of which only the arguments are used.
type Refresher interface {
	Refresh(ctx context.Context, url string) ([]byte, error)
}

// refreshType is the refresh service of 1EdTech (Open Badges 3.0, section 9.1).
const refreshType = "1EdTechCredentialRefresh"

// refreshed asks for a newer copy of the credential and returns the report
// about that one, or r with a warning. A copy counts if it is proven to be the
// same credential of the same issuer and not older; its verdict is then what it
// is. It is asked for once: the copy's own service is not.
func (c *caseFile) refreshed(ctx context.Context, r *Report) *Report {
	claims, signed := r.Claims()
	url := refreshURL(claims)
	if !signed || url == "" || c.role == presenting {
		return r
	}
	newer, because := c.newerCopy(ctx, claims, url)
	if newer == nil {
		r.warn("credential.status", warning("status.refresh-failed", "/refreshService", map[string]any{"url": url, "host": hostOf(url), "reason": because}))
		return r
	}
	newer.Refreshed = &Refreshed{URL: url, Input: r.Input}
	return newer
}

func refreshURL(claims schema.Value) string {
	for _, s := range claims.GetList("refreshService") {
		if hasType(s, refreshType) && strings.HasPrefix(s.GetString("id"), "https://") {
			return s.GetString("id")
		}
	}
	return ""
}

// newerCopy retrieves and verifies a copy; without one it says why in a word.
func (c *caseFile) newerCopy(ctx context.Context, claims schema.Value, url string) (r *Report, because string) {
	source, ok := c.v.Lists.(Refresher)
	if !ok || len(url) > maxURL || !c.outside.spend() {
		return nil, "offline"
	}
	b, err := source.Refresh(ctx, url)
	if err != nil {
		if f, ok := errors.AsType[*schema.Fault](err); ok {
			because, _ = f.Args["reason"].(string)
		}
		return nil, because
	}
	their := *c.v
	their.Policy.Refresh = false
	q := c.ask
	q.Input = b
	copied := their.open(q)
	copied.now, copied.at, copied.outside = c.now, c.at, c.outside
	if err := copied.run(ctx, checks); err != nil {
		return nil, "timeout"
	}
	r = copied.report(b)
	if because := isCopy(claims, r); because != "" {
		return nil, because
	}
	return r, ""
}

// isCopy says in a word why a report is not about a copy of the credential.
func isCopy(claims schema.Value, r *Report) string {
	theirs, signed := r.Claims()
	mine, _ := issuer(claims)
	other, _ := issuer(theirs)
	switch {
	case !signed:
		return "unproven"
	case mine != other:
		return "issuer"
	case claims.GetString("id") == "" || claims.GetString("id") != theirs.GetString("id"):
		return "id"
	case periodOf(theirs).from.Before(periodOf(claims).from):
		return "older"
	}
	return ""
}

// warn adds a warning to the line of a check.
func (r *Report) warn(check string, f *schema.Fault) {
	for i := range r.Checks {
		if r.Checks[i].Name == check {
			r.Checks[i].Also = append(r.Checks[i].Also, Also{f.Outcome, f.Code, f.Finding, f.Pointer, present(f.Args)})
		}
	}
}
