package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"merkki/issuer"
)

// TestSuperseded: the page and the reports of a credential that was replaced say so
// and lead to the new one, unless its learner hides that.
func TestSuperseded(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	old := s.award(t, issuer.Draft{Achievement: s.add(t, rich, false).ID, Recipient: aino})
	next, err := s.Reissue(ctx, local, old.ID, issuer.Correction{Name: "Aino Korhonen", Reason: "The name was wrong."})
	must(t, err)
	cookie := s.enter(t, aino.Email)
	for _, hidden := range []bool{false, true, false} {
		word := map[bool]string{true: "hide", false: "show"}[hidden]
		if got := s.call("POST", "/my/"+old.ID+"/link", "link="+word, "Content-Type: application/x-www-form-urlencoded", "Cookie: "+cookie); got.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", word, got.Code, got.Body)
		}
		page := s.call("GET", "/c/"+old.ID, "", "Accept: text/html").Body.String()
		if leads := strings.Contains(page, `href="/c/`+next.ID+`"`); leads == hidden {
			t.Errorf("hidden %v, and the page leads to the new one: %v", hidden, leads)
		}
		for _, answer := range []string{
			s.call("GET", "/c/"+old.ID+"/report", "").Body.String(),
			s.call("POST", "/verify", string(old.Credential), "Content-Type: application/vc", "Accept: application/json").Body.String(),
		} {
			var rep struct {
				Verdict, SupersededBy string
				Superseded            bool
			}
			must(t, json.Unmarshal([]byte(answer), &rep))
			want := next.URL
			if hidden {
				want = ""
			}
			if rep.Verdict != "invalid" || !rep.Superseded || rep.SupersededBy != want || hidden && strings.Contains(answer, next.ID) {
				t.Errorf("hidden %v: %+v", hidden, rep)
			}
		}
	}
}

func TestRenewedPageLeadsOn(t *testing.T) {
	s := newSite(t, "Example University", "en", false)
	old := s.award(t, issuer.Draft{Achievement: s.add(t, rich, false).ID, Recipient: aino, ValidUntil: "2030-01-31"})
	next, err := s.Renew(ctx, local, old.ID, "2032-01-31")
	must(t, err)
	page := s.call("GET", "/c/"+old.ID, "", "Accept: text/html").Body.String()
	if !strings.Contains(page, `href="/c/`+next.ID+`"`) {
		t.Error("the page of what was renewed does not lead on")
	}
	if rep := s.call("GET", "/c/"+old.ID+"/report", "").Body.String(); !strings.Contains(rep, `"renewedBy":"`+next.URL+`"`) || !strings.Contains(rep, `"verdict":"valid"`) {
		t.Errorf("%s", rep)
	}
}
