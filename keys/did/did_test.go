package did_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/internal/judge"
	"merkki/keys/did"
	"merkki/schema"
)

const (
	multikey = "z6MkkT6U2aG6gaCJNNZdxCbG8WGsv4ag457DaVzSLjSiUi8W"
	another  = "z6MkqESYCXjF8JgG6CJTETCW6erqjdd7hqwGUR8Ru6eBJmgU"
	webDID   = "did:web:issuer.example"
	webURL   = "https://issuer.example/.well-known/did.json"
)

// finding returns the finding of an error, "" for none.
func finding(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		t.Fatalf("%v is not a fault", err)
	}
	return f.Finding
}

// world returns a resolver over documents by address, and what it asks for.
func world(documents map[string]string) (*did.Resolver, *fetch.Recorder) {
	m := fetch.Map{}
	for url, text := range documents {
		m[url] = fetch.Document{Bytes: []byte(text), MediaType: "application/json"}
	}
	r := fetch.NewRecorder(m)
	return did.New(did.FromSource(fetch.NewStack(fetch.Rules{}, r))), r
}

func TestDIDKey(t *testing.T) {
	resolver, asked := world(nil)
	for _, c := range []struct{ name, vm, want string }{
		{"good", "did:key:" + multikey + "#" + multikey, ""},
		{"version 1", "did:key:1:" + multikey + "#" + multikey, ""},
		{"P-256", "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv#zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv", ""},
		{"no fragment", "did:key:" + multikey, "key.identifier"},
		{"empty fragment", "did:key:" + multikey + "#", "key.identifier"},
		{"fragment of another key", "did:key:" + multikey + "#" + another, "key.not-listed"},
		{"fragment with the version", "did:key:1:" + multikey + "#1:" + multikey, "key.not-listed"},
		{"version 2", "did:key:2:" + multikey + "#" + multikey, "key.did"},
		{"nothing", "did:key:#a", "key.did"},
		{"base64url multibase", "did:key:u7QE#u7QE", "key.did"},
		{"a byte short", "did:key:z6Mk#z6Mk", "key.unusable"},
		{"X25519", "did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc#z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "key.unusable"},
		{"path", "did:key:" + multikey + "/a#" + multikey, "key.identifier"},
		{"query", "did:key:" + multikey + "?a=b#" + multikey, "key.identifier"},
		{"two fragments", "did:key:" + multikey + "#" + multikey + "#" + multikey, "key.identifier"},
		{"space", "did:key:" + multikey + " #" + multikey, "key.did"},
		{"capital scheme", "DID:key:" + multikey + "#" + multikey, "key.identifier"},
		{"capital method", "did:KEY:" + multikey + "#" + multikey, "key.did"},
		{"longer than the limit", "did:key:z" + strings.Repeat("1", 2048), "key.did-length"},
		{"as long as the limit", "did:key:z" + strings.Repeat("1", 2048-9), "key.unusable"},
		{"fragment alone", "#" + multikey, "key.identifier"},
		{"nothing at all", "", "key.identifier"},
		{"a method that is not read here", "did:example:123#k", "key.did-method"},
		{"https without fragment", "https://issuer.example/keys", "key.identifier"},
		{"http", "http://issuer.example/keys#1", "key.url-refused"},
		{"javascript", "javascript:alert(1)#1", "key.identifier"},
	} {
		m, err := resolver.Resolve(t.Context(), c.vm)
		if got := finding(t, err); got != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (m.ID != c.vm || m.Controller+m.ID[strings.Index(m.ID, "#"):] != c.vm || m.Key == nil || !slices.Contains(m.Relationships, "assertionMethod")) {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
	if got := asked.Asked(); len(got) != 0 {
		t.Errorf("asked for %v; did:key asks for nothing", got)
	}
}

func TestWebURL(t *testing.T) {
	for _, c := range []struct{ did, want string }{
		{"did:web:issuer.example", "https://issuer.example/.well-known/did.json"},
		{"did:web:issuer.example:i:7K2M", "https://issuer.example/i/7K2M/did.json"},
		{"did:web:issuer.example%3A8443:a", "https://issuer.example:8443/a/did.json"},
		{"did:web:issuer.example%3a8443", "https://issuer.example:8443/.well-known/did.json"},
		{"did:web:issuer.example%3A443", "https://issuer.example/.well-known/did.json"},
		{"did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"},
		{"did:web:issuer.example:A_b-c.d", "https://issuer.example/A_b-c.d/did.json"},
		{"did:web:issuer.example:%C3%A4", ""},
		{"did:web:issuer.example:a%2Fb", ""},
		{"did:web:issuer.example:%2e%2e", ""},
		{"did:web:issuer.example:%252e", ""},
		{"did:web:issuer.example::a", ""},
		{"did:web:issuer.example:a%5Cb", ""},
		{"did:web:issuer.example%3A0", ""},
		{"did:web:issuer.example%3A65536", ""},
		{"did:web:issuer.example%3A080", ""},
		{"did:web:issuer.example%3A", ""},
		{"did:web:issuer.example%3Ax", ""},
		{"did:web:2130706433", ""},
		{"did:web:0x7f.1", ""},
		{"did:web:127.1", ""},
		{"did:web:0177.0.0.1", ""},
		{"did:web:%5B%3A%3A1%5D", ""},
		{"did:web:-a.example", ""},
		{"did:web:a..example", ""},
		{"did:web:a_b.example", ""},
		{"did:web:issuer.example%", ""},
		{"did:web:issuer.example%zz", ""},
		{"did:web:issuer.example#k", ""},
		{"did:key:" + multikey, ""},
	} {
		got, err := did.WebURL(c.did)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q (%v), want %q", c.did, got, err, c.want)
		}
		if err != nil && finding(t, err) != "key.did" {
			t.Errorf("%s: %v, want key.did", c.did, err)
		}
	}
}

// TestAttackIdentifiers resolves each line of the hostile identifiers, as it
// stands and as the URL of a method; nothing may be asked for.
func TestAttackIdentifiers(t *testing.T) {
	index, err := os.ReadFile(judge.Data(t, "attacks", "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for line := range strings.Lines(string(index)) {
		var row struct {
			Path, Op string
			Cases    []struct {
				Line          int
				Code, Outcome string
			}
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.Op != "resolve" {
			continue
		}
		b, err := os.ReadFile(judge.Data(t, "attacks", filepath.FromSlash(row.Path)))
		if err != nil {
			t.Fatal(err)
		}
		identifiers := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		for _, c := range row.Cases {
			for _, fragment := range []string{"", "#k"} {
				resolver, asked := world(nil)
				id := identifiers[c.Line-1] + fragment
				_, err := resolver.Resolve(t.Context(), id)
				f, ok := errors.AsType[*schema.Fault](err)
				if !ok || string(f.Code) != c.Code || f.Outcome.String() != c.Outcome {
					t.Errorf("line %d, %q: %v, want %s (%s)", c.Line, id, err, c.Code, c.Outcome)
				}
				if got := asked.Asked(); len(got) != 0 {
					t.Errorf("line %d, %q: asked for %v", c.Line, id, got)
				}
			}
			judged++
		}
	}
	if judged < 20 {
		t.Errorf("%d identifiers judged, want at least 20", judged)
	}
}

func TestAttackDocuments(t *testing.T) {
	for name, want := range map[string][]string{
		"didweb-ok.json":                         {"assertionMethod"},
		"didweb-key-not-in-assertionMethod.json": {"authentication"},
	} {
		b, err := os.ReadFile(judge.Data(t, "attacks", "did", name))
		if err != nil {
			t.Fatal(err)
		}
		resolver, asked := world(map[string]string{webURL: string(b)})
		m, err := resolver.Resolve(t.Context(), webDID+"#k")
		if err != nil || !slices.Equal(m.Relationships, want) {
			t.Errorf("%s: %+v (%v), want it under %v", name, m, err, want)
		}
		if got := asked.Asked(); !slices.Equal(got, []string{webURL}) {
			t.Errorf("%s: asked for %v", name, got)
		}
	}
}

// failing is a source that answers with one error.
type failing struct{ err error }

func (f failing) Get(context.Context, fetch.Purpose, string) (fetch.Document, error) {
	return fetch.Document{}, f.err
}

func TestWhatASourceCannotGiveIsUnknown(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fetch.RefusedError{URL: webURL, Reason: "no"}, "key.url-refused"},
		{&fetch.UnreachableError{URL: webURL, Host: "issuer.example", Reason: "http-404"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: webURL, Reason: "too-large", Limit: "fetch.bytes", Max: 1 << 20}, "key.limit"},
		{fetch.ErrAbsent, "key.unreachable"},
	} {
		_, err := did.New(did.FromSource(failing{c.err})).Resolve(t.Context(), webDID+"#k")
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || f.Finding != c.want || f.Outcome != schema.Unknown {
			t.Errorf("%v becomes %v, want %s, unknown", c.err, err, c.want)
		}
	}
}

// aging is a source whose first answers come from a cache.
type aging struct {
	cached, fresh string
	again         int
}

func (a *aging) Get(ctx context.Context, _ fetch.Purpose, _ string) (fetch.Document, error) {
	if fetch.IsAgain(ctx) {
		a.again++
		return fetch.Document{Bytes: []byte(a.fresh)}, nil
	}
	return fetch.Document{Bytes: []byte(a.cached), Cached: true}, nil
}

func TestMissingInACachedDocumentIsAskedForOnceMore(t *testing.T) {
	old := documentWith(`{"id":"did:web:issuer.example#old","type":"Multikey","controller":"did:web:issuer.example","publicKeyMultibase":"`+multikey+`"}`, `"did:web:issuer.example#old"`)
	rotated := documentWith(`{"id":"did:web:issuer.example#new","type":"Multikey","controller":"did:web:issuer.example","publicKeyMultibase":"`+another+`"}`, `"did:web:issuer.example#new"`)
	source := &aging{cached: old, fresh: rotated}
	resolver := did.New(did.FromSource(source))
	if _, err := resolver.Resolve(t.Context(), webDID+"#old"); err != nil || source.again != 0 {
		t.Errorf("a method that is in the cached document: %v, asked again %d times", err, source.again)
	}
	if _, err := resolver.Resolve(t.Context(), webDID+"#new"); err != nil || source.again != 1 {
		t.Errorf("a method that is new: %v, asked again %d times", err, source.again)
	}
	if _, err := resolver.Resolve(t.Context(), webDID+"#never"); finding(t, err) != "key.not-listed" || source.again != 2 {
		t.Errorf("a method that is in neither: %v, asked again %d times", err, source.again)
	}
}

func documentWith(methods, assertion string) string {
	return `{"id":"did:web:issuer.example","verificationMethod":[` + methods + `],"assertionMethod":[` + assertion + `]}`
}
