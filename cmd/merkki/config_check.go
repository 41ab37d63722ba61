package main

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
)

// check judges each value by itself and all of them together.
func (c *config) check() []error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s (from %s): %w", key, c.from[key], fmt.Errorf(format, args...)))
	}
	if c.BaseURL != "" {
		if err := checkBaseURL(c.BaseURL); err != nil {
			fault("base_url", "%w", err)
		}
	}
	if !i18n.Speaks(c.Lang) {
		fault("lang", "%q is not one of %s", c.Lang, strings.Join(i18n.Languages, ", "))
	}
	if _, err := splitListen(c.Listen); err != nil {
		fault("listen", "%w", err)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		fault("tls_cert", "tls_cert and tls_key need each other")
	}
	for _, n := range c.BehindProxy {
		if _, err := netip.ParsePrefix(n); err != nil {
			fault("behind_proxy", "%q is not a network such as 10.1.2.0/24 or 127.0.0.1/32", n)
		}
	}
	if _, err := c.rules(); err != nil {
		fault("allow_host", "%w", err)
	}
	if err := c.checkMail(); err != nil {
		fault("smtp_url", "%w", err)
	}
	if _, err := c.statusValidity(); err != nil {
		fault("status_validity", "%w", err)
	}
	if err := checkContact(c.Contact); err != nil {
		fault("contact", "%w", err)
	}
	if _, err := c.contactUntil(); err != nil {
		fault("contact_until", "%w", err)
	}
	return faults
}

// checkContact accepts a mail address or an https address, and nothing.
func checkContact(s string) error {
	if s == "" {
		return nil
	}
	if u, err := url.Parse(s); err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil {
		return nil
	}
	if a, err := mail.ParseAddress(s); err == nil && a.Address == s {
		return nil
	}
	return fmt.Errorf("%q is neither a mail address nor an https address", s)
}

// contactUntil reads the day until which the contact is promised to be read, the
// zero time for none.
func (c *config) contactUntil() (time.Time, error) {
	if c.ContactUntil == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, c.ContactUntil)
	if err != nil {
		return t, fmt.Errorf("%q is not a day such as 2027-06-30", c.ContactUntil)
	}
	return t, nil
}

// originHost is the host of a base URL: labels of small letters, digits and
// hyphens.
var originHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// checkBaseURL accepts an https origin and nothing more: ids, QR codes and the
// DID are made of it.
func checkBaseURL(s string) error {
	host, ok := strings.CutPrefix(s, "https://")
	if !ok || !originHost.MatchString(host) {
		return fmt.Errorf("%q must be an https origin such as https://badges.example.org: small letters, no port, no path, no final slash", s)
	}
	return nil
}

// splitListen checks an address to listen on and returns its host.
func splitListen(s string) (string, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Errorf("%q is not an address such as 127.0.0.1:8080", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Errorf("%q is not a port", port)
	}
	return host, nil
}

// rules are the outbound rules with the operator's exceptions.
func (c *config) rules() (fetch.Rules, error) {
	var r fetch.Rules
	for _, s := range c.AllowHost {
		a, err := fetch.ParseAllowed(s)
		if err != nil {
			return r, err
		}
		r.Allow = append(r.Allow, a)
	}
	return r, nil
}

// statusValidity bounds how long lists are valid: less than the interval at
// which they are signed anew would leave gaps.
func (c *config) statusValidity() (time.Duration, error) {
	d, err := time.ParseDuration(c.StatusValidity)
	if err != nil || d < 13*time.Hour || d > 90*24*time.Hour {
		return 0, fmt.Errorf("%q is not a duration between 13h and 2160h", c.StatusValidity)
	}
	return d, nil
}
