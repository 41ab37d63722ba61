package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"merkki/schema"
)

// A batch is a file that is worked through, as the API shows it.
type batch struct {
	ID           string         `json:"id"`
	Action       string         `json:"action"`
	DryRun       bool           `json:"dryRun"`
	AllOrNothing bool           `json:"allOrNothing"`
	State        string         `json:"state"`
	Rows         int            `json:"rows"`
	Done         int            `json:"done"`
	Counts       map[string]int `json:"counts"`
	Created      string         `json:"created"`
	Finished     string         `json:"finished"`
	Expires      string         `json:"expires"`
	Trouble      schema.Code    `json:"trouble"`
}

func (b batch) final() bool { return b.State != "waiting" && b.State != "working" }

// outcomes in the order in which they are told, and what is said of rows.
var outcomes = []struct{ name, said string }{
	{"issued", "issued"}, {"changed", "changed"}, {"ready", "ready"}, {"exists", "done before"},
	{"duplicate", "the same as another"}, {"rejected", "rejected"},
}

// summary is one line about a batch: 212 rows: 210 issued, 2 rejected.
func (b batch) summary() string {
	var parts []string
	for _, o := range outcomes {
		if n := b.Counts[o.name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.said))
		}
	}
	rows := fmt.Sprintf("%d rows", b.Rows)
	if b.Rows == 1 {
		rows = "1 row"
	}
	s := rows + ": " + strings.Join(parts, ", ")
	switch {
	case b.DryRun:
		s += "; nothing has been done, this was a dry run"
	case b.State == "refused":
		s += "; nothing has been done, because not every row can be"
	}
	return s
}

func (p *program) batchesCmd() *cobra.Command {
	list := &cobra.Command{Use: "list", Short: "List the files that were sent in the last thirty days", Args: cobra.NoArgs}
	list.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		return all(ctx, p, cl, "/api/v1/batches", nil,
			[]string{"ID", "STATE", "SENT", "ACTION", "ROWS"},
			func(b batch) []string { return []string{b.ID, b.State, b.Created, b.Action, b.summary()} })
	})
	var rejects string
	show := &cobra.Command{
		Use: "show ID", Short: "Show what came of a file, row by row", Args: cobra.ExactArgs(1),
		Long: `Show what came of a file, row by row; with --json as one object a line. With
--rejects the rows that were rejected are written to a file as they stood in the
one that was sent, with what is wrong with each, to be corrected and sent again.`,
		Example: "  merkki batches show 7K2MQ9D4X1TBN8RWZ03FHJ5V6P --rejects again.csv",
	}
	show.Flags().StringVar(&rejects, "rejects", "", "write the rejected rows to `FILE`.csv")
	show.RunE = p.withClient(func(ctx context.Context, cl *client, args []string) error {
		var b batch
		if err := cl.call(ctx, request{method: "GET", path: "/api/v1/batches/" + args[0]}, &b); err != nil {
			return err
		}
		if err := p.rows(ctx, cl, b, true); err != nil {
			return err
		}
		if !p.json {
			p.line("%s", b.summary())
		}
		return p.writeRejects(ctx, cl, b, rejects)
	})
	return holder("batches", "See what came of files that were sent", list, show)
}

// awaitBatch waits until a batch has ended, and shows how far it is.
func (p *program) awaitBatch(ctx context.Context, cl *client, b batch) (batch, error) {
	stop := cl.works(ctx, b.ID)
	defer stop()
	meter := p.meter(b)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !b.final() {
		select {
		case <-ctx.Done():
			meter.end()
			return b, exit(exitTryAgain, "interrupted after %d of %d rows; what is done is done: the same command goes on with the rest", b.Done, b.Rows)
		case <-tick.C:
		}
		if err := cl.call(context.WithoutCancel(ctx), request{method: "GET", path: "/api/v1/batches/" + b.ID}, &b); err != nil {
			return b, err
		}
		meter.show(b)
		if b.Trouble != "" {
			meter.end()
			err := error(&exitError{statusOf(b.Trouble), &problem{Code: b.Trouble, Title: fmt.Sprintf("stopped after %d of %d rows; what is done is done: the same command goes on with the rest", b.Done, b.Rows)}})
			if cl.explain != nil {
				err = cl.explain(err)
			}
			return b, err
		}
	}
	meter.end()
	return b, nil
}

