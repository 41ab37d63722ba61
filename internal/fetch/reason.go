package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"os"

	"code.dny.dev/ssrf"
)

// addressRefused returns why the guard refused to dial, or "".
func addressRefused(err error) string {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP):
		return "the name leads to an address that is not public"
	case errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return "the name leads to a forbidden address"
	}
	return ""
}

// A handshakeError is any way in which a TLS connection did not come about:
// certificate, version, alert, or a host that speaks something else.
type handshakeError struct{ err error }

func (e *handshakeError) Error() string { return e.err.Error() }
func (e *handshakeError) Unwrap() error { return e.err }

// reasonOf puts an error into one of the classes of [UnreachableError].
func reasonOf(ctx context.Context, err error) string {
	if ctx.Err() != nil || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return "timeout"
	}
	if _, ok := errors.AsType[*handshakeError](err); ok {
		return "tls"
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "truncated"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "dns"
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return "connection"
	}
	return "malformed"
}
