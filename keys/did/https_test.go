package did_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/internal/judge"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

const (
	httpsID = "https://issuer.example/about"
	httpsVM = httpsID + "#k"
)

// httpsDocument is the document of an https issuer, with the members of a
// did:web's one.
func httpsDocument(methods, assertion string) string {
	return strings.ReplaceAll(documentWith(methods, assertion), webDID, httpsID)
}

func TestHTTPSDocuments(t *testing.T) {
	const ref = `"did:web:issuer.example#k"`
	for _, c := range []struct{ name, document, finding, under string }{
		{"array and reference", documentWith(method, ref), "", "assertionMethod"},
		{"object and single reference", `{"id":"did:web:issuer.example","verificationMethod":` + method + `,"assertionMethod":` + ref + `}`, "", "assertionMethod"},
		{"a Profile that says so of itself", `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["Profile"],"name":"An issuer",` + documentWith(method, ref)[1:], "", "assertionMethod"},
		{"relative", documentWith(with("id", `"#k"`), `"#k"`), "", "assertionMethod"},
		{"embedded", `{"id":"did:web:issuer.example","assertionMethod":` + method + `}`, "", "assertionMethod"},
		{"for authentication", `{"id":"did:web:issuer.example","verificationMethod":` + method + `,"authentication":` + ref + `}`, "", "authentication"},
		{"id with a slash more", strings.Replace(documentWith(method, ref), `"did:web:issuer.example"`, `"did:web:issuer.example/"`, 1), "key.document-id", ""},
		{"id of the origin", strings.Replace(documentWith(method, ref), `"did:web:issuer.example"`, `"https://issuer.example"`, 1), "key.document-id", ""},
		{"the key alone", with("id", ref), "key.document-id", ""},
		{"foreign controller", documentWith(with("controller", `"https://victim.example/about"`), ref), "key.controller-differs", ""},
		{"other fragment", documentWith(with("id", `"did:web:issuer.example#j"`), ref), "key.not-listed", ""},
		{"HTML", "<html>", "key.document", ""},
	} {
		resolver, asked := world(map[string]string{httpsID: strings.ReplaceAll(c.document, webDID, httpsID)})
		m, err := resolver.Resolve(t.Context(), httpsVM)
		if got := finding(t, err); got != c.finding {
			t.Errorf("%s: %v, want %q", c.name, err, c.finding)
			continue
		}
		if err == nil && (m.ID != httpsVM || m.Controller != httpsID || strings.Join(m.Relationships, " ") != c.under) {
			t.Errorf("%s: %+v", c.name, m)
		}
		if got := asked.Asked(); !slices.Equal(got, []string{httpsID}) {
			t.Errorf("%s: asked for %v", c.name, got)
		}
	}
}

func TestHTTPSIdentifiers(t *testing.T) {
	document := httpsDocument(method, `"did:web:issuer.example#k"`)
	resolver, asked := world(map[string]string{httpsID: document, httpsID + "?v=1": strings.Replace(document, `/about"`, `/about?v=1"`, 1)})
	for _, c := range []struct{ vm, want string }{
		{"https://issuer.example@127.0.0.1/k#1", "key.url-refused"},
		{"https://issuer.example:8443/about#k", "key.url-refused"},
		{"https://127.0.0.1/about#k", "key.url-refused"},
		{"https://[::1]/about#k", "key.url-refused"},
		{"https://localhost/about#k", "key.url-refused"},
		{"https://Issuer.example/about#k", "key.url-refused"},
		{"https://issuer.example@127.0.0.1/k", "key.url-refused"},
		{"http://127.0.0.1:8080/k", "key.url-refused"},
		{"http://issuer.example/about#k", "key.url-refused"},
		{"https://issuer.example/about", "key.identifier"},
		{"https://issuer.example/about#", "key.identifier"},
		{"https://issuer.example/about#k#k", "key.identifier"},
		{"https://issuer.example/a bout#k", "key.identifier"},
		{"https://issuer.example\\@victim.example/#k", "key.identifier"},
		{"https:///about#k", "key.identifier"},
		{"https:issuer.example/about#k", "key.identifier"},
		{"HTTPS://issuer.example/about#k", "key.identifier"},
		{"did:https:issuer.example#k", "key.did-method"},
		{httpsID + "/" + strings.Repeat("a", 2048) + "#k", "key.did-length"},
	} {
		if m, err := resolver.Resolve(t.Context(), c.vm); finding(t, err) != c.want {
			t.Errorf("%s: %+v (%v), want %q", c.vm, m, err, c.want)
		}
	}
	if got := asked.Asked(); len(got) != 0 {
		t.Errorf("asked for %v", got)
	}
	if m, err := resolver.Resolve(t.Context(), httpsID+"?v=1#k"); finding(t, err) != "key.not-listed" {
		t.Errorf("the method of another document: %+v (%v)", m, err)
	}
}

