package verifier

import (
	"context"
	"slices"

	"merkki/schema"
)

// retrieve asks for a list, once for all credentials of one verification.
func (c *caseFile) retrieve(ctx context.Context, url string) ([]byte, *schema.Fault, error) {
	if r, ok := c.outside.lists[url]; ok {
		return r.bytes, r.fault, nil
	}
	args := map[string]any{"url": url, "host": hostOf(url)}
	switch {
	case c.v.Lists == nil:
		args["reason"] = "offline"
		return nil, schema.Found("status.unreachable", "", args), nil
	case len(url) > maxURL:
		args["reason"] = "length"
		return nil, schema.Found("status.url-refused", "", args), nil
	case !c.outside.spend():
		return nil, exhausted("status.limit", ""), nil
	}
	b, err := c.v.Lists.StatusList(ctx, url)
	faults, err := faultsOf(ctx, err, "status.unreachable", "")
	if err != nil {
		return nil, nil, err
	}
	r := retrieved{bytes: b}
	if len(faults) > 0 {
		r = retrieved{fault: faults[0]}
	}
	c.outside.lists[url] = r
	return r.bytes, r.fault, nil
}

// believe puts the list through the same checks as any credential (Bitstring
// Status List 1.0, section 3.2, steps 3 to 8). Its own status is not followed,
// its period is weighed apart, and whether its issuer is known does not matter: it
// has to be the issuer of the credential.
func (c *caseFile) believe(ctx context.Context, l *listed, b []byte) error {
	cache := c.v.Cache
	if !c.ask.At.IsZero() {
		cache = nil // it knows what holds now
	}
	proven, ok := cache.get(b, c.now)
	if !ok {
		sub, err := c.prove(ctx, b)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(sub.results, func(r CheckResult) bool { return !passed(r.Status) }); i >= 0 {
			l.refusal = l.unbelievable(sub.results[i])
			return nil
		}
		proven = provenList{claims: sub.opened.Claims, created: sub.opened.Proof.Created}
	}
	if l.read(c, proven); l.refusal == nil && !ok {
		cache.put(b, l.provenList, c.now)
	}
	return nil
}

// prove runs the checks on a list as a case of its own.
func (c *caseFile) prove(ctx context.Context, b []byte) (*caseFile, error) {
	v := *c.v
	v.Limits = listLimits
	sub := v.open(Request{Input: b, At: c.at})
	sub.now, sub.outside, sub.depth = c.now, c.outside, c.depth+1
	return sub, sub.run(ctx, listChecks)
}

// listChecks are the checks that a status list goes through: those that show
// who signed what.
var listChecks []Check

func init() { // not a literal: checks refer to checkStatus, which refers to these
	for _, row := range checks {
		listChecks = append(listChecks, row)
		if row.Name == "proof.purpose" {
			return
		}
	}
}
