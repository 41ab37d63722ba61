package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// refKey is where a request's reference stands in the echo context; the log and
// the problem that a client sees share it.
const refKey = "ref"

func newRef() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])
}

// observe gives the request its reference and writes one line when it is done.
// The line names the route, not the address: an address of a credential is a
// secret that its holder hands out.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ref, start := newRef(), s.c.Now()
		c.Set(refKey, ref)
		c.Response().Header().Set("X-Request-Id", ref)
		if err := next(c); err != nil {
			c.Error(err)
		}
		s.c.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
			slog.String("ref", ref), slog.String("method", c.Request().Method), slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size),
			slog.Int64("micros", s.c.Now().Sub(start).Microseconds()))
		return nil
	}
}

// recover turns a panic into INTERNAL. A panic in a parser is a grave bug all
// the same, so the log gets its stack.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if v := recover(); v != nil {
				s.c.Log.Error("panic", "ref", c.Get(refKey), "value", fmt.Sprint(v), "stack", string(debug.Stack()))
				err = errPanic
			}
		}()
		return next(c)
	}
}

// csp lets a page load our style sheet, our fonts and pictures, send forms to
// us, and nothing else.
const csp = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; script-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const permissions = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"microphone=(), midi=(), payment=(), usb=()"

// maxURL is the longest address that is read (security model, section 5).
const maxURL = 8 << 10

func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", csp)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", permissions)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if s.c.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if len(c.Request().RequestURI) > maxURL {
			return schema.Refusal(schema.CodeParsingError, "", map[string]any{"limit": "url.bytes", "max": maxURL})
		}
		if c.Request().Header.Get("Content-Encoding") != "" {
			// Nothing here decompresses: a bomb has to be sent at its full size.
			return schema.Refusal(schema.CodeUnsupportedMediaType, "", map[string]any{"header": "Content-Encoding"})
		}
		return next(c)
	}
}

// openToAll lets pages of other origins read an answer: verifiers run in
// browsers. Never with credentials.
func openToAll(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		return next(c)
	}
}

func preflight(methods string) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", methods)
		h.Set("Access-Control-Allow-Headers", "Content-Type, Accept, Accept-Language")
		h.Set("Access-Control-Max-Age", "86400")
		return c.NoContent(http.StatusNoContent)
	}
}

// private keeps answers out of every cache.
func private(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-store")
		return next(c)
	}
}

func limitBody(n int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > n {
				return &http.MaxBytesError{Limit: n}
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, n)
			return next(c)
		}
	}
}

// ipExtractor believes X-Forwarded-For from the configured proxies alone.
func ipExtractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	opts := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		_, n, err := net.ParseCIDR(p.Masked().String())
		if err == nil {
			opts = append(opts, echo.TrustIPRange(n))
		}
	}
	return echo.ExtractIPFromXFFHeader(opts...)
}

// authenticate finds out who asks. Only bearer tokens count, so that no browser
// can be made to act for somebody; on the machine itself the operating system's
// word counts too.
func (s *Server) authenticate(local bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			a, err := s.actorOf(c.Request(), local)
			if err != nil {
				return err
			}
			c.SetRequest(c.Request().WithContext(WithActor(c.Request().Context(), a)))
			return next(c)
		}
	}
}

func (s *Server) actorOf(r *http.Request, local bool) (issuer.Actor, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if secret != "" && strings.EqualFold(scheme, "Bearer") {
		return s.c.Service.Authenticate(r.Context(), strings.TrimSpace(secret))
	}
	if local {
		if a, ok := r.Context().Value(actorKey{}).(issuer.Actor); ok {
			return a, nil
		}
	}
	return issuer.Actor{}, schema.Refusal(schema.CodeUnauthenticated, "", nil)
}

// actor returns who asks; authenticate has put it there.
func actor(ctx context.Context) issuer.Actor {
	a, _ := ctx.Value(actorKey{}).(issuer.Actor)
	return a
}
