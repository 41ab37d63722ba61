package main

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/internal/web"
	"merkki/keys/did"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

//go:embed samples/*.json
var samples embed.FS

// A sample is one credential of the demo: its definition lies in
// samples/NAME.json.
type sample struct {
	name      string
	learner   string
	email     string
	grade     string        // value of the result that is called grade
	expires   time.Duration // after now; 0: never
	revokedBy string        // public reason; "": not revoked
}

var demoSamples = []sample{
	{name: "valid", learner: "Aino Esimerkki", email: "aino@merkki.example", grade: "4"},
	{name: "expiring", learner: "Björn Exempel", email: "bjorn@merkki.example", expires: 365 * 24 * time.Hour},
	{name: "revoked", learner: "Chris Example", email: "chris@merkki.example", revokedBy: "Issued to the wrong person."},
}

// A shown is a credential of the demo and what came of it.
type shown struct {
	name, url, why string
	credential     []byte
	report         *verifier.Report
}

// A demo is the test service with its credentials.
type demo struct {
	service *service
	client  *client
	issuer  institution
	shown   []*shown
	served  []served // what a verifier outside asks for, except the credentials
}

// A served is one entry of bundle.json and the bytes behind it.
type served struct {
	URL       string `json:"url"`
	File      string `json:"file"`
	MediaType string `json:"media_type"`
	bytes     []byte
}

// stage makes the directory, issues the samples through the API, as any client
// would, and verifies them as somebody outside who trusts the test issuer.
func (p *program) stage(ctx context.Context, listen string) (_ *demo, err error) {
	s, first, err := p.found(ctx, demoFounding(listen))
	if err != nil {
		return nil, err
	}
	d := &demo{
		service: s,
		client:  &client{http: &http.Client{Transport: inProcess{s.web.Local(), localActor()}}},
		issuer:  institution{ID: first.ID, DID: first.DID, Name: first.Name},
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	for _, sm := range demoSamples {
		if err := d.issue(ctx, sm); err != nil {
			return nil, err
		}
	}
	if err := d.collect(ctx); err != nil {
		return nil, err
	}
	return d, d.verify(ctx)
}

// issue adds a sample's achievement, issues it, and revokes it where the sample
// says so.
func (d *demo) issue(ctx context.Context, s sample) error {
	definition, err := samples.ReadFile("samples/" + s.name + ".json")
	if err != nil {
		return err
	}
	var a achievement
	if err := d.client.call(ctx, request{method: "POST", path: "/api/v1/achievements", body: json.RawMessage(definition)}, &a); err != nil {
		return err
	}
	body := map[string]any{"achievement": a.ID, "recipient": map[string]string{"name": s.learner, "email": s.email}}
	if s.grade != "" {
		body["result"] = []any{map[string]any{"type": []string{"Result"}, "resultDescription": a.URL + "#grade", "value": s.grade}}
	}
	if s.expires > 0 {
		body["validUntil"] = wireTime(time.Now().Add(s.expires))
	}
	var r record
	if err := d.client.call(ctx, request{method: "POST", path: "/api/v1/credentials", body: body}, &r); err != nil {
		return err
	}
	if s.revokedBy != "" {
		change := map[string]string{"action": "revoke", "reason": s.revokedBy}
		if err := d.client.call(ctx, request{method: "POST", path: "/api/v1/credentials/" + r.ID + "/status", body: change}, nil); err != nil {
			return err
		}
	}
	d.shown = append(d.shown, &shown{name: s.name, url: r.URL})
	return nil
}

// get asks the service for one of its public addresses.
func (d *demo) get(ctx context.Context, address, accept string) ([]byte, error) {
	path := strings.TrimPrefix(address, demoBase)
	return d.client.raw(ctx, request{method: "GET", path: path, headers: map[string]string{"Accept": accept}})
}

// collect asks the service for everything a verifier outside would ask for.
func (d *demo) collect(ctx context.Context) error {
	add := func(url, file, mediaType string) ([]byte, error) {
		b, err := d.get(ctx, url, mediaType)
		if err == nil {
			d.served = append(d.served, served{url, file, mediaType, b})
		}
		return b, err
	}
	if _, err := add(demoBase+"/.well-known/did.json", "did.json", "application/did+json"); err != nil {
		return err
	}
	lists := map[string]bool{}
	for _, s := range d.shown {
		b, err := add(s.url, s.name+".json", "application/vc")
		if err != nil {
			return err
		}
		s.credential = b
		for _, url := range statusLists(b) {
			if lists[url] {
				continue
			}
			lists[url] = true
			if _, err := add(url, "status-"+url[strings.LastIndexByte(url, '/')+1:]+".json", "application/vc"); err != nil {
				return err
			}
		}
	}
	return nil
}

// statusLists returns the addresses of the lists of a credential of our own.
func statusLists(credential []byte) []string {
	var c struct {
		CredentialStatus json.RawMessage `json:"credentialStatus"`
	}
	type entry struct {
		StatusListCredential string `json:"statusListCredential"`
	}
	var many []entry
	var one entry
	if json.Unmarshal(credential, &c) != nil {
		return nil
	}
	if json.Unmarshal(c.CredentialStatus, &many) != nil && json.Unmarshal(c.CredentialStatus, &one) == nil {
		many = []entry{one}
	}
	var urls []string
	for _, e := range many {
		urls = append(urls, e.StatusListCredential)
	}
	return urls
}

// trustList is the demo's issuer as a reader would list it.
func (d *demo) trustList() ([]byte, error) {
	return json.MarshalIndent([]any{map[string]any{"issuer": d.issuer.DID, "name": d.issuer.Name, "test": true}}, "", "  ")
}

// verify judges the credentials with nothing but what collect got.
func (d *demo) verify(ctx context.Context) error {
	list, err := d.trustList()
	if err != nil {
		return err
	}
	trust, err := verifier.ParseTrustList(list, "trust.json")
	if err != nil {
		return err
	}
	documents := fetch.Map{}
	for _, s := range d.served {
		documents[s.URL] = fetch.Document{Bytes: s.bytes, MediaType: s.MediaType}
	}
	source := fetch.NewStack(fetch.Rules{}, documents)
	v := &verifier.Verifier{
		Contexts: jsonld.Embedded(), Resolver: did.New(did.FromSource(source)), Lists: verifier.FromSource(source),
		Trust: []verifier.TrustList{trust}, Now: time.Now,
	}
	words := i18n.New("en")
	for _, s := range d.shown {
		if s.report, err = v.Verify(ctx, verifier.Request{Input: s.credential}); err != nil {
			return err
		}
		s.why = words.Headline(s.report).Text
	}
	return nil
}

// write puts everything into a folder: the credentials with page and QR codes,
// the trust list, and the bundle.
func (d *demo) write(ctx context.Context, out string) error {
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, s := range d.served {
		files[s.File] = s.bytes
	}
	for _, s := range d.shown {
		for suffix, accept := range map[string]string{".html": "text/html", ".qr.svg": "image/svg+xml", ".qr.png": "image/png"} {
			b, err := d.get(ctx, s.url+suffix, accept)
			if err != nil {
				return err
			}
			if suffix == ".html" {
				b = web.Standalone(b)
			}
			files[s.name+suffix] = b
		}
	}
	var err error
	if files["trust.json"], err = d.trustList(); err != nil {
		return err
	}
	if files["bundle.json"], err = json.MarshalIndent(map[string]any{"serve": d.served}, "", "  "); err != nil {
		return err
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(out, name), b, 0o644); err != nil {
			return exit(exitIO, "%w", err)
		}
	}
	return nil
}
