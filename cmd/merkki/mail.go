package main

import (
	"context"
	"fmt"
	netmail "net/mail"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/mail"
)

// A mailNote is what became of one mail, as the API tells it.
type mailNote struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	State string `json:"state"`
	At    string `json:"at"`
	Why   string `json:"why"`
}

func (m mailNote) String() string {
	said := fmt.Sprintf("%s: %s %s", m.Kind, m.State, m.At)
	if m.Why != "" {
		said += " (" + m.Why + ")"
	}
	return said + "  " + m.ID
}

// lastMail is the column of the list: what became of the last thing the learner
// was told. What is to be told later does not count.
func lastMail(all []mailNote) string {
	last := "-"
	for _, m := range all {
		if m.Kind == "expiring" && m.State == "waiting" {
			continue
		}
		last = m.Kind + " " + m.State
	}
	return last
}

func (p *program) mailCmd() *cobra.Command {
	return holder("mail", "Mails to learners: bounced", p.mailBounced())
}

func (p *program) mailBounced() *cobra.Command {
	var code string
	c := &cobra.Command{
		Use: "bounced ID", Short: "Note that a mail came back", Args: cobra.ExactArgs(1),
		Long: `Note that a mail which the relay had taken came back. The ID stands before the @ of
the mail's Message-ID, which a delivery status notification (RFC 3464) returns; it
is also what ` + "`merkki show`" + ` names. Whoever receives the notifications, a person or a
program, calls this; ` + "`merkki list`" + ` then says bounced. Nothing is sent again.`,
		Example: `  merkki mail bounced 3V8Q0R7ZJ2K5N4TB9XW6YH1M0C --code 5.1.1`,
	}
	c.Flags().StringVar(&code, "code", "", "status `CODE` of the notification, such as 5.1.1")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		body := map[string]string{}
		if code != "" {
			body["code"] = code
		}
		_, err := cl.raw(ctx, request{method: "POST", path: "/api/v1/mails/" + args[0] + "/bounced", body: body})
		return err
	})
	return c
}

// relay is where mails leave by, nil where none is configured.
func (c *config) relay() (*mail.Post, error) {
	if c.SMTPURL == "" {
		return nil, nil
	}
	password := ""
	if c.SMTPPassword != "" {
		var err error
		if password, err = readSecret(c.SMTPPassword); err != nil {
			return nil, err
		}
	}
	r, err := mail.ParseRelay(c.SMTPURL, password)
	if err != nil {
		return nil, err
	}
	return &mail.Post{Relay: r, From: c.MailFrom, BaseURL: c.BaseURL}, nil
}

// checkMail judges what belongs to mails.
func (c *config) checkMail() error {
	if c.SMTPURL == "" {
		if c.SMTPPassword != "" || c.MailFrom != "" {
			return fmt.Errorf("smtp_password_file and mail_from mean nothing without it")
		}
		return nil
	}
	if a, err := netmail.ParseAddress(c.MailFrom); err != nil || a.Address != c.MailFrom {
		return fmt.Errorf("mail_from %q is not an address such as badges@example.fi", c.MailFrom)
	}
	_, err := c.relay()
	return err
}

// mailPatience is how long deliverMail waits at most before it looks again,
// whatever it was told: mails come from other processes too.
const mailPatience = time.Minute

// deliverMail hands mails to the relay as they fall due, until ctx ends. The one
// in hand is finished then. Without a relay it only waits.
func (p *program) deliverMail(ctx context.Context, s *service) error {
	post, err := s.config.relay()
	if err != nil {
		return err
	}
	if post == nil {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		next, err := s.issuer.Deliver(ctx, post)
		if err != nil && ctx.Err() == nil {
			p.log.Error("mails could not be delivered", "error", err.Error())
		}
		wait := mailPatience
		if left := time.Until(next); !next.IsZero() && left < wait {
			wait = max(left, 0)
		}
		if err != nil {
			wait = mailPatience
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.issuer.Mailed():
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
