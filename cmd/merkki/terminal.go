package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode"
)

// clean replaces everything in foreign text that a terminal or a reader's eye
// would act on: control characters (escape sequences begin with one),
// directional controls that reorder what stands around them, and invisible
// format characters. Each becomes U+FFFD, so that something is seen to be there.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u200d', r == '\u200c': // joiners belong to words of several scripts
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// line prints one line of words on standard output, each text argument cleaned.
func (p *program) line(format string, args ...any) {
	fmt.Fprintf(p.Out, format+"\n", cleanAll(args)...)
}

// say prints one line of words on standard error.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.Err, format+"\n", cleanAll(args)...)
}

func cleanAll(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case string:
			out[i] = clean(v)
		case error:
			out[i] = clean(v.Error())
		default:
			out[i] = a
		}
	}
	return out
}

// table prints rows in aligned columns on standard output.
func (p *program) table(rows [][]string) {
	w := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = clean(cell)
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(row, "\t"), "\t"))
	}
	w.Flush()
}
