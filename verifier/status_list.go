package verifier

import (
	"context"
	"slices"
	"time"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// maxList bounds a status list document (security model, section 5).
const maxList = 2 << 20

// A listed is a status list as one verification sees it.
type listed struct {
	url string
	// refusal is why nothing in the list may be believed, nil for an authentic
	// list.
	refusal  *schema.Fault
	claims   schema.Value
	bits     *statuslist.List
	purposes []string
	// outdated says that the list's period does not cover the moment asked
	// about; early that it only begins after it, but has begun by now.
	outdated, early bool
	age             int // seconds from the list's beginning to the moment of checking
}

// statusList returns the list at a URL, retrieved at most once a verification.
func (c *caseFile) statusList(ctx context.Context, url string) (*listed, error) {
	if l, ok := c.lists[url]; ok {
		return l, nil
	}
	l := &listed{url: url}
	c.lists[url] = l
	b, fault, err := c.retrieve(ctx, url)
	if fault != nil || err != nil {
		l.refusal = fault
		return l, err
	}
	return l, c.believe(ctx, l, b)
}

func (c *caseFile) retrieve(ctx context.Context, url string) ([]byte, *schema.Fault, error) {
	args := map[string]any{"url": url, "host": hostOf(url)}
	switch {
	case c.v.Lists == nil:
		args["reason"] = "offline"
		return nil, schema.Found("status.unreachable", "", args), nil
	case len(url) > maxURL || len(c.lists) > maxRequests:
		args["reason"] = "limit"
		return nil, schema.Found("status.url-refused", "", args), nil
	}
	b, err := c.v.Lists.StatusList(ctx, url)
	faults, err := faultsOf(ctx, err, "status.unreachable", "")
	if len(faults) > 0 {
		return nil, faults[0], err
	}
	return b, nil, err
}

// believe puts the list through the same checks as any credential (Bitstring
// Status List 1.0, section 3.2, steps 3 to 8). Its own status is not followed,
// and whether its issuer is known does not matter: it has to be the issuer of
// the credential.
func (c *caseFile) believe(ctx context.Context, l *listed, b []byte) error {
	v := *c.v
	v.Limits.Bytes = maxList
	sub := v.open(Request{Input: b, At: c.at})
	sub.now = c.now
	if err := sub.run(ctx, listChecks); err != nil {
		return err
	}
	for _, r := range sub.results {
		if r.Name != "credential.validity" && !passed(r.Status) {
			l.refusal = l.unbelievable(r)
			return nil
		}
	}
	l.claims = sub.opened.Claims
	l.readPeriod(sub)
	mine, _ := issuer(c.opened.Claims)
	return l.read(mine)
}

// listChecks are the checks that a status list goes through.
var listChecks []Check

func init() { // not a literal: checks refer to checkStatus, which refers to these
	for _, row := range checks {
		listChecks = append(listChecks, row)
		if row.Name == "credential.validity" {
			return
		}
	}
}

// unbelievable says why a list may not be believed. That a limit of ours was
// in the way stays visible.
func (l *listed) unbelievable(r CheckResult) *schema.Fault {
	args := map[string]any{"list": l.url, "check": r.Name, "code": string(r.Code), "because": r.Finding}
	if r.Code == schema.CodeLimitExceeded {
		args["limit"], args["max"] = r.Args["limit"], r.Args["max"]
		return schema.Found("status.limit", "", args)
	}
	return schema.Found("status.list-invalid", "", args)
}

// readPeriod notes how the period of the list lies to the moment asked about.
func (l *listed) readPeriod(sub *caseFile) {
	l.outdated = !passed(sub.status("credential.validity"))
	from, err := schema.ParseTime(l.claims.GetString("validFrom"))
	if err != nil {
		from = sub.created()
	}
	if from.IsZero() {
		return
	}
	l.age = int(sub.now.Sub(from) / time.Second)
	last := sub.results[len(sub.results)-1]
	l.early = last.Finding == "validity.not-yet" && len(last.Also) == 0 && !from.After(sub.now.Add(leeway))
}

// created is when the first proof says that it was made.
func (c *caseFile) created() time.Time {
	return c.proofs[0].Created
}

// read takes the bits out of an authentic list.
func (l *listed) read(mine string) error {
	args := map[string]any{"list": l.url}
	subject, _ := l.claims.Get("credentialSubject")
	theirs, _ := issuer(l.claims)
	switch {
	case theirs != mine:
		args["because"], args["issuer"] = "issuer", theirs
	case !hasType(l.claims, "BitstringStatusListCredential") || !hasType(subject, "BitstringStatusList"):
		args["because"] = "type"
	default:
		for _, p := range subject.GetList("statusPurpose") {
			l.purposes = append(l.purposes, p.Text)
		}
		bits, err := statuslist.Decode(subject.GetString("encodedList"))
		faults, err := faultsOf(context.Background(), err, "status.list-encoding", "")
		if len(faults) > 0 {
			l.refusal = faults[0]
		}
		l.bits = bits
		return err
	}
	l.refusal = schema.Found("status.list-invalid", "", args)
	return nil
}

func hasType(v schema.Value, name string) bool {
	return slices.ContainsFunc(v.GetList("type"), func(t schema.Value) bool { return t.Kind == schema.String && t.Text == name })
}

func (l *listed) speaksOf(purpose string) bool { return slices.Contains(l.purposes, purpose) }

// doubts are what speaks against believing a clear bit of the list.
func (l *listed) doubts(c *caseFile, e entry) (faults []*schema.Fault) {
	doubt := func(because string, args map[string]any) *schema.Fault {
		args["list"], args["because"] = l.url, because
		return schema.Found("status.list-invalid", e.pointer, args)
	}
	if !l.speaksOf(e.purpose) {
		faults = append(faults, doubt("purpose", map[string]any{"purpose": e.purpose}))
	}
	if id := l.claims.GetString("id"); id != "" && id != l.url {
		f := doubt("id", map[string]any{"id": id})
		if c.v.Policy.Tolerant {
			f = f.Weighing(schema.Warn)
		}
		faults = append(faults, f)
	}
	// A list that is newer than the moment asked about knows more, not less:
	// what is not revoked now was not revoked then. A suspension may have been
	// lifted in between.
	if l.outdated && !(l.early && e.purpose == purposeRevocation) {
		faults = append(faults, doubt("period", map[string]any{"age": l.age}))
	}
	return faults
}

func (l *listed) evidence() map[string]any {
	if l.refusal != nil {
		return map[string]any{"finding": l.refusal.Finding}
	}
	return map[string]any{"age": l.age, "entries": l.bits.Len(), "purposes": l.purposes, "outdated": l.outdated}
}
