package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
)

func (p *program) backupCmd() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Copy the records while the service runs, and check the copy", Args: cobra.ExactArgs(1),
		Long: `Write a consistent copy of the records to FILE while the service goes on, open it
again and verify it. The signing keys (DIR/keys) are not in it: keep a copy of
them apart, and the passphrase apart from both.`,
		Example: "  merkki backup /mnt/backup/merkki-2026-11-25.tar",
		RunE: p.withClient(func(ctx context.Context, cl *client, args []string) error {
			path, err := filepath.Abs(args[0])
			if err != nil {
				return err
			}
			if exists(path) {
				return exit(exitCannotCreate, "%s exists already, and is not overwritten", args[0])
			}
			r := request{method: "POST", path: "/api/v1/backup", body: map[string]string{"path": path}}
			return one(ctx, p, cl, r, func(b struct{ Path string }) { p.line("%s", b.Path) })
		}),
	}
}
