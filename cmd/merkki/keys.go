package main

import (
	"context"
	"crypto"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

// A keyPair is what the API tells of a key.
type keyPair struct {
	ID        string `json:"id"`
	Issuer    string `json:"issuer"`
	Algorithm string `json:"algorithm"`
	Role      string `json:"role"`
	Multibase string `json:"publicKeyMultibase"`
	// JWK stands in for Multibase where the kind of key has none.
	JWK     json.RawMessage `json:"publicKeyJwk"`
	Created string          `json:"created"`
	Retired string          `json:"retired"`
	Revoked string          `json:"revoked"`
	// While a rotation is under way.
	SignsFrom  string `json:"signsFrom"`
	SignsUntil string `json:"signsUntil"`
}

func (p *program) keysCmd() *cobra.Command {
	return holder("keys", "The keys that sign: list, new, rotate, retire, compromise, drill, resolve, export-public",
		p.keysList(), p.keysNew(), p.keysRotate(), p.keysRetire(), p.keysCompromise(), p.keysDrill(), p.keysResolve(), p.keysExport())
}

func (p *program) keysList() *cobra.Command {
	var issuerID string
	c := &cobra.Command{Use: "list", Short: "List the keys", Args: cobra.NoArgs}
	c.Flags().StringVar(&issuerID, "issuer", "", "only those of the issuer with this `ID`")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		return all(ctx, p, cl, "/api/v1/keys", issuerQuery(issuerID),
			[]string{"ROLE", "ALGORITHM", "CREATED", "STATE", "METHOD"},
			func(k keyPair) []string { return []string{k.Role, k.Algorithm, k.Created, k.state(), k.ID} })
	})
	return c
}

func (k keyPair) state() string {
	switch {
	case k.Revoked != "":
		return "revoked"
	case k.Retired != "":
		return "retired"
	case k.SignsFrom != "" && k.SignsFrom > wireTime(time.Now()): // RFC 3339 in UTC sorts as text
		return "from " + k.SignsFrom
	case k.SignsUntil != "":
		return "until " + k.SignsUntil
	}
	return "in use"
}

func issuerQuery(id string) url.Values {
	q := url.Values{}
	if id != "" {
		q.Set("issuer", id)
	}
	return q
}

func (p *program) keysNew() *cobra.Command {
	var issuerID, alg, role string
	c := &cobra.Command{
		Use: "new", Short: "Make a key", Args: cobra.NoArgs,
		Long: `Make a key. From then on it signs in place of the older keys of the same kind and
role; they stay published, because what they signed goes on being verified. Which kinds of key an issuer needs follows from the
formats it signs in (` + "`merkki issuers edit`" + `).`,
		Example: "  merkki keys new --role credentials --algorithm P-256",
	}
	c.Flags().StringVar(&issuerID, "issuer", "", "`ID` of the issuer, where there is more than one")
	c.Flags().StringVar(&alg, "algorithm", string(keys.Ed25519), "kind of key: "+strings.Join(keyKinds, ", "))
	c.Flags().StringVar(&role, "role", string(keys.Credentials), "credentials, status-lists, or receipt (signs that something was checked, and nothing else)")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		if err := oneOf("algorithm", alg, keyKinds...); err != nil {
			return err
		}
		body := map[string]string{"algorithm": alg, "role": role}
		if issuerID != "" {
			body["issuer"] = issuerID
		}
		return one(ctx, p, cl, request{method: "POST", path: "/api/v1/keys", body: body}, func(k keyPair) { p.line("%s", k.ID) })
	})
	return c
}

// keyKinds are the kinds of key there are, in the words of the command line.
var keyKinds = []string{string(keys.Ed25519), string(keys.P256), string(keys.P384), string(keys.RSA)}

// keysExport prints the document that the world resolves, made from the public
// halves: for did:web it is what the service publishes, for did:key what
// everybody computes.
func (p *program) keysExport() *cobra.Command {
	var issuerID string
	var jwks bool
	c := &cobra.Command{
		Use: "export-public", Short: "Print the public keys of an issuer as its DID document", Args: cobra.NoArgs,
	}
	c.Flags().BoolVar(&jwks, "jwks", false, "as a JWK Set instead, where verifiers of tokens look")
	c.Flags().StringVar(&issuerID, "issuer", "", "`ID` of the issuer, where there is more than one")
	c.RunE = p.withClient(func(ctx context.Context, cl *client, _ []string) error {
		var issuer string
		var pairs []keys.Pair
		err := each(ctx, cl, "/api/v1/keys", issuerQuery(issuerID), func(raw json.RawMessage) error {
			var k keyPair
			if err := json.Unmarshal(raw, &k); err != nil {
				return err
			}
			if issuer != "" && k.Issuer != issuer {
				return usage("there is more than one issuer: name one with --issuer")
			}
			issuer = k.Issuer
			pair, err := k.pair()
			pairs = append(pairs, pair)
			return err
		})
		if err != nil {
			return err
		}
		write := did.Document
		if jwks {
			write = did.JWKS
		}
		doc, err := write(issuer, pairs)
		if err != nil {
			return err
		}
		return p.printJSON(schema.Marshal(doc))
	})
	return c
}

