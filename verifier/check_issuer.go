package verifier

import (
	"context"

	"merkki/schema"
)

// checkIssuer asks whether the reader knows the issuer that the key was proven
// to be. Not being known is nothing against anybody: it is unknown, never fail.
func checkIssuer(_ context.Context, c *caseFile) (answer, error) {
	id, claimed := issuer(c.opened.Claims)
	args := map[string]any{"issuer": id, "claimed": claimed}
	if domain, _ := domainOf(id); domain != "" {
		args["domain"] = domain
	}
	asked := c.ask.Issuer
	if asked != "" && !isAsked(asked, id) {
		args["asked"] = asked
		return answer{faults: []*schema.Fault{schema.Found("issuer.unlisted", "/issuer", args)}}, nil
	}
	if own := c.v.Own; own != nil {
		if name, domain, ok := own.OwnIssuer(id); ok {
			t, _ := own.(TestOwn)
			c.test = t != nil && t.OwnTestIssuer(id)
			args["name"], args["domain"] = name, domain
			return notApplicable("issuer.self", args), nil
		}
	}
	return c.lookUp(id, claimed, args), nil
}

// isAsked says whether an issuer is the one asked about: by its id, or by a
// domain of which it stands for the whole.
func isAsked(asked, id string) bool {
	domain, whole := domainOf(id)
	return asked == id || whole && asked == domain
}

// lookUp reads the trust lists.
func (c *caseFile) lookUp(id, claimed string, args map[string]any) answer {
	multikey := c.provenKey()
	listed, withdrawn := c.v.find(id, multikey, c.at)
	if withdrawn != nil {
		withdrawn.describe(args)
		return answer{faults: []*schema.Fault{schema.Found("issuer.withdrawn", "/issuer", args)}}
	}
	for _, l := range listed {
		c.test = c.test || l.entry.Test
	}
	good := "issuer.listed"
	if c.ask.Issuer != "" {
		good = "issuer.asked"
	}
	if len(listed) > 0 {
		listed[0].describe(args)
		return pass(good, args, differs(listed[0].entry.Name, claimed)...)
	}
	if c.ask.Issuer != "" {
		return pass(good, args)
	}
	f := schema.Found("issuer.unlisted", "/issuer", args)
	if c.v.Policy.AnyIssuer {
		f = f.Weighing(schema.Warn)
	}
	return answer{faults: []*schema.Fault{f}}
}

// differs warns when the credential calls its issuer something else than the
// list does. The list's name is the one to show.
func differs(registered, claimed string) []*schema.Fault {
	if registered == "" || claimed == "" || registered == claimed {
		return nil
	}
	return []*schema.Fault{schema.Found("issuer.name-differs", "/issuer/name", map[string]any{"registered": registered, "claimed": claimed})}
}

// provenKey returns the Multikey form of the key that bound the credential to
// its issuer.
func (c *caseFile) provenKey() string {
	for _, p := range c.proofs {
		if p.holds == c.opened {
			return p.multikey
		}
	}
	return ""
}
