package issuer_test

import (
	"fmt"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

func TestListAndLookUp(t *testing.T) {
	h, a := school(t, false)
	for n := range 5 {
		h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "N", Email: fmt.Sprintf("n%d@example.org", n%2)}})
	}
	seen := 0
	q := issuer.Query{Limit: 2}
	for {
		page, err := h.List(ctx, registrar, q)
		must(t, err)
		for _, r := range page.Items {
			if r.Credential != nil || r.Recipient != (issuer.Recipient{}) {
				t.Errorf("a list names a person: %+v", r)
			}
			seen++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if seen != 5 {
		t.Errorf("the pages hold %d records, want 5", seen)
	}
	for email, want := range map[string]int{"n0@example.org": 3, " N1@EXAMPLE.ORG ": 2, "n2@example.org": 0} {
		page, err := h.List(ctx, registrar, issuer.Query{Email: email})
		must(t, err)
		if len(page.Items) != want {
			t.Errorf("%q has %d records, want %d", email, len(page.Items), want)
		}
	}
	for pointer, q := range map[string]issuer.Query{"/limit": {Limit: 1001}, "/state": {State: "lost"}, "/cursor": {Cursor: "x"}} {
		_, err := h.List(ctx, registrar, q)
		refusedWith(t, err, schema.CodeMalformedValueError, pointer)
	}
}
