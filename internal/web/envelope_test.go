package web

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestEnvelope(t *testing.T) {
	for body, want := range map[string]struct{ url, credential string }{
		`{"url":"https://a.example/c/1"}`:                 {"https://a.example/c/1", ""},
		`{"credential": {"a" : 1.0} }`:                    {"", `{"a" : 1.0}`}, // as it was sent, to the byte
		`{"credential":"eyJ.eyJ.x","recipient":null}`:     {"", "eyJ.eyJ.x"},
		`{"recipient":{"type":"id"},"url":"x"}`:           {"x", ""},
		`{"url":"x","credential":{}}`:                     {}, // which of the two?
		`{"url":"x","url":"y"}`:                           {},
		`{"Credential":{"a":1},"credential":{"b":1}}`:     {},
		`{"credential":{"b":1},"@context":["x"]}`:         {},
		`{"credential":["x"]}`:                            {},
		`{"recipient":{"type":"name","value":"x"}}`:       {},
		`{"@context":[],"type":["VerifiableCredential"]}`: {},
		`["url"]`: {},
		`{}`:      {},
		``:        {},
	} {
		e, ok := opened([]byte(body))
		if ok != (want.url+want.credential != "") || ok && (e.url != want.url || string(e.credential) != want.credential) {
			t.Errorf("%s: %v, %q, %q", body, ok, e.url, e.credential)
		}
	}
}

// FuzzEnvelope: what is taken for an envelope holds exactly one question, and the
// credential in it is a part of what was sent, or the string that was.
func FuzzEnvelope(f *testing.F) {
	for _, s := range []string{
		`{"url":"https://a.example/c/1","recipient":{"type":"name","value":"Aino"}}`, `{"credential":{"@context":["x"]}}`,
		`{"credential":"eyJ.eyJ.x"}`, `{"url":"x","credential":{}}`, `{"recipient":[]}`, `[]`, `{"credential":{"a":"\u00e9"}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := opened(b)
		if !ok {
			return
		}
		if (e.url != "") == (e.credential != nil) {
			t.Errorf("%q: url %q and credential %q", b, e.url, e.credential)
		}
		var sent map[string]json.RawMessage
		if err := json.Unmarshal(b, &sent); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if raw := sent["credential"]; bytes.HasPrefix(raw, []byte("{")) && !bytes.Equal(raw, e.credential) {
			t.Errorf("%q: credential %q is not what was sent", b, e.credential)
		}
		if r, err := e.who(); err == nil && r != nil && (r.Type == "" || r.Value == "" || len(r.Value) > maxRecipient) {
			t.Errorf("%q: recipient %+v", b, r)
		}
	})
}
