package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// maxURL bounds addresses of keys and lists, in characters.
const maxURL = 2048

// Rules are the address rules that need no network. The zero value allows
// public https addresses on port 443 and nothing else.
type Rules struct {
	// Allow names the hosts inside a network that may be asked all the same.
	Allow []Allowed
}

// Allowed is one internal host: the exact name, and the prefix in which its
// address must lie. Everything else of the rules holds for it too.
type Allowed struct {
	Host   string
	Prefix netip.Prefix
}

// ParseAllowed reads "host=prefix", for example "did.campus=10.20.0.0/16".
func ParseAllowed(s string) (Allowed, error) {
	host, prefix, ok := strings.Cut(s, "=")
	p, err := netip.ParsePrefix(prefix)
	if !ok || err != nil || hostFault(host) != "" {
		return Allowed{}, fmt.Errorf("%q does not name a host and a network; write it as did.campus=10.20.0.0/16", s)
	}
	return Allowed{Host: host, Prefix: p.Masked()}, nil
}

// CheckURL applies the address rules of the zero [Rules]. The error is a
// *RefusedError. Nothing is asked of the network, name servers included.
func CheckURL(url string) error { return Rules{}.Check(url) }

// Check applies the rules to an address.
func (r Rules) Check(address string) error {
	if reason := r.fault(address); reason != "" {
		return &RefusedError{URL: clip(address), Reason: reason}
	}
	return nil
}

// fault returns why an address is refused, or "".
func (r Rules) fault(address string) string {
	if len(address) > maxURL {
		return "longer than 2048 characters"
	}
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c > '~' || c == '\\' {
			return "a character that addresses do not have"
		}
	}
	if hasEncodedControl(address) {
		return "an encoded control character"
	}
	if !strings.HasPrefix(address, "https://") {
		return "not https"
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Opaque != "":
		return "malformed"
	case u.User != nil:
		return "user information"
	case strings.Contains(u.Host, ":"):
		return "a port, or an IP address"
	}
	if reason := hostFault(u.Host); reason != "" {
		return reason
	}
	if _, ok := r.allowed(u.Host); ok {
		return ""
	}
	return publicFault(u.Host)
}

func (r Rules) allowed(host string) (netip.Prefix, bool) {
	for _, a := range r.Allow {
		if a.Host == host {
			return a.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

// IsHostName tells whether a text is a DNS name in its one spelling: labels of
// lower-case letters, digits and inner hyphens, no trailing dot, and not an IP
// address in anybody's eyes. It may be the name of an internal host.
func IsHostName(name string) bool { return hostFault(name) == "" }

// hostFault says why a text is no DNS name in its one spelling. A last label
// that is a number makes the whole an IP address in somebody's eyes (the URL
// Standard, "ends in a number": 127.1, 2130706433, 0x7f.1).
func hostFault(host string) string {
	if host == "" || len(host) > 253 {
		return "no host name"
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "not a DNS name in lower case"
		}
	}
	last := labels[len(labels)-1]
	if strings.Trim(last, "0123456789") == "" ||
		strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
		return "an IP address"
	}
	return ""
}

// internalNames are top-level names that never lead to a public host (RFC
// 6761, 6762, 7686, 8375; ICANN reserved "internal" in 2024).
var internalNames = []string{"localhost", "local", "internal", "home.arpa", "invalid", "test", "onion"}

func publicFault(host string) string {
	if !strings.Contains(host, ".") {
		return "a name without a dot"
	}
	for _, name := range internalNames {
		if strings.HasSuffix(host, "."+name) {
			return "a name under " + name
		}
	}
	return ""
}

// hasEncodedControl finds %00 to %1F and %7F.
func hasEncodedControl(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && (s[i+1] == '0' || s[i+1] == '1' || s[i+1] == '7' && (s[i+2]|0x20) == 'f') {
			return true
		}
	}
	return false
}

// withoutFragment returns the address as it is asked for and remembered.
func withoutFragment(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}

// hostOf returns the host of an address that the rules have passed.
func hostOf(address string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	host, _, _ = strings.Cut(host, "?")
	return host
}

// clip keeps a refused address short enough for a log line.
func clip(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}
