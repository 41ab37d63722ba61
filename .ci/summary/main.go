// Command summary reads what go test -json writes, prints what failed as it
// fails, and ends with one line: how many tests passed, how many failed, and
// what was skipped for which reason. Nothing that did not run can hide.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

// An event is a line of go test -json (go doc cmd/test2json).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

func main() {
	output := map[string][]string{}
	skipped := map[string]int{} // reason → tests
	passed, failed, packages := 0, 0, 0
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // what the compiler says
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "build-fail":
			failed++
			fmt.Print(strings.Join(output[key], ""))
		case "skip":
			if e.Test != "" {
				skipped[reason(output[key])]++
			}
		case "pass":
			if e.Test == "" {
				packages++
				fmt.Printf("ok    %-40s %6.1f s\n", e.Package, e.Elapsed)
			} else {
				passed++
			}
		case "fail":
			failed++
			fmt.Printf("FAIL  %s\n%s", key, strings.Join(output[key], ""))
		}
	}
	fmt.Printf("%d tests of %d packages passed, %d failed; %s\n", passed, packages, failed, skips(skipped))
	if failed > 0 || passed == 0 || in.Err() != nil {
		os.Exit(1)
	}
}

// reason is what a test said when it skipped.
func reason(lines []string) string {
	for _, l := range lines {
		if _, r, ok := strings.Cut(strings.TrimSpace(l), ".go:"); ok {
			_, r, _ = strings.Cut(r, ": ")
			return r
		}
	}
	return "without a reason"
}

func skips(m map[string]int) string {
	if len(m) == 0 {
		return "nothing was skipped"
	}
	var parts []string
	for r, n := range m {
		parts = append(parts, fmt.Sprintf("%d because %s", n, r))
	}
	sort.Strings(parts)
	return "skipped: " + strings.Join(parts, "; ")
}
