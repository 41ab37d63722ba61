// Command bench measures how long issuing and verifying takes, beside what
// somebody would use instead, and writes docs/performance.md:
//
//	go run ./bench            measures, and writes the page
//	go run ./bench -print     measures, and prints it
//
// Three parties work on the same documents: Merkki; json-gold with crypto/ed25519,
// the shortest way in Go; and the Node packages of Digital Bazaar, the reference
// implementation of the proof formats. They take turns, round after round, each in one
// process that is warm, with the contexts in memory, on one core (GOMAXPROCS=1).
// What counts is processor time, which other work on the machine hardly changes,
// medians over the rounds, and the ratios of those: machines differ, and a ratio
// that was taken in one run does not.
//
// Everybody does the same: issuing is from a document in memory to a signed
// one as text; verifying is from text to a yes (strict parsing, terms,
// canonicalisation, hashes, signature), the key known or computed from its
// did:key. Every answer is checked. What Merkki does besides, schema and the
// whole list of checks, is measured in rows of its own.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime"

	"merkki/internal/judge"
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 7, "how many times everybody has a turn")
	n := flag.Int("documents", 40, "how many documents a turn has")
	only := flag.Bool("print", false, "print the page and leave the file alone")
	match := flag.String("suites", ".", "which suites, a regular expression; the page is written only with all")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	which, err := regexp.Compile(*match)
	if err != nil {
		log.Fatal(err)
	}
	page, err := measure(context.Background(), *rounds, *n, which)
	if err != nil {
		log.Fatal(err)
	}
	var b bytes.Buffer
	page.write(&b)
	if !*only && *match == "." {
		err = os.WriteFile(filepath.Join(judge.Root(), "docs", "performance.md"), b.Bytes(), 0o644)
	}
	fmt.Print(b.String())
	if err != nil {
		log.Fatal(err)
	}
}
