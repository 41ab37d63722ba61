package verifier

import (
	"context"
	"strings"

	"merkki/schema"
)

// unsignedLimits bound a list that names every revoked credential.
var unsignedLimits = schema.Limits{Bytes: 2 << 20, Values: 100_000, Objects: 30_000}

// revocationList looks a credential up in a list of type 1EdTechRevocationList:
// JSON with revokedCredential, a list of {"id", "revoked"}. Nobody signs it, so
// that only TLS says whose it is: it is read from the https authority on which
// the issuer's own id rests and from no other, which is not even asked. The
// report says that the list is unsigned, whatever it says.
func (c *caseFile) revocationList(ctx context.Context, e entry) ([]*schema.Fault, error) {
	doubt := func(because string) []*schema.Fault {
		return []*schema.Fault{schema.Found("status.list-invalid", e.pointer, map[string]any{"list": e.list, "because": because})}
	}
	claims := c.opened.Claims
	id, _ := issuer(claims)
	domain, _ := domainOf(id)
	switch {
	case domain == "" || !strings.HasPrefix(e.list, "https://") || hostOf(e.list) != domain:
		return doubt("authority"), nil
	case claims.GetString("id") == "":
		return doubt("id"), nil
	}
	b, fault, err := c.retrieve(ctx, e.list)
	if err != nil || fault != nil {
		return []*schema.Fault{at(fault, e.pointer)}, err
	}
	doc, err := schema.Parse(b, unsignedLimits)
	if f, _ := faultsOf(ctx, err, "syntax.not-json", ""); len(f) > 0 {
		if f[0].Code == schema.CodeLimitExceeded {
			return []*schema.Fault{schema.Found("status.limit", e.pointer, map[string]any{"list": e.list, "limit": f[0].Args["limit"], "max": f[0].Args["max"]})}, nil
		}
		return doubt("shape"), nil
	}
	list := doc.Root()
	entries, ok := list.Get("revokedCredential")
	theirs, _ := issuer(list)
	switch {
	case !ok || entries.Kind != schema.Array:
		return doubt("shape"), nil
	case theirs != "" && theirs != id:
		return doubt("issuer"), nil
	}
	unsigned := warning("status.unsigned", e.pointer, map[string]any{"list": e.list, "host": domain})
	if names(entries, claims.GetString("id")) {
		return []*schema.Fault{schema.Found("status.revocation", e.pointer, map[string]any{"list": e.list, "purpose": e.purpose}), unsigned}, nil
	}
	return []*schema.Fault{unsigned}, nil
}

// names says whether a credential stands in the list as revoked. An entry that
// does not say so only names it, which is enough.
func names(entries schema.Value, id string) bool {
	for _, r := range entries.Items {
		revoked, told := r.Get("revoked")
		if (r.GetString("id") == id || r.Kind == schema.String && r.Text == id) && !(told && revoked.Kind == schema.Bool && !revoked.True) {
			return true
		}
	}
	return false
}