// TestPublishedControllerDocuments resolves every method of the documents that
// the published Open Badges point to, and the one that a forgery invents.
func TestPublishedControllerDocuments(t *testing.T) {
	m := servedDocuments(t)
	resolver := did.New(did.FromSource(m))
	judged := 0
	for url, doc := range m {
		if strings.HasSuffix(url, "jwks.json") || !strings.Contains(url, "issuer") {
			continue
		}
		var document struct{ VerificationMethod []struct{ ID string } }
		if err := json.Unmarshal(doc.Bytes, &document); err != nil {
			t.Fatal(err)
		}
		for _, vm := range document.VerificationMethod {
			got, err := resolver.Resolve(t.Context(), vm.ID)
			if err != nil || got.Controller != url || !slices.Equal(got.Relationships, []string{"assertionMethod"}) {
				t.Errorf("%s: %+v (%v)", vm.ID, got, err)
			}
			judged++
		}
	}
	if judged < 8 {
		t.Errorf("%d methods judged, want at least 8", judged)
	}
	var forged struct {
		Proof struct{ VerificationMethod string }
	}
	b, err := os.ReadFile(judge.Data(t, "openbadges", "forgery", "forged-https-fragment-key.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &forged); err != nil {
		t.Fatal(err)
	}
	if m, err := resolver.Resolve(t.Context(), forged.Proof.VerificationMethod); finding(t, err) != "key.not-listed" {
		t.Errorf("the key in a fragment: %+v (%v)", m, err)
	}
}

// servedDocuments is the web as the Open Badges fixtures know it.
func servedDocuments(t *testing.T) fetch.Map {
	t.Helper()
	b, err := os.ReadFile(judge.Data(t, "openbadges", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index struct{ Serve []struct{ URL, File string } }
	if err := json.Unmarshal(b, &index); err != nil {
		t.Fatal(err)
	}
	m := fetch.Map{}
	for _, s := range index.Serve {
		if strings.HasPrefix(s.File, "served/") {
			b, err := os.ReadFile(judge.Data(t, "openbadges", s.File))
			if err != nil {
				t.Fatal(err)
			}
			m[s.URL] = fetch.Document{Bytes: b}
		}
	}
	return m
}

func FuzzHTTPSDocument(f *testing.F) {
	f.Add(httpsVM, []byte(httpsDocument(method, `"did:web:issuer.example#k"`)))
	f.Add("https://issuer.example#k", []byte(`{"id":"https://issuer.example","assertionMethod":{"id":"#k","type":"Multikey","controller":"https://issuer.example","publicKeyMultibase":"`+multikey+`"}}`))
	f.Fuzz(func(t *testing.T, vm string, b []byte) {
		address, _, _ := strings.Cut(vm, "#")
		source := fetch.NewRecorder(fetch.Map{address: {Bytes: b}})
		resolver := did.New(did.FromSource(fetch.NewStack(fetch.Rules{}, source)))
		m, err := resolver.Resolve(t.Context(), vm)
		for _, url := range source.Asked() {
			if fetch.CheckURL(url) != nil || strings.HasPrefix(vm, "https:") && url != address {
				t.Fatalf("%q asked for %q", vm, url)
			}
		}
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("%v is not a fault", err)
			}
			return
		}
		if m.ID != vm || m.Controller != address && !strings.HasPrefix(vm, "did:") || keys.Check(m.Key) != nil {
			t.Fatalf("%+v", m)
		}
	})
}
