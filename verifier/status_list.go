package verifier

import (
	"context"
	"slices"
	"time"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// listLimits bound a status list document (security model, section 5). One
// credential can name sixteen lists, and a list is a long text in a small
// document: two hundred objects are far more than any needs.
var listLimits = schema.Limits{Bytes: 2 << 20, Values: 2_000, Objects: 200}

// A listed is a status list as one verification sees it.
type listed struct {
	url  string
	kind *statusKind
	// refusal is why nothing in the list may be believed, nil for an authentic
	// list.
	refusal *schema.Fault
	provenList
	purposes []string
	// outdated says that the list's period does not cover the moment asked
	// about; early that it only begins after it, but has begun by now.
	outdated, early bool
	age             int // seconds from the list's beginning to the moment of checking
}

// statusList returns the list at a URL, retrieved at most once a verification.
func (c *caseFile) statusList(ctx context.Context, kind *statusKind, url string) (*listed, error) {
	name := kind.entry + " " + url
	if l, ok := c.lists[name]; ok {
		return l, nil
	}
	l := &listed{url: url, kind: kind}
	c.lists[name] = l
	b, fault, err := c.retrieve(ctx, url)
	if fault != nil || err != nil {
		l.refusal = fault
		return l, err
	}
	return l, c.believe(ctx, l, b)
}

// A provenList is a list whose signature holds.
type provenList struct {
	claims  schema.Value
	created time.Time        // of the proof
	bits    *statuslist.List // once read
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

// read takes out of an authentic list what entries ask for.
func (l *listed) read(c *caseFile, proven provenList) {
	subject := subjectOf(proven.claims)
	theirs, _ := issuer(proven.claims)
	mine, _ := issuer(c.opened.Claims)
	switch {
	case theirs != mine:
		l.refusal = schema.Found("status.list-invalid", "", map[string]any{"list": l.url, "because": "issuer", "issuer": theirs})
		return
	case !l.kind.isA(proven.claims):
		l.refusal = schema.Found("status.list-invalid", "", map[string]any{"list": l.url, "because": "type"})
		return
	}
	if proven.bits == nil {
		bits, err := l.kind.decode(subject.GetString("encodedList"))
		if faults, _ := faultsOf(context.Background(), err, "status.list-encoding", ""); len(faults) > 0 {
			l.refusal = faults[0]
			return
		}
		proven.bits = bits
	}
	l.provenList = proven
	for _, p := range subject.GetList("statusPurpose") {
		l.purposes = append(l.purposes, p.Text)
	}
	p := periodOf(proven.claims)
	l.outdated = p.isPast(c.at) || p.isAhead(c.at)
	l.early = p.isAhead(c.at) && !p.isAhead(c.now)
	from := p.from
	if from.IsZero() {
		from = proven.created
	}
	if !from.IsZero() {
		l.age = int(c.now.Sub(from) / time.Second)
	}
}

// subjectOf returns the one subject of a list.
func subjectOf(claims schema.Value) schema.Value {
	if s := claims.GetList("credentialSubject"); len(s) == 1 {
		return s[0]
	}
	return schema.Value{}
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
