package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// demoBase is the address under which the demo's credentials stand. The name is
// reserved: nobody owns it, and nothing is asked of it.
const demoBase = "https://merkki.example"

func (p *program) demoCmd() *cobra.Command {
	var listen string
	var once bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "See it all: issue three sample credentials, verify and serve them",
		Long: `Make a test issuer in a new directory, let it issue three credentials, verify them
and show them on this machine: one with a grade, one that expires, one that was
revoked. It is the real service with real keys; only the issuer is a test issuer,
and everything it makes says TEST.

With --once it writes the credentials, their pages, certificates (PDF), badges with
the credential inside (PNG, SVG) and QR codes, a trust list and a bundle of what a
verifier asks for to DIR/out, and ends.`,
		Example: `  merkki demo
  merkki demo --once --dir /tmp/d && merkki verify --bundle /tmp/d/out/bundle.json --trust /tmp/d/out/trust.json /tmp/d/out/valid.json`,
		Args: cobra.NoArgs,
	}
	c.Flags().StringVar(&listen, "listen", "", "`ADDRESS` to listen on (default 127.0.0.1:8080, or a free port when it is taken)")
	c.Flags().BoolVar(&once, "once", false, "write DIR/out and end")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := p.demoDirectory(); err != nil {
			return err
		}
		if once {
			return p.demoOnce(cmd.Context())
		}
		return p.demoServe(cmd.Context(), listen)
	}
	return c
}

// demoDirectory is --dir or a new temporary folder, with a fresh passphrase.
func (p *program) demoDirectory() (err error) {
	if p.dir == "" {
		if p.dir, err = os.MkdirTemp("", "merkki-demo-"); err != nil {
			return err
		}
	}
	if err := emptyDir(p.dir); err != nil {
		return err
	}
	return writeNew(filepath.Join(p.dir, "passphrase"), []byte(rand.Text()+"\n"), 0o600)
}

// demoFounding is the test issuer of the demo. Its lists stay valid for 30 days,
// so that the bundle can be carried somewhere and verified there.
func demoFounding(listen string) founding {
	f := founding{
		baseURL: demoBase, name: "Example University", did: "web", lang: "en", test: true,
		settings: map[string]string{"passphrase_file": "passphrase", "status_validity": "720h"},
	}
	if listen != "" {
		f.settings["listen"] = listen
	}
	return f
}

func (p *program) demoOnce(ctx context.Context) error {
	d, err := p.stage(ctx, "")
	if err != nil {
		return err
	}
	defer d.service.Close()
	out := filepath.Join(p.dir, "out")
	if err := d.write(ctx, out); err != nil {
		return err
	}
	p.showVerdicts(d, "")
	p.say("written to %s", out)
	return nil
}

func (p *program) demoServe(ctx context.Context, address string) error {
	l, err := listenDemo(address)
	if err != nil {
		return err
	}
	d, err := p.stage(ctx, l.Addr().String())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	local := "http://" + l.Addr().String()
	p.showVerdicts(d, local)
	p.line("")
	p.line("service    %s/", local)
	p.line("verify     %s/verify", local)
	p.line("directory  %s", p.dir)
	p.say("ctrl-c ends it; `merkki serve --dir %s` starts it again", p.dir)
	p.log = slog.New(slog.DiscardHandler)
	err = p.serveService(ctx, d.service, l)
	return errors.Join(err, d.service.Close())
}

// listenDemo opens the address that was asked for, or the usual one, or a free
// port when another program has it.
func listenDemo(address string) (net.Listener, error) {
	if address != "" {
		return listen(address)
	}
	l, err := net.Listen("tcp", "127.0.0.1:8080")
	if err != nil {
		return listen("127.0.0.1:0")
	}
	return l, nil
}

// showVerdicts prints what the demo issued and what a verifier outside says of
// it. local is the address on this machine, "" when nothing listens.
func (p *program) showVerdicts(d *demo, local string) {
	heading := []string{"CREDENTIAL", "VERDICT", "WHY", "ADDRESS"}
	if local != "" {
		heading = append(heading, "ON THIS MACHINE")
	}
	rows := [][]string{heading}
	for _, s := range d.shown {
		row := []string{s.name, firstLine(s.report, "en"), s.why, s.url}
		if local != "" {
			row = append(row, local+strings.TrimPrefix(s.url, demoBase))
		}
		rows = append(rows, row)
	}
	p.table(rows)
}