func (k keyPair) pair() (keys.Pair, error) {
	var pub crypto.PublicKey
	var err error
	if k.Multibase != "" {
		pub, err = keys.ParseMultikey(k.Multibase)
	} else {
		pub, err = keys.ParseJWK(k.JWK)
	}
	if err != nil {
		return keys.Pair{}, err
	}
	pair := keys.Pair{ID: k.ID, Issuer: k.Issuer, Algorithm: keys.Algorithm(k.Algorithm), Role: keys.Role(k.Role), Public: pub}
	for _, t := range []struct {
		text string
		to   *time.Time
	}{{k.Created, &pair.Created}, {k.Retired, &pair.Retired}, {k.Revoked, &pair.Revoked}} {
		if t.text == "" {
			continue
		}
		if *t.to, err = time.Parse(time.RFC3339, t.text); err != nil {
			return keys.Pair{}, err
		}
	}
	return pair, nil
}

// A resolved key is one line of keys resolve --json.
type resolvedKey struct {
	ID            string          `json:"id"`
	Controller    string          `json:"controller"`
	Algorithm     string          `json:"algorithm"`
	Multibase     string          `json:"publicKeyMultibase,omitempty"`
	JWK           json.RawMessage `json:"publicKeyJwk"`
	Relationships []string        `json:"relationships"`
	Expires       string          `json:"expires,omitempty"`
	Revoked       string          `json:"revoked,omitempty"`
}

func (p *program) keysResolve() *cobra.Command {
	var src sourceFlags
	var issuers bool
	c := &cobra.Command{
		Use: "resolve DIDURL…", Short: "Look up public keys as a verifier does", Args: cobra.MinimumNArgs(1),
		Long: `Look up public keys as a verifier does, by the URL under which a proof names
them: did:key and did:jwk are computed, the documents of did:web and https
identifiers are asked for. With --issuer the names are those of issuers, and all
keys are listed with which they may sign: for an https issuer those at
/.well-known/jwks.json.`,
		Example: `  merkki keys resolve did:web:university.example#z6Mk… --json
  merkki keys resolve --issuer https://university.example`,
	}
	src.register(c)
	c.Flags().BoolVar(&issuers, "issuer", false, "the names are those of issuers: list all their keys")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		source, err := p.source(src)
		if err != nil {
			return err
		}
		r := did.New(did.FromSource(source))
		for _, id := range args {
			found, err := lookUp(cmd.Context(), r, id, issuers)
			if err != nil {
				return p.faultError(id, err)
			}
			if len(found) == 0 {
				return exit(exitData, "%s publishes no keys", id)
			}
			for _, m := range found {
				if err := p.printKey(m); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return c
}

func lookUp(ctx context.Context, r *did.Resolver, id string, issuer bool) ([]*keys.Method, error) {
	if issuer {
		return r.IssuerKeys(ctx, id)
	}
	m, err := r.Resolve(ctx, id)
	return []*keys.Method{m}, err
}

// printKey prints a key, or why an entry of a list is none.
func (p *program) printKey(m *keys.Method) error {
	if m.Fault != nil {
		p.say("%s is left out: %v", firstOf(m.KeyID, m.ID), p.faultError("", m.Fault))
		return nil
	}
	k := resolvedKey{
		ID: m.ID, Controller: m.Controller, Algorithm: string(keys.AlgorithmOf(m.Key)),
		Relationships: m.Relationships, Expires: wireTime(m.Expires), Revoked: wireTime(m.Revoked),
	}
	var err error
	if k.JWK, err = keys.JWK(m.Key, ""); err != nil {
		return err
	}
	if mk, err := keys.Multikey(m.Key); err == nil { // an RSA key has none
		k.Multibase = mk
	}
	if p.json {
		b, err := json.Marshal(k)
		if err != nil {
			return err
		}
		return p.printJSON(b)
	}
	p.line("%s", k.ID)
	for _, row := range [][2]string{
		{"controller", k.Controller}, {"algorithm", k.Algorithm}, {"key", firstOf(k.Multibase, string(k.JWK))},
		{"expires", k.Expires}, {"revoked", k.Revoked},
	} {
		if row[1] != "" {
			p.line("  %-12s %s", row[0], row[1])
		}
	}
	for _, r := range k.Relationships {
		p.line("  %-12s %s", "for", r)
	}
	return nil
}
