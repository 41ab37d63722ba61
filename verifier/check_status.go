package verifier

import (
	"context"

	"merkki/schema"
)

// checkStatus asks every entry, because an issuer may list revocation and
// suspension apart and the order means nothing. The worst answer counts, and
// no answer is never "not revoked".
func checkStatus(ctx context.Context, c *caseFile) (answer, error) {
	member, ok := c.opened.Claims.Get("credentialStatus")
	if !ok {
		return notApplicable("status.none", nil), nil
	}
	a := pass("status.clear", map[string]any{})
	lists := map[string]any{}
	for i, v := range member.List() {
		e, fault := readEntry(v, pointerTo(member, "/credentialStatus", i))
		if fault != nil {
			a.faults = append(a.faults, fault)
			continue
		}
		a.args["purpose"] = e.purpose
		if e.kind == nil {
			faults, err := c.revocationList(ctx, e)
			if err != nil {
				return answer{}, err
			}
			a.faults = append(a.faults, faults...)
			continue
		}
		l, err := c.statusList(ctx, e.kind, e.list)
		if err != nil {
			return answer{}, err
		}
		faults := c.consult(l, e)
		if e.purpose == purposeRefresh {
			faults = onlyNews(faults)
		}
		a.faults = append(a.faults, faults...)
		lists[e.list] = l.evidence()
		if l.refusal == nil {
			a.args["age"] = l.age
		}
	}
	a.evidence = lists
	a.faults = c.weighStatus(a.faults)
	return a, nil
}

// onlyNews keeps of an entry of purpose refresh that there is a newer
// credential. It decides nothing, and neither does a list that cannot be read.
func onlyNews(faults []*schema.Fault) (news []*schema.Fault) {
	for _, f := range faults {
		if f.Finding == "status.refresh" {
			news = append(news, f)
		}
	}
	return news
}

// consult reads one entry from its list.
func (c *caseFile) consult(l *listed, e entry) []*schema.Fault {
	if l.refusal != nil {
		return []*schema.Fault{at(l.refusal, e.pointer)}
	}
	doubts := append(l.doubts(c, e), e.doubts(l)...)
	if l.speaksOf(e.purpose) && e.index >= 0 && e.index < l.bits.Len() && l.bits.Get(e.index) {
		// A revocation is final: a set bit counts whatever else is wrong with
		// an authentic list.
		return append([]*schema.Fault{e.set(l)}, doubts...)
	}
	return doubts
}
