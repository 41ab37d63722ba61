package i18n_test

import (
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/verifier"
)

// What is recognised and not read is named in every language, never by its key,
// and a reader is told what to do with just that.
func TestForeignKindsHaveWordsAndANextStep(t *testing.T) {
	for _, kind := range schema.ForeignKinds() {
		fault := schema.Foreign([]byte(foreignExample[kind]))
		if fault == nil || fault.Args["kind"] != kind {
			d, err := schema.Parse([]byte(foreignExample[kind]), schema.Limits{})
			if err != nil {
				t.Fatal(kind, err)
			}
			fault = schema.ForeignDocument(d.Root())
		}
		r := report(func(r *verifier.Report) {
			against(r, fault.Finding)
			set(r, "input.container", schema.Unknown, fault.Finding, fault.Args)
			r.Credential = nil
		})
		for _, lang := range i18n.Languages {
			p := i18n.New(lang)
			if h := p.Headline(r); h.Tone != i18n.Open || h.NextStep == "" || fault.Finding != "container.none" && h.NextStep == p.T("next.unreadable") {
				t.Errorf("%s %s: %+v", lang, kind, h)
			}
			if line := p.Finding(fault.Finding, fault.Args); !strings.Contains(line, p.T("format."+kind)) {
				t.Errorf("%s %s: %s", lang, kind, line)
			}
		}
	}
}

var foreignExample = map[string]string{
	"open-badges-1": `{"@context":"https://w3id.org/openbadges/v1"}`,
	"open-badges-2": `{"@context":"https://w3id.org/openbadges/v2"}`,
	"anoncreds":     `{"schema_id":"1","cred_def_id":"2","values":{},"signature":{}}`,
	"blockcerts":    `{"@context":["https://w3id.org/blockcerts/v2"]}`,
	"clr-1":         `{"@context":"https://purl.imsglobal.org/spec/clr/v1p0/context/clr_v1p0.jsonld"}`,
	"cose":          "\xd2\x84\x43",
	"edc":           `{"type":["EuropeanDigitalCredential"]}`,
	"elmo":          `<elmo>`,
	"mdoc":          "\xa2\x6anameSpaces",
	"sd-jwt":        "e30.e30.c2ln~",
	"sd-jwt-vc":     "eyJ0eXAiOiJkYytzZC1qd3QifQ.e30.c2ln~",
	"vc-newer":      `{"@context":["https://www.w3.org/ns/credentials/v3"]}`,
	"archive":       "PK\x03\x04",
	"html":          "<!doctype html>",
	"link":          "https://koulu.example/",
	"picture":       "GIF89a",
	"wallet-link":   "openid4vp://x",
}
