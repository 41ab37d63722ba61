package did

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"merkki/keys"
)

// parseWeb reads did:web: the DID names the address of its document.
func parseWeb(id identifier) (dereference, error) {
	address, err := webAddress(id.did, id.specific)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r *resolver, id identifier) (*keys.Method, error) {
		return r.retrieve(ctx, address, id)
	}, nil
}

// WebURL returns the address of the document of a did:web (did:web, section
// Read): https://HOST/.well-known/did.json, or https://HOST/PATH/did.json. The
// fault is key.did; whether the address may be asked for is decided where it
// is asked for.
func WebURL(did string) (string, error) {
	id, m, err := parse(did)
	if err != nil {
		return "", err
	}
	if m.name != "web" || id.whole {
		return "", didFault(did, "not-did-web")
	}
	return webAddress(id.did, id.specific)
}

func webAddress(did, specific string) (string, error) {
	segments := strings.Split(specific, ":")
	host, reason := webHost(segments[0])
	if reason != "" {
		return "", didFault(did, reason)
	}
	path := "/.well-known"
	if len(segments) > 1 {
		path = ""
	}
	for _, segment := range segments[1:] {
		// Decoded once; what decodes to a part of a path or to another
		// escape would be read differently by the next program.
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsAny(plain, `/\?#%`) || !isPrintable(plain) {
			return "", didFault(did, "path")
		}
		path += "/" + url.PathEscape(plain)
	}
	return "https://" + host + path + "/did.json", nil
}

// webHost reads the first segment: a DNS name, and perhaps %3A and a port. The
// port 443 is that of https and is not written.
func webHost(segment string) (host, reason string) {
	plain, err := url.PathUnescape(segment)
	if err != nil {
		return "", "host"
	}
	name, port, hasPort := strings.Cut(plain, ":")
	if reason := nameFault(name); reason != "" {
		return "", reason
	}
	if !hasPort || port == "443" {
		return name, ""
	}
	if port == "" || len(port) > 5 || port[0] == '0' || strings.Trim(port, digits) != "" || len(port) == 5 && port > "65535" {
		return "", "port"
	}
	return name + ":" + port, ""
}

// nameFault says why a text is no DNS name in its one spelling: labels of
// lower-case letters, digits and inner hyphens (RFC 1123, section 2.1), not
// ending in a number, which makes it an IP address (did:web forbids those).
func nameFault(name string) string {
	if len(name) > 253 {
		return "host"
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "ip-address"
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.Trim(label, lower+digits+"-") != "" ||
			label[0] == '-' || label[len(label)-1] == '-' {
			return "host"
		}
	}
	last := labels[len(labels)-1]
	if strings.Trim(last, digits) == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], digits+"abcdef") == "" {
		return "ip-address"
	}
	return ""
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
