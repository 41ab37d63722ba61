package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// Outside is the network that a client stands before. The zero value is the
// machine's, and the only one that the program uses; tests bring one of their
// own, which sees each name and each address that the client wants. It stands
// behind the rules and the guard and cannot loosen them.
type Outside struct {
	Names *net.Resolver  // nil: the machine's
	Roots *x509.CertPool // nil: the machine's
	// Socket is handed each socket before it is connected, with the address
	// that the guard has let pass. An error keeps it unconnected.
	Socket func(network, address string, socket syscall.RawConn) error
}

// guardedDialer returns the function that opens connections to port 443 of a
// host. The address is judged when it is dialled, after the name has been
// looked up for the last time: a name that resolves to a public address when
// it is checked and to 127.0.0.1 when it is used gains nothing.
func guardedDialer(r Rules, o Outside) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, host string) (net.Conn, error) {
		d := net.Dialer{Control: o.behind(guard(r, host)), Resolver: o.Names}
		if _, ok := r.allowed(host); !ok {
			// A name that ends in a dot is whole: no search list of the
			// machine makes another name of the one that was judged.
			host += "."
		}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, "443"))
	}
}

// behind returns what judges a socket before it is connected: the guard, and
// only then the one who watches.
func (o Outside) behind(g *ssrf.Guardian) func(string, string, syscall.RawConn) error {
	return func(network, address string, socket syscall.RawConn) error {
		if err := g.Safe(network, address, socket); err != nil || o.Socket == nil {
			return err
		}
		return o.Socket(network, address, socket)
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
