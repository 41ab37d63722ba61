package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// A contact is where people reach the operator, or an institution: a mail address
// or a page.
type contact struct{ Href, Text string }

// contactOf reads the contact of the configuration, nil where there is none.
func contactOf(setting string) *contact {
	switch {
	case setting == "":
		return nil
	case strings.HasPrefix(setting, "https://"):
		return &contact{setting, strings.TrimPrefix(setting, "https://")}
	}
	return &contact{(&url.URL{Scheme: "mailto", Opaque: url.PathEscape(setting)}).String(), setting}
}

// securityTxt says whom to tell about a weakness (RFC 9116). It is there as long
// as somebody has promised to read it and no longer: a file that has run out must
// not be relied on (section 2.5.5), so it is not served.
func (s *Server) securityTxt(c echo.Context) error {
	to, until := contactOf(s.c.Contact), s.c.ContactUntil
	if to == nil || !s.c.Now().Before(until) {
		return schema.Refusal(schema.CodeNotFound, "", nil)
	}
	c.Response().Header().Set("Cache-Control", "max-age=3600")
	return c.String(http.StatusOK, fmt.Sprintf("Contact: %s\nExpires: %s\nPreferred-Languages: fi, sv, en\nCanonical: %s/.well-known/security.txt\n",
		to.Href, until.UTC().Format(time.RFC3339), s.c.BaseURL))
}

// notice is how long before its end the promise behind security.txt is called
// to mind.
const notice = 30 * 24 * time.Hour

// contactAdvice says what the operator ought to do about the contact. It is no
// fault of anything that was issued, so it never makes a doctor's bill unclean.
func (s *Server) contactAdvice() []issuer.Complaint {
	until, now := s.c.ContactUntil, s.c.Now()
	day := until.UTC().Format(time.DateOnly)
	switch {
	case s.c.Contact == "":
		return []issuer.Complaint{{Check: "contact.none", Detail: "contact is not set: /accessibility names nobody to turn to, and there is no security.txt"}}
	case until.IsZero():
		return []issuer.Complaint{{Check: "contact.until", Detail: "contact_until is not set: there is no security.txt"}}
	case !now.Before(until):
		return []issuer.Complaint{{Check: "contact.expired", Detail: "contact_until was " + day + ": security.txt is not served any more"}}
	case until.Sub(now) < notice:
		return []issuer.Complaint{{Check: "contact.expires", Detail: "contact_until is " + day + ": make sure that the contact is still read, and set a new day"}}
	}
	return nil
}
