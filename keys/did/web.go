package did

import (
	"net/url"
	"strings"

	"merkki/internal/fetch"
)

// parseWeb reads did:web: the DID names the address of its document.
func parseWeb(id identifier) (origin, error) {
	address, err := webAddress(id.did, id.specific)
	return origin{address: address}, err
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
	if !fetch.IsHostName(name) { // IP addresses are none (did:web, section Method-specific identifier)
		return "", "host"
	}
	if !hasPort || port == "443" {
		return name, ""
	}
	if port == "" || len(port) > 5 || port[0] == '0' || strings.Trim(port, digits) != "" || len(port) == 5 && port > "65535" {
		return "", "port"
	}
	return name + ":" + port, ""
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
