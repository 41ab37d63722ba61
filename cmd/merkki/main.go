// Command merkki issues Open Badges 3.0 credentials and verifies anybody's.
//
//	merkki demo                       a whole service in a minute
//	merkki init --dir D --base-url URL --name NAME
//	merkki serve --dir D
//	merkki verify FILE
//
// The program holds wiring and words. Commands that need a directory speak to
// the same API as everybody else: over the directory's socket while a server
// runs on it, in process otherwise (client.go). What somebody asked for goes to
// standard output, everything said besides to standard error, and the exit
// status is a promise (exit.go).
package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"merkki/internal/fetch"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := &program{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr,
		Getenv: os.LookupEnv, Environ: os.Environ,
	}
	status := p.run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// A program is one run of the command line: where it reads and writes, and the
// environment it sees.
type program struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) (string, bool)
	Environ  func() []string

	dir      string // --dir
	as       string // --as
	identity string // --identity
	json     bool   // --json

	rules fetch.Rules  // exceptions of the operator, for services
	net   fetch.Source // made when first asked for
	log   *slog.Logger // of serve; nil: nobody reads one
}

// run executes one command line and returns the exit status. A panic is a bug
// of ours and ends as 70: never as 1 or 2, which are verdicts.
func (p *program) run(ctx context.Context, args []string) (status int) {
	defer func() {
		if r := recover(); r != nil {
			p.complain(bug(r))
			status = exitInternal
		}
	}()
	root := p.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if v, ok := err.(verdictError); ok {
		return int(v)
	}
	p.complain(advise(cmd, err))
	return exitStatus(err)
}
