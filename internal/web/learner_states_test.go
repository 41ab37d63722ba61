package web_test

import (
	"strings"
	"testing"

	"merkki/issuer"
)

// learnerStates are the pages that learners see.
func learnerStates(t testing.TB, g gallery) []state {
	t.Helper()
	letters := func() string {
		for _, l := range g.mail(t) {
			if l.Ends.IsZero() {
				continue
			}
			return strings.TrimPrefix(l.Link, base)
		}
		t.Fatal("no link came")
		return ""
	}
	g.award(t, issuer.Draft{Achievement: g.valid.Achievement, Recipient: aino, Mail: true})
	claim := letters()
	back := g.linkTo(t, aino.Email)
	session := g.enter(t, aino.Email)
	must(t, g.AddAddress(ctx, g.learnerOf(t, session), "aino.virtanen@private.example", "en"))
	confirm := letters()
	add := func(address string) []step {
		return []step{{Action: "/my/address", Fill: map[string]string{"email": address}}}
	}
	return []state{
		{Name: "claim", Path: claim},
		{Name: "claim-back", Path: back},
		{Name: "claim-confirm", Path: confirm},
		{Name: "claim-over", Path: "/claim/" + strings.Repeat("A", 43)},
		{Name: "claim-over-open", Path: "/claim/" + strings.Repeat("A", 43), Cookie: session},
		{Name: "my", Path: "/my", Cookie: session},
		{Name: "my-confirmed", Path: "/my?confirmed", Cookie: session},
		{Name: "my-address-sent", Path: "/my", Cookie: session, Steps: add("aino@private.example")},
		{Name: "my-closed-to-strangers", Path: "/my"},
		{Name: "my-link", Path: "/my/link"},
		{Name: "my-link-sent", Path: "/my/link", Steps: []step{{Action: "/my/link", Fill: map[string]string{"email": "nobody@example.org"}}}},
	}
}

// learnerOf is whose session a cookie opens.
func (s *site) learnerOf(t testing.TB, cookie string) issuer.Digest {
	t.Helper()
	_, secret, _ := strings.Cut(cookie, "=")
	d, err := s.Learner(ctx, secret)
	must(t, err)
	return d
}
