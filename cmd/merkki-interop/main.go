// Command merkki-interop lets conformance suites of other people drive Merkki.
// It is for development, is in no package, and what it signs is worthless.
//
//	merkki-interop serve [--listen 127.0.0.1:PORT] [--seed HEX]
//	merkki-interop vc-jose-cose issue|verify --input FILE --key FILE --feature NAME --output FILE
//	merkki-interop vc-json-schema validate --format NAME --schema FILE --credential FILE --output FILE
//
// The suites of the W3C and its Credentials Community Group speak HTTP to an
// issuer that signs whatever it is sent, with a key that the address names, and
// to a verifier whose answer is a status code (see routes.go). No service for
// real people may be like that, so it is a program of its own: it listens on this
// machine only, its keys are made when it starts, it has no store, it says in every
// answer what it is (X-Merkki-Mode: interop), and it refuses to start where the
// environment configures a real Merkki.
//
// Nothing is implemented twice. Documents are checked, secured and verified by
// the packages that the product is made of; what suites need and the product
// refuses are policy values whose names end in Unsafe, and only this program and
// tests set them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses are those of merkki. Whether a suite's question was answered
// with success or failure stands in the output file and not here.
const (
	exitOK            = 0
	exitUsage         = 64
	exitConfiguration = 78
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	if name := configured(environ); name != "" {
		fmt.Fprintf(errOut, "merkki-interop: %s is set. This program makes worthless signatures and stays away from a real service: unset it, or use merkki\n", name)
		return exitConfiguration
	}
	c := commands(out)
	c.SetArgs(args)
	c.SetOut(out)
	c.SetErr(errOut)
	if err := c.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(errOut, "merkki-interop: %v\n", err)
		if errors.Is(err, errNotLoopback) {
			return exitConfiguration
		}
		return exitUsage
	}
	return exitOK
}

// configured returns the name of a variable that configures a real Merkki, "" if
// there is none.
func configured(environ []string) string {
	for _, v := range environ {
		name, _, _ := strings.Cut(v, "=")
		if name == "MERKKI_DIR" || name == "MERKKI_STORE" || strings.HasPrefix(name, "MERKKI_PASSPHRASE") {
			return name
		}
	}
	return ""
}

func commands(out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "merkki-interop",
		Short:         "Let conformance suites drive Merkki; for development only, what it signs is worthless",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(serveCommand(out), joseCoseCommand(), jsonSchemaCommand())
	return root
}

// group is a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs}
	c.AddCommand(subs...)
	return c
}