// reportBatch says what came of the rows: of each in a dry run, of those that
// were not done otherwise. Rows that were rejected end the command with a status
// of their own.
func (p *program) reportBatch(ctx context.Context, cl *client, b batch, rejects string) error {
	if err := p.rows(ctx, cl, b, b.DryRun); err != nil {
		return err
	}
	if !p.json {
		p.line("%s", b.summary())
	}
	if err := p.writeRejects(ctx, cl, b, rejects); err != nil {
		return err
	}
	n := b.Counts["rejected"]
	if n == 0 {
		return nil
	}
	hint := "`merkki batches show " + b.ID + " --rejects FILE.csv` writes them to a file"
	if rejects != "" {
		hint = "they are in " + rejects
	}
	if n == 1 {
		return exit(exitData, "1 row was rejected; %s", hint)
	}
	return exit(exitData, "%d rows were rejected; %s", n, hint)
}

// rows prints what came of the rows, all of them or those that were rejected.
func (p *program) rows(ctx context.Context, cl *client, b batch, all bool) error {
	raw, err := cl.raw(ctx, request{method: "GET", path: "/api/v1/batches/" + b.ID + "/result.jsonl", headers: english})
	if err != nil {
		return err
	}
	table := [][]string{{"LINE", "OUTCOME", "COLUMN", "VALUE", ""}}
	for line := range bytes.Lines(raw) {
		if p.json {
			if err := p.printJSON(line); err != nil {
				return err
			}
			continue
		}
		var r rowResult
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		if all || r.Outcome == "rejected" {
			table = append(table, r.cells()...)
		}
	}
	if len(table) > 1 {
		p.table(table)
	}
	return nil
}

func (p *program) writeRejects(ctx context.Context, cl *client, b batch, path string) error {
	if path == "" || b.Counts["rejected"] == 0 {
		return nil
	}
	raw, err := cl.raw(ctx, request{method: "GET", path: "/api/v1/batches/" + b.ID + "/rejects.csv", headers: english})
	if err != nil {
		return err
	}
	return writeNew(path, raw, 0o600)
}

// A meter shows progress on standard error: one line that is written over on a
// terminal, a line for every tenth elsewhere.
type meter struct {
	p     *program
	tty   bool
	begun time.Time
	from  int // rows that were done before
	tenth int
}

func (p *program) meter(b batch) *meter {
	f, ok := p.Err.(*os.File)
	return &meter{p: p, tty: ok && term.IsTerminal(int(f.Fd())), begun: time.Now(), from: b.Done}
}

func (m *meter) show(b batch) {
	if m.tty {
		width := 24
		full := width * b.Done / max(b.Rows, 1)
		fmt.Fprintf(m.p.Err, "\r%s%s %d of %d rows%s\x1b[K", strings.Repeat("█", full), strings.Repeat("░", width-full), b.Done, b.Rows, m.pace(b))
		return
	}
	if tenth := 10 * b.Done / max(b.Rows, 1); tenth > m.tenth && b.Rows >= 1000 {
		m.tenth = tenth
		fmt.Fprintf(m.p.Err, "%d of %d rows\n", b.Done, b.Rows)
	}
}

// pace is the rate, and how long the rest takes at it.
func (m *meter) pace(b batch) string {
	passed := time.Since(m.begun)
	if passed < time.Second || b.Done <= m.from {
		return ""
	}
	rate := float64(b.Done-m.from) / passed.Seconds()
	left := time.Duration(float64(b.Rows-b.Done)/rate*float64(time.Second)) / time.Second * time.Second
	return fmt.Sprintf(", %.0f a second, %s left", rate, left)
}

func (m *meter) end() {
	if m.tty {
		fmt.Fprint(m.p.Err, "\r\x1b[K")
	}
}
