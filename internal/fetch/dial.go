package fetch

import (
	"context"
	"net"
	"net/netip"

	"code.dny.dev/ssrf"
)

// guardedDialer returns the function that opens connections to port 443 of a
// host. The address is judged when it is dialled, after the name has been
// looked up for the last time: a name that resolves to a public address when
// it is checked and to 127.0.0.1 when it is used gains nothing.
func guardedDialer(r Rules, resolver *net.Resolver) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, host string) (net.Conn, error) {
		d := net.Dialer{Control: guard(r, host).Safe, Resolver: resolver}
		if _, ok := r.allowed(host); !ok {
			// A name that ends in a dot is whole: no search list of the
			// machine makes another name of the one that was judged.
			host += "."
		}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	}
}

// guard judges the addresses of a host: public ones on port 443, and those of
// the network that an operator has named for this host and no other.
func guard(r Rules, host string) *ssrf.Guardian {
	options := []ssrf.Option{ssrf.WithPorts(443)} // the default has 80 too
	if prefix, ok := r.allowed(host); ok {
		options = append(options, allowing(prefix))
	}
	return ssrf.New(options...)
}

func allowing(p netip.Prefix) ssrf.Option {
	if p.Addr().Is4() {
		return ssrf.WithAllowedV4Prefixes(p)
	}
	return ssrf.WithAllowedV6Prefixes(p)
}
