// Command conformance reads what go test -json writes and prints
// docs/conformance.md: a line for every suite of somebody else that ran.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"merkki/internal/judge"
)

const head = `# Conformance

What others judge Merkki by, and how it did. This page is written by the tests
(` + "`.ci/conformance/run`" + `): each line is what a run found, a test fails when its line is
not here, and .ci/run when there is a line too many. *Failed* counts what a suite
expects and Merkki does otherwise, or does not do, and says why. *After* a suite
means tests of our own for what it asserts, as far as its contract is known; other
lines are its own inputs or vectors.

| suite | what the tests do with it | passed | failed | why |
|---|---|---|---|---|
`

const tail = `
## Running the suites themselves

The suites of the W3C and its Credentials Community Group are in no package
registry, so the lines above are about their inputs, vectors and contracts. To run
one, start the program that speaks their interface (development only; what it
signs is worthless) and point the suite's local configuration at it:

` + "```sh not run: a server in the foreground" + `
go run ./cmd/merkki-interop serve --listen 127.0.0.1:8443
` + "```" + `

| what | where |
|---|---|
| issuers | ` + "`https://127.0.0.1:8443/PROFILE/credentials/issue`" + `; their ids: ` + "`/interop/issuers.json`" + ` |
| profiles | eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019-p256, ecdsa-rdfc-2019-p384, ecdsa-jcs-2019-p256, ecdsa-sd-2023, status, Ed25519Signature2020, jose |
| verifier | ` + "`/credentials/verify`" + `: the key has to be the issuer's |
| verifier, proof only | ` + "`/proof/credentials/verify`" + `: seven tests use vectors that a stranger's key signed; a service that answered so would let anybody sign for any issuer |
| presentations | ` + "`/presentations/verify`" + ` |
| holder | ` + "`/credentials/derive`" + ` |
| did:key resolver | ` + "`/1.0/identifiers/`" + ` |
| vc-jose-cose | ` + "`go run ./cmd/merkki-interop vc-jose-cose`" + ` |
| vc-json-schema | ` + "`go run ./cmd/merkki-interop vc-json-schema`" + ` |

The certificate is made at start (Node: ` + "`NODE_TLS_REJECT_UNAUTHORIZED=0`" + `). ` + "`--seed`" + ` with 64
hexadecimal digits makes the same keys again.
`

func main() {
	var scores []judge.Score
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e struct{ Action, Key, Value string }
		if json.Unmarshal(in.Bytes(), &e) != nil || e.Action != "attr" || e.Key != "conformance" {
			continue
		}
		var s judge.Score
		if err := json.Unmarshal([]byte(e.Value), &s); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		scores = append(scores, s)
	}
	if in.Err() != nil || len(scores) == 0 {
		fmt.Fprintln(os.Stderr, "no scores:", in.Err())
		os.Exit(1)
	}
	slices.SortFunc(scores, func(a, b judge.Score) int {
		if a.Row() < b.Row() {
			return -1
		}
		return 1
	})
	fmt.Print(head)
	for _, s := range scores {
		fmt.Print(s.Row())
	}
	fmt.Print(tail)
}
