// Command independent writes testdata/independent: credentials, and what
// Digital Bazaar's Node packages say about each. Run it in the top folder,
// with Node and the packages of testdata/peers installed:
//
//	go run ./testdata/gen/independent
//
// Some documents are signed by Merkki, some by the peer, some altered afterwards;
// what they are judged by comes from the peer alone.
package main

import (
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// How many documents there are of each kind.
const (
	ours    = 110
	theirs  = 60
	altered = 70
)

func main() {
	log.SetFlags(0)
	docs := append(signedByUs(), signedByThem()...)
	docs = append(docs, alterations(docs)...)
	judgeAll(docs)
	docs = settle(docs)
	if err := write(docs); err != nil {
		log.Fatal(err)
	}
	if err := writeVersions(); err != nil {
		log.Fatal(err)
	}
	log.Printf("%d documents", len(docs))
}

// unsigned is a generated credential without issuer id. Every third has
// status entries, which nobody can look up; the others can be verified whole.
func unsigned(n int) schema.Value {
	v := schematest.Credential(rand.New(rand.NewPCG(2026, uint64(n))))
	if n%3 != 0 {
		v = v.Without("credentialStatus")
	}
	return v
}

func withIssuer(v schema.Value, did string) schema.Value {
	profile, _ := v.Get("issuer")
	return v.With("issuer", profile.With("id", schema.StringValue(did)))
}

type signer struct {
	ed25519.PrivateKey
	did, method string
}

func (s signer) VerificationMethod() string { return s.method }

// seed of one of seven test keys; the private halves are public knowledge.
func seed(n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "merkki independent %d", n%7))
	return sum[:]
}

func signerOf(n int) signer {
	priv := ed25519.NewKeyFromSeed(seed(n))
	multikey := must(keys.Multikey(priv.Public()))
	did := "did:key:" + multikey
	return signer{priv, did, did + "#" + multikey}
}

func created(n int) time.Time {
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 37 * time.Minute)
}

// now is a moment inside the period of validity.
func now(v schema.Value) string {
	from := must(schema.ParseTime(v.GetString("validFrom")))
	return schema.FormatTime(from.Add(24 * time.Hour))
}

func signedByUs() (docs []judge.IndependentDocument) {
	for n := range ours {
		s := signerOf(n)
		v := withIssuer(unsigned(n), s.did)
		doc := must(proof.Secure(context.Background(), jsonld.Embedded(), v, s, proof.Options{Created: created(n)}))
		if n%10 == 9 { // a second proof by the same issuer's key, made later
			doc = must(proof.Secure(context.Background(), jsonld.Embedded(), doc.Root(), s, proof.Options{Created: created(n + 1)}))
		}
		docs = append(docs, judge.IndependentDocument{
			Name: fmt.Sprintf("made by merkki %d", n), Credential: doc.Raw(), Now: now(v),
		})
	}
	return docs
}

func signedByThem() (docs []judge.IndependentDocument) {
	lines := []any{contexts()}
	for n := range theirs {
		v := withIssuer(unsigned(ours+n), signerOf(n).did)
		lines = append(lines, map[string]any{
			"credential": json.RawMessage(schema.Marshal(v)),
			"seed":       hex.EncodeToString(seed(n)),
			"created":    schema.FormatTime(created(n)),
		})
	}
	for n, b := range must(judge.RunPeer("issue.mjs", lines...)) {
		var answer struct {
			Credential json.RawMessage
			Error      string
		}
		check(json.Unmarshal(b, &answer))
		if answer.Error != "" {
			log.Fatalf("peer cannot sign %d: %s", n, answer.Error)
		}
		v := must(schema.Parse(answer.Credential, schema.Limits{})).Root()
		docs = append(docs, judge.IndependentDocument{
			Name: fmt.Sprintf("made by the peer %d", n), Credential: answer.Credential, Now: now(v),
		})
	}
	return docs
}

// alterations changes one thing in each of some signed documents. Places where
// the right answer is "cannot tell" are left out: contexts, proof types, suites.
func alterations(signed []judge.IndependentDocument) (docs []judge.IndependentDocument) {
	rnd := rand.New(rand.NewPCG(7, 7))
	for n := range altered {
		from := signed[rnd.IntN(len(signed))]
		v := must(schema.Parse(from.Credential, schema.Limits{})).Root()
		type change struct {
			what string
			v    schema.Value
		}
		var all []change
		for what, m := range schematest.Mutations(v) {
			if !strings.Contains(what, "@context") && !strings.Contains(what, "cryptosuite") &&
				!(strings.Contains(what, "/proof") && strings.HasSuffix(what, "/type")) {
				all = append(all, change{what, m})
			}
		}
		c := all[rnd.IntN(len(all))]
		docs = append(docs, judge.IndependentDocument{
			Name:       fmt.Sprintf("altered %d: %s of %q", n, c.what, from.Name),
			Credential: schema.Marshal(c.v), Now: from.Now,
		})
	}
	return docs
}

// judgeAll asks the peers.
func judgeAll(docs []judge.IndependentDocument) {
	lines := []any{contexts()}
	for _, d := range docs {
		lines = append(lines, map[string]any{"credential": d.Credential, "now": d.Now})
	}
	for i, b := range must(judge.RunPeer("verify.mjs", lines...)) {
		check(json.Unmarshal(b, &docs[i]))
	}
	for i, b := range must(judge.RunPeer("parts.mjs", lines...)) {
		check(json.Unmarshal(b, &struct {
			Parts *[]judge.IndependentParts
		}{&docs[i].Parts}))
	}
}

// settle drops altered documents that the peer accepts: nothing a signature
// over RDF covers was changed in them.
func settle(docs []judge.IndependentDocument) (kept []judge.IndependentDocument) {
	for _, d := range docs {
		isAltered := strings.HasPrefix(d.Name, "altered")
		switch {
		case isAltered && d.Verified:
			log.Printf("left out, the change is invisible: %s", d.Name)
			continue
		case !isAltered && !d.Verified:
			log.Fatalf("the peer does not accept %s: %s", d.Name, d.Error)
		case strings.Contains(d.Error, "not among the given documents"):
			log.Fatalf("%s: %s", d.Name, d.Error)
		}
		kept = append(kept, d)
	}
	return kept
}

func contexts() any {
	byURL := map[string][]byte{}
	for _, u := range []string{
		"https://www.w3.org/ns/credentials/v2",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
	} {
		b, ok := jsonld.Embedded().Context(u)
		if !ok {
			log.Fatalf("no context %s", u)
		}
		byURL[u] = b
	}
	return judge.Documents(byURL)
}

func write(docs []judge.IndependentDocument) error {
	f, err := os.Create(judge.IndependentFile())
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(z)
	enc.SetEscapeHTML(false)
	for _, d := range docs {
		if err := enc.Encode(d); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

// writeVersions says who judged.
func writeVersions() error {
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(judge.Root(), "testdata", "peers", "package-lock.json"))), &lock); err != nil {
		return err
	}
	versions := map[string]string{"node": strings.TrimSpace(string(must(exec.Command("node", "--version").Output())))}
	for path, p := range lock.Packages {
		if name, ok := strings.CutPrefix(path, "node_modules/"); ok && p.Version != "" {
			versions[name] = p.Version
		}
	}
	b := must(json.MarshalIndent(versions, "", "  "))
	return os.WriteFile(filepath.Join(filepath.Dir(judge.IndependentFile()), "versions.json"), append(b, '\n'), 0o644)
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
