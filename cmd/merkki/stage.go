package main

import (
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/keys/did"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

//go:embed samples/*.json samples/logo.svg
var samples embed.FS

// demoColour is that of the sample logo.
const demoColour = "#2c4a86"

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
	if err := d.dress(ctx); err != nil {
		return nil, err
	}
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

// dress gives the institution a look, as `merkki issuers edit` would.
func (d *demo) dress(ctx context.Context) error {
	logo, err := samples.ReadFile("samples/logo.svg")
	if err != nil {
		return err
	}
	look := map[string]any{"logo": logo, "colour": demoColour, "contact": "studies@merkki.example"}
	return d.client.call(ctx, request{method: "PATCH", path: "/api/v1/issuers/" + d.issuer.ID, body: look}, nil)
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
