package web_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/web"
	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys/did"
	"merkki/keys/softstore"
	"merkki/schema"
	"merkki/verifier"
)

const base = "https://badges.example"

var ctx = context.Background()

// A site is the real thing: store, keys, service, verifier and handlers on a
// temporary directory, with a clock that is set by hand.
type site struct {
	*issuer.Service
	web  *web.Server
	now  atomic.Int64
	inst issuer.Institution
	// trust is what /verify uses; it is asked for anew on each request.
	trust []verifier.TrustList
}

var local = issuer.Actor{Name: "local:test", Roles: issuer.AllRoles()}

func newSite(t testing.TB, name, lang string, test bool) *site {
	t.Helper()
	s := &site{}
	s.now.Store(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Unix())
	dir := t.TempDir()
	identity := filepath.Join(dir, "identity")
	must(t, softstore.NewIdentity(identity))
	keys, err := softstore.Create(filepath.Join(dir, "keys"), softstore.IdentityFile(identity))
	must(t, err)
	store, err := bolt.Open(filepath.Join(dir, "merkki.db"))
	must(t, err)
	s.Service, err = issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: keys, Dir: dir, Now: s.clock, Mail: true})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	s.inst, err = s.AddInstitution(ctx, local, name, "web", lang, test)
	must(t, err)
	s.web, err = web.New(web.Config{
		Service: s.Service,
		Verifier: func(context.Context) (*verifier.Verifier, error) {
			return s.Service.Verifier(did.New(did.FromSource(fetch.Map{})), nil, s.trust), nil
		},
		Source:  fetch.Map{},
		BaseURL: base, Lang: lang, Now: s.clock,
	})
	must(t, err)
	return s
}

func (s *site) clock() time.Time { return time.Unix(s.now.Load(), 0) }

func (s *site) pass(d time.Duration) { s.now.Add(int64(d / time.Second)) }

func (s *site) add(t testing.TB, definition string, suspendable bool) issuer.Achievement {
	t.Helper()
	d, err := schema.Parse([]byte(definition), schema.Limits{})
	must(t, err)
	a, err := s.AddAchievement(ctx, local, "", d.Root(), suspendable)
	must(t, err)
	return a
}

func (s *site) award(t testing.TB, d issuer.Draft) issuer.Record {
	t.Helper()
	p, err := s.Prepare(ctx, local, d)
	must(t, err)
	r, err := s.Issue(ctx, p)
	must(t, err)
	return r
}

// call asks the public handler. Every answer is held against openapi.json. Headers are "Name: value".
func (s *site) call(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	return call(s.web.Public(), ctx, method, path, body, headers...)
}

// tell asks the handler on the machine, as its owner.
func (s *site) tell(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	return call(s.web.Local(), web.WithActor(ctx, local), method, path, body, append(headers, "Content-Type: application/json")...)
}

func call(h http.Handler, ctx context.Context, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	published().complain(r, w.Code, w.Header(), w.Body.Bytes())
	return w
}

// object decodes an answer.
func object(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	b, err := io.ReadAll(w.Body)
	must(t, err)
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const energy = `{
	"id": "urn:example:energy",
	"type": ["Achievement"],
	"achievementType": "MicroCredential",
	"name": "Data Analytics for Energy Systems",
	"description": "Collecting, cleaning and modelling measurement data from power and heat networks, and telling others honestly what they show.",
	"criteria": {"narrative": "The learner\n\n* collects and **documents** a data set of at least one network\n* builds a forecast and states its uncertainty\n* passes the written examination"},
	"creditsAvailable": 5,
	"fieldOfStudy": "Energy technology",
	"humanCode": "EN.512",
	"inLanguage": "en",
	"alignment": [{"type": ["Alignment"], "targetName": "analyse big data", "targetFramework": "ESCO", "targetUrl": "https://data.europa.eu/esco/skill/example"}],
	"resultDescription": [{"id": "urn:example:energy#grade", "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade", "valueMin": "0", "valueMax": "5"}]
}`

// grade is a result on the scale of energy.
func grade(t testing.TB, a issuer.Achievement, value string) schema.Value {
	t.Helper()
	id := a.Definition.GetList("resultDescription")[0].GetString("id")
	return schema.ObjectValue(
		schema.Member{Name: "type", Value: schema.ArrayValue(schema.StringValue("Result"))},
		schema.Member{Name: "resultDescription", Value: schema.StringValue(id)},
		schema.Member{Name: "value", Value: schema.StringValue(value)})
}

var aino = issuer.Recipient{Name: "Aino Virtanen", Email: "aino@example.org"}

var revoke = issuer.StatusChange{Action: "revoke", Reason: "Issued in error."}
