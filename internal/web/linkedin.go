package web

import (
	"net/url"
	"strconv"
	"strings"

	"merkki/internal/publish"
	"merkki/issuer"
)

// linkedIn is the address at which LinkedIn asks its member to add a credential
// to their profile. Nothing is sent before the learner follows it. Months are 1
// to 12; the institution is named by its number there or, without one, by its
// name, never by both; everything is percent-encoded.
func linkedIn(f publish.Facts, r issuer.Record, institution, number string) string {
	type parameter struct{ name, value string }
	q := []parameter{{"startTask", "CERTIFICATION_NAME"}, {"name", f.Achievement.Name}}
	if number != "" {
		q = append(q, parameter{"organizationId", number})
	} else {
		q = append(q, parameter{"organizationName", institution})
	}
	awarded := f.Awarded.UTC()
	q = append(q, parameter{"issueYear", strconv.Itoa(awarded.Year())}, parameter{"issueMonth", strconv.Itoa(int(awarded.Month()))})
	if until := f.ValidUntil.UTC(); !f.ValidUntil.IsZero() {
		q = append(q, parameter{"expirationYear", strconv.Itoa(until.Year())}, parameter{"expirationMonth", strconv.Itoa(int(until.Month()))})
	}
	q = append(q, parameter{"certUrl", r.URL}, parameter{"certId", r.ID})
	parts := make([]string, len(q))
	for n, p := range q {
		parts[n] = p.name + "=" + strings.ReplaceAll(url.QueryEscape(p.value), "+", "%20")
	}
	return "https://www.linkedin.com/profile/add?" + strings.Join(parts, "&")
}
