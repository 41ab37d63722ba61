package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"merkki/issuer"
)

// A Relay is the server that takes our mails over.
type Relay struct {
	Host     string
	Port     int
	Implicit bool // TLS from the first byte (RFC 8314); else STARTTLS, which must succeed
	Plain    bool // no TLS: only to a relay on this machine
	User     string
	Password string
}

// ParseRelay reads the address of a relay: smtps://[USER@]HOST[:PORT] with TLS
// from the first byte, port 465 if none is given, or smtp://[USER@]HOST[:PORT]
// with STARTTLS, port 587. STARTTLS is required; only to 127.0.0.0/8, ::1 and
// localhost does smtp go without. The password is never part of the address.
func ParseRelay(address, password string) (Relay, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return Relay{}, errors.New("a relay is smtps://USER@HOST or smtp://HOST:PORT")
	}
	r := Relay{Host: u.Hostname(), Implicit: u.Scheme == "smtps", Password: password}
	if u.User != nil {
		if _, has := u.User.Password(); has {
			return Relay{}, errors.New("the password of the relay belongs into a file of its own, not into its address")
		}
		r.User = u.User.Username()
	}
	if (r.User == "") != (password == "") {
		return Relay{}, errors.New("a user of the relay and a password need each other")
	}
	r.Plain = !r.Implicit && onThisMachine(r.Host)
	r.Port = 587
	if r.Implicit {
		r.Port = 465
	}
	if p := u.Port(); p != "" {
		if r.Port, err = strconv.Atoi(p); err != nil || r.Port < 1 || r.Port > 65535 {
			return Relay{}, fmt.Errorf("%q is not a port", p)
		}
	}
	return r, nil
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// relayTime is how long a relay may take over each step.
const relayTime = 30 * time.Second

func (r Relay) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithPort(r.Port), gomail.WithTimeout(relayTime)}
	switch {
	case r.Implicit:
		opts = append(opts, gomail.WithSSL())
	case r.Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if r.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if r.Plain {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(r.User), gomail.WithPassword(r.Password))
	}
	return gomail.NewClient(r.Host, opts...)
}

// A Post composes letters and hands them to a relay.
type Post struct {
	Relay   Relay
	From    string // the address of the sender
	BaseURL string // origin of the service
}

// Deliver implements issuer.Courier.
func (p *Post) Deliver(ctx context.Context, l issuer.Letter) error {
	m, err := Compose(l, p.BaseURL)
	if err != nil {
		return err
	}
	return p.Send(ctx, m)
}

// Send hands a message over. *issuer.RefusedError where the relay will never
// take it; an error that wraps issuer.ErrNoRelay where it takes none.
func (p *Post) Send(ctx context.Context, m Message) error {
	msg, err := p.write(m)
	if err != nil {
		return err
	}
	c, err := p.Relay.client()
	if err != nil {
		return fmt.Errorf("%w: %w", issuer.ErrNoRelay, err)
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", issuer.ErrNoRelay, err)
	}
	err = c.SendWithSMTPClient(conn, msg)
	_ = c.CloseWithSMTPClient(conn) // it has our message, or has said why not
	if msg.IsDelivered() {
		return nil
	}
	return verdict(err)
}

// write builds the message with the library's own header functions: nothing of
// ours is ever joined into a header line.
func (p *Post) write(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: m.FromName, Address: p.From}) // FromFormat loses quotation marks
	to, err := netmail.ParseAddress(m.To)
	if err != nil || to.Address != m.To || strings.Contains(m.To, "=?") { // an encoded word would be another address
		return nil, &issuer.RefusedError{Code: "5.1.3"} // bad address syntax (RFC 3463)
	}
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(strings.Trim(m.ID, "<>"))
	msg.SetDateWithValue(m.Date)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	msg.SetGenHeader("Content-Language", m.Lang)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// verdict says whether another try is worth it. Only what the relay says for good
// about this recipient or this message is an answer to this mail.
func verdict(err error) error {
	var e *gomail.SendError
	if !errors.As(err, &e) || e.IsTemp() || e.ErrorCode() < 500 {
		return err
	}
	switch e.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPDataClose:
		return &issuer.RefusedError{Code: strings.TrimSpace(strconv.Itoa(e.ErrorCode()) + " " + e.EnhancedStatusCode())}
	case gomail.ErrSMTPMailFrom:
		return fmt.Errorf("%w: it does not take mail from the sender's address: %d", issuer.ErrNoRelay, e.ErrorCode())
	}
	return err
}
