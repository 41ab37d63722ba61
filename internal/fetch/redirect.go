package fetch

import (
	"net/url"
	"strings"
)

// redirected returns the address to which an answer leads, if it may be
// followed: it obeys the address rules and has the origin of the address that
// was asked for. Another origin cannot speak for this one.
func (c *Client) redirected(from, location string) (string, error) {
	base, err := url.Parse(from)
	if err != nil {
		return "", &RefusedError{URL: clip(from), Reason: "malformed"}
	}
	to, err := base.Parse(location)
	if err != nil {
		return "", &RefusedError{URL: clip(location), Reason: "malformed"}
	}
	target := withoutFragment(to.String())
	// The rules on hosts come before the one on the scheme, so that a redirect
	// into the network is reported as what it is.
	secured := target
	if rest, ok := strings.CutPrefix(target, "http://"); ok {
		secured = "https://" + rest
	}
	if err := c.config.Rules.Check(secured); err != nil {
		return "", err
	}
	switch {
	case secured != target:
		return "", &UnreachableError{URL: clip(target), Host: base.Host, Reason: "redirect-insecure"}
	case to.Host != base.Host:
		return "", &UnreachableError{URL: clip(target), Host: base.Host, Reason: "redirect-origin"}
	}
	return target, nil
}
