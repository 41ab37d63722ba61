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
		options := []ssrf.Option{ssrf.WithPorts(443)} // the default has 80 too
		if prefix, ok := r.allowed(host); ok {
			options = append(options, allowing(prefix))
		}
		d := net.Dialer{Control: ssrf.New(options...).Safe, Resolver: resolver}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	}
}

func allowing(p netip.Prefix) ssrf.Option {
	if p.Addr().Is4() {
		return ssrf.WithAllowedV4Prefixes(p)
	}
	return ssrf.WithAllowedV6Prefixes(p)
}
